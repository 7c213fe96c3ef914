// The review in the preview: what the branch changes, page by page, kept up to date while its files,
// and what is said about it, change.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { POLICY, SCHEMES, binary, check, launch, openPage, screenshot, startPreview } from './harness.mjs'

const lines = (from, to) =>
  Array.from({ length: to - from }, (_, at) => `Paragraph ${from + at} says something.\n`).join('\n')

const OLD = {
  'book.toml': '[book]\ntitle = "Product"\nsrc = "docs"\n',
  '.gitignore': '.copydesk\n',
  'docs/index.md': '# Product\n\nThe first page. [Settings](settings.md)\n',
  'docs/settings.md': '# Settings\n\nThey stay as they are.\n',
  'docs/valves.md': `# Valves\n\n${lines(0, 12)}\nA valve lets water pass.\n\n![A bar](bar.svg)\n`,
  'docs/pumps.md': '# Pumps\n\n## Big\n\nA big pump moves much water.\n\n## Small\n\n| Size | Water |\n|---|---|\n| one | 1 |\n',
  'docs/part.txt': 'Read the notes first.\n',
  'docs/notes.md': '# Notes\n\n{{#include part.txt}}\n',
  'docs/bar.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="10" height="20"/></svg>',
}

const NEW = {
  'docs/valves.md': `# Valves\n\n${lines(0, 5)}\nParagraph 5 says an **unlike** thing.\n\n${lines(6, 12)}\nA valve lets water pass, mostly. [Settings](settings.md)\n\n![A longer bar](bar.svg)\n`,
  'docs/pumps.md': '# Pumps\n\n## Big\n\nA big pump moves [much](gone.md) water.\n\n## Small\n\n| Size | Water |\n|---|---|\n| one | 11 |\n| two | 2 |\n',
  'docs/part.txt': 'Read the notes last.\n',
  'docs/bar.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="30" height="20"/></svg>',
}

const REVIEW = '_copydesk/live/review/'
const COUNTER = '.copydesk-counter'

let browser, folder, env, preview, session, page

before(async () => {
  browser = await launch()
})

after(() => browser?.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copydesk-live-review-'))
  env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' }
  await mkdir(join(folder, 'source'))
  git('init', '--quiet', '--initial-branch', 'main')
  git('config', 'user.name', 'Ada')
  git('config', 'user.email', 'ada@example.org')
  await save(OLD)
  commit('One')
  git('switch', '--quiet', '--create', 'topic')
  await save(NEW)
  commit('Two')
  await begin()
})

afterEach(async () => {
  await session?.close()
  await preview?.stop()
  await rm(folder, { recursive: true, force: true })
})

const source = (path) => join(folder, 'source', path)
const git = (...command) => execFileSync('git', command, { cwd: source(''), env, encoding: 'utf8' })
const copydesk = (...command) => execFileSync(binary(), command, { cwd: source(''), env, encoding: 'utf8' }).trim()
const url = (path) => preview.url + path
const view = (name, sides = '') => url(`${REVIEW}pages/docs/${name}.md${sides}.html`)

async function save(files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(source(path)), { recursive: true })
    await writeFile(source(path), text)
  }
}

function commit(message) {
  git('add', '--all')
  git('commit', '--quiet', '--message', message)
}

async function begin() {
  preview = await startPreview(source(''), { env })
  session = await openPage(browser)
  page = session.page
}

async function open(address) {
  await page.goto(address)
  await page.waitForSelector(COUNTER)
  await page.evaluate(() => { window.same = true })
}

const shows = (text) => page.waitForFunction((text) => document.querySelector('main').textContent.includes(text), text)
const isSame = () => page.evaluate(() => window.same === true)
/** How large an image of a branch is, only the image says; what is put in moves what stands below. */
const complaints = async (of = session) =>
  (await check(of)).filter((found) => !found.startsWith('the layout shifted'))

