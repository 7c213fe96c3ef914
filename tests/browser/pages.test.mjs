// The published site as readers meet it: every kind of page in both schemes and three widths, by
// keyboard, without JavaScript, from the disk, and through redirects.

import assert from 'node:assert/strict'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import {
  SCHEMES, WIDTHS, buildSite, check, focused, launch, openPage, screenshot, serve, visit as visitIn,
} from './harness.mjs'

const BASE = '/manual/'

/** The kinds of pages, by a page of each. */
const KINDS = {
  home: 'index.html',
  page: 'guide/install.html',
  text: 'guide/write/markdown.html',
  code: 'guide/write/code.html',
  pictures: 'guide/write/pictures.html',
  tables: 'reference/tables.html',
  deep: 'reference/api/objects/line.html',
  section: 'reference/index.html',
  unlisted: 'unlisted.html',
  missing: 'no/such/page.html',
  print: 'print.html',
}

let browser, site, server

before(async () => {
  browser = await launch()
  site = await buildSite()
  server = await serve(site.out, { base: BASE })
})

after(async () => {
  await browser?.close()
  await server?.close()
  await site?.remove()
})

const visit = (path, options, use) => visitIn(browser, server.url(path), options, use)

/** Presses a key until what has the focus matches. */
async function press(page, key, selector, limit = 60) {
  for (let count = 0; count < limit; count++) {
    await page.keyboard.press(key)
    if (await focused(page, selector)) return
  }
  assert.fail(`${limit} times ${key} did not reach ${selector}`)
}

describe('every kind of page', () => {
  for (const [kind, path] of Object.entries(KINDS)) {
    for (const scheme of SCHEMES) {
      for (const width of WIDTHS) {
        test(`${kind}, ${scheme}, ${width} px`, async () => {
          await visit(path, { scheme, width, accessible: true }, async (page) => {
            assert.ok(await page.locator('main h1').first().isVisible(), 'a heading is seen')
            await screenshot(page, `${kind}-${scheme}-${width}`)
          })
        })
      }
    }
  }

  test('one main heading, a title, a language', async () => {
    for (const [kind, path] of Object.entries(KINDS)) {
      await visit(path, {}, async (page) => {
        if (kind !== 'print') assert.equal(await page.locator('h1').count(), 1, kind)
        assert.notEqual(await page.title(), '', kind)
        assert.equal(await page.locator('html').getAttribute('lang'), 'en', kind)
      })
    }
  })

  test('no inline script or style and no handler', async () => {
    for (const path of Object.values(KINDS)) {
      await visit(path, { javaScript: false }, async (page) => {
        const inline = page.locator('script:not([src]), style, [style], [onclick], [onload]')
        assert.equal(await inline.count(), 0, path)
      })
    }
  })

  test('every picture of a page has its size', async () => {
    await visit(KINDS.pictures, {}, async (page) => {
      const images = page.locator('main img')
      assert.equal(await images.count(), 3)
      for (const image of await images.all()) {
        assert.match((await image.getAttribute('width')) ?? '', /^\d+$/)
        assert.match((await image.getAttribute('height')) ?? '', /^\d+$/)
        assert.ok(await image.evaluate((element) => element.naturalWidth > 0), 'it is loaded')
      }
    })
  })
})

describe('navigation', () => {
  test('the page that is shown is marked, with its ancestors open', async () => {
    await visit(KINDS.deep, {}, async (page) => {
      const current = page.locator('#nav [aria-current="page"]')
      assert.equal(await current.count(), 1)
      assert.equal((await current.innerText()).trim(), 'Line')
      assert.ok(await page.locator('#nav').getByRole('link', { name: 'Curve' }).isVisible())
    })
  })

  test('every link of every page leads to a page and to a place on it', async () => {
    const seen = new Set()
    const queue = [server.url(KINDS.home), server.url('print.html')]
    const session = await openPage(browser, {})
    const ids = new Map()
    const wanted = []
    while (queue.length > 0) {
      const url = queue.pop()
      if (seen.has(url)) continue
      seen.add(url)
      const response = await session.page.goto(url)
      assert.equal(response.status(), 200, url)
      const [links, names] = await session.page.evaluate(() => [
        [...document.querySelectorAll('a[href]')].map((link) => link.href),
        [...document.querySelectorAll('[id]')].map((element) => element.id),
      ])
      assert.equal(new Set(names).size, names.length, `${url} has an id twice: ${names}`)
      ids.set(url, new Set(names))
      for (const link of links) {
        const [target, fragment] = link.split('#')
        if (!target.startsWith(server.url(''))) continue
        if (/\.(md|txt)$/.test(target)) {
          assert.equal((await fetch(target)).status, 200, `${url} links to ${target}`)
          continue
        }
        if (fragment) wanted.push([url, target, decodeURIComponent(fragment)])
        queue.push(target)
      }
    }
    for (const [from, target, fragment] of wanted) {
      assert.ok(ids.get(target)?.has(fragment), `${from} links to ${target}#${fragment}`)
    }
    assert.ok(seen.has(server.url(KINDS.deep)) && seen.size >= 12, [...seen].join('\n'))
    assert.deepEqual(session.problems, [])
    await session.close()
  })

  test('drafts are not published', async () => {
    assert.equal((await fetch(server.url('draft.html'))).status, 404)
    const home = await (await fetch(server.url('index.html'))).text()
    assert.doesNotMatch(home, /Not yet|[Uu]nlisted/)
  })

  test('the page of 404 finds its way home from any depth', async () => {
    await visit('a/b/c/d.html', {}, async (page) => {
      await page.locator('main a').first().click()
      await page.waitForURL(server.url('index.html'))
    })
  })
})

