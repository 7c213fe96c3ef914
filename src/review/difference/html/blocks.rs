//! Blocks: what they are in HTML, which of them are folded, and where changes are named.

use std::collections::BTreeSet;

use super::tables::Head;
use super::text::{attribute, text};
use super::{HtmlOptions, Note, View, Wording, class};
use crate::markdown::{Words, escape_text};
use crate::review::difference::changes::{part_words, relinked};
use crate::review::difference::edit::{ChangeId, Changed, Edit, Inner, Shell};
use crate::review::difference::part::{Form, Kind, Part};
use crate::review::difference::{ChangeKind, Difference};

/// A block with more words is no context: it is folded, however near to a change it stands.
const CONTEXT_WORDS: usize = 120;

/// Fewer blocks are not folded.
pub(super) const FOLDED: usize = 3;

/// What became of a whole block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Same,
    Came,
    Gone,
    Moved,
}

pub(super) struct Writer<'a> {
    pub options: &'a HtmlOptions<'a>,
    pub out: String,
    pub view: View,
    /// The change whose element is open: blocks of it need none of their own.
    pub inside: Option<ChangeId>,
    /// What is said about places.
    pub notes: &'a [Note],
    /// What of it was written.
    pub noted: BTreeSet<usize>,
    difference: &'a Difference,
    /// Changes whose id was written.
    named: BTreeSet<ChangeId>,
    /// The change that was said last to have moved, and where from or to.
    labelled: Option<(View, Option<ChangeId>, ChangeId)>,
    /// It was said that the rest is left out.
    cut: bool,
}

impl<'a> Writer<'a> {
    pub fn new(difference: &'a Difference, options: &'a HtmlOptions<'a>, view: View) -> Self {
        Writer {
            options,
            out: String::new(),
            view,
            inside: None,
            notes: &[],
            noted: BTreeSet::new(),
            difference,
            named: BTreeSet::new(),
            labelled: None,
            cut: false,
        }
    }

    /// What stands above the page.
    pub fn preface(&mut self) {
        let mut say = |word: &str| {
            self.out.push_str("<p class=\"difference-note\">");
            escape_text(&mut self.out, word);
            self.out.push_str("</p>\n");
        };
        if self.difference.is_empty() {
            say(&self.options.wording.nothing);
        }
        if self.difference.coarse {
            say(&self.options.wording.coarse);
        }
    }

    pub fn word(&mut self, word: impl Fn(&Wording) -> &String) {
        escape_text(&mut self.out, word(self.options.wording));
    }

    /// Whether no more may be written. Says so once.
    pub fn is_full(&mut self) -> bool {
        if self.out.len() < self.options.max_bytes {
            return false;
        }
        if !self.cut {
            self.cut = true;
            self.out.push_str("<p class=\"difference-note\">");
            self.word(|wording| &wording.cut);
            self.out.push_str("</p>\n");
        }
        true
    }

    /// The start tag of a change's element, with the words that name it.
    pub fn open_change(&mut self, tag: &str, more: &str, id: ChangeId) {
        self.out.push('<');
        self.out.push_str(tag);
        self.change_attributes(more, id);
        if tag == "div" {
            self.out.push_str(" role=\"group\" aria-label=\"");
            let name = self.change_name(id);
            attribute(&mut self.out, &name);
            self.out.push('"');
        }
        self.out.push_str(">\n");
    }

    pub(super) fn change_attributes(&mut self, more: &str, id: ChangeId) {
        let kind = self.change(id).map_or(ChangeKind::Changed, |change| change.kind);
        self.out.push_str(" class=\"");
        self.out.push_str(more);
        self.out.push_str("change ");
        self.out.push_str(class(kind));
        self.out.push('"');
        if self.named.insert(id) {
            self.out.push_str(&format!(" id=\"{id}\" tabindex=\"-1\""));
        }
        self.out.push_str(&format!(" data-change=\"{}\"", id.0));
    }

