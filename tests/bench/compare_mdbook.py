#!/usr/bin/env python3
"""Build books with mdBook and with Copydesk and compare what readers and links depend on.

    compare_mdbook.py --mdbook PATH --copydesk PATH [--show N] BOOKDIR...

Each book is copied to a temporary folder together with the repository that holds it (the nearest
folder above with a `.git`, else the book alone), since includes may reach that far. From
its book.toml the tables `[preprocessor.*]` and every `[output.*]` other than html are taken out:
neither tool shall run other programs. Both tools build the same copy. Compared are

  page       the addresses of pages, those of redirects included
  asset      the other files of the content folder, byte by byte
  redirect   where redirects lead, fragments included
  heading    the ids of the headings in a page's text, in order
  term       the ids of the terms of definition lists, in order
  link       what the links and pictures in a page's text lead to, resolved, in order

A difference is printed with the reason that REASONS knows for it. The exit code is 1 where any is
without a reason, 2 where a tool could not build. Python's standard library is enough.
"""
import argparse
import difflib
import html.parser
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Pages that a tool makes of its own accord, by the path in its output.
OWN_PAGES = {
    'mdbook': {
        '404.html': 'both write one, each in its own words',
        'print.html': 'made of the other pages, with ids that each tool disambiguates its own way',
        'toc.html': 'the list of pages for readers without JavaScript, shown in an iframe',
    },
    'copydesk': {
        '404.html': 'both write one, each in its own words',
        'print.html': 'made of the other pages, with ids that each tool disambiguates its own way',
    },
}
# Folders that hold files of the tool and nothing of the book.
OWN_FOLDERS = {'mdbook': (), 'copydesk': ('_copydesk/',)}


@dataclass
class Page:
    headings: list = field(default_factory=list)
    terms: list = field(default_factory=list)
    links: list = field(default_factory=list)
    redirect: str | None = None
    fragments: dict = field(default_factory=dict)
    ids: set = field(default_factory=set)
    unused_notes: set = field(default_factory=set)  # what footnotes without a way back link to


@dataclass
class Difference:
    kind: str
    page: str
    theirs: str | None
    ours: str | None


@dataclass
class Sides:
    """What a reason may look at: both outputs, and the names of the book's own files."""
    theirs: dict
    ours: dict
    sources: set

    def dead(self, side, target):
        """Whether a target is a page of the book's folder that a tool did not write."""
        path = target.partition('#')[0]
        return ':' not in path and not path.startswith(('..', '/')) and path not in side \
            and path not in self.sources


def to_index(target):
    """README.html and what follows it, as the page of its folder."""
    return re.sub(r'(?i)(^|/)readme\.html(?=$|#)', r'\1index.html', target)


def end_of_chain(target, side):
    """Where a redirect leads when each page on the way is asked again."""
    for _ in range(10):
        path, _, fragment = target.partition('#')
        page = side.get(path)
        onward = page and (page.fragments.get(fragment) or page.redirect)
        if not onward:
            break
        target = onward
    return target


def has_id(page, fragment, side):
    return page in side and fragment in side[page].ids


