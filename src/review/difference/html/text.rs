//! Text of a page: runs with their marks, and pieces of text that has changed.

use super::blocks::{Tone, Writer};
use super::sanitize::{is_safe, sanitize};
use super::{Use, Version, View};
use crate::markdown::{escape_attribute, escape_text};
use crate::review::difference::part::{Mark, Run, RunKind};
use crate::review::difference::words::Piece;

impl Writer<'_> {
    /// Text that has changed.
    pub(super) fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Equal { runs } => self.runs(runs, Tone::Same),
                Piece::Inserted { runs } if self.view != View::Old => self.runs(runs, Tone::Came),
                Piece::Deleted { runs } if self.view != View::New => self.runs(runs, Tone::Gone),
                Piece::Inserted { .. } | Piece::Deleted { .. } => {}
                Piece::Reformatted { old, new } => {
                    self.out.push_str("<span class=\"reformatted\">");
                    self.hidden_word(|wording| &wording.reformatted);
                    match self.view {
                        View::Old => self.marked(old, Version::Old, false),
                        View::New | View::Both => self.marked(new, Version::New, false),
                    }
                    self.out.push_str("</span>");
                }
            }
        }
    }

    /// Text that is the same, new, or gone as a whole.
    pub(super) fn runs(&mut self, runs: &[Run], tone: Tone) {
        if runs.is_empty() {
            return;
        }
        match tone {
            Tone::Same | Tone::Moved => {
                let version = if self.view == View::Old { Version::Old } else { Version::New };
                self.marked(runs, version, false);
            }
            Tone::Came => {
                self.out.push_str("<ins>");
                self.hidden_word(|wording| &wording.inserted);
                self.marked(runs, Version::New, true);
                self.out.push_str("</ins>");
            }
            Tone::Gone => {
                self.out.push_str("<del>");
                self.hidden_word(|wording| &wording.deleted);
                self.marked(runs, Version::Old, true);
                self.out.push_str("</del>");
            }
        }
    }

    /// A word that only screen readers tell.
    fn hidden_word(&mut self, word: fn(&super::Wording) -> &String) {
        self.out.push_str("<span class=\"visually-hidden\">");
        self.word(word);
        self.out.push_str(": </span>");
    }

    /// Runs with their marks; `loud` where what cannot be seen must be shown.
    fn marked(&mut self, runs: &[Run], version: Version, loud: bool) {
        let mut open: Vec<(&Mark, &'static str)> = Vec::new();
        for run in runs {
            let same =
                open.iter().zip(&run.marks).take_while(|((open, _), mark)| *open == *mark).count();
            for (_, end) in open.drain(same..).rev() {
                self.out.push_str(end);
            }
            for mark in run.marks.get(same..).unwrap_or_default() {
                let end = self.open_mark(mark, version);
                open.push((mark, end));
            }
            self.run(run, version, loud);
        }
        for (_, end) in open.into_iter().rev() {
            self.out.push_str(end);
        }
    }

    fn open_mark(&mut self, mark: &Mark, version: Version) -> &'static str {
        let (start, end) = match mark {
            Mark::Strong => ("<strong>", "</strong>"),
            Mark::Emphasis => ("<em>", "</em>"),
            // `del` says that something was deleted.
            Mark::Strikethrough => ("<s>", "</s>"),
            Mark::Code => ("<code>", "</code>"),
            Mark::Html(tag) => element(tag),
            Mark::Link { to, .. } => {
                let url = (self.options.address)(version, Use::Link, to).filter(|url| is_safe(url));
                let Some(url) = url else {
                    self.out.push_str("<span class=\"link\" title=\"");
                    attribute(&mut self.out, to);
                    self.out.push_str("\">");
                    return "</span>";
                };
                self.out.push_str("<a href=\"");
                escape_attribute(&mut self.out, &url);
                self.out.push_str("\" rel=\"noopener noreferrer\">");
                return "</a>";
            }
        };
        self.out.push_str(start);
        end
    }

    fn run(&mut self, run: &Run, version: Version, loud: bool) {
        match &run.kind {
            RunKind::Text => text(&mut self.out, &run.text),
            RunKind::Break => {
                if loud {
                    self.out.push('\u{21b5}');
                }
                self.out.push_str("<br>");
            }
            RunKind::Image { to, .. } => self.image(to, &run.text, version, loud),
            RunKind::Html if loud => {
                self.out.push_str("<code class=\"tag\">");
                text(&mut self.out, &run.text);
                self.out.push_str("</code>");
            }
            RunKind::Html => {
                let html = self.sanitized(&run.text, version).unwrap_or_default();
                self.out.push_str(&html);
            }
            RunKind::Footnote => {
                self.out.push_str("<sup>");
                text(&mut self.out, &run.text);
                self.out.push_str("</sup>");
            }
            RunKind::Math { display } => {
                let class = if *display { "math display" } else { "math" };
                self.out.push_str("<code class=\"");
                self.out.push_str(class);
                self.out.push_str("\">");
                text(&mut self.out, &run.text);
                self.out.push_str("</code>");
            }
        }
    }

    /// An image; where it is new or gone, with what it is called.
    fn image(&mut self, to: &str, alternative: &str, version: Version, loud: bool) {
        let url = (self.options.address)(version, Use::Image, to).filter(|url| is_safe(url));
        match url {
            Some(url) => {
                self.out.push_str("<img src=\"");
                escape_attribute(&mut self.out, &url);
                self.out.push_str("\" alt=\"");
                attribute(&mut self.out, alternative);
                self.out.push_str("\" loading=\"lazy\" decoding=\"async\">");
                if loud {
                    self.out.push_str(" <span class=\"image-name\">");
                    text(&mut self.out, to);
                    if !alternative.is_empty() {
                        self.out.push_str(" \u{201c}");
                        text(&mut self.out, alternative);
                        self.out.push('\u{201d}');
                    }
                    self.out.push_str("</span>");
                }
            }
            None => {
                self.out.push_str("<span class=\"image\">");
                text(&mut self.out, alternative);
                self.out.push_str(" <span class=\"image-name\">");
                text(&mut self.out, to);
                self.out.push_str("</span></span>");
            }
        }
    }

    /// Raw HTML that is safe; none where there is too much of it.
    pub(super) fn sanitized(&self, html: &str, version: Version) -> Option<String> {
        let address = |wanted: Use| {
            move |to: &str| (self.options.address)(version, wanted, to).filter(|url| is_safe(url))
        };
        sanitize(html, &address(Use::Image), &address(Use::Link))
    }
}

