#!/usr/bin/env python3
"""Measure how long Copydesk takes when it has almost nothing to do.

    measure_start.py --copydesk PATH [-n 200]

Measured are `--help`, `--version`, and the build of a site of three pages in a git repository: into
a new folder, and again when nothing has changed. The commands take turns. What it costs to start
any program from here is shown with them, by one that does nothing, and is contained in their
figures. Files are on tmpfs where there is /dev/shm. Python's standard library is enough.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGES = {
    'book.toml': '[book]\ntitle = "Small"\n',
    'content/index.md': '# Home\n\nTo [the guide](guide/index.md).\n',
    'content/guide/index.md': '# Guide\n\n```rust\nfn main() {}\n```\n',
    'content/guide/install.md': '# Install\n\n> [!NOTE]\n> Back [home](../index.md).\n',
}


def run(command, env):
    """Milliseconds of one run."""
    start = time.perf_counter()
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    took = (time.perf_counter() - start) * 1000
    if done.returncode:
        sys.exit(f'{command} ended {done.returncode}')
    return took


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--copydesk', required=True, type=os.path.abspath)
    parser.add_argument('-n', type=int, default=200, help='runs of each command')
    arguments = parser.parse_args()
    shm = '/dev/shm' if os.path.isdir('/dev/shm') else None
    with tempfile.TemporaryDirectory(prefix='measure-start-', dir=shm) as folder:
        site, out = Path(folder) / 'site', Path(folder) / 'out'
        for name, text in PAGES.items():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(text, 'utf-8')
        env = {'PATH': os.environ['PATH'], 'HOME': folder, 'GIT_CONFIG_GLOBAL': os.devnull,
               'GIT_CONFIG_NOSYSTEM': '1'}
        for git in (['init', '--quiet'], ['add', '--all'],
                    ['-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-qm', 'all']):
            subprocess.run(['git', '-C', site, *git], env=env, check=True)
        build = [arguments.copydesk, 'build', site, '--out', out]
        commands = {
            'a program that does nothing': [shutil.which('true')],
            '--help': [arguments.copydesk, '--help'],
            '--version': [arguments.copydesk, '--version'],
            'build, 3 pages, cold': build,
            'build, 3 pages, nothing changed': build,
        }
        times = {name: [] for name in commands}
        for turn in range(arguments.n + 5):
            shutil.rmtree(out, ignore_errors=True)
            shutil.rmtree(site / '.copydesk', ignore_errors=True)
            for name, command in commands.items():
                took = run(command, env)
                # The first turns bring everything into memory.
                if turn >= 5:
                    times[name].append(took)
    print('| Command | Smallest, ms | Median, ms | 95th percentile, ms |\n|---|--:|--:|--:|')
    for name, values in times.items():
        values.sort()
        last = values[min(len(values) - 1, len(values) * 95 // 100)]
        print(f'| {name} | {values[0]:.1f} | {statistics.median(values):.1f} | {last:.1f} |')


if __name__ == '__main__':
    main()
