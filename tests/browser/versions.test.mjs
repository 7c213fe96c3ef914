// Versions as readers meet them: the menu on a page that exists elsewhere, that was renamed, and
// that was removed; the note on pages that are not current; the search in other versions.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'

import { SCHEMES, binary, check, launch, openPage, screenshot, serve, visit as visitIn } from './harness.mjs'

const BASE = '/manual/'
const run = promisify(execFile)

const BOOK = `[book]
title = "Product"
src = "docs"

[site]
base-url = "https://docs.example.com/manual/"

[versions]
branches = ["main"]
tags = ["v*"]

[versions.names]
main = "next"

[versions.titles]
"1.0" = "1.0 (long-term support)"
`

const long = (title) =>
  `# ${title}\n\n` + Array.from({ length: 20 }, (_, line) => `Line ${line} of ${title}.\n`).join('')

let browser, folder, server

before(async () => {
  browser = await launch()
  folder = await mkdtemp(join(tmpdir(), 'copydesk-versions-'))
  const source = join(folder, 'source')
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' }
  const git = (...command) =>
    run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main', ...command], { cwd: source, env })
  const write = async (path, text) => {
    await mkdir(dirname(join(source, path)), { recursive: true })
    await writeFile(join(source, path), text)
  }
  const commit = async (message) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', message)
  }
  await write('book.toml', BOOK)
  await write('docs/index.md', '# Product\n\nSee [the guide](guide/install.md).\n')
  await write('docs/guide/install.md', long('Install'))
  await write('docs/guide/old-name.md', long('Settings'))
  await write('docs/gone.md', '# Gone\n\nThe frobnicator was removed.\n')
  await git('init', '--quiet')
  await commit('One')
  await git('tag', 'v1.0')
  await git('mv', 'docs/guide/old-name.md', 'docs/guide/new-name.md')
  await git('rm', '--quiet', 'docs/gone.md')
  await commit('Two')
  await git('tag', 'v2.0')
  await write('docs/added.md', '# Added\n\nNew.\n')
  await commit('Next')
  await run(binary(), ['build', source, '--versions', '--strict', '--out', join(folder, 'site')], { env })
  server = await serve(join(folder, 'site'), { base: BASE })
})