    fn change(&self, id: ChangeId) -> Option<&'a super::super::Change> {
        (id.0 as usize).checked_sub(1).and_then(|at| self.difference.changes.get(at))
    }

    /// What a change is called: its number and what happened.
    fn change_name(&self, id: ChangeId) -> String {
        let wording = self.options.wording;
        let what = match self.change(id).map(|change| (change.kind, change.partner)) {
            Some((ChangeKind::Inserted, _)) => wording.inserted.clone(),
            Some((ChangeKind::Deleted, _)) => wording.deleted.clone(),
            Some((ChangeKind::Reformatted, _)) => wording.reformatted.clone(),
            Some((ChangeKind::MovedHere, Some(from))) => self.moved(&wording.moved_from, from),
            Some((ChangeKind::MovedAway, Some(to))) => self.moved(&wording.moved_to, to),
            _ => wording.changed.clone(),
        };
        format!("{}: {what}", id.0)
    }

    /// "Moved from ..." with the heading that the other place stands below.
    fn moved(&self, words: &str, partner: ChangeId) -> String {
        words.replace("{title}", self.place(partner))
    }

    fn place(&self, id: ChangeId) -> &'a str {
        let heading = self.change(id).and_then(|change| change.headings.last());
        heading.map_or(&self.options.wording.top, |heading| heading)
    }

    /// A line that says where a block went or came from, with a link to that place: once for all that
    /// moved together. Whether it was said.
    pub(super) fn moved_note(&mut self, words: &str, partner: ChangeId) -> bool {
        let what = Some((self.view, self.inside, partner));
        if self.labelled == what {
            return false;
        }
        self.labelled = what;
        let (before, after) = words.split_once("{title}").unwrap_or((words, ""));
        self.out.push_str("<p class=\"change-label\">");
        escape_text(&mut self.out, before);
        self.out.push_str(&format!("<a href=\"#{partner}\">"));
        let place = self.place(partner);
        text(&mut self.out, place);
        self.out.push_str("</a>");
        escape_text(&mut self.out, after);
        self.out.push_str("</p>\n");
        true
    }

    /// The beginning of what stands elsewhere now: the whole is shown there.
    pub(super) fn moved_text(&mut self, id: ChangeId) {
        let excerpt = self.change(id).map_or("", |change| &change.excerpt);
        self.out.push_str("<p class=\"moved-text\">");
        text(&mut self.out, excerpt);
        self.out.push_str("</p>\n");
    }

    pub fn open_fold(&mut self, count: usize, words: fn(&Wording) -> &String) {
        self.out.push_str("<details class=\"unchanged\"><summary>");
        let wording = self.options.wording;
        let words = match count {
            1 => wording.unchanged_one.clone(),
            count => words(wording).replace("{count}", &count.to_string()),
        };
        escape_text(&mut self.out, &words);
        self.out.push_str("</summary>\n");
    }

    /// Blocks one below the other, with changes named and what is the same folded.
    pub fn row(&mut self, edits: &[Edit]) {
        let mut at = 0;
        while at < edits.len() && !self.is_full() {
            let rest = edits.get(at..).unwrap_or_default();
            let same = rest.iter().take_while(|edit| self.is_quiet(edit)).count();
            if same > 0 {
                let run = rest.get(..same).unwrap_or_default();
                let (before, hidden, _) = fold(run, at > 0, same < rest.len());
                for (edit, index) in run.iter().zip(0..) {
                    if index == before && hidden > 0 {
                        self.open_fold(hidden, |wording| &wording.unchanged);
                    }
                    self.flow(edit);
                    if hidden > 0 && index + 1 == before + hidden {
                        self.out.push_str("</details>\n");
                    }
                }
                at += same;
                continue;
            }
            let id = change_of(rest.first()).filter(|id| self.inside != Some(*id));
            let count = match id {
                None => 1,
                Some(_) => rest.iter().take_while(|edit| change_of(Some(edit)) == id).count(),
            };
            let count = count.max(1);
            let run = rest.get(..count).unwrap_or_default();
            match id {
                Some(id) if run.iter().any(|edit| self.shows(edit)) => {
                    self.open_change("div", "", id);
                    let outer = self.inside.replace(id);
                    self.flow_all(run);
                    self.inside = outer;
                    self.out.push_str("</div>\n");
                }
                _ => self.flow_all(run),
            }
            at += count;
        }
    }

    /// Whether anything of an edit is shown in this view.
    pub(super) fn shows(&self, edit: &Edit) -> bool {
        match edit {
            // What stands where it stood is shown once, in the block that is around it now.
            Edit::MovedAway { change, to, .. } if change == to => self.view == View::Old,
            Edit::Inserted { .. } | Edit::MovedHere { .. } | Edit::Wrapped { .. } => {
                self.view != View::Old
            }
            Edit::Deleted { .. } | Edit::MovedAway { .. } => self.view != View::New,
            Edit::Unwrapped { .. } => self.view != View::New,
            Edit::Equal { .. } | Edit::Changed(_) => true,
        }
    }

    /// Blocks of one change.
    pub fn flow_all(&mut self, edits: &[Edit]) {
        for edit in edits {
            if self.is_full() {
                return;
            }
            self.flow(edit);
        }
    }

    /// One block among others, and what is said about it.
    pub fn flow(&mut self, edit: &Edit) {
        if self.shows(edit) {
            self.flow_block(edit);
            self.write_notes(edit);
        }
    }

    fn flow_block(&mut self, edit: &Edit) {
        match edit {
            Edit::Equal { block } => self.part(block, Tone::Same),
            Edit::Inserted { block, .. } => self.whole(block, "came", Tone::Came),
            Edit::Deleted { block, .. } => self.whole(block, "gone", Tone::Gone),
            Edit::Wrapped { block, edits, .. } => self.around(block, edits, "came"),
            Edit::Unwrapped { block, edits, .. } => {
                if edits.iter().any(|edit| self.shows(edit)) {
                    self.around(block, edits, "gone");
                } else {
                    self.frame_note(block);
                }
            }
            Edit::MovedAway { change, to, block, .. } if change == to => {
                self.part(block, Tone::Moved);
            }
            Edit::MovedHere { change, from, edit, .. } if change == from => match &**edit {
                Edit::Equal { block } => self.part(block, Tone::Moved),
                edit => self.flow(edit),
            },
            Edit::MovedAway { change, to, block, .. } => {
                let start = self.out.len();
                self.out.push_str("<div class=\"away\">\n");
                let words = self.options.wording.moved_to.clone();
                let first = self.moved_note(&words, *to);
                if self.view == View::Old {
                    self.part(block, Tone::Moved);
                } else if first {
                    self.moved_text(*change);
                } else {
                    self.out.truncate(start);
                    return;
                }
                self.out.push_str("</div>\n");
            }
            Edit::MovedHere { from, edit, .. } => {
                self.out.push_str("<div class=\"here\">\n");
                let words = self.options.wording.moved_from.clone();
                self.moved_note(&words, *from);
                match &**edit {
                    Edit::Equal { block } => self.part(block, Tone::Moved),
                    Edit::Changed(changed) => self.changed(changed),
                    other => self.flow(other),
                }
                self.out.push_str("</div>\n");
            }
            Edit::Changed(changed) => self.changed(changed),
        }
    }

    fn whole(&mut self, block: &Part, class: &str, tone: Tone) {
        self.out.push_str("<div class=\"");
        self.out.push_str(class);
        self.out.push_str("\">\n");
        self.part(block, tone);
        self.out.push_str("</div>\n");
    }

    /// A block that came or went around others.
    fn around(&mut self, shell: &Shell, edits: &[Edit], class: &str) {
        self.out.push_str("<div class=\"around ");
        self.out.push_str(class);
        self.out.push_str("\">\n");
        match shell.kind {
            Kind::List => self.list(&shell.form, edits),
            Kind::Definitions => self.definitions(edits),
            kind => {
                let end = self.open_container(kind, &shell.form);
                self.row(edits);
                self.out.push_str(end);
            }
        }
        self.out.push_str("</div>\n");
    }

    /// Says which block is gone from around what stays where it stood.
    fn frame_note(&mut self, shell: &Shell) {
        self.out.push_str("<p class=\"change-note\"><del>");
        match shell.kind {
            Kind::Alert => {
                let title = alert(&shell.form, self.options.words).1;
                escape_text(&mut self.out, title);
            }
            Kind::Directive => {
                self.out.push_str(":::");
                text(&mut self.out, shell.get("name").unwrap_or_default());
            }
            Kind::Quote => self.out.push_str("\u{201c} \u{201d}"),
            _ if shell.form.contains_key("start") => self.out.push_str("1. 2. 3."),
            _ => self.out.push('\u{2022}'),
        }
        self.out.push_str("</del></p>\n");
    }

    /// A block that has changed.
    fn changed(&mut self, changed: &Changed) {
        let shell = if self.view == View::Old { &changed.old } else { &changed.new };
        self.notes(changed);
        match (&changed.inner, shell.kind) {
            (Inner::Words(pieces), kind) => {
                let end = self.open_leaf(kind, &shell.form, Tone::Same);
                self.pieces(pieces);
                self.out.push_str(end);
                self.link_notes(&relinked(pieces));
            }
            (Inner::Blocks(edits), Kind::Table) => self.table(edits),
            (Inner::Blocks(edits), Kind::FrontMatter) => self.front_matter(edits),
            (Inner::Blocks(edits), Kind::List) => self.list(&shell.form, edits),
            (Inner::Blocks(edits), Kind::Definitions) => self.definitions(edits),
            (Inner::Blocks(edits), kind) if kind.has_lines() => {
                self.lines(kind, &shell.form, edits);
            }
            (Inner::Blocks(edits), kind) => {
                let end = self.open_container(kind, &shell.form);
                self.row(edits);
                self.out.push_str(end);
            }
        }
    }

    /// What else differs in a block than what is in it.
    pub(super) fn notes(&mut self, changed: &Changed) {
        if self.view == View::Old {
            return;
        }
        for (name, old, new) in changed.properties() {
            if name == "class" || (name == "align" && self.inside.is_some() && old.is_none()) {
                continue;
            }
            let wording = self.options.wording;
            let shown = |value: Option<&str>| match value {
                None => wording.none.clone(),
                Some("") => "\u{2713}".to_owned(),
                Some(value) if name == "id" => format!("#{value}"),
                Some(value) => value.to_owned(),
            };
            self.note(wording.property(name), &shown(old), &shown(new));
        }
    }

    fn link_notes(&mut self, links: &[(String, String)]) {
        if self.view == View::Old {
            return;
        }
        let wording = self.options.wording;
        for (old, new) in links {
            let shown = |to: &String| if to.is_empty() { wording.none.clone() } else { to.clone() };
            self.note(&wording.link, &shown(old), &shown(new));
        }
    }

    fn note(&mut self, name: &str, old: &str, new: &str) {
        self.out.push_str("<p class=\"change-note\">");
        text(&mut self.out, name);
        self.out.push_str(": <del>");
        text(&mut self.out, old);
        self.out.push_str("</del> <ins>");
        text(&mut self.out, new);
        self.out.push_str("</ins></p>\n");
    }

    /// A whole block.
    pub fn part(&mut self, part: &Part, tone: Tone) {
        match part.kind {
            Kind::Break => self.out.push_str("<hr>\n"),
            Kind::Table => {
                self.open_table();
                let mut head = Head::default();
                for row in &part.parts {
                    self.section(&mut head, row.get("head").is_some());
                    self.out.push_str("<tr>");
                    for cell in &row.parts {
                        self.cell(cell, head.in_head(), tone);
                    }
                    self.out.push_str("</tr>\n");
                }
                self.close_table(&head);
            }
            Kind::FrontMatter => {
                self.open_front_matter();
                for field in &part.parts {
                    self.field(field, tone);
                }
                self.out.push_str("</tbody></table></div>\n");
            }
            Kind::List => {
                let end = self.open_list(&part.form);
                for item in &part.parts {
                    self.out.push_str("<li>");
                    self.item_inside(item, tone);
                    self.out.push_str("</li>\n");
                }
                self.out.push_str(end);
            }
            Kind::Definitions => {
                self.out.push_str("<dl>\n");
                for part in &part.parts {
                    self.definition(part, "", tone);
                }
                self.out.push_str("</dl>\n");
            }
            kind if kind.has_lines() => self.whole_lines(part, tone),
            kind if kind.is_leaf() => {
                let end = self.open_leaf(kind, &part.form, tone);
                self.runs(&part.runs, tone);
                self.out.push_str(end);
            }
            kind => {
                let end = self.open_container(kind, &part.form);
                for part in &part.parts {
                    self.part(part, tone);
                }
                self.out.push_str(end);
            }
        }
    }

    /// The start tag of a block that holds text; its end tag. A heading that the page no longer has
    /// looks like one, and is none: who walks through the headings walks through the new page.
    fn open_leaf(&mut self, kind: Kind, form: &Form, tone: Tone) -> &'static str {
        let gone = tone == Tone::Gone || self.view == View::Old;
        let (start, end) = match kind {
            Kind::Heading if gone => {
                let level = form.get("level").and_then(|level| level.parse().ok()).unwrap_or(6_u8);
                self.out.push_str(&format!("<p class=\"heading h{level}\">"));
                return "</p>\n";
            }
            Kind::Heading => match form.get("level").map(String::as_str) {
                Some("1") => ("<h1>", "</h1>\n"),
                Some("2") => ("<h2>", "</h2>\n"),
                Some("3") => ("<h3>", "</h3>\n"),
                Some("4") => ("<h4>", "</h4>\n"),
                Some("5") => ("<h5>", "</h5>\n"),
                _ => ("<h6>", "</h6>\n"),
            },
            Kind::Label => ("<p class=\"label\">", "</p>\n"),
            _ => ("<p>", "</p>\n"),
        };
        self.out.push_str(start);
        end
    }

    /// The start tag of a block that holds blocks; its end tag.
    fn open_container(&mut self, kind: Kind, form: &Form) -> &'static str {
        match kind {
            Kind::Quote => {
                self.out.push_str("<blockquote>\n");
                return "</blockquote>\n";
            }
            Kind::Alert => {
                let (class, title) = alert(form, self.options.words);
                self.out.push_str(&format!("<div class=\"alert {class}\">"));
                self.out.push_str("<p class=\"alert-title\">");
                escape_text(&mut self.out, title);
                self.out.push_str("</p>\n");
            }
            Kind::Footnote => {
                self.out.push_str("<div class=\"footnote-text\"><span class=\"footnote-label\">");
                text(&mut self.out, form.get("label").map_or("", String::as_str));
                self.out.push_str("</span>\n");
            }
            Kind::Directive => {
                self.out.push_str("<div class=\"directive\"><p class=\"directive-name\">");
                text(&mut self.out, form.get("name").map_or("", String::as_str));
                self.out.push_str("</p>\n");
            }
            _ => self.out.push_str("<div>\n"),
        }
        "</div>\n"
    }

    pub fn change_row(&mut self, more: &str, id: ChangeId) {
        self.change_attributes(more, id);
    }
}