describe('by keyboard', () => {
  test('the first stop is the skip link, and it skips', async () => {
    await visit(KINDS.page, {}, async (page) => {
      await page.keyboard.press('Tab')
      assert.ok(await focused(page, 'a.skip'))
      assert.ok(await page.locator('a.skip').isVisible())
      await page.keyboard.press('Enter')
      await page.waitForURL(/#main$/)
      await page.keyboard.press('Tab')
      const inside = await page.evaluate(() => !!document.activeElement.closest('main'))
      assert.ok(inside, 'the next stop is in the text')
    })
  })

  test('what has the focus is seen to have it', async () => {
    await visit(KINDS.page, {}, async (page) => {
      for (let stop = 0; stop < 25; stop++) {
        await page.keyboard.press('Tab')
        const [name, outline] = await page.evaluate(() => {
          const element = document.activeElement
          const style = getComputedStyle(element)
          const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
          return [element.outerHTML.slice(0, 80), shown || style.boxShadow !== 'none']
        })
        assert.ok(outline, name)
      }
    })
  })

  test('on a phone the list of pages opens, keeps the focus and closes', async () => {
    await visit(KINDS.page, { width: 360, height: 700 }, async (page) => {
      const sheet = page.locator('#nav')
      assert.ok(!(await sheet.isVisible()), 'closed at first')
      await press(page, 'Tab', '.menu')
      await page.keyboard.press('Enter')
      await sheet.waitFor({ state: 'visible' })
      assert.equal(await page.locator('.menu').getAttribute('aria-expanded'), 'true')
      const stops = await sheet.locator('a, button').count()
      for (let stop = 0; stop < stops + 3; stop++) {
        await page.keyboard.press('Tab')
        const inside = await page.evaluate(() => !!document.activeElement.closest('#nav'))
        assert.ok(inside, `stop ${stop} of ${stops} is in the sheet`)
      }
      await page.keyboard.press('Escape')
      await sheet.waitFor({ state: 'hidden' })
      assert.ok(await focused(page, '.menu'), 'the focus is back')
      assert.equal(await page.locator('.menu').getAttribute('aria-expanded'), 'false')
    })
  })

  test('an open sheet has no findings either', async () => {
    for (const scheme of SCHEMES) {
      await visit(KINDS.deep, { scheme, width: 360, height: 700, accessible: true }, async (page) => {
        await page.locator('.menu').click()
        await page.locator('#nav').waitFor({ state: 'visible' })
        await page.screenshot() // lets the sheet come to rest
      })
    }
  })

  test('the colour scheme is switched and remembered', async () => {
    const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const dark = (colour) => colour.match(/\d+/g).slice(0, 3).every((part) => Number(part) < 80)
    await visit(KINDS.page, { scheme: 'light' }, async (page) => {
      assert.ok(!dark(await background(page)))
      await press(page, 'Tab', 'button.scheme')
      for (let turn = 0; turn < 3 && !dark(await background(page)); turn++) {
        await page.keyboard.press('Enter')
      }
      assert.ok(dark(await background(page)), 'a dark scheme can be chosen')
      await page.reload()
      assert.ok(dark(await background(page)), 'it is still dark when loaded again')
      await page.goto(server.url(KINDS.code))
      assert.ok(dark(await background(page)), 'and on the next page')
    })
    await visit(KINDS.page, { scheme: 'dark' }, async (page) => {
      assert.ok(dark(await background(page)), 'without a choice the system rules')
    })
  })

  test('tabs go with the arrows', async () => {
    await visit(KINDS.page, { accessible: true }, async (page) => {
      const tabs = page.locator('.tabs [role="tab"]')
      const panels = page.locator('.tabs [role="tabpanel"]')
      assert.deepEqual(await tabs.allInnerTexts(), ['Linux', 'macOS', 'Windows'])
      const shown = async () =>
        Promise.all((await panels.all()).map((panel) => panel.isVisible()))
      assert.deepEqual(await shown(), [true, false, false])
      await tabs.nth(0).focus()
      await page.keyboard.press('ArrowRight')
      assert.equal(await tabs.nth(1).getAttribute('aria-selected'), 'true')
      assert.equal(await tabs.nth(0).getAttribute('aria-selected'), 'false')
      assert.deepEqual(await shown(), [false, true, false])
      await page.keyboard.press('End')
      assert.deepEqual(await shown(), [false, false, true])
      await page.keyboard.press('ArrowRight')
      assert.deepEqual(await shown(), [true, false, false], 'round and round')
      await page.keyboard.press('ArrowLeft')
      assert.deepEqual(await shown(), [false, false, true])
      await page.keyboard.press('Home')
      assert.deepEqual(await shown(), [true, false, false])
      const [id, controls] = await Promise.all([
        panels.nth(0).getAttribute('id'),
        tabs.nth(0).getAttribute('aria-controls'),
      ])
      assert.ok(id && id === controls)
    })
  })

  test('code that is wider than its box can be scrolled by keyboard', async () => {
    await visit(KINDS.code, { width: 360 }, async (page) => {
      const boxes = await page.evaluate(() =>
        [...document.querySelectorAll('main pre')]
          .map((pre) => [pre, pre.querySelector('code')])
          .flatMap(([pre, code]) => [pre, code].filter(Boolean))
          .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== 'visible')
          .map((box) => box.tabIndex),
      )
      assert.ok(boxes.length > 0, 'some code is wider than a phone')
      assert.ok(boxes.every((index) => index >= 0), 'and each such box can have the focus')
    })
  })
})

