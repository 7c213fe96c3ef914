//! The lines of a code block: hidden ones and diff marks.

/// Which lines are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hiding {
    /// None.
    None,
    /// As in rustdoc: `# ` and a lone `#` hide, `##` stands for `#`.
    Rust,
    /// Lines that begin with this, after white space.
    Prefix(String),
}

/// What becomes of the text between the fences.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// The lines that are shown.
    pub code: String,
    /// All lines, where some are hidden.
    pub full: Option<String>,
    /// The hidden ones among all lines, from 0.
    pub hidden: Vec<u32>,
    /// The added ones among those that are shown, from 0.
    pub added: Vec<u32>,
    /// The removed ones.
    pub removed: Vec<u32>,
}

/// Takes hidden lines and diff marks out of `raw`.
pub(super) fn split(raw: &str, hiding: &Hiding, diff_marks: bool) -> Lines {
    if *hiding == Hiding::None && !diff_marks {
        return Lines { code: raw.to_owned(), ..Lines::default() };
    }
    let column = diff_marks && has_diff_column(raw);
    let mut lines = Lines { code: String::with_capacity(raw.len()), ..Lines::default() };
    let mut full = String::with_capacity(raw.len());
    let mut shown = 0;
    for (number, line) in (0_u32..).zip(raw.split_inclusive('\n')) {
        let (is_hidden, before, rest) = hidden(line, hiding);
        if is_hidden {
            lines.hidden.push(number);
            full.push_str(before);
            full.push_str(rest);
            continue;
        }
        let (before, rest) = if diff_marks && before.is_empty() {
            match rest.as_bytes().first() {
                Some(b'+') => lines.added.push(shown),
                Some(b'-') => lines.removed.push(shown),
                _ => {}
            }
            let cut = match rest.as_bytes().first() {
                Some(b'+' | b'-') => 1,
                Some(b' ') if column => 1,
                _ => 0,
            };
            ("", rest.get(cut..).unwrap_or_default())
        } else {
            (before, rest)
        };
        for text in [&mut lines.code, &mut full] {
            text.push_str(before);
            text.push_str(rest);
        }
        shown += 1;
    }
    if !lines.hidden.is_empty() {
        lines.full = Some(full);
    }
    lines
}

/// Whether the first column is reserved for marks, as in a diff: every line that has no mark
/// then begins with a space.
fn has_diff_column(raw: &str) -> bool {
    raw.lines().all(|line| matches!(line.as_bytes().first(), None | Some(b'+' | b'-' | b' ')))
}

/// Whether a line is hidden, and the line without its prefix, in two parts.
fn hidden<'a>(line: &'a str, hiding: &Hiding) -> (bool, &'a str, &'a str) {
    let text = line.trim_start_matches([' ', '\t']);
    let indent = line.get(..line.len() - text.len()).unwrap_or_default();
    match hiding {
        Hiding::None => (false, "", line),
        Hiding::Rust => match text.strip_prefix('#') {
            None => (false, "", line),
            Some(rest) if rest.starts_with('#') => (false, indent, rest),
            Some(rest) => match rest.strip_prefix(' ') {
                Some(rest) => (true, indent, rest),
                None if rest.trim_end().is_empty() => (true, indent, rest),
                None => (false, "", line),
            },
        },
        Hiding::Prefix(prefix) => match text.strip_prefix(prefix.as_str()) {
            Some(rest) => (true, indent, rest),
            None => (false, "", line),
        },
    }
}
