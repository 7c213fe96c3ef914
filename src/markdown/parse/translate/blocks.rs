//! The blocks of Python-Markdown that Material for MkDocs uses: `!!! note "Title"`, `??? note`,
//! `=== "Tab"`, whose content is indented, and `/// note | Title`, which is closed by `///`.

use std::ops::Range;

use super::lines::{self, Cuts};
use super::{Block, Mark, alert, alert_block, label};

/// Finds them, and notes what is cut from the lines of their content.
pub(super) fn find(text: &str, marks: &mut Vec<Mark>, cuts: &mut Cuts) {
    // Of those that end at one place, the one that was opened last ends first.
    let mut closes = Vec::new();
    for line in lines::of(text) {
        let content = text.get(line.clone()).unwrap_or_default();
        let trimmed = content.trim_start();
        let start = line.end - trimmed.len();
        let whole = start..start + trimmed.trim_end().len();
        if trimmed.starts_with("///") {
            slashes(text, whole, marks);
        } else if let Some((block, column)) = indented(text, start, trimmed.trim_end()) {
            let Some(end) = content_end(text, line.end, column) else { continue };
            let key = format!("block {start}");
            marks.push(Mark::open(whole, key.clone(), block));
            let mut at = line.end + 1;
            while at < end {
                lines::cut(text, at, 4, cuts);
                at = lines::end(text, at) + 1;
            }
            closes.push(Mark::close(end..end, key));
        }
    }
    marks.extend(closes.into_iter().rev());
}

/// `/// name | Title`, or the slashes that close it.
fn slashes(text: &str, range: Range<usize>, marks: &mut Vec<Mark>) {
    let line = text.get(range.clone()).unwrap_or_default();
    let count = line.bytes().take_while(|b| *b == b'/').count();
    let key = format!("slashes {count}");
    let rest = line.get(count..).unwrap_or_default();
    if rest.is_empty() {
        marks.push(Mark::close(range, key));
        return;
    }
    if !rest.starts_with(' ') {
        return;
    }
    let (name, title) = match rest.split_once('|') {
        Some((name, title)) => {
            let title = title.trim();
            let end = range.end;
            (name.trim(), Some(end - title.len()..end))
        }
        None => (rest.trim(), None),
    };
    let mut block = match name {
        "tab" => {
            let label = label(text, title);
            if label.is_empty() {
                return;
            }
            Block::Directive { name: "tab", label, open: false }
        }
        "details" => Block::Directive { name: "details", label: label(text, title), open: false },
        name => match alert(name) {
            Some(name) => alert_block(text, name, title),
            None => return,
        },
    };
    // Options follow, indented like code.
    let mut end = range.end;
    let mut at = lines::end(text, end) + 1;
    while at < text.len() {
        let line = text.get(at..lines::end(text, at)).unwrap_or_default();
        let option = line.trim().split_once(':').filter(|(key, value)| {
            !key.is_empty() && words(key) && (value.is_empty() || value.starts_with(' '))
        });
        let Some((key, value)) = option.filter(|_| lines::width(line) >= 4) else { break };
        if let Block::Directive { open, .. } = &mut block
            && key == "open"
        {
            *open = value.trim().eq_ignore_ascii_case("true");
        }
        end = at + line.len();
        at = end + 1;
    }
    marks.push(Mark::open(range.start..end, key, block));
}

/// What opens a block of indented content, and the column that it stands at.
fn indented(text: &str, start: usize, line: &str) -> Option<(Block, usize)> {
    let column = lines::width(text.get(lines::start(text, start)..start)?);
    let (mark, rest) = line.split_once(' ')?;
    let rest = rest.trim();
    let end = start + line.len();
    let quoted = match rest.split_once('"') {
        // Classes come before a title, and nothing after it: any other line is text.
        Some((classes, title)) if words(classes) && title.ends_with('"') => {
            Some(end - title.len()..end - 1)
        }
        None if words(rest) => None,
        _ => return None,
    };
    let block = match mark {
        "===" | "===!" | "===+" => {
            let label = label(text, quoted);
            if label.is_empty() || !rest.starts_with('"') {
                return None;
            }
            Block::Directive { name: "tab", label, open: false }
        }
        "!!!" => alert_block(text, alert(rest.split_whitespace().next()?)?, quoted),
        "???" | "???+" => {
            let kind = rest.split_whitespace().next()?;
            alert(kind)?;
            let title = quoted.or_else(|| {
                let from = end - rest.len();
                Some(from..from + kind.len())
            });
            Block::Directive { name: "details", label: label(text, title), open: mark == "???+" }
        }
        _ => return None,
    };
    Some((block, column))
}

/// Whether a text is names of classes or options, with blanks between.
fn words(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
}

/// Where the content ends that is indented more than `column` and follows a line; none where there
/// is none.
fn content_end(text: &str, line_end: usize, column: usize) -> Option<usize> {
    let (mut at, mut end) = (line_end + 1, None);
    while at < text.len() {
        let stop = lines::end(text, at);
        let line = text.get(at..stop).unwrap_or_default();
        if !line.trim().is_empty() {
            if lines::width(line) < column + 4 {
                break;
            }
            end = Some(stop);
        }
        at = stop + 1;
    }
    end
}
