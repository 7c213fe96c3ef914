//! The review as a folder of pages: an overview, and for each changed page its difference in the text
//! and side by side. It needs no server, and runs nothing of what the branch says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::build::known_inputs;
use super::change::{ChangeInput, Read, Side, compare_sides};
use super::change_look::{Look, add_looks};
use super::check::{check_changes, keep_hashes};
use super::gate::{Base, LintInput, lint_changes};
use super::images::is_image;
use super::prepare::BuildError;
use super::review_threads::{OnPage, Shown as Threads};
use super::rule_set::{load_rules, nearest_rules};
use super::whole::Whole;
use crate::base::{Diagnostic, LineIndex, Severity, SitePath, SourcePath, encode_path};
use crate::config::Settings;
use crate::history::Ends;
use crate::markdown::{Words, decode, parse_body};
use crate::output::{Content, WriteError, Writer, Written};
use crate::report;
use crate::review::difference::{
    self, Difference, HtmlOptions, Part, Use, Version, Wording, difference_of, inline_html_with,
    parts, side_by_side_html_with,
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
    /// The preview of the changed site shows it, and keeps it up to date.
    pub live: bool,
    /// The day, as `2026-11-25`: suppressions can expire.
    pub today: &'a str,
    /// What was said about the branch, with its places in the new side.
    pub threads: &'a [PlacedThread],
    /// What a reader of the overview must know besides.
    pub notes: &'a [String],
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
    /// Nobody wants it any more.
    #[error("the review was outdated before it was made")]
    Stopped,
}

/// Makes the review and puts it into a folder.
///
/// # Errors
/// Where a side cannot be read, or the folder cannot be written; nothing in it is then touched.
pub fn review_site(input: &ReviewSiteInput<'_>, out: &Path) -> Result<ReviewSite, ReviewSiteError> {
    let writer = Writer::open(out)?;
    let made = with_pages(input, None, &|| false, |pages| pages.write(&writer));
    let (change, findings, wrote) = made?;
    wrote?;
    let written = writer.commit()?.written;
    Ok(ReviewSite { change, findings, written })
}

