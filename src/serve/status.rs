//! What the open pages are told: which build they could show, and what is wrong with the site.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::base::{Diagnostic, LineIndex, Severity, SitePath, SourcePath};
use crate::history::HowChanged;
use crate::pipeline::Live;
use crate::report;
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
    pub(super) fn of(diagnostics: &[Diagnostic]) -> Counts {
        let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        Counts {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            advice: count(Severity::Advice),
        }
    }
}

#[derive(Serialize)]
struct StatusView<'a> {
    build: u64,
    /// All of the site has been looked at.
    done: bool,
    #[serde(flatten)]
    counts: Counts,
    branch: Option<&'a str>,
    base: Option<&'a str>,
    /// What is wrong with the settings; the site is that of the last good ones.
    broken: Vec<Finding>,
}

/// What the list of an open page shows.
#[derive(Serialize)]
struct Report {
    build: u64,
    /// The findings of the page.
    page: Vec<Finding>,
    /// The worst ones of other pages.
    others: Vec<Finding>,
    /// The pages that the branch changes, in order.
    changed: Vec<ChangedPage>,
}

/// A finding with its place, as a page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    severity: &'static str,
    code: String,
    message: String,
    help: Option<String>,
    file: Option<String>,
    line: usize,
    column: usize,
    /// The line of the source.
    excerpt: String,
    /// The address of the page that the file is published as.
    url: Option<String>,
    /// Opens the file in an editor.
    editor: Option<String>,
}

#[derive(Serialize)]
struct ChangedPage {
    title: String,
    url: String,
    how: &'static str,
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
    pub(super) fn status(
        &self,
        build: u64,
        done: bool,
        counts: Counts,
        broken: &[Diagnostic],
    ) -> Status {
        let prepared = self.live.map(Live::prepared);
        let view = StatusView {
            build,
            done,
            counts,
            branch: prepared.and_then(|prepared| prepared.facts().branch.as_deref()),
            base: prepared.and_then(|prepared| prepared.history().branch.base.as_deref()),
            broken: self.of(broken),
        };
        Status { json: serde_json::to_string(&view).unwrap_or_default() }
    }

    /// What the list of the page at an address shows.
    pub(super) fn report(&self, build: u64, path: &str) -> String {
        let Some(live) = self.live else { return "{}".to_owned() };
        let mut all = live.diagnostics();
        report::sort(&mut all);
        let site = live.prepared().site();
        let page = SitePath::new(path).ok().and_then(|path| {
            site.pages.iter().find(|page| page.path == path).or_else(|| {
                let first = site.first_page.filter(|_| path.as_str() == "index.html")?;
                site.page(first)
            })
        });
        let is_of_page = |diagnostic: &Diagnostic| {
            let file = diagnostic.span().map(|span| &span.file);
            page.is_some_and(|page| {
                file.is_some_and(|file| {
                    *file == page.source || page.outline.includes.contains(file)
                })
            })
        };
        let (mut own, mut others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_of_page);
        own.truncate(MOST_OF_PAGE);
        others.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        others.truncate(MOST_OTHERS);
        let report = Report {
            build,
            page: self.of(&own),
            others: self.of(&others),
            changed: self.changed(),
        };
        serde_json::to_string(&report).unwrap_or_default()
    }

    /// The pages that the branch or the working tree changes.
    fn changed(&self) -> Vec<ChangedPage> {
        let Some(prepared) = self.live.map(Live::prepared) else { return Vec::new() };
        let (site, history) = (prepared.site(), prepared.history());
        let how: HashMap<&str, &'static str> = history
            .branch
            .changed
            .iter()
            .map(|file| {
                let how = match &file.how {
                    HowChanged::Added => "added",
                    HowChanged::Modified => "changed",
                    HowChanged::Removed => "removed",
                    HowChanged::Renamed { .. } => "renamed",
                };
                (file.path.as_str(), how)
            })
            .collect();
        let pages = site.pages.iter().filter_map(|page| {
            let how = match how.get(page.source.as_str()) {
                Some(how) => how,
                None if history.is_uncommitted(&page.source) => "not committed",
                None => return None,
            };
            let url = format!("{}{}", site.base_path, crate::base::encode_path(page.path.as_str()));
            Some(ChangedPage { title: page.title.clone(), url, how })
        });
        pages.take(MOST_CHANGED).collect()
    }

    /// Findings with the lines that they are about.
    pub(super) fn of(&self, diagnostics: &[Diagnostic]) -> Vec<Finding> {
        let mut texts: HashMap<SourcePath, Option<(Arc<str>, LineIndex)>> = HashMap::new();
        diagnostics.iter().map(|diagnostic| self.finding(diagnostic, &mut texts)).collect()
    }

    fn finding(
        &self,
        diagnostic: &Diagnostic,
        texts: &mut HashMap<SourcePath, Option<(Arc<str>, LineIndex)>>,
    ) -> Finding {
        let span = diagnostic.span();
        let text = span.and_then(|span| {
            let known = texts.entry(span.file.clone()).or_insert_with(|| {
                let bytes = self.source.read(&span.file).ok()?;
                let text: Arc<str> = Arc::from(String::from_utf8_lossy(&bytes));
                let lines = LineIndex::new(&text);
                Some((text, lines))
            });
            known.as_ref()
        });
        let (mut line, mut column, mut excerpt) = (0, 0, String::new());
        if let (Some(span), Some((text, lines))) = (span, text) {
            let place = lines.position(text, span.start);
            (line, column) = (place.line, place.column);
            excerpt =
                text.lines().nth(place.line - 1).unwrap_or_default().chars().take(300).collect();
        }
        let file = span.map(|span| span.file.to_string());
        let site = self.live.map(|live| live.prepared().site());
        let url = site.zip(span).and_then(|(site, span)| {
            let page = site.page(site.page_of(&span.file)?)?;
            let path = crate::base::encode_path(page.path.as_str());
            Some(format!("{}{path}", site.base_path))
        });
        let editor = self.editor.zip(span).and_then(|(editor, span)| {
            let path = self.source.folder()?.join(span.file.as_str());
            let path = crate::base::encode_path(&path.to_string_lossy().replace('\\', "/"));
            let link = editor.replace("{path}", &path).replace("{line}", &line.max(1).to_string());
            Some(link.replace("{column}", &column.max(1).to_string()))
        });
        Finding {
            severity: diagnostic.severity.word(),
            code: diagnostic.code.to_string(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            file,
            line,
            column,
            excerpt,
            url,
            editor,
        }
    }
}
