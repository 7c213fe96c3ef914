#!/usr/bin/env python3
"""Many writers at once, and kills at random moments: is any event lost, is any ref broken?

    review_writers.py --copydesk P [--writers W] [--events N] [--kills K] [--seed S] [--keep DIR]

Twice: with W processes in one repository, and with W clones that meet at a bare remote and run `review
sync` after every third event. Together they write N comments. Meanwhile K commands, chosen at random,
are ended with SIGKILL after a random part of the time that such a command takes; whoever was ended
tries again.

A command has written an event when it has printed its id. At the end, after a last `sync` of every
clone, all of these must be in every clone, `git fsck` must find nothing, every ref must lead to a
commit, and `review status` must end 0. Printed are the numbers and the time; ends 1 where anything is
missing.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time


def environment():
    return dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1')


def git(folder, *arguments):
    done = subprocess.run(['git', '-c', 'init.defaultBranch=main', '-c', 'user.name=Ada',
                           '-c', 'user.email=ada@example.org', *arguments],
                          cwd=folder, capture_output=True, env=environment())
    if done.returncode:
        sys.exit(f'git {arguments} in {folder}: {done.stderr.decode("utf-8", "replace")}')
    return done.stdout.decode()


def named(folder, who):
    git(folder, 'config', 'user.name', who)
    git(folder, 'config', 'user.email', f'{who}@example.org')


class Run:
    """Writers, what they were told, and how many of their commands were ended."""

    def __init__(self, copydesk, kills, seed, events):
        self.copydesk, self.random = copydesk, random.Random(seed)
        self.lock = threading.Lock()
        self.told, self.failed = set(), []
        self.killed = 0
        # Which commands are ended, by their number.
        self.doomed = set(self.random.sample(range(max(events, kills)), kills))
        self.number = 0
        self.typical = 0.1

    def command(self, folder, *arguments):
        """The output of a command; none where it was ended."""
        with self.lock:
            number, part = self.number, self.random.random()
            self.number += 1
        start = time.monotonic()
        process = subprocess.Popen([self.copydesk, 'review', *arguments], cwd=folder, env=environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        doomed = number in self.doomed
        if doomed:
            time.sleep(part * self.typical)
            process.kill()
        out, err = process.communicate()
        with self.lock:
            if process.returncode == 0:
                self.typical = 0.9 * self.typical + 0.1 * (time.monotonic() - start)
            elif process.returncode == -9 and doomed:
                self.killed += 1
            else:
                self.failed.append((arguments[0], process.returncode, err.decode('utf-8', 'replace')))
        return out.decode(), process.returncode

    def write(self, folder, writer, count, sync):
        for n in range(count):
            while True:
                out, code = self.command(folder, 'comment', '--no-cache', '-m', f'{writer} says {n}')
                for line in out.split():
                    with self.lock:
                        self.told.add(line)
                if code == 0:
                    break
                if code != -9:
                    return
            if sync and n % 3 == 2:
                self.command(folder, 'sync')

    def writers(self, folders, count, sync):
        threads = [threading.Thread(target=self.write, args=(folder, number, count, sync))
                   for number, folder in enumerate(folders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def check(run, folders, bare=None):
    wrong = list(run.failed)
    for folder in dict.fromkeys(folders):
        done = subprocess.run([run.copydesk, 'review', 'status', '--json', '--no-cache'], cwd=folder,
                              capture_output=True, env=environment())
        if done.returncode:
            wrong.append((str(folder), 'status', done.stderr.decode('utf-8', 'replace')))
            continue
        known = {thread['id'] for thread in json.loads(done.stdout)['threads']}
        lost = run.told - known
        if lost:
            wrong.append((str(folder), 'lost', sorted(lost)))
    for folder in dict.fromkeys([*folders, *([bare] if bare else [])]):
        git(folder, 'fsck', '--strict', '--no-dangling')
        git(folder, 'for-each-ref', '--format=%(objecttype)', 'refs/copydesk')
    return wrong


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--copydesk', required=True)
    parser.add_argument('--writers', type=int, default=10)
    parser.add_argument('--events', type=int, default=1000)
    parser.add_argument('--kills', type=int, default=100)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep', help='a folder for the repositories, which then stay')
    arguments = parser.parse_args()
    copydesk = os.path.abspath(arguments.copydesk)
    each = arguments.events // arguments.writers
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(arguments.keep or scratch).absolute()
        scratch.mkdir(exist_ok=True)
        for through in ('one repository', 'a bare remote'):
            place = scratch / through.replace(' ', '-')
            site = place / 'site'
            (site / 'docs').mkdir(parents=True)
            git(site, 'init', '--quiet')
            (site / 'docs/index.md').write_text('# Home\n\nFirst.\n')
            git(site, 'add', '--all')
            git(site, 'commit', '--quiet', '-m', 'main')
            git(site, 'checkout', '--quiet', '-b', 'topic')
            (site / 'docs/index.md').write_text('# Home\n\nSecond.\n')
            git(site, 'commit', '--quiet', '--all', '-m', 'topic')
            named(site, 'ada')
            run = Run(copydesk, 0, arguments.seed, arguments.events)
            run.command(site, 'open')
            bare, folders = None, [site] * arguments.writers
            if through == 'a bare remote':
                bare, folders = place / 'hub', []
                git(place, 'init', '--quiet', '--bare', 'hub')
                git(site, 'remote', 'add', 'origin', '../hub')
                git(site, 'push', '--quiet', 'origin', 'main', 'topic')
                run.command(site, 'sync')
                for number in range(arguments.writers):
                    clone = place / f'clone-{number}'
                    git(place, 'clone', '--quiet', '--branch', 'topic', 'hub', clone.name)
                    named(clone, f'p{number}')
                    run.command(clone, 'sync')
                    folders.append(clone)
            commands = arguments.events * (4 if bare else 3) // 3
            begun = Run(copydesk, arguments.kills, arguments.seed, commands)
            begun.failed += run.failed
            start = time.monotonic()
            begun.writers(folders, each, bare is not None)
            took = time.monotonic() - start
            begun.doomed = set()
            if bare:
                for _ in range(2):
                    for clone in folders:
                        begun.command(clone, 'sync')
            wrong = check(begun, folders, bare)
            failed |= bool(wrong)
            print(f'{through}: {arguments.writers} writers, {len(begun.told)} events told of, '
                  f'{begun.killed} commands ended, {took:.1f} s, {len(wrong)} wrong')
            for what in wrong[:20]:
                print('   ', what)
    sys.exit(failed)


if __name__ == '__main__':
    main()
