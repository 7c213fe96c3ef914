//! The problems that reading a Markdown file can find.

use crate::base::{Code, Severity};

macro_rules! code {
    ($name:ident, $id:literal, $severity:ident, $summary:literal, $explanation:literal, $bad:literal, $good:literal) => {
        #[doc = $summary]
        pub static $name: Code = Code {
            id: $id,
            severity: Severity::$severity,
            summary: $summary,
            explanation: $explanation,
            examples: ($bad, $good),
        };
    };
}

code!(
    BAD_ATTRIBUTES,
    "directive/bad-attributes",
    Error,
    "the opening line of a directive cannot be read",
    "After `:::name` come, each at most once and in this order, a label in square brackets and \
     attributes in braces: `:::name[label]{#id .class key=\"value\"}`. The line is shown as text \
     until it is mended.",
    ":::note{open=}\nText\n:::",
    ":::note{#remember}\nText\n:::"
);
code!(
    EMPTY_GLOSSARY,
    "directive/empty-glossary",
    Warning,
    "a glossary has nothing to list",
    "`:::glossary` lists the words in `[terms]` of `book.toml` that have a `definition`, or say with \
     `expands` what they stand for: `TLS = { expands = \"Transport Layer Security\" }`. Here no word \
     has either.",
    ":::glossary\n:::",
    ""
);
code!(
    MISSING_LABEL,
    "directive/missing-label",
    Error,
    "a directive lacks the label that it needs",
    "Some directives cannot be shown without a label, as a tab has no caption without one. The \
     lines of the directive are shown as text until it has a label in square brackets.",
    "::::tabs\n:::tab\nText\n:::\n::::",
    "::::tabs\n:::tab[Linux]\nText\n:::\n::::"
);
code!(
    STRAY_CLOSE,
    "directive/stray-close",
    Error,
    "a line of colons closes no directive",
    "A line of three or more colons closes the directive that was opened last in the same list \
     item or quote, with at most as many colons. Here there is none, so the line is shown as text.",
    "Text\n\n:::",
    ":::note\nText\n:::"
);
code!(
    UNCLOSED,
    "directive/unclosed",
    Error,
    "a directive is never closed",
    "A directive ends with a line of at least as many colons as it began with, in the same list \
     item or quote. Where that line is missing, the opening line is shown as text.",
    ":::note\nText",
    ":::note\nText\n:::"
);
code!(
    UNEXPECTED_LABEL,
    "directive/unexpected-label",
    Warning,
    "a directive has a label that it does not show",
    "Some directives have no place for a label. It is left out of the page: write it as a \
     paragraph inside the directive, or remove it.",
    ":::steps[First]\n1. Text\n:::",
    ":::steps\n1. Text\n:::"
);
code!(
    UNKNOWN_DIRECTIVE,
    "directive/unknown",
    Error,
    "there is no directive of this name",
    "The name after the colons is no directive of Copydesk and no alert (`note`, `tip`, \
     `important`, `warning`, `caution`). Its lines are shown as text and what stands between \
     them as usual.",
    ":::nite\nText\n:::",
    ":::note\nText\n:::"
);
code!(
    UNKNOWN_ATTRIBUTE,
    "directive/unknown-attribute",
    Error,
    "a directive does not take this attribute, or not this value",
    "The attribute is left out; the rest of the directive is shown as usual. The manual lists \
     the attributes of each directive and the values that they take.",
    ":::note{colour=\"red\"}\nText\n:::",
    ":::note\nText\n:::"
);
code!(
    WRONG_PARENT,
    "directive/wrong-parent",
    Error,
    "a directive stands outside the one that it belongs to",
    "Some directives make sense only directly inside another, as `tab` in `tabs`. Use one more \
     colon for the outer one.",
    ":::tab[Linux]\nText\n:::",
    "::::tabs\n:::tab[Linux]\nText\n:::\n::::"
);
code!(
    FENCE_INFO,
    "code/attributes",
    Warning,
    "an attribute of a code block cannot be read",
    "The words after the language of a fenced code block say how it is shown. One of them was \
     not understood and is left out.",
    "```rust hl=x\nlet a = 1;\n```",
    "```rust hl=1\nlet a = 1;\n```"
);
code!(
    DOCFX_EXTENSION,
    "foreign/docfx-extension",
    Warning,
    "an extension of DocFX is shown as text",
    "Lines such as `:::image source=\"a.png\":::` and `:::code source=\"a.cs\":::` are read by \
     DocFX and Microsoft Learn. They mean nothing here and are shown as text. Images and code \
     blocks with an include say the same in Markdown.",
    ":::image source=\"a.png\" alt-text=\"A gear\":::",
    "![A gear](a.png)"
);
code!(
    GITBOOK_BLOCK,
    "foreign/gitbook-block",
    Warning,
    "a block of GitBook or Jekyll is shown as text",
    "`{% name %}` is the syntax of GitBook, Jekyll and other template languages. Hints and tabs \
     are read as what they are here. This block has no equal, or lacks its other half, and is \
     shown as it is written.",
    "{% include \"example.md\" %}",
    "{{#include example.md}}"
);
code!(
    HUGO_SHORTCODE,
    "foreign/hugo-shortcode",
    Warning,
    "a shortcode of Hugo is shown as text",
    "`{{< name >}}` and `{{% name %}}` are shortcodes of Hugo. Alerts, tabs, figures, links and the \
     like are read as what they are here. This one has no equal, or lacks its other half, and is \
     shown as it is written.",
    "{{< readfile \"example.md\" >}}",
    "{{#include example.md}}"
);
code!(
    MATHJAX_DELIMITERS,
    "foreign/mathjax-delimiters",
    Advice,
    "a delimiter of MathJax does not begin math",
    "With `mathjax-support`, mdBook leaves `\\\\(` and `\\\\[` to MathJax. Here math is rendered \
     when the site is built and stands between dollar signs.",
    "\\\\(a + b\\\\)",
    "$a + b$"
);
code!(
    MDX_COMPONENT,
    "foreign/mdx-component",
    Warning,
    "a capitalised tag is no HTML element",
    "A capitalised tag is a component of MDX (Docusaurus, Mintlify and others), or text such as \
     `Vec<String>` that browsers take for a tag. Components are never run: the tag has no effect, \
     and what it encloses is shown. Those with an equal here, such as `<Note>` and `<Tabs>`, are \
     read as that where they begin a line. If it was meant as text, put it in backticks.",
    "A Vec<String> grows.",
    "A `Vec<String>` grows."
);
code!(
    MDX_MODULE,
    "foreign/mdx-module",
    Warning,
    "an import or export of MDX is shown as text",
    "`import` and `export` lines are JavaScript in MDX. Nothing is run here, so that the line is \
     shown as text.",
    "import Tabs from '@theme/Tabs';",
    ""
);
code!(
    MKDOCSTRINGS,
    "foreign/mkdocstrings",
    Warning,
    "documentation that mkdocstrings makes from code is missing",
    "`::: package.Name` asks mkdocstrings for documentation that it makes from Python code. Code is \
     not read here, so that only the name is shown, as code, and the options below it are left out. \
     Write down what readers need to know, or link to where the generated reference stands.",
    "::: fastapi.FastAPI",
    "[The reference of `FastAPI`](https://example.org/reference/fastapi/)"
);
code!(
    MYST_DIRECTIVE,
    "foreign/myst-directive",
    Warning,
    "a directive of MyST is not known here",
    "`:::{name}` is MyST's way to write a directive. Alerts and the directives of Copydesk can \
     be written so, this one is not among them. Its lines are shown as text and what stands \
     between them as usual.",
    ":::{toctree}\nText\n:::",
    ":::{note}\nText\n:::"
);
code!(
    MYST_ROLE,
    "foreign/myst-role",
    Warning,
    "a role of MyST is shown as text",
    "`{name}` directly before inline code is a role of MyST or Sphinx. It means nothing here: \
     the name is shown as text before the code. Write a link where a role points somewhere.",
    "See {ref}`install`.",
    "See [Install](install.md)."
);
code!(
    FRONT_MATTER_DUPLICATE,
    "front-matter/duplicate-key",
    Error,
    "front matter says the same thing twice",
    "A key may stand in the front matter only once. The first one counts.",
    "---\ntitle: A\ntitle: B\n---",
    "---\ntitle: A\n---"
);
code!(
    FRONT_MATTER_MALFORMED,
    "front-matter/malformed",
    Error,
    "the front matter cannot be read",
    "Front matter between lines of `---` is YAML, between lines of `+++` TOML. This one is \
     neither, so that nothing of it counts; the page itself is shown. A common cause is a value \
     with a colon that needs quotes.",
    "---\ntitle: Install: Linux\n---",
    "---\ntitle: \"Install: Linux\"\n---"
);
code!(
    FRONT_MATTER_UNCLOSED,
    "front-matter/unclosed",
    Error,
    "front matter is begun but not ended",
    "The file begins like front matter, but no line of `---` (or `+++` for TOML) ends it. All of \
     it is shown as text.",
    "---\ntitle: Install\n\nText",
    "---\ntitle: Install\n---\n\nText"
);
code!(
    FRONT_MATTER_UNKNOWN,
    "front-matter/unknown-key",
    Advice,
    "a key of the front matter looks like a misspelt one",
    "Keys that are not ours are kept for templates and schemas. This one differs from one of \
     ours by so little that it may be a typing error.",
    "---\ntitel: Install\n---",
    "---\ntitle: Install\n---"
);
code!(
    FRONT_MATTER_VALUE,
    "front-matter/invalid-value",
    Error,
    "a value in the front matter cannot be used",
    "The value has the right type but cannot mean what the key asks for. It is ignored.",
    "---\nslug: a/b\n---",
    "---\nslug: b\n---"
);
code!(
    FRONT_MATTER_TYPE,
    "front-matter/wrong-type",
    Error,
    "a value in the front matter has the wrong type",
    "Each key of the front matter takes one type of value: text, a number, `true` or `false`, or \
     a list of texts. The value is ignored.",
    "---\nweight: first\n---",
    "---\nweight: 1\n---"
);
code!(
    INCLUDE_CYCLE,
    "include/cycle",
    Error,
    "a file includes itself",
    "The file that is to be included is the one that is just being included, directly or through \
     others, so that it would never end. The innermost include stays as it is written.",
    "{{#include this-page.md}}",
    ""
);
code!(
    INCLUDE_EMPTY,
    "include/empty-range",
    Error,
    "an include names lines that the file does not have",
    "The lines after the colon lie past the end of the file, or end before they begin. The \
     include stays as it is written.",
    "{{#include ten-lines.rs:40:50}}",
    "{{#include ten-lines.rs:4:5}}"
);
code!(
    INCLUDE_ANCHOR,
    "include/missing-anchor",
    Error,
    "an include names an anchor that the file does not have",
    "An anchor is a line that holds `ANCHOR: name`, ended by one with `ANCHOR_END: name`. The \
     included file has none of this name. The include stays as it is written.",
    "{{#include main.rs:strat}}",
    "{{#include main.rs:start}}"
);
code!(
    INCLUDE_MISSING,
    "include/missing-file",
    Error,
    "an included file does not exist",
    "The path of an include counts from the folder of the file that it stands in. The include \
     stays as it is written.",
    "{{#include exmaple.md}}",
    "{{#include example.md}}"
);
code!(
    INCLUDE_OUTSIDE,
    "include/outside",
    Error,
    "an included file lies outside the repository",
    "Only files of the repository (without one: of the site's folder) can be included, also \
     not by a symbolic link that leads out. The include stays as it is written.",
    "{{#include ../../../../etc/hosts}}",
    "{{#include hosts-example.txt}}"
);
code!(
    INCLUDE_DEEP,
    "include/too-deep",
    Error,
    "includes are nested too deeply",
    "Files that include files that include files are followed ten levels deep. The innermost \
     include stays as it is written.",
    "",
    ""
);
code!(
    INCLUDE_UNREADABLE,
    "include/unreadable",
    Error,
    "an included file cannot be read",
    "The file is there but reading it failed. The include stays as it is written.",
    "",
    ""
);
code!(
    INCLUDE_UNKNOWN,
    "include/unknown-helper",
    Warning,
    "the name after `{{#` looks like a misspelt include",
    "`include`, `rustdoc_include`, `playground` and `title` are known. Anything else is shown \
     as it is written.",
    "{{#inclde example.md}}",
    "{{#include example.md}}"
);
code!(
    UNDEFINED_REFERENCE,
    "link/undefined-reference",
    Warning,
    "a link uses a reference that is not defined",
    "`[text][name]` needs a line `[name]: target` in the same file. There is none, so that the \
     brackets are shown as text.",
    "See [the guide][giude].\n\n[guide]: guide.md",
    "See [the guide][guide].\n\n[guide]: guide.md"
);
code!(
    FORMULA,
    "math/unreadable",
    Warning,
    "a formula cannot be read",
    "Formulas are TeX, which becomes MathML when the site is built. This one has a mistake, or a \
     command that MathML has nothing for. Readers see its source.",
    "$\\frac{1}$",
    "$\\frac{1}{2}$"
);
code!(
    NOT_UTF8,
    "text/not-utf8",
    Error,
    "the file is not UTF-8",
    "Text files must be UTF-8. Each sequence of bytes that is not is shown as \u{fffd}. Save the \
     file as UTF-8 in your editor.",
    "",
    ""
);
code!(
    NUL,
    "text/nul",
    Error,
    "the file holds NUL bytes",
    "A NUL byte is no text; it is shown as \u{fffd}. The file may be damaged, or is no text file.",
    "",
    ""
);
code!(
    TOO_DEEP,
    "text/too-deep",
    Error,
    "a page is nested too deeply",
    "Lists, quotes, directives and emphasis may stand in each other only so deep \
     (`[markdown] max-depth`). The page is shown as its source text.",
    "",
    ""
);
code!(
    TOO_LARGE,
    "text/too-large",
    Error,
    "a page is too large",
    "A page, with what it includes, may only have so many bytes (`[markdown] max-page-bytes`). \
     The page is shown as its source text. Split it, or raise the limit.",
    "",
    ""
);
code!(
    UNKNOWN_VARIABLE,
    "variable/unknown",
    Warning,
    "a variable looks like a misspelt one",
    "`{{ var.name }}` stands for a value of `[vars]` in `book.toml`. This name is not declared \
     there and is shown as it is written; one that differs by little is.",
    "{{ var.verison }}",
    "{{ var.version }}"
);