after(async () => {
  await browser?.close()
  await server?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const visit = (path, options, use) => visitIn(browser, server.url(path), options, use)

/** Opens the menu and gives its rows by their first line. */
async function menu(page) {
  await page.locator('a.version').click()
  await page.locator('.version-menu').waitFor()
  const rows = await page.locator('.version-menu a').evaluateAll((links) =>
    links.map((link) => [link.firstChild.textContent, { url: link.href, said: link.lastChild.textContent }]),
  )
  return Object.fromEntries(rows)
}

describe('the menu of versions', () => {
  test('leads to the page where it exists, also where it was renamed', async () => {
    await visit('guide/install.html', {}, async (page) => {
      assert.equal((await page.locator('a.version').innerText()).trim(), 'Version')
      const rows = await menu(page)
      assert.deepEqual(Object.keys(rows), ['next', '2.0', '1.0 (long-term support)'])
      assert.equal(rows.next.url, server.url('next/guide/install.html'))
      assert.equal(rows['2.0'].said, 'current version')
      assert.equal(rows['1.0 (long-term support)'].url, server.url('1.0/guide/install.html'))
      await page.locator('.version-menu a', { hasText: '1.0' }).click()
      await page.waitForURL(server.url('1.0/guide/install.html'))
    })
    await visit('1.0/guide/old-name.html', {}, async (page) => {
      const rows = await menu(page)
      assert.equal(rows['2.0'].url, server.url('guide/new-name.html'))
      await page.locator('.version-menu a', { hasText: '2.0' }).click()
      await page.waitForURL(server.url('guide/new-name.html'))
      const back = await menu(page)
      assert.equal(back['1.0 (long-term support)'].url, server.url('1.0/guide/old-name.html'))
    })
  })

  test('says where the page does not exist', async () => {
    await visit('1.0/gone.html', {}, async (page) => {
      const rows = await menu(page)
      assert.equal(rows['2.0'].said, 'current version · without this page')
      assert.equal(rows['2.0'].url, server.url('index.html'))
    })
  })

  test('by keyboard', async () => {
    await visit('guide/install.html', {}, async (page) => {
      await page.locator('a.version').focus()
      await page.keyboard.press('Enter')
      await page.locator('.version-menu').waitFor()
      const focused = () => page.evaluate(() => document.activeElement.firstChild?.textContent)
      await page.waitForFunction(() => document.activeElement.closest('.version-menu'))
      assert.equal(await focused(), '2.0', 'the version that is read')
      await page.keyboard.press('ArrowDown')
      assert.equal(await focused(), '1.0 (long-term support)')
      await page.keyboard.press('ArrowDown')
      assert.equal(await focused(), 'next')
      await page.keyboard.press('Escape')
      assert.ok(await page.locator('.version-menu').isHidden())
      assert.ok(await page.evaluate(() => document.activeElement.matches('a.version')))
      await page.keyboard.press('ArrowDown')
      await page.locator('.version-menu').waitFor()
      await page.waitForFunction(() => document.activeElement.closest('.version-menu'))
      await page.keyboard.press('Home')
      await page.keyboard.press('Enter')
      await page.waitForURL(server.url('next/guide/install.html'))
    })
  })

  test('without scripts a list says where pages are', async () => {
    await visit('1.0/guide/old-name.html', { javaScript: false }, async (page) => {
      const name = await page.locator('.version-name').evaluate((element) => getComputedStyle(element, '::before').content)
      assert.equal(name, '"1.0 (long-term support)"')
      await page.locator('a.version').click()
      await page.waitForURL(/versions\/guide\/index\.html#old-name\.html$/)
      await page.locator('tr:target a', { hasText: '2.0' }).click()
      await page.waitForURL(server.url('guide/new-name.html'))
    })
  })

  test('from the disk', async () => {
    const session = await openPage(browser, {})
    try {
      const file = (path) => pathToFileURL(join(folder, 'site', path)).href
      await session.page.goto(file('1.0/guide/old-name.html'))
      const rows = await menu(session.page)
      assert.equal(rows['2.0'].url, file('guide/new-name.html'))
      assert.equal(await session.page.locator('.version-note a').getAttribute('href'), '../../guide/new-name.html')
    } finally {
      await session.close()
    }
  })
})

describe('the note', () => {
  test('stands on old and unreleased versions alone, with the page in the current one', async () => {
    await visit('index.html', {}, async (page) => {
      assert.ok(await page.locator('.version-note').isHidden())
    })
    await visit('1.0/guide/old-name.html', {}, async (page) => {
      const link = page.locator('.version-note a', { hasText: 'This page in 2.0' })
      await link.waitFor()
      const text = await page.locator('.version-note').innerText()
      assert.match(text, /1\.0 \(long-term support\), which is old\. The current version is 2\.0\./)
      await link.click()
      await page.waitForURL(server.url('guide/new-name.html'))
    })
    await visit('1.0/gone.html', {}, async (page) => {
      await page.locator('.version-note a', { hasText: 'First page of 2.0' }).waitFor()
    })
    await visit('next/added.html', {}, async (page) => {
      await page.locator('.version-note', { hasText: 'not released yet' }).waitFor()
    })
  })

  test('without scripts', async () => {
    await visit('1.0/gone.html', { javaScript: false }, async (page) => {
      const note = page.locator('.version-note')
      assert.ok(await note.isVisible())
      const said = await note.evaluate((element) => getComputedStyle(element, '::before').content)
      assert.match(said, /which is old/)
    })
  })
})

describe('the search', () => {
  const results = (page) => page.locator('dialog.search a[role="option"]')
  const open = async (page, query) => {
    await page.locator('.find').click()
    await page.locator('dialog.search input[type=search]').fill(query)
  }

  test('finds in its own version until others are added', async () => {
    await visit('index.html', { accessible: true }, async (page) => {
      await open(page, 'frobnicator')
      await page.locator('.found-note', { hasText: 'Nothing found' }).waitFor()
      const boxes = page.getByRole('group', { name: 'Versions to search in' }).getByRole('checkbox')
      assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box.checked)), [false, true, false])
      await page.getByRole('checkbox', { name: '1.0 (long-term support)' }).check()
      await results(page).first().waitFor()
      assert.equal(await results(page).first().evaluate((link) => link.href), server.url('1.0/gone.html'))
      assert.match(await page.locator('.found-page').first().innerText(), /1\.0 \(long-term support\)/)
      assert.match(page.url(), /[?&]q=frobnicator&in=2\.0&in=1\.0\+%28long-term\+support%29/)
      await screenshot(page, 'versions-search-light-1440', { fullPage: false })
      await results(page).first().click()
      await page.waitForURL(server.url('1.0/gone.html'))
    })
  })

  test('shows the same page of several versions once', async () => {
    await visit('1.0/index.html', { accessible: true }, async (page) => {
      await open(page, 'Line 3 of Install')
      await results(page).first().waitFor()
      await page.getByRole('checkbox', { name: '2.0' }).check()
      await page.locator('.found-version').first().waitFor()
      const group = page.locator('dialog.search [role=group][aria-label=Install]')
      assert.equal(await group.count(), 1)
      const links = await group.locator('a').evaluateAll((all) => all.map((link) => link.href.replace(/#.*/, '')))
      assert.equal(links[0], server.url('1.0/guide/install.html'), 'its own version goes first')
      assert.equal(links.at(-1), server.url('guide/install.html'))
      // The keyboard goes through all of them, in the order in which they are seen.
      const order = await page.locator('dialog.search [role=option]').evaluateAll((all) => all.map((option) => option.id))
      const walked = []
      await page.locator('dialog.search input[type=search]').focus()
      for (let at = 0; at < order.length; at++) {
        walked.push(await page.locator('[role=option][aria-selected=true]').getAttribute('id'))
        await page.keyboard.press('ArrowDown')
      }
      assert.deepEqual(walked, order)
    })
  })

  test('keeps the versions in the address', async () => {
    await visit('_copydesk/search.html?q=frobnicator&in=1.0+(long-term+support)&in=next', { accessible: true }, async (page) => {
      const link = page.locator('#search-page a[role=option]').first()
      await link.waitFor()
      assert.equal(await link.evaluate((link) => link.href), server.url('1.0/gone.html'))
      assert.ok(await page.getByRole('checkbox', { name: 'next' }).isChecked())
    })
  })

  test('from the disk, in several versions', async () => {
    const session = await openPage(browser, {})
    try {
      await session.page.goto(pathToFileURL(join(folder, 'site', 'index.html')).href)
      await open(session.page, 'frobnicator')
      await session.page.getByRole('checkbox', { name: '1.0' }).check()
      await results(session.page).first().waitFor()
      assert.equal(await results(session.page).first().evaluate((link) => link.href), pathToFileURL(join(folder, 'site', '1.0/gone.html')).href)
    } finally {
      await session.close()
    }
  })
})

describe('the preview', () => {
  let preview, url

  before(async () => {
    const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' }
    preview = spawn(binary(), ['serve', join(folder, 'source'), '--port', '0'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    url = await new Promise((resolve, reject) => {
      createInterface({ input: preview.stderr }).on('line', (line) => {
        const said = /^serving (\S+)/.exec(line)
        if (said) resolve(said[1])
      })
      preview.on('exit', () => reject(new Error('the preview ended')))
    })
  })

  after(async () => {
    const ended = new Promise((resolve) => preview.on('exit', resolve))
    preview.kill('SIGTERM')
    assert.equal(await ended, 0)
  })

  // A page of the preview may be put in anew while it is looked at, which moves what stands on it.
  const visitPreview = (path, use) =>
    visitIn(browser, url + path, {}, use, async (session, options) =>
      (await check(session, options)).filter((found) => !found.startsWith('the layout shifted')))

  test('leads from the working tree to any version, and back', async () => {
    await visitPreview('guide/new-name.html', async (page) => {
      const rows = await menu(page)
      assert.deepEqual(Object.keys(rows), ['next', '2.0', '1.0 (long-term support)'])
      assert.equal(rows['1.0 (long-term support)'].url, `${url}1.0/guide/old-name.html`)
      await screenshot(page, 'versions-preview-light-1440', { fullPage: false })
      await page.locator('.version-menu a', { hasText: '1.0' }).click()
      await page.waitForURL(`${url}1.0/guide/old-name.html`)
      await page.locator('.version-note a', { hasText: 'This page in 2.0' }).waitFor()
      const back = await menu(page)
      assert.equal(back.next.url, `${url}guide/new-name.html`)
      await page.locator('.version-menu a', { hasText: 'next' }).click()
      await page.waitForURL(`${url}guide/new-name.html`)
    })
  })

  test('finds in a version', async () => {
    await visitPreview('index.html', async (page) => {
      await page.locator('.find').click()
      await page.locator('dialog.search input[type=search]').fill('frobnicator')
      await page.getByRole('checkbox', { name: '1.0' }).check()
      await page.locator('dialog.search a[role=option]').first().click()
      await page.waitForURL(`${url}1.0/gone.html`)
    })
  })

  test('the menu works on when the page has changed', async () => {
    await visitPreview('added.html', async (page) => {
      await menu(page)
      await page.keyboard.press('Escape')
      await writeFile(join(folder, 'source/docs/added.md'), '# Added\n\nWritten anew.\n')
      await page.waitForFunction(() => document.querySelector('main').textContent.includes('Written anew'))
      const rows = await menu(page)
      assert.equal(rows['2.0'].said, 'current version · without this page')
      await writeFile(join(folder, 'source/docs/added.md'), '# Added\n\nNew.\n')
    })
  })
})

describe('the weight', () => {
  test('of scripts and styles before anything is asked for', async () => {
    const html = await readFile(join(folder, 'site', '1.0', 'index.html'), 'utf8')
    const sum = async (pattern) => {
      let total = 0
      for (const [, url] of html.matchAll(pattern)) {
        total += gzipSync(await readFile(join(folder, 'site', '1.0', url)), { level: 6 }).length
      }
      return total
    }
    const scripts = await sum(/<script src="([^"]+)"/g)
    const styles = await sum(/<link rel="stylesheet" href="([^"]+)"/g)
    assert.ok(scripts > 0 && scripts <= 6_000, `${scripts} bytes of scripts`)
    assert.ok(styles > 0 && styles <= 12_000, `${styles} bytes of styles`)
  })
})

describe('looks', () => {
  for (const scheme of SCHEMES) {
    for (const width of [360, 1440]) {
      test(`menu and note, ${scheme}, ${width} px`, async () => {
        await visit('1.0/guide/old-name.html', { scheme, width, accessible: true }, async (page) => {
          await page.locator('.version-note a', { hasText: 'This page in' }).waitFor()
          await menu(page)
          await screenshot(page, `versions-menu-${scheme}-${width}`, { fullPage: false })
        })
      })

      test(`the list, ${scheme}, ${width} px`, async () => {
        const path = '1.0/_copydesk/versions/guide/index.html#old-name.html'
        await visit(path, { scheme, width, accessible: true }, async (page) => {
          await screenshot(page, `versions-list-${scheme}-${width}`)
        })
      })
    }
  }
})
