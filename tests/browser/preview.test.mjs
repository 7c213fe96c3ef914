// The preview as writers meet it: the open page follows what is saved, and leaves in place what its
// reader holds in the hand.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { accessibility, check, launch, openPage, SCHEMES, screenshot, startPreview, WIDTHS } from './harness.mjs'

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

const COUNTER = '.copydesk-counter'

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
  preview = await startPreview(folder, { args: ['--editor', 'vscode'], env })
  url = preview.url
  session = await openPage(browser)
  page = session.page
  await page.goto(url)
  await page.waitForSelector(COUNTER)
  await page.evaluate(() => { window.same = true })
})

afterEach(async () => {
  await session?.close()
  await preview?.stop()
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
  // A sheet that is put in again is another one, and for a moment there is none.
  await page.evaluate(() => { window.sheets = [...document.styleSheets] })
  const held0 = await held()
  assert.deepEqual([held0.y, held0.details, held0.tab], [1500, true, 'Two'])
  for (const text of ['second words', 'third words\n\n- a list\n- of two', '**fourth** words']) {
    await save('content/index.md', home(text))
    await shows(text.replace(/\n[^]*/, '').replaceAll('*', ''))
    assert.deepEqual(await held(), held0)
    assert.ok(await page.evaluate(() => [...document.styleSheets].every((sheet, at) => sheet === window.sheets[at])))
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

const counted = (text) =>
  page.waitForFunction((text) => document.querySelector('.copydesk-counter').textContent === text, text)
/** The texts that are marked as findings of a level. */
const marked = (level) =>
  page.evaluate((level) => [...(CSS.highlights.get(`copydesk-${level}`) ?? [])].map(String), level)
const marks = (level, texts) =>
  page.waitForFunction(
    ([level, texts]) => [...(CSS.highlights.get(`copydesk-${level}`) ?? [])].map(String).join('|') === texts,
    [level, texts.join('|')],
  )
const TWICE = 'It is the the *first* word, and we we saw the **second** one.'

test('findings are counted and listed', async () => {
  await save('content/index.md', home('[nowhere](gone.md)'))
  await counted('1 error')
  await page.click(COUNTER)
  const item = await page.waitForSelector('.copydesk-panel li')
  const said = await item.textContent()
  assert.match(said, /link\/missing-page/)
  assert.match(said, /\[nowhere\]\(gone\.md\)/, 'the line of the source')
  assert.match(said, /content\/index\.md:\d+:\d+/)
  const editor = await item.$eval('.copydesk-editor', (link) => link.href)
  assert.match(editor, /^vscode:\/\/file\/.*content\/index\.md:\d+:\d+$/)
  await marks('error', ['nowhere'])
  assert.deepEqual(await complaints(), [])
})

test('prose is linted, and marked where readers see it', async () => {
  await save('content/index.md', home(`One the way, and the other.\n\n${TWICE}`))
  await shows('second')
  await counted('2 warnings')
  await marks('warning', ['the the', 'we we'])
  const place = await page.evaluate(() => {
    const [range] = CSS.highlights.get('copydesk-warning')
    return range.commonAncestorContainer.parentElement.closest('p, main').textContent.slice(0, 20)
  })
  assert.equal(place, 'It is the the first ')
  // An edit elsewhere leaves the marks, and takes what stands in the way of none.
  await save('content/index.md', home(`Two ways.\n\n${TWICE}`))
  await shows('Two ways')
  await marks('warning', ['the the', 'we we'])
  // A click on a mark leads to the list, and the list leads back.
  const box = await page.evaluate(() => {
    const [range] = CSS.highlights.get('copydesk-warning')
    range.startContainer.parentElement.scrollIntoView({ block: 'center', behavior: 'instant' })
    const { x, y, width, height } = range.getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 }
  })
  await page.mouse.click(box.x, box.y)
  const picked = await page.waitForSelector('.copydesk-panel li.is-picked')
  assert.match(await picked.textContent(), /style\/doubled-word/)
  await page.evaluate(() => window.scrollTo(0, 0))
  await picked.$eval('.copydesk-show', (button) => button.click())
  await page.waitForFunction(() => window.scrollY > 200)
  assert.ok(await isSame())
  assert.deepEqual(await complaints(), [])
})

test('one click mends a finding', async () => {
  await save('content/index.md', home('Mend the the word.'))
  await counted('1 warning')
  await page.click(COUNTER)
  await page.click('.copydesk-panel li button:text("Apply the suggestion")')
  await shows('Mend the word.')
  await counted('no findings')
  assert.match(await readFile(join(folder, 'content/index.md'), 'utf8'), /Mend the word\./)
  assert.match(await page.textContent('.copydesk-note'), /^Done/)
  assert.deepEqual(await marked('warning'), [])
  assert.ok(await isSame())
  assert.deepEqual(session.problems, [])
})

test('a word goes into the dictionary', async () => {
  await mkdir(join(folder, 'styles/config/vocabularies/Words'), { recursive: true })
  await save('styles/config/vocabularies/Words/accept.txt', 'Zyx\n')
  await save('.vale.ini', 'StylesPath = styles\nVocab = Words\n[*.md]\nBasedOnStyles = Vale\n')
  await save('content/index.md', home('A quibblewock.'))
  await marks('error', ['quibblewock'])
  await page.click(COUNTER)
  await page.click('.copydesk-panel li button:text("Add to dictionary")')
  await marks('error', [])
  assert.equal(await readFile(join(folder, 'styles/config/vocabularies/Words/accept.txt'), 'utf8'), 'Zyx\nquibblewock\n')
  assert.deepEqual(session.problems, [])
})

test('a broken template leaves the last site under an overlay', async () => {
  await mkdir(join(folder, 'theme'))
  await save('theme/footer.html', '<footer>mine</footer>\n')
  await page.waitForFunction(() => document.body.textContent.includes('mine'))
  for (const broken of ['{{ no such', '{{ nobody.knows.this }}']) {
    await save('theme/footer.html', `<footer>${broken}</footer>\n`)
    const overlay = await page.waitForSelector('.copydesk-overlay:not([hidden])')
    assert.match(await overlay.textContent(), /theme\/(syntax|render).*footer\.html/)
    assert.match(await page.textContent('body'), /mine/)
    await page.reload()
    await page.waitForSelector('.copydesk-overlay:not([hidden])')
    assert.match(await page.textContent('footer'), /mine/)
    assert.deepEqual(await accessibility(page), [])
    await save('theme/footer.html', '<footer>mine, mended</footer>\n')
    await page.waitForFunction(() => document.querySelector('footer').textContent.includes('mended'))
    await page.waitForSelector('.copydesk-overlay', { state: 'hidden' })
    await save('theme/footer.html', '<footer>mine</footer>\n')
    await page.waitForFunction(() => !document.querySelector('footer').textContent.includes('mended'))
  }
})

test('the branch and its pages at a glance', async () => {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null' }
  const git = (...rest) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...rest], { cwd: folder, env })
  // A repository that comes later is seen by the next preview.
  git('init', '--quiet', '--initial-branch', 'main')
  await save('.gitignore', '.copydesk\n')
  git('add', '.')
  git('commit', '--quiet', '--message', 'All')
  git('switch', '--quiet', '--create', 'topic')
  const again = await startPreview(folder, { env })
  try {
    const at = again.url
    await page.goto(at)
    const about = (text) =>
      page.waitForFunction((text) => document.querySelector('.copydesk-about')?.textContent.startsWith(text), text)
    await about('topic \u2190 main')
    await save('content/other.md', '# Other\n\nnew\n')
    git('commit', '--quiet', '--all', '--message', 'Other')
    await about('topic \u2190 main1 changed page')
    await page.click('a[aria-label="Next changed page"]')
    await page.waitForURL(`${at}other.html`)
    await page.waitForSelector(COUNTER)
    await page.click(COUNTER)
    const current = await page.waitForSelector('.copydesk-panel [aria-current=page]')
    assert.equal(await current.textContent(), 'Other')
  } finally {
    await again.stop()
  }
})

