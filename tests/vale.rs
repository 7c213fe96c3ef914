//! Runs the conformance cases of `tests/fixtures/vale`; its README says what they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is the report

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk::base::{Severity, SourcePath};
use copydesk::lint::{LoadInput, NAMES, load};
use copydesk::memo::Store;
use copydesk::source::{MemorySource, Source};
use copydesk::{pipeline, report};
use serde_json::{Value, json};

const CONFIG: &str =
    "StylesPath = styles\nMinAlertLevel = suggestion\n\n[*.md]\nBasedOnStyles = House\n";

/// Cases in which Vale reports the right things at a wrong place, and no list of its defects names
/// them: `café` on `cafés`, which the pattern does not match, and `mark` in `<tt>`, which is code.
const ELSEWHERE: [&str; 2] = ["non-ascii-ends", "inline-html"];

#[derive(Debug, Default)]
struct Case {
    name: String,
    about: String,
    exit: u8,
    args: Vec<String>,
    files: BTreeMap<String, String>,
    /// What Vale reports, where that is a defect of Vale's and ours is the better report.
    vale: Option<Vec<Value>>,
    findings: Vec<Value>,
}

#[test]
fn reports_that_are_not_vales_are_better_ones() {
    let mut better = 0;
    for case in all().into_iter().map(|(_, case)| case) {
        let Some(vale) = &case.vale else { continue };
        better += 1;
        assert_ne!(vale, &case.findings, "{}: nothing is better here", case.name);
        if ELSEWHERE.contains(&case.name.as_str()) {
            // Rules, messages and lines are Vale's; only columns are not.
            let told = |rows: &[Value]| -> Vec<[Value; 4]> {
                let row = |row: &Value| [0, 1, 4, 6].map(|index| row[index].clone());
                rows.iter().map(row).collect()
            };
            assert_eq!(told(vale), told(&case.findings), "{}", case.name);
        }
    }
    assert_eq!(better, 26 + ELSEWHERE.len());
}

#[test]
fn cases_give_what_they_should() {
    let mut failures = String::new();
    let cases = all();
    for (area, case) in &cases {
        let (exit, findings) = run(case);
        if exit == case.exit && findings == case.findings {
            continue;
        }
        let (name, about) = (&case.name, &case.about);
        writeln!(failures, "{area}/{name}: {about}\n  exit {exit} ({})", case.exit).unwrap();
        for finding in case.findings.iter().filter(|finding| !findings.contains(finding)) {
            writeln!(failures, "  - {finding}").unwrap();
        }
        for finding in findings.iter().filter(|finding| !case.findings.contains(finding)) {
            writeln!(failures, "  + {finding}").unwrap();
        }
    }
    assert_eq!(cases.len(), 388);
    assert!(failures.is_empty(), "{failures}");
}

/// Every case with its area.
fn all() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vale");
    let mut areas: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    areas.sort();
    let of_area = |path: &PathBuf| {
        let area = path.file_stem().unwrap().to_string_lossy().into_owned();
        let cases = cases(&fs::read_to_string(path).unwrap());
        cases.into_iter().map(move |case| (area.clone(), case))
    };
    areas.iter().flat_map(of_area).collect()
}

/// The cases of an area.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("@@ ") {
            Some(head) => sections.push((head, Vec::new())),
            None => sections.last_mut().expect("text before the first case").1.push(line),
        }
    }
    for (head, lines) in sections {
        let (kind, rest) = head.split_once(' ').unwrap_or((head, ""));
        if kind == "case" {
            let about = lines.join(" ");
            cases.push(Case { name: rest.to_owned(), about, ..Case::default() });
            continue;
        }
        let case = cases.last_mut().expect("a case");
        let content = match kind {
            "exit" => {
                case.exit = rest.parse().unwrap();
                continue;
            }
            "args" => {
                case.args = rest.split(' ').map(str::to_owned).collect();
                continue;
            }
            "vale" | "findings" => {
                let parsed = lines.iter().map(|line| serde_json::from_str(line).unwrap());
                let mut findings: Vec<Value> = parsed.collect();
                sort(&mut findings);
                match kind {
                    "vale" => case.vale = Some(findings),
                    _ => case.findings = findings,
                }
                continue;
            }
            "file" => lines.join("\n") + "\n",
            "json" => serde_json::from_str(&lines.join("\n")).unwrap(),
            "same" => last[rest].clone(),
            _ => panic!("`@@ {head}` is not known"),
        };
        last.insert(rest.to_owned(), content.clone());
        case.files.insert(rest.to_owned(), content);
    }
    cases
}

