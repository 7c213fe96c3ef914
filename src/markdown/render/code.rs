//! Code blocks in HTML.
//!
//! | where | what it says |
//! |---|---|
//! | `div.code`, `figure.code` | the block; a figure where it has a title, which is the `figcaption`; a diagram that is shown as its source says so there |
//! | `pre[data-no-copy]` | no copy button (the theme's script adds one to all others) |
//! | `pre[tabindex]` | lines are long enough to scroll on a phone |
//! | `pre.has-hidden` | some lines are hidden: the script adds a switch |
//! | `pre.numbered`, `.l[data-n]` | line numbers, as `content: attr(data-n)`: they need neither a script nor an inline style where the first is not 1 |
//! | `span.l` | a line with its line break, where lines have features; `display: block` |
//! | `span.l.hl`, `.add`, `.del` | highlighted, added, removed |
//! | `span.hidden` | hidden lines |
//! | `code.nb`, `code > span.nb` | a word of inline code that does not break at its hyphens |
//! | `code.language-x` | the language; the other words of the info string are classes too |

use std::sync::Arc;

use super::escape::{escape_attribute, escape_text};
use super::writer::Writer;
use crate::markdown::{CodeBlock, Document, NodeKind};

/// Lines that are longer than this scroll on a phone, and what scrolls must be reachable with
/// the keyboard.
const NARROW: usize = 24;

/// The code of a block that is highlighted: all of it, hidden lines too, as the shown ones may
/// make no sense without them.
pub fn source_of(block: &CodeBlock) -> &str {
    block.options.full.as_deref().unwrap_or(&block.code)
}

/// Language and code of every block of a document that rendering asks its highlighter for.
pub fn code_blocks(doc: &Document) -> impl Iterator<Item = (&str, &str)> {
    doc.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::CodeBlock(block) if !block.language.is_empty() => {
            Some((block.language.as_str(), source_of(block)))
        }
        _ => None,
    })
}