# Differences that are meant: a name, why it is right, and when it applies. A reason explains one
# kind of difference and no more; to widen one is to decide something.
REASONS = [
    ('readme-link',
     'mdBook leaves a link to README.md as README.html, which it does not write; '
     'ours leads to the index.html of the folder',
     lambda d, s: d.kind == 'link' and d.theirs and d.ours and d.theirs != d.ours
     and to_index(d.theirs) == d.ours),
    ('query-link',
     'mdBook loses the query of a link to `x.md?y`; ours keeps it',
     lambda d, s: d.kind == 'link' and d.theirs and d.ours and '?' in d.ours
     and re.sub(r'\?[^#]*', '', d.ours) == re.sub(r'\?[^#]*', '', d.theirs)),
    ('dead-link',
     'the link leads to no page of the book in either tool; ours reports it and shows it as broken',
     lambda d, s: d.kind == 'link' and d.theirs and s.dead(s.theirs, d.theirs)
     and (d.ours is None or s.dead(s.ours, d.ours))),
    ('unlisted-page-link',
     'mdBook turns a link to a Markdown file that SUMMARY.md does not list into a dead page '
     'address; ours leaves it as it is written and reports it',
     lambda d, s: d.kind == 'link' and d.theirs and d.ours and s.dead(s.theirs, d.theirs)
     and d.ours.replace('.md', '.html') == d.theirs),
    ('md-anywhere',
     'mdBook replaces `.md` wherever it stands in a link, in `x.mdr` too; ours reports such a link '
     'and leaves it as it is written',
     lambda d, s: d.kind == 'link' and d.theirs and d.ours
     and re.search(r'\.md[a-z]', d.ours) and s.dead(s.ours, d.ours)
     and re.sub(r'\.md[a-z]+', '.html', d.ours) == d.theirs),
    ('redirect-chain',
     'mdBook sends readers to an address that sends them on; ours sends them to the end at once',
     lambda d, s: d.kind == 'redirect' and d.theirs and d.ours
     and end_of_chain(d.theirs, s.theirs) == d.ours),
    ('redirect-of-an-id',
     'the page has the id that is redirected: mdBook moves readers on all the same; ours leads '
     'to what has the id and reports the redirect',
     lambda d, s: d.kind == 'redirect' and d.theirs and d.ours is None and '#' in d.page
     and has_id(*d.page.split('#', 1), s.ours)),
    ('heading-without-words',
     'mdBook gives a heading without a letter or digit an empty id, which nothing can lead to; '
     'ours calls it `section`',
     lambda d, s: d.kind == 'heading' and d.theirs is None
     and re.fullmatch(r'h[1-6]#section(-\d+)?', d.ours or '') is not None),
    ('unused-footnote',
     'mdBook leaves out a footnote that nothing refers to; ours shows it',
     lambda d, s: d.kind == 'link' and d.theirs is None
     and d.ours in s.ours[d.page].unused_notes),
    ('section-page',
     'a folder without a page of its own gets one that lists its pages',
     lambda d, s: d.kind == 'page' and d.theirs is None and d.page.endswith('/index.html')),
]


class Content(html.parser.HTMLParser):
    """Reads one page: what stands in its text, and where it redirects to."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.path = path
        self.page = Page()
        self.holder = None   # the element that holds the text
        self.depth = 0       # how often it is open
        self.twice = False   # mdBook writes some pictures twice: small, and to be enlarged
        self.note = None     # the links of the footnote that is being read
        self.script = None   # the text of the script that is being read

    def handle_starttag(self, tag, pairs):
        attributes = {name: value or '' for name, value in pairs}
        classes = attributes.get('class', '').split()
        if tag == 'meta' and attributes.get('http-equiv', '').lower() == 'refresh':
            match = re.search(r'url\s*=\s*(.*)', attributes.get('content', ''), re.I)
            if match:
                self.page.redirect = resolve(self.path, match.group(1).strip('\'" '))
        if 'data-moved' in attributes:
            self.fragments_from(attributes['data-moved'])
        if tag == 'script':
            self.script = ''
        if tag == 'article' and 'body' in classes and self.holder == 'main':
            # Ours: the text is the article; what else stands in `main` lists other pages.
            self.page.headings, self.page.terms, self.page.links = [], [], []
            self.holder, self.depth = 'article', 1
            return
        if tag == 'main' and self.holder is None:
            self.holder, self.depth = 'main', 1
            return
        if self.depth == 0:
            return
        if 'id' in attributes:
            self.page.ids.add(attributes['id'])
        if tag == 'li':
            self.note_ends()
            is_note = re.match(r'(footnote|fn)[-:_]', attributes.get('id', ''))
            self.note = [] if is_note else None
        if tag == 'a' and self.note is not None and 'href' in attributes:
            self.note.append(attributes['href'])
        if tag == self.holder:
            self.depth += 1
        if re.fullmatch('h[1-6]', tag) and attributes.get('id'):
            self.page.headings.append(f'{tag}#{attributes["id"]}')
        if tag == 'dt' and attributes.get('id'):
            self.page.terms.append(attributes['id'])
        if tag == 'a' and 'href' in attributes and not self.own_link(classes, attributes['href']):
            self.page.links.append(resolve(self.path, attributes['href']))
        if tag == 'input' and 'checkbox-img' in classes:
            self.twice = True
        elif tag == 'img' and self.twice:
            self.twice = False
        elif tag == 'img' and 'src' in attributes:
            self.page.links.append(resolve(self.path, attributes['src']))

    def own_link(self, classes, href):
        """Links that a tool puts into the text: those of headings to themselves, and the ways
        between a footnote and its references, whose ids are each tool's own."""
        return bool({'header', 'anchor'} & set(classes)) \
            or re.match(r'#(footnote|fn|fr|fnref)[-:_]', href) is not None

    def note_ends(self):
        """Keeps the links of a footnote that has no way back to the text."""
        note, self.note = self.note or [], None
        if not any(self.own_link([], href) for href in note):
            self.page.unused_notes.update(resolve(self.path, href) for href in note)

    def handle_endtag(self, tag):
        if tag in ('section', 'ol', 'div'):
            self.note_ends()
        if tag == 'script' and self.script is not None:
            # mdBook writes the map of fragments as an object literal into a script.
            for match in re.finditer(r'=\s*(\{"#.*?\})\s*;', self.script, re.S):
                self.fragments_from(match.group(1))
            self.script = None
        if self.depth and tag == self.holder:
            self.depth -= 1

    def handle_data(self, data):
        if self.script is not None:
            self.script += data

    def fragments_from(self, text):
        for old, new in json.loads(text).items():
            self.page.fragments[old.lstrip('#')] = resolve(self.path, new)


