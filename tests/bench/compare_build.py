#!/usr/bin/env python3
"""Build the same documentation with Copydesk and with other tools, and print a table in Markdown.

    compare_build.py --copydesk PATH [--peer hugo=PATH]... SOURCE_DIR...
                     [--pages 2000,10000] [--growth 1000,10000] [--pairs 5] [--slow-runs 1]
                     [--tools copydesk-pages,copydesk,hugo,...] [--scratch DIR] [--json FILE]

A corpus of each size is made from the Markdown files below the SOURCE_DIRs, in the layout of each
tool (`make_corpus.py`). The tools take turns: one turn builds with each of them once, the next one
in the opposite order. Copydesk is measured cold, when nothing has changed, and when one page has
been edited; its corpus is a git repository with one commit for each section. mdBook and Zensical
are measured at 2,000 pages at most, and only --slow-runs times where a build takes longer than
--slow seconds; the table says so. A peer is looked for in PATH unless --peer names it, by the
program itself and not by a script that starts it; one that is not found is "not measured".

Output and corpus are on tmpfs: creating thousands of small files on a disk takes many times what
the tools do, and never the same time. Each tool's output is checked in its first turn: the number
of pages, title and text of every page, its blocks of code, and whether these are highlighted. The
output after the edit must equal that of a clean build. The exit code is 1 where a check fails.

Python's standard library, git, and the tools are enough. Nothing else should run meanwhile.
"""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import builders
import check_output
import make_corpus
import measure

COLD, UNCHANGED, EDITED = 'cold', 'nothing changed', 'one page edited'
OURS = 'copydesk-pages'
LARGEST_GROWTH_OF_CODE = 3.0


class Measurements:
    def __init__(self):
        self.runs = {}      # (pages, tool, step) -> figures of each turn, none where not measured
        self.checked = {}   # (pages, tool) -> findings
        self.complaints = []

    def add(self, pages, tool, step, turn, figures):
        self.runs.setdefault((pages, tool, step), {})[turn] = figures

    def complain(self, pages, tool, what):
        self.complaints.append(f'{tool}, {pages} pages: {what}')
        say(f'  WRONG: {self.complaints[-1]}')

    def of(self, pages, tool, step=COLD):
        return self.runs.get((pages, tool, step), {})


def say(text):
    print(text, file=sys.stderr, flush=True)


def file_system(folder):
    """The type of the file system that holds a folder, where the system tells."""
    best = ('', 'unknown')
    try:
        mounts = Path('/proc/mounts').read_text('utf-8')
    except OSError:
        return best[1]
    for line in mounts.splitlines():
        _, place, kind = line.split()[:3]
        inside = str(folder) == place or str(folder).startswith(place.rstrip('/') + '/')
        if inside and len(place) >= len(best[0]):
            best = (place, kind)
    return best[1]


def make_repository(folder, env):
    """One commit for each section, a day apart."""
    def git(day, *arguments):
        date = f'{1_700_000_000 + 86_400 * day} +0000'
        done = subprocess.run(
            ['git', '-C', folder, '-c', 'user.name=Writer', '-c', 'user.email=writer@localhost',
             *arguments], env={**env, 'GIT_AUTHOR_DATE': date, 'GIT_COMMITTER_DATE': date},
            capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f'git: {done.stderr}')
    git(0, 'init', '--quiet')
    for day, section in enumerate(sorted((folder / 'docs').iterdir())):
        git(day, 'add', section)
        git(day, 'commit', '--quiet', '--message', section.name)


