//! What the open pages are told: which build they could show, and what is wrong with the site.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;

use super::builder::LIVE_FOLDER;
use super::lint::PageFindings;
use super::review;
use crate::base::{Applicability, ContentHash, Diagnostic, LineIndex, Severity, SourcePath, Span};
use crate::history::HowChanged;
use crate::pipeline::{Live, SiteFindings};
use crate::site::{Page, PageId, is_markdown};
use crate::source::Source;

/// So many findings of other pages are listed.
const MOST_OTHERS: usize = 100;

/// So many of the page itself.
const MOST_OF_PAGE: usize = 500;

/// So many changed pages are listed.
const MOST_CHANGED: usize = 500;

/// What is told whenever something happens.
#[derive(Debug, Clone, Default)]
pub(super) struct Status {
    pub(super) json: String,
}

/// How many findings there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    errors: usize,
    warnings: usize,
    advice: usize,
}

impl Counts {
    pub(super) fn of<'d>(diagnostics: impl Iterator<Item = &'d Diagnostic>) -> Counts {
        let mut counts = Counts::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Advice => counts.advice += 1,
            }
        }
        counts
    }
}

impl std::ops::Add<[usize; 3]> for Counts {
    type Output = Counts;

    fn add(self, [errors, warnings, advice]: [usize; 3]) -> Counts {
        Counts {
            errors: self.errors + errors,
            warnings: self.warnings + warnings,
            advice: self.advice + advice,
        }
    }
}

impl From<Counts> for [usize; 3] {
    fn from(counts: Counts) -> Self {
        [counts.errors, counts.warnings, counts.advice]
    }
}

/// The state of the preview.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Now<'a> {
    pub(super) build: u64,
    /// All of the site has been looked at.
    pub(super) done: bool,
    #[serde(flatten)]
    pub(super) counts: Counts,
    /// Another number means other findings.
    pub(super) findings: u64,
    /// What a page has to know to change files.
    pub(super) token: Option<&'a str>,
    /// Another number means that the review may be another one.
    pub(super) review: u64,
}

#[derive(Serialize)]
struct StatusView<'a> {
    #[serde(flatten)]
    now: Now<'a>,
    branch: Option<&'a str>,
    base: Option<&'a str>,
    /// How many pages the branch or the working tree changes.
    changed: usize,
    /// What is wrong with the settings or the theme; the site is that of the last good ones.
    broken: Vec<Finding>,
}

/// What the list of an open page shows.
#[derive(Serialize)]
struct Report {
    findings: u64,
    /// The findings of the page.
    page: Vec<Finding>,
    /// The worst ones of other pages.
    others: Vec<Finding>,
    /// The pages that the branch changes, in order.
    changed: Vec<ChangedPage>,
}

/// A finding with its place, as a page shows it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Finding {
    severity: &'static str,
    code: String,
    message: String,
    help: Option<String>,
    file: Option<String>,
    line: usize,
    column: usize,
    /// Its bytes in the file.
    start: usize,
    end: usize,
    /// What the bytes of the file hash to.
    seen: Option<String>,
    excerpt: Excerpt,
    place: Place,
    /// The address of the page that the file is published as.
    url: Option<String>,
    /// Opens the file in an editor.
    editor: Option<String>,
    fix: Option<OfferedFix>,
    /// It is about a word that can be accepted.
    word: bool,
}

/// A fix that a click applies.
#[derive(Debug, Serialize)]
struct OfferedFix {
    title: String,
    safe: bool,
}

#[derive(Serialize)]
struct ChangedPage {
    title: String,
    url: String,
    how: &'static str,
    /// What differs on it.
    review: String,
}

/// What has been found.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    /// Another number means other findings.
    pub(super) number: u64,
    /// In the prose of the page.
    pub(super) linted: &'a PageFindings,
    /// In the prose of all pages.
    pub(super) gravest: &'a [Diagnostic],
    /// How what a build says is told.
    pub(super) telling: Option<&'a SiteFindings<'a>>,
    /// What of it is told of the whole site, once that is known.
    pub(super) of_site: Option<&'a [Diagnostic]>,
}

/// Makes findings of diagnostics.
pub(super) struct Findings<'a> {
    pub(super) source: &'a dyn Source,
    /// How a link opens a file in an editor.
    pub(super) editor: Option<&'a str>,
    pub(super) live: Option<&'a Live<'a>>,
}

