//! SARIF 2.1.0, for GitHub's code scanning and others. Columns are characters; fingerprints keep a
//! finding the same while lines around it move.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde_json::{Value, json};

use super::json::escape;
use super::spot::{Spot, Spots, with_fingerprints};
use super::{Options, Report};
use crate::base::{Diagnostic, Severity, SourcePath, encode_path};

struct Sarif<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Sarif { options })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn artifact(path: &str) -> Value {
    json!({ "uri": encode_path(path) })
}

fn region(spot: &Spot) -> Value {
    let (start, end) = (spot.start(), spot.end());
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn location(spot: &Spot) -> Value {
    json!({
        "physicalLocation": { "artifactLocation": artifact(&spot.path), "region": region(spot) }
    })
}

impl Report for Sarif<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let spots = Spots::new(self.options, sources);
        let sorted = with_fingerprints(diagnostics, self.options, &spots);
        let mut rules: BTreeMap<&str, &Diagnostic> = BTreeMap::new();
        for (diagnostic, _) in &sorted {
            rules.entry(&diagnostic.code).or_insert(diagnostic);
        }
        let indices: BTreeMap<&str, usize> =
            rules.keys().enumerate().map(|(index, code)| (*code, index)).collect();
        let rules: Vec<Value> = rules
            .iter()
            .map(|(code, first)| {
                let mut rule = json!({
                    "id": code,
                    "shortDescription": { "text": code },
                    "defaultConfiguration": { "level": level(first.severity) },
                });
                if let (Some(docs), Some(rule)) = (&first.docs, rule.as_object_mut()) {
                    rule.insert("helpUri".to_owned(), json!(docs));
                }
                rule
            })
            .collect();
        let results: Vec<Value> = sorted
            .iter()
            .map(|(diagnostic, fingerprint)| {
                let index = indices.get(&*diagnostic.code).copied().unwrap_or_default();
                result(diagnostic, index, fingerprint, &spots)
            })
            .collect();
        let document = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "copydesk",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                } },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        let json = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
        writeln!(out, "{}", escape(json))
    }
}

fn result(diagnostic: &Diagnostic, index: usize, fingerprint: &str, spots: &Spots) -> Value {
    let mut text = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        text.push('\n');
        text.push_str(help);
    }
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "partialFingerprints": { "copydesk/v1": fingerprint },
    });
    let Some(result_map) = result.as_object_mut() else { return result };
    if let Some(spot) = spots.primary(diagnostic) {
        result_map.insert("locations".to_owned(), json!([location(&spot)]));
    }
    let mut related: Vec<Value> = Vec::new();
    for label in diagnostic.labels.iter().skip(1) {
        let mut place = location(&spots.of(&label.span));
        if let (false, Some(place)) = (label.text.is_empty(), place.as_object_mut()) {
            place.insert("message".to_owned(), json!({ "text": label.text }));
        }
        // The schema wants each place once.
        if !related.contains(&place) {
            related.push(place);
        }
    }
    if !related.is_empty() {
        result_map.insert("relatedLocations".to_owned(), json!(related));
    }
    if let Some(fix) = &diagnostic.fix {
        let mut files: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for edit in &fix.edits {
            let spot = spots.of(&edit.span);
            let replacement = json!({
                "deletedRegion": region(&spot),
                "insertedContent": { "text": edit.text },
            });
            files.entry(spot.path).or_default().push(replacement);
        }
        let changes: Vec<Value> = files
            .into_iter()
            .map(|(path, replacements)| {
                json!({ "artifactLocation": artifact(&path), "replacements": replacements })
            })
            .collect();
        let fix = json!({ "description": { "text": fix.title }, "artifactChanges": changes });
        result_map.insert("fixes".to_owned(), json!([fix]));
    }
    result
}