class Bench:
    def __init__(self, arguments, tools, programs, scratch):
        self.arguments = arguments
        self.tools = tools
        self.programs = programs
        self.out = scratch / 'out'
        self.clean = scratch / 'clean'
        self.corpus = scratch / 'corpus'
        self.home = scratch / 'home'
        self.home.mkdir()
        self.results = Measurements()

    def size(self, all_pages, count, tools, turns):
        """Measures tools on the first `count` pages."""
        pages = all_pages[:count]
        site = make_corpus.Site(pages, self.arguments.per_section)
        for layout in sorted({tool.layout for tool in tools}):
            make_corpus.LAYOUTS[layout](site, self.corpus, None)
        if (self.corpus / 'plain').exists():
            make_repository(self.corpus / 'plain', tools[0].environment(self.home))
        slow = set()
        for turn in range(turns):
            for tool in tools if turn % 2 == 0 else reversed(tools):
                if tool.name in slow and turn >= self.arguments.slow_runs:
                    continue
                say(f'{count} pages, turn {turn + 1} of {turns}: {tool.name}')
                wall = self.turn(tool, site, turn)
                if wall is None or (tool.largest and wall > self.arguments.slow):
                    slow.add(tool.name)
        shutil.rmtree(self.corpus)

    def turn(self, tool, site, turn):
        """Builds once, or three times; returns the wall time of the cold build."""
        count, root = len(site.pages), self.corpus / tool.layout
        out = tool.output(root, self.out)
        tool.clear(root, self.out)
        cold = self.run(tool, root, count, COLD, turn)
        if cold is None:
            tool.clear(root, self.out)
            return None
        if turn == 0:
            largest = LARGEST_GROWTH_OF_CODE if tool.incremental else None
            found = check_output.check(out, site.pages, tool.highlights, largest)
            self.results.checked[count, tool.name] = found
            for complaint in found.complaints:
                self.results.complain(count, tool.name, complaint)
        if tool.incremental:
            self.run(tool, root, count, UNCHANGED, turn)
            self.edit(tool, root, site, turn)
        tool.clear(root, self.out)
        return cold[0]

    def edit(self, tool, root, site, turn):
        count = len(site.pages)
        number = count // 2
        page = root / 'docs' / site.section(number) / f'{site.name(number)}.md'
        before = page.read_text('utf-8')
        sentence = f'A sentence that was added in turn {turn}.'
        page.write_text(f'{before}\n{sentence}\n', 'utf-8')
        self.run(tool, root, count, EDITED, turn)
        built = self.out / site.section(number) / f'{site.name(number)}.html'
        if sentence not in built.read_text('utf-8'):
            self.results.complain(count, tool.name, 'the edit is not in the output')
        if turn == 0:
            program = self.programs[tool.program]
            command = builders.copydesk(program, root, self.clean)
            if builders.has_option(program, builders.NO_CACHE):
                command.append(builders.NO_CACHE)
            measure.run(command, env=tool.environment(self.home))
            differing = check_output.difference(self.out, self.clean)
            if differing:
                self.results.complain(count, tool.name, f'differs from a clean build: {differing}')
            shutil.rmtree(self.clean)
        page.write_text(before, 'utf-8')

    def run(self, tool, root, count, step, turn):
        command = tool.command(self.programs[tool.program], root, self.out)
        figures, code = measure.run(command, cwd=root, env=tool.environment(self.home),
                                    timeout=self.arguments.timeout)
        if code == -9:
            self.results.add(count, tool.name, step, turn, None)
            return None
        if code not in tool.exits:
            self.results.complain(count, tool.name, f'{step}: exit code {code}')
        self.results.add(count, tool.name, step, turn, figures)
        return figures


def spread(values, digits):
    """The median, and the smallest and largest value where there are more than one."""
    text = f'{statistics.median(values):.{digits}f}'
    if len(values) > 1:
        text += f' ({min(values):.{digits}f}–{max(values):.{digits}f})'
    return text


def table(results, sizes, tools, arguments):
    """What each tool took."""
    lines = ['| Pages | Tool | Build | Runs | Wall, s | CPU, s | Peak, MiB | Output, MB | Code, HTML per byte |',
             '|--:|---|---|--:|--:|--:|--:|--:|--:|']
    for count in sizes:
        for tool in tools:
            steps = [COLD, UNCHANGED, EDITED] if tool.incremental else [COLD]
            for step in steps:
                row = figures_row(results, count, tool, step, arguments)
                lines.append(f'| {count:,} | {tool.title} | {step} | {row} |')
    return lines