describe('code', () => {
  const permissions = ['clipboard-read', 'clipboard-write']

  /** What the copy button of the block that holds `text` puts on the clipboard. */
  async function copied(page, text) {
    const block = page.locator('.code', { hasText: text }).first()
    await block.hover()
    await block.locator('button').first().click()
    return page.evaluate(() => navigator.clipboard.readText())
  }

  test('the copy button copies what is to be run, and says so', async () => {
    await visit(KINDS.code, { permissions }, async (page) => {
      assert.equal(
        await copied(page, 'words = ["one"'),
        [
          '//! A title, line numbers and highlighted lines.',
          'fn main() {',
          '    let words = ["one", "two", "three"];',
          '    for word in words {',
          '        println!("{word}"); // a comment that is long enough to reach past the right edge of a narrow column',
          '    }',
          '}',
          '',
        ].join('\n').trimEnd(),
        'without the numbers of lines',
      )
      // It is said a moment later, so that screen readers notice.
      await page.getByText('Copied').first().waitFor({ state: 'visible', timeout: 5000 })
    })
  })

  test('the buttons of a block cover none of its code', async () => {
    await visit(KINDS.code, { width: 360 }, async (page) => {
      const covered = await page.locator('.code').evaluateAll((blocks) =>
        blocks.flatMap((block) => {
          const acts = block.querySelector('.acts')?.getBoundingClientRect()
          const range = document.createRange()
          range.selectNodeContents(block.querySelector('pre code'))
          const lines = [...range.getClientRects()].filter((line) => line.height > 0)
          return acts && lines.some((line) => line.top + 2 < acts.bottom) ? [block.innerText] : []
        }),
      )
      assert.deepEqual(covered, [])
    })
  })

  test('a block that asks for no copy button has none', async () => {
    await visit(KINDS.code, {}, async (page) => {
      const block = page.locator('.code', { hasText: 'pub fn sharpen' })
      assert.equal(await block.count(), 1, 'the anchor of the file is included')
      assert.equal(await block.getByRole('button', { name: 'Copy' }).count(), 0)
      assert.doesNotMatch(await block.innerText(), /ANCHOR|unrelated/)
    })
  })

  test('hidden lines are hidden until asked for', async () => {
    await visit(KINDS.code, {}, async (page) => {
      const block = page.locator('.code', { hasText: 'seen.insert' })
      const hidden = block.getByText('use std::collections::BTreeMap;')
      assert.ok(!(await hidden.isVisible()))
      await block.getByRole('button', { name: /show hidden lines/i }).click()
      assert.ok(await hidden.isVisible())
    })
  })

  test('lines are marked by more than colour', async () => {
    await visit(KINDS.code, {}, async (page) => {
      const block = page.locator('.code', { hasText: 'title = "New"' })
      assert.ok((await block.locator('ins, .ins, .add, .added').count()) > 0, 'an added line')
      assert.ok((await block.locator('del, .del, .rem, .removed').count()) > 0, 'a removed line')
      assert.match(await block.innerText(), /book\.toml/, 'the title')
    })
  })
})