test('the bar leads to what the branch changes', async () => {
  await open(preview.url)
  assert.equal(await page.textContent('.copydesk-review'), '2 changed pages')
  await page.click('.copydesk-review')
  await page.waitForURL(url(`${REVIEW}index.html`))
  assert.match(await page.textContent('.review-branches'), /topic into main/)
  assert.match(await page.textContent('.review-lead'), /3 pages, about \d+ minutes? to read/)
  const titles = await page.locator('.review-group h2').allTextContents()
  assert.deepEqual(titles.slice(0, 2), ['Edited', 'through the included file docs/part.txt'])
  await page.waitForSelector(COUNTER)
  await page.click('.review-group a:text-is("Valves")')
  await page.waitForURL(view('valves'))
  assert.match(await page.locator('.review-text ins').first().textContent(), /unlike/)
  const widths = await page.locator('.review-text img').evaluateAll((all) => all.map((image) => image.naturalWidth))
  assert.deepEqual(widths, [40, 40])
  // A link of the text leads to the review where its page differs, and to the preview where it does not.
  const link = page.locator('.review-text a', { hasText: 'Settings' })
  assert.equal(await link.evaluate((link) => link.href), url('settings.html'))
  await page.click('.review-open')
  await page.waitForURL(url('valves.html'))
  // From the list, each changed page leads to its difference.
  await page.waitForSelector(COUNTER)
  await page.click(COUNTER)
  await page.click('.copydesk-panel a[aria-label="changed: what differs on Pumps"]')
  await page.waitForURL(view('pumps'))
  assert.match(await page.textContent('.review-findings'), /gone\.md/)
  assert.deepEqual(await complaints(), [])
})

test('by keyboard: changes, pages, threads', async () => {
  copydesk('review', 'open')
  copydesk('review', 'comment', 'docs/valves.md:15', '--message', 'How much water?')
  await open(view('valves'))
  const at = () => page.evaluate(() => Number(document.activeElement.dataset.change ?? 0))
  await page.keyboard.press('n')
  const first = await at()
  await page.keyboard.press('n')
  const second = await at()
  assert.ok(first > 0 && second > first, `${second} after ${first}`)
  await page.keyboard.press('p')
  assert.equal(await at(), first)
  await page.keyboard.press('c')
  assert.ok(await page.evaluate(() => document.activeElement.matches('[data-thread]')))
  const other = await page.locator('.review-pager a').first().evaluate((link) => [link.rel, link.href])
  await page.keyboard.press(other[0] === 'next' ? 'N' : 'P')
  await page.waitForURL(other[1])
  await page.keyboard.press(other[0] === 'next' ? 'P' : 'N')
  await page.waitForURL(view('valves'))
  assert.deepEqual(session.problems, [])
})

test('what is saved appears, and what the reader has chosen stays', async () => {
  await open(view('valves'))
  await page.click('button[data-version=after]')
  await page.click('.review-changes summary')
  await save({ 'docs/valves.md': NEW['docs/valves.md'].replace('mostly', 'hardly ever') })
  await shows('hardly ever')
  assert.ok(await isSame())
  assert.equal(await page.getAttribute('.review-text', 'data-shown'), 'after')
  assert.equal(await page.getAttribute('button[data-version=after]', 'aria-pressed'), 'true')
  assert.ok(await page.locator('.review-changes').evaluate((fold) => fold.open))
  // Another page comes, and the overview follows.
  await open(url(`${REVIEW}index.html`))
  await save({ 'docs/new.md': '# Brand new\n\nWords.\n' })
  await shows('Brand new')
  await rm(source('docs/new.md'))
  await page.waitForFunction(() => !document.querySelector('main').textContent.includes('Brand new'))
  assert.ok(await isSame())
  // The base moves, and with it what differs.
  git('stash', '--quiet')
  git('switch', '--quiet', 'main')
  await shows('No page says anything else.')
  assert.ok(await isSame())
  assert.deepEqual(await complaints(), [])
})

test('what is said about the branch stands at its place as soon as it is said', async () => {
  await open(view('valves'))
  assert.equal(await page.locator('[data-thread]').count(), 0)
  copydesk('review', 'open')
  const thread = copydesk('review', 'comment', 'docs/valves.md:15', '--message', 'Is *unlike* the word? <script>window.ran=1</script>')
  await page.waitForSelector('[data-thread]')
  const before = await page.locator('[data-thread]').evaluate((thread) => {
    for (let at = thread.previousElementSibling ?? thread.parentElement; at; at = at.previousElementSibling) {
      if (at.textContent.includes('Paragraph')) return at.textContent
    }
    return thread.closest('details, .pair, div')?.textContent ?? ''
  })
  assert.match(before, /Paragraph/)
  assert.match(await page.textContent('[data-thread]'), /Ada.*Is unlike the word\?/s)
  assert.equal(await page.evaluate(() => window.ran), undefined)
  copydesk('review', 'comment', '--reply', thread, '--message', 'It is.')
  await shows('It is.')
  copydesk('review', 'resolve', thread)
  await page.waitForSelector('.thread.settled')
  assert.ok(await isSame())
  await page.goto(view('valves', '.sides'))
  assert.equal(await page.locator('[data-thread]').count(), 1)
  assert.deepEqual(await complaints(), [])
})

