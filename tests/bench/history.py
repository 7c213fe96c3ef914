#!/usr/bin/env python3
"""Checks and measures what is found of a repository's files.

    cargo build --release --example history
    tests/bench/history.py check REPOSITORY --root docs [--files 200] [--seed 1]
    tests/bench/history.py measure REPOSITORY --root docs [-n 5]

`check` compares random files with a slow way that follows the stated meaning (see `FileFacts`) and
gets all it knows from git's own commands. For some of the files it asks git once more, for the file
alone. Ends with 1 where something differs.

`measure` runs ours and `git log --name-only --no-merges --no-renames` over the same history in turn,
and prints a table in Markdown. Cold is with nothing kept, warm with what an earlier run has kept;
both are whole processes.
"""

import argparse
import collections
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

BINARY = os.path.join(os.path.dirname(__file__), '../../target/release/examples/history')
EMPTY = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
CO_AUTHOR = re.compile(r'^co-authored-by:([^<\n]*)<([^>\n]*)>', re.IGNORECASE | re.MULTILINE)


def git(repository, *arguments, stdin=None):
    done = subprocess.run(
        ['git', '-c', 'core.quotePath=false', '-C', repository, *arguments],
        input=stdin, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode('utf-8', 'surrogateescape')


def ours(repository, rev, root, *more):
    command = [BINARY, repository, rev, '--root', root, *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    files = {}
    for line in done.stdout.decode().splitlines():
        path, first, last, author, commits, contributors = line.split('\t')
        files[path] = (first, last, author, commits, contributors)
    return files


class Commit:
    def __init__(self, parents, when, people):
        self.parents, self.when, self.people, self.changes = parents, when, people, []


def read_commits(repository, rev):
    """Every commit with its parents, time, people and, but for merges, its changed paths."""
    commits = {}
    form = '%x1e%H%x1f%P%x1f%ct%x1f%an%x1f%ae%x1f%B'
    for record in git(repository, 'log', '--encoding=UTF-8', f'--format={form}', rev).split('\x1e')[1:]:
        name, parents, when, author, email, message = record.split('\x1f', 5)
        people = [(author.strip(), email.strip())]
        for found in CO_AUTHOR.finditer(message):
            person = (found.group(1).strip(), found.group(2).strip())
            if person not in people[1:]:
                people.append(person)
        commits[name] = Commit(parents.split(), int(when), people)
    raw = git(repository, 'log', '--raw', '-z', '--no-renames', '--no-abbrev', '--no-merges', '--root',
              '--format=%x1e%H', rev)
    for record in raw.split('\x1e')[1:]:
        name, _, rest = record.partition('\0')
        fields = rest.lstrip('\n\0').split('\0')
        for status, path in zip(fields[::2], fields[1::2]):
            old_mode, new_mode, old, new, _ = status.lstrip('\n').lstrip(':').split(' ')
            # Submodules are no files.
            old = None if old_mode in ('000000', '160000') else old
            new = None if new_mode in ('000000', '160000') else new
            if old != new:
                commits[name].changes.append((path, old, new))
    return commits


def in_order(commits):
    """The commits by time, each a second later than its parents, then by id."""
    times = {}
    for start in commits:
        stack = [start]
        while stack:
            name = stack[-1]
            missing = [p for p in commits[name].parents if p not in times]
            if name in times or not missing:
                stack.pop()
                after = [times[p] + 1 for p in commits[name].parents]
                times[name] = max([commits[name].when, *after])
            else:
                stack.extend(missing)
    return sorted(commits, key=lambda name: (times[name], name))


def name_of(path):
    return path.rsplit('/', 1)[-1]


def follow(commits, order):
    """For each path the commits that changed the file that is there, and all that were renamed."""
    touches, gone, renamed = {}, {}, set()

    def now(path):
        while path in gone:
            path = gone[path]
        return path

    for name in order:
        changes = commits[name].changes
        by_bytes = lambda change: change[0].encode('utf-8', 'surrogateescape')
        removed = sorted((c for c in changes if c[2] is None), key=by_bytes)
        added = sorted((c for c in changes if c[1] is None), key=by_bytes)
        renames = []
        for same_name in (True, False):
            waiting = collections.defaultdict(list)
            for change in removed:
                key = (change[1], name_of(change[0]) if same_name else None)
                waiting[key].append(change)
            left = []
            for change in added:
                key = (change[2], name_of(change[0]) if same_name else None)
                if change[2] != EMPTY and waiting[key]:
                    source = waiting[key].pop(0)
                    removed.remove(source)
                    renames.append((source[0], change[0]))
                else:
                    left.append(change)
            added = left
        renamed.update(path for pair in renames for path in pair)
        for old, new in sorted(renames, key=lambda pair: pair[0].encode('utf-8', 'surrogateescape')):
            old = now(old)
            if old != new:
                touches[new] = list(touches.get(old, []))
                gone.pop(new, None)
                gone[old] = new
        for path, _, _ in added:
            if gone.pop(path, None) is not None:
                touches[path] = []
            touches.setdefault(path, []).append(name)
        for path, old, new in changes:
            if old is not None and new is not None:
                for place in {path, now(path)}:
                    touches.setdefault(place, []).append(name)
    return touches, renamed


def who_is_who(repository, rev, commits, order):
    """For each person of the commits the name that is shown."""
    people = sorted({person for name in order for person in commits[name].people})
    lines = ''.join(f'{name} <{email}>\n' for name, email in people)
    mapped = {}
    try:
        git(repository, 'rev-parse', '--verify', '--quiet', f'{rev}:.mailmap')
        out = git(repository, '-c', f'mailmap.blob={rev}:.mailmap', 'check-mailmap', '--stdin',
                  stdin=lines.encode('utf-8', 'surrogateescape'))
        for person, line in zip(people, out.splitlines()):
            found = re.fullmatch(r'(.*?) ?<(.*)>', line)
            mapped[person] = (found.group(1), found.group(2)) if all(person) else person
    except subprocess.CalledProcessError:
        mapped = {person: person for person in people}
    used, turn = {}, 0
    for name in order:
        both = commits[name].people
        for person in [*both[1:], both[0]]:
            turn += 1
            used[person] = turn
    last_name = {}
    for person in sorted(people, key=used.get):
        name, email = mapped[person]
        last_name[email.lower() or '\0' + name] = name
    shown = {}
    for person in people:
        name, email = mapped[person]
        shown[person] = last_name[email.lower() or '\0' + name]
    return shown


def slowly(repository, rev):
    commits = read_commits(repository, rev)
    order = in_order(commits)
    shown = who_is_who(repository, rev, commits, order)
    return commits, *follow(commits, order), shown


def known(commits, shown, history):
    if not history:
        return ('-', '-', '-', '-', '')
    counts = {}
    for name in history:
        once = []
        for person in commits[name].people:
            if shown[person] not in once and not shown[person].endswith('[bot]'):
                once.append(shown[person])
        for person in once:
            counts[person] = counts.get(person, 0) + 1
    contributors = sorted(counts, key=lambda person: -counts[person])
    author = shown[commits[history[-1]].people[0]]
    return (history[0], history[-1], author, str(len(history)), '|'.join(contributors))


def alone(repository, rev, path):
    """The commits that git names for a path alone: neither removals nor changes of rights."""
    out = git(repository, 'log', '--full-history', '--no-merges', '--raw', '--no-renames',
              '--no-abbrev', '--format=%x1e%H', rev, '--', path)
    names = set()
    for record in out.split('\x1e')[1:]:
        name, *lines = record.split('\n')
        for line in lines:
            fields = line.lstrip(':').split(' ')
            if line.startswith(':') and fields[2] != fields[3] and fields[1] != '000000':
                names.add(name)
    return names


def check(options):
    rev = git(options.repository, 'rev-parse', options.rev).strip()
    found = ours(options.repository, rev, options.root)
    commits, touches, renamed, shown = slowly(options.repository, rev)
    paths = sorted(found)
    if options.files and options.files < len(paths):
        paths = random.Random(options.seed).sample(paths, options.files)
    wrong = 0
    for path in paths:
        expected = known(commits, shown, touches.get(path))
        if found[path] != expected:
            wrong += 1
            print(f'{path}\n  ours   {found[path]}\n  slowly {expected}')
    # Git knows nothing of the time under another name.
    asked = [path for path in paths if path not in renamed][:options.alone]
    for path in asked:
        differing = alone(options.repository, rev, path) ^ set(touches.get(path, []))
        if differing:
            wrong += 1
            print(f'{path}: git alone disagrees about {sorted(differing)}')
    print(f'{len(paths)} of {len(found)} files compared, {len(asked)} with git alone, {wrong} differ')
    return 1 if wrong else 0


def timed(command):
    started, usage = time.monotonic(), os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = os.times()
    cpu = (after.children_user + after.children_system
           - usage.children_user - usage.children_system)
    return time.monotonic() - started, cpu


def measure(options):
    with tempfile.TemporaryDirectory() as folder:
        kept = os.path.join(folder, 'kept')
        ours(options.repository, options.rev, options.root, '--keep', kept)
        cold = [BINARY, options.repository, options.rev, '--root', options.root]
        commands = {
            'git log': ['git', '-C', options.repository, 'log', '--name-only', '--no-merges',
                        '--no-renames', options.rev],
            'cold': cold,
            'warm': [*cold, '--previous', kept],
        }
        runs = {name: [] for name in commands}
        for turn in range(options.n + 1):
            for name, command in commands.items():
                figures = timed(command)
                if turn:
                    runs[name].append(figures)
        count = git(options.repository, 'rev-list', '--count', options.rev).strip()
        kilobytes = os.path.getsize(kept) // 1024
    print(f'{count} commits, folder `{options.root}`, {kilobytes} kB kept\n')
    print('| Command | Wall (median) | Fastest | CPU | Beside `git log` |\n|---|--:|--:|--:|--:|')
    base = statistics.median(wall for wall, _ in runs['git log'])
    for name, figures in runs.items():
        wall = statistics.median(wall for wall, _ in figures)
        fastest = min(wall for wall, _ in figures)
        cpu = statistics.median(cpu for _, cpu in figures)
        print(f'| {name} | {wall * 1000:.0f} ms | {fastest * 1000:.0f} ms | {cpu * 1000:.0f} ms '
              f'| {wall / base:.2f} |')
    return 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, run in (('check', check), ('measure', measure)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument('repository')
        command.add_argument('--root', default='', help='the content folder')
        command.add_argument('--rev', default='HEAD')
        if name == 'check':
            command.add_argument('--files', type=int, default=200, help='how many; 0 for all')
            command.add_argument('--alone', type=int, default=10, help='how many with git alone')
            command.add_argument('--seed', type=int, default=1)
        else:
            command.add_argument('-n', type=int, default=5, help='measured runs of each')
    options = parser.parse_args()
    return options.run(options)


if __name__ == '__main__':
    sys.exit(main())
