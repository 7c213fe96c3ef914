// Sets of queries whose answer is known, from a built site, by rules without judgement:
//
// - anchors: texts of links that lead to another page; not those that lead to several pages, and
//   not those that say nothing (`here`, `Chapter 4`, addresses);
// - headings that stand on one page only;
// - identifiers: inline code with letters that stands on one page only, and nowhere else in any
//   text or code;
// - typos: each anchor and heading with one edit (a letter more, less, other, or two swapped) in
//   one word of five letters or more, chosen by a hash.

import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

const GENERIC = new Set(
  ('here this link page pages next previous above below see more read source docs documentation ' +
    'guide book home back details example examples this page this section this chapter read more ' +
    'learn more click here see here the documentation the docs the guide the book')
    .split(' ')
    .concat(['this page', 'this section', 'this chapter', 'read more', 'learn more', 'click here', 'see here',
      'the documentation', 'the docs', 'the guide', 'the book', 'the previous section', 'the next section',
      'previous section', 'next section', 'the previous chapter', 'the next chapter', 'next chapter', 'previous chapter']),
)
const NUMBERED = /^(the )?(chapter|section|appendix|part|step|figure|table|listing|item|rule)s? [\w.,–-]+( of .*)?$/i
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'", '#x27': "'" }

export function decode(text) {
  return text.replace(/&(#?\w+);/g, (whole, name) => {
    if (name in ENTITIES) return ENTITIES[name]
    if (/^#x/i.test(name)) return String.fromCodePoint(parseInt(name.slice(2), 16))
    if (name[0] === '#') return String.fromCodePoint(Number(name.slice(1)))
    return whole
  })
}
const textOf = (html) =>
  decode(html.replace(/<a class="anchor"[^>]*>.*?<\/a>/gs, '').replace(/<[^>]+>/g, '')).replace(/\s+/g, ' ').trim()
const fold = (text) => text.toLowerCase()

/** A number from a text, the same everywhere (FNV-1a). */
export function hash(text) {
  let value = 2166136261
  for (const char of text) value = Math.imul(value ^ char.codePointAt(0), 16777619)
  return value >>> 0
}

/** A text with one edit in one of its longer words; null where it has none. */
export function typo(text) {
  const words = [...text.matchAll(/[a-z]{5,}/gi)]
  if (!words.length) return null
  const seed = hash(text)
  const word = words[seed % words.length]
  const letters = [...word[0]]
  const at = (seed >>> 8) % letters.length
  const letter = 'etaoinshrdlu'[(seed >>> 16) % 12]
  const kind = (seed >>> 4) % 4
  if (kind === 0 && at + 1 < letters.length && letters[at] !== letters[at + 1]) {
    ;[letters[at], letters[at + 1]] = [letters[at + 1], letters[at]]
  } else if (kind === 1) letters.splice(at, 1)
  else if (kind === 2) letters.splice(at, 0, letter)
  else letters[at] = letters[at].toLowerCase() === letter ? 'x' : letter
  const edited = letters.join('')
  return text.slice(0, word.index) + edited + text.slice(word.index + word[0].length)
}

/** The paths of the pages that are in the index: a book may leave pages out. */
export function indexedPages(site) {
  const folder = join(site, '_copydesk/search')
  const urls = readdirSync(folder).filter((name) => /^f\d/.test(name))
    .map((name) => JSON.parse(/,(.*)\);\n$/s.exec(readFileSync(join(folder, name), 'utf8'))[1])[0])
    .map((url) => decodeURIComponent(url.replace(/^\.\//, '')))
  return new Set(urls.map((url) => (url === '' || url.endsWith('/') ? `${url}index.html` : url)))
}

/** The sets of a site: lists of `{ query, page }`. */
export function querySets(site) {
  const indexed = indexedPages(site)
  const listed = JSON.parse(readFileSync(join(site, '_copydesk/pages.json'), 'utf8')).pages.filter(({ path }) => indexed.has(path))
  const pages = listed.map(({ path }) => {
    const html = readFileSync(join(site, path), 'utf8')
    const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
    return { path, main, text: fold(textOf(main.replace(/<(pre|\/p|\/li|\/h\d|br|\/td)/g, ' $&'))) }
  })
  const known = new Set(pages.map((page) => page.path))
  const one = (found) =>
    [...found].filter(([, at]) => at.targets.size === 1).map(([, at]) => ({ query: at.query, page: [...at.targets][0] }))
  const add = (found, query, page) => {
    const key = fold(query)
    if (!found.has(key)) found.set(key, { query, targets: new Set() })
    found.get(key).targets.add(page)
  }

  const anchors = new Map()
  const headings = new Map()
  const codes = new Map()
  for (const { path, main } of pages) {
    for (const [, attributes, content] of main.matchAll(/<a ([^>]*)>(.*?)<\/a>/gs)) {
      const href = decode(/href="([^"]*)"/.exec(attributes)?.[1] ?? '')
      if (!href || /class="(anchor|broken)/.test(attributes) || /^([a-z]+:|\/\/|#)/i.test(href)) continue
      const bare = href.replace(/[#?].*$/, '')
      let target = posix.normalize(posix.join(dirname(path), decodeURIComponent(bare)))
      if (bare.endsWith('/')) target = posix.join(target, 'index.html')
      if (!known.has(target) || target === path) continue
      const text = textOf(content)
      const says = text.length >= 3 && /\p{L}{2}/u.test(text) && !/^https?:|\.(md|html)\b/.test(text)
      if (says && !GENERIC.has(fold(text)) && !NUMBERED.test(text)) add(anchors, text, target)
    }
    for (const [, content] of main.matchAll(/<h[1-6][^>]*>(.*?)<\/h[1-6]>/gs)) {
      const text = textOf(content)
      if (/\p{L}/u.test(text)) add(headings, text, path)
    }
    const inline = main.replace(/<pre.*?<\/pre>/gs, '')
    for (const [, content] of inline.matchAll(/<code[^>]*>(.*?)<\/code>/gs)) {
      const text = decode(content.replace(/<[^>]+>/g, '')).trim()
      if (/^[-\w$@.:]{4,40}$/.test(text) && /[a-z]{2}/i.test(text) && /[_:.\-$@]|[a-z][A-Z]/.test(text)) add(codes, text, path)
    }
  }
  const identifiers = one(codes).filter(({ query, page }) =>
    pages.every(({ path, text }) => path === page || !text.includes(fold(query))),
  )
  const sets = { anchors: one(anchors), headings: one(headings), identifiers }
  for (const name of ['anchors', 'headings']) {
    const typos = sets[name].map(({ query, page }) => ({ query: typo(query), page, original: query }))
    sets[`${name}, typos`] = typos.filter(({ query }) => query && !headings.has(fold(query)) && !anchors.has(fold(query)))
  }
  return sets
}
