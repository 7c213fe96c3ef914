#!/usr/bin/env python3
"""Make the source of a documentation site of N pages from folders of real Markdown, in the layout
of each tool that is measured. Python's standard library is enough; the result is deterministic.

    make_corpus.py --pages 2000 --out DIR SOURCE_DIR [SOURCE_DIR ...]
                   [--tools plain,mdbook,zola,hugo,hugo-book,mkdocs]
                   [--per-section 50] [--sample-every 4] [--seed docs-bench-1]

Every tool gets the same pages in the same order with the same words; only front matter, the syntax
of internal links and the index files differ.

What is done to a page

  * front matter is dropped, its title (or the first heading, or the file's name) is kept;
  * template syntax of any tool is defused everywhere: `{{`, `{%` and `{#` get a space;
  * outside code, HTML comments and tags go, images become their alternative text, relative links
    become their text (the pages they lead to are not in the set), and lines of DocFX and `:::` go;
  * the info string of a fence becomes one lower-case word, `text` where it is not known;
  * there is exactly one heading of the first level: the title;
  * every --sample-every'th page gets a code block, from a set that goes round 14 languages;
  * every page ends with five internal links, in the syntax that the tool resolves itself.

Where there are fewer source pages than asked for, they are used again, with another title and a
few other words, so that no two pages are equal.
"""
import argparse
import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

# What the first word of a fence becomes: one name that every highlighter knows.
LANGUAGES = {
    'cpp': 'c++ cpp cc',
    'c': 'c h idl',
    'cs': 'cs csharp c#',
    'rust': 'rust rs',
    'python': 'python py',
    'powershell': 'powershell ps ps1 pwsh',
    'bash': 'bash sh shell console zsh',
    'json': 'json jsonc',
    'yaml': 'yaml yml',
    'toml': 'toml',
    'ini': 'ini inf',
    'xml': 'xml xaml',
    'html': 'html',
    'css': 'css',
    'javascript': 'js javascript jsx',
    'typescript': 'ts typescript',
    'go': 'go',
    'java': 'java',
    'kotlin': 'kotlin',
    'sql': 'sql',
    'diff': 'diff',
    'dockerfile': 'dockerfile',
    'make': 'make makefile',
    'cmake': 'cmake',
    'php': 'php',
    'ruby': 'ruby rb',
    'lua': 'lua',
    'markdown': 'md markdown',
}
LANGUAGE_OF = {word: name for name, words in LANGUAGES.items() for word in words.split()}

SAMPLES = [
    ('rust', '''use std::collections::HashMap;

/// Counts words.
fn count(text: &str) -> HashMap<&str, usize> {
    let mut out = HashMap::new();
    for w in text.split_whitespace() {
        *out.entry(w).or_insert(0) += 1;
    }
    out
}'''),
    ('python', '''from dataclasses import dataclass

@dataclass
class Page:
    title: str
    words: int = 0

    def slug(self) -> str:
        return "-".join(self.title.lower().split())  # naive'''),
    ('javascript', '''export async function load(url) {
  const res = await fetch(url);
  if (!res.ok) throw new Error(`HTTP ${res.status}`);
  return res.json();
}'''),
    ('typescript', '''interface Hit { url: string; score: number }

export const best = (hits: Hit[]): Hit | undefined =>
  hits.sort((a, b) => b.score - a.score)[0];'''),
    ('go', r'''package main

import "fmt"

func main() {
	for i := 0; i < 3; i++ {
		fmt.Printf("line %d\n", i)
	}
}'''),
    ('c', '''#include <stdio.h>

int main(void) {
    const char *s = "hello";
    for (int i = 0; s[i]; i++) putchar(s[i]);
    return 0;
}'''),
    ('java', '''public final class Greeter {
    private final String name;
    public Greeter(String name) { this.name = name; }
    @Override public String toString() { return "Hello, " + name; }
}'''),
    ('bash', '''#!/bin/bash
set -euo pipefail
for f in docs/*.md; do
  echo "checking $f"
  grep -n "TODO" "$f" || true
done'''),
    ('json', '''{
  "name": "example",
  "version": "1.2.3",
  "files": ["a.md", "b.md"],
  "private": true
}'''),
    ('yaml', '''name: build
on: [push]
jobs:
  docs:
    runs-on: linux
    steps:
      - run: make docs  # everything'''),
    ('toml', '''[package]
name = "example"
version = "0.1.0"

[dependencies]
serde = "1"'''),
    ('html', '''<!doctype html>
<html lang="en">
  <head><title>Example</title></head>
  <body class="page"><p>Hello &amp; welcome.</p></body>
</html>'''),
    ('css', '''.page > p:first-child {
  color: #334;
  margin: 0 auto 1.5rem; /* lead */
}
@media (max-width: 40em) { .nav { display: none } }'''),
    ('sql', '''SELECT p.id, p.title, count(*) AS n
FROM pages AS p JOIN hits AS h ON h.page_id = p.id
WHERE h.day >= '2024-01-01'
GROUP BY p.id, p.title ORDER BY n DESC LIMIT 10;'''),
]

