// What a reader must fetch before reading: sizes are those of gzip, so that they are the same on
// every machine.

import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { buildSite } from './harness.mjs'

const FRAME = 8_000
const STYLES = 12_000
const SCRIPTS = 6_000
const SEARCH = 12_000
const PAGES = 2_000

const WORDS = 'amber anvil birch cedar delta ember fjord grove haven inlet jetty knoll larch marsh'.split(' ')

let site

before(async () => {
  site = await buildSite({
    prepare: async (source) => {
      const folder = join(source, 'content', 'flat')
      await mkdir(folder)
      for (let number = 0; number < PAGES; number++) {
        const word = (step) => WORDS[Math.floor(number / step) % WORDS.length]
        const title = `How ${word(1)} and ${word(14)} meet at ${word(196)} ${number}`
        const text = `---\ntitle: ${title}\n---\n\n# ${title}\n\n## Before\n\nText.\n\n## After\n\nText.\n`
        await writeFile(join(folder, `page-${number}.md`), text)
      }
    },
  })
})

after(() => site?.remove())

const gzipped = (data) => gzipSync(data, { level: 6 }).length

/** The pages of the site but its print view and its redirects, which have no frame. */
async function* pages() {
  const files = await readdir(site.out, { recursive: true })
  for (const file of files.filter((name) => name.endsWith('.html')).sort()) {
    const html = await readFile(join(site.out, file), 'utf8')
    if (file !== 'print.html' && html.includes('<main id="main"')) yield [file, html]
  }
}

describe('the weight of a page', () => {
  test(`HTML around its text, on a site with ${PAGES} pages in one folder`, async () => {
    let count = 0
    let most = [0]
    for await (const [file, html] of pages()) {
      const main = html.slice(html.indexOf('<main'), html.indexOf('</main>') + '</main>'.length)
      assert.ok(main.endsWith('</main>'), file)
      const weight = gzipped(html) - gzipped(main)
      if (weight > most[0]) most = [weight, file]
      count++
    }
    assert.ok(count > PAGES, `${count} pages`)
    assert.ok(most[0] > 0 && most[0] <= FRAME, `${most[1]}: ${most[0]} bytes`)
  })

  test('style sheets and scripts', async () => {
    const sizes = new Map()
    const size = async (path) => {
      if (!sizes.has(path)) sizes.set(path, gzipped(await readFile(path)))
      return sizes.get(path)
    }
    const total = async (file, html, pattern) => {
      let sum = 0
      for (const [, url] of html.matchAll(pattern)) sum += await size(join(site.out, dirname(file), url))
      return sum
    }
    for await (const [file, html] of pages()) {
      if (file === '404.html') continue // its addresses are absolute, its files the same
      const styles = await total(file, html, /<link rel="stylesheet" href="([^"]+)"/g)
      const scripts = await total(file, html, /<script src="([^"]+)"/g)
      assert.ok(styles > 0 && styles <= STYLES, `${file}: ${styles} bytes of styles`)
      // The page of results wants the search from the beginning.
      const most = file === '_copydesk/search.html' ? SCRIPTS + SEARCH : SCRIPTS
      assert.ok(scripts > 0 && scripts <= most, `${file}: ${scripts} bytes of scripts`)
    }
  })
})