def figures_row(results, count, tool, step, arguments):
    runs = results.of(count, tool.name, step)
    if not runs:
        return '0 | not measured | | | |'
    if None in runs.values():
        return f'1 | stopped after {arguments.timeout} s | | | |'
    wall, cpu, peak = zip(*runs.values())
    found = results.checked.get((count, tool.name)) if step == COLD else None
    size, growth = '', ''
    if found:
        size = f'{found.bytes / 1e6:.0f}'
        growth = f'{found.growth_of_code:.2f}' if tool.highlights and found.growth_of_code else ''
    return (f'{len(wall)} | {spread(wall, 2)} | {spread(cpu, 2)} | '
            f'{statistics.median(peak):.0f} | {size} | {growth}')


def ratios(runs, base):
    """Wall and CPU of each turn, divided by those of the base in the same turn."""
    both = [turn for turn in runs if runs[turn] and base.get(turn)]
    return [[runs[turn][at] / base[turn][at] for turn in both] for at in (0, 1)] if both else None


def comparison(results, sizes, tools):
    """How many times what Copydesk takes the others take, turn by turn."""
    ours = [tool for tool in tools if tool.program == 'copydesk']
    lines = []
    for base in ours:
        lines += ['', f'Against {base.title}, cold (the same turns):', '',
                  '| Pages | Tool | Wall | CPU |', '|--:|---|--:|--:|']
        for count in sizes:
            cold = results.of(count, base.name)
            others = [(tool.title, results.of(count, tool.name)) for tool in tools
                      if tool.program != 'copydesk']
            others += [(f'itself, {step}', results.of(count, base.name, step))
                       for step in (UNCHANGED, EDITED)]
            for title, runs in others:
                pair = ratios(runs, cold)
                if pair:
                    digits = 3 if title.startswith('itself') else 2
                    wall, cpu = (spread(values, digits) for values in pair)
                    lines.append(f'| {count:,} | {title} | {wall} | {cpu} |')
    return lines


def growth(results, sizes, tools):
    """How the cost grows from the smallest to the largest size."""
    small, large = min(sizes), max(sizes)
    lines = ['', f'From {small:,} to {large:,} pages ({large / small:.1f} times):', '',
             '| Tool | Wall | CPU | Peak |', '|---|--:|--:|--:|']
    for tool in tools:
        pair = [list(filter(None, results.of(count, tool.name).values())) for count in (small, large)]
        if all(pair):
            medians = [[statistics.median(column) for column in zip(*runs)] for runs in pair]
            times = [f'{after / before:.2f}' for before, after in zip(*medians)]
            lines.append(f'| {tool.title} | {" | ".join(times)} |')
    return lines


def machine():
    model = platform.processor() or platform.machine()
    try:
        for line in Path('/proc/cpuinfo').read_text('utf-8').splitlines():
            if line.startswith('model name'):
                model = line.partition(':')[2].strip()
                break
    except OSError:
        pass
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    return f'{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}'


def facts(all_pages, sources, turns, sizes, kind, tools, programs):
    lines = [f'- Date: {datetime.date.today().isoformat()}', f'- Machine: {machine()}',
             f'- Corpus and output on: {kind}']
    for count in sizes:
        size = sum(len(body.encode()) for _, body in all_pages[:count])
        blocks = sum(check_output.expected(body)[1] for _, body in all_pages[:count])
        lines.append(f'- {count:,} pages: {size / 1e6:.1f} MB of Markdown, {blocks:,} blocks of code')
    again = '' if turns == 1 else f', used up to {turns} times with other words'
    lines.append(f'- Made from {sources:,} files of real documentation{again}')
    for name in dict.fromkeys(tool.program for tool in tools):
        told = builders.version(programs[name]) if programs.get(name) else None
        lines.append(f'- {name}: {told or "not installed, not measured"}')
    return lines


def numbers(text):
    return sorted({int(part) for part in text.split(',') if part})


