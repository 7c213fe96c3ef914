// Opens pages of reviews in Chromium, from the disk, and names what each of them complains about. Paths
// of files come in on standard input, one a line; each complaint goes out as a line.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

import { check, launch, openPage } from '../browser/harness.mjs'

const browser = await launch()
try {
  for await (const file of createInterface({ input: process.stdin })) {
    const session = await openPage(browser)
    await session.page.goto(pathToFileURL(file).href)
    const found = await check(session, { accessible: false })
    // How large an image of a branch is, only the image says; folds open and close by themselves.
    for (const problem of found.filter((problem) => !problem.startsWith('the layout shifted'))) {
      console.log(`${file}: ${problem}`)
    }
    await session.close()
  }
} finally {
  await browser.close()
}
