//! The texts of the interface.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::{ThemeFile, builtin};
use crate::base::{Code, Diagnostic, Severity, Span, nearest};

/// A `strings.toml` that is no list of texts.
pub(super) static BAD_STRINGS: Code = Code {
    id: "theme/bad-strings",
    severity: Severity::Error,
    summary: "`strings.toml` is not a list of texts",
    explanation: "`theme/strings.toml` holds one text in quotes for each key, as in \
                  `next = \"Onward\"`. What cannot be read is left out, and the built-in text is \
                  used.",
    examples: ("next = Onward", "next = \"Onward\""),
};

/// A key that no template asks for.
pub(super) static UNKNOWN_STRING: Code = Code {
    id: "theme/unknown-string",
    severity: Severity::Advice,
    summary: "a key in `strings.toml` that the built-in theme does not have",
    explanation: "The key has a text of yours, but no built-in template asks for it. That is fine \
                  where a template of yours does; otherwise the key is misspelt.",
    examples: ("nxet = \"Onward\"", "next = \"Onward\""),
};

/// The built-in texts of a language, falling back from `de-CH` to `de` to English, with the
/// site's own on top.
pub(super) fn load(
    language: &str,
    own: Option<(&ThemeFile, &str)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let language = language.to_lowercase();
    let base = language.split(['-', '_']).next().unwrap_or_default();
    let mut names = vec!["en", base, language.as_str()];
    names.dedup();
    let mut strings = BTreeMap::new();
    for name in names {
        strings.extend(builtin_strings(name));
    }
    let Some((file, text)) = own else { return strings };

    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        diagnostics.push(
            Diagnostic::new(&BAD_STRINGS, format!("`strings.toml`: {}", error.message()))
                .at(Span::new(file.path.clone(), range)),
        );
    }
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref().as_ref();
        let DeValue::String(text) = value.get_ref() else {
            diagnostics.push(
                Diagnostic::new(&BAD_STRINGS, format!("`{name}` is not a text"))
                    .at(Span::new(file.path.clone(), value.span()))
                    .help("write the text in quotes"),
            );
            continue;
        };
        if !strings.contains_key(name) {
            let mut problem = Diagnostic::new(
                &UNKNOWN_STRING,
                format!("the built-in theme has no text `{name}`"),
            )
            .at(Span::new(file.path.clone(), key.span()));
            if let Some(near) = nearest(name, strings.keys().map(String::as_str)) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            diagnostics.push(problem);
        }
        strings.insert(name.to_owned(), text.clone().into_owned());
    }
    strings
}

