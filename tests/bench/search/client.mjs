// The client in Node: the scripts that readers get, with the little of a browser that they need.
// Every file that is fetched is counted.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { gzipSync } from 'node:zlib'

const ENGINE = fileURLToPath(new URL('../../../themes/default/js/search-engine.js', import.meta.url))

/** The engine over the search folder of a built site. `change` may rewrite the script. */
export function openEngine(site, change = (text) => text) {
  const fetched = new Map()
  const context = {
    TextEncoder,
    document: {
      documentElement: { dataset: { root: '' } },
      createElement: () => ({ remove() {} }),
      head: {
        appendChild(script) {
          queueMicrotask(() => {
            let text
            try {
              text = readFileSync(join(site, script.src), 'utf8')
            } catch {
              return script.onerror()
            }
            fetched.set(script.src, text)
            vm.runInContext(text, context)
            script.onload()
          })
        },
      },
    },
  }
  context.window = context
  vm.createContext(context)
  vm.runInContext(change(readFileSync(ENGINE, 'utf8')), context)
  return { ...context.copydesk.searchEngine, fetched }
}

const sizes = new Map()

/** The bytes of a text as hosts send it. */
export function gzipped(text) {
  if (!sizes.has(text)) sizes.set(text, gzipSync(text, { level: 9 }).length)
  return sizes.get(text)
}
