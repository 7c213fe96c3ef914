#!/usr/bin/env python3
"""Measures the preview beside those of other tools: how soon it answers, and how soon an edit can be
read, over HTTP and in Chromium.

    make_corpus.py --pages 2000 --out CORPUS --tools plain,mdbook,hugo,mkdocs SOURCE_DIR...
    serve.py --corpus CORPUS --copydesk target/release/copydesk
             [--peer hugo=PATH] [--peer mdbook=PATH] [--peer zensical=PATH]
             [--tools copydesk,hugo,mdbook,zensical] [--edits 40] [--browser] [--seconds 60]

Files of the corpus are edited and put back. A tool that is not found is listed as not measured. Times are
milliseconds: from the moment before a file is written to the moment that the new text has been read,
or is in the document of the open page when the browser draws it. `--seconds` bounds the edits of a
tool. `serve_load.py` measures many clients, changes of branches, and memory over time.
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Callable

HERE = Path(__file__).parent
CACHE = '.copydesk'


@dataclass
class Server:
    """A tool with a preview: which layout of the corpus it reads, and its command."""
    name: str
    title: str
    layout: str
    # Given the program, the folder of the layout and a port.
    command: Callable[[str, Path, int], list]
    # The address of a page, given its section and name.
    address: Callable[[str, str], str]
    # A template of the site's own, and what to put into it to see a text.
    template: tuple | None = None


SERVERS = [
    Server('copydesk', 'Copydesk', 'plain',
           lambda program, root, port: [program, 'serve', root, '--port', port, '--quiet'],
           lambda section, page: f'/{section}/{page}.html',
           ('theme/footer.html', '<footer class="site"><p>{mark}</p></footer>\n')),
    Server('hugo', 'Hugo, minimal templates', 'hugo',
           lambda program, root, port: [program, 'server', '--source', root, '--config',
                                        root / 'hugo.toml', '--port', port, '--bind', '127.0.0.1'],
           lambda section, page: f'/{section}/{page}/'),
    Server('mdbook', 'mdBook', 'mdbook',
           lambda program, root, port: [program, 'serve', root, '--port', port, '--hostname',
                                        '127.0.0.1'],
           lambda section, page: f'/{section}/{page}.html'),
    Server('zensical', 'Zensical, pruned navigation', 'mkdocs',
           lambda program, root, port: [program, 'serve', '--config-file',
                                        root / 'mkdocs-prune.yml', '--dev-addr',
                                        f'127.0.0.1:{port}'],
           lambda section, page: f'/{section}/{page}/'),
]


def get(port, path, timeout=60):
    connection = HTTPConnection('127.0.0.1', port, timeout=timeout)
    try:
        connection.request('GET', path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_for(port, path, wanted, limit):
    """The moment at which a page holds a text; none where it does not within the limit."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        try:
            status, body = get(port, path, limit)
            if status == 200 and wanted in body:
                return time.perf_counter()
        except (OSError, HTTPException):
            pass
        time.sleep(0.001)
    return None


def processes(pid):
    """A process and those that it has started."""
    children = Path(f'/proc/{pid}/task/{pid}/children')
    below = children.read_text().split() if children.exists() else []
    return [pid, *(deep for child in below for deep in processes(int(child)))]


def memory(pid):
    """Resident memory in MiB."""
    total = 0
    for one in processes(pid):
        lines = Path(f'/proc/{one}/status').read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith('VmRSS:'))
    return total / 1024


