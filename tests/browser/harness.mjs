// What the browser tests stand on: a site built by the binary, a server that sends the strictest
// policy the theme is meant for, and a browser whose every complaint is collected.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, normalize, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const repository = join(here, '..', '..')
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; font-src 'self'"

export const WIDTHS = [360, 768, 1440]
export const SCHEMES = ['light', 'dark']

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
}

/** The binary under test. */
export function binary() {
  const path = process.env.COPYDESK ?? join(repository, 'target', 'debug', 'copydesk')
  if (!existsSync(path)) throw new Error(`no binary at ${path}: run \`cargo build\` first`)
  return path
}

/**
 * Builds a fixture in a folder of its own, outside any repository, and fails on any finding but
 * those whose codes are `expected`, which must be there. Returns the folder of the site and a
 * function that removes everything.
 */
export async function buildSite({ fixture = 'kitchen-sink', args = [], prepare, expected = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'copydesk-browser-'))
  const source = join(folder, 'source')
  const out = join(folder, 'site')
  await cp(join(repository, 'tests', 'fixtures', 'sites', fixture), source, { recursive: true })
  if (prepare) await prepare(source)
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' }
  try {
    const strict = expected.length > 0 ? [] : ['--strict']
    const command = ['build', source, '--out', out, ...strict, ...args]
    const { stderr } = await promisify(execFile)(binary(), command, { env, maxBuffer: 1 << 24 })
    const found = [...stderr.matchAll(/^(?:warning|error)\[([^\]]+)\]/gm)].map((match) => match[1])
    if (found.join() !== expected.join()) throw Object.assign(new Error(), { code: 0, stdout: '', stderr })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`\`copydesk build\` of ${fixture} ended ${error.code}:\n${error.stderr}${error.stdout}`)
  }
  return { out, source, remove: () => rm(folder, { recursive: true, force: true }) }
}

/**
 * Serves a folder on loopback under `base`, with the policy on every answer and `404.html` for
 * what is not there.
 */
