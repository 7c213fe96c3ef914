#!/usr/bin/env python3
"""Compares the rules of markdownlint in Copydesk with markdownlint itself, finding by finding.

    tests/bench/markdownlint.py PEER PROGRAM FOLDER... [--config JSON] [--files N] [--show N] [--rule MD013]

PEER is a folder with `node_modules/markdownlint` (`npm install markdownlint`), PROGRAM the binary of
Copydesk. The Markdown of each FOLDER is copied to a scratch folder, in which a `.markdownlint.json`
says JSON (default: `{"default": true}`), and both look at it. A finding agrees where both tell of one
rule on one line of one file; of those that agree, columns are compared where the peer gives one, and
fixes by what each makes of the file by itself. `--fix` also mends the folder with Copydesk and asks the
peer what it could still have fixed. `--cases` takes the documents of `markdownlint_cases.txt` as one more
folder, and `--vary` goes through the parameters of all rules.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

PEER = """
import { lint } from "markdownlint/promise";
import fs from "node:fs";
const { files, config, root } = JSON.parse(fs.readFileSync(0, "utf8"));
const out = {};
const options = { config };
for (let i = 0; i < files.length; i += 200) {
  const strings = {};
  for (const file of files.slice(i, i + 200)) {
    strings[file] = fs.readFileSync(root + "/" + file, "utf8");
  }
  const results = await lint({ ...options, strings });
  for (const [file, found] of Object.entries(results)) {
    out[file] = found.map((f) => [f.ruleNames[0], f.lineNumber, f.errorRange, f.fixInfo]);
  }
}
process.stdout.write(JSON.stringify(out));
"""


def peer(folder, root, files, config):
    request = json.dumps({"files": files, "config": config, "root": str(root)})
    run = subprocess.run(
        ["node", "--input-type=module", "-e", PEER],
        cwd=folder, input=request, capture_output=True, text=True, check=True,
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
        "MD022": [{"lines_above": 2}, {"lines_below": 0}, {"lines_above": [0, 1, 2]}, {"lines_below": -1}],
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
        "MD043": [{"headings": ["# A", "*"]}, {"headings": ["*", "## B", "+"]}, {"headings": ["?", "## b"], "match_case": True}],
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
        "MD055": [{"style": style} for style in ("leading_only", "trailing_only", "leading_and_trailing", "no_leading_or_trailing")],
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


def compare(root, files, theirs, mine, show, rule):
    total = collections.Counter()
    rules = collections.defaultdict(collections.Counter)
    shown = collections.Counter()

    def tell(kind, name, file, line, text, more=""):
        key = (kind, name)
        shown[key] += 1
        if shown[key] <= show and (rule is None or rule == name):
            content = text.lines[line - 1] if line <= len(text.lines) else ""
            print(f"  {kind:8} {name} {file}:{line} {more} | {content[:100]!r}")

    for file in files:
        text = None
        left = collections.defaultdict(list)
        for one in mine.get(file, []):
            start = one["location"]["start"]
            left[(one["code"], start["line"])].append(one)
        for name, line, place, fix in theirs.get(file, []):
            text = text or Text(root / file)
            rules[name]["peer"] += 1
            candidates = left.get((name, line), [])
            if not candidates:
                rules[name]["missing"] += 1
                tell("missing", name, file, line, text, str(place))
                continue
            column = lambda one: text.column(line, one["location"]["start"]["column"])
            near = [one for one in candidates if place and column(one) == place[0]] or candidates
            wanted = text.fixed(line, fix) if fix and len(near) > 1 else None
            same = (one for one in near if wanted and one["fix"] and text.edited(one["fix"]["edits"]) == wanted)
            best = next(same, near[0])
            candidates.remove(best)
            rules[name]["agree"] += 1
            if place:
                rules[name]["places"] += 1
                end = best["location"]["end"]
                width = text.column(end["line"], end["column"]) - column(best)
                if column(best) != place[0] or (end["line"] == line and width != place[1]):
                    rules[name]["columns"] += 1
                    tell("column", name, file, line, text, f"{column(best)}+{width} not {place}")
            if fix or best["fix"]:
                rules[name]["fixes"] += 1
                wanted = text.fixed(line, fix) if fix else None
                edits = best["fix"]["edits"] if best["fix"] else None
                got = text.edited(edits) if edits else None
                # Both marks of an emphasis go at once.
                pair = name in ("MD049", "MD050") and edits and any(text.edited([e]) == wanted for e in edits)
                if got != wanted and not pair:
                    rules[name]["edits"] += 1
                    tell("fix", name, file, line, text, f"{fix} / {edits and [(e['location']['start']['column'], e['text']) for e in edits]}")
        for (name, line), rest in left.items():
            for one in rest:
                text = text or Text(root / file)
                rules[name]["extra"] += 1
                tell("extra", name, file, line, text, f"col {one['location']['start']['column']} {one['message']}")
    keys = ["peer", "agree", "missing", "extra", "places", "columns", "fixes", "edits"]
    print(f"{'rule':8}" + "".join(f"{key:>9}" for key in keys))
    for name in sorted(rules):
        counts = rules[name]
        total.update(counts)
        if counts["missing"] or counts["extra"] or counts["columns"] or counts["edits"]:
            print(f"{name:8}" + "".join(f"{counts[key]:>9}" for key in keys))
    print(f"{'all':8}" + "".join(f"{total[key]:>9}" for key in keys))
    figures(total)
    return total


def figures(total):
    every = total["agree"] + total["missing"] + total["extra"]
    share = lambda good, of: 100 * good / of if of else 100.0
    print(
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
    parser.add_argument("--scratch", default="/dev/shm", help="where files are copied to")
    arguments = parser.parse_args()
    configs = list(variations()) if arguments.vary else [json.loads(arguments.config)]
    folders = [(str(folder), sorted(folder.rglob("*.md")), folder) for folder in arguments.folders]
    total = collections.Counter()
    for name, every, folder in folders:
        if arguments.files:
            step = max(1, len(every) // arguments.files)
            every = every[::step][: arguments.files]
        texts = {str(path.relative_to(folder)): path.read_bytes() for path in every}
        for config in configs:
            total.update(one(arguments, name, texts, config))
    if arguments.cases:
        cases = pathlib.Path(__file__).with_name("markdownlint_cases.txt").read_text().split("\n=====\n")
        texts = {f"{number:03}.md": case.encode() for number, case in enumerate(cases)}
        for config in configs:
            total.update(one(arguments, "cases", texts, config))
    print("in all:")
    figures(total)


def one(arguments, name, texts, config):
    """Compares on texts with a configuration."""
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        root = pathlib.Path(scratch)
        for file, text in texts.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(text)
        files = sorted(texts)
        (root / ".markdownlint.json").write_text(json.dumps(config))
        print(f"{name}: {len(files)} files, {json.dumps(config)[:200]}")
        theirs = peer(arguments.peer, root, files, config)
        mine = ours(arguments.program.absolute(), root)
        total = compare(root, files, theirs, mine, arguments.show, arguments.rule)
        if arguments.fix:
            command = [arguments.program.absolute(), "lint", "--fix", "--suggested", "--quiet", "--no-cache", "--fail-on", "never"]
            subprocess.run(command, cwd=root, capture_output=True, check=False)
            again = peer(arguments.peer, root, files, config)
            left = collections.Counter()
            for file, found in again.items():
                for rule, line, _, fix in found:
                    if fix:
                        left[rule] += 1
                        if left[rule] <= arguments.show:
                            text = Text(root / file)
                            content = text.lines[line - 1 : line]
                            print("  unfixed", rule, f"{file}:{line}", content)
            before = sum(1 for found in theirs.values() for one in found if one[3])
            print(f"fixable for the peer: {before} before, {sum(left.values())} after {dict(left)}")
        return total


if __name__ == "__main__":
    main()
