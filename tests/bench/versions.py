#!/usr/bin/env python3
"""What versions cost: many in one run against one, and a rerun with one of them changed.

    versions.py COPYDESK GIT_DIR [--book FOLDER] [--count N] [--every COMMITS | --equal SHARE | --tags TAG..]
                [-n RUNS]

Makes a clone in which branches `release-1` to `release-N` stand at tags, or at commits of the main line that
are so many commits apart, or so far that this share of their pages is equal, and a base branch whose
`book.toml` asks for them as versions. A commit without `book.toml` gets an empty one. Then, in turns:

    one      the newest version alone, without a cache
    all      all versions in one run, without a cache
    again    all once more, nothing changed
    changed  all, after an edit of one page of one version
    alone    the same edit, with `--only-version`, in a site and a cache of its own
    cold     that version alone, without a cache

and prints wall and CPU time of each, how many pages are equal between neighbors, and the two ratios of the
issue: all / one, changed / alone and changed / cold.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile

from measure import run

ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(*arguments, cwd, text=b"", date=None):
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    done = subprocess.run(["git", *arguments], cwd=cwd, env={**ENVIRONMENT, **dates}, input=text,
                          capture_output=True)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def revisions(arguments):
    if arguments.tags:
        return arguments.tags
    log = git("log", "--first-parent", "--format=%H", "HEAD", cwd=arguments.repository).split()
    if not arguments.equal:
        return log[::arguments.every][:arguments.count]
    chosen, last = log[:1], pages(arguments.repository, log[0], arguments.book)
    for before, commit in zip(log, log[1:]):
        if len(chosen) == arguments.count:
            break
        if equal(last, pages(arguments.repository, commit, arguments.book)) < arguments.equal:
            # The last one that is not below; a commit that changes more than that stands for itself.
            if before == chosen[-1]:
                before = commit
            chosen.append(before)
            last = pages(arguments.repository, before, arguments.book)
    return chosen


def equal(newer, older):
    """The share of the pages of a version that the next one has just so."""
    return sum(newer.get(path) == blob for path, blob in older.items()) / max(1, len(older))


def pages(clone, revision, book):
    """The Markdown files of a revision, with their ids."""
    rows = git("ls-tree", "-r", revision, "--", book, cwd=clone).splitlines()
    return {row.split("\t")[1]: row.split()[2] for row in rows if row.endswith(".md")}


def commit_file(clone, parent, path, text, message):
    """A commit in which a file has another text. Nothing is checked out: mirrors may lack large files."""
    blob = git("hash-object", "-w", "--stdin", "--no-filters", cwd=clone, text=text)
    git("read-tree", parent, cwd=clone)
    git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", cwd=clone)
    date = git("show", "-s", "--format=%ct +0000", parent, cwd=clone)
    return git("commit-tree", git("write-tree", cwd=clone), "-p", parent, "-m", message, cwd=clone, date=date)


def text_of(clone, revision, path):
    done = subprocess.run(["git", "show", f"{revision}:{path}"], cwd=clone, env=ENVIRONMENT, capture_output=True)
    return None if done.returncode else done.stdout


def prepare(arguments, clone):
    git("clone", "--quiet", "--shared", "--no-checkout", arguments.repository, clone, cwd="/")
    chosen = [git("rev-parse", f"{name}^{{commit}}", cwd=clone) for name in revisions(arguments)]
    names = [f"release-{len(chosen) - at}" for at in range(len(chosen))]
    book = "book.toml" if arguments.book == "." else f"{arguments.book}/book.toml"
    for name, commit in zip(names, chosen):
        if text_of(clone, commit, book) is None:
            commit = commit_file(clone, commit, book, b"[book]\n", "Begin a book")
        git("branch", name, commit, cwd=clone)
    text = text_of(clone, names[0], book) + b'\n[versions]\nbranches = ["release-*"]\n'
    base = commit_file(clone, names[0], book, text, "Ask for versions")
    git("update-ref", "refs/heads/main", base, cwd=clone)
    git("symbolic-ref", "HEAD", "refs/heads/main", cwd=clone)
    git("remote", "remove", "origin", cwd=clone)
    os.makedirs(os.path.join(clone, arguments.book), exist_ok=True)
    of = [pages(clone, name, arguments.book) for name in names]
    shares = [equal(a, b) for a, b in zip(of, of[1:])]
    print(f"{len(names)} versions of {min(map(len, of))} to {max(map(len, of))} pages; equal between "
          f"neighbors: {min(shares):.0%} to {max(shares):.0%}")
    return names


def edit(clone, branch, book, word):
    """Adds a line to a page of a branch."""
    path = sorted(path for path in pages(clone, branch, book) if not path.endswith("SUMMARY.md"))[3]
    text = text_of(clone, branch, path) + f"\n{word} more.\n".encode()
    git("update-ref", f"refs/heads/{branch}", commit_file(clone, branch, path, text, word), cwd=clone)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("copydesk")
    parser.add_argument("repository")
    parser.add_argument("--book", default=".")
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--equal", type=float)
    parser.add_argument("--tags", nargs="*")
    parser.add_argument("-n", type=int, default=3)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.copydesk)
    work = tempfile.mkdtemp(prefix="versions-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    figures = {}
    try:
        clone = os.path.join(work, "clone")
        names = prepare(arguments, clone)
        one = names[0].removeprefix("release-")
        edited = names[len(names) // 2]
        root = os.path.join(clone, arguments.book)
        # The cache of the second site is kept beside, and takes turns with the other one.
        caches = {site: os.path.join(work, f"cache-{site}") for site in ("all", "alone")}

        def measure(label, *options, site):
            command = [program, "build", root, "--out", os.path.join(work, f"site-{site}"),
                       "--base-url", "https://docs.example.com/", "--quiet", *options]
            (wall, cpu, _), code = run(command, env=ENVIRONMENT)
            if code > 1:
                raise SystemExit(f"{label} ended {code}")
            figures.setdefault(label, []).append((wall, cpu))

        cache = os.path.join(root, ".copydesk")

        def clear(site):
            shutil.rmtree(cache, ignore_errors=True)
            shutil.rmtree(os.path.join(work, f"site-{site}"), ignore_errors=True)

        def swap(old, new):
            if os.path.exists(cache):
                shutil.rmtree(caches[old], ignore_errors=True)
                os.rename(cache, caches[old])
            if os.path.exists(caches[new]):
                os.rename(caches[new], cache)

        for turn in range(arguments.n):
            clear("one")
            measure("one", "--only-version", one, site="one")
            clear("alone")
            measure("all", "--versions", site="alone")
            swap("alone", "all")
            clear("all")
            measure("all", "--versions", site="all")
            measure("again", "--versions", site="all")
            edit(clone, edited, arguments.book, f"Turn {turn}")
            measure("changed", "--versions", site="all")
            swap("all", "alone")
            measure("alone", "--only-version", edited.removeprefix("release-"), site="alone")
            clear("cold")
            measure("cold", "--only-version", edited.removeprefix("release-"), site="cold")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    middle = {label: statistics.median(wall for wall, _ in rows) for label, rows in figures.items()}
    for label, rows in figures.items():
        cpu = statistics.median(cpu for _, cpu in rows)
        print(f"{label:8} wall {middle[label]:7.3f} s   cpu {cpu:7.3f} s   of {len(rows)}")
    print(f"all / one {middle['all'] / middle['one']:.2f}   changed / alone "
          f"{middle['changed'] / middle['alone']:.2f}   changed / cold "
          f"{middle['changed'] / middle['cold']:.2f}")


if __name__ == "__main__":
    main()
