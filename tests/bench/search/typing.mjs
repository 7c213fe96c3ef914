// Time in scripts per key press, in Chromium: types queries into the dialog and adds up the tasks
// of the main thread that each key causes.
//
//     node typing.mjs SITE

import { launch, serve } from '../../browser/harness.mjs'
import { quantile } from './measures.mjs'
import { querySets } from './queries.mjs'

const site = process.argv[2]
const queries = querySets(site).headings.filter((_, at) => at % 97 === 0).slice(0, 25)
const server = await serve(site)
const browser = await launch()
try {
  const page = await browser.newPage()
  await page.goto(server.url('index.html'))
  await page.keyboard.press('/')
  await page.locator('.search input').waitFor()
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const scripting = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find((metric) => metric.name === 'ScriptDuration').value * 1000
  }
  const times = []
  for (const { query } of queries) {
    await page.fill('.search input', '')
    await page.waitForTimeout(150)
    for (const letter of query.slice(0, 30)) {
      const before = await scripting()
      await page.keyboard.type(letter)
      await page.waitForTimeout(130)
      times.push((await scripting()) - before)
    }
  }
  console.log(`${times.length} key presses: median ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms, most ${Math.max(...times).toFixed(1)} ms`)
} finally {
  await browser.close()
  await server.close()
}
