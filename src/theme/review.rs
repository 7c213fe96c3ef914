//! The pages of a review. They are always those of the built-in theme: what a branch, or a site, does
//! to its own look must not touch what it is judged in.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::{Context, Tera};

use super::builtin;
use super::templates::{breakable, fill};

/// The style sheet, the script, and the script that runs before the first paint, by name below
/// `assets/`.
pub fn review_assets() -> [(&'static str, Vec<u8>); 3] {
    let mut css = String::new();
    for (_, text) in builtin::STYLES {
        css.push_str(text);
        css.push('\n');
    }
    for text in [builtin::REVIEW_STYLE, builtin::REVIEW_SITE_STYLE] {
        css.push_str(text);
        css.push('\n');
    }
    [
        ("boot.js", builtin::BOOT.as_bytes().to_vec()),
        ("review.css", css.into_bytes()),
        ("review.js", builtin::REVIEW_SCRIPT.as_bytes().to_vec()),
    ]
}

/// The templates of a review.
#[derive(Debug)]
pub struct ReviewTemplates {
    tera: Tera,
}

/// What every page of a review shows.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewFrame<'a> {
    /// The language of the interface.
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub direction: &'a str,
    /// The texts of the interface.
    pub strings: &'a BTreeMap<String, String>,
    /// The way to the top of the review, `../`.
    pub root: String,
    /// What is to be merged.
    pub head: &'a str,
    /// Where it is to be merged into.
    pub base: &'a str,
    /// The preview shows it, and keeps it up to date.
    pub live: bool,
}

/// The start page.
#[derive(Debug, Serialize)]
pub struct ReviewIndexView<'a> {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: ReviewFrame<'a>,
    /// How many pages, and how long it takes.
    pub summary: String,
    /// Where both parted, and how far they are.
    pub facts: String,
    /// The pages.
    pub groups: Vec<ReviewGroup>,
    /// What else differs, a line each.
    pub also: Vec<String>,
    /// Findings on no changed page.
    pub findings: Vec<ReviewFinding>,
    /// How many threads are open, in words; empty where there are none.
    pub threads_title: String,
    /// Threads that are open.
    pub threads: Vec<ReviewThreadEntry>,
}

/// A thread in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewThreadEntry {
    /// Where it is shown; none where it is on no page of the review.
    pub url: Option<String>,
    /// Its beginning.
    pub text: String,
    /// Where it stands.
    pub place: String,
    /// Who began it.
    pub author: String,
    /// What must be said about it: that it blocks, that its text was edited or is gone.
    pub marks: Vec<String>,
    /// It blocks the merge.
    pub blocking: bool,
}

/// A thread.
#[derive(Debug, Serialize)]
pub struct ReviewThreadView<'a> {
    /// The texts of the interface.
    pub strings: &'a BTreeMap<String, String>,
    /// The thread.
    pub thread: ReviewThread,
}

/// What is said at one place.
#[derive(Debug, Serialize)]
pub struct ReviewThread {
    /// The id of its element.
    pub anchor: String,
    /// The id that commands take.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What must be said about it.
    pub marks: Vec<String>,
    /// It blocks the merge.
    pub blocking: bool,
    /// It is settled.
    pub settled: bool,
    /// The text that it is about, as HTML; empty where it is about no text.
    pub quote: String,
    /// The text that it is about as the one that is suggested, as HTML; empty where nothing is.
    pub suggestion: String,
    /// What was said.
    pub said: Vec<ReviewSaid>,
}

/// Something that somebody said.
#[derive(Debug, Serialize)]
pub struct ReviewSaid {
    /// Who.
    pub author: String,
    /// On which day.
    pub day: String,
    /// What, as HTML.
    pub html: String,
}

/// Pages with a common reason.
#[derive(Debug, Serialize)]
pub struct ReviewGroup {
    /// The reason.
    pub title: String,
    /// The pages.
    pub pages: Vec<ReviewEntry>,
    /// How many are not listed, in words.
    pub more: Option<String>,
}