def resolve(page, href):
    """A link as seen from the root of the site; an external one as it is."""
    href = href.strip()
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href
    path = unquote(parts.path)
    if path == '':
        target = page
    else:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if path.endswith('/') or path in ('.', '..'):
            target = 'index.html' if target == '.' else target + '/index.html'
    query = f'?{parts.query}' if parts.query else ''
    fragment = f'#{unquote(parts.fragment)}' if parts.fragment else ''
    return target + query + fragment


def read_site(folder, tool):
    """Every page of an output by its path."""
    pages = {}
    for file in sorted(folder.rglob('*.html')):
        path = file.relative_to(folder).as_posix()
        if path in OWN_PAGES[tool] or path.startswith(OWN_FOLDERS[tool]):
            continue
        content = Content(path)
        content.feed(file.read_text('utf-8'))
        content.close()
        pages[path] = content.page
    return pages


def paired(theirs, ours):
    """The differences of two lists, as pairs of what stands on either side."""
    matcher = difflib.SequenceMatcher(None, theirs, ours, autojunk=False)
    for verb, a, b, c, d in matcher.get_opcodes():
        if verb == 'equal':
            continue
        left, right = theirs[a:b], ours[c:d]
        if len(left) == len(right):
            yield from zip(left, right)
        else:
            yield from ((x, None) for x in left)
            yield from ((None, x) for x in right)


def compare(theirs, ours):
    """Every difference between two sites, assets excepted."""
    for path in sorted(theirs.keys() | ours.keys()):
        mine, other = ours.get(path), theirs.get(path)
        if mine is None or other is None:
            yield Difference('page', path, path if other else None, path if mine else None)
            continue
        if other.redirect != mine.redirect:
            yield Difference('redirect', path, other.redirect, mine.redirect)
        for name in sorted(other.fragments.keys() | mine.fragments.keys()):
            a, b = other.fragments.get(name), mine.fragments.get(name)
            if a != b:
                yield Difference('redirect', f'{path}#{name}', a, b)
        if other.redirect is not None:
            continue
        for kind in ('headings', 'terms', 'links'):
            for a, b in paired(getattr(other, kind), getattr(mine, kind)):
                yield Difference(kind[:-1], path, a, b)


def compare_assets(book, source, theirs, ours):
    """The files of the content folder that mdBook copies."""
    for file in sorted(path for path in source.rglob('*') if path.is_file()):
        path = file.relative_to(source).as_posix()
        if file.suffix == '.md' or any(part.startswith('.') for part in Path(path).parts):
            continue
        if not (theirs / path).is_file():
            continue
        if not (ours / path).is_file():
            yield Difference('asset', path, 'copied', None)
        elif (ours / path).read_bytes() != file.read_bytes():
            yield Difference('asset', path, 'copied', 'other bytes')


def without_programs(text):
    """book.toml without what would run other programs."""
    kept, drop = [], False
    for line in text.splitlines():
        match = re.match(r'\s*\[+\s*([^\]]+?)\s*\]', line)
        if match:
            name = match.group(1).replace('"', '')
            drop = re.match(r'preprocessor(\.|$)', name) is not None \
                or re.match(r'output\.(?!html(\.|$))', name) is not None
        if not drop:
            kept.append(line)
    text = '\n'.join(kept) + '\n'
    settings = tomllib.loads(text)
    if 'preprocessor' in settings or set(settings.get('output', {})) - {'html'}:
        raise SystemExit('book.toml: tables that run other programs could not be taken out')
    return text, settings


