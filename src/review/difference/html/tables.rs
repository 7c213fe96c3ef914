//! Tables row by row and cell by cell, and front matter field by field.

use super::View;
use super::blocks::{Tone, Writer, change_of};
use super::text::text;
use crate::review::difference::changes::relinked;
use crate::review::difference::edit::{Changed, Edit, Inner};
use crate::review::difference::part::{Form, Part};

/// How many rows stay open at each end of a fold, and how many there must be to fold.
const ROWS: usize = 2;
const FOLDED_ROWS: usize = 4;

/// Which part of a table is open.
#[derive(Default)]
pub(super) struct Head {
    open: Option<bool>,
}

impl Head {
    pub fn in_head(&self) -> bool {
        self.open == Some(true)
    }
}

impl Writer<'_> {
    pub fn open_table(&mut self) {
        self.out.push_str("<div class=\"table\"><table>\n");
    }

    pub fn close_table(&mut self, head: &Head) {
        self.out.push_str(match head.open {
            Some(true) => "</thead>",
            Some(false) => "</tbody>",
            None => "",
        });
        self.out.push_str("</table></div>\n");
    }

    /// Opens the head or the body of a table.
    pub fn section(&mut self, head: &mut Head, is_head: bool) {
        if head.open == Some(is_head) {
            return;
        }
        self.out.push_str(match head.open {
            Some(true) => "</thead>\n",
            Some(false) => "</tbody>\n",
            None => "",
        });
        self.out.push_str(if is_head { "<thead>\n" } else { "<tbody>\n" });
        head.open = Some(is_head);
    }

    pub fn cell(&mut self, cell: &Part, head: bool, tone: Tone) {
        let tag = if head && !cell.runs.is_empty() { "th" } else { "td" };
        let class = match tone {
            Tone::Came => " class=\"came\"",
            Tone::Gone => " class=\"gone\"",
            Tone::Same | Tone::Moved => "",
        };
        self.out.push_str(&format!("<{tag}{class}>"));
        self.runs(&cell.runs, tone);
        self.out.push_str(&format!("</{tag}>"));
    }

    /// A table in which something has changed.
    pub(super) fn table(&mut self, edits: &[Edit]) {
        self.open_table();
        let mut head = Head::default();
        // Which columns a row that has not changed has: those of any row that has.
        let plan = edits.iter().find_map(|edit| match edit {
            Edit::Changed(row) => match &row.inner {
                Inner::Blocks(cells) => Some(cells.as_slice()),
                Inner::Words(_) => None,
            },
            _ => None,
        });
        let columns = edits.iter().filter_map(row_width).max().unwrap_or(1);
        let columns = columns.max(plan.map_or(0, <[Edit]>::len));
        let mut at = 0;
        while at < edits.len() {
            let rest = edits.get(at..).unwrap_or_default();
            let same = rest.iter().take_while(|edit| matches!(edit, Edit::Equal { .. })).count();
            // The head of a table always stays.
            let before = if at == 0 { 1 } else { ROWS };
            let after = if same == rest.len() { 0 } else { ROWS };
            let hidden = same.saturating_sub(before + after);
            for (edit, index) in rest.iter().take(same.max(1)).zip(0..) {
                if hidden >= FOLDED_ROWS && (before..before + hidden).contains(&index) {
                    if index == before {
                        self.section(&mut head, false);
                        let words = &self.options.wording.unchanged_rows;
                        let words = words.replace("{count}", &hidden.to_string());
                        self.out
                            .push_str(&format!("<tr class=\"fold\"><td colspan=\"{columns}\">"));
                        text(&mut self.out, &words);
                        self.out.push_str("</td></tr>\n");
                    }
                    continue;
                }
                self.table_row(edit, &mut head, plan);
            }
            at += same.max(1);
        }
        self.close_table(&head);
    }

    fn table_row(&mut self, edit: &Edit, head: &mut Head, plan: Option<&[Edit]>) {
        let (hidden, tone, more) = match edit {
            Edit::Inserted { .. } => (View::Old, Tone::Came, "came "),
            Edit::MovedHere { .. } => (View::Old, Tone::Moved, "here "),
            Edit::Deleted { .. } => (View::New, Tone::Gone, "gone "),
            Edit::MovedAway { .. } => (View::New, Tone::Moved, "away "),
            // Rows hold no blocks that could be around others.
            Edit::Wrapped { .. } | Edit::Unwrapped { .. } => return,
            Edit::Equal { .. } | Edit::Changed(_) => (View::Both, Tone::Same, ""),
        };
        if hidden == self.view && hidden != View::Both {
            return;
        }
        let form = match edit {
            Edit::MovedHere { edit, .. } => row_form(edit),
            edit => row_form(edit),
        };
        self.section(head, form.is_some_and(|form| form.contains_key("head")));
        self.out.push_str("<tr");
        if let Some(id) = change_of(Some(edit)).filter(|id| self.inside != Some(*id)) {
            self.change_row(more, id);
        }
        self.out.push('>');
        let inner = match edit {
            Edit::MovedHere { edit, .. } => edit,
            edit => edit,
        };
        match inner {
            Edit::Equal { block }
            | Edit::Inserted { block, .. }
            | Edit::Deleted { block, .. }
            | Edit::MovedAway { block, .. } => self.whole_row(block, head, tone, plan),
            Edit::Changed(changed) => self.changed_row(changed, head),
            Edit::MovedHere { .. } | Edit::Wrapped { .. } | Edit::Unwrapped { .. } => {}
        }
        self.out.push_str("</tr>\n");
    }

    /// A row that is the same, new, or gone: with empty cells for columns that it does not have.
    fn whole_row(&mut self, row: &Part, head: &Head, tone: Tone, plan: Option<&[Edit]>) {
        let Some(plan) = plan.filter(|_| self.view == View::Both) else {
            for cell in &row.parts {
                self.cell(cell, head.in_head(), tone);
            }
            return;
        };
        let mut cells = row.parts.iter();
        for column in plan {
            let lacks = match column {
                Edit::Inserted { .. } => tone == Tone::Gone,
                Edit::Deleted { .. } => tone != Tone::Gone,
                _ => false,
            };
            match cells.next().filter(|_| !lacks) {
                Some(cell) => self.cell(cell, head.in_head(), tone),
                None => self.out.push_str("<td></td>"),
            }
        }
        for cell in cells {
            self.cell(cell, head.in_head(), tone);
        }
    }

    fn changed_row(&mut self, row: &Changed, head: &Head) {
        let Inner::Blocks(cells) = &row.inner else { return };
        for cell in cells {
            match cell {
                Edit::Equal { block } => self.cell(block, head.in_head(), Tone::Same),
                Edit::Inserted { block, .. } if self.view != View::Old => {
                    self.cell(block, head.in_head(), Tone::Came);
                }
                Edit::Deleted { block, .. } if self.view != View::New => {
                    self.cell(block, head.in_head(), Tone::Gone);
                }
                Edit::Changed(changed) => {
                    let Inner::Words(pieces) = &changed.inner else { continue };
                    let tag = if head.in_head() { "th" } else { "td" };
                    self.out.push_str(&format!("<{tag} class=\"changed\">"));
                    self.pieces(pieces);
                    for (old, new) in relinked(pieces) {
                        self.out.push_str(" <span class=\"change-note\"><del>");
                        text(&mut self.out, &old);
                        self.out.push_str("</del> <ins>");
                        text(&mut self.out, &new);
                        self.out.push_str("</ins></span>");
                    }
                    self.out.push_str(&format!("</{tag}>"));
                }
                _ => {}
            }
        }
    }

    pub(super) fn open_front_matter(&mut self) {
        self.out.push_str("<div class=\"table front-matter\"><table><caption>");
        self.word(|wording| &wording.front_matter);
        self.out.push_str("</caption><tbody>\n");
    }

    pub(super) fn field(&mut self, field: &Part, tone: Tone) {
        self.field_name(&field.form);
        self.runs(&field.runs, tone);
        self.out.push_str("</td></tr>\n");
    }

    fn field_name(&mut self, form: &Form) {
        self.out.push_str("<tr><th scope=\"row\">");
        text(&mut self.out, form.get("name").map_or("", String::as_str));
        self.out.push_str("</th><td>");
    }

    /// Front matter in which something has changed: the fields that have, and how many have not.
    pub(super) fn front_matter(&mut self, edits: &[Edit]) {
        self.open_front_matter();
        for edit in edits {
            match edit {
                Edit::Inserted { block, .. } if self.view != View::Old => {
                    self.field(block, Tone::Came);
                }
                Edit::Deleted { block, .. } if self.view != View::New => {
                    self.field(block, Tone::Gone);
                }
                Edit::Changed(changed) => {
                    let Inner::Words(pieces) = &changed.inner else { continue };
                    self.field_name(&changed.new.form);
                    self.pieces(pieces);
                    self.out.push_str("</td></tr>\n");
                }
                _ => {}
            }
        }
        let same = edits.iter().filter(|edit| matches!(edit, Edit::Equal { .. })).count();
        if same > 1 {
            let words = &self.options.wording.unchanged_fields;
            let words = words.replace("{count}", &same.to_string());
            self.out.push_str("<tr class=\"fold\"><td colspan=\"2\">");
            text(&mut self.out, &words);
            self.out.push_str("</td></tr>\n");
        } else {
            for edit in edits {
                if let Edit::Equal { block } = edit {
                    self.field(block, Tone::Same);
                }
            }
        }
        self.out.push_str("</tbody></table></div>\n");
    }
}

fn row_form(edit: &Edit) -> Option<&Form> {
    match edit {
        Edit::Equal { block }
        | Edit::Inserted { block, .. }
        | Edit::Deleted { block, .. }
        | Edit::MovedAway { block, .. } => Some(&block.form),
        Edit::Changed(changed) => Some(&changed.new.form),
        Edit::MovedHere { .. } | Edit::Wrapped { .. } | Edit::Unwrapped { .. } => None,
    }
}

fn row_width(edit: &Edit) -> Option<usize> {
    match edit {
        Edit::Equal { block } | Edit::Inserted { block, .. } | Edit::Deleted { block, .. } => {
            Some(block.parts.len())
        }
        _ => None,
    }
}