YAML = re.compile(r'\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*\r?\n', re.S)
TOML = re.compile(r'\A\ufeff?\+\+\+[ \t]*\r?\n(.*?)\r?\n\+\+\+[ \t]*\r?\n', re.S)
TITLE = re.compile(r'^title\s*[:=]\s*(.+?)\s*$', re.M | re.I)
FENCE = re.compile(r'^(\s*(?:>\s?)*\s*)(`{3,}|~{3,})\s*([^`\n]*)$')
HEADING = re.compile(r'^(#{1,6})\s+(.*?)\s*#*\s*$')
COMMENT = re.compile(r'<!--.*?-->', re.S)
TAG = re.compile(r'</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>')
IMAGE = re.compile(r'!\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)')
# The text of a link may hold two levels of brackets.
LINK_TEXT = r'\[((?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]'
RELATIVE_LINK = re.compile(
    r'(?<!!)' + LINK_TEXT + r'\((?!https?://|mailto:)(?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)')
RELATIVE_DEFINITION = re.compile(r'^\s{0,3}\[[^\]]+\]:\s+(?!https?://)\S+.*$')
CODE_SPAN = re.compile(r'(`+)(?:(?!\1).)*?\1')


def defuse(text):
    return (text.replace('{{', '{ {').replace('}}', '} }').replace('{%', '{ %').replace('%}', '% }')
            .replace('{#', '{ #').replace('#}', '# }').replace('{ {{', '{ { {'))


def prose(line):
    """Cleans a line outside code blocks; code spans are kept."""
    def clean_words(text):
        return TAG.sub('', IMAGE.sub(lambda match: match.group(1), text))
    out, position = [], 0
    for match in CODE_SPAN.finditer(line):
        out += [clean_words(line[position:match.start()]), match.group(0)]
        position = match.end()
    out.append(clean_words(line[position:]))
    return RELATIVE_LINK.sub(lambda match: match.group(1), ''.join(out))


def is_dropped(line):
    words = line.strip()
    return (words.startswith((':::', '> [!div', '[TOC]')) or '[!INCLUDE' in words
            or '[!include' in words or RELATIVE_DEFINITION.match(line) is not None)


def clean(text, fallback):
    """The title and the body of a page, fit for every tool."""
    text = text.replace('\r\n', '\n').replace('\t', '    ').replace('\x00', '')
    title = None
    for front_matter in (YAML, TOML):
        match = front_matter.match(text)
        if match:
            named = TITLE.search(match.group(1))
            if named:
                title = named.group(1).strip().strip('"\'')
            text = text[match.end():]
            break
    text = COMMENT.sub('', text)
    out, fence, has_title = [], None, False
    for line in text.split('\n'):
        if fence:
            bare = line.strip().lstrip('> ')
            if bare.startswith(fence) and set(bare) == {fence[0]}:
                fence = None
            out.append(line)
            continue
        match = FENCE.match(line)
        if match:
            fence = match.group(2)
            word = re.split(r'[\s,{:]+', match.group(3).strip().lstrip('{.'))[0].lower()
            out.append(match.group(1) + fence + LANGUAGE_OF.get(word, 'text'))
            continue
        if is_dropped(line):
            continue
        match = HEADING.match(line)
        if not match:
            out.append(prose(line))
            continue
        level = len(match.group(1))
        words = prose(re.sub(r'\s*\{#?[^}]*\}\s*$', '', match.group(2))).strip() or 'Section'
        if level == 1 and not has_title:
            has_title = True
            if not title or len(title) < 2:
                title = re.sub(r'[`*_]', '', words)
            continue
        out.append('#' * max(level, 2) + ' ' + words)
    if fence:
        out.append(fence)
    body = re.sub(r'\n{3,}', '\n\n', defuse('\n'.join(out))).strip('\n')
    title = defuse(re.sub(r'[\\"`<>\[\]|]', '', title or fallback)).strip() or fallback
    return title[:120], body


