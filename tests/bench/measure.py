#!/usr/bin/env python3
"""Measure whole processes: wall time, user and system time, and the peak memory of the largest one.

    measure.py [-n RUNS] [--warmup N] [--json FILE] [--label TEXT] -- COMMAND...
    measure.py [-n RUNS] ... --versus 'OTHER COMMAND' -- COMMAND...

The figures come from wait4(2) and cover the children that the command waits for. With `--versus`
(may be repeated) the commands take turns, so that what else the machine does falls on all of them
alike. Printed are the smallest, the median and the largest value. A peak below that of this script
itself (about 15 MiB) cannot be seen: a child begins as its copy.
"""
import argparse
import json
import os
import shlex
import signal
import statistics
import subprocess
import sys
import threading
import time

FIGURES = ('wall_s', 'cpu_s', 'peak_mib')


def run(command, cwd=None, env=None, timeout=None):
    """Runs a command once; returns its figures and its exit code: -9 where it took longer than
    `timeout` seconds and was ended."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(timeout, os.kill, (process.pid, signal.SIGKILL)) if timeout else None
    if timer:
        timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if timer:
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    figures = (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
    return figures, process.returncode


def summary(label, rows, codes):
    result = {'label': label, 'runs': len(rows), 'exit': codes}
    for name, values in zip(FIGURES, zip(*rows)):
        result[name] = {
            'min': round(min(values), 3),
            'median': round(statistics.median(values), 3),
            'max': round(max(values), 3),
        }
    return result


def show(result):
    for name in FIGURES:
        figure = result[name]
        print(f"{result['label'][-60:]:60} {name:9} min {figure['min']:9.3f}  "
              f"median {figure['median']:9.3f}  max {figure['max']:9.3f}")
    if any(result['exit']):
        print(f"{result['label'][-60:]:60} exit codes {result['exit']}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('-n', type=int, default=5, help='measured runs of each command')
    parser.add_argument('--warmup', type=int, default=1, help='runs before that, not measured')
    parser.add_argument('--json', help='a file to which a line of JSON is added for each command')
    parser.add_argument('--label', default='', help='what to call the command')
    parser.add_argument('--versus', action='append', default=[], metavar='COMMAND')
    parser.add_argument('command', nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ['--'] else arguments.command
    if not command or arguments.n < 1:
        parser.error('a command and at least one run are needed')

    commands = [(arguments.label or shlex.join(command), command)]
    commands += [(text, shlex.split(text)) for text in arguments.versus]
    measured = [([], []) for _ in commands]
    for turn in range(arguments.warmup + arguments.n):
        for (_, one), (rows, codes) in zip(commands, measured):
            figures, code = run(one)
            if turn >= arguments.warmup:
                rows.append(figures)
                codes.append(code)

    failed = False
    for (label, _), (rows, codes) in zip(commands, measured):
        result = summary(label, rows, codes)
        show(result)
        failed |= any(codes)
        if arguments.json:
            with open(arguments.json, 'a', encoding='utf-8') as file:
                file.write(json.dumps(result) + '\n')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
