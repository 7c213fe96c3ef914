// The harness itself: a page with each fault must be blamed for it, and a good one for nothing.
// Without this a slip in the harness would let every other test pass.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { check, launch, openPage, serve } from './harness.mjs'

let browser, folder, server

before(async () => {
  browser = await launch()
  folder = await mkdtemp(join(tmpdir(), 'copydesk-harness-'))
  server = await serve(folder, { base: '/under/' })
  await writeFile(join(folder, 'style.css'), 'p { color: #222; background: #fff }')
})

after(async () => {
  await browser?.close()
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

async function blame(body, head = '') {
  const html =
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>` +
    `<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}` +
    `<main><h1>A page</h1>${body}</main></html>`
  await writeFile(join(folder, 'page.html'), html)
  const session = await openPage(browser, { width: 360 })
  await session.page.goto(server.url('page.html'))
  const found = await check(session)
  await session.close()
  return found
}

test('a good page is blamed for nothing', async () => {
  assert.deepEqual(await blame('<p>Good.</p>', '<link rel="stylesheet" href="style.css">'), [])
})

for (const [fault, body, expected, head] of [
  ['an inline script', '<script>document.title = "x"</script>', /policy: script-src-elem inline/],
  ['an inline style', '<p style="color: red">x</p>', /policy: style-src-attr inline/],
  ['a picture from elsewhere', '<img alt="x" src="http://localhost:9/x.png">', /another host|policy: img/],
  ['a missing file', '<img alt="x" width="9" height="9" src="missing.png">', /404: .*missing\.png/],
  ['a picture without alternative', '<img width="9" height="9" src="data:,">', /axe image-alt/],
  ['pale text', '<p class="pale">Pale words.</p>', /axe color-contrast/, 'pale.css'],
  ['something too wide', '<p class="wide">x</p>', /1640 px wider/, 'wide.css'],
  ['a layout that moves', '<p class="late">x</p><p>Below it.</p>', /the layout shifted/, 'move'],
  ['a console message', '<script src="talk.js"></script>', /console log: hello/],
  ['an error', '<script src="fail.js"></script>', /error: broken/],
]) {
  test(`${fault} is seen`, async () => {
    await writeFile(join(folder, 'pale.css'), '.pale { color: #ccc; background: #fff }')
    await writeFile(join(folder, 'wide.css'), 'body { margin: 0 } .wide { width: 2000px; margin: 0 }')
    await writeFile(join(folder, 'talk.js'), 'console.log("hello")')
    await writeFile(join(folder, 'fail.js'), 'throw new Error("broken")')
    const move = 'requestAnimationFrame(() => requestAnimationFrame(() => { document.querySelector(".late").innerHTML = "<br>".repeat(9) }))'
    await writeFile(join(folder, 'move.js'), move)
    const sheet = head === 'move' ? '<script src="move.js" defer></script>' : `<link rel="stylesheet" href="${head}">`
    const found = await blame(body, head ? sheet : '')
    assert.ok(found.some((text) => expected.test(text)), `${fault}: ${JSON.stringify(found)}`)
  })
}

test('what is not there is answered with 404.html, also outside the base', async () => {
  await writeFile(join(folder, '404.html'), '<!doctype html><title>None</title>')
  for (const path of ['/under/nothing.html', '/elsewhere/', '/under/..%2f..%2fetc/passwd']) {
    const response = await fetch(server.origin + path)
    assert.equal(response.status, 404)
    assert.match(await response.text(), /None/)
    assert.match(response.headers.get('content-security-policy'), /default-src 'none'/)
  }
})
