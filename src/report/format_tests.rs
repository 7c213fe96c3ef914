//! What the formats for programs look like, held against what their consumers ask for.

use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::base::{Applicability, Edit, Fix, Foreign, Label, Severity, Span};

const TEXT: &str = "# Größe\r\n\r\nWir utilize das | 🚀 utilize\r\nund mehr.\r\n";

fn finding(code: &str, severity: Severity, range: std::ops::Range<usize>) -> Diagnostic {
    let span = Span::new(SourcePath::new("a b.md").unwrap(), range);
    Diagnostic {
        labels: vec![Label { span: span.clone(), text: String::new() }],
        code: code.to_owned().into(),
        severity,
        message: "Use 'use', not <b>: 50%,\u{1b}[31m".to_owned(),
        help: Some("Short words.\nRead faster.".to_owned()),
        fix: Some(Fix {
            title: "write `use`".to_owned(),
            applicability: Applicability::Suggested,
            edits: vec![Edit { span, text: "use".to_owned() }],
        }),
        docs: Some("https://style.example/use".to_owned()),
        foreign: Some(Box::new(Foreign {
            action: "replace".to_owned(),
            parameters: vec!["use".to_owned()],
            description: "Short words.".to_owned(),
        })),
    }
}

fn findings() -> Vec<Diagnostic> {
    let first = TEXT.find("utilize").unwrap();
    let second = TEXT.rfind("utilize").unwrap();
    let end = TEXT.find("und").unwrap();
    vec![
        finding("House.Advice", Severity::Advice, second..end),
        finding("House.Words", Severity::Error, second..second + 7),
        finding("House.Words", Severity::Warning, first..first + 7),
    ]
}

fn report(format: &str, diagnostics: &[Diagnostic]) -> String {
    let display = |file: &SourcePath| file.to_string();
    let options = Options {
        color: false,
        width: 80,
        max: None,
        counts: None,
        fingerprints: None,
        display: &display,
    };
    let sources = |_: &SourcePath| Some(Arc::from(TEXT));
    let mut out = Vec::new();
    (super::format(format).unwrap().report)(options)
        .write(diagnostics, &sources, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn json(format: &str, diagnostics: &[Diagnostic]) -> Value {
    serde_json::from_str(&report(format, diagnostics)).unwrap()
}

#[test]
fn no_format_sends_commands_to_a_terminal() {
    for format in FORMATS {
        let text = report(format.name, &findings());
        // Workflow commands are read by a program, which takes everything literally.
        if format.name != "github" {
            assert!(!text.contains('\u{1b}'), "{}", format.name);
        }
        assert!(text.ends_with('\n'), "{}", format.name);
    }
}

#[test]
fn vale_json_counts_characters_and_stays_in_the_line() {
    let report = json("vale-json", &findings());
    let alerts = report["a b.md"].as_array().unwrap();
    assert_eq!(alerts.len(), 3);
    assert_eq!((&alerts[0]["Line"], &alerts[0]["Span"]), (&3.into(), &serde_json::json!([5, 11])));
    let words = alerts.iter().find(|a| a["Severity"] == "error").unwrap();
    assert_eq!(words["Span"], serde_json::json!([21, 27]));
    assert_eq!(words["Match"], "utilize");
    assert_eq!(words["Action"], serde_json::json!({ "Name": "replace", "Params": ["use"] }));
    let advice = alerts.iter().find(|a| a["Severity"] == "suggestion").unwrap();
    assert_eq!(advice["Span"], serde_json::json!([21, 28]), "up to the line break");
    assert_eq!(json("vale-json", &[]), serde_json::json!({}));
}

#[test]
fn line_is_one_line_each() {
    let text = report("line", &findings());
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "a b.md:3:5:House.Words:Use 'use', not <b>: 50%,␛[31m");
}

#[test]
fn jsonl_is_the_json_of_each() {
    let text = report("jsonl", &findings());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::Array(lines), json("json", &findings())["diagnostics"]);
}