test('events that are damaged are said, not left out', async () => {
  copydesk('review', 'open')
  copydesk('review', 'comment', 'docs/valves.md:15', '--message', 'A word.')
  copydesk('review', 'status')
  const [ref] = git('for-each-ref', '--format=%(refname)', 'refs/copydesk/changes').trim().split('\n')
  git('update-ref', ref, `${ref}^`)
  await open(url(`${REVIEW}index.html`))
  assert.match(await page.textContent('main'), /what was said about the branch cannot be told/)
})

test('where there is nothing to review, that is said', async () => {
  await preview.stop()
  await rm(source('.git'), { recursive: true })
  preview = await startPreview(source(''), { env })
  await open(preview.url)
  assert.equal(await page.locator('.copydesk-review').count(), 0)
  const response = await page.goto(url(`${REVIEW}index.html`))
  assert.equal(response.status(), 404)
  assert.match(await page.textContent('main'), /there is no git repository here/)
  await page.waitForSelector(COUNTER)
  assert.deepEqual(await complaints(), [])
})

test('a page without a difference leads to the overview', async () => {
  await page.goto(view('settings'))
  await page.click('main a')
  await page.waitForURL(url(`${REVIEW}index.html`))
  await page.goto(url('_copydesk/live/review'))
  assert.equal(page.url(), url(`${REVIEW}index.html`))
})

test('content of the branch widens no policy, and runs nothing', async () => {
  const evil =
    '# Valves\n\n<script>window.ran=1</script>\n\n<p style="position:fixed;inset:0" onclick="window.ran=1">x</p>\n\n' +
    '<iframe src="https://evil.example/"></iframe> <img src="https://evil.example/p.png" onerror="window.ran=1">\n\n' +
    '[run](javascript:window.ran=1) ![evil](evil.svg) ![out](out.svg) ![up](../../secret.svg)\n'
  await writeFile(join(folder, 'secret.svg'), '<svg xmlns="http://www.w3.org/2000/svg"><desc>secret</desc></svg>')
  await symlink('../../secret.svg', source('docs/out.svg'))
  await save({
    'docs/valves.md': evil,
    'docs/evil.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="window.ran=1"><script>window.ran=1</script></svg>',
  })
  for (const sides of ['', '.sides']) {
    const response = await page.goto(view('valves', sides))
    const policy = response.headers()['content-security-policy']
    for (const part of POLICY.split('; ')) assert.ok(policy.split('; ').includes(part), `${part} in ${policy}`)
    assert.ok(!/unsafe|evil/.test(policy), policy)
    const foreign = 'script, style, iframe, [onclick], [onerror], [style], a[href^="javascript"], img[src*="evil.example"]'
    assert.equal(await page.locator('.review-text').locator(foreign).count(), 0)
    await page.waitForSelector(COUNTER)
    assert.equal(await page.evaluate(() => window.ran), undefined)
  }
  assert.deepEqual(session.problems, [])
  const image = await page.goto(url(`${REVIEW}files/new/docs/evil.svg`))
  assert.equal(image.status(), 200)
  assert.match(image.headers()['content-security-policy'], /default-src 'none'.*sandbox/)
  for (const path of ['new/docs/out.svg', 'new/docs/pumps.md', 'new/..%2fsecret.svg', 'new/%2e%2e/secret.svg', 'new/book.toml', 'other/docs/bar.svg']) {
    const answer = await fetch(url(`${REVIEW}files/${path}`))
    assert.ok(answer.status >= 400, `${path}: ${answer.status}`)
    assert.ok(!(await answer.text()).includes('secret'), path)
  }
})

for (const scheme of SCHEMES) {
  for (const width of [360, 1440]) {
    test(`its pages in ${scheme} at ${width} px`, async () => {
      copydesk('review', 'open')
      const thread = copydesk('review', 'comment', 'docs/valves.md:15', '--message', 'How much water?', '--blocking')
      copydesk('review', 'comment', '--reply', thread, '--message', 'As much as it can:\n\n- a\n- `b`')
      const other = await openPage(browser, { scheme, width, height: 900 })
      try {
        for (const [name, address] of Object.entries({ overview: url(`${REVIEW}index.html`), text: view('valves'), sides: view('valves', '.sides'), findings: view('pumps') })) {
          await other.page.goto(address)
          await other.page.waitForSelector(COUNTER)
          await screenshot(other.page, `live-review-${name}-${scheme}-${width}`)
          assert.deepEqual(await complaints(other), [], name)
        }
      } finally {
        await other.close()
      }
    })
  }
}
