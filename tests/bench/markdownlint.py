#!/usr/bin/env python3
"""Compares the rules of markdownlint in Copydesk with markdownlint itself, finding by finding.

    tests/bench/markdownlint.py PEER PROGRAM FOLDER... [--config JSON] [--files N] [--show N] [--rule MD013]

PEER is a folder with `node_modules/markdownlint` (`npm install markdownlint`), PROGRAM the binary of
Copydesk. The Markdown of each FOLDER is copied to a scratch folder, in which a `.markdownlint.json`
says JSON (default: `{"default": true}`), and both look at it. A finding agrees where both tell of one
rule on one line of one file; of those that agree, columns are compared where the peer gives one, and
fixes by what each makes of the file by itself. `--fix` also mends the folder with Copydesk and asks the
peer what it could still have fixed, and ours why it did not; `--html` mends with each rule alone, and says where that changes
the HTML that the peer's parser makes of a file. `--examples` takes the examples of the CommonMark
specification (fetched, see `commonmark/README.md`) as one more folder, `--random N` so many texts of
random pieces; of these, `--fix` must end and change nothing the second time. `--cases` takes the documents of `markdownlint_cases.txt` as one more
folder, and `--vary` goes through the parameters of all rules. `--speed` times both, and rumdl where `--rumdl`
names its program, on the folders, cold and one after the other; run it on nothing else's time.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PEER = """
import { lint } from "markdownlint/promise";
import fs from "node:fs";
const { files, config, root } = JSON.parse(fs.readFileSync(0, "utf8"));
const out = {};
const options = { config, handleRuleFailures: true };
for (let i = 0; i < files.length; i += 200) {
  const strings = {};
  for (const file of files.slice(i, i + 200)) {
    strings[file] = fs.readFileSync(root + "/" + file, "utf8");
  }
  const results = await lint({ ...options, strings });
  for (const [file, found] of Object.entries(results)) {
    const failed = found.filter((f) => String(f.errorDetail).startsWith("This rule threw"));
    for (const f of failed) process.stderr.write(`peer failed: ${f.ruleNames[0]} in ${file}\n`);
    const told = found.filter((f) => !failed.includes(f));
    out[file] = told.map((f) => [f.ruleNames[0], f.lineNumber, f.errorRange, f.fixInfo]);
  }
}
process.stdout.write(JSON.stringify(out));
"""


RENDER = """
import { micromark } from "micromark";
import { gfmTable, gfmTableHtml } from "micromark-extension-gfm-table";
import { gfmFootnote, gfmFootnoteHtml } from "micromark-extension-gfm-footnote";
import fs from "node:fs";
const extensions = [gfmTable(), gfmFootnote()];
const htmlExtensions = [gfmTableHtml(), gfmFootnoteHtml()];
const out = {};
for (const [name, text] of Object.entries(JSON.parse(fs.readFileSync(0, "utf8")))) {
  const body = text.replace(/^\\uFEFF/, "").replace(/^---\\r?\\n[^]*?\\n---\\r?\\n/, "");
  const options = { allowDangerousHtml: true, allowDangerousProtocol: true, extensions, htmlExtensions };
  out[name] = micromark(body, options);
}
process.stdout.write(JSON.stringify(out));
"""

# What fixes of a rule are meant to change on a page. The others must leave it as it is.
MEANT = {
    "MD009": "lines of nothing but spaces that are no white space in Markdown",
    "MD010": "tabs in code become spaces",
    "MD011": "reversed links become links",
    "MD014": "prompts before commands go",
    "MD018": "text behind `#` becomes a heading",
    "MD020": "text between `#` becomes a heading",
    "MD023": "text that is indented becomes a heading",
    "MD026": "punctuation at the end of headings goes",
    "MD028": "two quotes become one",
    "MD029": "numbers of items",
    "MD034": "addresses become links",
    "MD037": "stars around spaces become emphasis",
    "MD038": "spaces at the ends of code go",
    "MD039": "spaces at the ends of the text of links go",
    "MD044": "names are written as they are",
    "MD051": "fragments lead to headings",
    "MD053": "footnotes that nothing refers to go",
}


def rendered(folder, texts):
    run = subprocess.run(
        ["node", "--input-type=module", "-e", RENDER],
        cwd=folder, input=json.dumps(texts), capture_output=True, text=True, check=True,
    )
    return json.loads(run.stdout)


def plain(html):
    """HTML without what nobody sees: white space between blocks, how far items of a list stand apart,
    and whether a list is one or two."""
    pieces = re.split(r"(<pre[^]*?</pre>|</?[a-z][^>]*>)".replace("[^]", "[\\s\\S]"), html)
    out, items = [], 0
    for piece in pieces:
        if piece.startswith("<pre"):
            out.append(piece)
            continue
        items += piece == "<li>" or piece.startswith("<li ")
        items -= piece == "</li>"
        if piece in ("<p>", "</p>") and items:
            piece = " "
        out.append(re.sub(r"\s+", " ", piece))
    text = "".join(out)
    text = re.sub(r"\s*(</?(?:p|li|ul|ol|h[1-6]|blockquote|table|thead|tbody|tr|td|th|hr|section|pre)\b[^>]*>)\s*", r"\1", text)
    return text.replace("</ul><ul>", "").strip()


def html(arguments, name, texts):
    """Mends with each rule alone, and compares pages."""
    fixable = [3, 4, 5, 7, 9, 10, 11, 12, 14, 18, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30, 31, 32, 34, 35, 37, 38,
               39, 44, 47, 49, 50, 51, 53, 54, 55, 58, 60]
    before = rendered(arguments.peer, {f: t.decode("utf-8", "replace") for f, t in texts.items()})
    unmeant = 0
    for number in fixable:
        rule = f"MD{number:03}"
        with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
            root = pathlib.Path(scratch)
            write(root, texts, {"default": False, rule: True})
            mend(arguments, root)
            after = {file: (root / file).read_bytes() for file in texts}
        changed = {f: after[f].decode("utf-8", "replace") for f in texts if after[f] != texts[f]}
        differ = [f for f, page in rendered(arguments.peer, changed).items() if plain(page) != plain(before[f])]
        if changed:
            meant = MEANT.get(rule, "")
            word = "as meant: " + meant if differ and meant else "NOT MEANT" if differ else "as before"
            unmeant += 0 if meant else len(differ)
            print(f"{name} {rule}: {len(changed)} files mended, {len(differ)} pages differ, {word}")
            for file in [] if meant else differ[: arguments.show]:
                print("  ", file, first_difference(plain(before[file]), plain(rendered(arguments.peer, {file: changed[file]})[file])))
    print(f"{name}: {unmeant} pages differ where no rule means it")
    return unmeant


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return repr(a[max(0, at - 60) : at + 60]), repr(b[max(0, at - 60) : at + 60])


def write(root, texts, config):
    for file, text in texts.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(text)
    (root / ".markdownlint.json").write_text(json.dumps(config))


def mend(arguments, root):
    command = [arguments.program.absolute(), "lint", "--fix", "--suggested", "--quiet", "--no-cache", "--fail-on", "never"]
    run = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=3600)
    if run.returncode != 0:
        sys.exit(f"--fix ended with {run.returncode}: {run.stderr.decode()[-2000:]}")


REFUSED = re.compile(r"^not fixed: (.*):(\d+): (MD\d+): (.*)$", re.M)


def reasons(arguments, root, files):
    """Why fixes are not applied in files, by file, line and rule, as `--fix` tells it."""
    found = {}
    for file in files:
        command = [arguments.program.absolute(), "lint", "--fix", "--suggested", "--dry-run", "--no-cache",
                   "--fail-on", "never", file]
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, errors="replace")
        for path, line, rule, why in REFUSED.findall(run.stderr):
            found[(path, int(line), rule)] = why
    return found


def examples():
    """The examples of the CommonMark specification, which stand under a licence of their own."""
    with tempfile.TemporaryDirectory() as folder:
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "commonmark-spec@0.31.2"]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        show = "process.stdout.write(JSON.stringify(require('commonmark-spec').tests.map((t) => t.markdown)))"
        run = subprocess.run(["node", "-e", show], cwd=folder, capture_output=True, text=True, check=True)
    return [text.replace("\u2192", "\t") for text in json.loads(run.stdout)]


PIECES = ("# |#|##|a|b c|ä|日本|🙂| |  |    |\t|\n|\n\n|\n\n\n|- |* |+ |1. |2) |> |>|```|~~~|`|``|*|**|_|__|---|***|===|[|]|(|)|"
          "[a](b)|[ a ](b)|[a]: b|![](|<b>|</b>|<!--|-->|https://a.b|www.a.b|a@b.cd|[^1]|[^1]: |$ ls|$|\\\\|&amp;|.|:|!|\r\n|{#a}|#a|(a)[b]|"
          "\u00a0|* a *|` a `|<!-- markdownlint-disable -->").split("|") + ["|", "| a | b |\n|---|---|\n", "|---|"]


def made_up(count):
    """Random texts, the same each time."""
    chance = random.Random(10)
    return ["".join(chance.choices(PIECES, k=chance.randrange(60))) for _ in range(count)]


def idempotent(arguments, name, texts):
    """Whether mending ends, and changes nothing the second time."""
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        root = pathlib.Path(scratch)
        write(root, texts, {"default": True})
        mend(arguments, root)
        once = {file: (root / file).read_bytes() for file in texts}
        mend(arguments, root)
        again = [file for file in texts if (root / file).read_bytes() != once[file]]
    print(f"{name}: {len(texts)} texts mended, {len(again)} of them otherwise the second time")
    for file in again[: arguments.show]:
        print("  ", repr(texts[file][:300]), repr(once[file][:300]))
    return len(again)


def timed(command, folder):
    """Wall and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def speed(arguments):
    """Times all linters on the Markdown of the folders, in turn."""
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        forms, site = pathlib.Path(scratch) / "forms", pathlib.Path(scratch) / "site"
        size = count = 0
        for at, folder in enumerate(arguments.folders):
            for path in sorted(folder.rglob("*.md")):
                target = forms / str(at) / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                size += path.stat().st_size
                count += 1
        (forms / ".markdownlint.json").write_text('{"default": true}')
        shutil.copytree(forms, site / "content")
        (site / "content" / ".markdownlint.json").rename(site / ".markdownlint.json")
        (site / "book.toml").write_text('[book]\ntitle = "x"\n[lint]\nextends = ["markdownlint"]\n')
        lint = [arguments.program.absolute(), "lint", "--no-cache", "--fail-on", "never", "--quiet"]
        commands = {"copydesk": (lint, forms), "copydesk with links": (lint, site)}
        if arguments.rumdl:
            commands["rumdl"] = ([arguments.rumdl.absolute(), "check", "--no-cache", "--silent", "."], forms)
        cli2 = arguments.peer.absolute() / "node_modules/.bin/markdownlint-cli2"
        times = collections.defaultdict(list)
        for _ in range(arguments.rounds):
            for name, (command, folder) in commands.items():
                times[name].append(timed(command, folder))
        times["markdownlint-cli2"].append(timed([cli2, "**/*.md"], forms))
        print(f"{count} files, {size / 1e6:.1f} MB")
        medians = {}
        for name, all in times.items():
            wall, cpu = (statistics.median(one[at] for one in all) for at in (0, 1))
            medians[name] = wall
            print(f"{name:22}{wall:9.2f} s wall{cpu:9.2f} s CPU{size / 1e6 / wall:9.1f} MB/s  of {len(all)}")
        ours = medians["copydesk"]
        print(f"links on top: {medians['copydesk with links'] - ours:.2f} s (bar: at most 1)")
        print(f"markdownlint-cli2: {medians['markdownlint-cli2'] / ours:.1f} times as long (bar: 25)")
        if "rumdl" in medians:
            print(f"rumdl: {medians['rumdl'] / ours:.2f} times as long (bar: 1)")
        else:
            print("rumdl: not measured")


