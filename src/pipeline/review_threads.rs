//! What people said about a branch, as the pages of its review show it. Texts are Markdown of strangers:
//! they are written by the writer of differences, which lets no HTML, name, or address of theirs through
//! that could do something.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::SourcePath;
use crate::config::Settings;
use crate::history::day_of;
use crate::markdown::{Words, decode, parse_body};
use crate::report::harmless;
use crate::review::anchor::How;
use crate::review::difference::{
    HtmlOptions, Kind, Mark, Note, Part, Use, Version, Wording, parts, parts_html, plain_html,
    source_html,
};
use crate::review::event::Author;
use crate::review::threads::{PlacedThread, ThreadState};
use crate::theme::{
    ReviewSaid, ReviewTemplates, ReviewThread, ReviewThreadEntry, ReviewThreadView,
};

/// The HTML of one text ends after about so many bytes.
const MOST_BYTES: usize = 64 << 10;

/// Characters of a text in a list.
const SHOWN: usize = 80;

/// What threads are shown with.
pub(super) struct Shown<'a> {
    pub threads: &'a [PlacedThread],
    pub templates: &'a ReviewTemplates,
    pub strings: &'a BTreeMap<String, String>,
    pub wording: &'a Wording,
    pub words: &'a Words,
}

/// What is said about one page.
#[derive(Default)]
pub(super) struct OnPage {
    /// Open threads, for a list.
    pub list: Vec<ReviewThreadEntry>,
    /// How many there are, in words; empty where there are none.
    pub title: String,
    /// What stands above the text.
    pub above: String,
    /// What stands in it.
    pub notes: Vec<Note>,
}

