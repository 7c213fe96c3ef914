// Whether the client ranks as the program does, on real books:
//
//     node parity.mjs ROOT SITE PROGRAM [COUNT] [--browser]
//
// ROOT holds `book.toml`, SITE is what was built of it, PROGRAM is the example `search`. Makes COUNT
// (1,000) queries from the words of the site, and compares the orders, in which equal scores may
// change places. The client runs in Node, or with `--browser` in Chromium, in a page of the site and
// under the strict policy.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { openEngine } from './client.mjs'
import { decode, hash, typo } from './queries.mjs'

const args = process.argv.slice(2)
const inBrowser = args.includes('--browser')
const [root, site, program, count = 1000] = args.filter((arg) => arg !== '--browser')
const pages = JSON.parse(readFileSync(join(site, '_copydesk/pages.json'), 'utf8')).pages
const texts = pages.map(({ path }) => {
  const html = readFileSync(join(site, path), 'utf8')
  return decode(html.slice(html.indexOf('<main'), html.indexOf('</main>')).replace(/<[^>]+>/g, ' '))
})

let state = hash(site)
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
const queries = []
while (queries.length < Number(count)) {
  const words = texts[random(texts.length)].split(/\s+/).filter(Boolean)
  if (words.length < 4) continue
  const at = random(words.length - 3)
  const length = 1 + random(4)
  let query = words.slice(at, at + length).join(' ').replace(/"/g, '')
  const kind = random(10)
  if (kind === 0) query = `"${query}"`
  if (kind === 1) query = typo(query) ?? query
  if (kind === 2) query = query.slice(0, -1 - random(3))
  if (kind === 3) query += ` ${words[random(words.length)].replace(/"/g, '')}`
  if (kind === 4) query += ` -${words[random(words.length)].replace(/"/g, '')}`
  if (query.trim()) queries.push(query)
}

const answers = execFileSync(program, ['answers', root], { input: queries.join('\n') + '\n', maxBuffer: 1 << 28 })
  .toString().trim().split('\n').map((line) => JSON.parse(line))

/** What the client answers: lists of page, score, missing words, and best section. */
async function answersInNode() {
  const engine = openEngine(site)
  const found = []
  for (const query of queries) found.push((await engine.answer(query)).pages)
  return found
}
async function answersInBrowser() {
  const { launch, serve } = await import('../../browser/harness.mjs')
  const server = await serve(site)
  const browser = await launch()
  try {
    const page = await browser.newPage()
    await page.goto(server.url('index.html'))
    await page.keyboard.press('/')
    await page.locator('.search input').waitFor()
    return await page.evaluate(async (queries) => {
      const found = []
      for (const query of queries) {
        const { pages } = await window.copydesk.searchEngine.answer(query)
        found.push(pages.map(({ page, score, missing, sections }) => ({ page, score, missing, sections: sections.slice(0, 1) })))
      }
      return found
    }, queries)
  } finally {
    await browser.close()
    await server.close()
  }
}
const client = await (inBrowser ? answersInBrowser() : answersInNode())
let different = 0
for (const [at, query] of queries.entries()) {
  const theirs = answers[at]
  const ours = client[at]
  const close = (a, b) => Math.abs(a - b) <= 1e-5 * Math.max(1, a, b)
  const same = ours.length === theirs.length && ours.every((hit, place) => {
    const [, score, missing] = theirs[place]
    const equal = theirs.filter((other) => close(other[1], score)).map((other) => other[0])
    return close(hit.score, score) && equal.includes(hit.page) && hit.missing.join(' ') === missing
  })
  if (!same) {
    different++
    if (different <= 5) console.log(JSON.stringify(query), theirs.slice(0, 4), ours.slice(0, 4).map((hit) => [hit.page, hit.score, hit.missing.join(' ')]))
  }
}
console.log(`${queries.length} queries in ${inBrowser ? 'Chromium' : 'Node'}, ${different} different; ${answers.filter((answer) => answer.length).length} with results`)
process.exit(different ? 1 : 0)
