//! Code, raw HTML, and source line by line.

use super::blocks::{Tone, Writer};
use super::text::text;
use super::{Version, View};
use crate::review::difference::edit::{Edit, Inner};
use crate::review::difference::part::{Form, Kind, Part, plain};
use crate::review::difference::words::Piece;

/// How many lines stay open at each end of a fold, and how many there must be to fold.
const LINES: usize = 3;
const FOLDED_LINES: usize = 4;

/// A line with more changes is shown as it was, and then as it is.
const HUNKS: usize = 3;

impl Writer<'_> {
    /// Code, raw HTML, or source as a whole.
    pub(super) fn whole_lines(&mut self, part: &Part, tone: Tone) {
        if part.kind == Kind::Html && matches!(tone, Tone::Same | Tone::Moved) {
            let version = if self.view == View::Old { Version::Old } else { Version::New };
            if let Some(html) = self.sanitized(&source(part), version) {
                self.raw(&html);
                return;
            }
        }
        self.open_code(part.kind, &part.form);
        for line in &part.parts {
            self.line(line, tone);
        }
        self.out.push_str("</code></pre></div>\n");
        if part.kind == Kind::Html {
            let version = if tone == Tone::Gone { Version::Old } else { Version::New };
            let html = self.sanitized(&source(part), version).unwrap_or_default();
            self.rendered(&html);
        }
    }

    /// Lines of which some have changed.
    pub(super) fn lines(&mut self, kind: Kind, form: &Form, edits: &[Edit]) {
        self.open_code(kind, form);
        let mut at = 0;
        // What is left out is said below.
        while at < edits.len() && self.out.len() < self.options.max_bytes {
            let rest = edits.get(at..).unwrap_or_default();
            let same = rest.iter().take_while(|edit| matches!(edit, Edit::Equal { .. })).count();
            let before = if at == 0 { 0 } else { LINES };
            let after = if same == rest.len() { 0 } else { LINES };
            let hidden = same.saturating_sub(before + after);
            for (edit, index) in rest.iter().take(same.max(1)).zip(0..) {
                let folded = hidden >= FOLDED_LINES;
                if folded && index == before {
                    self.out.push_str("</code></pre>");
                    self.open_fold(hidden, |wording| &wording.unchanged_lines);
                    self.out.push_str("<pre><code>");
                }
                self.line_edit(edit);
                if folded && index + 1 == before + hidden {
                    self.out.push_str("</code></pre></details>");
                    self.out.push_str("<pre><code>");
                }
            }
            at += same.max(1);
        }
        self.out.push_str("</code></pre></div>\n");
        if kind == Kind::Html && self.view != View::Old {
            let mut html = String::new();
            for edit in edits {
                html.push_str(&new_line(edit));
            }
            let html = self.sanitized(&html, Version::New).unwrap_or_default();
            self.rendered(&html);
        }
    }

    fn open_code(&mut self, kind: Kind, form: &Form) {
        self.out.push_str("<div class=\"code\">");
        let name = match kind {
            Kind::Html => Some("HTML"),
            _ => form.get("info").map(String::as_str),
        };
        if let Some(name) = name {
            self.out.push_str("<p class=\"code-name\">");
            text(&mut self.out, name);
            self.out.push_str("</p>");
        }
        self.out.push_str("<pre tabindex=\"0\"><code>");
    }

    fn line(&mut self, line: &Part, tone: Tone) {
        let (start, end) = match tone {
            Tone::Same | Tone::Moved => ("<span class=\"line\">", "</span>"),
            Tone::Came => ("<ins class=\"line\">", "</ins>"),
            Tone::Gone => ("<del class=\"line\">", "</del>"),
        };
        self.out.push_str(start);
        text(&mut self.out, &plain(&line.runs));
        self.out.push('\n');
        self.out.push_str(end);
    }

    fn line_edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Equal { block } => self.line(block, Tone::Same),
            Edit::Inserted { block, .. } if self.view != View::Old => self.line(block, Tone::Came),
            Edit::Deleted { block, .. } if self.view != View::New => self.line(block, Tone::Gone),
            Edit::Changed(changed) => {
                let Inner::Words(pieces) = &changed.inner else { return };
                let hunks =
                    pieces.iter().filter(|piece| matches!(piece, Piece::Equal { .. })).count();
                let view = self.view;
                if view == View::Both && hunks > HUNKS {
                    for one in [View::Old, View::New] {
                        self.view = one;
                        self.changed_line(pieces);
                    }
                    self.view = view;
                } else {
                    self.changed_line(pieces);
                }
            }
            // Lines do not move by themselves.
            _ => {}
        }
    }

    fn changed_line(&mut self, pieces: &[Piece]) {
        self.out.push_str(match self.view {
            View::Old => "<span class=\"line gone\">",
            View::New => "<span class=\"line came\">",
            View::Both => "<span class=\"line changed\">",
        });
        self.pieces(pieces);
        self.out.push_str("\n</span>");
    }

    fn raw(&mut self, html: &str) {
        self.out.push_str("<div class=\"raw\">");
        self.out.push_str(html.trim());
        self.out.push_str("</div>\n");
    }

    /// What raw HTML looks like, where there is something to be seen.
    fn rendered(&mut self, html: &str) {
        if html.contains("<img") || has_text(html) {
            self.raw(html);
        }
    }
}

/// The lines of a part as one text.
fn source(part: &Part) -> String {
    part.parts.iter().map(|line| plain(&line.runs) + "\n").collect()
}

/// A line as it is now.
fn new_line(edit: &Edit) -> String {
    match edit {
        Edit::Equal { block } | Edit::Inserted { block, .. } => plain(&block.runs) + "\n",
        Edit::Changed(changed) => match &changed.inner {
            Inner::Words(pieces) => {
                let mut line = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Equal { runs } | Piece::Inserted { runs } => {
                            line.push_str(&plain(runs));
                        }
                        Piece::Reformatted { new, .. } => line.push_str(&plain(new)),
                        Piece::Deleted { .. } => {}
                    }
                }
                line + "\n"
            }
            Inner::Blocks(_) => String::new(),
        },
        _ => String::new(),
    }
}

/// Whether some HTML has text outside of its tags.
fn has_text(html: &str) -> bool {
    let mut inside = false;
    html.chars().any(|c| {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => return !inside && !c.is_whitespace(),
        }
        false
    })
}
