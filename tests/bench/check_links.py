#!/usr/bin/env python3
"""Looks for broken links in a built site by a second method, and compares with what `copydesk lint`
tells.

    python3 tests/bench/check_links.py COPYDESK FOLDER [OUT]

FOLDER is a copy of a repository with a `book.toml`. The site is built into OUT (default: a temporary
folder). Then every `href`, `src`, and `poster` inside of each page's <main> is resolved by Python's
own URL rules against the files of OUT and the ids in them. Nothing of Copydesk's resolver is used.
Ends 1 when one of the two finds what the other does not.
"""

import collections
import html.parser
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

CODES = {
    "link/missing-page",
    "link/missing-file",
    "link/missing-image",
    "link/missing-anchor",
    "link/unpublished",
    "link/empty",
}


class Page(html.parser.HTMLParser):
    """The links in <main>, and all ids."""

    def __init__(self):
        super().__init__()
        self.links, self.ids, self.depth = [], set(), 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name in ("id", "name"):
            if attributes.get(name) and (name == "id" or tag == "a"):
                self.ids.add(attributes[name])
        if tag == "main":
            self.depth += 1
        if self.depth == 0 or "heading-anchor" in (attributes.get("class") or ""):
            return
        for name in ("href", "src", "poster"):
            if name in attributes:
                self.links.append((tag, attributes[name] or ""))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag == "main":
            self.depth -= 1


def normal(link):
    return urllib.parse.unquote(link.strip())


def main():
    copydesk, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    temporary = tempfile.TemporaryDirectory()
    out = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else temporary.name) / "site"
    subprocess.run(
        [copydesk, "build", "--no-cache", "--quiet", "--out", out.resolve()],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )
    lint = subprocess.run(
        [copydesk, "lint", "--no-cache", "--format", "jsonl"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )

    told = collections.Counter()
    # What stands beside the site on its host: told once for each, and not checked.
    neighbours = set()
    for line in lint.stdout.splitlines():
        found = json.loads(line)
        place = found["location"]
        if not place:
            continue
        text = (folder / place["file"]).read_bytes()
        text = text[place["start"]["byte"]:place["end"]["byte"]].decode(errors="replace")
        if found["code"] == "link/outside-content" and text.startswith("/"):
            neighbours.add(normal(text).split("/")[1])
        if found["code"] not in CODES:
            continue
        link = "" if found["code"] == "link/empty" else normal(text)
        told[(link,)] += 1

    pages, files = {}, set()
    for path in out.rglob("*"):
        if path.is_file():
            files.add(path.relative_to(out).as_posix())
    for name in sorted(files):
        # The print view repeats all pages; files of the theme are no pages of the site.
        if name.endswith(".html") and name != "print.html" and not name.startswith("_copydesk/"):
            page = Page()
            page.feed((out / name).read_text(encoding="utf-8", errors="replace"))
            pages[name] = page

    sources = {}
    for name, page in pages.items():
        sources.setdefault((tuple(page.links), frozenset(page.ids)), name)
    broken = collections.Counter()
    checked = beside = 0
    for name, page in pages.items():
        # The first page of a book stands at index.html, too.
        if name == "index.html" and sources[(tuple(page.links), frozenset(page.ids))] != name:
            continue
        for _, link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            checked += 1
            address = urllib.parse.unquote(parts.path)
            if not address and not parts.fragment and not parts.query:
                broken[("",)] += 1
                continue
            if address.startswith("/") and address.split("/")[1] in neighbours:
                beside += 1
                continue
            if address.startswith("/"):
                target = address.lstrip("/")
            else:
                target = os.path.normpath(os.path.join(os.path.dirname(name), address))
            if not address:
                target = name
            if target.startswith(".."):
                continue
            folder_like = target in ("", ".") or address.endswith("/")
            target = "" if target == "." else target
            if folder_like:
                target = os.path.join(target, "index.html").lstrip("/")
            fragment = urllib.parse.unquote(parts.fragment)
            if target not in files:
                broken[(normal(link),)] += 1
            elif fragment and fragment.lower() != "top" and target in pages:
                if fragment not in pages[target].ids:
                    broken[(normal(link),)] += 1

    def kind(link):
        # Published addresses end otherwise than source files; only the fragment stays.
        return "#" + link.split("#", 1)[1] if "#" in link else link

    ours = collections.Counter()
    theirs = collections.Counter()
    for (link,), count in told.items():
        ours[kind(link)] += count
    for (link,), count in broken.items():
        theirs[kind(link)] += count
    missed, invented = theirs - ours, ours - theirs
    print(f"pages {len(pages)}, links checked {checked}, beside the site {beside}")
    print(f"broken by the second method {sum(theirs.values())}, told by lint {sum(ours.values())}")
    for title, counter in (("only the second method", missed), ("only lint", invented)):
        for link, count in sorted(counter.items()):
            print(f"{title}: {count} x {link!r}")
    return 1 if missed or invented else 0


if __name__ == "__main__":
    sys.exit(main())
