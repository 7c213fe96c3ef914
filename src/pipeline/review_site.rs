//! The review as a folder of pages: an overview, and for each changed page its difference in the text
//! and side by side. It needs no server, and runs nothing of what the branch says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::build::known_inputs;
use super::change::{ChangeInput, Read, Side, compare_sides};
use super::check::{Whole, check_changes, keep_hashes};
use super::gate::{Base, LintInput, lint_changes};
use super::prepare::BuildError;
use super::review_threads::{OnPage, Shown};
use super::rule_set::{load_rules, nearest_rules};
use crate::base::{Diagnostic, LineIndex, Severity, SitePath, SourcePath, encode_path};
use crate::history::Ends;
use crate::markdown::Words;
use crate::output::{Content, WriteError, Writer, Written};
use crate::report;
use crate::review::difference::{
    Difference, HtmlOptions, Use, Version, Wording, difference, inline_html_with,
    side_by_side_html_with,
};
use crate::review::threads::PlacedThread;
use crate::review::{Cause, Change, ChangeKind, PageChange, Reason};
use crate::source::{NEVER, Source};
use crate::theme::{
    ReviewChange, ReviewEntry, ReviewFinding, ReviewFrame, ReviewGroup, ReviewIndexView,
    ReviewLink, ReviewPage, ReviewPageView, ReviewTemplates, Theme, review_assets,
};

/// Findings on no changed page that the overview lists.
const MOST_FINDINGS: usize = 100;

/// The HTML of one difference ends after about so many bytes.
const MOST_BYTES: usize = 4 << 20;

/// Images that are larger are not shown.
const MOST_IMAGE_BYTES: usize = 10 << 20;

/// What a review is made of.
pub struct ReviewSiteInput<'a> {
    /// Both sides.
    pub change: ChangeInput<'a>,
    /// Where both parted.
    pub ends: &'a Ends,
    /// Where the changed site can be seen, ending in `/`, for links in the text.
    pub preview: Option<&'a str>,
    /// The day, as `2026-11-25`: suppressions can expire.
    pub today: &'a str,
    /// What was said about the branch, with its places in the new side.
    pub threads: &'a [PlacedThread],
}

/// What was made.
#[derive(Debug)]
pub struct ReviewSite {
    /// The change.
    pub change: Change,
    /// What was found that was not there before.
    pub findings: Vec<Diagnostic>,
    /// What was written.
    pub written: Written,
}

/// Why there is no review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewSiteError {
    /// A side cannot be read.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A page cannot be made.
    #[error("a page of the review cannot be made: {0}")]
    Template(String),
}

/// Makes the review and puts it into a folder.
///
/// # Errors
/// Where a side cannot be read, or the folder cannot be written; nothing in it is then touched.
pub fn review_site(input: &ReviewSiteInput<'_>, out: &Path) -> Result<ReviewSite, ReviewSiteError> {
    let writer = Writer::open(out)?;
    let memo = input.change.new.memo;
    let (old_inputs, new_inputs) =
        (known_inputs(input.change.old.source, memo), known_inputs(input.change.new.source, memo));
    let old = Side::new(&input.change.old, &old_inputs);
    let new = Side::new(&input.change.new, &new_inputs);
    let ((compared, findings), ()) = rayon::join(
        || {
            let compared = compare_sides(&old, &new, input.change.files);
            (compared, found(input))
        },
        || {
            rayon::join(|| old.whole().is_some(), || new.whole().is_some());
        },
    );
    let (change, findings) = (compared?.change, findings?);
    let (old_whole, new_whole) = (old.required()?, new.required()?);
    let (settings, content) = (&old_whole.settings, &old_whole.plan.content);
    let files = super::extras::theme_files(
        &old_inputs,
        settings,
        old_whole.root(),
        &old_whole.files,
        content,
    )
    .map_err(BuildError::from)?;
    let (theme, _) = Theme::load(&files, settings);
    let strings = theme.strings();
    let making = Making {
        input,
        change: &change,
        findings: by_page(&findings),
        old: old_whole,
        new: new_whole,
        templates: ReviewTemplates::load().map_err(ReviewSiteError::Template)?,
        strings,
        words: super::extras::words(&theme),
        wording: Wording::from_strings(|key| {
            strings.get(&key.replace('-', "_")).map(String::as_str)
        }),
        language: settings.book.language.as_str(),
        direction: match settings.book.text_direction {
            crate::config::Direction::Ltr => "ltr",
            crate::config::Direction::Rtl => "rtl",
        },
        addresses: addresses(&change),
        images: Mutex::default(),
    };
    for (name, bytes) in review_assets() {
        stage(&writer, &format!("assets/{name}"), &bytes)?;
    }
    change
        .pages
        .par_iter()
        .enumerate()
        .map(|(at, page)| making.page(&writer, at, page))
        .collect::<Result<Vec<()>, _>>()?;
    stage(&writer, "index.html", making.index(&findings)?.as_bytes())?;
    let images = making.images.into_inner().unwrap_or_else(PoisonError::into_inner);
    for ((version, path), _) in images.into_iter().filter(|(_, shown)| *shown) {
        let (folder, inputs) = match version {
            Version::Old => ("old", &old_inputs),
            Version::New => ("new", &new_inputs),
        };
        if let Ok(bytes) = inputs.read(&path) {
            stage(&writer, &format!("files/{folder}/{path}"), &bytes)?;
        }
    }
    keep_hashes(&old_inputs, memo);
    keep_hashes(&new_inputs, memo);
    let written = writer.commit()?.written;
    Ok(ReviewSite { change, findings, written })
}