def peer(folder, root, files, config):
    request = json.dumps({"files": files, "config": config, "root": str(root)})
    run = subprocess.run(
        ["node", "--input-type=module", "-e", PEER],
        cwd=folder, input=request, stdout=subprocess.PIPE, text=True, check=True,
    )
    return json.loads(run.stdout)


def ours(program, root):
    command = [program, "lint", "--format", "jsonl", "--no-cache", "--fail-on", "never"]
    run = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr.decode())
    found = collections.defaultdict(list)
    for line in run.stdout.decode().splitlines():
        one = json.loads(line)
        if one["code"].startswith("MD"):
            found[one["location"]["file"]].append(one)
        elif one["severity"] != "advice":
            print("other:", one["code"], one["location"] and one["location"]["file"], one["message"])
    return found


def variations():
    """Configurations in which each rule has each of its parameters."""
    values = {
        "MD001": [{"front_matter_title": ""}],
        "MD003": [{"style": style} for style in ("atx", "atx_closed", "setext", "setext_with_atx", "setext_with_atx_closed")],
        "MD004": [{"style": style} for style in ("asterisk", "plus", "dash", "sublist")],
        "MD007": [{"indent": 4}, {"start_indented": True}, {"start_indented": True, "start_indent": 3}],
        "MD009": [{"br_spaces": 0}, {"br_spaces": 3}, {"strict": True}, {"list_item_empty_lines": True}, {"code_blocks": True}],
        "MD010": [{"code_blocks": False}, {"ignore_code_languages": ["go"]}, {"spaces_per_tab": 4}],
        "MD012": [{"maximum": 2}],
        "MD013": [{"strict": True}, {"stern": True}, {"line_length": 40}, {"headings": False}, {"tables": False},
                  {"code_blocks": False}, {"heading_line_length": 40}, {"code_block_line_length": 40}],
        "MD022": [{"lines_above": 2}, {"lines_below": 0}, {"lines_above": [0, 1, 2]}, {"lines_below": -1}, {"include_front_matter": True}],
        "MD024": [{"siblings_only": True}],
        "MD025": [{"level": 2}, {"front_matter_title": ""}],
        "MD026": [{"punctuation": ".?"}],
        "MD027": [{"list_items": False}],
        "MD029": [{"style": style} for style in ("one", "ordered", "zero")],
        "MD030": [{"ul_single": 3, "ul_multi": 2, "ol_single": 2, "ol_multi": 3}],
        "MD031": [{"list_items": False}],
        "MD033": [{"allowed_elements": ["br", "B"]}, {"table_allowed_elements": ["img"]}],
        "MD035": [{"style": "---"}, {"style": "***"}],
        "MD036": [{"punctuation": "?"}],
        "MD040": [{"allowed_languages": ["js"]}, {"language_only": True}],
        "MD041": [{"allow_preamble": True}, {"level": 2}, {"front_matter_title": ""}],
        "MD043": [{"headings": ["# A", "*"]}, {"headings": ["*", "## B", "+"]}, {"headings": ["?", "## b"], "match_case": True},
                  {"headings": ["% .*", "^", "%% ^[a-m]", "*", "^", "*"]}, {"headings": ["^", "?", "^"]}, {"headings": ["+", "bad"]}],
        "MD044": [{"names": ["JavaScript", "GitHub", "Rust", "javascript.com"]},
                  {"names": ["JavaScript", "GitHub", "Rust"], "code_blocks": False, "html_elements": False}],
        "MD046": [{"style": "fenced"}, {"style": "indented"}],
        "MD048": [{"style": "backtick"}, {"style": "tilde"}],
        "MD049": [{"style": "asterisk"}, {"style": "underscore"}],
        "MD050": [{"style": "asterisk"}, {"style": "underscore"}],
        "MD051": [{"ignore_case": True}, {"ignored_pattern": "^n"}],
        "MD052": [{"shortcut_syntax": True}, {"ignored_labels": ["c"]}],
        "MD053": [{"ignored_definitions": ["unused"]}],
        "MD054": [{name: False} for name in ("autolink", "inline", "full", "collapsed", "shortcut", "url_inline")],
        "MD055": [{"style": style} for style in ("leading_only", "trailing_only", "leading_and_trailing", "no_leading_or_trailing", "per_table")],
        "MD059": [{"prohibited_texts": ["learn more", "x"]}],
        "MD060": [{"style": style} for style in ("aligned", "compact", "tight")]
        + [{"style": "compact", "aligned_delimiter": True}, {"aligned_delimiter": True}],
    }
    deepest = max(len(all) for all in values.values())
    for index in range(deepest):
        chosen = {rule: all[index] for rule, all in values.items() if index < len(all)}
        yield {"default": index == 0, **chosen}


