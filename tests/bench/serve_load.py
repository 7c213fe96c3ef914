#!/usr/bin/env python3
"""Puts load on Copydesk's preview: many clients while files change, changes of branches, and memory over
time.

    serve_load.py clients SITE --copydesk target/release/copydesk [--clients 200] [--seconds 60]
    serve_load.py switch  SITE --copydesk target/release/copydesk [--switches 6] [--differ 1000]
    serve_load.py soak    SITE --copydesk target/release/copydesk [--seconds 300] [--clients 20]

The readers are a program of their own, as Python would take the time that it measures: build it with
`cargo build --release --example serve_load`.

SITE is a folder of the layout `plain` of `make_corpus.py`. It is copied, and made a repository with two
branches that differ in `--differ` pages where branches are needed. Ends with 1 where a bar is missed.
"""
import argparse
import collections
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from serve import SERVERS, Preview, cpu, get, memory, quantile, wait_for

COPYDESK = SERVERS[0]
# Each page of the two branches names its branch at its beginning and at its end.
SIDE = re.compile(rb'side-(one|two)')


class Results:
    """What the readers of `serve_load.rs` tell."""

    def __init__(self, told):
        self.times, self.failed, self.sides = told['times'], told['failed'], told['sides']

    def mixed(self):
        return [build for build, sides in self.sides.items() if len(sides) > 1]


def git(root, *arguments):
    # No timestamps are of interest here, and no configuration of this machine either.
    env = {'PATH': os.environ['PATH'], 'HOME': str(root), 'GIT_CONFIG_GLOBAL': os.devnull}
    subprocess.run(['git', '-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c',
                    'gc.auto=0', *arguments], cwd=root, env=env, check=True, capture_output=True)


def addresses(root, pages):
    return [COPYDESK.address(page.parent.name, page.stem) for page in pages]


def branches(root, pages, differ):
    """Makes a repository of two branches."""
    (root / '.gitignore').write_text('.copydesk\nbook\n')
    git(root, 'init', '--quiet', '--initial-branch', 'one')
    texts = {page: page.read_bytes() for page in pages[:differ]}

    def write(side):
        for page, text in texts.items():
            front, title, body = text.split(b'\n# ', 1)[0], *text.split(b'\n# ', 1)[1].split(b'\n', 1)
            page.write_bytes(front + b'\n# ' + title + b'\n\nside-' + side + b'\n' + body
                             + b'\n\nside-' + side + b'\n')
    write(b'one')
    git(root, 'add', '.')
    git(root, 'commit', '--quiet', '--message', 'One')
    git(root, 'switch', '--quiet', '--create', 'two')
    write(b'two')
    git(root, 'commit', '--quiet', '--all', '--message', 'Two')
    git(root, 'switch', '--quiet', 'one')
    return list(texts)