/// What the schema of SARIF 2.1.0 requires, and GitHub's limits.
#[test]
fn sarif_is_what_code_scanning_takes() {
    let report = json("sarif", &findings());
    assert_eq!(report["version"], "2.1.0");
    let run = &report["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(run["tool"]["driver"]["name"].is_string());
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let mut prints = Vec::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.md");
        let number = |key: &str| place["region"][key].as_u64().unwrap();
        assert!(number("startLine") >= 1 && number("startColumn") >= 1);
        assert!(
            (number("endLine"), number("endColumn")) > (number("startLine"), number("startColumn"))
        );
        let replaced = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(replaced["insertedContent"]["text"], "use");
        prints.push(result["partialFingerprints"]["copydesk/v1"].as_str().unwrap().to_owned());
    }
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), 3);
    assert!(json("sarif", &[])["runs"][0]["results"].as_array().unwrap().is_empty());
}

#[test]
fn fingerprints_outlive_moved_lines() {
    let moved = |text: &'static str| {
        let at = text.find("utilize").unwrap();
        let finding = finding("House.Words", Severity::Error, at..at + 7);
        let display = |file: &SourcePath| file.to_string();
        let options = Options {
            color: false,
            width: 80,
            max: None,
            counts: None,
            fingerprints: None,
            display: &display,
        };
        let sources = |_: &SourcePath| Some(Arc::from(text));
        let mut out = Vec::new();
        (format("gitlab").unwrap().report)(options).write(&[finding], &sources, &mut out).unwrap();
        let report: Value = serde_json::from_slice(&out).unwrap();
        report[0]["fingerprint"].as_str().unwrap().to_owned()
    };
    assert_eq!(moved("We utilize it.\n"), moved("New.\n\n  We  utilize it.\n"));
    assert_ne!(moved("We utilize it.\n"), moved("They utilize it.\n"));
}

#[test]
fn github_escapes_and_puts_errors_first() {
    let text = report("github", &findings());
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "a line break in a message would end the command");
    assert!(lines[0].starts_with(
        "::error file=a b.md,line=3,endLine=3,col=21,endColumn=28,title=House.Words::"
    ));
    assert!(lines[0].contains("50%25,") && lines[0].ends_with("%0ARead faster."));
    assert!(lines[1].starts_with("::warning ") && lines[2].starts_with("::notice "));
    let mut odd = finding("a/b", Severity::Error, 0..1);
    odd.labels[0].span.file = SourcePath::new("a:b,c.md").unwrap();
    assert!(report("github", &[odd]).starts_with("::error file=a%3Ab%2Cc.md,"));
}

#[test]
fn gitlab_has_what_merge_requests_need() {
    let report = json("gitlab", &findings());
    let issues = report.as_array().unwrap();
    for issue in issues {
        for key in ["description", "check_name", "fingerprint"] {
            assert!(!issue[key].as_str().unwrap().is_empty(), "{key}");
        }
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        assert_eq!(issue["location"]["path"], "a b.md");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }
    assert_eq!(json("gitlab", &[]), serde_json::json!([]));
}

#[test]
fn xml_formats_escape_what_means_something() {
    let junit = report("junit", &findings());
    assert!(junit.contains("<testsuites name=\"copydesk\" tests=\"3\" failures=\"3\">"));
    assert!(junit.contains("not &lt;b&gt;"));
    let checkstyle = report("checkstyle", &findings());
    assert!(checkstyle.contains("<file name=\"a b.md\">"));
    assert!(checkstyle.contains("line=\"3\" column=\"21\" severity=\"error\""));
}

#[test]
fn rdjson_counts_bytes() {
    let report = json("rdjson", &findings());
    assert_eq!(report["source"]["name"], "copydesk");
    let error = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["severity"] == "ERROR")
        .unwrap();
    let range = serde_json::json!({
        "start": { "line": 3, "column": 24 },
        "end": { "line": 3, "column": 31 },
    });
    assert_eq!(error["location"]["range"], range);
    assert_eq!(error["suggestions"][0]["range"], range);
    assert_eq!(error["code"]["url"], "https://style.example/use");
    let lines = self::report("rdjsonl", &findings());
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::Array(lines), report["diagnostics"]);
}

#[test]
fn markdown_stays_a_table() {
    let text = report("markdown", &findings());
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
        assert!(!row.contains("<b>"), "{row}");
    }
    assert_eq!(report("markdown", &[]), "**no problems**\n");
}