describe('without JavaScript', () => {
  const options = { javaScript: false }

  test('the pages can be reached', async () => {
    await visit(KINDS.page, options, async (page) => {
      await page.locator('#nav').getByRole('link', { name: 'Write', exact: true }).click()
      await page.waitForURL(server.url('guide/write/index.html'))
      await page.locator('#nav').getByRole('link', { name: 'Code', exact: true }).click()
      await page.waitForURL(server.url(KINDS.code))
    })
  })

  test('on a phone too', async () => {
    await visit(KINDS.page, { ...options, width: 360 }, async (page) => {
      await page.locator('.menu').click()
      const link = page.locator('#nav').getByRole('link', { name: 'Guide' }).first()
      assert.ok(await link.isVisible())
      await link.click()
      await page.waitForURL(server.url('guide/index.html'))
    })
  })

  test('all tabs stand below one another, each with its name', async () => {
    await visit(KINDS.page, options, async (page) => {
      const tabs = page.locator('.tabs > section.tab')
      assert.equal(await tabs.count(), 3)
      for (const [index, name] of ['Linux', 'macOS', 'Windows'].entries()) {
        assert.ok(await tabs.nth(index).getByText(name, { exact: true }).isVisible(), name)
        assert.ok(await tabs.nth(index).locator('pre').isVisible(), name)
      }
    })
  })

  test('the table of contents is there', async () => {
    await visit(KINDS.text, options, async (page) => {
      assert.ok(await page.locator('aside.toc').getByRole('link', { name: 'Footnotes' }).isVisible())
    })
    await visit(KINDS.text, { ...options, width: 360 }, async (page) => {
      await page.locator('.toc-inline summary').click()
      assert.ok(await page.locator('.toc-inline').getByRole('link', { name: 'Footnotes' }).isVisible())
    })
    await visit(KINDS.pictures, options, async (page) => {
      assert.equal(await page.locator('aside.toc a').count(), 0, 'toc = false')
    })
  })

  test('what needs JavaScript is not shown', async () => {
    await visit(KINDS.code, options, async (page) => {
      for (const button of await page.locator('button').all()) {
        assert.ok(!(await button.isVisible()), await button.innerHTML())
      }
    })
  })

  test('the scheme is that of the system', async () => {
    const background = (page) => page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)
    const colours = []
    for (const scheme of SCHEMES) {
      await visit(KINDS.page, { ...options, scheme }, async (page) => colours.push(await background(page)))
    }
    assert.notEqual(colours[0], colours[1])
  })
})

describe('from the disk', () => {
  for (const javaScript of [true, false]) {
    test(`pages have their styles and links work, JavaScript ${javaScript ? 'on' : 'off'}`, async () => {
      const session = await openPage(browser, { javaScript })
      const { page } = session
      const url = (path) => pathToFileURL(join(site.out, path)).href
      await page.goto(url('index.html'))
      const family = await page.locator('body').evaluate((body) => getComputedStyle(body).fontFamily)
      assert.match(family, /sans-serif/, 'the style sheet is loaded')
      await page.locator('main').getByRole('link', { name: 'guide', exact: true }).first().click()
      await page.waitForURL(url('guide/index.html'))
      await page.locator('#nav').getByRole('link', { name: /Tables/ }).or(
        page.locator('main').getByRole('link', { name: 'every table' }),
      ).first().click()
      await page.waitForURL(url(KINDS.tables))
      assert.deepEqual(await check(session, { accessible: false }), [])
      await session.close()
    })
  }
})