class Text:
    """A file as the peer counts it: lines, and columns in units of UTF-16."""

    def __init__(self, path):
        self.bytes = path.read_bytes()
        text = self.bytes.decode("utf-8", "replace").removeprefix("\ufeff")
        self.marked = self.bytes.startswith(b"\xef\xbb\xbf")
        self.ending = "\r\n" if "\r\n" in text else "\n"
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def column(self, line, column):
        """A column in characters as one in units."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return len(text[: column - 1].encode("utf-16-le")) // 2 + 1

    def fixed(self, line, fix):
        """What the peer's fix makes of the lines."""
        line = fix.get("lineNumber", line)
        lines = list(self.lines)
        count = fix.get("deleteCount", 0)
        if count == -1:
            del lines[line - 1]
            return "\n".join(lines)
        while len(lines) < line:
            lines.append("")
        units = lines[line - 1].encode("utf-16-le")
        at = (fix.get("editColumn", 1) - 1) * 2
        text = fix.get("insertText", "").encode("utf-16-le")
        lines[line - 1] = (units[:at] + text + units[at + count * 2 :]).decode("utf-16-le", "replace")
        return "\n".join(lines)

    def edited(self, edits):
        """What edits of ours make of the text."""
        text = self.bytes
        for edit in sorted(edits, key=lambda e: -e["location"]["start"]["byte"]):
            start, end = edit["location"]["start"]["byte"], edit["location"]["end"]["byte"]
            text = text[:start] + edit["text"].encode() + text[end:]
        text = text.decode("utf-8", "replace").removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def around(text, line):
    """The lines of the block that a line lies in, up to blank ones."""
    lines, first, last = text.lines, line - 1, line - 1
    while first > 0 and lines[first - 1].strip():
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    return lines[first : last + 1]