/// Every code of this room, sorted by id.
pub static CODES: &[&Code] = &[
    &FENCE_INFO,
    &BAD_ATTRIBUTES,
    &EMPTY_GLOSSARY,
    &MISSING_LABEL,
    &STRAY_CLOSE,
    &UNCLOSED,
    &UNEXPECTED_LABEL,
    &UNKNOWN_DIRECTIVE,
    &UNKNOWN_ATTRIBUTE,
    &WRONG_PARENT,
    &DOCFX_EXTENSION,
    &GITBOOK_BLOCK,
    &HUGO_SHORTCODE,
    &MATHJAX_DELIMITERS,
    &MDX_COMPONENT,
    &MDX_MODULE,
    &MKDOCSTRINGS,
    &MYST_DIRECTIVE,
    &MYST_ROLE,
    &FRONT_MATTER_DUPLICATE,
    &FRONT_MATTER_VALUE,
    &FRONT_MATTER_MALFORMED,
    &FRONT_MATTER_UNCLOSED,
    &FRONT_MATTER_UNKNOWN,
    &FRONT_MATTER_TYPE,
    &INCLUDE_CYCLE,
    &INCLUDE_EMPTY,
    &INCLUDE_ANCHOR,
    &INCLUDE_MISSING,
    &INCLUDE_OUTSIDE,
    &INCLUDE_DEEP,
    &INCLUDE_UNKNOWN,
    &INCLUDE_UNREADABLE,
    &UNDEFINED_REFERENCE,
    &FORMULA,
    &NOT_UTF8,
    &NUL,
    &TOO_DEEP,
    &TOO_LARGE,
    &UNKNOWN_VARIABLE,
];

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_sorted_and_unique() {
        let ids: Vec<&str> = CODES.iter().map(|code| code.id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }
}
