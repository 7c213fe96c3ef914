#!/usr/bin/env python3
"""Hold `copydesk review` against builds of both sides, on the real history of a repository.

    review.py --copydesk P --repository DIR [--root SUB] [--changes N] [--branch NAME] [--first-parent]

DIR is a clone. A change is a commit of the branch that touches Markdown, against its parent; N of
them are taken, evenly over the history. For each one

    * `review status --json` and `review outline` must end 0;
    * both sides are built whole (`build --rev`), and the text of each page, its title, and what
      stands in its article are compared: pages that `status` lists as edited must be those that
      differ, and pages added, deleted, and moved those that come, go, and stand elsewhere.

Printed are the number of changes, of pages that differ, of those that are told too much and too
little with their names, and the times of `status` (first and second run). Ends 1 where any differs.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--copydesk', required=True, type=pathlib.Path)
    parser.add_argument('--repository', required=True, type=pathlib.Path)
    parser.add_argument('--root', default='')
    parser.add_argument('--changes', type=int, default=100)
    parser.add_argument('--branch', default='HEAD')
    parser.add_argument('--first-parent', action='store_true')
    given = parser.parse_args()
    copydesk, folder = given.copydesk.resolve(), given.repository.resolve()
    site = folder / given.root
    wrong, differing, first, second, skipped = [], 0, [], [], 0
    chosen = commits(folder, given.branch, given.root, given.changes, given.first_parent)
    for commit in chosen:
        base = parent(folder, commit)
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            old = bodies(copydesk, site, base, scratch / 'old')
            new = bodies(copydesk, site, commit, scratch / 'new')
        if old is None or new is None:
            skipped += 1
            continue
        arguments = (copydesk, 'review', 'status', commit, '--base', base, '--root', site, '--json')
        for times in (first, second):
            begun = time.monotonic()
            run = subprocess.run(arguments, capture_output=True)
            times.append(time.monotonic() - begun)
        outline = subprocess.run((copydesk, 'review', 'outline', commit, '--base', base,
                                  '--root', site), capture_output=True)
        if run.returncode or outline.returncode:
            wrong.append(f'{commit}: ends {run.returncode} and {outline.returncode}: '
                         + run.stderr.decode())
            continue
        told = json.loads(run.stdout)['pages']
        differing += len(told)
        wrong += [f'{commit[:10]} {line}' for line in compare(old, new, told)]
    for line in wrong:
        print(line)
    first, second = sorted(first), sorted(second)
    print(f'{len(chosen)} changes ({skipped} that no side of can be built), {differing} pages told, '
          f'{len(wrong)} wrong; status: median {first[len(first) // 2]:.3f} s the first time, '
          f'{second[len(second) // 2]:.3f} s the second, at most {first[-1]:.2f} and {second[-1]:.2f} s')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