def clients(preview, root, pages, options, change):
    """Runs readers while `change` is called again and again with a number; it says how long to rest."""
    arguments = [preview.port, options.clients, options.seconds, options.pause * 1000]
    readers = subprocess.Popen([options.readers, *map(str, arguments)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    answer, number = [], 0
    # They say all at the end, more than a pipe holds.
    listening = threading.Thread(target=lambda: answer.append(
        readers.communicate('\n'.join(addresses(root, pages)))[0]))
    listening.start()
    while readers.poll() is None:
        time.sleep(change(number))
        number += 1
    listening.join()
    print(f'changes          {number:10}')
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f'readers used     {(used.ru_utime + used.ru_stime) / options.seconds:10.2f} processors')
    return Results(json.loads(answer[0]))


def report(results, seconds):
    times = results.times
    print(f'requests         {len(times):10} ({len(times) / seconds:.0f} a second)')
    print(f'failed           {len(results.failed):10} {results.failed[:3]}')
    print(f'median, ms       {statistics.median(times):10.1f}')
    print(f'99 %, ms         {quantile(times, 0.99):10.1f}')
    print(f'slowest, ms      {max(times):10.1f}')


def editor(pages):
    """Edits one page after the other, and now and then many."""
    texts = {page: page.read_bytes() for page in pages}

    def change(number):
        some = pages[:50] if number % 25 == 24 else [pages[number % len(pages)]]
        for page in some:
            edited = f'\n\nedit-{number}-first\n\nedit-{number}-last\n'
            temporary = page.with_suffix('.tmp~')
            temporary.write_bytes(texts[page] + edited.encode())
            temporary.rename(page)
        return 0.2
    return change


def run_clients(preview, root, pages, options):
    shown = pages[:: max(1, len(pages) // 400)]
    results = clients(preview, root, shown, options, editor(shown))
    report(results, options.seconds)
    print(f'mixed builds     {len(results.mixed()):10} of {len(results.sides)}')
    return not results.failed and not results.mixed() and quantile(results.times, 0.99) <= 100


def run_switch(preview, root, pages, options):
    differing = branches(root, pages, options.differ)
    preview.rests()
    samples = addresses(root, differing[:: max(1, len(differing) // 25)])
    took, sides = [], collections.defaultdict(set)
    for number in range(options.switches):
        side = ('two', 'one')[number % 2]
        git(root, 'switch', '--quiet', side)
        done = time.perf_counter()
        wanted = f'side-{side}'.encode()
        last = done
        for address in samples * 2:
            seen = wait_for(preview.port, address, wanted, 30)
            last = max(last, seen or done + 30)
        took.append(last - done)
        for address in samples:
            status, body = get(preview.port, address)
            sides[number] |= set(SIDE.findall(body)) if status == 200 else {status}
        time.sleep(1)
    mixed = [number for number, found in sides.items() if len(found) != 1]
    print(f'switch, s        median {statistics.median(took):.2f}, slowest {max(took):.2f}')
    print(f'mixtures         {len(mixed):10}')
    return max(took) <= 2 and not mixed


def run_soak(preview, root, pages, options):
    differing = branches(root, pages, min(options.differ, len(pages)))
    preview.rests()
    change = editor(differing[:100])
    at = {'switched': time.perf_counter(), 'side': 'one', 'told': 0.0}
    sizes = []

    def all_changes(number):
        now = time.perf_counter()
        sizes.append((now, memory(preview.process.pid)))
        if now - at['told'] > 20:
            at['told'] = now
            print(f'  {now - preview.begun:5.0f} s {sizes[-1][1]:7.0f} MiB', flush=True)
        if now - at['switched'] > 20:
            at['switched'] = now
            at['side'] = 'two' if at['side'] == 'one' else 'one'
            git(root, 'switch', '--quiet', '--force', at['side'])
            return 1
        return change(number)
    results = clients(preview, root, pages[::50], options, all_changes)
    report(results, options.seconds)
    # The first minute brings everything to use that ever will be.
    begun = sizes[0][0]
    early = [size for when, size in sizes if 60 <= when - begun < 120]
    late = [size for when, size in sizes if when > sizes[-1][0] - 60]
    growth = statistics.median(late) / statistics.median(early or late) - 1
    print(f'memory, MiB      {statistics.median(early or late):10.0f} {statistics.median(late):.0f}')
    print(f'growth           {growth * 100:10.1f} %')
    return not results.failed and growth <= 0.05


def main():
    runs = {'clients': run_clients, 'switch': run_switch, 'soak': run_soak}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', choices=runs)
    parser.add_argument('site', type=Path)
    parser.add_argument('--copydesk', required=True, type=os.path.abspath)
    parser.add_argument('--clients', type=int)
    parser.add_argument('--seconds', type=int)
    parser.add_argument('--pause', type=float, default=0.25, help='of a client, in seconds')
    parser.add_argument('--switches', type=int, default=6)
    parser.add_argument('--differ', type=int, default=1000)
    parser.add_argument('--port', type=int, default=3988)
    parser.add_argument('--scratch', type=Path, default=Path('/dev/shm'), help='a folder on tmpfs')
    parser.add_argument('--readers', type=Path, help='default: that beside the program')
    options = parser.parse_args()
    options.readers = options.readers or Path(options.copydesk).parent / 'examples' / 'serve_load'
    soak = options.what == 'soak'
    options.clients = options.clients or (20 if soak else 200)
    options.seconds = options.seconds or (300 if soak else 60)
    with tempfile.TemporaryDirectory(prefix='serve-load-', dir=options.scratch) as scratch:
        root = Path(scratch) / 'site'
        shutil.copytree(options.site, root, ignore=shutil.ignore_patterns('.copydesk', 'book'))
        pages = sorted(root.rglob('page-*.md'))
        if options.what != 'clients':
            # What is watched begins with a repository.
            git(root, 'init', '--quiet', '--initial-branch', 'one')
        with Preview(COPYDESK, options.copydesk, root, options.port) as preview:
            first = wait_for(options.port, addresses(root, pages)[0], b'</html>', 60)
            if first is None:
                sys.exit('the preview does not answer')
            preview.rests()
            print(f'pages            {len(pages):10}')
            print(f'memory, MiB      {memory(preview.process.pid):10.0f}')
            before, begun = cpu(preview.process.pid), time.perf_counter()
            kept = runs[options.what](preview, root, pages, options)
            used = (cpu(preview.process.pid) - before) / (time.perf_counter() - begun)
            print(f'processors used  {used:10.2f}')
            print(f'memory, MiB      {memory(preview.process.pid):10.0f}')
    sys.exit(0 if kept else 1)


if __name__ == '__main__':
    main()
