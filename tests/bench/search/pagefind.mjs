// Pagefind's own client in Chromium, on the pages of a built site.

import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { launch } from '../../browser/harness.mjs'
import { measures } from './measures.mjs'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.css': 'text/css' }

export async function searchPagefind(site, sets) {
  let sent = 0
  const server = createServer((request, response) => {
    const path = join(site, decodeURIComponent(new URL(request.url, 'http://x').pathname))
    if (path.endsWith('/empty.html')) return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')
    if (!existsSync(path)) return response.writeHead(404).end()
    const body = readFileSync(path)
    sent += Math.min(gzipSync(body, { level: 9 }).length, body.length)
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'cache-control': 'no-store' }).end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${server.address().port}`
  const browser = await launch()
  const rows = {}
  const bytes = []
  try {
    const page = await browser.newPage()
    await page.goto(`${origin}/empty.html`)
    await page.evaluate(async () => {
      window.pagefind = await import('/pagefind/pagefind.js')
      await window.pagefind.init()
    })
    const search = (page, query, count) =>
      page.evaluate(async ([query, count]) => {
        const found = await window.pagefind.search(query)
        const data = await Promise.all(found.results.slice(0, count).map((result) => result.data()))
        return data.map((one) => one.raw_url ?? one.url)
      }, [query, count])
    for (const [name, queries] of Object.entries(sets)) {
      const ranks = []
      for (const { query, page: target } of queries) {
        const urls = await search(page, query, 10)
        const same = (url) => {
          const path = decodeURIComponent(url.replace(/^\//, '').replace(/[#?].*/, ''))
          return (path === '' || path.endsWith('/') ? path + 'index.html' : path) === target
        }
        ranks.push(urls.findIndex(same) + 1)
      }
      rows[name] = measures(ranks)
    }
    // A sample is enough for bytes: each needs a page that has nothing yet.
    const step = Math.max(1, Math.floor(sets.anchors.length / 25))
    for (let at = 0; at < sets.anchors.length; at += step) {
      const fresh = await browser.newPage()
      await fresh.goto(`${origin}/empty.html`)
      sent = 0
      await fresh.evaluate(async () => {
        window.pagefind = await import('/pagefind/pagefind.js')
        await window.pagefind.init()
      })
      await search(fresh, sets.anchors[at].query, 5)
      bytes.push(sent)
      await fresh.close()
    }
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
  }
  return { rows, bytes }
}