export async function serve(folder, { base = '/', policy = POLICY } = {}) {
  const send = async (response, status, file) => {
    const body = await readFile(file)
    response.writeHead(status, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    response.end(body)
  }
  const find = async (path) => {
    if (!path.startsWith(base)) return null
    let file = normalize(join(folder, decodeURIComponent(path.slice(base.length))))
    if (file !== normalize(folder) && !file.startsWith(normalize(folder + sep))) return null
    if (path.endsWith('/')) file = join(file, 'index.html')
    const found = await stat(file).catch(() => null)
    return found?.isFile() ? file : null
  }
  const server = createServer(async (request, response) => {
    try {
      const file = await find(new URL(request.url, 'http://localhost').pathname)
      if (file) return await send(response, 200, file)
      const missing = join(folder, '404.html')
      if (existsSync(missing)) return await send(response, 404, missing)
      response.writeHead(404).end()
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${server.address().port}`
  return {
    origin,
    url: (path) => origin + base + path,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  }
}

/** Begins a preview of a folder; says where it is, and ends it. */
export async function startPreview(folder, { args = [], env }) {
  const preview = spawn(binary(), ['serve', folder, '--port', '0', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => preview.on('exit', resolve))
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: preview.stderr }).on('line', (line) => {
      const said = /^serving (\S+)/.exec(line)
      if (said) resolve(said[1])
    })
    ended.then(() => reject(new Error('the preview ended')))
  })
  let stopped
  const stop = async () => {
    preview.kill('SIGTERM')
    assert.equal(await ended, 0)
  }
  return { url, stop: () => (stopped ??= stop()) }
}

/** Chromium from `CHROMIUM`, or where Debian puts it. */
export function launch() {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const executablePath = process.env.CHROMIUM ?? known.find(existsSync)
  if (!executablePath) throw new Error('no Chromium: install it or set CHROMIUM to its path')
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/**
 * A page in a context of its own, whose complaints are collected in `problems`: console messages
 * of every kind, errors, violations of the policy, failed requests and requests to other hosts.
 */
export async function openPage(
  browser,
  { scheme = 'light', width = 1440, height = 900, javaScript = true, permissions = [], media } = {},
) {
  const context = await browser.newContext({
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    permissions,
    reducedMotion: 'reduce',
    viewport: { width, height },
  })
  const page = await context.newPage()
  if (media) await page.emulateMedia({ media })
  const problems = []
  let origin = null
  page.on('console', (message) => {
    // The browser itself logs that the address of a 404 page is a 404.
    const own = message.location().url === page.url() && /status of 404/.test(message.text())
    if (!own) problems.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('crash', () => problems.push('the page crashed'))
  page.on('requestfailed', (request) => {
    // A redirect stub leaves while its own resources may still be on the way.
    const failure = request.failure()?.errorText
    if (failure !== 'net::ERR_ABORTED') problems.push(`failed: ${request.url()}: ${failure}`)
  })
  page.on('response', (response) => {
    const missing = response.status() >= 400 && !response.request().isNavigationRequest()
    if (missing) problems.push(`${response.status()}: ${response.url()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (request.isNavigationRequest() && !origin) origin = url.origin
    if (url.protocol !== 'data:' && url.origin !== origin) {
      problems.push(`request to another host: ${request.url()}`)
    }
  })
  if (javaScript) {
    await page.addInitScript(() => {
      window.__violations = []
      document.addEventListener('securitypolicyviolation', (event) => {
        window.__violations.push(`${event.effectiveDirective} ${event.blockedURI}`)
      })
      window.__shifts = []
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (!entry.hadRecentInput) window.__shifts.push(entry.value)
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
  }
  return { page, context, problems, javaScript, close: () => context.close() }
}

/** Everything that a page may be blamed for without knowing what it is; a list of texts. */
export async function check(session, { accessible = true } = {}) {
  const { page, problems, javaScript } = session
  const found = []
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  if (overflow > 0) found.push(`the page is ${overflow} px wider than the window`)
  if (!javaScript) return [...problems, ...found]
  // To the end and back, so that what appears on the way has appeared.
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    window.scrollTo(0, document.documentElement.scrollHeight)
    await frame()
    await frame()
    window.scrollTo(0, 0)
    await frame()
  })
  const violations = await page.evaluate(() => window.__violations)
  found.push(...violations.map((violation) => `policy: ${violation}`))
  const shift = await page.evaluate(() => window.__shifts.reduce((sum, value) => sum + value, 0))
  if (shift > 0) found.push(`the layout shifted by ${shift}`)
  if (accessible) found.push(...(await accessibility(page)))
  return [...problems, ...found]
}

/**
 * Opens an address, hands the page to `use`, and fails on anything that `blame` finds then. `options`
 * are those of `openPage`; with `accessible` the page is judged by axe too.
 */
export async function visit(browser, url, options, use = async () => {}, blame = check) {
  const session = await openPage(browser, options)
  try {
    await session.page.goto(url)
    await use(session.page, session)
    assert.deepEqual(await blame(session, { accessible: options.accessible ?? false }), [])
  } finally {
    await session.close()
  }
}

/** Whether what has the focus matches a selector. */
export const focused = (page, selector) =>
  page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)

/** The findings of axe under WCAG 2.2 AA, or with what it calls best practices too. */
export async function accessibility(page, { everything = false } = {}) {
  await page.evaluate(axe)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  if (everything) tags.push('best-practice')
  const results = await page.evaluate(
    (runOnly) => window.axe.run(document, { resultTypes: ['violations'], runOnly }),
    tags,
  )
  return results.violations.flatMap((rule) =>
    rule.nodes.map((node) => {
      const why = [...node.any, ...node.all, ...node.none].map((reason) => reason.message)
      return `axe ${rule.id}: ${node.target.join(' ')}: ${why[0] ?? rule.help}`
    }),
  )
}

/** A picture for people to look at, in `screenshots/`. */
export async function screenshot(page, name, { fullPage = true } = {}) {
  await page.screenshot({ path: join(here, 'screenshots', `${name}.png`), fullPage })
}
