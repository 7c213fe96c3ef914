//! Programs that mdBook would run: preprocessors and renderers. They are never run; what that
//! costs is said, once for each.

use super::codes::{PREPROCESSOR, RENDERER};
use super::layers::{Entry, Value};
use crate::base::{Diagnostic, Severity};

/// What becomes of a program's work.
enum Fate {
    /// We do it.
    BuiltIn(&'static str),
    /// We do it where `[markdown] math` is on.
    Math,
    /// What is lost, and what to do instead.
    Lost(&'static str, &'static str),
}

use Fate::{BuiltIn, Lost, Math};

/// Preprocessors, sorted by name.
const PREPROCESSORS: &[(&str, Fate)] = &[
    (
        "admonish",
        Lost(
            "`admonish` blocks stay code",
            "write them as `> [!NOTE]` alerts or `:::note` directives",
        ),
    ),
    ("alerts", BuiltIn("`> [!NOTE]` alerts are built in")),
    (
        "callouts",
        Lost(
            "callouts of other kinds than NOTE, TIP, IMPORTANT, WARNING and CAUTION stay quotes",
            "`> [!NOTE]` alerts of these five kinds are built in",
        ),
    ),
    ("catppuccin", Lost("its colors are not applied", "`[theme] accent` sets the accent color")),
    (
        "cmdrun",
        Lost(
            "commands in pages are not run and their output is missing",
            "include files that hold the output",
        ),
    ),
    ("d2", Lost("`d2` diagrams stay code", "include the drawn diagrams as images")),
    ("emojicodes", Lost("codes such as `:smile:` stay text", "write the characters themselves")),
    (
        "footnote",
        Lost("`{{footnote: ...}}` stays text", "write footnotes as `[^1]`, which is built in"),
    ),
    (
        "gettext",
        Lost("pages are not translated", "the site is built in the language of its sources"),
    ),
    ("graphviz", Lost("`dot` diagrams stay code", "include the drawn diagrams as images")),
    ("katex", Math),
    ("mermaid", Lost("`mermaid` diagrams stay code", "include the drawn diagrams as images")),
    (
        "open-on-gh",
        Lost("its links to the sources are missing", "`[site] edit-url` adds a link to each page"),
    ),
    ("pagetoc", BuiltIn("each page has a table of contents")),
    ("plantuml", Lost("`plantuml` diagrams stay code", "include the drawn diagrams as images")),
    ("svgbob", Lost("`bob` diagrams stay code", "include the drawn diagrams as images")),
    ("template", Lost("`{{#template ...}}` is not replaced", "`{{#include ...}}` is built in")),
    ("toc", BuiltIn("each page has a table of contents; `<!-- toc -->` is a comment")),
    ("variables", Lost("its variables are not replaced", "declare them in `[vars]`")),
    ("yml-header", BuiltIn("front matter is read and not shown")),
];

/// Renderers, sorted by name.
const RENDERERS: &[(&str, Fate)] = &[
    ("epub", Lost("no EPUB is made", "`print.html` holds the whole site on one page")),
    ("katex", BuiltIn("it makes nothing by itself")),
    ("latex", Lost("no LaTeX or PDF is made", "`print.html` holds the whole site on one page")),
    ("linkcheck", BuiltIn("links are checked by every build")),
    ("linkcheck2", BuiltIn("links are checked by every build")),
    (
        "markdown",
        Lost("the folder of expanded Markdown is not made", "the sources hold the Markdown"),
    ),
    ("pandoc", Lost("its documents are not made", "`print.html` holds the whole site on one page")),
    ("pdf", Lost("no PDF is made", "`print.html` holds the whole site on one page")),
    ("pdf-outline", Lost("no PDF is made", "`print.html` holds the whole site on one page")),
    ("typst", Lost("no Typst or PDF is made", "`print.html` holds the whole site on one page")),
    ("typst-pdf", Lost("no PDF is made", "`print.html` holds the whole site on one page")),
];

/// The preprocessors that mdBook has built in, and we too.
const BUILT_IN: [&str; 2] = ["index", "links"];

fn is_optional(entry: &Entry) -> bool {
    entry
        .node
        .table()
        .and_then(|table| table.get("optional"))
        .is_some_and(|optional| optional.node.value == Value::Bool(true))
}

/// Whether a preprocessor is meant for HTML at all: `renderers = ["epub"]` is not.
fn is_for_html(entry: &Entry) -> bool {
    let renderers = entry.node.table().and_then(|table| table.get("renderers"));
    match renderers.map(|renderers| &renderers.node.value) {
        Some(Value::List(names)) => {
            names.iter().any(|name| name.value == Value::Text("html".to_owned()))
        }
        _ => true,
    }
}

/// Whether nothing is known of what a preprocessor does to HTML.
pub(super) fn is_unknown(name: &str, entry: &Entry) -> bool {
    let known = PREPROCESSORS.iter().any(|(known, _)| *known == name);
    !known && !BUILT_IN.contains(&name) && is_for_html(entry)
}

/// What to say about `[preprocessor.NAME]`; nothing where nothing is lost.
pub(super) fn preprocessor(name: &str, entry: &Entry, math: bool) -> Option<Diagnostic> {
    if BUILT_IN.contains(&name) || !is_for_html(entry) {
        return None;
    }
    let fate = PREPROCESSORS.iter().find(|(known, _)| *known == name).map(|(_, fate)| fate);
    let diagnostic = match fate {
        Some(Math) if math => return None,
        Some(Math) => Diagnostic::new(
            &PREPROCESSOR,
            format!("preprocessor `{name}` is not run: formulas stay text"),
        )
        .help("set `math = true` in `[markdown]`: math is built in"),
        fate => say(&PREPROCESSOR, "preprocessor", name, fate, "what it adds to pages is missing"),
    };
    Some(advise(diagnostic, entry))
}

/// What to say about `[output.NAME]`.
pub(super) fn renderer(name: &str, entry: &Entry) -> Diagnostic {
    let fate = RENDERERS.iter().find(|(known, _)| *known == name).map(|(_, fate)| fate);
    advise(say(&RENDERER, "renderer", name, fate, "its output is not made"), entry)
}

fn say(
    code: &'static crate::base::Code,
    kind: &str,
    name: &str,
    fate: Option<&Fate>,
    otherwise: &str,
) -> Diagnostic {
    let not_run = |lost: &str| Diagnostic::new(code, format!("{kind} `{name}` is not run: {lost}"));
    match fate {
        Some(BuiltIn(what)) => {
            Diagnostic::new(code, format!("{kind} `{name}` is not needed: {what}"))
                .severity(Severity::Advice)
                .help("the table can go, unless mdBook builds this book too")
        }
        Some(Lost(lost, instead)) => not_run(lost).help(*instead),
        _ => not_run(otherwise)
            .help("remove the table, or put `optional = true` in it to make this advice"),
    }
}

fn advise(diagnostic: Diagnostic, entry: &Entry) -> Diagnostic {
    if !is_optional(entry) {
        return diagnostic;
    }
    // The help for the unknown says how to get here.
    let help = diagnostic.help.clone().filter(|help| !help.contains("`optional = true`"));
    Diagnostic { help, ..diagnostic }.severity(Severity::Advice)
}

/// The lines of the manual's table: kind of program, name, what becomes of its work.
pub(super) fn reference() -> Vec<(String, String)> {
    let row = |table: &str, name: &str, fate: &Fate| {
        let text = match fate {
            BuiltIn(what) => format!("Not needed: {what}."),
            Math => "Not run; built in with `[markdown] math = true`.".to_owned(),
            Lost(lost, instead) => format!("Not run: {lost}. Instead: {instead}."),
        };
        // In a page, `{{#include}}` would be one, even in code.
        (format!("[{table}.{name}]"), text.replace("{{#", "\\{{#"))
    };
    let built_in =
        BUILT_IN.iter().map(|name| (format!("[preprocessor.{name}]"), "Built in.".to_owned()));
    built_in
        .chain(PREPROCESSORS.iter().map(|(name, fate)| row("preprocessor", name, fate)))
        .chain(RENDERERS.iter().map(|(name, fate)| row("output", name, fate)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(PREPROCESSORS.is_sorted_by_key(|(name, _)| *name));
        assert!(RENDERERS.is_sorted_by_key(|(name, _)| *name));
    }
}
