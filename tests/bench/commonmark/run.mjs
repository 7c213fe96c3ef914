#!/usr/bin/env node
// Runs the examples of the CommonMark specification; see README.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '0.31.2';
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const expected = JSON.parse(readFileSync(join(here, 'differences.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'commonmark-'));
let tests;
try {
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder,
    `commonmark-spec@${VERSION}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  tests = createRequire(join(folder, 'x.js'))('commonmark-spec').tests;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const test of tests) {
  test.markdown = test.markdown.replaceAll('→', '\t');
  test.html = test.html.replaceAll('→', '\t');
}

const cargo = spawnSync('cargo', ['run', '-q', '--example', 'commonmark'], {
  cwd: root, input: tests.map((test) => test.markdown + '\0').join(''), maxBuffer: 1 << 28,
  stdio: ['pipe', 'pipe', 'inherit'], encoding: 'utf8',
});
if (cargo.status !== 0) process.exit(2);
const renderings = cargo.stdout.split('\0');

// HTML whose difference nobody can see: line breaks between blocks, quotes as entities.
function normalised(html) {
  const kept = [];
  const hidden = html.replace(/<pre[^]*?<\/pre>/g, (pre) => `\0${kept.push(pre) - 1}\0`);
  return hidden
    .replace(/\s+/g, ' ')
    .replace(/ ?(<\/?(?:p|li|ul|ol|blockquote|h[1-6]|hr|div|table|thead|tbody|tr|td|th|section|dl|dt|dd)\b[^>]*>|\0\d+\0) ?/g, '$1')
    .replace(/\0(\d+)\0/g, (_, index) => kept[index])
    .replace(/&quot;/g, '"').replace(/&#39;|&#x27;/g, "'")
    .trim();
}

// Ours without what we add to plain Markdown on purpose (src/markdown/render/mod.rs).
function withoutAdditions(html) {
  return html
    .replace(/<a class="anchor"[^>]*><\/a>/g, '')
    .replace(/<(h[1-6]) id="[^"]*"/g, '<$1')
    .replace(/<div(?: id="[^"]*")? class="code">(<pre[^]*?<\/pre>)<\/div>/g, '$1')
    .replace(/<figure class="code"><figcaption>[^]*?<\/figcaption>(<pre[^]*?<\/pre>)<\/figure>/g, '$1')
    .replace(/<pre tabindex="0">/g, '<pre>')
    .replace(/(<code class="language-[^" ]*) [^"]*"/g, '$1"')
    .replace(/ loading="lazy"/g, '').replace(/ decoding="async"/g, '');
}

let failed = false;
const complain = (test, what, ours) => {
  failed = true;
  console.log(`example ${test.number} (${test.section}): ${what}`);
  console.log(`${test.markdown}--- specified\n${test.html}--- ours\n${ours}`);
};
const counts = { reference: 0, plain: 0, defaults: 0 };
const changed = new Set();
tests.forEach((test, index) => {
  const [reference, plain, defaults] = renderings.slice(index * 3, index * 3 + 3);
  const right = normalised(test.html);
  const isRight = (html) => normalised(html) === right;
  if (isRight(reference)) counts.reference += 1;
  if (isRight(withoutAdditions(plain))) counts.plain += 1;
  else if (isRight(reference)) complain(test, 'the reference is right, we are not', plain);
  if (isRight(withoutAdditions(defaults))) {
    counts.defaults += 1;
  } else if (isRight(reference)) {
    changed.add(String(test.number));
    if (!(test.number in expected)) complain(test, 'changed by a default, not listed', defaults);
  }
});
for (const number of Object.keys(expected)) {
  if (!changed.has(number)) {
    failed = true;
    console.log(`example ${number} is listed in differences.json and does not differ`);
  }
}
console.log(`${tests.length} examples: pulldown-cmark ${counts.reference}, ours as CommonMark `
  + `${counts.plain}, ours with defaults ${counts.defaults} (${changed.size} differ on purpose)`);
process.exit(failed ? 1 : 0);
