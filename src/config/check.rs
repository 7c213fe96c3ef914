//! The check of a tree against the registry: unknown keys, wrong types, programs that are not
//! run, settings that are lost.

use super::codes::{BAD_VALUE, UNKNOWN_KEY, UNSUPPORTED_KEY, WRONG_TYPE};
use super::foreign;
use super::keys::{self, Key, Kind, Status};
use super::layers::{self, Entry, Node, Origin, Table, Value};
use crate::base::{Applicability, Diagnostic, Edit, Fix, SourcePath, Span, nearest};

/// Collects diagnostics about a tree, each at its place.
pub(super) struct Reporter<'a> {
    /// `book.toml`.
    pub path: &'a SourcePath,
    /// Its text.
    pub text: &'a str,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reporter<'_> {
    /// Adds a diagnostic at a place; without one, the environment variable is named.
    pub(super) fn add(&mut self, mut diagnostic: Diagnostic, origin: &Origin, label: &str) {
        match origin {
            Origin::File { start, end } => {
                diagnostic = diagnostic.label(self.span(*start, *end), label);
            }
            Origin::Variable(name) => {
                diagnostic.message.push_str(&format!(" (environment variable `{name}`)"));
            }
        }
        self.diagnostics.push(diagnostic);
    }

    /// A span that lies within the text and between characters, whatever the parser said.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let start = floor(self.text, start);
        Span::new(self.path.clone(), start..floor(self.text, end).max(start))
    }

    /// A fix that replaces what stands at a place; none for the environment.
    pub(super) fn fix(
        &self,
        origin: &Origin,
        text: String,
        applicability: Applicability,
    ) -> Option<Fix> {
        let Origin::File { start, end } = origin else { return None };
        Some(Fix {
            title: format!("write `{text}`"),
            applicability,
            edits: vec![Edit { span: self.span(*start, *end), text }],
        })
    }

    /// What is written at a place of the file.
    fn written(&self, origin: &Origin) -> Option<&str> {
        match origin {
            Origin::File { start, end } => self.text.get(*start..*end),
            Origin::Variable(_) => None,
        }
    }
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A text as a basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Checks a whole tree.
pub(super) fn check(root: &Table, reporter: &mut Reporter<'_>) {
    let math = ["markdown.math", "output.html.mathjax-support"]
        .iter()
        .any(|path| layers::at(root, path).is_some_and(|n| n.value == Value::Bool(true)));
    Checker { reporter, math }.table(root, "");
}

struct Checker<'a, 'b> {
    reporter: &'a mut Reporter<'b>,
    /// Whether math is on.
    math: bool,
}

impl Checker<'_, '_> {
    fn table(&mut self, table: &Table, path: &str) {
        for (name, entry) in table {
            let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            // A quoted key with a dot in it is one name, not a path.
            let known = if name.contains('.') { None } else { keys::find(&full) };
            if path == "preprocessor" {
                if let Some(said) = foreign::preprocessor(name, entry, self.math) {
                    self.reporter.add(said, &entry.key, "");
                }
            } else if let Some(key) = known {
                self.key(key, entry);
            } else if !name.contains('.') && keys::is_table(&full) {
                match entry.node.table() {
                    Some(table) => self.table(table, &full),
                    None => self.wrong_type(&full, "a table", &entry.node, None),
                }
            } else if path == "output" {
                // `[outptu.html]` is found above; here a slip in `html` would go unnoticed.
                let is_slip = nearest(name, ["html"]).is_some() && !name.starts_with("html");
                if is_slip {
                    self.unknown(path, name, &entry.key);
                } else {
                    self.reporter.add(foreign::renderer(name, entry), &entry.key, "");
                }
            } else {
                self.unknown(path, name, &entry.key);
            }
        }
    }

    fn unknown(&mut self, table: &str, name: &str, origin: &Origin) {
        let place = if table.is_empty() {
            "at the top level".to_owned()
        } else {
            format!("in `[{table}]`")
        };
        let mut said = Diagnostic::new(&UNKNOWN_KEY, format!("unknown key `{name}` {place}"));
        if let Some(meant) = nearest(name, keys::names_in(table)) {
            said.help = Some(format!("did you mean `{meant}`?"));
            said.fix = self.reporter.fix(origin, meant.to_owned(), Applicability::Suggested);
        } else if let Some(home) = home_of(name) {
            said.help = Some(format!("`{name}` belongs in `[{home}]`"));
        } else {
            said.help =
                Some("nothing reads it; the reference of `book.toml` lists all keys".into());
        }
        self.reporter.add(said, origin, "");
    }

    fn key(&mut self, key: &Key, entry: &Entry) {
        let node = &entry.node;
        if !self.is_of_kind(key, node) {
            return;
        }
        if let Status::Warned { harmless, lost } = key.status
            && harmless.trim_matches('"') != node.value.scalar().unwrap_or_default()
        {
            let said = Diagnostic::new(
                &UNSUPPORTED_KEY,
                format!("`{}` is not supported: {lost}", key.path),
            )
            .help("remove it, unless mdBook builds this book too");
            self.reporter.add(said, &entry.key, "");
        }
    }

