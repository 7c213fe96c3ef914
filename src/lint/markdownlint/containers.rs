//! The marks of quotes and lists at the beginning of each line.

use std::ops::Range;

use super::page::Page;
use crate::markdown::FormKind;

/// The mark of an item with its surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The node of the item.
    pub item: usize,
    /// The node of the list.
    pub list: usize,
    pub line: usize,
    /// `-`, `1.`
    pub mark: Range<usize>,
    /// The end of the space behind it that belongs to it.
    pub end: usize,
    /// Whether nothing stands behind it on its line.
    pub empty: bool,
}

/// What lines begin with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Containers {
    /// By line, the marks of quotes with a space behind them.
    quotes: Vec<Range<usize>>,
    quote_lines: Vec<Range<u32>>,
    /// By line, where its content begins, behind all marks and the indentation of items.
    content: Vec<usize>,
    /// By line, whether a mark of a quote is the last thing before the content.
    quote_last: Vec<bool>,
    /// Spaces between the mark of a quote and the mark of another quote or an item behind it, with
    /// their line and whether an item follows.
    pub gaps: Vec<(usize, Range<usize>, bool)>,
    /// The marks of items, in order.
    pub markers: Vec<Marker>,
}

impl Containers {
    /// The marks of quotes on a line.
    pub(crate) fn quotes(&self, line: usize) -> &[Range<usize>] {
        let range = self.quote_lines.get(line).cloned().unwrap_or(0..0);
        self.quotes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// Where the content of a line begins.
    pub(crate) fn content(&self, line: usize) -> usize {
        self.content.get(line).copied().unwrap_or(0)
    }

    /// Whether the content of a line stands directly behind the mark of a quote.
    pub(crate) fn behind_quote(&self, line: usize) -> bool {
        self.quote_last.get(line).copied().unwrap_or(false)
    }
}

/// A container that is open.
struct Open {
    node: usize,
    kind: FormKind,
    first: usize,
    last: usize,
    /// How far the content of an item is indented, in columns from where the item may begin.
    width: usize,
    parent: usize,
}

pub(super) fn containers(page: &Page<'_>) -> Containers {
    let mut all = Vec::new();
    for (index, node) in page.nodes() {
        if matches!(node.kind, FormKind::BlockQuote | FormKind::Item | FormKind::FootnoteDefinition)
        {
            let (first, _) = page.block_lines(index);
            let last = page.line_of(node.range.end.saturating_sub(1).max(node.range.start));
            all.push(Open {
                node: index,
                kind: node.kind,
                first,
                last,
                width: 0,
                parent: node.parent.unwrap_or(0),
            });
        }
    }
    let mut out = Containers::default();
    let mut waiting = all.into_iter().peekable();
    let mut open: Vec<Open> = Vec::new();
    for (number, range) in page.lines.iter().enumerate() {
        open.retain(|one| one.last >= number);
        while let Some(next) = waiting.next_if(|next| next.first <= number) {
            if next.last >= number {
                open.push(next);
            }
        }
        let from = u32::try_from(out.quotes.len()).unwrap_or(u32::MAX);
        let mut cursor =
            Cursor { line: page.get(range.clone()), start: range.start, at: 0, column: 0 };
        let mut quote_last = false;
        for one in &mut open {
            match one.kind {
                FormKind::BlockQuote => {
                    let before = (cursor.at, cursor.column);
                    cursor.spaces(3);
                    if !cursor.rest().starts_with('>') {
                        (cursor.at, cursor.column) = before;
                        break;
                    }
                    let start = cursor.at;
                    if quote_last && start > before.0 {
                        let gap = cursor.start + before.0..cursor.start + start;
                        out.gaps.push((number, gap, false));
                    }
                    cursor.bytes(1);
                    cursor.spaces(1);
                    out.quotes.push(cursor.start + start..cursor.start + cursor.at);
                    quote_last = true;
                }
                FormKind::Item if one.first == number => {
                    let base = cursor.column;
                    let before = cursor.at;
                    cursor.spaces(usize::MAX);
                    let start = cursor.at;
                    if quote_last && start > before {
                        let gap = cursor.start + before..cursor.start + start;
                        out.gaps.push((number, gap, true));
                    }
                    let mark = mark(cursor.rest());
                    cursor.bytes(mark);
                    let end = cursor.at;
                    let spaces = cursor.width();
                    let rest = cursor.rest().trim_start_matches([' ', '\t']);
                    if !rest.is_empty() {
                        cursor.spaces(if spaces > 4 { 1 } else { spaces });
                        one.width = cursor.column - base;
                    } else {
                        one.width = cursor.column - base + 1;
                    }
                    out.markers.push(Marker {
                        item: one.node,
                        list: one.parent,
                        line: number,
                        mark: cursor.start + start..cursor.start + end,
                        end: cursor.start + cursor.at,
                        empty: rest.is_empty(),
                    });
                    quote_last = false;
                }
                FormKind::FootnoteDefinition if one.first == number => {
                    let colon = cursor.rest().find("]:").map_or(0, |at| at + 2);
                    cursor.bytes(colon);
                    cursor.spaces(usize::MAX);
                    one.width = 4;
                    quote_last = false;
                }
                _ => {
                    if cursor.rest().trim_start_matches([' ', '\t']).is_empty() {
                        cursor.spaces(one.width);
                        quote_last = false;
                        continue;
                    }
                    if cursor.width() < one.width {
                        break;
                    }
                    cursor.spaces(one.width);
                    quote_last = false;
                }
            }
        }
        let to = u32::try_from(out.quotes.len()).unwrap_or(u32::MAX);
        out.quote_lines.push(from..to);
        out.content.push(range.start + cursor.at);
        out.quote_last.push(quote_last);
    }
    out
}

/// The length of the mark of an item.
fn mark(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits + 1).min(text.len())
}

/// A place in a line, with its column. Tabs reach to the next multiple of four.
struct Cursor<'a> {
    line: &'a str,
    start: usize,
    at: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn bytes(&mut self, count: usize) {
        self.at += count;
        self.column += count;
    }

    /// Passes over so many columns of space, at most.
    fn spaces(&mut self, most: usize) {
        let end = self.column.saturating_add(most);
        while self.column < end {
            match self.rest().as_bytes().first() {
                Some(b' ') => self.column += 1,
                Some(b'\t') => self.column = (self.column / 4 + 1) * 4,
                _ => break,
            }
            self.at += 1;
        }
    }

    /// How many columns of space follow.
    fn width(&self) -> usize {
        let mut column = self.column;
        for byte in self.rest().bytes() {
            match byte {
                b' ' => column += 1,
                b'\t' => column = (column / 4 + 1) * 4,
                _ => break,
            }
        }
        column - self.column
    }
}
