//! What front matter must say: JSON Schemas, in a file or in `[[lint.front-matter]]`.
//!
//! [`Schemas::new`] reads and compiles them, and says what is wrong in them at its own place.
//! [`Schemas::ask`] asks those that are for a file. Nothing is fetched: a `$ref` leads within its
//! file.

mod answer;
mod keywords;
mod places;
mod remedy;
#[cfg(test)]
mod tests;

pub(crate) use answer::{Kind, Violation};

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use self::places::Places;
use crate::base::{Diagnostic, Glob, SourcePath, Span, nearest};
use crate::config::FrontMatterRules;
use crate::lint::codes::{BAD_SCHEMA, MISSING_SCHEMA};
use crate::markdown::{Mapped, WrittenFrontMatter};

/// The bytes of schema files; none for files that are not there.
pub type SchemaFiles = BTreeMap<SourcePath, Option<Arc<[u8]>>>;

/// The dialects of JSON Schema that are known, by a part of what `$schema` names.
const DIALECTS: [&str; 5] =
    ["draft-04/schema", "draft-06/schema", "draft-07/schema", "2019-09/schema", "2020-12/schema"];

/// A search that goes back and forth more often is given up.
const BACKTRACKS: usize = 100_000;

/// The schemas of a project.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    schemas: Vec<Schema>,
}

/// A schema with the files that it is for.
#[derive(Debug)]
struct Schema {
    /// All files where there are none.
    globs: Vec<Glob>,
    validator: Validator,
    json: Value,
    places: Places,
}

impl Schemas {
    /// Compiles what the settings ask for; beside it, what is wrong with that. `globs` are those of
    /// each entry.
    pub(crate) fn new(
        rules: &[FrontMatterRules],
        globs: Vec<Vec<Glob>>,
        files: &SchemaFiles,
        problems: &mut Vec<Diagnostic>,
    ) -> Schemas {
        let mut schemas = Vec::new();
        for (rules, globs) in rules.iter().zip(globs) {
            if let Some(file) = &rules.schema {
                let read = match files.get(&file.value) {
                    Some(Some(bytes)) => places::read(&file.value, bytes),
                    _ => Err(Box::new(missing(&file.value, file.span.clone()))),
                };
                match read {
                    Ok((json, places)) => {
                        schemas.extend(compile(json, places, false, globs.clone(), problems));
                    }
                    Err(problem) => problems.push(*problem),
                }
            }
            if let Ok(json) = serde_json::from_str(&rules.keywords) {
                let places = Places::settings(&rules.places, rules.span.clone());
                schemas.extend(compile(json, places, true, globs, problems));
            }
        }
        Schemas { schemas }
    }

    /// Whether any schema is for a file, which is named as globs name it. The summary of a book
    /// is no page.
    pub(crate) fn concern(&self, relative: &str) -> bool {
        let is_summary = relative.rsplit('/').next() == Some("SUMMARY.md");
        !is_summary && self.schemas.iter().any(|schema| schema.is_for(relative))
    }

    /// What front matter says that the schemas for its file do not allow, in the order of the
    /// places.
    pub(crate) fn ask(
        &self,
        relative: &str,
        text: &Mapped,
        written: Option<&WrittenFrontMatter>,
    ) -> Vec<Violation> {
        let mut all: Vec<Violation> = Vec::new();
        for schema in self.schemas.iter().filter(|schema| schema.is_for(relative)) {
            for violation in answer::ask(schema, text, written) {
                // Two schemas for a page may ask for the same.
                let same = |other: &Violation| {
                    (other.kind, &other.at, &other.message)
                        == (violation.kind, &violation.at, &violation.message)
                };
                if !all.iter().any(same) {
                    all.push(violation);
                }
            }
        }
        all.sort_by_key(|violation| violation.at.start);
        all
    }
}

impl Schema {
    fn is_for(&self, relative: &str) -> bool {
        self.globs.is_empty() || self.globs.iter().any(|glob| glob.matches(relative))
    }
}

fn missing(path: &SourcePath, span: Option<Span>) -> Diagnostic {
    let said = Diagnostic::new(&MISSING_SCHEMA, format!("there is no schema `{path}`"))
        .help("name a file of this repository, seen from the folder of `book.toml`");
    match span {
        Some(span) => said.at(span),
        None => said,
    }
}

fn bad(message: String, help: &str, span: Option<Span>) -> Diagnostic {
    let said = Diagnostic::new(&BAD_SCHEMA, message).help(help);
    match span {
        Some(span) => said.at(span),
        None => said,
    }
}

/// A schema, ready; none where something is wrong with it. In settings every key must mean
/// something, in a file only what is nearly a keyword is taken for a slip.
fn compile(
    json: Value,
    places: Places,
    settings: bool,
    globs: Vec<Glob>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Schema> {
    let before = problems.len();
    let dialect = json.get("$schema").and_then(Value::as_str);
    if let Some(dialect) = dialect
        && !DIALECTS.iter().any(|known| dialect.trim_end_matches('#').ends_with(known))
    {
        let message = format!("`{dialect}` is no dialect of JSON Schema that is known");
        let help = "write `https://json-schema.org/draft/2020-12/schema`";
        problems.push(bad(message, help, places.at("/$schema")));
        return None;
    }
    for (pointer, keyword) in keywords::unknown(&json) {
        let near = nearest(&keyword, keywords::KNOWN.iter().copied());
        if settings || near.is_some() {
            let message = format!("`{keyword}` is no keyword of JSON Schema");
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`required`, `properties` and `additionalProperties` say most".to_owned(),
            };
            problems.push(bad(message, &help, places.at(&pointer)));
        }
    }
    let help = "the reference of JSON Schema says what a keyword takes";
    let meta = jsonschema::meta::validator_for(&json);
    match &meta {
        Ok(meta) => problems.extend(meta.iter_errors(&json).map(|error| {
            let at = error.instance_path().as_str();
            let keyword = at.rsplit('/').next().unwrap_or_default();
            let what = answer::expected(&error).unwrap_or_else(|| "something else".to_owned());
            let message = match keyword {
                "" => format!("a schema must be {what}"),
                keyword => format!("`{keyword}` in the schema must be {what}"),
            };
            bad(message, help, places.at(at))
        })),
        Err(error) => {
            problems.push(bad(format!("the schema cannot be used: {error}"), help, places.at("")));
        }
    }
    if problems.len() > before {
        return None;
    }
    let patterns = PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS);
    let validator = jsonschema::options()
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(patterns)
        .build(&json);
    match validator {
        Ok(validator) => Some(Schema { globs, validator, json, places }),
        Err(error) => {
            let (pointer, message, help) = keywords::refused(&json, &error);
            problems.push(bad(message, &help, places.at(&pointer)));
            None
        }
    }
}
