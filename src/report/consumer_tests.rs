//! What the consumers of each format accept, written down as types: what a report holds must fit
//! them, nothing may be there that they do not know, and nothing that they ask for may lack. The
//! facts are those of SARIF 2.1.0's schema, reviewdog's, GitLab's and Vale's documentation, and the
//! schema of JUnit's reports that Jenkins checks with.

#![allow(dead_code)] // fields are there to be parsed

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::base::{Applicability, Edit, Fix, Label, Severity, Span};

/// A report with all that a finding can hold, and findings that lack what others have.
const TEXT: &str = "# Größe\r\n\r\nWir utilize das | 🚀 utilize\r\nund mehr.\r\n";

fn span(needle: &str) -> Span {
    let at = TEXT.rfind(needle).unwrap();
    Span::new(SourcePath::new("a b/ü:1.md").unwrap(), at..at + needle.len())
}

fn finding(severity: Severity, labels: &[Span]) -> Diagnostic {
    Diagnostic {
        labels: labels
            .iter()
            .map(|span| Label { span: span.clone(), text: "sehen Sie <hier>".to_owned() })
            .collect(),
        code: "House.Words".into(),
        severity,
        message: "not <b>, \"but\" 'c' & 50%:\n,\u{1b}[31m\u{0}".to_owned(),
        help: None,
        fix: None,
        docs: None,
        foreign: None,
    }
}

fn findings() -> Vec<Diagnostic> {
    let edit = |span: Span| Edit { span, text: "<use>".to_owned() };
    let fix = |edits| Fix { title: "do".into(), applicability: Applicability::Safe, edits };
    let elsewhere = Span::new(SourcePath::new("c.md").unwrap(), 0..1);
    let mut whole = finding(Severity::Error, &[span("utilize"), span("Wir"), span("Wir")]);
    whole.fix = Some(fix(vec![edit(span("utilize"))]));
    whole.help = Some("use `use`".to_owned());
    whole.docs = Some("https://style.example/use?a=1&b=2".to_owned());
    let mut wide = finding(Severity::Warning, &[span("utilize\r\nund")]);
    wide.fix = Some(fix(vec![edit(span("und")), edit(elsewhere)]));
    let empty = Span::new(span("und").file, TEXT.len()..TEXT.len());
    vec![
        whole,
        wide,
        finding(Severity::Advice, &[empty]),
        finding(Severity::Advice, &[]),
        // The same once more, which must not vanish where a report tells findings apart.
        finding(Severity::Advice, &[]),
    ]
}

