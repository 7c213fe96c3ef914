#!/usr/bin/env python3
"""How many of the findings of the default rules are right and worth saying.

    judged.py sample --copydesk PATH --repository OWNER/NAME --checkout DIR [--folder SUB]
    judged.py check  --copydesk PATH --repository OWNER/NAME --checkout DIR [--folder SUB]

`sample` prints the first hundred findings by the hash of place and code, each with three lines of
context, for a reader who sees nothing else. `verdicts.tsv` beside this file keeps what such a
reader said: repository, commit, folder, path, line, column, code, verdict. It holds no text.

`check` lints the same commit again: which of the judged findings are still told, how many of these
are right, and how many of the first hundred have not been judged. It ends 1 below 95 in a hundred.
Python's standard library is enough.
"""
import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

VERDICTS = Path(__file__).with_name('verdicts.tsv')
MOST = 100
LEAST = 0.95


def findings(copydesk, folder):
    """The findings of a folder, by the hash of place and code."""
    done = subprocess.run([copydesk, 'lint', '--no-cache', '--format', 'jsonl'], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode == 2:
        sys.exit(done.stderr.decode(errors='replace'))
    rows = []
    for line in done.stdout.splitlines():
        found = json.loads(line)
        place = found.get('location')
        if place:
            rows.append((digest(key(found)), found))
    rows.sort(key=lambda row: row[0])
    return [found for _, found in rows]


def key(found):
    start = found['location']['start']
    return (found['location']['file'], start['line'], start['column'], found['code'])


def digest(place):
    return hashlib.sha256(':'.join(str(part) for part in place).encode()).hexdigest()


def show(found, folder):
    """A finding with the lines around it."""
    path, start, _, code = key(found)
    end = found['location']['end']['line']
    print(f"{found['severity']} {code} {path}:{start}: {found['message']}")
    if found.get('help'):
        print(f"  help: {found['help']}")
    lines = (Path(folder) / path).read_text('utf-8', errors='replace').split('\n')
    for number in range(max(1, start - 3), min(len(lines), end + 3) + 1):
        mark = '>' if start <= number <= end else ' '
        print(f'{mark} {number}: {lines[number - 1][:500]}')
    print()


def judged(repository, commit):
    with VERDICTS.open(encoding='utf-8', newline='') as file:
        rows = csv.DictReader(file, delimiter='\t')
        return {(row['path'], int(row['line']), int(row['column']), row['code']): row['verdict']
                for row in rows if (row['repository'], row['commit']) == (repository, commit)}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', choices=['sample', 'check'])
    parser.add_argument('--copydesk', required=True, type=os.path.abspath)
    parser.add_argument('--repository', required=True)
    parser.add_argument('--checkout', required=True, type=Path)
    parser.add_argument('--folder', default='.')
    parser.add_argument('--commit', help='what the checkout is of, where git does not know')
    arguments = parser.parse_args()
    folder = arguments.checkout / arguments.folder
    found = findings(arguments.copydesk, folder)
    if arguments.what == 'sample':
        for finding in found[:MOST]:
            show(finding, folder)
        return
    commit = arguments.commit or subprocess.run(
        ['git', '-C', arguments.checkout, 'rev-parse', 'HEAD'], text=True, stdout=subprocess.PIPE,
        check=True).stdout.strip()
    verdicts = judged(arguments.repository, commit)
    told = [key(finding) for finding in found]
    still = [verdicts[place] for place in told if place in verdicts]
    fresh = sum(place not in verdicts for place in told[:MOST])
    right = still.count('right')
    print(f'{arguments.repository} at {commit[:12]}: {len(found)} findings; {len(verdicts)} judged, '
          f'{len(still)} of them still told, {right} right; {fresh} of the first {MOST} not judged')
    if not still or right < LEAST * len(still):
        sys.exit(1)


if __name__ == '__main__':
    main()