# An address up to where it surely ends, the label of a footnote, and a comment that switches rules.
ADDRESS = re.compile(r"(?:https?://|\bwww\.|[\w.+-]+@)[\w.-]+[^\s\"'`<>()\[\]]*", re.I)
LABEL = re.compile(r"\[\^[^\]]*\]")
SWITCH = re.compile(r"<!--\s*(?:markdownlint-|copydesk-ignore).*?(?:-->|$)", re.I)


def within(pattern, text, at):
    """Whether a column lies in what a pattern finds in a text."""
    return at is not None and any(one.start() < at <= one.end() for one in pattern.finditer(text))


def behind(pattern, text, at):
    """Whether a column lies behind what a pattern finds in a text, not in it."""
    return at is not None and not within(pattern, text, at) and bool(pattern.search(text[: at - 1]))


# Differences that are known, with their reasons: the kinds and rules that they show in (all where there
# are none), and what is so where they do, given the line and the column, the peer's where it has one.
KNOWN = [
    ([], [], lambda text, line, at: "\n".join(around(text, line)).count("$") > 1,
     "what stands between two `$` is a formula there, and text here"),
    (["fix"], ["MD022", "MD031"], lambda text, line, at: any(">" in one[:8] for one in text.lines[max(0, line - 2) : line + 1]),
     "a blank line is added within the quote and the item, and before the mark of a note it has none"),
    (["column"], ["MD055"], lambda text, line, at: ">" in text.lines[line - 1][:8],
     "spaces between the mark of a quote and a row are no part of the row"),
    (["extra"], ["MD009"], lambda text, line, at: "\t" in text.lines[line - 1] and not text.lines[line - 1].strip(),
     "a line with nothing but a tab behind indented code is no part of it"),
    (["fix"], ["MD053"], lambda text, line, at: not text.lines[line - 1].rstrip().endswith("]:") and "]:" not in text.lines[line - 1],
     "a definition of several lines is left alone: without its first line it would be text"),
    (["missing"], ["MD052"], lambda text, line, at: "[^" in text.lines[line - 1],
     "footnotes that are not defined are not looked for"),
    (["extra"], ["MD034"], lambda text, line, at: "mailto:" in text.lines[line - 1],
     "an address of mail behind `mailto:` is an address"),
    (["column"], [], lambda text, line, at: any(ord(one) > 0xFFFF for one in text.lines[line - 1]),
     "a column behind half of a character is that of the character"),
    (["fix"], ["MD030"], lambda text, line, at: ">" in text.lines[line - 1][:4],
     "a blank line of the quote behind a list is no part of the list"),
    (["missing"], ["MD044"], lambda text, line, at: within(LABEL, text.lines[line - 1], at),
     "the label of a footnote is left alone, as that of a link is"),
    (["missing"], ["MD044"], lambda text, line, at: within(SWITCH, text.lines[line - 1], at),
     "a comment for a linter holds no names"),
    (["extra"], ["MD044"], lambda text, line, at: behind(ADDRESS, text.lines[line - 1], at),
     "a name behind an address in code or HTML is found"),
    (["missing"], ["MD054"], lambda text, line, at: text.lines[line - 1].count("[") > text.lines[line - 1].count("]"),
     "the text of an image over several lines is compared as it is written"),
]