impl Findings<'_> {
    /// The status as the open pages get it.
    pub(super) fn status(&self, now: Now<'_>, broken: &[Diagnostic]) -> Status {
        let prepared = self.live.map(Live::prepared);
        let none = BTreeSet::new();
        let view = StatusView {
            now,
            changed: self.changed_pages().len(),
            branch: prepared.and_then(|prepared| prepared.facts().branch.as_deref()),
            base: prepared.and_then(|prepared| prepared.history().branch.base.as_deref()),
            broken: self.of(broken.iter(), &none),
        };
        Status { json: serde_json::to_string(&view).unwrap_or_default() }
    }

    /// The page at an address.
    fn page(&self, path: &str) -> Option<&Page> {
        let site = self.live?.prepared().site();
        site.pages.iter().find(|page| page.path.as_str() == path).or_else(|| {
            let first = site.first_page.filter(|_| path == "index.html")?;
            site.page(first)
        })
    }

    /// The files that make the page at an address.
    pub(super) fn files_of(&self, path: &str) -> Option<Vec<SourcePath>> {
        let page = self.page(path)?;
        let included = page.outline.includes.iter().filter(|path| is_markdown(path));
        Some(std::iter::once(&page.source).chain(included).cloned().collect())
    }

    /// What the list of the page at an address shows.
    pub(super) fn report(&self, path: &str, all: Found<'_>) -> String {
        let Some(live) = self.live else { return "{}".to_owned() };
        let page = self.page(path);
        let is_of_page = |diagnostic: &Diagnostic| {
            let file = diagnostic.span().map(|span| &span.file);
            page.is_some_and(|page| {
                file.is_some_and(|file| {
                    *file == page.source || page.outline.includes.contains(file)
                })
            })
        };
        let told = |found: Vec<Diagnostic>| match all.telling {
            Some(telling) => telling.of_files(found),
            None => found,
        };
        let of_page = told(live.found().filter(|found| is_of_page(found)).cloned().collect());
        let mut own: Vec<&Diagnostic> = of_page.iter().collect();
        own.extend(&all.linted.found);
        own.sort_by(|a, b| a.labels.cmp(&b.labels).then_with(|| a.cmp(b)));
        own.dedup();
        own.truncate(MOST_OF_PAGE);
        let of_site = all.of_site.unwrap_or_default();
        let mut others: Vec<&Diagnostic> =
            of_site.iter().filter(|diagnostic| !is_of_page(diagnostic)).collect();
        others.extend(all.gravest.iter().filter(|diagnostic| !is_of_page(diagnostic)));
        others.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.labels.cmp(&b.labels)));
        others.dedup();
        others.truncate(MOST_OTHERS);
        let report = Report {
            findings: all.number,
            page: self.of(own.into_iter(), &all.linted.words),
            others: self.of(others.into_iter(), &BTreeSet::new()),
            changed: self.changed(),
        };
        serde_json::to_string(&report).unwrap_or_default()
    }

    /// The pages that the branch or the working tree changes, in order.
    fn changed_pages(&self) -> BTreeMap<PageId, &'static str> {
        let mut pages = BTreeMap::new();
        let Some(prepared) = self.live.map(Live::prepared) else { return pages };
        let (site, history) = (prepared.site(), prepared.history());
        for path in &history.uncommitted {
            if let Some(page) = site.page_of(path) {
                pages.insert(page, "not committed");
            }
        }
        for file in &history.branch.changed {
            let how = match &file.how {
                HowChanged::Added => "added",
                HowChanged::Modified => "changed",
                HowChanged::Removed => "removed",
                HowChanged::Renamed { .. } => "renamed",
            };
            let path = SourcePath::new(&file.path).ok();
            if let Some(page) = path.and_then(|path| site.page_of(&path)) {
                pages.insert(page, how);
            }
        }
        pages
    }

    fn changed(&self) -> Vec<ChangedPage> {
        let Some(site) = self.live.map(|live| live.prepared().site()) else { return Vec::new() };
        let pages = self.changed_pages().into_iter().filter_map(|(page, how)| {
            let page = site.page(page)?;
            let url = format!("{}{}", site.base_path, crate::base::encode_path(page.path.as_str()));
            let review = format!(
                "/{LIVE_FOLDER}/{}/pages/{}.html",
                review::FOLDER,
                crate::base::encode_path(page.source.as_str())
            );
            Some(ChangedPage { title: page.title.clone(), url, how, review })
        });
        pages.take(MOST_CHANGED).collect()
    }

    /// Findings with the lines that they are about; `words` are codes of findings about words that
    /// can be accepted.
    pub(super) fn of<'d>(
        &self,
        diagnostics: impl Iterator<Item = &'d Diagnostic>,
        words: &BTreeSet<String>,
    ) -> Vec<Finding> {
        let mut texts = HashMap::new();
        diagnostics
            .map(|diagnostic| {
                let mut finding = self.finding(diagnostic, &mut texts);
                finding.word = finding.seen.is_some() && words.contains(&*diagnostic.code);
                finding
            })
            .collect()
    }

    fn finding(&self, diagnostic: &Diagnostic, texts: &mut Texts) -> Finding {
        let span = diagnostic.span();
        let text = span.and_then(|span| {
            let known = texts.entry(span.file.clone()).or_insert_with(|| {
                let bytes = self.source.read(&span.file).ok()?;
                let text: Arc<str> = Arc::from(String::from_utf8_lossy(&bytes));
                let lines = LineIndex::new(&text);
                Some(Text { lines, seen: ContentHash::of(&bytes).short(), text })
            });
            known.as_ref()
        });
        let mut finding = Finding {
            severity: diagnostic.severity.word(),
            code: diagnostic.code.to_string(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            ..Finding::default()
        };
        let Some(span) = span else { return finding };
        finding.file = Some(span.file.to_string());
        (finding.start, finding.end) = (span.start, span.end);
        if let Some(Text { text, lines, seen }) = text {
            let place = lines.position(text, span.start);
            (finding.line, finding.column) = (place.line, place.column);
            finding.excerpt = Excerpt::of(text, lines.line_range(place.line - 1), span);
            finding.place = Place::of(text, span);
            finding.fix = diagnostic.fix.as_ref().map(|fix| OfferedFix {
                title: fix.title.clone(),
                safe: fix.applicability == Applicability::Safe,
            });
            finding.seen = Some(seen.clone());
        }
        let site = self.live.map(|live| live.prepared().site());
        finding.url = site.and_then(|site| {
            let page = site.page(site.page_of(&span.file)?)?;
            let path = crate::base::encode_path(page.path.as_str());
            Some(format!("{}{path}", site.base_path))
        });
        finding.editor = self.editor.and_then(|editor| {
            let path = self.source.folder()?.join(span.file.as_str());
            let path = crate::base::encode_path(&path.to_string_lossy().replace('\\', "/"));
            let (line, column) = (finding.line.max(1), finding.column.max(1));
            let link = editor.replace("{path}", &path).replace("{line}", &line.to_string());
            Some(link.replace("{column}", &column.to_string()))
        });
        finding
    }
}