def collect(folders, seed, smallest=400, largest=120_000):
    """The source files, in an order that only the seed decides."""
    files = []
    for number, folder in enumerate(map(Path, folders)):
        for path in folder.rglob('*.md'):
            inner = path.relative_to(folder)
            if path.name in ('SUMMARY.md', 'TOC.md') or any(p.startswith('.') for p in inner.parts):
                continue
            try:
                size = path.stat().st_size
            except OSError:
                continue
            if smallest <= size <= largest:
                key = f'{seed}{number}/{inner.as_posix()}'
                files.append((hashlib.sha256(key.encode()).hexdigest(), path))
    return [path for _, path in sorted(files, key=lambda item: item[0])]


def pages_from(files, wanted, sample_every):
    """`wanted` pages as pairs of title and body, and how often the files were gone through."""
    pages, index, turn = [], 0, 0
    while len(pages) < wanted:
        if index >= len(files):
            index, turn = 0, turn + 1
        path = files[index]
        index += 1
        title, body = clean(path.read_text('utf-8', 'replace'), path.stem)
        if len(body) < 200:
            if turn > 20:
                sys.exit('too few usable pages')
            continue
        if turn:
            title = f'{title} ({turn})'
            body = (f'Variant {turn} of this page, marker v{turn}x{index:05d}.\n\n'
                    + re.sub(r'\bthe\b', f'the{turn}', body, count=7))
        number = len(pages)
        if sample_every and number % sample_every == 0:
            language, code = SAMPLES[(number // sample_every) % len(SAMPLES)]
            body += f'\n\n## Example in {language}\n\n```{language}\n{code}\n```'
        pages.append((title, body))
    return pages, turn + 1


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, 'utf-8')


def quoted(text):
    """A text that may stand between double quotes in YAML and TOML."""
    return text.replace('\\', '').replace('"', "'")


def without_emphasis(text):
    return re.sub(r'[*_]', '', text)


@dataclass
class Site:
    """The pages, and where each of them stands."""
    pages: list
    per_section: int

    @property
    def sections(self):
        return (len(self.pages) + self.per_section - 1) // self.per_section

    def section(self, number):
        return f'section-{number // self.per_section:03d}'

    def name(self, number):
        return f'page-{number:05d}'

    def members(self, section):
        first = section * self.per_section
        return range(first, min(len(self.pages), first + self.per_section))

    def home(self):
        return f'# Benchmark site\n\n{len(self.pages)} pages in {self.sections} sections.\n'

    def introduction(self, section):
        members = self.members(section)
        return f'# Section {section}\n\nPages {members[0]} to {members[-1]}.\n'

    def related(self, number, link):
        """Five links: two to neighbours, three to pages far away, none twice."""
        count = len(self.pages)
        others = [(number + step) % count for step in (1, 2, 97, 1009, 5003)]
        lines = [f'- [{without_emphasis(self.pages[other][0])}]({link(number, other)})'
                 for other in others if other != number]
        return '\n\n## Related pages\n\n' + '\n'.join(lines) + '\n'

    def page(self, number, link):
        title, body = self.pages[number]
        return f'# {title}\n\n{body}' + self.related(number, link)

    def relative(self, number, other):
        """A link to the Markdown file of another page."""
        if self.section(other) == self.section(number):
            return f'{self.name(other)}.md'
        return f'../{self.section(other)}/{self.name(other)}.md'

    def relative_url(self, number, other):
        """A link to the folder that another page becomes."""
        if self.section(other) == self.section(number):
            return f'../{self.name(other)}/'
        return f'../../{self.section(other)}/{self.name(other)}/'

    def write_content(self, folder, index, front_matter, link):
        """One file for each page and an index file for each section. `front_matter` is given a
        title and a weight, none for the home page."""
        write(folder / index, front_matter('Benchmark site', None) + self.home())
        for section in range(self.sections):
            text = front_matter(f'Section {section}', section + 1) + self.introduction(section)
            write(folder / self.section(section * self.per_section) / index, text)
        for number, (title, _) in enumerate(self.pages):
            text = front_matter(title, number + 1, page=True) + self.page(number, link)
            write(folder / self.section(number) / f'{self.name(number)}.md', text)


def plain(site, out, _):
    def front_matter(title, weight, page=False):
        return f'---\ntitle: {title}\n---\n\n' if weight is None \
            else f'---\ntitle: "{quoted(title)}"\n---\n\n'
    site.write_content(out / 'plain' / 'docs', 'index.md', front_matter, site.relative)


def mdbook(site, out, _):
    root = out / 'mdbook'
    for name, search in (('book.toml', 'true'), ('book-nosearch.toml', 'false')):
        write(root / name, '[book]\ntitle = "Benchmark site"\n\n[build]\ncreate-missing = false\n\n'
                           f'[output.html]\n\n[output.html.search]\nenable = {search}\n')
    site.write_content(root / 'src', 'index.md', lambda *_, **__: '', site.relative)
    lines = ['# Summary\n', '[Benchmark site](index.md)\n']
    for section in range(site.sections):
        folder = site.section(section * site.per_section)
        lines.append(f'- [Section {section}]({folder}/index.md)')
        for number in site.members(section):
            title = without_emphasis(site.pages[number][0])
            lines.append(f'  - [{title}]({folder}/{site.name(number)}.md)')
    write(root / 'src' / 'SUMMARY.md', '\n'.join(lines) + '\n')


ZOLA = '''base_url = "http://127.0.0.1:1111"
title = "Benchmark site"
compile_sass = false
minify_html = false
generate_feeds = false
'''
ZOLA_HIGHLIGHTING = '''
[markdown]
[markdown.highlighting]
theme = "github-light"
style = "inline"
'''
ZOLA_SEARCH = '''
[search]
index_format = "elasticlunr_json"
'''
ZOLA_BASE = '''<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{% block title %}{{ config.title }}{% endblock %}</title><link rel="stylesheet" href="/site.css"></head>
<body><header><a href="{{ config.base_url }}">{{ config.title }}</a></header>
<div class="wrap"><nav class="side">{% block side %}{% endblock %}</nav>
<main>{% block main %}{% endblock %}</main>
<aside class="toc">{% block toc %}{% endblock %}</aside></div></body></html>
'''
ZOLA_SIDE = '''{% block side %}{% set s = get_section(path=page.ancestors | last) %}<b>{{ s.title }}</b><ul>{% for p in s.pages %}<li><a href="{{ p.permalink }}">{{ p.title }}</a></li>{% endfor %}</ul>{% endblock %}
'''
ZOLA_PAGE = '''{% extends "base.html" %}
{% block title %}{{ page.title }}{% endblock %}
SIDE{% block main %}<article>{{ page.content | safe }}</article>
<footer>{% if page.lower %}<a href="{{ page.lower.permalink }}">{{ page.lower.title }}</a>{% endif %}{% if page.higher %}<a href="{{ page.higher.permalink }}">{{ page.higher.title }}</a>{% endif %}</footer>{% endblock %}
{% block toc %}{% for h in page.toc %}<a href="{{ h.permalink }}">{{ h.title }}</a>{% for g in h.children %}<a class="sub" href="{{ g.permalink }}">{{ g.title }}</a>{% endfor %}{% endfor %}{% endblock %}
'''
ZOLA_SECTION = '''{% extends "base.html" %}
{% block title %}{{ section.title }}{% endblock %}
{% block main %}<article>{{ section.content | safe }}</article><ul>{% for p in section.pages %}<li><a href="{{ p.permalink }}">{{ p.title }}</a></li>{% endfor %}</ul>
<ul>{% for s in section.subsections %}{% set x = get_section(path=s, metadata_only=true) %}<li><a href="{{ x.permalink }}">{{ x.title }}</a></li>{% endfor %}</ul>{% endblock %}
'''
STYLE = 'body{font:16px/1.5 sans-serif}.wrap{display:flex}\n'


def zola(site, out, _):
    """Two sites of the same content: in `zola-side` a page lists the pages of its section."""
    def front_matter(title, weight, page=False):
        sort = '' if page else 'sort_by = "weight"\n'
        place = '' if weight is None else f'weight = {weight}\n'
        return f'+++\ntitle = "{quoted(title)}"\n{sort}{place}+++\n\n'
    root, side = out / 'zola', out / 'zola-side'
    write(root / 'zola.toml', ZOLA + 'build_search_index = false\n' + ZOLA_HIGHLIGHTING)
    write(root / 'zola-nohl.toml', ZOLA + 'build_search_index = false\n')
    write(root / 'zola-search.toml',
          ZOLA + 'build_search_index = true\n' + ZOLA_HIGHLIGHTING + ZOLA_SEARCH)
    write(side / 'zola.toml', ZOLA + 'build_search_index = false\n' + ZOLA_HIGHLIGHTING)
    for folder, sidebar in ((root, ''), (side, ZOLA_SIDE)):
        write(folder / 'templates' / 'base.html', ZOLA_BASE)
        write(folder / 'templates' / 'page.html', ZOLA_PAGE.replace('SIDE', sidebar))
        write(folder / 'templates' / 'section.html', ZOLA_SECTION)
        write(folder / 'templates' / 'index.html', ZOLA_SECTION)
        write(folder / 'static' / 'site.css', STYLE)
    site.write_content(root / 'content', '_index.md', front_matter,
                       lambda _, other: f'@/{site.section(other)}/{site.name(other)}.md')
    os.symlink('../zola/content', side / 'content')


HUGO = '''baseURL = "http://127.0.0.1:1313/"
title = "Benchmark site"
disableKinds = ["taxonomy", "term", "RSS"]
[markup.goldmark.renderer]
unsafe = true
[markup.tableOfContents]
startLevel = 2
endLevel = 3
'''
HUGO_HIGHLIGHTING = '[markup.highlight]\ncodeFences = true\nstyle = "github"\nnoClasses = true\n'
HUGO_BASE = '''<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ .Title }}</title><link rel="stylesheet" href="/site.css"></head>
<body><header><a href="{{ site.BaseURL }}">{{ site.Title }}</a></header>
<div class="wrap"><nav class="side">{{ block "side" . }}{{ end }}</nav>
<main>{{ block "main" . }}{{ end }}</main>
<aside class="toc">{{ block "toc" . }}{{ end }}</aside></div></body></html>
'''
HUGO_SINGLE = '''{{ define "main" }}<article>{{ .Content }}</article>
<footer>{{ with .PrevInSection }}<a href="{{ .Permalink }}">{{ .Title }}</a>{{ end }}{{ with .NextInSection }}<a href="{{ .Permalink }}">{{ .Title }}</a>{{ end }}</footer>{{ end }}
{{ define "toc" }}{{ .TableOfContents }}{{ end }}
'''
HUGO_SIDE = '''{{ define "side" }}{{ with .CurrentSection }}<b>{{ .Title }}</b><ul>{{ range .Pages }}<li><a href="{{ .Permalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}{{ end }}
'''
HUGO_LIST = '''{{ define "main" }}<article>{{ .Content }}</article><ul>{{ range .Pages }}<li><a href="{{ .Permalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
'''
HUGO_BOOK = '''baseURL = "http://127.0.0.1:1313/"
title = "Benchmark site"
theme = "book"
disableKinds = ["taxonomy", "term", "RSS"]
[markup.goldmark.renderer]
unsafe = true
[params]
BookSection = "/"
BookSearch = true
'''


def hugo_content(site, root):
    def front_matter(title, weight, page=False):
        return f'---\ntitle: {title}\n---\n\n' if weight is None \
            else f'---\ntitle: "{quoted(title)}"\nweight: {weight}\n---\n\n'
    site.write_content(root / 'content', '_index.md', front_matter, site.relative_url)


def hugo(site, out, _):
    root = out / 'hugo'
    write(root / 'hugo.toml', HUGO + HUGO_HIGHLIGHTING)
    write(root / 'hugo-nohl.toml', HUGO + '[markup.highlight]\ncodeFences = false\n')
    side = HUGO.replace('[markup', 'layoutDir = "layouts-side"\n[markup', 1)
    write(root / 'hugo-side.toml', side + HUGO_HIGHLIGHTING)
    for layouts, sidebar in (('layouts', ''), ('layouts-side', HUGO_SIDE)):
        write(root / layouts / '_default' / 'baseof.html', HUGO_BASE)
        write(root / layouts / '_default' / 'single.html', sidebar + HUGO_SINGLE)
        write(root / layouts / '_default' / 'list.html', HUGO_LIST)
    write(root / 'static' / 'site.css', STYLE)
    hugo_content(site, root)


def hugo_book(site, out, theme):
    if not theme:
        sys.exit('the layout hugo-book needs --hugo-book THEME_DIR')
    root = out / 'hugo-book'
    write(root / 'hugo.toml', HUGO_BOOK)
    hugo_content(site, root)
    ignored = shutil.ignore_patterns('.git', 'exampleSite*')
    shutil.copytree(theme, root / 'themes' / 'book', ignore=ignored)


MKDOCS = '''site_name: Benchmark site
site_url: http://127.0.0.1:8000/
use_directory_urls: true
theme:
  name: material
  font: false
  features:
    - FEATURE
PLUGINS
markdown_extensions:
  - tables
  - admonition
  - toc:
      permalink: true
  - pymdownx.highlight:
      anchor_linenums: false
  - pymdownx.superfences
  - pymdownx.inlinehilite
'''


def mkdocs(site, out, _):
    """For Material and for Zensical, which reads the same file."""
    root = out / 'mkdocs'
    for name, feature, plugins in (
        ('mkdocs.yml', 'navigation.sections', 'plugins:\n  - search'),
        ('mkdocs-prune.yml', 'navigation.prune', 'plugins:\n  - search'),
        ('mkdocs-nosearch.yml', 'navigation.prune', 'plugins: []'),
    ):
        write(root / name, MKDOCS.replace('FEATURE', feature).replace('PLUGINS', plugins))

    def front_matter(title, weight, page=False):
        return f'---\ntitle: "{quoted(title)}"\n---\n\n' if page else ''
    site.write_content(root / 'docs', 'index.md', front_matter, site.relative)


LAYOUTS = {'plain': plain, 'mdbook': mdbook, 'zola': zola, 'hugo': hugo, 'hugo-book': hugo_book,
           'mkdocs': mkdocs}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', nargs='+')
    parser.add_argument('--pages', type=int, required=True)
    parser.add_argument('--out', required=True, type=Path, help='made anew: what is there goes')
    parser.add_argument('--seed', default='docs-bench-1')
    parser.add_argument('--per-section', type=int, default=50)
    parser.add_argument('--sample-every', type=int, default=4)
    parser.add_argument('--tools', default='plain,mdbook,zola,hugo,mkdocs')
    parser.add_argument('--hugo-book', help='the folder of the theme hugo-book, for its layout')
    arguments = parser.parse_args()
    tools = arguments.tools.split(',')
    unknown = sorted(set(tools) - LAYOUTS.keys())
    if unknown:
        parser.error(f'no layout for {", ".join(unknown)}; there are {", ".join(LAYOUTS)}')
    files = collect(arguments.source, arguments.seed)
    if not files:
        sys.exit('no source pages')
    if arguments.out.exists():
        shutil.rmtree(arguments.out)
    pages, turns = pages_from(files, arguments.pages, arguments.sample_every)
    site = Site(pages, arguments.per_section)
    for tool in tools:
        LAYOUTS[tool](site, arguments.out, arguments.hugo_book)
    size = sum(len(site.page(number, site.relative).encode()) for number in range(len(pages)))
    code = sum(body.count('\n```') // 2 for _, body in pages)
    print(f'{len(pages)} pages, {site.sections} sections, {size} bytes of Markdown without front '
          f'matter, about {code} code blocks, {len(files)} source files, gone through {turns} times')


if __name__ == '__main__':
    main()