describe('redirects', () => {
  for (const javaScript of [true, false]) {
    const word = javaScript ? 'with' : 'without'

    test(`a page that has moved leads on, ${word} JavaScript`, async () => {
      const session = await openPage(browser, { javaScript })
      for (const path of ['setup.html', 'guide/getting-started.html']) {
        await session.page.goto(server.url(path))
        await session.page.waitForURL(server.url(KINDS.page))
      }
      assert.deepEqual(await check(session, { accessible: false }), [])
      await session.close()
    })
  }

  test('a fragment is kept on the way', async () => {
    const session = await openPage(browser, {})
    await session.page.goto(server.url('setup.html#next-steps'))
    await session.page.waitForURL(server.url('guide/install.html#next-steps'))
    assert.deepEqual(session.problems, [])
    await session.close()
  })

  test('a fragment that has moved leads on, from a page and from where one was', async () => {
    const session = await openPage(browser, {})
    await session.page.goto(server.url('guide/install.html#windows'))
    await session.page.waitForURL(server.url('guide/write/code.html#terminal-sessions'))
    await session.page.goto(server.url('gone.html#first'))
    await session.page.waitForURL(server.url('guide/write/markdown.html#footnotes'))
    await session.page.goto(server.url('gone.html#other'))
    await session.page.waitForURL(server.url('guide/index.html#other'))
    assert.deepEqual(session.problems, [])
    await session.close()
  })

  test('a stub has no findings', async () => {
    // Only fragments have gone from it, which is warned of, so that it stays where it is.
    const warned = await buildSite({
      expected: ['redirect/fragment-only'],
      prepare: (source) =>
        appendFile(join(source, 'book.toml'), '"/nowhere.html#first" = "guide/index.html#guide"\n'),
    })
    const stubs = await serve(warned.out, { base: BASE })
    try {
      for (const scheme of SCHEMES) {
        const session = await openPage(browser, { scheme })
        await session.page.goto(stubs.url('nowhere.html'))
        assert.ok(await session.page.getByRole('link').first().isVisible())
        assert.deepEqual(await check(session), [])
        await session.close()
      }
    } finally {
      await stubs.close()
      await warned.remove()
    }
  })
})

describe('paper', () => {
  test('printing shows the text and leaves out the rest', async () => {
    await visit(KINDS.page, { media: 'print' }, async (page) => {
      assert.ok(await page.locator('main h1').isVisible())
      assert.ok(!(await page.locator('#nav').isVisible()))
      assert.ok(!(await page.locator('header.top').isVisible()))
      for (const name of ['Linux', 'macOS', 'Windows']) {
        assert.ok(await page.getByText(name, { exact: true }).last().isVisible(), name)
      }
      assert.ok(await page.getByText('Another copy holds the lock').isVisible(), 'folded text')
    })
  })

  test('the whole site stands on one page, in order', async () => {
    await visit('print.html', {}, async (page) => {
      const headings = await page.locator('main h1').allInnerTexts()
      const wanted = ['Kitchen sink', 'Guide', 'Install Pencil', 'Write', 'Markdown', 'Code', 'Pictures']
      assert.deepEqual(headings.map((text) => text.trim()).filter((text) => wanted.includes(text)), wanted)
    })
  })

  test('a site that is too long for one page is printed by parts', async () => {
    const long = await buildSite({
      prepare: async (source) => {
        for (const folder of ['birch', 'cedar']) {
          await mkdir(join(source, 'content', folder))
          for (let page = 0; page < 260; page++) {
            const text = `# The ${folder} ${page}\n\n## Part\n\n[Next](../birch/${(page + 1) % 260}.md#part)\n`
            await writeFile(join(source, 'content', folder, `${page}.md`), text)
          }
        }
        const book = await readFile(join(source, 'book.toml'), 'utf8')
        await writeFile(join(source, 'book.toml'), book.replace('[site]', '[site]\nprint-parts = true'))
      },
    })
    const stand = await serve(long.out, { base: BASE })
    try {
      for (const scheme of SCHEMES) {
        await visitIn(browser, stand.url('print.html'), { scheme, accessible: true }, async (page) => {
          await page.locator('.children').getByRole('link', { name: 'Cedar' }).click()
          await page.waitForURL(/_copydesk\/print\/cedar\.html$/)
          assert.equal(await page.locator('.chapter').count(), 260)
          const link = page.locator('.chapter a', { hasText: 'Next' }).first()
          assert.match(await link.evaluate((link) => link.href), /\/manual\/birch\/1\.html#part$/)
        })
      }
      await visitIn(browser, stand.url('birch/7.html'), {}, async (page) => {
        await page.getByRole('link', { name: 'This part on one page' }).click()
        await page.waitForURL(/_copydesk\/print\/birch\.html$/)
        await page.locator('.chapter a', { hasText: 'Next' }).first().click()
        await page.waitForURL(/print\/birch\.html#birch\/1-part$/)
      })
    } finally {
      await stand.close()
      await long.remove()
    }
  })
})
