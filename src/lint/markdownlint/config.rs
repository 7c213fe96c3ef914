//! What configurations of markdownlint say, with places.

use std::ops::Range;

use serde_json::Value as Json;

use super::RULES;
use super::{find, named};
use crate::base::{Diagnostic, SourcePath, Span, nearest};
use crate::lint::codes;
use crate::markdown::{Value, ValueKind, parse_yaml};

/// The names of configurations. Of those of one kind in a folder, the first one counts.
pub const NAMES: [&str; 6] = [
    ".markdownlint-cli2.jsonc",
    ".markdownlint-cli2.yaml",
    ".markdownlint.jsonc",
    ".markdownlint.json",
    ".markdownlint.yaml",
    ".markdownlint.yml",
];

/// So many of them are of markdownlint-cli2.
pub(super) const CLI2: usize = 2;

/// Keys beside those of rules and tags.
const KEYS: [&str; 3] = ["$schema", "default", "extends"];

/// One line of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    /// A rule, an alias, a tag, or `default`.
    pub key: String,
    pub value: Json,
    /// Where it stands; none in comments.
    pub span: Option<Span>,
}

/// JSON with comments as YAML, byte for byte: comments, commas at ends, and tabs become spaces.
fn plain(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut comma: Option<usize> = None;
    let blank = |out: &mut Vec<u8>, range: Range<usize>| {
        for byte in out.get_mut(range).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                comma = None;
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                    at += 1;
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                let rest = text.get(at..).unwrap_or_default();
                let end = at + rest.find('\n').unwrap_or(rest.len());
                blank(&mut out, at..end);
                at = end;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let rest = text.get(at + 2..).unwrap_or_default();
                let end = rest.find("*/").map_or(text.len(), |end| at + 2 + end + 2);
                blank(&mut out, at..end);
                at = end;
                continue;
            }
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    blank(&mut out, comma..comma + 1);
                }
            }
            b'\t' | b'\r' => blank(&mut out, at..at + 1),
            b' ' | b'\n' => {}
            _ => comma = None,
        }
        at += 1;
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Reads a file of settings.
pub(super) fn read(file: &SourcePath, bytes: &[u8]) -> Result<Option<Value>, Box<Diagnostic>> {
    let bad = |range: Range<usize>, message: String| {
        let said = Diagnostic::new(&codes::BAD_MARKDOWNLINT, message);
        let help = "mend it: without it nobody knows which rules are meant";
        Box::new(said.at(Span::new(file.clone(), range)).help(help))
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|_| bad(0..0, format!("`{file}` is no text of UTF-8")))?;
    let marked = text.len() - text.trim_start_matches('\u{feff}').len();
    let text = text.get(marked..).unwrap_or_default();
    let json = matches!(file.extension(), Some("json" | "jsonc"));
    let written = if json { plain(text) } else { text.to_owned() };
    parse_yaml(&written).map_err(|wrong| {
        let range = wrong.at.start + marked..wrong.at.end + marked;
        bad(range, format!("`{file}` cannot be read: {}", wrong.message))
    })
}

/// The entries of a table, in order; none where it is something else.
pub(super) fn entries(value: Value, file: &SourcePath) -> Option<Vec<Setting>> {
    let ValueKind::Map(entries) = value.kind else { return None };
    let setting = |entry: crate::markdown::Entry| {
        let span = Span::new(file.clone(), entry.at.start..entry.value.range.end.max(entry.at.end));
        Setting { key: entry.key, value: entry.value.into_json(), span: Some(span) }
    };
    Some(entries.into_iter().map(setting).collect())
}

/// The settings in a comment of a page; none where it is no JSON.
pub(super) fn parse_comment(text: &str) -> Vec<Setting> {
    if serde_json::from_str::<Json>(text).is_err() {
        return Vec::new();
    }
    let Ok(Some(Value { kind: ValueKind::Map(entries), .. })) = parse_yaml(&plain(text)) else {
        return Vec::new();
    };
    let setting = |entry: crate::markdown::Entry| Setting {
        key: entry.key,
        value: entry.value.into_json(),
        span: None,
    };
    entries.into_iter().map(setting).collect()
}

/// The one with the settings of another one in place of its own.
pub(super) fn merged(mut below: Vec<Setting>, above: Vec<Setting>) -> Vec<Setting> {
    for setting in above {
        match below.iter_mut().find(|other| other.key == setting.key) {
            Some(other) => *other = setting,
            None => below.push(setting),
        }
    }
    below
}

