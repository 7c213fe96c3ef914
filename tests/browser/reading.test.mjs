// What readers do with a page: every feature by keyboard and by pointer, on the page of the manual
// that has every kind of content.

import assert from 'node:assert/strict'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { after, before, describe, test } from 'node:test'

import {
  SCHEMES, buildSite, check, focused, launch, openPage, screenshot, serve, visit as visitIn,
} from './harness.mjs'

const BASE = '/manual/'
const SINK = 'sink.html'
const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

let browser, site, server

/** Puts the manual's page into the fixture, with its links leading to itself. */
async function sink(source) {
  const page = await readFile(join(repository, 'content', 'reference', 'kitchen-sink.md'), 'utf8')
  const links = page.replace(/\]\((?!https?:|#|\.\.\/images)[^)]*\.md\)/g, '](#text)')
  await writeFile(join(source, 'content', 'sink.md'), links.replace('../images/', 'images/'))
  await cp(join(repository, 'content', 'images', 'stages.svg'), join(source, 'content', 'images', 'stages.svg'))
  await writeFile(join(source, 'content', 'words.md'), '# Words\n\n:::glossary\n:::\n\nSay [TLS](#tls).\n')
  const tabs = (names) => `::::tabs{sync=os}\n${names.map((n) => `:::tab[${n}]\nOn ${n}.\n:::\n`).join('')}::::\n`
  const groups = [['Linux', 'macOS', 'Windows'], ['Windows', 'Linux'], ['Linux', 'macOS']]
  const folded = ':::details[More]\n## Inside\n\nFolded text.\n:::\n\n::::tabs\n:::tab[A]\nText.\n:::\n:::tab[B]\n## In a tab\n:::\n::::\n'
  await writeFile(join(source, 'content', 'parts.md'), `# Parts\n\n${groups.map(tabs).join('\n')}\n${folded}`)
  const settings =
    '\n[markdown]\nmath = true\n\n[terms]\nTLS = { definition = "Encrypts what goes over the *network*." }\n'
  await appendFile(join(source, 'book.toml'), settings)
}

before(async () => {
  browser = await launch()
  site = await buildSite({ prepare: sink })
  server = await serve(site.out, { base: BASE })
})

after(async () => {
  await browser?.close()
  await server?.close()
  await site?.remove()
})

const visit = (path, options, use) => visitIn(browser, (options.server ?? server).url(path), options, use)

describe('everything on one page', () => {
  for (const scheme of SCHEMES) {
    for (const width of [360, 768, 1440]) {
      test(`${scheme}, ${width} px`, async () => {
        await visit(SINK, { scheme, width, accessible: true }, async (page) => {
          await screenshot(page, `sink-${scheme}-${width}`)
        })
      })
    }

    test(`${scheme}, on paper`, async () => {
      await visit(SINK, { scheme, media: 'print', accessible: true }, async (page) => {
        assert.equal(await page.locator('.tab:visible').count(), 3, 'all tabs are printed')
        assert.ok(await page.getByText('They are published as well').isVisible(), 'folded text')
        await screenshot(page, `sink-paper-${scheme}`)
      })
    })
  }

  test('with the colours of the system', async () => {
    await visit(SINK, {}, async (page) => {
      await page.emulateMedia({ forcedColors: 'active' })
      const icon = page.locator('.alert-title').first()
      const shown = await icon.evaluate((title) => getComputedStyle(title, '::before').backgroundColor)
      assert.notEqual(shown, 'rgba(0, 0, 0, 0)', 'icons are there')
      await screenshot(page, 'sink-forced')
    })
  })

  test('from the disk, with and without JavaScript', async () => {
    for (const javaScript of [true, false]) {
      const session = await openPage(browser, { javaScript })
      await session.page.goto(pathToFileURL(join(site.out, SINK)).href)
      assert.ok(await session.page.locator('math').first().isVisible())
      assert.deepEqual(await check(session, { accessible: false }), [])
      await session.close()
    }
  })

  test('lines of text have about 70 characters', async () => {
    await visit(SINK, {}, async (page) => {
      const longest = await page.locator('main h2 + p').first().evaluate((paragraph) => {
        const range = document.createRange()
        const text = paragraph.firstChild
        const lines = new Map()
        for (let at = 0; at < text.length; at++) {
          range.setStart(text, at)
          range.setEnd(text, at + 1)
          const top = Math.round(range.getBoundingClientRect().top)
          lines.set(top, (lines.get(top) ?? 0) + 1)
        }
        return Math.max(...lines.values())
      })
      assert.ok(longest >= 60 && longest <= 80, `${longest} characters`)
    })
  })

  test('formulas are MathML, and their parts stand where they belong', async () => {
    await visit(SINK, {}, async (page) => {
      assert.equal(await page.locator('math').count(), 4)
      assert.equal(await page.locator('main [style]').count(), 0)
      const [above, below] = await page.locator('mfrac').first().evaluate((fraction) =>
        [...fraction.children].map((part) => part.getBoundingClientRect().top),
      )
      assert.ok(above < below)
    })
  })
})

describe('finding the way', () => {
  test('sections of the navigation unfold by pointer and by keyboard', async () => {
    await visit(SINK, {}, async (page) => {
      const button = page.locator('#nav').getByRole('button', { name: /below Reference/ })
      const child = page.locator('#nav').getByRole('link', { name: 'Tables' })
      assert.equal(await child.count(), 0, 'the page does not hold it')
      await button.click()
      await child.waitFor({ state: 'visible' })
      assert.equal(await button.getAttribute('aria-expanded'), 'true')
      await page.keyboard.press('Enter')
      assert.ok(!(await child.isVisible()))
      await page.keyboard.press('Space')
      assert.ok(await child.isVisible())
    })
  })

  test('the contents follow the reader', async () => {
    await visit(SINK, {}, async (page) => {
      await page.locator('h2#tables').evaluate((heading) => heading.scrollIntoView())
      await page.waitForFunction(
        () => document.querySelector('.toc [aria-current]')?.textContent === 'Tables',
      )
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
      await page.waitForFunction(() => {
        const links = [...document.querySelectorAll('.toc a')]
        return links.at(-1).hasAttribute('aria-current')
      })
    })
  })

  test('the contents lead there by keyboard', async () => {
    await visit(SINK, {}, async (page) => {
      await page.locator('.toc').getByRole('link', { name: 'Tables' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(/#tables$/)
      await page.waitForFunction(() => document.getElementById('tables').getBoundingClientRect().top < 200)
      await page.keyboard.press('Tab')
      const after = await page.evaluate(() => {
        const order = document.getElementById('tables').compareDocumentPosition(document.activeElement)
        return Boolean(order & Node.DOCUMENT_POSITION_FOLLOWING || order & Node.DOCUMENT_POSITION_CONTAINED_BY)
      })
      assert.ok(after, 'the next stop is there')
    })
  })

  test('a link of the contents leads below the bar', async () => {
    await visit(SINK, {}, async (page) => {
      await page.locator('.toc').getByRole('link', { name: 'Alerts' }).click()
      const [bar, heading] = await page.evaluate(() => [
        document.querySelector('.top').getBoundingClientRect().bottom,
        document.getElementById('alerts').getBoundingClientRect().top,
      ])
      assert.ok(heading >= bar && heading < bar + 80, `${heading} below ${bar}`)
    })
  })

  test('breadcrumbs say where the page stands, to search engines too', async () => {
    await visit('reference/api/objects/line.html', {}, async (page) => {
      const crumbs = page.locator('.crumbs [itemprop="itemListElement"]')
      assert.deepEqual(await crumbs.allInnerTexts(), ['Reference', 'Api', 'Objects'].slice(0, await crumbs.count()))
      assert.ok((await crumbs.count()) >= 2)
      assert.deepEqual(
        await crumbs.locator('[itemprop="position"]').evaluateAll((all) => all.map((one) => one.content)),
        ['1', '2', '3'].slice(0, await crumbs.count()),
      )
      await crumbs.first().getByRole('link').click()
      await page.waitForURL(/reference\/index\.html$/)
      await page.goBack()
      await crumbs.nth(1).getByRole('link').focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(/reference\/api\/index\.html$/)
    })
  })

  test('on a phone the list of pages opens and closes by pointer', async () => {
    await visit(SINK, { width: 360, height: 700 }, async (page) => {
      const sheet = page.locator('#nav')
      const open = async () => {
        await page.locator('.menu').click()
        await sheet.waitFor({ state: 'visible' })
      }
      await open()
      await sheet.locator('.close').click()
      await sheet.waitFor({ state: 'hidden' })
      assert.ok(await focused(page, '.menu'), 'the focus is back')
      await open()
      await page.mouse.click(350, 350) // beside it
      await sheet.waitFor({ state: 'hidden' })
      await open()
      await page.keyboard.press('Shift+Tab')
      assert.ok(await page.evaluate(() => !!document.activeElement.closest('#nav')), 'backwards it stays inside too')
      await sheet.getByRole('link', { name: 'Guide' }).first().click()
      await page.waitForURL(/guide\/index\.html$/)
      assert.ok(!(await sheet.isVisible()))
    })
  })

  test('the colour scheme goes round by pointer, and says which one it is', async () => {
    await visit(SINK, {}, async (page) => {
      const said = []
      for (let turn = 0; turn < 3; turn++) {
        await page.locator('.scheme').click()
        said.push([await page.locator('html').getAttribute('data-scheme'), await page.locator('.scheme').innerText()])
      }
      assert.deepEqual(said.map(([scheme]) => scheme), ['light', 'dark', 'auto'])
      assert.equal(new Set(said.map(([, name]) => name)).size, 3, JSON.stringify(said))
    })
  })

  test('arrows turn the page, but not while something has the focus', async () => {
    await visit('guide/write/code.html', {}, async (page) => {
      await page.keyboard.press('ArrowRight')
      await page.waitForURL(/pictures\.html$/)
      await page.keyboard.press('ArrowLeft')
      await page.waitForURL(/code\.html$/)
      await page.locator('.turn .next').focus()
      await page.keyboard.press('ArrowRight')
      await page.waitForTimeout(100)
      assert.match(page.url(), /code\.html$/)
      await page.locator('.turn .next').click()
      await page.waitForURL(/pictures\.html$/)
    })
  })

  test('a question mark lists the keys', async () => {
    for (const scheme of SCHEMES) {
      await visit(SINK, { scheme, accessible: true }, async (page) => {
        await page.locator('.scheme').focus()
        await page.keyboard.press('?')
        const dialog = page.getByRole('dialog', { name: 'Keyboard' })
        await dialog.waitFor({ state: 'visible' })
        assert.equal(await dialog.locator('kbd').count(), 5)
        await page.keyboard.press('ArrowRight')
        assert.ok(await dialog.isVisible(), 'arrows turn no page now')
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'hidden' })
        assert.ok(await focused(page, '.scheme'), 'the focus is back')
        await page.keyboard.press('?')
        await dialog.getByRole('button', { name: 'Close' }).click()
        await dialog.waitFor({ state: 'hidden' })
        await page.keyboard.press('?')
        await dialog.waitFor({ state: 'visible' })
        await screenshot(page, `keys-${scheme}`, { fullPage: false })
      })
    }
  })

  test('who turns back on a long page finds the way to the top', async () => {
    await visit(SINK, {}, async (page) => {
      await page.mouse.wheel(0, 4000)
      await page.waitForFunction(() => window.scrollY > 3000 && window.copydesk.more)
      assert.equal(await page.locator('.up:visible').count(), 0, 'not on the way down')
      await page.mouse.wheel(0, -200)
      const up = page.locator('.up')
      await up.waitFor({ state: 'visible' })
      await up.focus()
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => window.scrollY === 0)
      assert.ok(await focused(page, '#main'))
      await page.mouse.wheel(0, 4000)
      await page.waitForFunction(() => window.scrollY > 3000)
      await page.mouse.wheel(0, -200)
      await up.click()
      await page.waitForFunction(() => window.scrollY === 0)
    })
  })

  test('a page is fetched when somebody is about to open it', async () => {
    await visit(SINK, {}, async (page) => {
      const asked = page.waitForRequest(/guide\/index\.html$/)
      await page.locator('#nav').getByRole('link', { name: 'Guide' }).hover()
      await asked
      await page.locator('#nav').getByRole('link', { name: 'Guide' }).focus()
      assert.equal(await page.locator('link[rel="prefetch"]').count(), 1, 'once')
      await page.locator('.toc a').first().hover()
      await page.waitForTimeout(150)
      assert.equal(await page.locator('link[rel="prefetch"]').count(), 1, 'not the page itself')
      const next = page.waitForRequest(/reference\/index\.html$/)
      await page.locator('#nav').getByRole('link', { name: 'Reference' }).focus()
      await next
    })
  })
})

describe('parts of the text', () => {
  const permissions = ['clipboard-read', 'clipboard-write']

  test('the link of a heading copies its address', async () => {
    await visit(SINK, { permissions }, async (page) => {
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
      await page.locator('h2#lists').hover()
      await page.locator('h2#lists .anchor').click()
      assert.equal(await clipboard(), server.url(`${SINK}#lists`))
      await page.locator('h2#code .anchor').focus()
      await page.keyboard.press('Enter')
      assert.equal(await clipboard(), server.url(`${SINK}#code`))
      await page.getByText('Link copied').waitFor({ state: 'attached' })
    })
  })

  test('long lines of code are wrapped when wanted', async () => {
    await visit(SINK, { width: 768 }, async (page) => {
      const block = page.locator('.code', { hasText: 'fn main' }).first()
      const wide = () => block.locator('pre').evaluate((pre) => pre.scrollWidth > pre.clientWidth)
      const button = block.getByRole('button', { name: 'Wrap long lines' })
      assert.ok(await wide())
      await button.focus()
      await page.keyboard.press('Enter')
      assert.equal(await button.getAttribute('aria-pressed'), 'true')
      assert.ok(!(await wide()))
      await block.hover()
      await button.click()
      assert.ok(await wide())
      const short = page.locator('.code', { hasText: 'Text without a language' })
      await short.hover()
      assert.equal(await short.getByRole('button', { name: 'Wrap long lines' }).count(), 0)
    })
  })

  test('tabs of one group go together', async () => {
    await visit('parts.html', { accessible: true }, async (page) => {
      const chosen = () => page.locator('.tabs [aria-selected="true"]').allInnerTexts()
      assert.deepEqual(await chosen(), ['Linux', 'Windows', 'Linux', 'A'])
      await page.locator('.tabs').first().getByRole('tab', { name: 'Windows' }).click()
      assert.deepEqual(await chosen(), ['Windows', 'Windows', 'Linux', 'A'], 'where there is such a tab')
      await page.keyboard.press('ArrowLeft')
      assert.deepEqual(await chosen(), ['macOS', 'Windows', 'macOS', 'A'])
      assert.ok(await focused(page, '[role="tab"][aria-selected="true"]'))
      await page.reload()
      assert.deepEqual(await chosen(), ['macOS', 'Windows', 'macOS', 'A'], 'remembered')
    })
  })

  test('an address leads into what is folded, and into a tab', async () => {
    await visit('parts.html#inside', {}, async (page) => {
      await page.getByText('Folded text').waitFor({ state: 'visible' })
      await page.goto(server.url('parts.html#in-a-tab'))
      await page.locator('#in-a-tab').waitFor({ state: 'visible' })
    })
  })

  test('the buttons of code by keyboard', async () => {
    await visit('guide/write/code.html', { permissions }, async (page) => {
      const block = page.locator('.code', { hasText: 'seen.insert' })
      await block.getByRole('button', { name: 'Copy' }).focus()
      assert.equal(await block.locator('.acts').evaluate((acts) => getComputedStyle(acts).opacity), '1', 'it is seen')
      await page.keyboard.press('Enter')
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /seen\.insert/)
      await block.getByRole('button', { name: /show hidden lines/i }).focus()
      await page.keyboard.press('Space')
      assert.ok(await block.getByText('use std::collections::BTreeMap;').isVisible())
    })
  })

  test('a card is one target for the pointer, and one stop for the keyboard', async () => {
    await visit(SINK, {}, async (page) => {
      const card = page.locator('.card').first()
      assert.equal(await card.locator('a').count(), 1)
      // The link lies over the whole card.
      await card.getByText('From an empty folder').click({ force: true })
      await page.waitForURL(/#text$/)
    })
  })

  test('tabs go together and are remembered', async () => {
    await visit(SINK, {}, async (page) => {
      const tab = page.getByRole('tab', { name: 'Windows' })
      await tab.click()
      assert.ok(await page.getByText('Run site.exe').isVisible())
      await page.reload()
      assert.equal(await tab.getAttribute('aria-selected'), 'true')
    })
  })

  test('details unfold by keyboard and by pointer', async () => {
    await visit(SINK, {}, async (page) => {
      const details = page.locator('details.details').first()
      await details.locator('summary').focus()
      await page.keyboard.press('Enter')
      assert.ok(await details.getByText('They are published as well').isVisible())
      await details.locator('summary').click()
      assert.ok(!(await details.getByText('They are published as well').isVisible()))
    })
  })

  test('a linked word of the glossary says what it means', async () => {
    await visit('words.html', { accessible: true }, async (page) => {
      const link = page.locator('a.term')
      const tip = page.getByRole('tooltip')
      await link.hover()
      await tip.waitFor({ state: 'visible' })
      assert.equal(await tip.innerText(), 'Encrypts what goes over the network.')
      await tip.hover()
      await page.waitForTimeout(300)
      assert.ok(await tip.isVisible(), 'it can be pointed at')
      await page.locator('h1').hover()
      await tip.waitFor({ state: 'hidden' })
      await link.focus()
      await tip.waitFor({ state: 'visible' })
      assert.equal(await link.getAttribute('aria-describedby'), await tip.getAttribute('id'))
      await page.keyboard.press('Escape')
      await tip.waitFor({ state: 'hidden' })
      await link.blur()
      await link.focus()
      await tip.waitFor({ state: 'visible' })
    })
  })

  test('a footnote leads there and back', async () => {
    await visit(SINK, {}, async (page) => {
      await page.locator('.footnote-ref a').first().focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(/#/)
      await page.locator('.footnotes a').first().click()
      const seen = await page.locator('.footnote-ref').first().evaluate((reference) => {
        const { top, bottom } = reference.getBoundingClientRect()
        return top >= 0 && bottom <= window.innerHeight
      })
      assert.ok(seen)
    })
  })

  test('a table that is wider than the text can be scrolled by keyboard', async () => {
    await visit(SINK, { width: 360 }, async (page) => {
      const table = page.locator('.table').nth(1)
      await table.focus()
      await page.keyboard.press('ArrowRight')
      await page.waitForFunction(() => document.querySelectorAll('.table')[1].scrollLeft > 0)
    })
  })
})

describe('another language', () => {
  // Each text stands in brackets, so that what is not translated is seen, in letters that run from
  // right to left.
  const pseudo = async (source) => {
    await sink(source)
    const english = await readFile(join(repository, 'themes', 'default', 'strings', 'en.toml'), 'utf8')
    await mkdir(join(source, 'theme'))
    await writeFile(
      join(source, 'theme', 'strings.toml'),
      english.replace(/^([a-z_]+ = )"(.*)"$/gm, '$1"\u27e6\u05d0$2\u05d1\u27e7"'),
    )
    const book = await readFile(join(source, 'book.toml'), 'utf8')
    await writeFile(
      join(source, 'book.toml'),
      book.replace('language = "en"', 'language = "he"\ntext-direction = "rtl"'),
    )
  }
  let foreign, stand

  before(async () => {
    foreign = await buildSite({ prepare: pseudo })
    stand = await serve(foreign.out, { base: BASE })
  })
  after(async () => {
    await stand?.close()
    await foreign?.remove()
  })

  test('every text of the interface comes from the list of texts', async () => {
    await visit(SINK, { server: stand, accessible: true }, async (page) => {
      assert.equal(await page.locator('html').getAttribute('dir'), 'rtl')
      await page.keyboard.press('?')
      await page.locator('dialog.keys').waitFor({ state: 'visible' })
      const bare = await page.evaluate(() => {
        const own = (text) => /\p{L}/u.test(text) && !text.trim().startsWith('\u27e6')
        const texts = []
        const places =
          '.skip, .top .vh, .find .label, #toc-title, .turn span, .facts a, .close .vh, ' +
          '.alert-title, dialog.keys h2, dialog.keys dd'
        for (const element of document.querySelectorAll(places)) {
          // What the author titled is no text of ours.
          if (!element.closest('.alert')?.textContent.includes('Before you go on')) texts.push(element.textContent)
        }
        const labelled = '[aria-label], .acts [title], .tool[title]'
        for (const element of document.querySelectorAll(labelled)) {
          texts.push(element.getAttribute('aria-label') ?? element.title)
        }
        return texts.filter(own)
      })
      assert.deepEqual(bare, [])
    })
  })

  test('what is on one side stands on the other', async () => {
    for (const width of [360, 1440]) {
      await visit(SINK, { server: stand, width }, async (page) => {
        await screenshot(page, `sink-rtl-${width}`)
        if (width < 1200) return
        const [nav, text, toc, code] = await page.evaluate(() =>
          ['#nav', 'main', '.toc', 'main pre'].map((selector) => {
            const element = document.querySelector(selector)
            return { left: element.getBoundingClientRect().left, direction: getComputedStyle(element).direction }
          }),
        )
        assert.ok(nav.left > text.left && text.left > toc.left)
        assert.equal(code.direction, 'ltr', 'code runs as ever')
      })
    }
  })
})
