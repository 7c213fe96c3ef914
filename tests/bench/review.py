#!/usr/bin/env python3
"""Hold `copydesk review` against builds of both sides, on the real history of a repository.

    review.py --copydesk P --repository DIR [--root SUB] [--changes N] [--branch NAME] [--first-parent]
              [--no-builds] [--scratch DIR] [--browser]

DIR is a clone. A change is a commit of the branch that touches Markdown, against its parent; N of
them are taken, evenly over the history. For each one

    * `review status --json`, `review outline`, and `review site` must end 0; the site must have both
      views of each page that `status` lists, and no link in it may lead nowhere. With `--browser`, the
      overview and the first page are opened in Chromium, and nothing may complain there;
    * both sides are built whole (`build --rev`), and the text of each page, its title, and what
      stands in its article are compared: pages that `status` lists as edited must be those that
      differ, and pages added, deleted, and moved those that come, go, and stand elsewhere. This is
      most of the time that it takes; `--no-builds` leaves it out.

Printed are the number of changes, of pages that differ, of those that are told too much and too
little with their names, and the times of `status` and `site` (first and second run). What is written
goes below `--scratch`. Ends 1 where anything is wrong.
"""
import argparse
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

ARTICLE = re.compile(r'<article class="body"[^>]*>\n(.*?)</article>', re.S)
# What a page says of its history stands in its article and is no part of its text.
VOLATILE = re.compile(r'<(p|div) class="(?:changed|notice)[^"]*".*?</\1>', re.S)


def git(folder, *arguments):
    run = subprocess.run(('git', '-C', folder, *arguments), capture_output=True, check=True)
    return run.stdout.decode('utf-8', 'replace')


