//! One file is checked: read once, cut into blocks, and each block given to the rules that look at
//! its scope.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{
    Applicability, Diagnostic, Edit, Fix, Foreign, Label, Severity, SourcePath, Span,
};
use crate::lint::blocks::SETTINGS;
use crate::lint::codes;
use crate::lint::formats::{Format, format};
use crate::lint::ignores;
use crate::lint::markdownlint::FormRules;
use crate::lint::own::{OwnRules, Running};
use crate::lint::pattern::{Hit, Hits, Makeup, TokenSet};
use crate::lint::prose::{
    Block, Controls, ExtractOptions, Origin, PieceText, Prose, Statistics, Timeline, of_document,
    of_html, sentences,
};
use crate::lint::rules::{Rule, RuleSet};
use crate::lint::suppressions::{Suppression, await_dated, suppressions};
use crate::lint::vale::{self, Alert, FileRules, Page, RuleState, View, alternatives};
use crate::markdown::{self, Document, Mapped, decode, front_matter_texts, parse_body};

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileFindings {
    /// Findings and problems, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The file could not be checked, because what it is cannot be told.
    pub failed: bool,
    /// The file is of a format that is not read.
    pub unread: bool,
    /// The comments in it that suppress findings. They are applied by [`super::suppress`].
    pub suppressions: Vec<Suppression>,
    /// Findings that depend on the day.
    pub dated: Vec<Dated>,
}

/// A finding that is one only after a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dated {
    /// The last day on which it is none yet, as `2026-11-29`.
    pub after: String,
    /// The finding.
    pub diagnostic: Diagnostic,
}

/// Elements whose text is no prose, unless a project says otherwise.
const SKIPPED: [&str; 6] = ["script", "style", "pre", "figure", "noscript", "iframe"];
/// Inline elements whose text is masked, unless a project says otherwise.
const MASKED: [&str; 4] = ["tt", "code", "kbd", "samp"];
/// Classes that are always left out.
const CLASSES: [&str; 3] = ["problematic", "pre", "code"];

/// Checks a file. The result depends on the arguments alone.
pub fn lint_file(rules: &RuleSet, path: &SourcePath, bytes: &[u8]) -> FileFindings {
    let relative = rules.relative(path);
    let wanted = rules.config.rules_for(&relative);
    let own = rules.own.as_ref().map(|own| (own, own.running(path)));
    let own = own.filter(|(_, running)| !running.is_empty());
    let mut findings =
        FileFindings { suppressions: suppressions(path, bytes), ..FileFindings::default() };
    let forms = rules.forms.as_ref().filter(|forms| forms.concerns(path));
    if (wanted.is_empty() && own.is_none() && forms.is_none())
        || rules.own.as_ref().is_some_and(|o| o.excludes(path))
    {
        return findings;
    }
    let extension = path.extension().unwrap_or_default();
    let kind = format(extension, &rules.config.formats);
    if kind == Format::Unread {
        findings.unread = true;
        return findings;
    }
    if bytes.len() > SETTINGS.markdown.max_page_bytes {
        let message = format!("`{path}` has {} bytes", bytes.len());
        let limit = SETTINGS.markdown.max_page_bytes;
        let large = Diagnostic::new(&markdown::codes::TOO_LARGE, message);
        let large = large.at(Span::start_of(path.clone()));
        findings
            .diagnostics
            .push(large.help(format!("split it: files over {limit} bytes are not linted")));
        return findings;
    }
    let mut run = Run::new(rules, path, extension, &relative, wanted);
    run.own = own;
    run.forms = forms;
    run.file(kind, bytes, &mut findings);
    await_dated(&mut findings.suppressions, &findings.dated);
    findings
}

/// A rule that runs on a file.
struct Active<'a> {
    index: usize,
    rule: &'a Rule,
    level: Severity,
    tokens: Option<&'a TokenSet>,
}

/// The rules for the blocks of one scope.
#[derive(Default)]
struct Lists {
    whole: List,
    paragraph: List,
    sentence: List,
}

/// Rules that look at the same parts of a text.
#[derive(Default)]
struct List {
    /// Those that may find something in any text.
    always: Vec<usize>,
    /// Those that find something only where a text of theirs was found beforehand, by the number
    /// of the rule; no vector where there are none.
    if_found: Vec<Option<usize>>,
    /// Whether any of them has texts that are looked for beforehand.
    scans: bool,
}

