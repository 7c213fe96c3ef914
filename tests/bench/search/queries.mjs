// Sets of queries whose answer is known, from a built site, by rules without judgement, the same
// for every book and engine. Double quotes are left out of all queries: engines read them as
// operators.
//
// - anchors: texts of links that lead to another page. Not:
//   - the generic: nothing is left without function words, words that point (`here`, `next`, `as
//     discussed`), words for parts of a document (`page`, `chapter`), and numbers; addresses;
//   - the ambiguous: leading to several pages (case, articles and punctuation do not count), or
//     called like a page or a heading elsewhere and like none on the page that they lead to;
//   - the indistinct: all they say is one word that stands on more than half of the pages, and the
//     page that they lead to is not called so;
// - headings that stand on one page only;
// - identifiers: inline code with letters that stands on one page only, and nowhere else in any
//   text or code;
// - typos: each anchor and heading with one edit (a letter more, less, other, or two swapped) in
//   one word of five letters or more, chosen by a hash.

import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

// Words that say nothing about a page: function words, words that point, parts of a document.
const FUNCTION = `a about after again all also an and any are as at be been before being but by can could did do
  does doing done each either for from had has have how i if in into is it its itself just let like may me might more
  most my no not of off on once one only or other our out over own same should so some such than that the their them
  then there these they this those through to too under until up us use used using via was we were what when where
  which while who why will with without would you your`
const POINTING = `above add ago already another below brief briefly cf click cover covered covers describe described
  describes description detail details discuss discussed discusses discussion earlier explain explained explains
  explore explored find first found further get given go here how information intro introduce introduced introduces
  introduction kind last later learn look mention mentioned next note now overview please point previous previously
  quick read refer reference said saw second see seen show showed shown shows talk talked thing things third try way
  wrote written`
const PARTS = `answer answers appendix article articles book books chapter chapters code doc docs document
  documentation documents example examples exercise faq figure file guide guides item line link links list listing
  listings manual page pages paragraph part parts question questions rule section sections source step steps
  subsection table text topic topics tutorial`
const EMPTY = new Set([FUNCTION, POINTING, PARTS].join(' ').split(/\s+/))
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
const unquoted = (text) => text.replace(/["\u201c\u201d\u201e]/g, '').replace(/[\s,.;:]+$/, '').trim()
const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}_]+/gu) ?? []
/** A text as a name: case, articles, and punctuation do not count. */
export const nameOf = (text) => wordsOf(text).filter((word) => !/^(a|an|the)$/.test(word)).join(' ')
const isPaired = (text) => /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u.test(text)

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

/** The sets of a site: lists of `{ query, page }`. With `tell`, what the rules leave out, and why. */
export function querySets(site, tell = () => {}) {
  const indexed = indexedPages(site)
  const listed = JSON.parse(readFileSync(join(site, '_copydesk/pages.json'), 'utf8')).pages.filter(({ path }) => indexed.has(path))
  const pages = listed.map(({ path, title }) => {
    const html = readFileSync(join(site, path), 'utf8')
    const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
    const text = fold(textOf(main.replace(/<(pre|\/p|\/li|\/h\d|br|\/td)/g, ' $&')))
    const headings = [...main.matchAll(/<h[1-6][^>]*>(.*?)<\/h[1-6]>/gs)].map(([, content]) => unquoted(textOf(content)))
    const names = new Set([title, ...headings].map(nameOf))
    return { path, main, text, headings, names, words: new Set(wordsOf(text)) }
  })
  const pageAt = new Map(pages.map((page) => [page.path, page]))
  const one = (found) =>
    [...found.values()].filter(({ targets }) => targets.size === 1).map(({ query, targets }) => ({ query, page: [...targets][0] }))
  const add = (found, key, query, page) => {
    if (!found.has(key)) found.set(key, { query, targets: new Set() })
    found.get(key).targets.add(page)
  }
  const called = new Set(pages.flatMap(({ names }) => [...names]))
  // How many pages have each word.
  const spread = new Map()
  for (const { words } of pages) for (const word of words) spread.set(word, (spread.get(word) ?? 0) + 1)

  const anchors = new Map()
  const headings = new Map()
  const codes = new Map()
  for (const { path, main, headings: own } of pages) {
    for (const [, attributes, content] of main.matchAll(/<a ([^>]*)>(.*?)<\/a>/gs)) {
      const href = decode(/href="([^"]*)"/.exec(attributes)?.[1] ?? '')
      if (!href || /class="(anchor|broken)/.test(attributes) || /^([a-z]+:|\/\/|#)/i.test(href)) continue
      const bare = href.replace(/[#?].*$/, '')
      let target = posix.normalize(posix.join(dirname(path), decodeURIComponent(bare)))
      if (bare.endsWith('/')) target = posix.join(target, 'index.html')
      if (!pageAt.has(target) || target === path) continue
      const text = unquoted(textOf(content))
      if (text.length < 3 || !/\p{L}{2}/u.test(text) || /^https?:|\.(md|html)\b/.test(text)) continue
      add(anchors, nameOf(text) || fold(text), text, target)
    }
    for (const text of own) if (/\p{L}/u.test(text)) add(headings, fold(text), text, path)
    const inline = main.replace(/<pre.*?<\/pre>/gs, '')
    for (const [, content] of inline.matchAll(/<code[^>]*>(.*?)<\/code>/gs)) {
      const text = decode(content.replace(/<[^>]+>/g, '')).trim()
      if (/^[-\w$@.:]{4,40}$/.test(text) && /[a-z]{2}/i.test(text) && /[_:.\-$@]|[a-z][A-Z]/.test(text)) add(codes, fold(text), text, path)
    }
  }
  const fits = ({ query, page }) => {
    const name = nameOf(query)
    const says = wordsOf(query).filter((word) => !EMPTY.has(word) && !/^(\d+|.)$/u.test(word))
    const why =
      (!says.length && 'generic') ||
      (!pageAt.get(page).names.has(name) && called.has(name) && 'called like another page') ||
      (!pageAt.get(page).names.has(name) && says.length === 1 && !isPaired(says[0]) && (spread.get(says[0]) ?? 0) > pages.length / 2 && 'indistinct')
    if (why) tell(`${why}: ${query} -> ${page}`)
    return !why
  }
  // On large sites some are enough: each is looked for on every page.
  const some = one(codes)
  const step = pages.length > 500 ? Math.ceil(some.length / 200) : 1
  const identifiers = some.filter((_, at) => at % step === 0).filter(({ query, page }) =>
    pages.every(({ path, text }) => path === page || !text.includes(fold(query))),
  )
  const sets = { anchors: one(anchors).filter(fits), headings: one(headings), identifiers }
  for (const name of ['anchors', 'headings']) {
    const typos = sets[name].map(({ query, page }) => ({ query: typo(query), page, original: query }))
    sets[`${name}, typos`] = typos.filter(({ query }) => query && !headings.has(fold(query)) && !anchors.has(nameOf(query)))
  }
  return sets
}
