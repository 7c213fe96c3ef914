//! What a file is, by its name.

use std::collections::BTreeMap;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Markdown,
    Html,
    /// Text with paragraphs and sentences.
    Text,
    /// Text of a kind that is not known: as one block.
    Lines,
    /// Markup or program code that is not read.
    Unread,
}

const MARKDOWN: [&str; 7] = ["md", "mdown", "markdown", "markdn", "mdx", "rmd", "qmd"];
const HTML: [&str; 4] = ["html", "htm", "shtml", "xhtml"];
const UNREAD: [&str; 63] = [
    "adoc", "asc", "asciidoc", "bsh", "c", "c++", "cc", "clj", "cljc", "cljs", "cp", "cpp", "cs",
    "css", "csx", "cxx", "dita", "gemspec", "go", "h", "hpp", "hs", "java", "jl", "js", "jsx",
    "kt", "less", "lua", "org", "php", "pl", "pm", "pod", "proto", "ps1", "psd1", "psm1", "py",
    "py3", "pyw", "r", "rb", "rest", "rs", "rst", "sass", "sbt", "scala", "scss", "sh", "sql",
    "swift", "tex", "ts", "tsx", "typ", "vue", "xml", "xsd", "zig", "ipynb", "svg",
];

/// How a file with an extension is read; `mapped` are the project's own words about it.
pub(crate) fn format(extension: &str, mapped: &BTreeMap<String, String>) -> Format {
    let extension = mapped.get(extension).map_or(extension, String::as_str).to_ascii_lowercase();
    let extension = extension.as_str();
    if MARKDOWN.contains(&extension) {
        Format::Markdown
    } else if HTML.contains(&extension) {
        Format::Html
    } else if extension == "txt" {
        Format::Text
    } else if UNREAD.contains(&extension) {
        Format::Unread
    } else {
        Format::Lines
    }
}
