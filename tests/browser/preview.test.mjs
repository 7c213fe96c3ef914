// The preview as writers meet it: the open page follows what is saved, and leaves in place what its
// reader holds in the hand.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { binary, check, launch, openPage } from './harness.mjs'

const FILLER = Array.from({ length: 80 }, (_, at) => `Paragraph ${at} of the text.\n`).join('\n')

/** A page with everything that a reader can open, and a text in the middle. */
const home = (text, title = 'Home') => `# ${title}

:::details[More]
Inside.
:::

::::tabs
:::tab[One]
first
:::
:::tab[Two]
second
:::
::::

${FILLER}

${text}

\`\`\`rust
fn main() {}
\`\`\`

${FILLER}
`

let browser, folder, preview, url, session, page

before(async () => {
  browser = await launch()
})

after(() => browser?.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copydesk-preview-'))
  await mkdir(join(folder, 'content'))
  await save('book.toml', '[book]\ntitle = "Manual"\n')
  await save('content/index.md', home('at first'))
  await save('content/other.md', '# Other\n')
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' }
  preview = spawn(binary(), ['serve', folder, '--port', '0'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  url = await new Promise((resolve, reject) => {
    createInterface({ input: preview.stderr }).on('line', (line) => {
      const said = /^serving (\S+)/.exec(line)
      if (said) resolve(said[1])
    })
    preview.on('exit', () => reject(new Error('the preview ended')))
  })
  session = await openPage(browser)
  page = session.page
  await page.goto(url)
  await page.waitForSelector('.copydesk-live > button')
  await page.evaluate(() => { window.same = true })
})

afterEach(async () => {
  await session?.close()
  const ended = new Promise((resolve) => preview.on('exit', resolve))
  preview.kill('SIGTERM')
  assert.equal(await ended, 0)
  await rm(folder, { recursive: true, force: true })
})

const save = (path, text) => writeFile(join(folder, path), text)
const shows = (text) => page.waitForFunction((text) => document.querySelector('main').textContent.includes(text), text)
// What is put in moves what stands below it.
const complaints = async () => (await check(session)).filter((found) => !found.startsWith('the layout shifted'))
const isSame = () => page.evaluate(() => window.same === true)
const held = () =>
  page.evaluate(() => ({
    y: window.scrollY,
    details: document.querySelector('details').open,
    tab: document.querySelector('.tablist [aria-selected=true]').textContent,
    hidden: [...document.querySelectorAll('.tab')].map((tab) => tab.hidden),
    on: document.querySelector('.tabs').className,
    counts: ['.tablist', '.acts', '.copydesk-live'].map((made) => document.querySelectorAll(made).length),
    focus: document.activeElement.textContent,
  }))

test('the text changes and nothing else moves', async () => {
  await page.click('details summary')
  await page.click('.tablist button:nth-child(2)')
  await page.evaluate(() => window.scrollTo(0, 1500))
  const held0 = await held()
  assert.deepEqual([held0.y, held0.details, held0.tab], [1500, true, 'Two'])
  for (const text of ['second words', 'third words\n\n- a list\n- of two', '**fourth** words']) {
    await save('content/index.md', home(text))
    await shows(text.replace(/\n[^]*/, '').replaceAll('*', ''))
    assert.deepEqual(await held(), held0)
  }
  assert.ok(await isSame())
  assert.deepEqual(session.problems, [])
})

test('what is put in gets its shape', async () => {
  await save('content/index.md', home('```sh\ntrue\n```\n\n::::tabs\n:::tab[Three]\nthird\n:::\n::::'))
  await shows('third')
  const counts = ['.acts', '.tablist', '.tabs.on'].map((made) => page.locator(made).count())
  assert.deepEqual(await Promise.all(counts), [2, 2, 2])
  await save('content/index.md', home('nothing'))
  await shows('nothing')
  assert.deepEqual([await page.locator('.acts').count(), await page.locator('.tablist').count()], [1, 1])
  assert.ok(await isSame())
  assert.deepEqual(session.problems, [])
})

test('title, contents and navigation follow', async () => {
  await save('content/index.md', home('## A new part', 'Welcome'))
  await page.waitForFunction(() => document.title.startsWith('Welcome'))
  await page.waitForFunction(() => document.querySelector('.toc').textContent.includes('A new part'))
  await save('content/third.md', '# A third page\n')
  await page.waitForFunction(() => document.querySelector('#nav').textContent.includes('A third page'))
  await rm(join(folder, 'content/third.md'))
  await page.waitForFunction(() => !document.querySelector('#nav').textContent.includes('A third page'))
  assert.ok(await isSame())
  assert.deepEqual(await complaints(), [])
})

test('the search stays open, and finds what has been written', async () => {
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog.search input')
  await page.keyboard.type('paragraph')
  await page.waitForSelector('dialog.search [role=option]')
  await save('content/index.md', home('a zebra crossing'))
  await shows('zebra')
  const input = await page.evaluate(() => [document.querySelector('dialog').open, document.activeElement.value])
  assert.deepEqual(input, [true, 'paragraph'])
  assert.ok(await isSame())
  const found = async () => {
    await page.goto(`${url}_copydesk/search.html?q=zebra`)
    return page.waitForSelector('a[role=option]', { timeout: 500 }).then(() => true, () => false)
  }
  const end = Date.now() + 5000
  while (!(await found())) assert.ok(Date.now() < end, 'the search is out of date')
})

test('style sheets are swapped', async () => {
  const colour = (value) =>
    page.waitForFunction((value) => getComputedStyle(document.querySelector('h1')).color === value, value)
  await mkdir(join(folder, 'theme'))
  await save('theme/extra.css', 'h1 { color: rgb(1, 2, 3) }\n')
  await colour('rgb(1, 2, 3)')
  await save('theme/extra.css', 'h1 { color: rgb(4, 5, 6) }\n')
  await colour('rgb(4, 5, 6)')
  await page.waitForFunction(() => document.querySelectorAll('link[href*="extra"]').length === 1)
  assert.ok(await isSame())
  assert.deepEqual(session.problems, [])
})

test('broken settings leave the last site, and say so', async () => {
  await save('book.toml', '[book\n')
  const overlay = await page.waitForSelector('.copydesk-overlay:not([hidden])')
  assert.match(await overlay.textContent(), /config\/syntax/)
  assert.match(await page.textContent('main'), /at first/)
  await save('book.toml', '[book]\ntitle = "Mended"\n')
  await page.waitForFunction(() => document.title.includes('Mended'))
  assert.ok(await page.isHidden('.copydesk-overlay'))
  assert.ok(await isSame())
  assert.deepEqual(session.problems, [])
})

test('findings are counted and listed', async () => {
  await save('content/index.md', home('[nowhere](gone.md)'))
  await page.waitForFunction(() => document.querySelector('.copydesk-live > button').textContent === '1 error')
  await page.click('.copydesk-live > button')
  const item = await page.waitForSelector('.copydesk-panel li')
  assert.match(await item.textContent(), /link\/missing-page.*content\/index\.md:\d+:\d+/)
  assert.deepEqual(await complaints(), [])
})