impl Shown<'_> {
    fn text(&self, key: &str, name: &str) -> String {
        let text = self.strings.get(key).cloned().unwrap_or_default();
        text.replace("{name}", name).replace("{count}", name)
    }

    /// What is said about a page: threads that stand in its file, and those of the page as a whole.
    /// `files` are the file as it is and as it was.
    pub fn on_page(&self, files: &[&SourcePath]) -> Result<OnPage, String> {
        let mut page = OnPage::default();
        let of_page =
            |placed: &&PlacedThread| placed.path.as_ref().is_some_and(|path| files.contains(&path));
        for placed in self.threads.iter().filter(of_page) {
            let html = self.thread(placed)?;
            let range = placed.place.as_ref().and_then(|place| place.range.clone());
            match (range, &placed.path) {
                (Some(range), Some(path)) => {
                    page.notes.push(Note { file: path.clone(), at: range.start, html });
                }
                _ => page.above.push_str(&html),
            }
            if placed.thread.is_open() {
                page.list.push(self.entry(placed, Some(format!("#{}", anchor(placed)))));
            }
        }
        page.title = self.title(page.list.len());
        Ok(page)
    }

    /// Every open thread, for the overview. `url` says where a page stands.
    pub fn all(
        &self,
        url: &dyn Fn(&SourcePath) -> Option<String>,
    ) -> (String, Vec<ReviewThreadEntry>) {
        let open = self.threads.iter().filter(|placed| placed.thread.is_open());
        let list: Vec<ReviewThreadEntry> = open
            .map(|placed| {
                let page = placed.path.as_ref().and_then(url);
                self.entry(placed, page.map(|page| format!("{page}#{}", anchor(placed))))
            })
            .collect();
        (self.title(list.len()), list)
    }

    fn title(&self, count: usize) -> String {
        match count {
            0 => String::new(),
            1 => self.text("review_threads_one", ""),
            count => self.text("review_threads", &count.to_string()),
        }
    }

    fn entry(&self, placed: &PlacedThread, url: Option<String>) -> ReviewThreadEntry {
        let thread = &placed.thread;
        let said = Some(&thread.text).filter(|text| !text.trim().is_empty());
        let text = said.or(thread.replacement.as_ref()).map_or("", String::as_str);
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        let mut short: String = line.chars().take(SHOWN).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        if short.is_empty() {
            short = thread.id.short();
        }
        let place = match (&placed.path, placed.line) {
            (Some(path), Some(line)) if !placed.is_orphan() => format!("{path}:{line}"),
            (Some(path), _) => path.to_string(),
            (None, _) => self.text("review_thread_whole", ""),
        };
        ReviewThreadEntry {
            url,
            text: harmless(&short).into_owned(),
            place: harmless(&place).into_owned(),
            author: name(&thread.author),
            marks: self.marks(placed),
            blocking: thread.blocks(),
        }
    }

    fn marks(&self, placed: &PlacedThread) -> Vec<String> {
        let thread = &placed.thread;
        let mut marks = Vec::new();
        if thread.blocks() {
            marks.push(self.text("review_thread_blocking", ""));
        }
        match &thread.state {
            ThreadState::Open => {}
            ThreadState::Proposed { by } => {
                marks.push(self.text("review_thread_proposed", &name(by)));
            }
            ThreadState::Resolved { by } => {
                marks.push(self.text("review_thread_settled", &name(by)));
            }
            ThreadState::Applied { by, .. } => {
                marks.push(self.text("review_thread_applied", &name(by)));
            }
        }
        match placed.place.as_ref().map(|place| place.how) {
            // What was applied is gone because it was applied.
            Some(How::Edited) if thread.is_open() => {
                marks.push(self.text("review_thread_edited", ""));
            }
            Some(How::Orphan) if thread.is_open() => {
                marks.push(self.text("review_thread_gone", ""));
            }
            _ => {}
        }
        marks
    }

    fn thread(&self, placed: &PlacedThread) -> Result<String, String> {
        let thread = &placed.thread;
        let key =
            if thread.is_suggestion() { "review_thread_suggestion" } else { "review_thread_of" };
        let exact = thread.anchor.as_ref().map_or("", |anchor| anchor.quote.exact.as_str());
        // Where the text is what was commented on, it stands just above.
        let changed = placed.place.as_ref().is_none_or(|place| place.how > How::Moved);
        let part = thread.anchor.as_ref().is_some_and(|anchor| {
            anchor.quote.exact.len() < 200 && !anchor.quote.exact.contains('\n')
        });
        let first = (&thread.author, thread.time, thread.text.as_str());
        let answers =
            thread.answered.iter().map(|said| (&said.author, said.time, said.text.as_str()));
        let said = std::iter::once(first).chain(answers).enumerate();
        let said = said.filter(|(at, (.., text))| *at == 0 || !text.trim().is_empty()).map(
            |(_, (author, time, text))| ReviewSaid {
                author: name(author),
                day: day_of(time),
                html: self.comment(text),
            },
        );
        let said = said.collect();
        let view = ReviewThreadView {
            strings: self.strings,
            thread: ReviewThread {
                anchor: anchor(placed),
                id: thread.id.short(),
                label: self.text(key, &name(&thread.author)),
                marks: self.marks(placed),
                blocking: thread.blocks(),
                settled: !thread.is_open(),
                quote: match changed || part {
                    true => plain_html(exact),
                    false => String::new(),
                },
                suggestion: thread.replacement.as_ref().map_or_else(String::new, |replacement| {
                    source_html(exact, replacement, &self.options(&|_, _, _| None))
                }),
                said,
            },
        };
        self.templates.thread(&view)
    }

    fn options<'o>(
        &'o self,
        address: &'o dyn Fn(Version, Use, &str) -> Option<String>,
    ) -> HtmlOptions<'o> {
        HtmlOptions { wording: self.wording, words: self.words, address, max_bytes: MOST_BYTES }
    }

    /// What somebody said, as HTML.
    fn comment(&self, text: &str) -> String {
        let Ok(path) = SourcePath::new("comment.md") else { return String::new() };
        let decoded = decode(&path, text.as_bytes(), &mut Vec::new());
        let document = parse_body(decoded, &Settings::default()).0;
        let side = crate::review::difference::Side {
            document: Some(&document),
            ..crate::review::difference::Side::default()
        };
        let parts: Vec<Arc<Part>> =
            parts(&side).iter().map(|part| Arc::new(without_headings(part))).collect();
        // Links lead out of the review only, and images are named and not shown.
        let address = |_: Version, used: Use, to: &str| {
            let lower = to.to_ascii_lowercase();
            let out = ["http://", "https://", "mailto:"].iter().any(|it| lower.starts_with(it));
            (used == Use::Link && out).then(|| to.to_owned())
        };
        parts_html(&parts, &self.options(&address))
    }
}

/// A heading in a comment is none of the page.
fn without_headings(part: &Part) -> Part {
    let mut part = part.clone();
    if part.kind == Kind::Heading {
        part.kind = Kind::Paragraph;
        for run in &mut part.runs {
            run.marks.insert(0, Mark::Strong);
        }
    }
    part.parts = part.parts.iter().map(|part| Arc::new(without_headings(part))).collect();
    part
}

fn name(author: &Author) -> String {
    harmless(&author.name).into_owned()
}

/// The id of a thread's element.
fn anchor(placed: &PlacedThread) -> String {
    format!("thread-{}", placed.thread.id.short())
}