impl List {
    fn is_empty(&self) -> bool {
        self.always.is_empty() && self.if_found.is_empty()
    }

    fn add(&mut self, index: usize, active: &Active, rules: usize) {
        let tokens = active.tokens;
        self.scans |= tokens.is_some_and(TokenSet::has_texts);
        if !tokens.is_some_and(TokenSet::needs_texts) {
            self.always.push(index);
            return;
        }
        self.if_found.resize(rules, None);
        if let Some(slot) = self.if_found.get_mut(active.index) {
            *slot = Some(index);
        }
    }
}

struct Run<'a> {
    rules: &'a RuleSet,
    path: &'a SourcePath,
    relative: &'a str,
    /// With its dot; empty where there is none.
    extension: String,
    wanted: FileRules,
    active: Vec<Active<'a>>,
    states: Vec<RuleState>,
    hits: Hits,
    lists: BTreeMap<Arc<str>, Arc<Lists>>,
    /// By rule, what was found.
    found: Vec<Finding>,
    /// The rules of our own for this file.
    own: Option<(&'a OwnRules, Vec<Running<'a>>)>,
    /// The rules of markdownlint, where they look at this file.
    forms: Option<&'a FormRules>,
}

struct Finding {
    active: usize,
    span: Span,
    diagnostic: Diagnostic,
}

/// The texts that places count in.
struct Places<'a> {
    file: &'a Mapped,
    body: Option<&'a Document>,
    /// Where the text begins in the file; none where the file is no copy of it.
    copied: Option<usize>,
}

impl<'a> Places<'a> {
    fn new(file: &'a Mapped, body: Option<&'a Document>) -> Self {
        let mapped = file.pieces.resolve(0..file.text.len());
        // Files with another line ending or broken bytes are no copy of their text; the others
        // are, behind a byte order mark.
        let copied = match mapped.as_slice() {
            [all] => Some(all.start),
            _ => None,
        };
        Places { file, body, copied }
    }

    /// The bytes of the file behind a range.
    fn span(&self, origin: Origin, range: Range<usize>) -> Span {
        let (pieces, file) = match (origin, self.body) {
            (Origin::Body, Some(body)) => (&body.pieces, &body.source),
            _ => (&self.file.pieces, &self.file.file),
        };
        let spans = pieces.resolve(range);
        match (spans.first(), spans.last()) {
            (Some(first), Some(last)) if first.file == last.file => {
                Span::new(first.file.clone(), first.start..last.end.max(first.start))
            }
            (Some(first), _) => first.clone(),
            _ => Span::start_of(file.clone()),
        }
    }
}