fn write(format: &str, diagnostics: &[Diagnostic], text: &str) -> String {
    let display = |file: &SourcePath| file.to_string();
    let options = Options {
        color: false,
        width: 80,
        max: None,
        counts: None,
        display: &display,
        fingerprints: None,
    };
    let sources = |file: &SourcePath| (file.as_str() != "c.md").then(|| Arc::from(text));
    let mut out = Vec::new();
    let format = super::format(format).unwrap();
    (format.report)(options).write(diagnostics, &sources, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn parsed<T: DeserializeOwned>(format: &str, diagnostics: &[Diagnostic]) -> T {
    let text = write(format, diagnostics, TEXT);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{format}: {error}\n{text}"))
}

mod sarif {
    use super::*;

    #[derive(Deserialize)]
    pub(super) enum Version {
        #[serde(rename = "2.1.0")]
        Only,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Log {
        #[serde(rename = "$schema")]
        pub schema: Option<String>,
        pub version: Version,
        pub runs: Vec<Run>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    pub(super) enum ColumnKind {
        #[serde(rename = "utf16CodeUnits")]
        Utf16,
        #[serde(rename = "unicodeCodePoints")]
        Characters,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Run {
        pub tool: Tool,
        pub column_kind: Option<ColumnKind>,
        pub results: Vec<Outcome>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Tool {
        pub driver: Driver,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Driver {
        pub name: String,
        pub semantic_version: Option<String>,
        pub rules: Vec<Rule>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Rule {
        pub id: String,
        pub short_description: Option<Text>,
        pub help_uri: Option<String>,
        pub default_configuration: Option<Configuration>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Configuration {
        pub level: Level,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum Level {
        None,
        Note,
        Warning,
        Error,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Text {
        pub text: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Outcome {
        pub rule_id: String,
        pub rule_index: usize,
        pub level: Level,
        pub message: Text,
        #[serde(default)]
        pub locations: Vec<Location>,
        #[serde(default)]
        pub related_locations: Vec<serde_json::Value>,
        #[serde(default)]
        pub fixes: Vec<Repair>,
        pub partial_fingerprints: BTreeMap<String, String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Location {
        pub physical_location: Physical,
        pub message: Option<Text>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Physical {
        pub artifact_location: Artifact,
        pub region: Region,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Artifact {
        pub uri: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Region {
        pub start_line: NonZeroUsize,
        pub start_column: NonZeroUsize,
        pub end_line: NonZeroUsize,
        pub end_column: NonZeroUsize,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Repair {
        pub description: Option<Text>,
        pub artifact_changes: Vec<Change>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Change {
        pub artifact_location: Artifact,
        pub replacements: Vec<Replacement>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct Replacement {
        pub deleted_region: Region,
        pub inserted_content: Text,
    }
}

/// Whether a text is a relative reference of RFC 3986, as far as ours can fail to be one.
fn is_reference(uri: &str) -> bool {
    let first = uri.split('/').next().unwrap();
    let ours = |c: char| c.is_ascii_alphanumeric() || "-._~%!$&'()*+,;=:@/".contains(c);
    !first.contains(':') && uri.chars().all(ours)
}

#[test]
fn sarif_fits_its_schema() {
    let log: sarif::Log = parsed("sarif", &findings());
    let [run] = log.runs.as_slice() else { panic!("one run") };
    assert_eq!(run.column_kind, Some(sarif::ColumnKind::Characters));
    assert_eq!(run.results.len(), findings().len());
    let ids: BTreeSet<&String> = run.tool.driver.rules.iter().map(|rule| &rule.id).collect();
    assert_eq!(ids.len(), run.tool.driver.rules.len(), "rules are unique");
    let mut prints = BTreeSet::new();
    for outcome in &run.results {
        assert_eq!(run.tool.driver.rules[outcome.rule_index].id, outcome.rule_id);
        for place in &outcome.locations {
            let region = &place.physical_location.region;
            assert!(region.end_line >= region.start_line);
            assert!(is_reference(&place.physical_location.artifact_location.uri));
        }
        for (index, place) in outcome.related_locations.iter().enumerate() {
            let _: sarif::Location = serde_json::from_value(place.clone()).unwrap();
            assert!(!outcome.related_locations[..index].contains(place), "places are unique");
        }
        for fix in &outcome.fixes {
            assert!(!fix.artifact_changes.is_empty());
            assert!(fix.artifact_changes.iter().all(|change| !change.replacements.is_empty()));
        }
        assert!(prints.insert(outcome.partial_fingerprints.values().next().unwrap()));
    }
    assert!(run.results.iter().any(|outcome| !outcome.related_locations.is_empty()));
    assert!(
        run.results
            .iter()
            .any(|outcome| outcome.fixes.iter().any(|fix| fix.artifact_changes.len() == 2))
    );
}

mod rdjson {
    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Outcome {
        pub source: Source,
        pub diagnostics: Vec<Finding>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Source {
        pub name: String,
        pub url: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub(super) enum Severity {
        #[serde(rename = "UNKNOWN_SEVERITY")]
        Unknown,
        Error,
        Warning,
        Info,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Finding {
        pub message: String,
        pub location: Location,
        pub severity: Severity,
        pub source: Source,
        pub code: Code,
        #[serde(default)]
        pub suggestions: Vec<Suggestion>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Location {
        pub path: String,
        pub range: Option<Range>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Range {
        pub start: Position,
        pub end: Position,
    }

    #[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Position {
        pub line: NonZeroUsize,
        pub column: NonZeroUsize,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Code {
        pub value: String,
        pub url: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Suggestion {
        pub range: Range,
        pub text: String,
    }
}

#[test]
fn rdjson_fits_reviewdogs_format() {
    let outcome: rdjson::Outcome = parsed("rdjson", &findings());
    assert_eq!(outcome.diagnostics.len(), findings().len());
    for found in &outcome.diagnostics {
        let suggested = found.suggestions.iter().map(|suggestion| &suggestion.range);
        for range in found.location.range.iter().chain(suggested) {
            assert!(range.start <= range.end);
        }
    }
    let text = write("rdjsonl", &findings(), TEXT);
    for line in text.lines() {
        let _: rdjson::Finding = serde_json::from_str(line).unwrap();
    }
    assert_eq!(text.lines().count(), findings().len());
}

mod gitlab {
    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum Severity {
        Info,
        Minor,
        Major,
        Critical,
        Blocker,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Issue {
        pub description: String,
        pub check_name: String,
        pub fingerprint: String,
        pub severity: Severity,
        pub location: Location,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Location {
        pub path: String,
        pub lines: Lines,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Lines {
        pub begin: NonZeroUsize,
        pub end: Option<NonZeroUsize>,
    }
}

#[test]
fn gitlab_fits_its_documentation() {
    let issues: Vec<gitlab::Issue> = parsed("gitlab", &findings());
    let prints: BTreeSet<&str> = issues.iter().map(|issue| issue.fingerprint.as_str()).collect();
    assert_eq!(prints.len(), findings().len(), "those of one fingerprint vanish");
    for issue in &issues {
        assert!(!issue.location.path.starts_with("./"));
        assert!(issue.location.lines.end.is_none_or(|end| end >= issue.location.lines.begin));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ValeAlert {
    action: ValeAction,
    span: [NonZeroUsize; 2],
    check: String,
    description: String,
    link: String,
    message: String,
    severity: ValeSeverity,
    r#match: String,
    line: NonZeroUsize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ValeAction {
    name: String,
    params: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ValeSeverity {
    Suggestion,
    Warning,
    Error,
}

#[test]
fn vale_json_fits_vales_type() {
    let files: BTreeMap<String, Vec<ValeAlert>> = parsed("vale-json", &findings());
    let alerts: Vec<&ValeAlert> = files.values().flatten().collect();
    assert_eq!(alerts.len(), findings().len());
    assert!(alerts.iter().all(|alert| alert.span[0] <= alert.span[1]));
}

/// The attributes of an element are among those that are known, and the needed ones are there.
fn attributes(node: roxmltree::Node, needed: &[&str], known: &[&str]) {
    for name in needed {
        assert!(node.has_attribute(*name), "{name}: {node:?}");
    }
    for attribute in node.attributes() {
        let name = attribute.name();
        assert!(needed.contains(&name) || known.contains(&name), "{name}: {node:?}");
    }
}

fn elements<'a, 'i>(
    node: roxmltree::Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = roxmltree::Node<'a, 'i>> {
    let children = node.children().filter(|child| child.is_element());
    children.inspect(move |child| assert_eq!(child.tag_name().name(), name, "{node:?}"))
}

#[test]
fn junit_fits_the_schema_of_jenkins() {
    for diagnostics in [findings(), Vec::new()] {
        let text = write("junit", &diagnostics, TEXT);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "testsuites");
        attributes(root, &[], &["name", "tests", "failures", "errors", "disabled", "time"]);
        let number =
            |node: roxmltree::Node, name| node.attribute(name).unwrap().parse::<usize>().unwrap();
        let (mut tests, mut failures) = (0, 0);
        for suite in elements(root, "testsuite") {
            attributes(suite, &["name", "tests"], &["failures", "errors", "skipped", "time"]);
            let cases: Vec<_> = elements(suite, "testcase").collect();
            assert_eq!(number(suite, "tests"), cases.len());
            tests += cases.len();
            for case in cases {
                attributes(case, &["name"], &["classname", "time", "status"]);
                for failure in elements(case, "failure") {
                    attributes(failure, &[], &["type", "message"]);
                    failures += 1;
                }
            }
        }
        assert_eq!((number(root, "tests"), number(root, "failures")), (tests, failures));
        assert_eq!(failures, diagnostics.len());
        assert!(tests > 0);
    }
}

#[test]
fn checkstyle_is_what_checkstyle_writes() {
    for diagnostics in [findings(), Vec::new()] {
        let text = write("checkstyle", &diagnostics, TEXT);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "checkstyle");
        attributes(root, &["version"], &[]);
        let mut names = BTreeSet::new();
        let mut count = 0;
        for file in elements(root, "file") {
            attributes(file, &["name"], &[]);
            assert!(names.insert(file.attribute("name").unwrap().to_owned()), "one for each file");
            for error in elements(file, "error") {
                attributes(error, &["line", "severity", "message", "source"], &["column"]);
                for place in ["line", "column"] {
                    assert!(error.attribute(place).unwrap().parse::<NonZeroUsize>().is_ok());
                }
                let severity = error.attribute("severity").unwrap();
                assert!(["ignore", "info", "warning", "error"].contains(&severity));
                count += 1;
            }
        }
        assert_eq!(count, diagnostics.len());
    }
}

/// What the runner of GitHub's workflows reads out of a line: command, properties, message.
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let unescape = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap();
        (name.to_owned(), unescape(value))
    });
    (name.to_owned(), properties.collect(), unescape(data))
}

#[test]
fn github_takes_each_line_as_an_annotation() {
    let text = write("github", &findings(), TEXT);
    let known = ["file", "line", "endLine", "col", "endColumn", "title"];
    for line in text.lines() {
        let (name, properties, message) = command(line);
        assert!(["error", "warning", "notice"].contains(&&*name));
        assert!(properties.keys().all(|name| known.contains(&&**name)), "{line}");
        assert!(properties.get("file").is_none_or(|file| file == "a b/ü:1.md"));
        assert!(message.starts_with("not <b>, \"but\" 'c' & 50%:\n,"), "{message:?}");
    }
    assert_eq!(text.lines().count(), findings().len());
}

/// Where the character of this line and column begins, both from 1, and `width` says how much of a
/// column a character takes.
fn offset(text: &str, line: usize, column: usize, width: fn(char) -> usize) -> usize {
    let mut start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    if start == 0 && text.starts_with('\u{feff}') {
        start = '\u{feff}'.len_utf8();
    }
    let mut at = 1;
    for (index, c) in text[start..].char_indices() {
        if at == column {
            return start + index;
        }
        at += width(c);
    }
    assert_eq!(at, column, "no such column");
    text.len()
}

proptest! {
    /// The text at the places that a report names is the text that the finding is about, for the
    /// unit in which each format counts.
    #[test]
    fn places_in_reports_lead_to_the_text(
        parts in proptest::collection::vec("[a ü🚀日\t|\"<&]|\r\n|\n", 1..40),
        first in any::<proptest::sample::Index>(),
        second in any::<proptest::sample::Index>(),
        mark in "\u{feff}?",
    ) {
        let text = mark.clone() + &parts.concat();
        let ends: Vec<usize> =
            (0..=parts.len()).map(|n| mark.len() + parts[..n].concat().len()).collect();
        let (a, b) = (ends[first.index(ends.len())], ends[second.index(ends.len())]);
        let (start, end) = (a.min(b), a.max(b));
        let path = SourcePath::new("a.md").unwrap();
        let found = [finding(Severity::Error, &[Span::new(path, start..end)])];
        let report = |format| write(format, &found, &text);
        let characters = |line: usize, column: usize| offset(&text, line, column, |_| 1);
        let number = |value: &str| value.parse::<usize>().unwrap();

        let log: sarif::Log = serde_json::from_str(&report("sarif")).unwrap();
        let region = &log.runs[0].results[0].locations[0].physical_location.region;
        prop_assert_eq!(characters(region.start_line.get(), region.start_column.get()), start);
        prop_assert_eq!(characters(region.end_line.get(), region.end_column.get()), end);

        let outcome: rdjson::Outcome = serde_json::from_str(&report("rdjson")).unwrap();
        let range = outcome.diagnostics[0].location.range.as_ref().unwrap();
        let bytes =
            |at: &rdjson::Position| offset(&text, at.line.get(), at.column.get(), char::len_utf8);
        prop_assert_eq!((bytes(&range.start), bytes(&range.end)), (start, end));

        let (_, properties, _) = command(report("github").trim_end());
        let value = |name: &str| properties.get(name).map(|value| number(value));
        let (line, last) = (value("line").unwrap(), value("endLine").unwrap());
        prop_assert_eq!(value("col").is_some(), line == last);
        if let (Some(column), Some(end_column)) = (value("col"), value("endColumn")) {
            prop_assert_eq!((characters(line, column), characters(last, end_column)), (start, end));
        }

        let files: BTreeMap<String, Vec<ValeAlert>> =
            serde_json::from_str(&report("vale-json")).unwrap();
        let alert = &files["a.md"][0];
        prop_assert_eq!(characters(alert.line.get(), alert.span[0].get()), start);
        prop_assert_eq!(&alert.r#match, &text[start..end]);

        let xml = report("checkstyle");
        let document = roxmltree::Document::parse(&xml).unwrap();
        let error = document.descendants().find(|node| node.has_tag_name("error")).unwrap();
        let place = |name| number(error.attribute(name).unwrap());
        prop_assert_eq!(characters(place("line"), place("column")), start);

        let line = report("line");
        let mut fields = line.split(':').skip(1);
        let mut place = || number(fields.next().unwrap());
        prop_assert_eq!(characters(place(), place()), start);

        let xml = report("junit");
        let document = roxmltree::Document::parse(&xml).unwrap();
        let case = document.descendants().find(|node| node.has_tag_name("testcase")).unwrap();
        let (_, place) = case.attribute("name").unwrap().split_once(' ').unwrap();
        let (line, column) = place.split_once(':').unwrap();
        prop_assert_eq!(characters(number(line), number(column)), start);

        let table = report("markdown");
        let row = table.lines().find(|line| line.starts_with("| error")).unwrap();
        let mut place = row.split('|').nth(2).unwrap().trim().split(':').skip(1);
        let mut place = || number(place.next().unwrap());
        prop_assert_eq!(characters(place(), place()), start);
    }
}
