#!/usr/bin/env python3
"""Measure `copydesk lint` over a folder of Markdown, and show that its reports never differ.

    lint.py COPYDESK SITE [--runs N] [--bytes N] [--warm | --same]

SITE is a folder with its lint configuration; it is copied, and the copy is worked on. `--bytes`
takes so many bytes of Markdown only, the first files by path; `--warm` leaves out the cold runs.
Printed are, each as smallest, median and largest value:

    cold          without cache, as people run it (one report of a hundred findings)
    same          with the cache, nothing changed
    edited        with the cache, one file changed
    all           with the cache, nothing changed, every finding printed (`--format line`)
    stdin         one file as an editor sends it, the median file by size
    stdin, large  the same with the largest file below 50 kB

With `--same`, each report format is written N times, half of them without the cache and with one,
two, and four threads in turn; all must have the same bytes. Ends 1 where they have not.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from measure import run, show, summary

FORMATS = ('human', 'json', 'jsonl', 'line', 'vale-json', 'sarif', 'github', 'gitlab', 'junit',
           'checkstyle', 'rdjson', 'rdjsonl', 'markdown')


def copied(site, into, limit):
    """Copies a site without its cache; returns its Markdown files."""
    ignored = shutil.ignore_patterns('.copydesk', '.git')
    shutil.copytree(site, into, ignore=ignored, symlinks=True)
    files = sorted(path for path in into.rglob('*.md') if path.is_file())
    kept, size = [], 0
    for path in files:
        if limit and size >= limit:
            path.unlink()
            continue
        kept.append(path)
        size += path.stat().st_size
    print(f'{len(kept)} files, {size / 1e6:.1f} MB of Markdown')
    return kept


def told(program, site):
    """What the last line says: files and findings."""
    done = subprocess.run([program, 'lint'], cwd=site, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith('checked ')]
    print(lines[-1] if lines else done.stderr[-500:])


def times(program, site, files, runs, cold):
    lint = [program, 'lint']

    def series(label, command, before=None):
        rows, codes = [], set()
        for turn in range(runs):
            if before:
                before(turn)
            figures, code = run(command, cwd=site)
            rows.append(figures)
            codes.add(code)
        show(summary(label, rows, sorted(codes)))

    def edit(turn):
        with open(files[(turn * 97 + 3) % len(files)], 'a', encoding='utf-8') as file:
            file.write(f'\nWe utilize one more, number {turn}.\n')
        time.sleep(0.05)

    if cold:
        series('cold', lint + ['--no-cache'])
    # Twice: stamps are believed once the clock of the file system has moved on.
    for _ in range(2):
        run(lint, cwd=site)
        time.sleep(0.05)
    series('same', lint)
    series('edited', lint, edit)
    series('all', lint + ['--format', 'line'])
    by_size = sorted(files, key=lambda path: path.stat().st_size)
    small = [path for path in by_size if path.stat().st_size < 50_000] or by_size[:1]
    for label, path in (('stdin', by_size[len(by_size) // 2]), ('stdin, large', small[-1])):
        command = lint + ['--format', 'json', '--stdin', '--stdin-path', str(path)]
        rows, codes = [], set()
        for _ in range(runs + 1):
            start = time.monotonic()
            with open(path, encoding='utf-8', errors='replace') as text:
                code = subprocess.run(command, cwd=site, stdin=text, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL).returncode
            rows.append((time.monotonic() - start, 0, 0))
            codes.add(code)
        # The first run finds suggestions that the others remember.
        print(f'{label}, first: {rows[0][0]:.3f} s, {path.stat().st_size} bytes')
        show(summary(label, rows[1:], sorted(codes)))


def never_differ(program, site, runs, formats):
    good = True
    for name in formats:
        hashes = set()
        for turn in range(runs):
            command = [program, 'lint', '--format', name] + ['--no-cache'] * (turn % 2)
            environment = dict(os.environ, RAYON_NUM_THREADS=str((1, 2, 4)[turn % 3]))
            out = subprocess.run(command, cwd=site, env=environment, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL).stdout
            hashes.add((hashlib.sha256(out).hexdigest(), len(out)))
        sizes = ', '.join(f'{size} bytes' for _, size in sorted(hashes))
        print(f'{name:10} {runs} runs: {"the same, " if len(hashes) == 1 else "DIFFERENT: "}{sizes}',
              flush=True)
        good &= len(hashes) == 1
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('site', type=pathlib.Path)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--bytes', type=int, default=0)
    parser.add_argument('--warm', action='store_true')
    parser.add_argument('--same', action='store_true')
    parser.add_argument('--formats', default=','.join(FORMATS))
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR')) as folder:
        site = pathlib.Path(folder).resolve() / 'site'
        files = copied(arguments.site, site, arguments.bytes)
        told(program, site)
        if arguments.same:
            sys.exit(0 if never_differ(program, site, arguments.runs, arguments.formats.split(',')) else 1)
        times(program, site, files, arguments.runs, not arguments.warm)


if __name__ == '__main__':
    main()
