//! Lists item by item, and definition lists.

use super::View;
use super::blocks::{FOLDED, Tone, Writer, change_of};
use crate::markdown::escape_attribute;
use crate::review::difference::edit::{Edit, Inner};
use crate::review::difference::part::{Form, Kind, Part};

/// How many items of a list stay open at each end of a fold.
const ITEMS: usize = 2;

impl Writer<'_> {
    pub(super) fn item_inside(&mut self, item: &Part, tone: Tone) {
        self.task(&item.form);
        for part in &item.parts {
            self.part(part, tone);
        }
    }

    pub(super) fn task(&mut self, form: &Form) {
        let (checked, word) = match form.get("task").map(String::as_str) {
            Some("done") => (" checked", &self.options.words.task_done),
            Some(_) => ("", &self.options.words.task_open),
            None => return,
        };
        self.out.push_str("<input type=\"checkbox\" disabled");
        self.out.push_str(checked);
        self.out.push_str(" aria-label=\"");
        escape_attribute(&mut self.out, word);
        self.out.push_str("\"> ");
    }

    pub(super) fn definition(&mut self, part: &Part, attributes: &str, tone: Tone) {
        let tag = if part.kind == Kind::Term { "dt" } else { "dd" };
        self.out.push_str(&format!("<{tag}{attributes}>"));
        if part.kind == Kind::Term {
            self.runs(&part.runs, tone);
        }
        for part in &part.parts {
            self.part(part, tone);
        }
        self.out.push_str(&format!("</{tag}>\n"));
    }

    /// A term or definition in a list that has changed.
    pub(super) fn entry(&mut self, edit: &Edit) {
        if !self.shows(edit) {
            return;
        }
        let id = change_of(Some(edit)).filter(|id| self.inside != Some(*id));
        let mut attributes = String::new();
        if let Some(id) = id {
            std::mem::swap(&mut attributes, &mut self.out);
            self.change_attributes("", id);
            std::mem::swap(&mut attributes, &mut self.out);
        }
        let outer = self.inside;
        self.inside = id.or(outer);
        match edit {
            Edit::Equal { block } => self.definition(block, &attributes, Tone::Same),
            Edit::Inserted { block, .. } => self.definition(block, &attributes, Tone::Came),
            Edit::Deleted { block, .. } => self.definition(block, &attributes, Tone::Gone),
            Edit::MovedAway { block, .. } => self.definition(block, &attributes, Tone::Moved),
            Edit::MovedHere { edit, .. } => self.entry(edit),
            Edit::Wrapped { edits, .. } | Edit::Unwrapped { edits, .. } => {
                self.out.push_str(&format!("<dd{attributes}>"));
                self.row(edits);
                self.out.push_str("</dd>\n");
            }
            Edit::Changed(changed) => {
                let tag = if changed.new.kind == Kind::Term { "dt" } else { "dd" };
                self.out.push_str(&format!("<{tag}{attributes}>"));
                match &changed.inner {
                    Inner::Words(pieces) => self.pieces(pieces),
                    Inner::Blocks(edits) => self.row(edits),
                }
                self.out.push_str(&format!("</{tag}>\n"));
            }
        }
        self.inside = outer;
    }

    pub(super) fn open_list(&mut self, form: &Form) -> &'static str {
        let class = if form.contains_key("loose") { "" } else { " class=\"tight\"" };
        match form.get("start").and_then(|start| start.parse::<u64>().ok()) {
            None => {
                self.out.push_str(&format!("<ul{class}>\n"));
                "</ul>\n"
            }
            Some(1) => {
                self.out.push_str(&format!("<ol{class}>\n"));
                "</ol>\n"
            }
            Some(start) => {
                self.out.push_str(&format!("<ol start=\"{start}\"{class}>\n"));
                "</ol>\n"
            }
        }
    }

    /// A list in which something has changed.
    pub(super) fn list(&mut self, form: &Form, edits: &[Edit]) {
        let end = self.open_list(form);
        let ordered = form.contains_key("start");
        let mut at = 0;
        // The number of the next item, where a fold hides items or deleted ones stand between.
        let mut number = form.get("start").and_then(|start| start.parse::<u64>().ok()).unwrap_or(1);
        while at < edits.len() {
            let rest = edits.get(at..).unwrap_or_default();
            let same = rest.iter().take_while(|edit| self.is_quiet(edit)).count();
            let before = if at == 0 { 0 } else { ITEMS };
            let after = if same == rest.len() { 0 } else { ITEMS };
            let hidden = same.saturating_sub(before + after);
            for (edit, index) in rest.iter().take(same.max(1)).zip(0..) {
                if hidden >= FOLDED && (before..before + hidden).contains(&index) {
                    if index == before {
                        self.out.push_str("<li class=\"fold\">");
                        self.open_fold(hidden, |wording| &wording.unchanged_items);
                        self.out.push_str(&match ordered {
                            true => format!("<ol start=\"{number}\">\n"),
                            false => "<ul>\n".to_owned(),
                        });
                    }
                    self.item(edit, None);
                    number += 1;
                    if index + 1 == before + hidden {
                        self.out.push_str(if ordered { "</ol>" } else { "</ul>" });
                        self.out.push_str("</details></li>\n");
                    }
                    continue;
                }
                let gone = matches!(
                    edit,
                    Edit::Deleted { .. } | Edit::MovedAway { .. } | Edit::Unwrapped { .. }
                );
                self.item(edit, (ordered && !gone).then_some(number));
                let counts = match self.view {
                    View::Old => self.shows(edit),
                    View::New | View::Both => !gone,
                };
                number += u64::from(counts);
            }
            at += same.max(1);
        }
        self.out.push_str(end);
    }

    pub(super) fn item(&mut self, edit: &Edit, number: Option<u64>) {
        if !self.shows(edit) {
            return;
        }
        self.out.push_str("<li");
        if let Some(number) = number {
            self.out.push_str(&format!(" value=\"{number}\""));
        }
        let id = change_of(Some(edit)).filter(|id| self.inside != Some(*id));
        if let Some(id) = id {
            let more = match edit {
                Edit::Deleted { .. } | Edit::Unwrapped { .. } => "gone ",
                Edit::Inserted { .. } | Edit::Wrapped { .. } => "came ",
                Edit::MovedAway { .. } => "away ",
                Edit::MovedHere { .. } => "here ",
                Edit::Equal { .. } | Edit::Changed(_) => "",
            };
            self.change_attributes(more, id);
        }
        self.out.push('>');
        let outer = self.inside;
        self.inside = id.or(outer);
        self.item_edit(edit);
        self.inside = outer;
        self.out.push_str("</li>\n");
    }

    fn item_edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Equal { block } => self.item_inside(block, Tone::Same),
            Edit::Inserted { block, .. } => self.item_inside(block, Tone::Came),
            Edit::Deleted { block, .. } => self.item_inside(block, Tone::Gone),
            Edit::Wrapped { block, edits, .. } | Edit::Unwrapped { block, edits, .. } => {
                self.task(&block.form);
                self.row(edits);
            }
            Edit::MovedAway { change, to, block, .. } if change == to => {
                self.item_inside(block, Tone::Moved);
            }
            Edit::MovedHere { change, from, edit, .. } if change == from => match &**edit {
                Edit::Equal { block } => self.item_inside(block, Tone::Moved),
                edit => self.item_edit(edit),
            },
            Edit::MovedAway { change, to, block, .. } => {
                let words = self.options.wording.moved_to.clone();
                let first = self.moved_note(&words, *to);
                if self.view == View::Old {
                    self.item_inside(block, Tone::Moved);
                } else if first {
                    self.moved_text(*change);
                }
            }
            Edit::MovedHere { from, edit, .. } => {
                let words = self.options.wording.moved_from.clone();
                self.moved_note(&words, *from);
                match &**edit {
                    Edit::Equal { block } => self.item_inside(block, Tone::Moved),
                    edit => self.item_edit(edit),
                }
            }
            Edit::Changed(changed) => {
                let shell = if self.view == View::Old { &changed.old } else { &changed.new };
                self.notes(changed);
                self.task(&shell.form);
                if let Inner::Blocks(edits) = &changed.inner {
                    self.row(edits);
                }
            }
        }
    }

    pub(super) fn definitions(&mut self, edits: &[Edit]) {
        self.out.push_str("<dl>\n");
        edits.iter().for_each(|edit| self.entry(edit));
        self.out.push_str("</dl>\n");
    }
}
