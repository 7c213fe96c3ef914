#!/usr/bin/env python3
"""Compares `copydesk lint --since` with a slow way that is obviously right.

    gate.py COPYDESK GIT_DIR [--count N] [--skip N] [--seed S] [--pulls | --merges] [--paths PATH..]

Takes N branches of a repository: pull requests (`refs/pull/N/head`) against the branch that HEAD
names, or the second parents of merges against the first ones. Of each it asks twice which findings
are new: `copydesk lint --since`, and this script, which lints both commits as a whole and compares
the reports by itself. It cuts pages into blocks with a few lines of Python, and knows nothing of the
program but its reports. Each difference is printed with both sides, to be read by a person.

A branch counts only where it changes Markdown. All presets run, so that there is much to compare.
"""

import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

BOOK = """[book]
title = "Gate"

[lint]
extends = ["default", "style", "inclusive", "strict"]
"""
MARK = ("\1", "\2")

# What only a comparison can find; `tests/cli/gate.rs` holds the cases.
ONLY_SINCE = ("lint/changed-rules", "redirect/missing")


def git(*arguments, cwd=None):
    done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def branches(repository, arguments):
    """Pairs of a base and a head, in a random but repeatable order."""
    pairs = []
    if arguments.pulls:
        main = git("rev-parse", "HEAD", cwd=repository).strip()
        refs = git("for-each-ref", "--format=%(objectname)", "refs/pull/*/head", cwd=repository)
        pairs = [(main, head) for head in refs.split()]
    else:
        log = git("log", "--first-parent", "--merges", "--format=%P", cwd=repository)
        pairs = [tuple(line.split()[:2]) for line in log.splitlines()]
    random.Random(arguments.seed).shuffle(pairs)
    return pairs


def lint(program, folder, *arguments):
    done = subprocess.run(
        [program, "lint", "--format", "json", "--fail-on", "never", *arguments],
        cwd=folder, capture_output=True)
    if done.returncode == 2:
        return None, done.stderr.decode()
    return json.loads(done.stdout), done.stderr.decode()


def findings(report):
    found = []
    for one in report["diagnostics"]:
        place = one["location"]
        if place:
            where = (place["file"], place["start"]["byte"], place["end"]["byte"])
            found.append((one["code"], *where))
    return found


class Page:
    """Headings and blocks of a page, line by line."""

    def __init__(self, path, data):
        self.data = data
        self.path = path
        lines, at = [], 0
        for line in self.data.split(b"\n"):
            lines.append((at, line.rstrip(b"\r")))
            at += len(line) + 1
        self.block = [None] * len(lines)   # (first line, last line, flows)
        self.starts = [start for start, _ in lines]
        self.lines = [text.decode("utf-8", "replace") for _, text in lines]
        self.heads = [()] * len(lines)
        self.cut()

    def cut(self):
        lines, number, path = self.lines, 0, []
        if lines and lines[0].strip() in ("---", "+++"):
            for end in range(1, len(lines)):
                if lines[end].strip() == lines[0].strip():
                    number = end + 1
                    break
        for at in range(number):
            self.block[at] = (at, at)
        fence = None
        start = None
        for at in range(number, len(lines) + 1):
            text = lines[at] if at < len(lines) else ""
            bare = re.sub(r"^[\s>]*", "", text)
            self_fence = re.match(r"(`{3,}|~{3,})", bare)
            item = re.match(r"([-*+]|\d+[.)])\s", bare)
            heading = re.match(r"(#{1,6})(\s+(.*?))?\s*#*\s*$", bare) if fence is None else None
            row = bare.startswith(("|", "<"))  # Lines of tables and of raw HTML do not flow.
            ends = at == len(lines) or not bare or fence or self_fence or item or heading or row
            if ends and start is not None:
                for inside in range(start, at):
                    self.block[inside] = (start, at - 1)
                start = None
            if at == len(lines):
                break
            self.heads[at] = tuple(name for _, name in path)
            if fence is not None:
                self.block[at] = (at, at)
                if self_fence and bare.startswith(fence) and not bare.strip(fence[0]).strip():
                    fence = None
                continue
            if self_fence:
                fence = self_fence.group(1)
                self.block[at] = (at, at)
            elif heading:
                level = len(heading.group(1))
                path = [one for one in path if one[0] < level]
                self.heads[at] = tuple(name for _, name in path)
                path.append((level, " ".join((heading.group(3) or "").split())))
                self.block[at] = (at, at)
            elif row or not bare:
                self.block[at] = (at, at)
            elif start is None:
                start = at

    def key(self, code, start, end):
        if start == end == 0:
            return (self.path, code), None
        line = max(index for index, first in enumerate(self.starts) if first <= start)
        first, last = self.block[line] or (line, line)
        begin, stop = self.starts[first], self.starts[last] + len(self.lines[last].encode())
        data = self.data
        end = min(end, stop)
        raw = (data[begin:start] + MARK[0].encode() + data[start:end] + MARK[1].encode()
               + data[end:stop]).decode("utf-8", "replace")
        rows = [re.sub(r"^[\s>]*", "", row) for row in raw.splitlines()]
        text = " ".join(" ".join(rows).split())
        text = re.sub(r"^([-*+]|\d+[.)]|#+) ", "", text)
        return (self.path, code, self.heads[line], text), (code, text)


