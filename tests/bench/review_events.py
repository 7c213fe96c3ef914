#!/usr/bin/env python3
"""Time `copydesk review status` on a change with many events, beside the same change with none.

    review_events.py --copydesk P [--events N] [--signed] [--loose] [--runs R] [--keep DIR] [--limit S]

A repository is made: 40 pages, a branch that edits 20 of them, and a change with N events as people
say them (comments on lines, answers, settled threads, approvals, rejections, holds and their ends),
each in a commit of its own, written with `git fast-import`. With `--signed` every event is signed by
one of six keys, and the target counts only what is signed. With `--loose` git's objects lie in files
of their own, as Copydesk writes them, else in a pack, as git keeps them after `git gc`.

Three states are timed, R times each, and told with the median:

    first    nothing is known: no cache, and no tip that was seen before
    new      all is known but the last 20 events
    again    all is known

Ends 1 where the median of `again` or `new` is above the limit (1 second), or that of `first` without
signatures.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PAGES = 40
EDITED = 20
PEOPLE = ['ada', 'bob', 'cy', 'dan', 'eve', 'fay']
START = 1_767_000_000

BOOK = '''[book]
title = "Many events"
[review]
waive = ["ada@example.org"]
{signers}
[[review.stages]]
id = "editor"
digest = "prose"
[[review.stages]]
id = "dev"
needs = 2
[[review.stages]]
id = "qa"
after = ["editor", "dev"]
digest = "render"
'''


def run(command, cwd, data=None):
    done = subprocess.run(command, cwd=cwd, input=data, capture_output=True, env=environment())
    if done.returncode:
        sys.exit(f'{command}: {done.stderr.decode("utf-8", "replace")}')
    return done.stdout


def environment():
    env = dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1',
               SOURCE_DATE_EPOCH=str(START + 10_000_000))
    for who in ('AUTHOR', 'COMMITTER'):
        env[f'GIT_{who}_NAME'], env[f'GIT_{who}_EMAIL'] = 'Writer', 'writer@example.org'
    return env


def git(folder, *arguments, data=None):
    return run(['git', '-c', 'init.defaultBranch=main', *arguments], folder, data).decode()


def page(number, version):
    lines = [f'# Page {number}', '']
    for paragraph in range(30):
        lines += [f'Paragraph {paragraph} of page {number} says something about water, version {version}.', '']
    return '\n'.join(lines)


def make_site(folder, keys):
    (folder / 'docs').mkdir(parents=True)
    git(folder, 'init', '--quiet')
    signers = ''
    if keys:
        signers = 'allowed-signers = "allowed"'
        listed = [f'{who}@example.org {(keys / f"{who}.pub").read_text()}' for who in PEOPLE]
        (folder / 'allowed').write_text(''.join(listed))
    (folder / 'book.toml').write_text(BOOK.format(signers=signers))
    (folder / 'docs/index.md').write_text('# Home\n')
    for number in range(PAGES):
        (folder / f'docs/page-{number}.md').write_text(page(number, 1))
    git(folder, 'add', '--all')
    git(folder, 'commit', '--quiet', '-m', 'main')
    git(folder, 'checkout', '--quiet', '-b', 'topic')
    for number in range(EDITED):
        (folder / f'docs/page-{number}.md').write_text(page(number, 2))
    git(folder, 'commit', '--quiet', '--all', '-m', 'topic')


def make_keys(folder):
    folder.mkdir()
    for who in PEOPLE:
        run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', str(folder / who)], folder)
    return folder


def bodies(folder, count, rows):
    """What is said, in order; ids of earlier events are put in when they are known."""
    blobs = {}
    for line in git(folder, 'ls-tree', '-r', 'topic', 'docs').splitlines():
        meta, path = line.split('\t')
        blobs[path] = meta.split()[2]
    texts = {path: git(folder, 'cat-file', '-p', blob) for path, blob in blobs.items()}
    paths = [f'docs/page-{number}.md' for number in range(EDITED)]
    for at in range(count):
        turn, path = at % 20, paths[at % len(paths)]
        if turn < 7:
            line = 3 + 2 * (at % 30)
            text = texts[path]
            start = sum(len(one) + 1 for one in text.split('\n')[:line - 1])
            exact = text.split('\n')[line - 1]
            yield 'comment', path, lambda ids, p=path, s=start, e=exact, n=line, at=at: {
                'anchor': {'path': p, 'blob': blobs[p], 'start': s, 'end': s + len(e), 'line': n,
                           'headings': [e.split(' of ')[0]], 'block': 'paragraph',
                           'quote': {'exact': e}},
                'text': f'Is that so? ({at})', 'blocking': at % 3 == 0}
        elif turn < 12:
            yield 'comment', None, lambda ids, at=at: {
                'parent': ids['comment'][-1], 'text': f'It is. ({at})'}
        elif turn < 16:
            yield 'resolve', None, lambda ids, at=at: {'comment': ids['root'][-(1 + at % 4)]}
        elif turn < 19:
            row = rows[at % len(rows)]
            yield ('reject' if at % 17 == 0 else 'approve'), None, lambda ids, row=row, at=at: {
                'stage': ['editor', 'dev', 'qa'][at % 3],
                'pages': [{'path': row['path'], 'url': row['url'], 'digests': row['digests']}],
                'note': f'Seen ({at})'}
        elif at % 40 == 19:
            yield 'hold', None, lambda ids, at=at: {'reason': f'Not yet ({at})'}
        else:
            yield 'release', None, lambda ids: {'hold': ids['hold'][-1]}


def make_events(folder, count, rows):
    """The events as (author, id, bytes), in order."""
    found, ids = [], {'comment': [], 'root': [], 'hold': []}

    def add(kind, body, change, seen):
        who = PEOPLE[len(found) % len(PEOPLE)]
        event = {'v': 1, 'kind': kind}
        if change:
            event['change'] = change
        event |= {'target': 'main', 'author': {'name': who, 'email': f'{who}@example.org'},
                  'time': START + len(found) * 60, 'lamport': len(found) + 1}
        if seen:
            event['seen'] = [seen]
        event['body'] = body
        data = json.dumps(event, separators=(',', ':')).encode() + b'\n'
        name = hashlib.sha256(data).hexdigest()
        found.append((who, name, data))
        return name

    change = last = add('open', {'branch': 'topic', 'title': 'Many'}, None, None)
    for kind, path, body in bodies(folder, count - 1, rows):
        last = add(kind, body(ids), change, last)
        if kind in ids:
            ids[kind].append(last)
        if kind == 'comment' and path:
            ids['root'].append(last)
    return change, found


def signatures(events, keys, scratch):
    """A signature for each event: `ssh-keygen` takes many files at once."""
    found = {}
    scratch.mkdir()
    for who in PEOPLE:
        own = [(name, data) for author, name, data in events if author == who]
        for start in range(0, len(own), 200):
            part = own[start:start + 200]
            for name, data in part:
                (scratch / name).write_bytes(data)
            files = [str(scratch / name) for name, _ in part]
            run(['ssh-keygen', '-q', '-Y', 'sign', '-n', 'copydesk', '-f', str(keys / who), *files],
                scratch)
            for name, _ in part:
                found[name] = (scratch / f'{name}.sig').read_bytes()
    shutil.rmtree(scratch)
    return found


def write_events(folder, change, events, signed):
    """A commit for each event. Returns the commits."""
    ref = f'refs/copydesk/changes/{change}'
    stream, commits = [], []
    for number, (who, name, data) in enumerate(events):
        stream.append(b'commit %s\nmark :%d\ncommitter %s <%s@example.org> %d +0000\ndata 1\nx\n' %
                      (ref.encode(), number + 1, who.encode(), who.encode(), START + number * 60))
        files = [(f'events/{name[:2]}/{name}.json', data)]
        if name in signed:
            short = hashlib.sha256(signed[name]).hexdigest()[:10]
            files.append((f'events/{name[:2]}/{name}.{short}.sig', signed[name]))
        for path, content in files:
            stream.append(b'M 100644 inline %s\ndata %d\n%s\n' % (path.encode(), len(content), content))
    marks = folder / '.git/marks'
    git(folder, 'fast-import', '--quiet', f'--export-marks={marks}', data=b''.join(stream))
    for line in marks.read_text().splitlines():
        mark, commit = line.split()
        commits.append((int(mark[1:]), commit))
    return ref, [commit for _, commit in sorted(commits)]


def unpack(folder):
    packs = folder / '.git/objects/pack'
    away = folder / '.git/packs'
    packs.rename(away)
    packs.mkdir()
    for pack in away.glob('*.pack'):
        git(folder, 'unpack-objects', '-q', data=pack.read_bytes())
    shutil.rmtree(away)


def status(copydesk, folder):
    start = time.monotonic()
    out = run([copydesk, 'review', 'status', 'topic', '--json'], folder)
    return time.monotonic() - start, json.loads(out)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--copydesk', required=True)
    parser.add_argument('--events', type=int, default=10_000)
    parser.add_argument('--signed', action='store_true')
    parser.add_argument('--loose', action='store_true')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--keep', help='a folder for the repository, which then stays')
    parser.add_argument('--limit', type=float, default=1.0)
    arguments = parser.parse_args()
    copydesk = os.path.abspath(arguments.copydesk)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(arguments.keep or scratch).absolute()
        scratch.mkdir(exist_ok=True)
        folder = scratch / 'site'
        keys = make_keys(scratch / 'keys') if arguments.signed else None
        make_site(folder, keys)
        none, report = status(copydesk, folder)
        rows = report['sign_off']['pages']
        change, events = make_events(folder, arguments.events, rows)
        signed = signatures(events, keys, scratch / 'signing') if keys else {}
        ref, commits = write_events(folder, change, events, signed)
        if arguments.loose:
            unpack(folder)
        cache, seen = folder / '.copydesk', ref.replace('/changes/', '/seen/')

        def forget():
            shutil.rmtree(cache, ignore_errors=True)
            git(folder, 'update-ref', '-d', seen)

        times = {'first': [], 'new': [], 'again': []}
        for _ in range(arguments.runs):
            forget()
            took, report = status(copydesk, folder)
            times['first'].append(took)
            assert report['sign_off']['changes'][0]['events'] == arguments.events
            times['again'].append(status(copydesk, folder)[0])
            # Before the last events came.
            forget()
            git(folder, 'update-ref', ref, commits[-21])
            status(copydesk, folder)
            git(folder, 'update-ref', ref, commits[-1])
            times['new'].append(status(copydesk, folder)[0])
        shutil.rmtree(cache, ignore_errors=True)
        found = report['sign_off']
        closed = sum(cell['state'] == 'approved' for row in found['pages'] for cell in row['cells'])
        print(f'{len(events)} events, {"signed" if keys else "unsigned"}, '
              f'{"loose" if arguments.loose else "packed"}; {len(report["threads"])} threads, '
              f'{closed} cells approved, {len(found["ignored"])} events do not count; '
              f'the same without events, first: {none:.3f} s')
        for name, taken in times.items():
            print(f'{name:6} min {min(taken):.3f}  median {statistics.median(taken):.3f}  '
                  f'max {max(taken):.3f}')
        held = ['new', 'again'] + ([] if keys else ['first'])
        sys.exit(any(statistics.median(times[name]) > arguments.limit for name in held))


if __name__ == '__main__':
    main()