/// The built-in texts of a language; empty where there are none.
fn builtin_strings(language: &str) -> BTreeMap<String, String> {
    builtin::STRINGS
        .iter()
        .find(|(name, _)| *name == language)
        .and_then(|(_, text)| toml::from_str(text).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourcePath;

    #[test]
    fn every_language_has_every_text() {
        let english = builtin_strings("en");
        assert!(english.len() > 20);
        for (language, _) in builtin::STRINGS {
            let strings = builtin_strings(language);
            assert!(strings.keys().eq(english.keys()), "{language}");
            for (key, text) in &strings {
                assert!(!text.trim().is_empty(), "{language}: {key}");
                for hole in ["{count}", "{title}", "{version}", "{current}"] {
                    assert_eq!(
                        text.contains(hole),
                        english[key].contains(hole),
                        "{language}: {key}"
                    );
                }
            }
        }
    }

    #[test]
    fn templates_ask_for_texts_that_are_there() {
        let english = builtin_strings("en");
        let mut asked = std::collections::BTreeSet::new();
        for (name, text) in builtin::TEMPLATES {
            for rest in text.split("site.strings.").skip(1) {
                let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
                let key = &rest[..end.unwrap_or(rest.len())];
                assert!(english.contains_key(key), "{name} asks for {key}");
                asked.insert(key);
            }
        }
        // The script of the search asks for its texts without their prefix.
        let [_, script] = builtin::SEARCH;
        for rest in script.split("texts.").skip(1) {
            let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let name = format!("search_{}", &rest[..end.unwrap_or(rest.len())]);
            let key = if name == "search_search" { "search" } else { &name };
            let (key, _) = english.get_key_value(key).unwrap_or_else(|| panic!("{key}"));
            asked.insert(key);
        }
        // That of pages too.
        let scripts = [builtin::SCRIPT, builtin::MORE].concat();
        for rest in scripts.split("said.").skip(1) {
            let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let name = format!("script_{}", &rest[..end.unwrap_or(rest.len())]);
            let (key, _) = english.get_key_value(&name).unwrap_or_else(|| panic!("{name}"));
            asked.insert(key);
        }
        // So does that of versions, by the state of one too; the notes are chosen by it at build.
        for rest in builtin::VERSION_MENU.split("texts.").skip(1) {
            let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let name = match &rest[..end.unwrap_or(rest.len())] {
                "versions" => "versions".to_owned(),
                name => format!("version_{name}"),
            };
            let (key, _) = english.get_key_value(&name).unwrap_or_else(|| panic!("{name}"));
            asked.insert(key);
        }
        asked.extend(["version_is_old", "version_is_unmaintained", "version_is_unreleased"]);
        // The list of print views is a section page that has no page of its own.
        let print = include_str!("../output/formats/print.rs");
        asked.extend(["print_list"].iter().filter(|key| print.contains(&format!("\"{key}\""))));
        // Those of a review are asked for by its templates, and by what fills them.
        let site = concat!(
            include_str!("../pipeline/review_site.rs"),
            include_str!("../pipeline/review_threads.rs")
        );
        let kinds =
            ["review_kind_added", "review_kind_deleted", "review_kind_edited", "review_kind_moved"];
        asked.extend(kinds);
        let of_review = |key: &&String| key.starts_with("review_") || key.starts_with("severity_");
        for key in english.keys().filter(of_review) {
            let by_template = format!("strings.{key} ");
            let by_template =
                |text: &str| text.replace(['|', '}', '"'], " ").contains(&by_template);
            if site.contains(&format!("\"{key}\""))
                || builtin::REVIEW_TEMPLATES.iter().any(|(_, text)| by_template(text))
            {
                asked.insert(key);
            }
        }
        // The others stand in bodies, which `markdown` renders.
        let bodies = builtin::STRINGS[0].1.split("bodies of pages").nth(1).unwrap();
        for key in english.keys() {
            let in_bodies = bodies.contains(&format!("\n{key} = "));
            assert_ne!(asked.contains(key.as_str()), in_bodies, "{key}");
        }
    }

    #[test]
    fn regions_fall_back_and_sites_override() {
        let mut diagnostics = Vec::new();
        assert_eq!(load("de-CH", None, &mut diagnostics)["next"], "Weiter");
        assert_eq!(load("ja", None, &mut diagnostics)["next"], "Next");
        assert!(diagnostics.is_empty());

        let text = "next = \"Onward\"\nprevius = \"Back\"\ntoc = 3\n";
        let file = ThemeFile {
            name: "strings.toml".to_owned(),
            path: SourcePath::new("theme/strings.toml").unwrap(),
            bytes: text.as_bytes().into(),
        };
        let strings = load("en", Some((&file, text)), &mut diagnostics);
        assert_eq!(strings["next"], "Onward");
        assert_eq!(strings["toc"], "On this page");
        let found: Vec<_> = diagnostics
            .iter()
            .map(|d| (&*d.code, &text[d.span().unwrap().range()], d.help.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                ("theme/unknown-string", "previus", Some("did you mean `previous`?")),
                ("theme/bad-strings", "3", Some("write the text in quotes")),
            ]
        );

        let broken = "next = \"Onward\"\ntoc = \n";
        let mut diagnostics = Vec::new();
        let strings = load("en", Some((&file, broken)), &mut diagnostics);
        assert_eq!(strings["next"], "Onward");
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    }
}