def commits(folder, branch, root, count, first_parent):
    more = ['--first-parent', '--diff-merges=first-parent'] if first_parent else ['--no-merges']
    where = f'{root}/' if root else ''
    listed = git(folder, 'rev-list', *more, branch, '--', f':(glob){where}**/*.md').split()
    listed = [commit for commit in listed if parent(folder, commit)]
    step = max(1, len(listed) // count)
    return listed[::step][:count]


def parent(folder, commit):
    found = git(folder, 'rev-list', '--parents', '-n', '1', commit).split()[1:]
    return found[0] if found else None


def bodies(copydesk, folder, revision, out):
    """The pages of a revision: address and what a reader sees, by source."""
    run = subprocess.run((copydesk, '-q', 'build', folder, '--rev', revision, '--out', out),
                         capture_output=True)
    if run.returncode > 1:
        return None
    pages = {}
    listed = json.loads((out / '_copydesk/pages.json').read_text())
    for page in listed['pages'] if isinstance(listed, dict) else listed:
        html = (out / page['path']).read_text()
        article = ARTICLE.search(html)
        pages[page['source']] = (page['path'], VOLATILE.sub('', article.group(1) if article else html))
    return pages


def compare(old, new, told):
    """What `status` tells too much and too little."""
    wrong = []
    pairs = {page['new']['source']: page['old']['source'] for page in told
             if page['old'] and page['new']}
    kinds = {}
    for page in told:
        kinds[(page['new'] or page['old'])['source']] = page['kind']
    renamed = set(pairs.values())
    for source, (path, body) in new.items():
        before = old.get(pairs.get(source, source))
        kind = kinds.get(source)
        if before is None:
            expected = 'added'
        elif before[0] != path or pairs.get(source, source) != source:
            expected = 'moved'
        elif before[1] != body:
            expected = 'edited'
        else:
            expected = None
        if kind != expected:
            wrong.append(f'{source}: told {kind}, is {expected}')
    for source in old:
        if source not in new and source not in renamed and kinds.get(source) != 'deleted':
            wrong.append(f'{source}: told {kinds.get(source)}, is deleted')
    return wrong


HERE = pathlib.Path(__file__).parent
# In a tag, not in code that is shown.
LINK = re.compile(r'<[a-z][^<>]*?\s(?:href|src)="([^"#]*)')


def site(copydesk, root, commit, base, out, told):
    """Writes the review, twice: what is wrong with it, the times, and pages to open."""
    arguments = (copydesk, 'review', 'site', commit, '--base', base, '--root', root, '--out', out)
    times = []
    for _ in range(2):
        begun = time.monotonic()
        run = subprocess.run(arguments, capture_output=True)
        times.append(time.monotonic() - begun)
        if run.returncode or b'panicked' in run.stderr:
            return [f'site ends {run.returncode}: {run.stderr.decode()}'], times, []
    wrong = []
    pages = [out / 'index.html']
    for page in told:
        source = (page['new'] or page['old'])['source']
        for view in ('', '.sides'):
            file = out / f'pages/{source}{view}.html'
            if not file.is_file():
                wrong.append(f'{source}: the review has no page of it')
            else:
                pages.append(file)
    for page in pages:
        for link in LINK.findall(page.read_text()):
            link = html.unescape(link)
            if not link or urllib.parse.urlsplit(link).scheme:
                continue
            if not (page.parent / urllib.parse.unquote(link)).is_file():
                wrong.append(f'{page.relative_to(out)}: `{link}` leads nowhere')
    return wrong, times, [str(page) for page in pages[:3]]


def opened(pages):
    """What pages complain about in Chromium."""
    run = subprocess.run(('node', HERE / 'review_browser.mjs'), input='\n'.join(pages).encode(),
                         capture_output=True)
    found = run.stdout.decode().splitlines()
    return found + ([run.stderr.decode()] if run.returncode else [])


def median(times):
    return sorted(times)[len(times) // 2] if times else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--copydesk', required=True, type=pathlib.Path)
    parser.add_argument('--repository', required=True, type=pathlib.Path)
    parser.add_argument('--root', default='')
    parser.add_argument('--changes', type=int, default=100)
    parser.add_argument('--branch', default='HEAD')
    parser.add_argument('--first-parent', action='store_true')
    parser.add_argument('--no-builds', action='store_true')
    parser.add_argument('--scratch', type=pathlib.Path)
    parser.add_argument('--browser', action='store_true')
    given = parser.parse_args()
    copydesk, folder = given.copydesk.resolve(), given.repository.resolve()
    root = folder / given.root
    wrong, differing, skipped = [], 0, 0
    first, second, site_first, site_second = [], [], [], []
    chosen = commits(folder, given.branch, given.root, given.changes, given.first_parent)
    for commit in chosen:
        base = parent(folder, commit)
        old = new = None
        if not given.no_builds:
            with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
                scratch = pathlib.Path(scratch)
                old = bodies(copydesk, root, base, scratch / 'old')
                new = bodies(copydesk, root, commit, scratch / 'new')
            if old is None or new is None:
                skipped += 1
                continue
        arguments = (copydesk, 'review', 'status', commit, '--base', base, '--root', root, '--json')
        for times in (first, second):
            begun = time.monotonic()
            run = subprocess.run(arguments, capture_output=True)
            times.append(time.monotonic() - begun)
        outline = subprocess.run((copydesk, 'review', 'outline', commit, '--base', base,
                                  '--root', root), capture_output=True)
        if run.returncode or outline.returncode:
            wrong.append(f'{commit}: ends {run.returncode} and {outline.returncode}: '
                         + run.stderr.decode())
            continue
        told = json.loads(run.stdout)['pages']
        differing += len(told)
        if old is not None:
            wrong += [f'{commit[:10]} {line}' for line in compare(old, new, told)]
        with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
            out = pathlib.Path(scratch) / 'review'
            found, times, pages = site(copydesk, root, commit, base, out, told)
            site_first.append(times[0])
            site_second.append(times[-1])
            found += opened(pages) if given.browser else []
        wrong += [f'{commit[:10]} {line}' for line in found]
    for line in wrong:
        print(line)
    print(f'{len(chosen)} changes ({skipped} that no side of can be built), {differing} pages told, '
          f'{len(wrong)} wrong')
    for name, times in (('status', (first, second)), ('site', (site_first, site_second))):
        print(f'{name}: median {median(times[0]):.3f} s the first time, {median(times[1]):.3f} s the '
              f'second, at most {max(times[0], default=0):.2f} and {max(times[1], default=0):.2f} s')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