fn stage(writer: &Writer, path: &str, bytes: &[u8]) -> Result<(), ReviewSiteError> {
    // A file whose name no site can have is not shown either.
    if let Ok(path) = SitePath::new(path) {
        writer.stage(&path, Content::Bytes(bytes))?;
    }
    Ok(())
}

/// What is found on the new side and not on the old one, by the rules of the old one.
fn found(input: &ReviewSiteInput<'_>) -> Result<Vec<Diagnostic>, BuildError> {
    let (old, new) = (&input.change.old, &input.change.new);
    let config = nearest_rules(old.source, &old.root);
    let loaded = match load_rules(old.source, &config) {
        Ok(loaded) => loaded,
        Err(problems) => return Ok(problems),
    };
    let lint = LintInput { rules: &loaded.rules, today: input.today, memo: new.memo };
    let bases = [Base { source: old.source, changes: input.change.files }];
    let concerns = |path: &SourcePath| {
        path.starts_with(&new.root)
            && !path.components().any(|name| NEVER.contains(&name))
            && loaded.rules.concerns(path)
    };
    let report = lint_changes(lint, new.source, &bases, &[], &concerns)?;
    let mut found = check_changes(lint, new, &bases, &report.diagnostics)?;
    found.extend(report.diagnostics);
    report::sort(&mut found);
    Ok(found)
}

fn by_page(findings: &[Diagnostic]) -> HashMap<SourcePath, Vec<&Diagnostic>> {
    let mut by_page: HashMap<SourcePath, Vec<&Diagnostic>> = HashMap::new();
    for finding in findings {
        if let Some(span) = finding.span() {
            by_page.entry(span.file.clone()).or_default().push(finding);
        }
    }
    by_page
}

/// The file of a changed page in the review, without `.html`, by its source.
fn addresses(change: &Change) -> HashMap<SourcePath, String> {
    let sources = change.pages.iter().filter_map(|page| page.place());
    sources.map(|place| (place.source.clone(), format!("pages/{}", place.source))).collect()
}

/// All that the pages are made with.
struct Making<'a, 'w> {
    input: &'a ReviewSiteInput<'a>,
    change: &'a Change,
    findings: HashMap<SourcePath, Vec<&'a Diagnostic>>,
    old: &'a Whole<'w>,
    new: &'a Whole<'w>,
    templates: ReviewTemplates,
    strings: &'a BTreeMap<String, String>,
    words: Words,
    wording: Wording,
    language: &'a str,
    direction: &'static str,
    addresses: HashMap<SourcePath, String>,
    /// The images that pages show, and whether each can be shown.
    images: Mutex<BTreeMap<(Version, SourcePath), bool>>,
}

