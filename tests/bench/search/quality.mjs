// How well the search finds what is known to be there, ours and Pagefind's on the same pages:
//
//     node quality.mjs SITE... [--held-out FOLDER] [--pagefind FOLDER] [--sample COUNT] [--misses]
//
// SITE is a folder that `copydesk build` has written. FOLDER holds node_modules with `pagefind`;
// without it, only ours is measured. Our search is told the texts of links: with `--held-out`, each is
// looked for in a search that has not been told of it, of those that the example `search` has made with
// `hold-out` into the folder below FOLDER that is called as SITE. With COUNT, each set is thinned to about
// so many queries, the same for both. Prints success at 1 and 10, the mean reciprocal rank at 10, and the
// bytes (gzip) up to the first results of the anchor queries.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

import { gzipped, openEngine } from './client.mjs'
import { measures, quantile, round } from './measures.mjs'
import { hash, indexedPages, nameOf, querySets } from './queries.mjs'

const AT_ONCE = 6

export async function ours(site, sets, { change, bytes = true, misses = false, heldOut } = {}) {
  const whole = openEngine(site, change)
  const parts = heldOut ? readdirSync(heldOut).map((_, part) => openEngine(join(heldOut, String(part)), change)) : []
  const rows = {}
  for (const [name, queries] of Object.entries(sets)) {
    const ranks = []
    for (const { query, page, original = query } of queries) {
      const engine = parts.length && name.startsWith('anchors') ? parts[hash(nameOf(original)) % parts.length] : whole
      const answer = await engine.answer(query)
      const urls = []
      for (const hit of answer.pages.slice(0, 10)) {
        const { url } = await engine.section(answer.index, hit.sections[0][0])
        urls.push(decodeURIComponent(url.replace(/^\.\//, '')))
      }
      const rank = urls.findIndex((url) => (url === '' || url.endsWith('/') ? url + 'index.html' : url) === page) + 1
      ranks.push(rank)
      if (misses && rank !== 1) console.log(`  ${name}: ${rank || '-'} ${query} -> ${page}; first ${urls[0]}`)
    }
    rows[name] = measures(ranks)
  }
  return { rows, bytes: bytes ? await firstBytes(site, sets.anchors) : [] }
}

/** What is fetched up to the first results, for each query from the beginning. */
async function firstBytes(site, queries) {
  const script = readdirSync(join(site, '_copydesk')).find((name) => /^search-.*\.js$/.test(name))
  const client = gzipped(readFileSync(join(site, '_copydesk', script), 'utf8'))
  const totals = []
  for (const { query } of queries) {
    const engine = openEngine(site)
    const answer = await engine.answer(query)
    for (const hit of answer.pages.slice(0, AT_ONCE)) {
      const least = hit.sections[0][1] * 0.5
      const best = hit.sections.filter(([, score], at) => at < 3 && score >= least)
      for (const [section] of best) await engine.section(answer.index, section)
    }
    let total = client
    for (const text of engine.fetched.values()) total += gzipped(text)
    totals.push(total)
  }
  return totals
}

function folderBytes(folder) {
  let total = 0
  let files = 0
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, name)
    if (!statSync(path).isFile()) continue
    total += gzipped(readFileSync(path))
    files++
  }
  return { files, kB: Math.round(total / 1000) }
}

function table(rows) {
  const shown = {}
  for (const [name, row] of Object.entries(rows)) {
    shown[name] = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, round(value)]))
  }
  console.table(shown)
}

async function main() {
  const args = process.argv.slice(2)
  const option = (name) => (args.includes(name) ? args.splice(args.indexOf(name), 1).length > 0 : false)
  const at = args.indexOf('--pagefind')
  const pagefind = at >= 0 ? args.splice(at, 2)[1] : null
  const sampled = args.indexOf('--sample')
  const sample = sampled >= 0 ? Number(args.splice(sampled, 2)[1]) : Infinity
  const misses = option('--misses')
  const held = args.indexOf('--held-out')
  const heldOut = held >= 0 ? args.splice(held, 2)[1] : null
  for (const site of args) {
    console.log(`\n## ${basename(site)}`)
    const sets = querySets(site)
    for (const [name, queries] of Object.entries(sets)) {
      const step = Math.max(1, Math.ceil(queries.length / sample))
      sets[name] = queries.filter((_, at) => at % step === 0)
    }
    const { rows, bytes } = await ours(site, sets, { misses, heldOut: heldOut && join(heldOut, basename(site)) })
    table(rows)
    console.log(`bytes to first results: median ${quantile(bytes, 0.5)}, p95 ${quantile(bytes, 0.95)};`,
      `index: ${JSON.stringify(folderBytes(join(site, '_copydesk/search')))}`)
    if (pagefind) {
      // The same pages: not the print view, and none that the book leaves out.
      const copy = mkdtempSync(join(tmpdir(), 'pagefind-'))
      for (const path of indexedPages(site)) {
        mkdirSync(dirname(join(copy, path)), { recursive: true })
        copyFileSync(join(site, path), join(copy, path))
      }
      const started = performance.now()
      execFileSync(join(pagefind, 'node_modules/.bin/pagefind'), ['--site', copy], { stdio: 'ignore' })
      const took = Math.round(performance.now() - started)
      const { searchPagefind } = await import('./pagefind.mjs')
      const theirs = await searchPagefind(copy, sets)
      console.log(`Pagefind, indexed in ${took} ms`)
      table(theirs.rows)
      console.log(`bytes to first results: median ${quantile(theirs.bytes, 0.5)}, p95 ${quantile(theirs.bytes, 0.95)};`,
        `index: ${JSON.stringify(folderBytes(join(copy, 'pagefind')))}`)
      rmSync(copy, { recursive: true })
    }
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) await main()
