// The search as readers meet it: by keyboard, by pointer, under the strict policy, from the disk,
// and when a file of the index cannot be had. And the client ranks as the program does.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { openEngine } from '../bench/search/client.mjs'
import {
  SCHEMES, WIDTHS, accessibility, binary, buildSite, launch, openPage, screenshot, serve, visit as visitIn,
} from './harness.mjs'

const BASE = '/manual/'
const HOME = 'index.html'
const DEEP = 'reference/api/objects/line.html'

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

const FIELD = '.search input'
const OPTION = '.search [role="option"]'

/** Opens the dialog with a key and types. */
async function ask(page, query, key = '/') {
  await page.keyboard.press(key)
  await page.locator(FIELD).waitFor()
  await page.keyboard.type(query)
  await page.locator(OPTION).first().waitFor()
}

const selected = (page) => page.locator(`${OPTION}[aria-selected="true"]`)

describe('the dialog', () => {
  for (const scheme of SCHEMES) {
    for (const width of WIDTHS) {
      test(`with results, ${scheme}, ${width} px`, async () => {
        await visit(DEEP, { scheme, width, accessible: true }, async (page) => {
          await ask(page, 'install')
          await page.locator(`${OPTION} mark`).first().waitFor()
          await screenshot(page, `search-${scheme}-${width}`)
        })
      })
    }
  }

  test('nothing of the search is fetched before it is wanted', async () => {
    await visit(HOME, {}, async (page) => {
      const asked = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name))
      assert.deepEqual(asked.filter((url) => /_copydesk\/search/.test(url)), [])
    })
  })

  test('opens with / and Ctrl K and by its button, and closes with Esc', async () => {
    await visit(HOME, {}, async (page) => {
      for (const open of [() => page.keyboard.press('/'), () => page.keyboard.press('Control+k'), () => page.click('.find')]) {
        await open()
        await page.locator(FIELD).waitFor()
        assert.ok(await page.evaluate(() => document.activeElement.matches('.search input')))
        await page.keyboard.press('Escape')
        await page.locator(FIELD).waitFor({ state: 'hidden' })
      }
    })
  })

  test('is a combobox with a list of options, and says what it has found', async () => {
    await visit(HOME, {}, async (page) => {
      await ask(page, 'install')
      const field = page.locator(FIELD)
      assert.equal(await field.getAttribute('role'), 'combobox')
      assert.equal(await field.getAttribute('aria-expanded'), 'true')
      const list = page.locator(`#${await field.getAttribute('aria-controls')}`)
      assert.equal(await list.getAttribute('role'), 'listbox')
      assert.equal(await selected(page).count(), 1)
      assert.equal(await field.getAttribute('aria-activedescendant'), await selected(page).getAttribute('id'))
      await page.waitForFunction(() => /\d+ pages? found/.test(document.querySelector('.search [role="status"]').textContent))
    })
  })

  test('arrows choose, Enter goes there, and the query is remembered', async () => {
    await visit(DEEP, {}, async (page) => {
      await ask(page, 'install')
      const first = await selected(page).getAttribute('href')
      await page.keyboard.press('ArrowDown')
      const second = await selected(page).getAttribute('href')
      assert.notEqual(first, second)
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      assert.notEqual(await selected(page).getAttribute('href'), first)
      await page.keyboard.press('ArrowDown')
      assert.equal(await selected(page).getAttribute('href'), first)
      const target = await selected(page).evaluate((link) => link.href)
      await page.keyboard.press('Enter')
      await page.waitForURL(target)
      await page.keyboard.press('/')
      await page.locator('.found-query').waitFor()
      assert.equal(await page.locator('.found-query').textContent(), 'install')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.locator(`${OPTION} mark`).first().waitFor()
      assert.equal(await page.inputValue(FIELD), 'install')
    })
  })

  test('Ctrl Enter opens a new tab', async () => {
    await visit(HOME, {}, async (page, session) => {
      await ask(page, 'install')
      const opened = session.context.waitForEvent('page')
      await page.keyboard.press('Control+Enter')
      const other = await opened
      await other.close()
      assert.ok(await page.locator(FIELD).isVisible())
    })
  })

  test('shows the section, the words in it, and what a page does not have', async () => {
    await visit(HOME, {}, async (page) => {
      await ask(page, 'install zyzzyva')
      assert.match(await page.locator('.found-missing').first().textContent(), /zyzzyva/)
      assert.ok((await page.locator(`${OPTION} mark`).count()) > 0)
    })
  })

  test('corrects a typo and says so', async () => {
    await visit(HOME, {}, async (page) => {
      await ask(page, 'instlal')
      await page.locator('.found-note', { hasText: 'install' }).waitFor()
    })
  })

  test('says when there is nothing', async () => {
    await visit(HOME, {}, async (page) => {
      await page.keyboard.press('/')
      await page.locator(FIELD).waitFor()
      await page.keyboard.type('zyzzyva')
      await page.locator('.found-note', { hasText: 'zyzzyva' }).waitFor()
      assert.equal(await page.locator(OPTION).count(), 0)
    })
  })

  test('keeps the query in the address, and opens with it', async () => {
    await visit(`${HOME}?q=install`, {}, async (page) => {
      await page.locator(`${OPTION} mark`).first().waitFor()
      await page.locator(FIELD).fill('tables')
      await page.waitForFunction(() => location.search === '?q=tables')
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => location.search === '')
    })
  })
})