impl Making<'_, '_> {
    fn text(&self, key: &str, holes: &[(&str, &str)]) -> String {
        let text = self.strings.get(key).cloned().unwrap_or_default();
        holes.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    fn frame(&self, root: String) -> ReviewFrame<'_> {
        let ends = self.input.ends;
        ReviewFrame {
            language: self.language,
            direction: self.direction,
            strings: self.strings,
            root,
            head: ends.head.as_deref().unwrap_or_else(|| short(&ends.head_commit)),
            base: &ends.base,
        }
    }

    fn threads(&self) -> Shown<'_> {
        Shown {
            threads: self.input.threads,
            templates: &self.templates,
            strings: self.strings,
            wording: &self.wording,
            words: &self.words,
        }
    }

    /// Writes both views of a page.
    fn page(&self, writer: &Writer, at: usize, page: &PageChange) -> Result<(), ReviewSiteError> {
        let Some(place) = page.place() else { return Ok(()) };
        let Some(file) = self.addresses.get(&place.source) else { return Ok(()) };
        let root = "../".repeat(file.matches('/').count());
        let (old, new) = (Read::at(self.old, &page.old), Read::at(self.new, &page.new));
        let difference = difference(&old.side(), &new.side());
        let address =
            |version: Version, used: Use, to: &str| self.address(&root, version, used, to);
        let options = HtmlOptions {
            wording: &self.wording,
            words: &self.words,
            address: &address,
            max_bytes: MOST_BYTES,
        };
        let files: Vec<&SourcePath> =
            [&page.new, &page.old].into_iter().flatten().map(|place| &place.source).collect();
        let said = self.threads().on_page(&files).map_err(ReviewSiteError::Template)?;
        let body = inline_html_with(&difference, &options, &said.notes);
        let inline = self.page_view(at, page, &root, (&difference, body, &said), false);
        stage(writer, &format!("{file}.html"), self.rendered(&inline)?.as_bytes())?;
        let body = side_by_side_html_with(&difference, &options, &said.notes);
        let sides = self.page_view(at, page, &root, (&difference, body, &said), true);
        stage(writer, &format!("{file}.sides.html"), self.rendered(&sides)?.as_bytes())?;
        if let Some(old) = &page.old {
            self.old.documents.release(&old.source);
        }
        if let Some(new) = &page.new {
            self.new.documents.release(&new.source);
        }
        Ok(())
    }

    fn rendered(&self, view: &ReviewPageView<'_>) -> Result<String, ReviewSiteError> {
        self.templates.page(view).map_err(ReviewSiteError::Template)
    }

    fn page_view(
        &self,
        at: usize,
        page: &PageChange,
        root: &str,
        (difference, body, said): (&Difference, String, &OnPage),
        sides: bool,
    ) -> ReviewPageView<'_> {
        let place = page.place();
        let source = place.map(|place| &place.source);
        let name = source.map_or_else(String::new, |source| encode_path(source.file_name()));
        let link = |at: usize| {
            let place = self.change.pages.get(at)?.place()?;
            Some(ReviewLink {
                url: format!("{root}{}", self.url(&place.source, sides)?),
                title: place.title.clone(),
            })
        };
        let changes: Vec<ReviewChange> = difference
            .changes
            .iter()
            .map(|change| ReviewChange {
                id: change.id.to_string(),
                text: match change.excerpt.is_empty() {
                    true => self.text("diff_changed", &[]),
                    false => change.excerpt.clone(),
                },
                place: change.headings.last().cloned().unwrap_or_default(),
            })
            .collect();
        let count = match changes.len() {
            1 => self.text("review_changes_one", &[]),
            count => self.text("review_changes", &[("count", &count.to_string())]),
        };
        let findings = source.and_then(|source| self.findings.get(source));
        let findings = findings.into_iter().flatten();
        let findings = findings.map(|finding| self.finding(finding, Some(difference))).collect();
        let (inserted, deleted) = (difference.words.inserted, difference.words.deleted);
        ReviewPageView {
            frame: self.frame(root.to_owned()),
            page: ReviewPage {
                title: place.map(|place| place.title.clone()).unwrap_or_default(),
                path: self.path(page),
                kind: self.kind(page.kind),
                causes: page.causes.iter().filter_map(|cause| self.because(cause)).collect(),
                size: match inserted + deleted {
                    0 => String::new(),
                    _ => self.text(
                        "review_words",
                        &[("inserted", &inserted.to_string()), ("deleted", &deleted.to_string())],
                    ),
                },
                position: self.text(
                    "review_position",
                    &[
                        ("at", &(at + 1).to_string()),
                        ("count", &self.change.pages.len().to_string()),
                    ],
                ),
                previous: at.checked_sub(1).and_then(link),
                next: link(at + 1),
                inline_url: format!("{name}.html"),
                sides_url: format!("{name}.sides.html"),
                sides,
                findings,
                threads_title: said.title.clone(),
                threads: said.list.clone(),
                above: said.above.clone(),
                count,
                changes,
                body,
            },
        }
    }

    /// Where an address of the text is found from a page of the review.
    fn address(&self, root: &str, version: Version, used: Use, to: &str) -> Option<String> {
        let whole = match version {
            Version::Old => self.old,
            Version::New => self.new,
        };
        let (path, fragment) = to.split_once('#').map_or((to, None), |(path, id)| (path, Some(id)));
        let source = SourcePath::new(path).ok();
        match used {
            Use::Image => {
                let source = source.filter(|source| whole.site.asset_path(source).is_some())?;
                let folder = match version {
                    Version::Old => "old",
                    Version::New => "new",
                };
                let url = format!("{root}files/{folder}/{}", encode_path(source.as_str()));
                let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
                let image = images.entry((version, source));
                let shown = image.or_insert_with_key(|(_, source)| {
                    let bytes = whole.inputs.read(source);
                    bytes.is_ok_and(|bytes| bytes.len() <= MOST_IMAGE_BYTES)
                });
                shown.then_some(url)
            }
            Use::Link => {
                let lower = to.to_ascii_lowercase();
                if ["http://", "https://", "mailto:"].iter().any(|known| lower.starts_with(known)) {
                    return Some(to.to_owned());
                }
                let source = source?;
                if let Some(url) = self.url(&source, false) {
                    return Some(format!("{root}{url}"));
                }
                let preview = self.input.preview?;
                let page = self.new.site.page(self.new.site.page_of(&source)?)?;
                let fragment =
                    fragment.map_or_else(String::new, |id| format!("#{}", encode_path(id)));
                Some(format!("{preview}{}{fragment}", encode_path(page.path.as_str())))
            }
        }
    }

    /// Where the difference of a page stands, from the top of the review.
    fn url(&self, source: &SourcePath, sides: bool) -> Option<String> {
        let file = encode_path(self.addresses.get(source)?);
        Some(if sides { format!("{file}.sides.html") } else { format!("{file}.html") })
    }

    fn kind(&self, kind: ChangeKind) -> String {
        self.text(&format!("review_kind_{}", kind.word()), &[])
    }

    /// Why a page differs, where it was not edited itself.
    fn because(&self, cause: &Cause) -> Option<String> {
        Some(match cause {
            Cause::Source => return None,
            Cause::Include(path) => self.text("review_because_include", &[("file", path.as_str())]),
            Cause::Settings => self.text("review_because_settings", &[]),
            Cause::LinkTarget(link) => self.text("review_because_link", &[("link", link)]),
        })
    }

    fn path(&self, page: &PageChange) -> String {
        let now = page.place().map(|place| place.source.to_string()).unwrap_or_default();
        match &page.old {
            Some(old) if page.kind == ChangeKind::Moved && old.source.as_str() != now => {
                format!("{now}, {}", self.text("review_was", &[("path", old.source.as_str())]))
            }
            _ => now,
        }
    }

    fn finding(&self, finding: &Diagnostic, difference: Option<&Difference>) -> ReviewFinding {
        let (severity, key) = match finding.severity {
            Severity::Error => ("error", "severity_error"),
            Severity::Warning => ("warning", "severity_warning"),
            Severity::Advice => ("advice", "severity_advice"),
        };
        let span = finding.span();
        let place = span.map_or_else(String::new, |span| {
            let bytes = self.new.inputs.read(&span.file).unwrap_or_else(|_| Arc::from(*b""));
            let text = String::from_utf8_lossy(&bytes);
            let line = LineIndex::new(&text).position(&text, span.start).line;
            format!("{}:{line}", span.file)
        });
        let change = difference.and_then(|difference| {
            let span = span?;
            let change = difference.changes.iter().find(|change| {
                change.span.as_ref().is_some_and(|at| {
                    at.file == span.file && at.start <= span.start && span.start < at.end
                })
            });
            change.map(|change| change.id.to_string())
        });
        ReviewFinding {
            severity,
            word: self.text(key, &[]),
            message: report::harmless(&finding.message).into_owned(),
            place,
            help: finding.help.clone(),
            change,
        }
    }

    /// The overview.
    fn index(&self, findings: &[Diagnostic]) -> Result<String, ReviewSiteError> {
        let (change, ends) = (self.change, self.input.ends);
        let minutes = change.effort.minutes.to_string();
        let summary = match change.pages.len() {
            0 => self.text("review_nothing", &[]),
            1 => self.text("review_one_page", &[("minutes", &minutes)]),
            count => {
                let pages = count.to_string();
                self.text("review_minutes", &[("pages", &pages), ("minutes", &minutes)])
            }
        };
        let facts = self.text(
            "review_parted",
            &[
                ("commit", short(&ends.merge_base)),
                ("ahead", &ends.ahead.to_string()),
                ("behind", &ends.behind.to_string()),
            ],
        );
        let groups = change.groups().into_iter().map(|group| {
            let listed = group.pages.iter().take(group.shown());
            let more = group.pages.len() - group.shown();
            ReviewGroup {
                title: match group.reason {
                    Reason::Kind(kind) => self.kind(kind),
                    Reason::Cause(cause) => self.because(cause).unwrap_or_default(),
                },
                pages: listed.filter_map(|page| self.entry(page)).collect(),
                more: (more > 0)
                    .then(|| self.text("review_and_more", &[("count", &more.to_string())])),
            }
        });
        let changed: BTreeSet<&SourcePath> =
            change.pages.iter().filter_map(|page| Some(&page.place()?.source)).collect();
        let elsewhere = findings
            .iter()
            .filter(|finding| finding.span().is_none_or(|span| !changed.contains(&span.file)))
            .take(MOST_FINDINGS);
        let (threads_title, threads) = self.threads().all(&|source| self.url(source, false));
        let view = ReviewIndexView {
            frame: self.frame(String::new()),
            summary,
            facts,
            groups: groups.collect(),
            also: self.also(),
            findings: elsewhere.map(|finding| self.finding(finding, None)).collect(),
            threads_title,
            threads,
        };
        self.templates.index(&view).map_err(ReviewSiteError::Template)
    }

    fn entry(&self, page: &PageChange) -> Option<ReviewEntry> {
        let place = page.place()?;
        let findings = self.findings.get(&place.source).map_or(0, Vec::len);
        Some(ReviewEntry {
            title: place.title.clone(),
            url: self.url(&place.source, false)?,
            path: self.path(page),
            inserted: page.inserted,
            deleted: page.deleted,
            findings: match findings {
                0 => None,
                1 => Some(self.text("review_findings_one", &[])),
                count => Some(self.text("review_findings_count", &[("count", &count.to_string())])),
            },
        })
    }

    /// What else differs.
    fn also(&self) -> Vec<String> {
        let change = self.change;
        let files = |paths: &[SourcePath]| -> String {
            const MOST: usize = 10;
            let mut names: Vec<String> = paths.iter().take(MOST).map(ToString::to_string).collect();
            if paths.len() > MOST {
                let more = (paths.len() - MOST).to_string();
                names.push(self.text("review_and_more", &[("count", &more)]));
            }
            names.join(", ")
        };
        let mut also = Vec::new();
        if change.navigation.pages > 0 {
            let count = change.navigation.pages.to_string();
            also.push(self.text("review_navigation", &[("count", &count)]));
        }
        if !change.theme.is_empty() {
            also.push(self.text("review_theme", &[("files", &files(&change.theme))]));
        }
        if change.settings {
            also.push(self.text("review_settings", &[]));
        }
        if !change.files.is_empty() {
            also.push(self.text("review_files", &[("files", &files(&change.files))]));
        }
        if !change.unrendered.is_empty() {
            also.push(self.text("review_unrendered", &[("files", &files(&change.unrendered))]));
        }
        also
    }
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