fn sort(findings: &mut [Value]) {
    findings.sort_by_key(|finding| {
        let number = |index: usize| finding[index].as_u64().unwrap();
        let file = finding[0].as_str().unwrap().to_owned();
        (file, number(1), number(2), number(3), finding.to_string())
    });
}

/// Exit code and findings, as `copydesk lint` gives them.
fn run(case: &Case) -> (u8, Vec<Value>) {
    let mut files = case.files.clone();
    if !NAMES.iter().any(|name| files.contains_key(*name)) {
        files.insert(".vale.ini".to_owned(), CONFIG.to_owned());
    }
    let config = NAMES.iter().find(|name| files.contains_key(**name)).unwrap();
    let source = MemorySource::new(
        files.iter().map(|(path, text)| (SourcePath::new(path).unwrap(), text.as_bytes().to_vec())),
    );
    let config = SourcePath::new(config).unwrap();
    let rules = match load(&LoadInput { source: &source, config, open: &|_| None }) {
        Ok(rules) => rules,
        Err(diagnostics) => {
            assert!(diagnostics.iter().all(|d| d.span().is_some()), "{diagnostics:?}");
            return (2, Vec::new());
        }
    };
    let wanted: Vec<SourcePath> = if case.args.is_empty() {
        let plain = |path: &&String| !path.contains('/') && !path.starts_with(['.', '_']);
        files.keys().filter(plain).map(|path| SourcePath::new(path).unwrap()).collect()
    } else {
        let paths = case.args.iter().flat_map(|path| {
            let path = SourcePath::new(path).unwrap();
            if source.is_file(&path) {
                return vec![path];
            }
            let listed = source.list(&path, &[]).unwrap().files;
            listed.into_iter().map(|file| file.path).collect()
        });
        paths.collect()
    };
    let memo = Store::off();
    let input = pipeline::LintInput { rules: &rules, today: "2026-11-25", memo: &memo };
    let found = pipeline::lint_files(input, &source, &wanted, pipeline::Wanted::All).unwrap();
    if found.failed {
        return (2, Vec::new());
    }
    let fails = found.diagnostics.iter().any(|d| d.severity == Severity::Error);
    let sources = |path: &SourcePath| {
        let bytes = source.read(path).ok()?;
        Some(Arc::from(String::from_utf8_lossy(&bytes)))
    };
    let display = |path: &SourcePath| path.to_string();
    let options = report::Options {
        color: false,
        width: 80,
        max: None,
        counts: None,
        fingerprints: None,
        display: &display,
    };
    let mut out = Vec::new();
    let format = report::format("vale-json").unwrap();
    (format.report)(options).write(&found.diagnostics, &sources, &mut out).unwrap();
    (u8::from(fails), findings(&serde_json::from_slice(&out).unwrap()))
}

/// Vale's JSON in the short form of the cases.
fn findings(report: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for (path, alerts) in report.as_object().unwrap() {
        for alert in alerts.as_array().unwrap() {
            let mut row = vec![
                json!(path),
                alert["Line"].clone(),
                alert["Span"][0].clone(),
                alert["Span"][1].clone(),
                alert["Check"].clone(),
                alert["Severity"].clone(),
                alert["Message"].clone(),
                alert["Action"]["Name"].clone(),
                alert["Action"]["Params"].clone(),
                alert["Link"].clone(),
                alert["Description"].clone(),
            ];
            while row.last().is_some_and(|last| *last == json!("") || *last == json!([])) {
                row.pop();
            }
            all.push(Value::Array(row));
        }
    }
    sort(&mut all);
    all
}