describe('the page of results', () => {
  const sizes = SCHEMES.flatMap((scheme) => WIDTHS.map((width) => [scheme, width]))
  for (const [scheme, width] of sizes) {
    test(`works without the dialog, ${scheme}, ${width} px`, async () => {
      await visit('_copydesk/search.html?q=install', { scheme, width, accessible: true }, async (page) => {
        await page.locator('#search-page [role="option"] mark').first().waitFor()
        await screenshot(page, `search-page-${scheme}-${width}`)
        assert.deepEqual(await accessibility(page), [])
        const link = page.locator('#search-page [role="option"]').first()
        const target = await link.evaluate((link) => link.href)
        await page.locator('#search-page input').focus()
        await page.keyboard.press('Enter')
        await page.waitForURL(target)
      })
    })
  }
})

test('works from the disk', async () => {
  const url = pathToFileURL(join(site.out, DEEP)).href
  const session = await openPage(browser)
  try {
    await session.page.goto(url)
    await ask(session.page, 'install')
    const target = await selected(session.page).evaluate((link) => link.href)
    await session.page.keyboard.press('Enter')
    await session.page.waitForURL(target)
    assert.deepEqual(session.problems, [])
  } finally {
    await session.close()
  }
})

test('tells which file cannot be had, and tries again', async () => {
  const folder = join(site.out, '_copydesk/search')
  const shards = (await readdir(folder)).filter((name) => /^[pf]\d/.test(name))
  for (const name of shards) await rename(join(folder, name), join(folder, `gone-${name}`))
  const session = await openPage(browser)
  try {
    await session.page.goto(server.url(HOME))
    await session.page.keyboard.press('/')
    await session.page.locator(FIELD).waitFor()
    await session.page.keyboard.type('install')
    const note = session.page.locator('.found-note', { hasText: '_copydesk/search/' })
    await note.waitFor()
    for (const name of shards) await rename(join(folder, `gone-${name}`), join(folder, name))
    await note.locator('button').click()
    await session.page.locator(OPTION).first().waitFor()
  } finally {
    await session.close()
  }
})

/** What `copydesk search` finds: addresses, and what each does not have. */
async function program(query) {
  const command = ['search', '--json', '--limit', '30', '--root', site.source, '--', query]
  const env = { PATH: process.env.PATH, HOME: site.source, GIT_CONFIG_GLOBAL: '/dev/null' }
  const run = await promisify(execFile)(binary(), command, { env }).catch((failed) => failed)
  return JSON.parse(run.stdout).results
}

test('ranks as `copydesk search` does', async () => {
  const engine = openEngine(site.out)
  const queries = ['install', 'inst', 'code title', '"code block"', 'tables -pictures', 'instlal', 'the of', 'markdown zyzzyva', 'a.b --flag', 'reference api objects']
  for (const query of queries) {
    const answer = await engine.answer(query)
    const theirs = await program(query)
    const ours = []
    for (const hit of answer.pages) {
      const section = await engine.section(answer.index, hit.sections[0][0])
      ours.push({ url: section.url + (section.id ? `#${section.id}` : ''), score: hit.score, missing: hit.missing.join() })
    }
    assert.equal(ours.length, theirs.length, query)
    theirs.forEach((their, at) => {
      assert.ok(Math.abs(their.score - ours[at].score) < 1e-4, `${query}: ${their.score} and ${ours[at].score}`)
      const equal = theirs.filter((other) => Math.abs(other.score - their.score) < 1e-4).map((other) => other.url)
      assert.ok(equal.includes(ours[at].url), `${query}: ${ours[at].url} at ${at}`)
      assert.equal(ours[at].missing, their.missing.join())
    })
  }
})