/// Opens both sides, finds out what differs and what is found, and hands over what pages are made with.
/// Where there is a pool, the work is left to its threads. As soon as `stop` says so, nothing more is
/// done.
pub(super) fn with_pages<T>(
    input: &ReviewSiteInput<'_>,
    pool: Option<&rayon::ThreadPool>,
    stop: &(dyn Fn() -> bool + Sync),
    then: impl FnOnce(&ReviewPages<'_, '_>) -> T,
) -> Result<(Change, Vec<Diagnostic>, T), ReviewSiteError> {
    let memo = input.change.new.memo;
    let (old_inputs, new_inputs) =
        (known_inputs(input.change.old.source, memo), known_inputs(input.change.new.source, memo));
    let old = Side::new(&input.change.old, &old_inputs);
    let new = Side::new(&input.change.new, &new_inputs);
    let look = || {
        let ((compared, findings), ()) = rayon::join(
            || {
                let compared = compare_sides(&old, &new, input.change.files);
                (compared, if stop() { Ok(Vec::new()) } else { found(input) })
            },
            || {
                rayon::join(|| old.whole().is_some(), || stop() || new.whole().is_some());
            },
        );
        (compared, findings)
    };
    let (compared, findings) = match pool {
        Some(pool) => pool.install(look),
        None => look(),
    };
    if stop() {
        return Err(ReviewSiteError::Stopped);
    }
    let (mut change, findings) = (compared?.change, findings?);
    let look = add_looks(&input.change, &mut change)?;
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
    let pages = ReviewPages {
        input,
        change: &change,
        found: &findings,
        findings: by_page(&findings),
        old: old_whole,
        new: new_whole,
        look,
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
        preview: match input.live {
            true => Some(new_whole.site.base_path.as_str()),
            false => input.preview,
        },
        addresses: addresses(&change),
        images: Mutex::default(),
    };
    let value = then(&pages);
    drop(pages);
    keep_hashes(&old_inputs, memo);
    keep_hashes(&new_inputs, memo);
    Ok((change, findings, value))
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

/// HTML as the parts of a page that shows it as code.
fn as_code(html: &str) -> Vec<Arc<Part>> {
    let fence = "`".repeat(html.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
    let text = format!("{fence}html\n{html}\n{fence}\n");
    let Ok(path) = SourcePath::new("page.html") else { return Vec::new() };
    let decoded = decode(&path, text.as_bytes(), &mut Vec::new());
    let document = parse_body(decoded, &Settings::default()).0;
    let side = difference::Side { document: Some(&document), ..difference::Side::default() };
    parts(&side)
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
pub(super) struct ReviewPages<'a, 'w> {
    input: &'a ReviewSiteInput<'a>,
    change: &'a Change,
    /// What was found, in order.
    found: &'a [Diagnostic],
    findings: HashMap<SourcePath, Vec<&'a Diagnostic>>,
    old: &'a Whole<'w>,
    new: &'a Whole<'w>,
    /// The page to look at where the theme of the branch is trusted, and differs.
    look: Option<Look>,
    templates: ReviewTemplates,
    strings: &'a BTreeMap<String, String>,
    words: Words,
    wording: Wording,
    language: &'a str,
    direction: &'static str,
    /// Where the changed site can be seen.
    preview: Option<&'a str>,
    addresses: HashMap<SourcePath, String>,
    /// The images that pages show, and whether each can be shown.
    images: Mutex<BTreeMap<(Version, SourcePath), bool>>,
}

/// A page of the review before it is written: what differs, and what is said about it.
struct Shown<'p> {
    at: usize,
    page: &'p PageChange,
    /// The way to the top of the review.
    root: String,
    difference: Difference,
    said: OnPage,
}

impl ReviewPages<'_, '_> {
    /// Puts all of it into a folder.
    fn write(&self, writer: &Writer) -> Result<(), ReviewSiteError> {
        for (name, bytes) in review_assets() {
            stage(writer, &format!("assets/{name}"), &bytes)?;
        }
        let pages = self.change.pages.par_iter().enumerate();
        pages
            .map(|(at, page)| self.write_page(writer, at, page))
            .collect::<Result<Vec<()>, _>>()?;
        stage(writer, "index.html", self.index()?.as_bytes())?;
        let images = self.images.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ((version, path), _) in images.into_iter().filter(|(_, shown)| *shown) {
            let folder = match version {
                Version::Old => "old",
                Version::New => "new",
            };
            if let Ok(bytes) = self.side(version).inputs.read(&path) {
                stage(writer, &format!("files/{folder}/{path}"), &bytes)?;
            }
        }
        Ok(())
    }

    /// Writes both views of a page.
    fn write_page(
        &self,
        writer: &Writer,
        at: usize,
        page: &PageChange,
    ) -> Result<(), ReviewSiteError> {
        let Some(file) = page.place().and_then(|place| self.addresses.get(&place.source)) else {
            return Ok(());
        };
        let shown = self.shown(at, page, file)?;
        for (name, sides) in [(format!("{file}.html"), false), (format!("{file}.sides.html"), true)]
        {
            stage(writer, &name, self.view(&shown, sides)?.as_bytes())?;
        }
        Ok(())
    }

    /// A file of the review by its path from the top; none where there is no such file.
    ///
    /// # Errors
    /// The page cannot be made.
    pub(super) fn file(&self, path: &str) -> Result<Option<Arc<[u8]>>, ReviewSiteError> {
        if path == "index.html" {
            return Ok(Some(Arc::from(self.index()?.into_bytes())));
        }
        if let Some(file) = path.strip_prefix("files/") {
            let image = |version, path: &str| {
                let source = SourcePath::new(path).ok().filter(is_image)?;
                self.can_show(version, &source)
                    .then(|| self.side(version).inputs.read(&source).ok())?
            };
            return Ok(match file.split_once('/') {
                Some(("old", path)) => image(Version::Old, path),
                Some(("new", path)) => image(Version::New, path),
                _ => None,
            });
        }
        let Some(name) = path.strip_suffix(".html") else { return Ok(None) };
        let (name, sides) = match name.strip_suffix(".sides") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let mut pages = self.change.pages.iter().enumerate();
        let found = pages.find_map(|(at, page)| {
            let file = self.addresses.get(&page.place()?.source)?;
            (file == name).then_some((at, page, file))
        });
        let Some((at, page, file)) = found else { return Ok(None) };
        let shown = self.shown(at, page, file)?;
        Ok(Some(Arc::from(self.view(&shown, sides)?.into_bytes())))
    }

    fn side(&self, version: Version) -> &Whole<'_> {
        match version {
            Version::Old => self.old,
            Version::New => self.new,
        }
    }

    /// Whether a file is one that a page of the review may show.
    fn can_show(&self, version: Version, source: &SourcePath) -> bool {
        let side = self.side(version);
        side.site.asset_path(source).is_some()
            && side.inputs.read(source).is_ok_and(|bytes| bytes.len() <= MOST_IMAGE_BYTES)
    }

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
            live: self.input.live,
        }
    }

    fn threads(&self) -> Threads<'_> {
        Threads {
            threads: self.input.threads,
            templates: &self.templates,
            strings: self.strings,
            wording: &self.wording,
            words: &self.words,
        }
    }

    /// Compares both versions of a page.
    fn shown<'p>(
        &self,
        at: usize,
        page: &'p PageChange,
        file: &str,
    ) -> Result<Shown<'p>, ReviewSiteError> {
        let root = "../".repeat(file.matches('/').count());
        let (old, new) = (Read::at(self.old, &page.old), Read::at(self.new, &page.new));
        let (mut before, mut after) = (parts(&old.side()), parts(&new.side()));
        if let Some(look) = self.look.as_ref().filter(|look| page.is_at(&look.source)) {
            // The page around its text, as lines of code: whatever they are, they are only shown.
            before.extend(as_code(&look.of_target));
            after.extend(as_code(&look.own));
        }
        let difference = difference_of(&before, &after);
        let files: Vec<&SourcePath> =
            [&page.new, &page.old].into_iter().flatten().map(|place| &place.source).collect();
        let said = self.threads().on_page(&files).map_err(ReviewSiteError::Template)?;
        for (whole, place) in [(self.old, &page.old), (self.new, &page.new)] {
            if let Some(place) = place {
                whole.documents.release(&place.source);
            }
        }
        Ok(Shown { at, page, root, difference, said })
    }

    /// One view of a page.
    fn view(&self, shown: &Shown<'_>, sides: bool) -> Result<String, ReviewSiteError> {
        let address =
            |version: Version, used: Use, to: &str| self.address(&shown.root, version, used, to);
        let options = HtmlOptions {
            wording: &self.wording,
            words: &self.words,
            address: &address,
            max_bytes: MOST_BYTES,
        };
        let write = if sides { side_by_side_html_with } else { inline_html_with };
        let body = write(&shown.difference, &options, &shown.said.notes);
        self.rendered(&self.page_view(shown, body, sides))
    }

    fn rendered(&self, view: &ReviewPageView<'_>) -> Result<String, ReviewSiteError> {
        self.templates.page(view).map_err(ReviewSiteError::Template)
    }

    fn page_view(&self, shown: &Shown<'_>, body: String, sides: bool) -> ReviewPageView<'_> {
        let Shown { at, page, root, difference, said } = shown;
        let (at, page) = (*at, *page);
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
            frame: self.frame(root.clone()),
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
                page_url: page.new.as_ref().and_then(|place| {
                    Some(format!("{}{}", self.preview?, encode_path(place.path.as_str())))
                }),
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
        let whole = self.side(version);
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
                let shown =
                    image.or_insert_with_key(|(version, source)| self.can_show(*version, source));
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
                let preview = self.preview?;
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
            Cause::Theme => self.text("review_because_theme", &[]),
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
    fn index(&self) -> Result<String, ReviewSiteError> {
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
        let elsewhere = self
            .found
            .iter()
            .filter(|finding| finding.span().is_none_or(|span| !changed.contains(&span.file)))
            .take(MOST_FINDINGS);
        let notes = self.input.notes.iter().map(|note| ReviewFinding {
            severity: "error",
            word: self.text("severity_error", &[]),
            message: report::harmless(note).into_owned(),
            place: String::new(),
            help: None,
            change: None,
        });
        let findings = notes.chain(elsewhere.map(|finding| self.finding(finding, None)));
        let (threads_title, threads) = self.threads().all(&|source| self.url(source, false));
        let view = ReviewIndexView {
            frame: self.frame(String::new()),
            summary,
            facts,
            groups: groups.collect(),
            also: self.also(),
            findings: findings.collect(),
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
        if change.look.pages > 0 {
            let count = change.look.pages.to_string();
            also.push(self.text("review_look", &[("count", &count)]));
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