def known(kind, rule, text, line, at):
    """Why two findings differ; none where that is not known."""
    for kinds, rules, holds, reason in KNOWN:
        if (not kinds or kind in kinds) and (not rules or rule in rules) and line <= len(text.lines) and holds(text, line, at):
            return reason
    return None


def compare(root, files, theirs, mine, show, rule):
    total = collections.Counter()
    rules = collections.defaultdict(collections.Counter)
    shown, why = collections.Counter(), collections.Counter()

    def tell(kind, name, file, line, text, at, more=""):
        reason = known(kind, name, text, line, at)
        why[(reason or "", kind, name)] += 1
        total["unlisted"] += reason is None
        key = (kind, name)
        shown[key] += reason is None
        if reason is None and shown[key] <= show and (rule is None or rule == name):
            content = text.lines[line - 1] if line <= len(text.lines) else ""
            print(f"  {kind:8} {name} {file}:{line} {more} | {content[:100]!r}")

    for file in files:
        text = None
        left = collections.defaultdict(list)
        for one in mine.get(file, []):
            start = one["location"]["start"]
            left[(one["code"], start["line"])].append(one)
        places = collections.defaultdict(set)
        for name, line, place, _ in theirs.get(file, []):
            places[(name, line)].add(place and place[0])
        for name, line, place, fix in theirs.get(file, []):
            text = text or Text(root / file)
            rules[name]["peer"] += 1
            candidates = left.get((name, line), [])
            column = lambda one: text.column(line, one["location"]["start"]["column"])
            # Those of its column, or of none that the peer gives.
            near = [one for one in candidates if place and column(one) == place[0]]
            near = near or [one for one in candidates if not place or column(one) not in places[(name, line)]]
            if not near:
                rules[name]["missing"] += 1
                tell("missing", name, file, line, text, place and place[0], str(place))
                continue
            # Of several on one place, the one with the same fix, which may be none.
            wanted = text.fixed(line, fix) if fix and len(near) > 1 else None
            made = lambda one: text.edited(one["fix"]["edits"]) if one["fix"] else None
            best = next((one for one in near if len(near) > 1 and made(one) == wanted), near[0])
            candidates.remove(best)
            rules[name]["agree"] += 1
            if place:
                rules[name]["places"] += 1
                end = best["location"]["end"]
                width = text.column(end["line"], end["column"]) - column(best)
                if column(best) != place[0] or (end["line"] == line and width != place[1]):
                    rules[name]["columns"] += 1
                    tell("column", name, file, line, text, place[0], f"{column(best)}+{width} not {place}")
            if fix or best["fix"]:
                rules[name]["fixes"] += 1
                wanted = text.fixed(line, fix) if fix else None
                edits = best["fix"]["edits"] if best["fix"] else None
                got = text.edited(edits) if edits else None
                # Both marks of an emphasis go at once.
                pair = name in ("MD049", "MD050") and edits and any(text.edited([e]) == wanted for e in edits)
                if got != wanted and not pair:
                    rules[name]["edits"] += 1
                    tell("fix", name, file, line, text, place and place[0], f"{fix} / {edits and [(e['location']['start']['column'], e['text']) for e in edits]}")
        for (name, line), rest in left.items():
            for one in rest:
                text = text or Text(root / file)
                rules[name]["extra"] += 1
                start = one["location"]["start"]["column"]
                tell("extra", name, file, line, text, text.column(line, start), f"col {one['location']['start']['column']} {one['message']}")
    keys = ["peer", "agree", "missing", "extra", "places", "columns", "fixes", "edits"]
    print(f"{'rule':8}" + "".join(f"{key:>9}" for key in keys))
    for name in sorted(rules):
        counts = rules[name]
        total.update(counts)
        if counts["missing"] or counts["extra"] or counts["columns"] or counts["edits"]:
            print(f"{name:8}" + "".join(f"{counts[key]:>9}" for key in keys))
    print(f"{'all':8}" + "".join(f"{total[key]:>9}" for key in keys))
    for (reason, kind, name), count in sorted(why.items()):
        print(f"  {count:5} {kind} {name}: {reason or 'NOT KNOWN WHY'}")
    figures(total)
    return total