impl Writer<'_> {
    /// Inline code. Browsers break lines after hyphens, which tears options such as `--since` from
    /// their dashes; words that are short enough for a phone are kept whole.
    pub(super) fn inline_code(&mut self, code: &str) {
        let whole = |word: &str| word.contains('-') && word.chars().nth(NARROW).is_none();
        if whole(code) && !code.contains(' ') {
            self.out.push_str("<code class=\"nb\">");
            escape_text(&mut self.out, code);
        } else {
            self.out.push_str("<code>");
            for (word, index) in code.split(' ').zip(0..) {
                if index > 0 {
                    self.out.push(' ');
                }
                if whole(word) {
                    self.out.push_str("<span class=\"nb\">");
                    escape_text(&mut self.out, word);
                    self.out.push_str("</span>");
                } else {
                    escape_text(&mut self.out, word);
                }
            }
        }
        self.out.push_str("</code>");
    }

    pub(super) fn code_block(&mut self, block: &CodeBlock) {
        let options = &block.options;
        self.fresh_line();
        let is_diagram = block.language == "mermaid";
        let tag = if options.title.is_some() || is_diagram { "figure" } else { "div" };
        self.out.push('<');
        self.out.push_str(tag);
        if let Some(id) = &options.id {
            self.id_attribute(id);
        }
        self.out.push_str(" class=\"code\">");
        if tag == "figure" {
            self.out.push_str("<figcaption>");
            // Nobody who reads the source of a drawing should wonder whether something is broken.
            let diagram = is_diagram.then_some(self.input.words.diagram.as_str());
            for (text, index) in options.title.as_deref().into_iter().chain(diagram).zip(0..) {
                if index > 0 {
                    self.out.push_str(" \u{b7} ");
                }
                escape_text(&mut self.out, text);
            }
            self.out.push_str("</figcaption>");
        }
        self.pre_tag(block);
        self.out.push_str("<code");
        if !block.language.is_empty() || !block.classes.is_empty() {
            self.out.push_str(" class=\"");
            if !block.language.is_empty() {
                self.out.push_str("language-");
                escape_attribute(&mut self.out, &block.language);
            }
            for (class, index) in block.classes.iter().zip(0..) {
                if index > 0 || !block.language.is_empty() {
                    self.out.push(' ');
                }
                escape_attribute(&mut self.out, class);
            }
            self.out.push('"');
        }
        self.out.push('>');
        let source = source_of(block);
        let highlighted = match block.language.as_str() {
            "" => None,
            language => (self.input.highlight)(language, source),
        };
        let html: Arc<str> = highlighted.unwrap_or_else(|| {
            let mut plain = String::with_capacity(source.len() + source.len() / 16);
            escape_text(&mut plain, source);
            plain.into()
        });
        if has_lines(block) {
            self.lines(block, &html);
        } else if options.hidden.is_empty() {
            self.out.push_str(&html);
        } else {
            self.hidden_lines(&options.hidden, &html);
        }
        self.out.push_str("</code></pre></");
        self.out.push_str(tag);
        self.out.push_str(">\n");
    }

    fn pre_tag(&mut self, block: &CodeBlock) {
        let options = &block.options;
        let classes = [
            (options.line_numbers.is_some(), "numbered"),
            (!options.hidden.is_empty(), "has-hidden"),
        ];
        let classes: Vec<&str> =
            classes.into_iter().filter_map(|(has, class)| has.then_some(class)).collect();
        self.out.push_str("<pre");
        if !classes.is_empty() {
            self.out.push_str(" class=\"");
            self.out.push_str(&classes.join(" "));
            self.out.push('"');
        }
        if options.no_copy {
            self.out.push_str(" data-no-copy=\"\"");
        }
        if source_of(block).lines().any(|line| line.chars().nth(NARROW).is_some()) {
            self.out.push_str(" tabindex=\"0\"");
        }
        self.out.push('>');
    }

    /// Runs of hidden lines, each in one span.
    fn hidden_lines(&mut self, hidden: &[u32], html: &str) {
        let mut hidden = hidden.iter().copied().peekable();
        let mut inside = false;
        for (line, number) in html.split_inclusive('\n').zip(0..) {
            let is_hidden = hidden.next_if_eq(&number).is_some();
            if is_hidden != inside {
                self.out.push_str(if is_hidden { "<span class=\"hidden\">" } else { "</span>" });
                inside = is_hidden;
            }
            self.out.push_str(line);
        }
        if inside {
            self.out.push_str("</span>");
        }
    }

    /// Every line in a span of its own. Highlighted HTML has no tag that spans lines.
    fn lines(&mut self, block: &CodeBlock, html: &str) {
        let options = &block.options;
        let shown_lines = block.code.split_inclusive('\n').count();
        let highlighted = marked(&options.highlighted, shown_lines);
        let mut hidden = options.hidden.iter().copied().peekable();
        let mut added = options.added.iter().copied().peekable();
        let mut removed = options.removed.iter().copied().peekable();
        let mut shown = 0_u32;
        for (line, number) in html.split_inclusive('\n').zip(0..) {
            self.out.push_str("<span class=\"l");
            if hidden.next_if_eq(&number).is_some() {
                self.out.push_str(" hidden\">");
            } else {
                if highlighted.get(shown as usize).copied().unwrap_or(false) {
                    self.out.push_str(" hl");
                }
                if added.next_if_eq(&shown).is_some() {
                    self.out.push_str(" add");
                }
                if removed.next_if_eq(&shown).is_some() {
                    self.out.push_str(" del");
                }
                self.out.push('"');
                if let Some(first) = options.line_numbers {
                    self.out.push_str(" data-n=\"");
                    self.number(u64::from(first) + u64::from(shown));
                    self.out.push('"');
                }
                self.out.push('>');
                shown += 1;
            }
            self.out.push_str(line);
            self.out.push_str("</span>");
        }
    }
}

/// Whether lines need elements of their own.
fn has_lines(block: &CodeBlock) -> bool {
    let options = &block.options;
    options.line_numbers.is_some()
        || !options.highlighted.is_empty()
        || !options.added.is_empty()
        || !options.removed.is_empty()
}

/// Whether each line, from 0, is in one of the ranges of lines, from 1.
fn marked(ranges: &[std::ops::Range<u32>], lines: usize) -> Vec<bool> {
    // Beginnings and ends are counted, so that ranges may overlap at no cost.
    let mut changes = vec![0_i64; lines + 1];
    for range in ranges {
        let start = (range.start.max(1) as usize - 1).min(lines);
        let end = (range.end.max(1) as usize - 1).clamp(start, lines);
        for (at, change) in [(start, 1), (end, -1)] {
            if let Some(slot) = changes.get_mut(at) {
                *slot += change;
            }
        }
    }
    let mut depth = 0;
    changes
        .into_iter()
        .map(|change| {
            depth += change;
            depth > 0
        })
        .collect()
}