def copy_book(book, folder):
    """Copies a book with the repository that holds it; returns the copy of the book."""
    book = book.resolve()
    top = next((f for f in (book, *book.parents) if (f / '.git').exists()), book)
    ignore = shutil.ignore_patterns('.git', 'target', 'node_modules', '.copydesk')
    shutil.copytree(top, folder, symlinks=True, ignore=ignore)
    env = {**os.environ, 'GIT_CONFIG_GLOBAL': os.devnull, 'GIT_CONFIG_NOSYSTEM': '1'}
    run = lambda *args: subprocess.run(['git', '-C', folder, *args], env=env, check=True,
                                       stdout=subprocess.DEVNULL)
    run('init', '--quiet')
    run('add', '--all', '--force')
    run('-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'book')
    return folder / book.relative_to(top)


def build(command, cwd, accepted):
    env = {name: value for name, value in os.environ.items() if not name.startswith('MDBOOK_')}
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode not in accepted:
        print(done.stdout)
        print(f'{command[0]} ended {done.returncode}', file=sys.stderr)
        raise SystemExit(2)


def compare_book(book, arguments):
    """Builds and compares one book; returns the number of differences without a reason."""
    with tempfile.TemporaryDirectory(prefix='compare-') as temporary:
        work = Path(temporary)
        copy = copy_book(book, work / 'tree')
        text, settings = without_programs((copy / 'book.toml').read_text('utf-8'))
        (copy / 'book.toml').write_text(text, 'utf-8')
        source = copy / settings.get('book', {}).get('src', 'src')
        theirs, ours = work / 'theirs', work / 'ours'
        build([arguments.mdbook, 'build', '--dest-dir', theirs], copy, {0})
        # Exit 1 means findings in the content; the site is published all the same.
        build([arguments.copydesk, 'build', copy, '--out', ours], copy, {0, 1})
        a, b = read_site(theirs, 'mdbook'), read_site(ours, 'copydesk')
        sources = {path.relative_to(source).as_posix() for path in source.rglob('*') if path.is_file()}
        sides = Sides(a, b, sources)
        differences = [*compare(a, b), *compare_assets(copy, source, theirs, ours)]

    by_reason = {}
    for difference in differences:
        name = next((name for name, _, applies in REASONS if applies(difference, sides)), None)
        by_reason.setdefault(name, []).append(difference)

    plain = [page for page in a.values() if page.redirect is None]
    print(f'\n{book}')
    print(f'  mdBook: {len(plain)} pages, {len(a) - len(plain)} redirects, '
          f'{sum(len(page.fragments) for page in a.values())} moved fragments, '
          f'{sum(len(page.headings) for page in plain)} headings, '
          f'{sum(len(page.terms) for page in plain)} terms, '
          f'{sum(len(page.links) for page in plain)} links')
    for name, why, _ in REASONS:
        found = by_reason.get(name, [])
        if found:
            print(f'  {len(found)} x {name}: {why}')
            show(found, arguments.show)
    unexplained = by_reason.get(None, [])
    counts = Counter(difference.kind for difference in unexplained)
    words = ', '.join(f'{count} {kind}' for kind, count in sorted(counts.items()))
    print(f'  {len(unexplained)} without a reason{": " if words else ""}{words}')
    show(unexplained, None if arguments.all else arguments.show)
    return len(unexplained)


def show(differences, limit):
    for difference in differences[:limit]:
        print(f'    {difference.kind} {difference.page}: '
              f'mdBook {difference.theirs or "-"}, ours {difference.ours or "-"}')
    if limit is not None and len(differences) > limit:
        print(f'    and {len(differences) - limit} more')


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('books', nargs='+', type=Path, metavar='BOOKDIR')
    parser.add_argument('--mdbook', required=True, type=os.path.abspath)
    parser.add_argument('--copydesk', required=True, type=os.path.abspath)
    parser.add_argument('--show', type=int, default=20, help='differences shown of each reason')
    parser.add_argument('--all', action='store_true', help='show every difference without a reason')
    arguments = parser.parse_args()
    total = sum(compare_book(book, arguments) for book in arguments.books)
    print(f'\n{total} differences without a reason in {len(arguments.books)} books')
    sys.exit(1 if total else 0)


if __name__ == '__main__':
    main()