/// What is wrong with a setting, which then has no effect or less than it looks like.
pub(super) fn check(setting: &Setting) -> Vec<Diagnostic> {
    let said = |message: String, help: String| {
        let said = Diagnostic::new(&codes::IDLE_MARKDOWNLINT, message).help(help);
        match &setting.span {
            Some(span) => said.at(span.clone()),
            None => said,
        }
    };
    let key = &setting.key;
    if KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)) {
        return Vec::new();
    }
    if named(key) == 0 {
        let known = RULES
            .iter()
            .flat_map(|rule| rule.aliases.iter().chain(rule.tags).copied().chain([rule.code.id]));
        let help = match nearest(&key.to_lowercase(), known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "rules of your own are not run; the manual lists those of markdownlint".into(),
        };
        return vec![said(format!("there is no rule `{key}`"), help)];
    }
    let level = |word: &str| matches!(word, "error" | "warning");
    match &setting.value {
        Json::Bool(_) => Vec::new(),
        Json::String(word) if level(word) => Vec::new(),
        Json::Object(params) => {
            let Some(rule) = find(key) else {
                let help = "write `true`, `false`, `\"error\"`, or `\"warning\"`".to_owned();
                return vec![said(format!("the tag `{key}` has no parameters"), help)];
            };
            let id = rule.code.id;
            let mut problems = Vec::new();
            for (name, value) in params {
                let refused = match name.as_str() {
                    "enabled" => (!value.is_boolean()).then(|| "`true` or `false`".to_owned()),
                    "severity" => (!value.as_str().is_some_and(level))
                        .then(|| "one of `error`, `warning`".to_owned()),
                    name => match rule.params.iter().find(|param| param.name == name) {
                        Some(param) => param.default.refuses(value),
                        None => {
                            let names = rule.params.iter().map(|param| param.name);
                            let help = match nearest(name, names) {
                                Some(near) => format!("did you mean `{near}`?"),
                                None => format!("`copydesk explain {id}` lists them"),
                            };
                            problems.push(said(format!("`{id}` has no parameter `{name}`"), help));
                            continue;
                        }
                    },
                };
                if let Some(expected) = refused {
                    let help = format!("`copydesk explain {id}` says what it does");
                    problems.push(said(format!("`{name}` of `{id}` must be {expected}"), help));
                }
            }
            problems
        }
        _ => vec![said(
            format!("`{key}` is set to what is no setting"),
            "write `true`, `false`, `\"error\"`, `\"warning\"`, or a table of parameters"
                .to_owned(),
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn settings(name: &str, text: &str) -> Vec<Setting> {
        let file = path(name);
        entries(read(&file, text.as_bytes()).unwrap().unwrap(), &file).unwrap()
    }

    #[test]
    fn json_may_have_comments_and_commas_at_ends() {
        let text = "{\n\t// all \"off\"\n\t\"default\": false, /* , */\n\t\"MD013\": { \"line_length\": 100, },\n}\n";
        let all = settings(".markdownlint.jsonc", text);
        let shown: Vec<String> = all.iter().map(|s| format!("{} {}", s.key, s.value)).collect();
        assert_eq!(shown, ["default false", "MD013 {\"line_length\":100}"]);
        let span = all[0].span.clone().unwrap();
        assert_eq!(&text[span.range()], "\"default\": false");
        let all = settings(".markdownlint.yaml", "default: true\nMD013:\n  line_length: 100\n");
        assert_eq!(all[1].value["line_length"], 100);
    }

    #[test]
    fn what_has_no_effect_is_told() {
        let told = |text: &str| -> Vec<String> {
            let all = settings(".markdownlint.json", text);
            all.iter().flat_map(check).map(|one| one.message).collect()
        };
        assert!(
            told("{\"default\": true, \"whitespace\": false, \"MD013\": \"warning\"}").is_empty()
        );
        assert_eq!(told("{\"MD099\": true}"), ["there is no rule `MD099`"]);
        assert_eq!(
            told("{\"line-length\": {\"length\": 1}}"),
            ["`MD013` has no parameter `length`"]
        );
        assert_eq!(
            told("{\"MD003\": {\"style\": \"atxx\", \"severity\": \"info\"}}"),
            [
                "`severity` of `MD003` must be one of `error`, `warning`",
                "`style` of `MD003` must be one of `consistent`, `atx`, `atx_closed`, `setext`, \
                 `setext_with_atx`, `setext_with_atx_closed`"
            ]
        );
        assert_eq!(told("{\"ul\": {\"style\": 1}, \"MD001\": 3}").len(), 2);
    }
}