/// A file that findings are in.
struct Text {
    text: Arc<str>,
    lines: LineIndex,
    /// What its bytes hash to.
    seen: String,
}

type Texts = HashMap<SourcePath, Option<Text>>;

/// The line that a finding is in, or the part of it around the finding.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Excerpt {
    before: String,
    found: String,
    after: String,
}

/// So many characters of a line are shown before a finding, of it, and after it.
const MOST_BEFORE: usize = 80;
const MOST_FOUND: usize = 160;

impl Excerpt {
    fn of(text: &str, line: std::ops::Range<usize>, span: &Span) -> Excerpt {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let start = span.start.clamp(line.start, line.end);
        let end = span.end.clamp(start, line.end);
        let rest = part(end, line.end).trim_end();
        Excerpt {
            before: last(part(line.start, start).trim_start(), MOST_BEFORE).to_owned(),
            found: first(part(start, end).trim_end_matches(['\r', '\n']), MOST_FOUND).to_owned(),
            after: first(rest, MOST_BEFORE).to_owned(),
        }
    }
}

/// What a page looks for to mark a finding in its text: the source of it, and what stands around.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    found: String,
    before: String,
    after: String,
}

/// So much of the source is told around a finding.
const AROUND: usize = 120;

/// Findings longer than this are marked at their beginning.
const MOST_MARKED: usize = 1200;

impl Place {
    fn of(text: &str, span: &Span) -> Place {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        Place {
            found: first(part(span.start, span.end), MOST_MARKED).to_owned(),
            before: last(part(0, span.start), AROUND).to_owned(),
            after: first(part(span.end, text.len()), AROUND).to_owned(),
        }
    }
}

/// The first characters of a text.
fn first(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The last characters of a text.
fn last(text: &str, most: usize) -> &str {
    let at = most.checked_sub(1).and_then(|most| text.char_indices().nth_back(most));
    at.and_then(|(at, _)| text.get(at..)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_the_line_around_a_finding() {
        let text = "one\r\n  two three\r\nfour\n";
        let lines = LineIndex::new(text);
        let span =
            |start: usize, end: usize| Span::new(SourcePath::new("a.md").unwrap(), start..end);
        let parts = |excerpt: Excerpt| [excerpt.before, excerpt.found, excerpt.after];
        let found = Excerpt::of(text, lines.line_range(1), &span(7, 10));
        assert_eq!(parts(found), ["", "two", " three"]);
        let found = Excerpt::of(text, lines.line_range(1), &span(11, 22));
        assert_eq!(parts(found), ["two ", "three", ""], "what goes on in the next line is cut");
        let long = format!("{}x{}", "ä".repeat(500), "ö".repeat(500));
        let lines = LineIndex::new(&long);
        let found = Excerpt::of(&long, lines.line_range(0), &span(1000, 1001));
        assert_eq!(parts(found), ["ä".repeat(80), "x".to_owned(), "ö".repeat(80)]);
    }

    #[test]
    fn places_have_what_stands_around() {
        let span = Span::new(SourcePath::new("a.md").unwrap(), 4..7);
        let place = Place::of("one two three", &span);
        let wanted = Place { found: "two".into(), before: "one ".into(), after: " three".into() };
        assert_eq!(place, wanted);
    }
}