def cpu(pid):
    """Processor time in seconds."""
    total = 0
    for one in processes(pid):
        fields = Path(f'/proc/{one}/stat').read_text().rsplit(')', 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf('SC_CLK_TCK')


class Preview:
    """A preview that runs."""

    def __init__(self, server, program, root, port):
        self.port, self.begun = port, time.perf_counter()
        # Nothing that the user of this machine has configured.
        self.home = tempfile.TemporaryDirectory()
        env = {'PATH': os.environ['PATH'], 'HOME': self.home.name, 'GIT_CONFIG_GLOBAL': os.devnull}
        command = [str(part) for part in server.command(program, root, port)]
        self.process = subprocess.Popen(command, cwd=root, env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.home.cleanup()

    def rests(self, least=1.0, most=60):
        """Waits until it has nothing more to do."""
        end, last = time.perf_counter() + most, cpu(self.process.pid)
        while time.perf_counter() < end:
            time.sleep(least)
            now = cpu(self.process.pid)
            if now - last < 0.02 * least:
                return
            last = now


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def both(values):
    if not values:
        return '-'
    return f'{statistics.median(values):.0f} / {quantile(values, 0.95):.0f}'


def edit(path, original, number):
    mark = f'edited-{number}-{time.time_ns()}'
    path.write_bytes(original + f'\n\n{mark}\n'.encode())
    return mark


def measure(server, program, corpus, options):
    root = corpus / server.layout
    # An output that a build has left is no source, and no preview begins with it.
    for left in (CACHE, '.cache', 'site', 'book', 'resources', 'public'):
        shutil.rmtree(root / left, ignore_errors=True)
    pages = sorted(root.rglob('page-*.md'))
    page = pages[len(pages) // 2]
    address = server.address(page.parent.name, page.stem)
    original = page.read_bytes()
    figures = {'tool': server.title, 'pages': len(pages)}
    limit = options.seconds * 2
    try:
        for step in ('cold', 'warm'):
            if step == 'warm' and server.name != 'copydesk':
                # The others keep nothing that makes a start quicker.
                continue
            with Preview(server, program, root, options.port) as preview:
                first = wait_for(options.port, address, b'</html>', limit)
                figures[step] = (first - preview.begun) * 1000 if first else None
                if first and step == 'cold':
                    preview.rests()
                    if server.name != 'copydesk':
                        run_edits(server, preview, page, original, address, options, figures)
                elif first:
                    preview.rests()
                    run_edits(server, preview, page, original, address, options, figures)
    finally:
        page.write_bytes(original)
    return figures


def run_edits(server, preview, page, original, address, options, figures):
    pid = preview.process.pid
    figures['memory'] = memory(pid)
    times, end = [], time.perf_counter() + options.seconds
    for number in range(options.edits):
        if time.perf_counter() > end:
            break
        started = time.perf_counter()
        mark = edit(page, original, number)
        seen = wait_for(options.port, address, mark.encode(), options.seconds)
        if seen is None:
            break
        times.append((seen - started) * 1000)
        time.sleep(0.2)
    figures['http'] = times
    preview.rests(most=20)
    if options.browser:
        figures.update(in_browser(server, page, original, address, options))
        preview.rests(most=20)
    before = cpu(pid)
    time.sleep(5)
    figures['idle'] = (cpu(pid) - before) / 5 * 1000
    figures['memory after'] = memory(pid)


def in_browser(server, page, original, address, options):
    """Edits of text, title and template as the open page shows them; see `serve_browser.mjs`."""
    page.write_bytes(original)
    time.sleep(1)
    # Some answer nothing while they build.
    wait_for(options.port, address, b'</html>', options.seconds)
    root = page.parents[2]
    task = {'url': f'http://127.0.0.1:{options.port}{address}', 'page': str(page),
            'edits': options.edits, 'seconds': options.seconds}
    if server.template:
        name, text = server.template
        task['template'] = {'path': str(root / name), 'text': text}
    done = subprocess.run(['node', HERE / 'serve_browser.mjs', json.dumps(task)], check=False,
                          capture_output=True, text=True, timeout=options.seconds * 4 + 60)
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return {}
    return json.loads(done.stdout)


COLUMNS = [
    ('Pages', lambda row: f"{row['pages']:,}"),
    ('Preview', lambda row: row['tool']),
    ('First response, cold', lambda row: number(row.get('cold'))),
    ('warm', lambda row: number(row.get('warm'))),
    ('Edit over HTTP', lambda row: both(row.get('http'))),
    ('Edit in Chromium', lambda row: both(row.get('visible'))),
    ('Navigation', lambda row: both(row.get('navigation'))),
    ('Link followed', lambda row: both(row.get('followed'))),
    ('Template', lambda row: both(row.get('template'))),
    ('Memory, MiB', lambda row: number(row.get('memory after') or row.get('memory'))),
    ('Idle', lambda row: '-' if 'idle' not in row else f"{row['idle']:.1f}"),
]


def number(value):
    return '-' if value is None else f'{value:.0f}'


def table(rows):
    lines = ['| ' + ' | '.join(name for name, _ in COLUMNS) + ' |',
             '|--:|---|' + '--:|' * (len(COLUMNS) - 2)]
    lines += ['| ' + ' | '.join(show(row) for _, show in COLUMNS) + ' |' for row in rows]
    return '\n'.join(lines)


def main():
    names = [server.name for server in SERVERS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--corpus', type=Path, action='append', required=True)
    parser.add_argument('--copydesk', required=True, type=os.path.abspath)
    parser.add_argument('--peer', action='append', default=[], metavar='NAME=PATH')
    parser.add_argument('--tools', default=','.join(names), help=f'of {", ".join(names)}')
    parser.add_argument('--edits', type=int, default=40)
    parser.add_argument('--seconds', type=int, default=60, help='for the edits of a tool')
    parser.add_argument('--browser', action='store_true', help='measure in Chromium, too')
    parser.add_argument('--port', type=int, default=3987)
    parser.add_argument('--json', type=Path, help='a file for all figures')
    options = parser.parse_args()
    programs = dict(pair.split('=', 1) for pair in options.peer)
    programs['copydesk'] = options.copydesk
    rows, missing = [], []
    for corpus in options.corpus:
        for server in SERVERS:
            if server.name not in options.tools.split(','):
                continue
            program = programs.get(server.name) or shutil.which(server.name)
            if not program or not (corpus / server.layout).is_dir():
                missing.append(f'{server.title} in {corpus.name}')
                continue
            rows.append(measure(server, os.path.abspath(program), corpus, options))
            print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    print(table(rows))
    print('\nMilliseconds. Two figures are the median and the 95th percentile. Idle is '
          'milliseconds of processor time a second.')
    if missing:
        print(f'Not measured: {", ".join(missing)}.')
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == '__main__':
    main()