def parse():
    names = [tool.name for tool in builders.BUILDERS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', nargs='+', metavar='SOURCE_DIR')
    parser.add_argument('--copydesk', required=True, type=os.path.abspath)
    parser.add_argument('--peer', action='append', default=[], metavar='NAME=PATH')
    parser.add_argument('--pages', type=numbers, default=[2_000, 10_000])
    parser.add_argument('--growth', type=numbers, default=[], metavar='SMALL,LARGE',
                        help='sizes at which Copydesk alone is measured too')
    parser.add_argument('--pairs', type=int, default=5, help='turns')
    parser.add_argument('--tools', default=','.join(names), help=f'of {", ".join(names)}')
    parser.add_argument('--slow', type=float, default=15, metavar='SECONDS')
    parser.add_argument('--slow-runs', type=int, default=1)
    parser.add_argument('--timeout', type=int, default=480, metavar='SECONDS')
    parser.add_argument('--at-any-size', action='store_true',
                        help='measure slow tools on large corpora, too')
    parser.add_argument('--scratch', type=Path, default=Path('/dev/shm'), help='a folder on tmpfs')
    parser.add_argument('--any-disk', action='store_true', help='whatever --scratch is on')
    parser.add_argument('--per-section', type=int, default=50)
    parser.add_argument('--seed', default='docs-bench-1')
    parser.add_argument('--json', type=Path, help='a file for all figures')
    arguments = parser.parse_args()
    wanted = arguments.tools.split(',')
    for name in wanted:
        if name not in names:
            parser.error(f'no tool `{name}`; there are {", ".join(names)}')
    programs = dict(pair.split('=', 1) for pair in arguments.peer)
    for tool in builders.BUILDERS:
        found = programs.get(tool.program) or shutil.which(tool.program)
        programs[tool.program] = os.path.abspath(found) if found else None
    programs['copydesk'] = arguments.copydesk
    return parser, arguments, [tool for tool in builders.BUILDERS if tool.name in wanted], programs


def main():
    parser, arguments, tools, programs = parse()
    kind = file_system(arguments.scratch.resolve())
    if kind != 'tmpfs' and not arguments.any_disk:
        parser.error(f'{arguments.scratch} is on {kind}, not on tmpfs: name another --scratch, or '
                     'take figures that say more of the disk than of the tools with --any-disk')
    # Running each once also reads it from the disk.
    runnable = [tool for tool in tools
                if programs[tool.program] and builders.version(programs[tool.program])]
    if not any(tool.program == 'copydesk' for tool in runnable):
        parser.error(f'{arguments.copydesk} does not run, or no Copydesk is among --tools')
    files = make_corpus.collect(arguments.source, arguments.seed)
    if not files:
        parser.error('no source pages')
    sizes = arguments.pages
    grown = sorted({*arguments.growth, *sizes})
    all_pages, used = make_corpus.pages_from(files, max(grown), 4)
    ours = [tool for tool in runnable if tool.program == 'copydesk']

    with tempfile.TemporaryDirectory(prefix='compare-build-', dir=arguments.scratch) as folder:
        bench = Bench(arguments, tools, programs, Path(folder))
        for count in grown:
            fit = [tool for tool in runnable
                   if arguments.at_any_size or count <= (tool.largest or count)]
            bench.size(all_pages, count, fit if count in sizes else ours, arguments.pairs)
    results = bench.results

    lines = facts(all_pages, len(files), used, grown, kind, tools, programs)
    lines += ['', *table(results, sizes, tools, arguments), *comparison(results, sizes, tools)]
    if len(grown) > 1:
        lines += growth(results, grown, ours)
    lines += ['', 'Figures are medians, with the smallest and the largest in brackets.']
    if any(tool.largest for tool in tools) and not arguments.at_any_size:
        lines.append('mdBook and Zensical need many minutes for the largest corpora and were not '
                     'measured on them.')
    print('\n'.join(lines))
    if arguments.json:
        arguments.json.write_text(json.dumps([
            {'pages': pages, 'tool': tool, 'step': step, 'runs': list(runs.values())}
            for (pages, tool, step), runs in results.runs.items()], indent=1) + '\n', 'utf-8')
    if results.complaints:
        say('\n'.join(['', 'Wrong:', *results.complaints]))
        sys.exit(1)


if __name__ == '__main__':
    main()