def figures(total):
    every = total["agree"] + total["missing"] + total["extra"]
    share = lambda good, of: 100 * good / of if of else 100.0
    every_difference = total["missing"] + total["extra"] + total["columns"] + total["edits"]
    print(
        f"{every_difference} differences, {total['unlisted']} of them without a known reason; "
        f"findings {share(total['agree'], every):.3f} %, "
        f"columns {share(total['places'] - total['columns'], total['places']):.3f} %, "
        f"fixes {share(total['fixes'] - total['edits'], total['fixes']):.3f} %, {every} findings"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", type=pathlib.Path)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("folders", type=pathlib.Path, nargs="*")
    parser.add_argument("--config", default='{"default": true}')
    parser.add_argument("--files", type=int, default=0, help="at most so many files of each folder")
    parser.add_argument("--show", type=int, default=0, help="so many differences of each kind and rule")
    parser.add_argument("--rule", help="only differences of this rule are shown")
    parser.add_argument("--cases", action="store_true", help="compare on documents written for each rule")
    parser.add_argument("--vary", action="store_true", help="compare with every parameter")
    parser.add_argument("--fix", action="store_true", help="mend, and ask the peer again")
    parser.add_argument("--html", action="store_true", help="mend with each rule alone, and compare pages")
    parser.add_argument("--examples", action="store_true", help="take the examples of CommonMark")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="take so many random texts")
    parser.add_argument("--speed", action="store_true", help="time the linters on the folders")
    parser.add_argument("--rounds", type=int, default=3, help="of timing")
    parser.add_argument("--rumdl", type=pathlib.Path, help="the program of rumdl")
    parser.add_argument("--scratch", default="/dev/shm", help="where files are copied to")
    arguments = parser.parse_args()
    if arguments.speed:
        return speed(arguments)
    configs = list(variations()) if arguments.vary else [json.loads(arguments.config)]
    folders = [(str(folder), sorted(folder.rglob("*.md")), folder) for folder in arguments.folders]
    total = collections.Counter()
    sets = []
    for name, every, folder in folders:
        if arguments.files:
            step = max(1, len(every) // arguments.files)
            every = every[::step][: arguments.files]
        sets.append((name, {str(path.relative_to(folder)): path.read_bytes() for path in every}))
    numbered = lambda texts: {f"{number:05}.md": text.encode() for number, text in enumerate(texts)}
    if arguments.cases:
        cases = pathlib.Path(__file__).with_name("markdownlint_cases.txt").read_text().split("\n=====\n")
        sets.append(("cases", numbered(cases)))
    bad = 0
    for name, texts in sets:
        if arguments.html:
            bad += html(arguments, name, texts)
            continue
        for config in configs:
            total.update(one(arguments, name, texts, config))
    for name, texts in [("examples", examples() if arguments.examples else []), ("random", made_up(arguments.random))]:
        if texts:
            total.update(one(arguments, name, numbered(texts), configs[0]))
            bad += idempotent(arguments, name, numbered(texts))
    if not arguments.html:
        print("in all:")
        figures(total)
    sys.exit(1 if bad else 0)


def one(arguments, name, texts, config):
    """Compares on texts with a configuration."""
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        root = pathlib.Path(scratch)
        write(root, texts, config)
        files = sorted(texts)
        print(f"{name}: {len(files)} files, {json.dumps(config)[:200]}")
        theirs = peer(arguments.peer, root, files, config)
        mine = ours(arguments.program.absolute(), root)
        total = compare(root, files, theirs, mine, arguments.show, arguments.rule)
        if arguments.fix:
            mend(arguments, root)
            again = peer(arguments.peer, root, files, config)
            left, why = collections.Counter(), collections.Counter()
            known = reasons(arguments, root, [file for file, all in again.items() if any(one[3] for one in all)])
            for file, found in again.items():
                for rule, line, _, fix in found:
                    if fix:
                        left[rule] += 1
                        reason = known.get((file, line, rule), "not told")
                        why[(rule, re.sub(r"`[^`]*`", "`..`", reason))] += 1
                        if left[rule] <= arguments.show:
                            text = Text(root / file)
                            content = text.lines[line - 1 : line]
                            print("  unfixed", rule, f"{file}:{line}", content, reason)
            for (rule, reason), count in sorted(why.items()):
                print(f"  left {count:4} {rule}: {reason}")
            before = sum(1 for found in theirs.values() for one in found if one[3])
            print(f"fixable for the peer: {before} before, {sum(left.values())} after {dict(left)}")
        return total


if __name__ == "__main__":
    main()
