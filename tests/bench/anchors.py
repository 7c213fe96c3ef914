#!/usr/bin/env python3
"""How well comments find their text in the next version of a page, on real pages.

    anchors.py count  FOUND            what was found and how, and where lines were compared otherwise
    anchors.py sample FOUND [--show]   two hundred of them, for a reader to judge
    anchors.py check  FOUND            holds them against the verdicts that are kept

FOUND is what the example program `anchors` printed; the repositories that it names must still be there.
The sample is taken by the hash of repository, commit, path, and line: 140 that are said to be the same
text, 40 that were edited since, 20 that are found nowhere. `anchors_judged.tsv` beside this file keeps what
a reader said of them: repository, commit, path, line, how, verdict, and where the text was found. It
holds no text. Verdicts are `right`, `wrong`, and for an orphan whose text is there `missed`.

`check` ends 1 where less than 90 % are found, where a place that is said to be the same text was judged
wrong, or where fewer than 200 have been judged. Python's standard library is enough.
"""
import argparse
import collections
import csv
import hashlib
import json
import pathlib
import subprocess
import sys

VERDICTS = pathlib.Path(__file__).with_name('anchors_judged.tsv')
SHARES = (('silent', 140), ('edited', 40), ('orphan', 20))


def read(path):
    with open(path, encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def name(repository):
    """`owner/name` of a mirror."""
    parts = pathlib.Path(repository).resolve().parts
    folder = parts[-2] if parts[-1] == 'repo' else parts[-1]
    return folder.replace('+', '/', 1)


def key(record):
    return (name(record['repository']), record['commit'], record['path'], str(record['line']))


def kind(record):
    return {'same': 'silent', 'moved': 'silent'}.get(record['how'], record['how'])


def count(records):
    table = collections.Counter((record['again'], record['how']) for record in records)
    for again, title in ((True, 'lines edited again'), (False, 'lines that stayed')):
        total = sum(number for (which, _), number in table.items() if which == again)
        parts = ', '.join(f'{how} {table[again, how]}' for how in ('same', 'moved', 'edited', 'orphan'))
        print(f'{title}: {total}: {parts}')
    found = sum(record['how'] != 'orphan' for record in records)
    share = found / max(1, len(records))
    print(f'{len(records)} anchors, {found} found ({share:.1%})')
    return share


def sample(records):
    chosen = []
    for wanted, number in SHARES:
        fitting = [record for record in records if kind(record) == wanted]
        # Lines that were edited again are the harder half.
        fitting.sort(key=lambda record: hashlib.sha256('\t'.join(key(record)).encode()).digest())
        again = [record for record in fitting if record['again']]
        rest = [record for record in fitting if not record['again']]
        first = again[:max(number // 2, number - len(rest))]
        chosen += first + rest[:number - len(first)]
    return chosen


def blob(repository, commit):
    run = subprocess.run(('git', '-C', repository, 'cat-file', 'blob', commit),
                         capture_output=True, check=True)
    return run.stdout.decode('utf-8', 'replace')


def show(record, number):
    old, new = blob(record['repository'], record['old']), blob(record['repository'], record['new'])
    print(f"#### {number} {' '.join(key(record))} {record['how']} {record['likeness']}"
          f" columns {record['columns']}")
    around(old, record['line'], '-')
    if record['how'] != 'orphan':
        text = new.encode()[record['start']:record['end']].decode('utf-8', 'replace')
        print(f'  commented: {record["quote"]!r}\n  found:     {text!r}')
    else:
        print(f'  commented: {record["quote"]!r}')
    around(new, record['found'], '+')


def around(text, line, mark):
    lines = text.split('\n')
    for at in range(max(1, line - 2), min(len(lines), line + 3) + 1):
        print(f"  {mark}{at:>5}{'>' if at == line else ' '} {lines[at - 1][:220]}")


def differing(records):
    """Places that git's own comparison of lines sees elsewhere."""
    told = 0
    for record in records:
        if kind(record) != 'silent':
            continue
        where = line_in_git(record)
        if where is not None and where != record['found']:
            told += 1
            yield record, where
    print(f'{told} silent places are other lines for git')


def line_in_git(record):
    """The line of the new version that git says is the line; none where it says it is gone."""
    run = subprocess.run(('git', '-C', record['repository'], 'diff', '-U0', '--no-color',
                          '--no-ext-diff', '-w', record['old'], record['new']), capture_output=True)
    shift, line = 0, record['line']
    for text in run.stdout.decode('utf-8', 'replace').split('\n'):
        if not text.startswith('@@ '):
            continue
        old, new = text.split(' ')[1:3]
        start, size = (list(map(int, old[1:].split(','))) + [1])[:2]
        added = (list(map(int, new[1:].split(','))) + [1])[1]
        if size and start <= line < start + size:
            return None
        if start + (1 if size == 0 else 0) > line:
            break
        shift += added - size
    return line + shift


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('command', choices=('count', 'sample', 'check'))
    parser.add_argument('found', type=pathlib.Path)
    parser.add_argument('--show', action='store_true', help='print texts, for a person who judges')
    parser.add_argument('--differing', action='store_true',
                        help='of what git compares otherwise, instead of a sample')
    given = parser.parse_args()
    records = read(given.found)
    share = count(records)
    if given.command == 'count':
        if given.differing:
            for number, (record, where) in enumerate(differing(records)):
                print(f'git: line {where}')
                show(record, number)
        return 0
    chosen = sample(records)
    if given.command == 'sample':
        for number, record in enumerate(chosen):
            if given.show:
                show(record, number)
            else:
                print('\t'.join((*key(record), record['how'], '', str(record['found']))))
        return 0
    with open(VERDICTS, encoding='utf-8', newline='') as lines:
        verdicts = {tuple(row[field] for field in ('repository', 'commit', 'path', 'line')): row
                    for row in csv.DictReader(lines, delimiter='\t')}
    by_key = {key(record): record for record in records}
    judged = collections.Counter()
    wrong = []
    for place, verdict in verdicts.items():
        record = by_key.get(place)
        if record is None:
            judged['not in the sample any more'] += 1
        elif (record['how'], str(record['found'])) != (verdict['how'], verdict['found']):
            judged['found otherwise now'] += 1
            print('otherwise:', *place, record['how'], record['found'], 'was', verdict['how'],
                  verdict['found'], verdict['verdict'])
        else:
            judged[f"{kind(record)}: {verdict['verdict']}"] += 1
            if kind(record) == 'silent' and verdict['verdict'] != 'right':
                wrong.append(place)
    for what, number in sorted(judged.items()):
        print(f'{what}: {number}')
    for place in wrong:
        print('points silently at wrong text:', *place)
    enough = sum(number for what, number in judged.items() if ':' in what) >= 200
    return 0 if share >= 0.9 and not wrong and enough else 1


if __name__ == '__main__':
    sys.exit(main())