/// A marking element of raw HTML, as it is written in a review.
fn element(tag: &str) -> (&'static str, &'static str) {
    let name = tag.trim_start_matches('<');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    match name.get(..end).unwrap_or_default() {
        "b" | "strong" => ("<strong>", "</strong>"),
        "em" | "i" | "cite" | "dfn" | "var" => ("<em>", "</em>"),
        "code" | "samp" => ("<code>", "</code>"),
        "kbd" => ("<kbd>", "</kbd>"),
        "mark" => ("<mark>", "</mark>"),
        "sub" => ("<sub>", "</sub>"),
        "sup" => ("<sup>", "</sup>"),
        "small" => ("<small>", "</small>"),
        "q" => ("<q>", "</q>"),
        "s" | "del" => ("<s>", "</s>"),
        "u" | "ins" => ("<u>", "</u>"),
        _ => ("<span>", "</span>"),
    }
}

/// Whether a character turns text round, cannot be seen, or is a control.
pub(super) fn is_concealing(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Appends text, with characters that conceal something written out.
pub(super) fn text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(is_concealing) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        escape_text(out, before);
        let mut chars = from.chars();
        if let Some(c) = chars.next() {
            out.push_str("<span class=\"concealing\">");
            out.push_str(&format!("U+{:04X}", u32::from(c)));
            out.push_str("</span>");
        }
        rest = chars.as_str();
    }
    escape_text(out, rest);
}

/// Appends the value of an attribute without characters that conceal something.
pub(super) fn attribute(out: &mut String, text: &str) {
    let plain: String = text.chars().filter(|c| !is_concealing(*c)).collect();
    escape_attribute(out, &plain);
}
