// How soon Chromium shows what has changed. `serve.py` runs this while a preview runs, with one
// argument: JSON with the address of a page, its file, how many edits there are to be, and
// perhaps a template. Prints JSON: milliseconds from the moment before a file is written to the frame
// in which the page has the new text.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { launch } from '../browser/harness.mjs'

const task = JSON.parse(process.argv[2])
const now = () => performance.timeOrigin + performance.now()
const seen = new Map()

const browser = await launch()
const page = await (await browser.newContext()).newPage()
await page.exposeFunction('tellSeen', (mark, when) => {
  if (!seen.has(mark)) seen.set(mark, when)
})
// Whether the page is patched or loaded anew, each of its frames is looked at.
await page.addInitScript(() => {
  const told = new Set()
  const look = () => {
    const text = document.body?.textContent ?? ''
    for (const mark of text.match(/\b(?:edited|title|template)-\d+-\d+-x/g) ?? []) {
      if (told.has(mark)) continue
      told.add(mark)
      window.tellSeen(mark, performance.timeOrigin + performance.now())
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
await page.goto(task.url)
await sleep(500)

/** Writes a text with a mark in it, and waits until the page shows it; none where it never does. */
async function change(kind, number, write) {
  const mark = `${kind}-${number}-${Date.now()}-x`
  const started = now()
  await write(mark)
  const end = started + task.seconds * 1000
  while (!seen.has(mark)) {
    if (now() > end) return null
    await sleep(2)
  }
  return seen.get(mark) - started
}

async function repeat(count, kind, write) {
  const times = []
  const end = now() + task.seconds * 1000
  for (let number = 0; number < count && now() < end; number++) {
    const took = await change(kind, number, write)
    if (took === null) break
    times.push(took)
    await sleep(250)
  }
  return times
}

const original = await readFile(task.page)
const result = {}
try {
  result.visible = await repeat(task.edits, 'edited', (mark) => writeFile(task.page, `${original}\n\n${mark}\n`))
  // The title of the page, which the navigation of all pages shows.
  const titled = /^title: .*$/m
  if (titled.test(original)) {
    result.navigation = await repeat(10, 'title', (mark) =>
      writeFile(task.page, String(original).replace(titled, `title: "${mark}"`)))
    await writeFile(task.page, original)
    await sleep(1000)
  }
  // A link of the text to another page, until that is drawn.
  result.followed = []
  for (let number = 0; number < 5; number++) {
    const links = await page.$$eval('main a[href], article a[href]', (all) =>
      all.map((link) => link.href).filter((href) => href.startsWith(location.origin) && !href.includes('#')))
    if (links.length === 0) break
    const started = now()
    await page.goto(links[number % links.length], { waitUntil: 'commit' })
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await page.waitForSelector('h1')
    result.followed.push(now() - started)
    await page.goto(task.url)
    await sleep(200)
  }
  if (task.template) {
    await mkdir(dirname(task.template.path), { recursive: true })
    // The first one brings the folder with it, which is another thing.
    await change('template', 99, (mark) => writeFile(task.template.path, task.template.text.replace('{mark}', mark)))
    result.template = await repeat(10, 'template', (mark) =>
      writeFile(task.template.path, task.template.text.replace('{mark}', mark)))
  }
} finally {
  await writeFile(task.page, original)
  if (task.template) await rm(dirname(task.template.path), { recursive: true, force: true })
  await browser.close()
}
console.log(JSON.stringify(result))