def keys(found, read, names):
    pages, out = {}, []
    for code, path, start, end in found:
        if path not in pages:
            pages[path] = Page(names.get(path, path), read(path))
        out.append(pages[path].key(code, start, end))
    return out


def new(before, after):
    """Positions in `after` of what `before` does not have."""
    left_before, left_after = list(range(len(before))), list(range(len(after)))
    for part in (0, 1):
        counts = collections.Counter(
            before[at][part] for at in left_before if before[at][part] is not None)
        used = collections.Counter()
        keep = []
        for at in left_after:
            key = after[at][part]
            if key is not None and counts[key] > used[key]:
                used[key] += 1
            else:
                keep.append(at)
        left_after = keep
        rest = []
        for at in left_before:
            key = before[at][part]
            if key is not None and used[key] > 0:
                used[key] -= 1
            else:
                rest.append(at)
        left_before = rest
    return left_after


def renames(repository, base, head):
    names = {}
    # Git's own way, with the limits that everybody has.
    out = git("diff", "--name-status", "-z", "-M", base, head, cwd=repository).split("\0")
    at = 0
    while at < len(out) - 1:
        if out[at].startswith("R"):
            names[out[at + 1]] = out[at + 2]
            at += 3
        else:
            at += 2
    return names


def show(page, start):
    line = max(index for index, first in enumerate(page.starts) if first <= start)
    return f"{page.path}:{line + 1}: {page.lines[line][:160]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("copydesk")
    parser.add_argument("repository")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pulls", action="store_true")
    parser.add_argument("--merges", action="store_true", help="what is done without --pulls")
    parser.add_argument("--paths", nargs="*", default=["*.md"])
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.copydesk)
    repository = os.path.abspath(arguments.repository)
    done = agreed = total = undecided = 0
    differences = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        top = os.path.join(folder, "clone")
        git("clone", "--quiet", "--shared", "--no-checkout", repository, top)
        git("config", "core.autocrlf", "false", cwd=top)
        with open(os.path.join(top, ".git", "info", "exclude"), "a") as exclude:
            exclude.write(".copydesk/\n")

        def checkout(commit):
            book = os.path.join(top, "book.toml")
            if os.path.exists(book):
                os.remove(book)
            # A snapshot may lack large files; pages are all there.
            subprocess.run(["git", "checkout", "--quiet", "--force", "--detach", commit],
                           cwd=top, capture_output=True)
            assert git("rev-parse", "HEAD", cwd=top).strip() == commit
            git("clean", "-dffq", "-e", ".copydesk", cwd=top)
            with open(book, "w") as file:
                file.write(BOOK)

        def read(commit):
            def of(path):
                done = subprocess.run(
                    ["git", "cat-file", "blob", f"{commit}:{path}"], cwd=top, capture_output=True)
                return done.stdout
            return of

        skipped = 0
        for base, head in branches(repository, arguments):
            if done == arguments.count:
                break
            try:
                fork = git("merge-base", base, head, cwd=repository).strip()
            except subprocess.CalledProcessError:
                continue
            changed = git("diff", "--name-only", fork, head, "--", *arguments.paths,
                          cwd=repository).strip()
            if not changed or fork == head:
                continue
            if skipped < arguments.skip:
                skipped += 1
                continue
            checkout(fork)
            before, _ = lint(program, top)
            checkout(head)
            after, _ = lint(program, top)
            since, said = lint(program, top, "--since", base)
            if before is None or after is None or since is None:
                undecided += 1
                print(f"{fork[:12]}..{head[:12]}: not decided: {said.strip()[:200]}")
                continue
            done += 1
            names = renames(repository, fork, head)
            old = [one for one in findings(before) if one[1].endswith((".md", ".mdx", ".markdown"))]
            now = [one for one in findings(after) if one[1].endswith((".md", ".mdx", ".markdown"))]
            slow = new(keys(old, read(fork), names), keys(now, read(head), {}))
            slow = collections.Counter(now[at] for at in slow)
            quick = collections.Counter(
                one for one in findings(since)
                if one[0] not in ONLY_SINCE and one[1].endswith((".md", ".mdx", ".markdown")))
            total += sum(slow.values())
            if slow == quick:
                agreed += 1
                continue
            for sign, side in (("+", quick - slow), ("-", slow - quick)):
                for code, path, start, _ in sorted(side):
                    page = Page(path, read(head)(path))
                    line = f"{sign} {fork[:12]}..{head[:12]} {code} {show(page, start)}"
                    differences.append(line)
                    print(line)
            sys.stdout.flush()
    print(f"{done} branches, {agreed} the same, {total} new findings by the slow way, "
          f"{len(differences)} findings differ, {undecided} not decided")
    return 0 if not differences else 1


if __name__ == "__main__":
    sys.exit(main())