    /// Whether a value is of its key's kind; says so where it is not.
    fn is_of_kind(&mut self, key: &Key, node: &Node) -> bool {
        let expected = key.kind.expected();
        let fits = match (key.kind, &node.value) {
            (Kind::Open, Value::Table(_)) | (Kind::Bool, Value::Bool(_)) => true,
            (Kind::Tables, Value::List(items)) => items.iter().all(|item| item.table().is_some()),
            (Kind::Text | Kind::Choice(_) | Kind::File | Kind::Folder, _) => node.text().is_some(),
            (Kind::Whole(least, most), Value::Whole { text, value }) => {
                if value.is_none_or(|value| value < least || value > most) {
                    let said = Diagnostic::new(
                        &BAD_VALUE,
                        format!("`{}` must be from {least} to {most}, not {text}", key.path),
                    );
                    self.reporter.add(said, &node.origin, "");
                    return false;
                }
                true
            }
            (Kind::Texts | Kind::Files, Value::List(items)) => {
                let wrong = items.iter().find(|item| item.text().is_none());
                if let Some(item) = wrong {
                    self.wrong_type(&format!("{}[]", key.path), "text in quotes", item, None);
                }
                wrong.is_none()
            }
            (Kind::Map | Kind::Values, Value::Table(table)) => {
                let mut fits = true;
                for (name, entry) in table {
                    let (expected, ok) = if key.kind == Kind::Map {
                        ("text in quotes", entry.node.text().is_some())
                    } else {
                        ("text, a number, `true` or `false`", entry.node.value.scalar().is_some())
                    };
                    if !ok {
                        self.wrong_type(
                            &format!("{}.{name}", key.path),
                            expected,
                            &entry.node,
                            None,
                        );
                        fits = false;
                    }
                }
                fits
            }
            _ => false,
        };
        // Lists and tables have told above what is wrong in them.
        let told = matches!(
            (key.kind, &node.value),
            (Kind::Texts | Kind::Files, Value::List(_))
                | (Kind::Map | Kind::Values, Value::Table(_))
        );
        if !fits && !told {
            self.wrong_type(key.path, expected, node, Some(key.kind));
        }
        if fits && let Kind::Choice(words) = key.kind {
            return self.is_choice(key, node, words);
        }
        fits
    }

    fn is_choice(&mut self, key: &Key, node: &Node, words: &[&'static str]) -> bool {
        let Some(text) = node.text() else { return false };
        if words.contains(&text.as_str()) {
            return true;
        }
        let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let mut said = Diagnostic::new(
            &BAD_VALUE,
            format!("`{}` must be {}, not `{text}`", key.path, or(&list)),
        );
        if let Some(meant) = nearest(&text, words.iter().copied()) {
            said.help = Some(format!("did you mean `{meant}`?"));
            said.fix = self.reporter.fix(&node.origin, quoted(meant), Applicability::Suggested);
        }
        self.reporter.add(said, &node.origin, "");
        false
    }

    fn wrong_type(&mut self, path: &str, expected: &str, node: &Node, kind: Option<Kind>) {
        let what = node.value.what();
        let mut said =
            Diagnostic::new(&WRONG_TYPE, format!("`{path}` must be {expected}, not {what}"));
        let meant = kind.and_then(|kind| meant(kind, node, self.reporter.written(&node.origin)?));
        if let Some(meant) = meant {
            said.help = Some(format!("write `{meant}`"));
            said.fix = self.reporter.fix(&node.origin, meant, Applicability::Safe);
        } else if let (Some(Kind::Tables), Value::Table(_)) = (kind, &node.value) {
            said.help = Some(format!("write `[[{path}]]`, once for each table"));
        } else if matches!(node.origin, Origin::Variable(_)) && kind.is_some_and(is_compound) {
            said.help = Some("lists and tables are written as JSON in a variable".to_owned());
        }
        self.reporter.add(said, &node.origin, "");
    }
}

fn is_compound(kind: Kind) -> bool {
    matches!(kind, Kind::Texts | Kind::Files | Kind::Map | Kind::Values | Kind::Open | Kind::Tables)
}

/// What a value of the wrong kind was plainly meant to be, as TOML.
fn meant(kind: Kind, node: &Node, written: &str) -> Option<String> {
    match (kind, &node.value) {
        (
            Kind::Text | Kind::File | Kind::Folder,
            Value::Whole { .. } | Value::Float(_) | Value::Date(_),
        ) => Some(quoted(written)),
        (Kind::Texts | Kind::Files, Value::Text(text)) => Some(format!("[{}]", quoted(text))),
        (Kind::Bool, Value::Text(text)) if matches!(text.as_str(), "true" | "false") => {
            Some(text.clone())
        }
        (Kind::Whole(..), Value::Text(text)) => {
            text.parse::<i64>().ok().map(|number| number.to_string())
        }
        _ => None,
    }
}

/// Where a key of this name stands, if only one table has it.
fn home_of(name: &str) -> Option<&'static str> {
    let mut homes = keys::KEYS.iter().filter_map(|key| {
        let (table, last) = key.path.rsplit_once('.')?;
        (last == name).then_some(table)
    });
    let home = homes.next()?;
    homes.next().is_none().then_some(home)
}

/// `a, b or c`.
fn or(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