for (const scheme of SCHEMES) {
  for (const width of WIDTHS) {
    test(`the bar in ${scheme} at ${width} px`, async () => {
      await save('content/index.md', home(`${TWICE}\n\n[nowhere](gone.md) ![](x.png)`))
      await counted('2 errors, 3 warnings')
      const other = await openPage(browser, { scheme, width, height: 800 })
      try {
        await other.page.goto(url)
        await other.page.click(COUNTER)
        await other.page.waitForSelector('.copydesk-panel li')
        await other.page.$eval('.copydesk-show', (button) => button.click())
        await screenshot(other.page, `preview-${scheme}-${width}`, { fullPage: false })
        // The list fills when the findings come, which on a slow machine is long after the click.
        const expected = /404.*x\.png|console error.*404|^the layout shifted/
        const found = (await check(other)).filter((found) => !expected.test(found))
        assert.deepEqual(found, [])
        // Made small, it is out of the way, and stays so.
        await other.page.click('.copydesk-hide')
        await other.page.reload()
        await other.page.waitForSelector('.copydesk-live.is-small')
        await screenshot(other.page, `preview-small-${scheme}-${width}`, { fullPage: false })
        assert.deepEqual(await accessibility(other.page), [])
        await other.page.click('.copydesk-hide')
        await save('book.toml', '[book\n')
        await other.page.waitForSelector('.copydesk-overlay:not([hidden])')
        await screenshot(other.page, `preview-overlay-${scheme}-${width}`, { fullPage: false })
        assert.deepEqual(await accessibility(other.page), [])
      } finally {
        await other.close()
      }
    })
  }
}