/// A page on the start page.
#[derive(Debug, Serialize)]
pub struct ReviewEntry {
    /// Its title.
    pub title: String,
    /// Where its difference stands.
    pub url: String,
    /// Its file, and where that was.
    pub path: String,
    /// Words that are new.
    pub inserted: usize,
    /// Words that are gone.
    pub deleted: usize,
    /// How many findings, in words; none where there are none.
    pub findings: Option<String>,
}

/// Something that was found.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewFinding {
    /// `error`, `warning`, or `advice`.
    pub severity: &'static str,
    /// The word for it.
    pub word: String,
    /// What was found.
    pub message: String,
    /// Where.
    pub place: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The change that it stands in.
    pub change: Option<String>,
}

/// A page of a review.
#[derive(Debug, Serialize)]
pub struct ReviewPageView<'a> {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: ReviewFrame<'a>,
    /// The page.
    pub page: ReviewPage,
}

/// The difference of a page.
#[derive(Debug, Serialize)]
pub struct ReviewPage {
    /// Its title.
    pub title: String,
    /// Its file, and where that was.
    pub path: String,
    /// What happened to it.
    pub kind: String,
    /// Why, in words.
    pub causes: Vec<String>,
    /// How many words, in words.
    pub size: String,
    /// `3 of 12`
    pub position: String,
    /// The page before it.
    pub previous: Option<ReviewLink>,
    /// The page after it.
    pub next: Option<ReviewLink>,
    /// Where the difference in the text stands.
    pub inline_url: String,
    /// Where both stand side by side.
    pub sides_url: String,
    /// This is the latter.
    pub sides: bool,
    /// Where the changed page can be seen.
    pub page_url: Option<String>,
    /// What was found on it.
    pub findings: Vec<ReviewFinding>,
    /// How many threads are open on it, in words; empty where there are none.
    pub threads_title: String,
    /// Threads that are open on it.
    pub threads: Vec<ReviewThreadEntry>,
    /// Threads whose text is gone, and those on the page as a whole, as HTML.
    pub above: String,
    /// How many changes, in words.
    pub count: String,
    /// The changes.
    pub changes: Vec<ReviewChange>,
    /// The difference as HTML.
    pub body: String,
}

/// A link to a page of the review.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewLink {
    /// Where it stands.
    pub url: String,
    /// Its title.
    pub title: String,
}

/// A change in the list of changes.
#[derive(Debug, Serialize)]
pub struct ReviewChange {
    /// Its id.
    pub id: String,
    /// Its beginning.
    pub text: String,
    /// The headings above it.
    #[serde(rename = "where")]
    pub place: String,
}

impl ReviewTemplates {
    /// Reads them.
    ///
    /// # Errors
    /// Never, as a test shows; what the engine said.
    pub fn load() -> Result<ReviewTemplates, String> {
        let mut tera = Tera::new();
        tera.register_filter("fill", fill);
        tera.register_filter("breakable", breakable);
        let templates = builtin::REVIEW_TEMPLATES.iter().copied();
        tera.add_raw_templates(templates).map_err(|error| error.to_string())?;
        Ok(ReviewTemplates { tera })
    }

    /// The start page.
    ///
    /// # Errors
    /// What the engine said.
    pub fn index(&self, view: &ReviewIndexView<'_>) -> Result<String, String> {
        self.render("index.html", view)
    }

    /// The difference of a page.
    ///
    /// # Errors
    /// What the engine said.
    pub fn page(&self, view: &ReviewPageView<'_>) -> Result<String, String> {
        self.render("page.html", view)
    }

    /// A thread.
    ///
    /// # Errors
    /// What the engine said.
    pub fn thread(&self, view: &ReviewThreadView<'_>) -> Result<String, String> {
        self.render("thread.html", view)
    }

    fn render(&self, name: &str, view: &impl Serialize) -> Result<String, String> {
        let context = Context::from_serialize(view).map_err(|error| error.to_string())?;
        self.tera.render(name, &context).map_err(|error| error.to_string())
    }
}