impl<'a> Run<'a> {
    fn new(
        rules: &'a RuleSet,
        path: &'a SourcePath,
        extension: &str,
        relative: &'a str,
        wanted: FileRules,
    ) -> Self {
        let active = rules
            .rules
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| {
                let (on, level) = wanted.state(&rule.name);
                let level = level.unwrap_or(rule.level);
                let tokens = rule.check.tokens();
                (on && level >= rules.config.min_level).then_some(Active {
                    index,
                    rule,
                    level,
                    tokens,
                })
            })
            .collect::<Vec<_>>();
        let mut states = Vec::new();
        states.resize_with(rules.rules.len(), RuleState::default);
        let extension = if extension.is_empty() { String::new() } else { format!(".{extension}") };
        Run {
            rules,
            path,
            relative,
            extension,
            wanted,
            active,
            states,
            hits: Hits::new(rules.rules.len()),
            lists: BTreeMap::new(),
            found: Vec::new(),
            own: None,
            forms: None,
        }
    }

    fn file(&mut self, kind: Format, bytes: &[u8], findings: &mut FileFindings) {
        let whole = decode(self.path, bytes, &mut findings.diagnostics);
        let whole = ignores::replace(whole, "\r\n", "\n");
        let whole = ignores::replace(whole, "\r", "\n");
        if let Some(forms) = self.forms.filter(|_| kind == Format::Markdown) {
            let windows = memchr::memmem::find(bytes, b"\r\n").is_some();
            findings.diagnostics.extend(forms.lint(self.path, &whole, windows));
        }
        if self.active.is_empty() && self.own.is_none() {
            sort(&mut findings.diagnostics);
            return;
        }
        let mut start = 0;
        let mut title = None;
        let mut blocks = Vec::new();
        if kind == Format::Markdown {
            let mut problems = Vec::new();
            let (texts, end) = front_matter_texts(&whole, &mut problems);
            start = end;
            let malformed = markdown::codes::FRONT_MATTER_MALFORMED.id;
            problems.retain(|problem| problem.code == malformed);
            if !problems.is_empty() {
                findings.diagnostics.extend(problems);
                // Styles cannot tell prose from machinery then; rules of our own are still useful
                // elsewhere.
                findings.failed = !self.active.is_empty();
                return;
            }
            for text in texts {
                if text.key == "title" {
                    title = Some(text.text.to_string());
                }
                let written = whole.text.get(text.range.clone()).unwrap_or_default();
                blocks.push(Block {
                    text: placed(&text.text, written, text.range.clone()),
                    scope: Arc::from(format!("text.frontmatter.{}{}", text.key, self.extension)),
                    origin: Origin::File,
                    body: false,
                    controls: Arc::default(),
                });
            }
        }
        let (prose, document) = match kind {
            Format::Markdown => {
                let body = whole.slice(start..whole.text.len());
                let body = self.prepared(body);
                let (document, problems) = parse_body(body, &SETTINGS);
                if document.unparsed {
                    findings.diagnostics.extend(problems);
                    return;
                }
                (self.extract(|options| of_document(&document, options)), Some(document))
            }
            Format::Html => (self.extract(|options| of_html(&whole.text, options)), None),
            _ => (self.plain(&whole.text, kind == Format::Text), None),
        };
        if let (Some((own, running)), Some(document)) = (&self.own, &document) {
            let file = (self.path, &whole);
            for found in own.run(running, document, title.as_deref(), &prose.blocks, file) {
                let diagnostic = found.diagnostic;
                if prose.timeline.at(found.at).silence(&diagnostic.code) {
                    continue;
                }
                match found.after {
                    Some(after) => findings.dated.push(Dated { after, diagnostic }),
                    None => findings.diagnostics.push(diagnostic),
                }
            }
        }
        let places = Places::new(&whole, document.as_ref());
        for block in &blocks {
            self.block(block, &places);
        }
        for block in &prose.blocks {
            self.block(block, &places);
        }
        let timeline =
            prose.timeline.moved(|at| places.span(Origin::Body, at.saturating_sub(1)..at).end);
        self.page(&prose, &timeline, &places);
        let raw = PieceText::verbatim(&whole.text, 0);
        let scope: Arc<str> = Arc::from(format!("raw{}", self.extension));
        self.sized(&raw, &scope, Origin::File, None, &timeline, &places);
        self.finish(findings);
    }

    /// A body in which what the project ignores was made code.
    fn prepared(&self, body: Mapped) -> Mapped {
        let extension = self.path.extension().unwrap_or_default();
        let mapped = self.rules.config.formats.get(extension);
        let extensions: Vec<String> = std::iter::once(self.extension.clone())
            .chain(mapped.map(|mapped| format!(".{mapped}")))
            .collect();
        let sections: Vec<_> = self.rules.config.ignoring(self.relative, &extensions).collect();
        let mut body = body;
        for section in &sections {
            for pattern in &section.block_ignores {
                body = ignores::fence(body, pattern, "\n```\n", "\n```\n");
            }
        }
        for section in &sections {
            for pattern in &section.token_ignores {
                body = ignores::fence(body, pattern, "`", "`");
            }
        }
        for section in &sections {
            if let Some((open, close)) = &section.comment_delimiters {
                body = ignores::replace(body, open, "<!--");
                body = ignores::replace(body, close, "-->");
            }
        }
        body
    }

    fn extract(&self, walk: impl FnOnce(&ExtractOptions) -> Prose) -> Prose {
        let config = &self.rules.config;
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let or = |own: &[String], usual: &[&str]| -> Vec<String> {
            if own.is_empty() { owned(usual) } else { own.to_vec() }
        };
        let skipped = or(&config.skipped_scopes, &SKIPPED);
        let masked = or(&config.ignored_scopes, &MASKED);
        let mut classes: Vec<String> = owned(&CLASSES);
        classes.extend(config.ignored_classes.iter().cloned());
        walk(&ExtractOptions {
            skipped: &skipped,
            masked: &masked,
            classes: &classes,
            styles: &self.wanted.styles,
            extension: &self.extension,
            inlines: self.rules.inlines,
        })
    }

    /// Text without markup: one block.
    fn plain(&self, text: &str, body: bool) -> Prose {
        let mut prose = Prose::default();
        let text = PieceText::verbatim(text, 0);
        prose.summary = text.clone();
        prose.paragraphs = text.text.split("\n\n").filter(|p| !p.trim().is_empty()).count();
        prose.blocks.push(Block {
            text,
            scope: Arc::from(format!("text{}", self.extension)),
            origin: Origin::File,
            body,
            controls: Arc::default(),
        });
        prose
    }

    /// The rules for a scope. Body text is looked at as a whole by rules that want it so, else by
    /// paragraph, else by sentence.
    fn lists(&mut self, scope: &Arc<str>, body: bool) -> Arc<Lists> {
        let key: Arc<str> = if body { Arc::from(format!("body {scope}")) } else { scope.clone() };
        if let Some(lists) = self.lists.get(&key) {
            return Arc::clone(lists);
        }
        let mut lists = Lists::default();
        let rules = self.rules.rules.len();
        let whole = self.rules.looking(scope);
        let paragraph = self.rules.looking(&format!("paragraph.{scope}"));
        let sentence = self.rules.looking(&format!("sentence.{scope}"));
        let is = |looking: &[bool], rule: usize| looking.get(rule).copied().unwrap_or(false);
        for (index, active) in self.active.iter().enumerate() {
            let rule = active.rule;
            if rule.page {
                continue;
            }
            if is(&whole, active.index) {
                // Where sentences are looked at, what is explained late in a block was not
                // explained to those before.
                if body && self.rules.sentences && rule.kind == "conditional" {
                    lists.sentence.add(index, active, rules);
                }
                lists.whole.add(index, active, rules);
            } else if body && is(&paragraph, active.index) {
                lists.paragraph.add(index, active, rules);
            } else if body && is(&sentence, active.index) {
                lists.sentence.add(index, active, rules);
            }
        }
        let lists = Arc::new(lists);
        self.lists.insert(key, Arc::clone(&lists));
        lists
    }

    fn block(&mut self, block: &Block, places: &Places) {
        let lists = self.lists(&block.scope, block.body);
        let text = &block.text;
        if [&lists.whole, &lists.paragraph, &lists.sentence].iter().any(|list| list.scans) {
            self.rules.prefilter.scan(&text.text, &mut self.hits);
        }
        let at = Within { origin: block.origin, controls: &block.controls, page: None, places };
        if !lists.paragraph.is_empty() {
            let mut start = 0;
            for paragraph in text.text.split("\n\n") {
                let range = start..start + paragraph.len();
                start = range.end + 2;
                self.run(&lists.paragraph, text, range, &at);
            }
        }
        if !lists.sentence.is_empty() {
            for sentence in sentences(&text.text) {
                self.run(&lists.sentence, text, sentence, &at);
            }
        }
        self.run(&lists.whole, text, 0..text.text.len(), &at);
    }

    /// The page as a whole: metrics, readability and the scope `summary`.
    fn page(&mut self, prose: &Prose, timeline: &Timeline, places: &Places) {
        let scope: Arc<str> = Arc::from(format!("summary{}", self.extension));
        let looking = self.rules.looking(&scope);
        let is = |rule: usize| looking.get(rule).copied().unwrap_or(false);
        let wanted = self.active.iter().any(|active| active.rule.page || is(active.index));
        if !wanted {
            return;
        }
        let statistics = Statistics::of(&prose.summary.text);
        let mut counts: BTreeMap<String, f64> = prose
            .counts
            .iter()
            .map(|(name, count)| (name.replace('.', "_"), number(*count)))
            .collect();
        for (name, count) in [
            ("characters", statistics.characters),
            ("complex_words", statistics.complex_words),
            ("long_words", statistics.long_words),
            ("paragraphs", number(prose.paragraphs)),
            ("polysyllabic_words", statistics.polysyllabic_words),
            ("sentences", statistics.sentences),
            ("syllables", statistics.syllables),
            ("words", statistics.words),
        ] {
            counts.insert(name.to_owned(), count);
        }
        let page = Page { statistics, counts };
        let origin = if places.body.is_some() { Origin::Body } else { Origin::File };
        self.sized(&prose.summary, &scope, origin, Some(&page), timeline, places);
    }

    /// A block that holds the whole file: what is switched off is decided place by place.
    fn sized(
        &mut self,
        text: &PieceText,
        scope: &Arc<str>,
        origin: Origin,
        page: Option<&Page>,
        timeline: &Timeline,
        places: &Places,
    ) {
        let looking = self.rules.looking(scope);
        let mut wanted = List::default();
        for (index, active) in self.active.iter().enumerate() {
            let looks = match active.rule.page {
                true => page.is_some(),
                false => looking.get(active.index).copied().unwrap_or(false),
            };
            if looks {
                wanted.add(index, active, self.rules.rules.len());
            }
        }
        let before = self.found.len();
        if wanted.scans {
            let prefilter = match scope.starts_with("raw") {
                true => &self.rules.raw_prefilter,
                false => &self.rules.prefilter,
            };
            prefilter.scan(&text.text, &mut self.hits);
        }
        let at = Within { origin, controls: &Arc::default(), page, places };
        self.run(&wanted, text, 0..text.text.len(), &at);
        let later = self.found.split_off(before);
        for finding in later {
            let rule = self.active.get(finding.active).map_or("", |active| &active.rule.name);
            let controls = if finding.span.start == 0 && finding.span.end == 0 {
                timeline.current()
            } else {
                timeline.at(finding.span.start)
            };
            if !controls.silence(rule) {
                self.found.push(finding);
            }
        }
    }

    /// Runs rules on a part of a text whose tokens have been looked for.
    fn run(&mut self, wanted: &List, text: &PieceText, part: Range<usize>, at: &Within<'_>) {
        let Some(read) = text.text.get(part.clone()).filter(|_| !wanted.is_empty()) else {
            return;
        };
        let makeup = Makeup::of(read);
        let owners = self.hits.owners().iter();
        let found: Vec<usize> =
            owners.filter_map(|owner| *wanted.if_found.get(*owner as usize)?).collect();
        for index in wanted.always.iter().chain(&found) {
            let Some(active) = self.active.get(*index) else { continue };
            let rule = active.rule;
            let number = u32::try_from(active.index).unwrap_or(u32::MAX);
            let mut hits: &[Hit] = &[];
            if let Some(tokens) = active.tokens {
                if tokens.has_texts() {
                    hits = self.hits.of(number, &part);
                }
                if hits.is_empty() && !tokens.tries(makeup) {
                    continue;
                }
            }
            if at.controls.silence(&rule.name) {
                continue;
            }
            let Some(state) = self.states.get_mut(active.index) else { continue };
            let view = View { text: read, hits, base: part.start, makeup, page: at.page };
            for alert in rule.check.run(&view, state) {
                let found = alert.range.clone().and_then(|range| read.get(range));
                if found.is_some_and(|found| at.controls.silence_match(&rule.name, found)) {
                    continue;
                }
                let finding = finding(active, *index, &alert, text, &part, at);
                self.found.push(finding);
            }
        }
    }

    fn finish(&mut self, findings: &mut FileFindings) {
        let mut found = std::mem::take(&mut self.found);
        found.sort_by(|a, b| {
            let key = |f: &Finding| (f.active, f.span.start, f.span.end);
            key(a).cmp(&key(b)).then_with(|| a.diagnostic.message.cmp(&b.diagnostic.message))
        });
        found.dedup_by(|a, b| a.active == b.active && a.span == b.span);
        let mut counted: BTreeMap<usize, usize> = BTreeMap::new();
        found.retain(|finding| {
            let limit = self.active.get(finding.active).map_or(0, |active| active.rule.limit);
            let count = counted.entry(finding.active).or_default();
            *count += 1;
            limit == 0 || *count <= limit
        });
        findings.diagnostics.extend(found.into_iter().map(|finding| finding.diagnostic));
        for (rule, state) in self.rules.rules.iter().zip(&self.states) {
            if state.stopped {
                let message = format!("a pattern of `{}` took too long and was stopped", rule.name);
                findings.diagnostics.push(
                    Diagnostic::new(&codes::PATTERN_STOPPED, message)
                        .at(Span::start_of(self.path.clone()))
                        .label(rule.span.clone(), "this rule")
                        .help("write it so that its repetitions match in one way only"),
                );
            }
        }
        sort(&mut findings.diagnostics);
    }
}