/// The class and the title of an alert.
fn alert<'a>(form: &Form, words: &'a Words) -> (&'static str, &'a str) {
    match form.get("alert").map(String::as_str) {
        Some("tip") => ("tip", &words.tip),
        Some("important") => ("important", &words.important),
        Some("warning") => ("warning", &words.warning),
        Some("caution") => ("caution", &words.caution),
        _ => ("note", &words.note),
    }
}

/// The change of an edit, where it is one as a whole.
pub(super) fn change_of(edit: Option<&Edit>) -> Option<ChangeId> {
    match edit? {
        Edit::Equal { .. } => None,
        Edit::Inserted { change, .. }
        | Edit::Deleted { change, .. }
        | Edit::MovedAway { change, .. }
        | Edit::MovedHere { change, .. }
        | Edit::Wrapped { change, .. }
        | Edit::Unwrapped { change, .. } => Some(*change),
        Edit::Changed(changed) => changed.change,
    }
}

/// How many blocks of a stretch that is the same stay open at its beginning, are folded, and stay open
/// at its end. What stands before it and behind it are changes, or the ends of the page.
pub(super) fn fold(run: &[Edit], before: bool, after: bool) -> (usize, usize, usize) {
    let short = |edit: Option<&Edit>| match edit {
        Some(Edit::Equal { block }) => {
            block.kind != Kind::FrontMatter && part_words(block) <= CONTEXT_WORDS
        }
        _ => false,
    };
    let long = |edit: &Edit| !short(Some(edit));
    let first = usize::from(before && short(run.first()));
    let mut last = usize::from(after && short(run.last()) && run.len() > first);
    // A heading alone says little of what stands above a change; what stands above it, nothing.
    if last == 1 && run.len() < first + last {
        last = 0;
    }
    let hidden = run.len() - first - last;
    let inside = run.get(first..first + hidden).unwrap_or_default();
    if hidden < FOLDED && !inside.iter().any(long) {
        return (run.len(), 0, 0);
    }
    (first, hidden, last)
}
