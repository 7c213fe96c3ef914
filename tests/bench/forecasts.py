#!/usr/bin/env python3
"""Hold the forecasts of `copydesk review branches` against `git merge-tree` (git 2.38 or later).

    forecasts.py --copydesk P --repository DIR [--root SUB] [--pairs N]

DIR is a clone with its branches. All conflicts are looked for (`--all-conflicts`); of the pairs of
open branches that touch the same files N are taken, evenly, and merged by git. Printed are how many
pairs both call clean, how many both call a conflict, and those of which they differ, with the files;
and the times of the board without a cache, without looking for all conflicts, and from the cache.

git's own merge (`ort`) follows renames of whole folders, which libgit2 does not. Ends 1 where fewer
than 99 of 100 pairs agree.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time


def board(copydesk, root, *more):
    begun = time.monotonic()
    run = subprocess.run((copydesk, 'review', 'branches', '--root', root, '--json', *more),
                         capture_output=True, check=True)
    return json.loads(run.stdout), time.monotonic() - begun


def merged(folder, one, other, objects):
    """Whether git merges two commits, and the files with conflicts; none where it cannot tell."""
    alternates = subprocess.run(('git', '-C', folder, 'rev-parse', '--git-path', 'objects'),
                                capture_output=True, check=True, text=True).stdout.strip()
    env = {'GIT_OBJECT_DIRECTORY': str(objects), 'PATH': '/usr/bin:/bin',
           'GIT_ALTERNATE_OBJECT_DIRECTORIES': str((folder / alternates).resolve())}
    run = subprocess.run(('git', '-C', folder, 'merge-tree', '--write-tree', '--name-only',
                          '--no-messages', '-z', one, other), capture_output=True, env=env)
    if run.returncode > 1:
        return None
    return [] if run.returncode == 0 else run.stdout.decode().strip('\0').split('\0')[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--copydesk', required=True, type=pathlib.Path)
    parser.add_argument('--repository', required=True, type=pathlib.Path)
    parser.add_argument('--root', default='')
    parser.add_argument('--pairs', type=int, default=400)
    given = parser.parse_args()
    copydesk, folder = given.copydesk.resolve(), given.repository.resolve()
    root = folder / given.root
    _, cold = board(copydesk, root, '--no-cache')
    told, everything = board(copydesk, root, '--all-conflicts')
    _, warm = board(copydesk, root)
    tips = {row['name']: row['tip'] for row in told['open']}
    pairs = [(row['name'], overlap['branch'], overlap) for row in told['open']
             for overlap in row['overlaps'] if row['name'] < overlap['branch']]
    taken = pairs[::max(1, len(pairs) // given.pairs)][:given.pairs]
    clean, conflicts, undecided, differ = 0, 0, 0, []
    with tempfile.TemporaryDirectory() as objects:
        for one, other, overlap in taken:
            # The order in which the board merges them.
            first, second = sorted((tips[one], tips[other]))
            git = merged(folder, first, second, pathlib.Path(objects))
            ours = overlap.get('conflicts')
            if git is None or ours is None:
                undecided += 1
            elif bool(git) != bool(ours):
                differ.append((one, other, git, [conflict['path'] for conflict in ours]))
            elif git:
                conflicts += 1
            else:
                clean += 1
    for one, other, git, ours in differ:
        print(f'{one} and {other}: git {git or "merges them"}, we {ours or "merge them"}')
    decided = clean + conflicts + len(differ)
    print(f'{len(tips)} open branches, {len(pairs)} pairs, {len(taken)} looked at: both clean {clean}, '
          f'both conflict {conflicts}, differ {len(differ)}, undecided {undecided}')
    print(f'cold {cold:.2f} s, with all conflicts {everything:.2f} s, warm {warm:.3f} s')
    return 1 if 100 * len(differ) > decided else 0


if __name__ == '__main__':
    sys.exit(main())