/// Puts findings in the order of their places.
fn sort(found: &mut [Diagnostic]) {
    found.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.span().map(|span| (span.start, span.end));
        place(a).cmp(&place(b)).then_with(|| a.code.cmp(&b.code)).then_with(|| a.cmp(b))
    });
}

#[allow(clippy::cast_precision_loss)] // counts of a page
fn number(count: usize) -> f64 {
    count as f64
}

/// A decoded text of front matter with its places, line by line where its lines are written so.
fn placed(text: &str, written: &str, range: Range<usize>) -> PieceText {
    let mut out = PieceText::default();
    let mut at = 0;
    for (index, line) in text.split('\n').enumerate() {
        let found = written.get(at..).and_then(|rest| rest.find(line));
        let Some(found) = found else {
            let mut whole = PieceText::default();
            whole.push(text, range, false);
            return whole;
        };
        let start = range.start + at + found;
        if index > 0 {
            out.push("\n", start..start, false);
        }
        out.push(line, start..start + line.len(), true);
        at += found + line.len();
    }
    out
}

/// What is the same for all findings in a block.
struct Within<'a> {
    origin: Origin,
    controls: &'a Arc<Controls>,
    page: Option<&'a Page>,
    places: &'a Places<'a>,
}

/// A finding of a rule in a part of a text.
fn finding(
    active: &Active,
    index: usize,
    alert: &Alert,
    text: &PieceText,
    part: &Range<usize>,
    at: &Within<'_>,
) -> Finding {
    let rule = active.rule;
    let Within { origin, page, places, .. } = *at;
    let trimmed = alert.range.clone().map(|range| {
        let range = part.start + range.start..part.start + range.end;
        let found = text.text.get(range.clone()).unwrap_or_default();
        let start = range.start + (found.len() - found.trim_start().len());
        start..(start + found.trim().len()).max(start)
    });
    let found = trimmed.clone().and_then(|range| text.text.get(range)).unwrap_or_default();
    let span = match (&trimmed, page) {
        (Some(range), _) => {
            let source = text.source_within(range.clone(), part).unwrap_or(0..0);
            places.span(origin, source)
        }
        // Something that lacks in a block is told where the block begins.
        (None, None) if origin == Origin::Body => {
            let start = text.source_within(part.start..part.start, part).unwrap_or(0..0);
            places.span(origin, start)
        }
        _ => Span::start_of(places.file.file.clone()),
    };
    let action = alert.action.as_ref().unwrap_or(&rule.action);
    let texts = action.texts(found);
    let arguments = match &alert.arguments {
        Some(arguments) => arguments.clone(),
        None if action.name.is_empty() => vec![found.to_owned()],
        None => {
            let instead = match texts.as_slice() {
                [] => found.to_owned(),
                [one] => one.clone(),
                all => alternatives(all),
            };
            vec![found.to_owned(), instead]
        }
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let message = alert.message.as_deref().unwrap_or(&rule.message);
    let description = vale::format(&rule.description, &arguments);
    let foreign = Foreign {
        action: action.name.clone(),
        parameters: action.params.clone(),
        description: description.clone(),
    };
    let diagnostic = Diagnostic {
        labels: vec![Label { span: span.clone(), text: String::new() }],
        code: rule.name.clone().into(),
        severity: active.level,
        message: vale::format(message, &arguments),
        help: Some(description).filter(|help| !help.is_empty()),
        fix: fix(found, &texts, &span, places),
        docs: Some(rule.link.clone()).filter(|link| !link.is_empty()),
        foreign: (foreign != Foreign::default()).then(|| Box::new(foreign)),
    };
    Finding { active: index, span, diagnostic }
}

/// The first of the texts in place of what was found, where that stands in the file as it is.
fn fix(found: &str, texts: &[String], span: &Span, places: &Places) -> Option<Fix> {
    let text = texts.first()?;
    if found.is_empty() || text == found {
        return None;
    }
    let file = places.file;
    let begins = places.copied?;
    let (start, end) = (span.start.checked_sub(begins)?, span.end.checked_sub(begins)?);
    if file.text.get(start..end) != Some(found) {
        return None;
    }
    let mut span = span.clone();
    if text.is_empty() {
        // With the word goes the space behind it, else that before it.
        if file.text.get(end..).is_some_and(|rest| rest.starts_with(' ')) {
            span.end += 1;
        } else if file.text.get(..start).is_some_and(|before| before.ends_with(' ')) {
            span.start -= 1;
        }
    }
    let title = match text.is_empty() {
        true => format!("remove `{found}`"),
        false => format!("write `{text}`"),
    };
    let edits = vec![Edit { span, text: text.clone() }];
    Some(Fix { title, applicability: Applicability::Suggested, edits })
}
