"""Whether what a tool has built is the site that it was given: a fast build of something else
proves nothing."""
import html
import re
from dataclasses import dataclass, field
from pathlib import Path

PAGE = re.compile(r'section-\d+/(page-\d+)(?:\.html|/index\.html)$')
BLOCK = re.compile(r'<pre\b[^>]*>.*?</pre>', re.S)
TAG = re.compile(r'<[^>]*>')
UNSEEN = re.compile(r'<(script|style|head|svg)\b.*?</\1>', re.S | re.I)
NOT_WORDS = re.compile(r'[^a-z0-9]+')
# A token of highlighted code, in the markup of any tool: mdBook's hidden lines are none, nor are
# the wrappers of lines.
TOKEN = re.compile(r'<span (?:class="(?!boring)[^"]+"|style="[^"]*color)')
FENCE = re.compile(r'^\s*(?:>\s?)*\s*(`{3,}|~{3,})\s*([a-z]*)\s*$')
PROSE = re.compile(r'^[A-Z][A-Za-z0-9 ,.]{40,}$')

# Tools read some constructs differently: this share of the lines, and of the blocks of code,
# must be there.
ENOUGH = 0.97
# Blocks whose code holds nothing but plain words show no token.
ENOUGH_HIGHLIGHTED = 0.90


@dataclass
class Findings:
    pages: int = 0
    files: int = 0
    bytes: int = 0
    lines: int = 0
    lines_found: int = 0
    blocks: int = 0
    blocks_found: int = 0
    blocks_with_language: int = 0
    highlighted: int = 0
    code_html: int = 0
    code_source: int = 0
    complaints: list = field(default_factory=list)

    @property
    def growth_of_code(self):
        """Bytes of HTML for each byte of highlighted code."""
        return self.code_html / self.code_source if self.code_source else None


def words(text):
    return NOT_WORDS.sub(' ', text.lower())


def visible(text):
    return words(html.unescape(TAG.sub(' ', UNSEEN.sub(' ', text))))


def expected(body):
    """Three lines of prose, the number of fenced blocks, and how many of these name a language."""
    lines, blocks, named, fence = [], 0, 0, None
    for line in body.split('\n'):
        match = FENCE.match(line)
        if fence:
            if match and match.group(1).startswith(fence) and not match.group(2):
                fence = None
        elif match:
            fence = match.group(1)
            blocks += 1
            named += match.group(2) not in ('', 'text')
        elif PROSE.match(line):
            lines.append(line)
    picked = [lines[at] for at in sorted({0, len(lines) // 2, len(lines) - 1})] if lines else []
    return picked, blocks, named


def check(folder, pages, highlights, largest_growth=None):
    """Reads every page of an output. `pages` are the titles and bodies that it was made of."""
    found = Findings()
    files = {}
    for path in Path(folder).rglob('*'):
        if path.is_file():
            found.files += 1
            found.bytes += path.stat().st_size
            match = PAGE.search(path.as_posix())
            if match:
                files[match.group(1)] = path
    found.pages = len(files)
    if found.pages != len(pages):
        found.complaints.append(f'{found.pages} pages instead of {len(pages)}')
    untitled = []
    for number, (title, body) in enumerate(pages):
        path = files.get(f'page-{number:05d}')
        if path is None:
            continue
        text = path.read_text('utf-8', 'replace')
        seen = visible(text)
        if words(title).strip() not in seen:
            untitled.append(path.name)
        lines, blocks, named = expected(body)
        found.lines += len(lines)
        found.lines_found += sum(words(line).strip() in seen for line in lines)
        found.blocks += blocks
        found.blocks_with_language += named
        shown = BLOCK.findall(text)
        found.blocks_found += min(len(shown), blocks)
        for block in shown:
            if TOKEN.search(block):
                found.highlighted += 1
                found.code_html += len(block.encode())
                found.code_source += len(html.unescape(TAG.sub('', block)).encode())
    complain(found, untitled, highlights, largest_growth)
    return found


def complain(found, untitled, highlights, largest_growth):
    def share(part, whole, least, what):
        if part < least * whole:
            found.complaints.append(f'only {part} of {whole} {what}')
    if len(untitled) > (1 - ENOUGH) * found.pages:
        found.complaints.append(f'{len(untitled)} pages without their title: {untitled[:3]}')
    share(found.lines_found, found.lines, ENOUGH, 'lines of prose')
    share(found.blocks_found, found.blocks, ENOUGH, 'blocks of code')
    if highlights:
        share(found.highlighted, found.blocks_with_language, ENOUGH_HIGHLIGHTED,
              'blocks that name a language are highlighted')
        growth = found.growth_of_code
        if largest_growth and growth and growth > largest_growth:
            found.complaints.append(f'{growth:.2f} bytes of HTML for each byte of code')
    elif found.highlighted > (1 - ENOUGH) * found.blocks:
        found.complaints.append(f'{found.highlighted} blocks are highlighted, none should be')


def difference(one, other):
    """The first few files in which two outputs differ."""
    def files(folder):
        return {path.relative_to(folder) for path in Path(folder).rglob('*') if path.is_file()}
    left, right = files(one), files(other)
    differing = sorted(left ^ right)
    for path in sorted(left & right):
        if (one / path).read_bytes() != (other / path).read_bytes():
            differing.append(path)
    return [path.as_posix() for path in differing[:5]]
