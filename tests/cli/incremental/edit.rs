//! What people do to a site between two builds, as values that proptest can draw and shrink.
//! Names and texts come from small pools, so that edits meet: a page is renamed to where a link
//! already leads, an alias becomes the address of a page, a branch has another version of a file.

use proptest::prelude::*;
use proptest::sample::select;

/// Where pages stand, and where they are moved to.
pub const PAGES: [&str; 13] = [
    "content/index.md",
    "content/about.md",
    "content/404.md",
    "content/guide/index.md",
    "content/guide/install.md",
    "content/guide/upgrade.md",
    "content/guide/deep/one.md",
    "content/guide/deep/two.md",
    "content/guide/deep/three words.md",
    "content/reference/README.md",
    "content/reference/api.md",
    "content/reference/api/call.md",
    "content/notes/draft.md",
];

/// What pages include; the last one includes the first, and the Markdown has a link.
pub const INCLUDED: [&str; 4] =
    ["snippets/code.rs", "snippets/part.md", "content/shared.txt", "snippets/nested.md"];

/// Files that are published as they are.
pub const ASSETS: [&str; 3] = ["content/dot.svg", "content/guide/data.csv", "content/robots.txt"];

/// Files of the theme, with texts for them: right ones, and the last of each wrong or empty.
const THEME: [(&str, [&str; 3]); 7] = [
    ("theme/footer.html", ["<footer>{{ page.title }}</footer>\n", "<p>foot</p>\n", "{% if %}"]),
    (
        "theme/special.html",
        [
            "{% extends \"page.html\" %}{% block before %}special{% endblock before %}\n",
            "{% extends \"page.html\" %}\n",
            "",
        ],
    ),
    ("theme/components.html", ["{# nothing #}\n", "<p>{{ nothing.here }}</p>\n", "{{ page.title"]),
    ("theme/variables.css", [":root { --radius: 0; }\n", ":root { --radius: 1px; }\n", ""]),
    ("theme/extra.css", [".body { color: red }\n", ".body { color: blue }\n", ""]),
    ("theme/extra.js", ["void 0;\n", "void 1;\n", ""]),
    ("theme/strings.toml", ["next = \"Onward\"\n", "previous = \"Back\"\n", "nonsense = 1\n"]),
];

/// Keys of `book.toml` with values, one line each. Tables are written as dotted keys, so that any
/// set of lines is a file.
const SETTINGS: [[&str; 3]; 24] = [
    ["book.title = \"One\"", "book.title = \"Two\"", "book.titel = \"No key\""],
    ["book.language = \"en\"", "book.language = \"de\"", "book.language = \"ar\""],
    ["book.description = \"A\"", "book.description = \"B\"", "book.description = 3"],
    [
        "site.base-url = \"https://one.example/\"",
        "site.base-url = \"/two/\"",
        "site.base-url = \"https://three.example/docs/\"",
    ],
    ["site.clean-urls = true", "site.clean-urls = false", "site.clean-urls = true"],
    [
        "site.edit-url = \"https://git.example/edit/{path}\"",
        "site.edit-url = \"https://git.example/{path}\"",
        "site.repository = \"https://git.example/docs\"",
    ],
    ["site.banner = \"*Beta*\"", "site.banner = \"[Home](index.md)\"", "site.banner = \"\""],
    ["site.head = \"content/shared.txt\"", "site.head = \"missing.html\"", "site.noindex = true"],
    ["vars.product = \"Alpha\"", "vars.product = \"Beta\"", "vars.other = 1"],
    ["markdown.html = \"allow\"", "markdown.html = \"sanitize\"", "markdown.html = \"escape\""],
    ["markdown.math = true", "markdown.math = false", "markdown.max-depth = 2"],
    ["nav.summary = false", "nav.summary = true", "nav.summary = false"],
    ["theme.accent = \"#7a1f6b\"", "theme.accent = \"#1f55a5\"", "theme.accent = \"#eeeeee\""],
    [
        "output.html.redirect.\"/old.html\" = \"about.html\"",
        "output.html.redirect.\"/old.html\" = \"guide/install.html\"",
        "output.html.redirect.\"/about.html\" = \"guide/\"",
    ],
    [
        "output.html.redirect.\"/guide/install.html#first\" = \"/about.html#second\"",
        "output.html.redirect.\"/gone.html\" = \"https://elsewhere.example/\"",
        "output.html.redirect.\"/gone.html\" = \"old.html\"",
    ],
    [
        "output.html.print.enable = false",
        "output.html.print.enable = true",
        "output.html.print.page-break = false",
    ],
    [
        "output.html.smart-punctuation = false",
        "output.html.playground.line-numbers = true",
        "output.html.playground.copyable = false",
    ],
    [
        "output.html.code.hidelines.python = \"~\"",
        "output.html.definition-lists = false",
        "output.html.admonitions = false",
    ],
    [
        "output.html.additional-css = [\"snippets/code.rs\"]",
        "output.html.additional-css = [\"theme/extra.css\"]",
        "output.html.additional-js = [\"missing.js\"]",
    ],
    [
        "output.html.cname = \"a.example\"",
        "output.html.cname = \"b.example\"",
        "rust.edition = \"2024\"",
    ],
    ["search.enable = false", "search.enable = true", "search.exclude = [\"guide\"]"],
    [
        "output.html.search.heading-split-level = 1",
        "output.html.search.heading-split-level = 2",
        "output.html.search.boost-title = 5",
    ],
    ["git.ignore-revs = \"revs.txt\"", "git.base = \"one\"", "git.base = \"no-such-branch\""],
    // The last makes the file unreadable: the build ends 2 and touches nothing.
    ["output.html.no-section-label = true", "theme.extra.word = \"x\"", "book.title = \"no end"],
];

/// Values of front matter.
const FRONT_MATTER: [[&str; 4]; 9] = [
    ["title: First", "title: Second", "title: \"With `code` & <more>\"", "title: {a: 1}"],
    ["weight: 1", "weight: 2", "weight: -5", "weight: heavy"],
    ["nav: false", "nav: true", "nav: false", "nav: true"],
    ["draft: true", "draft: false", "draft: true", "draft: false"],
    ["slug: other", "slug: install", "slug: a/b", "slug: other"],
    [
        "aliases: [/old.html]",
        "aliases: [/guide/install.html, /deep/er/old.html]",
        "aliases: /about.html",
        "aliases: [former.html]",
    ],
    ["template: special", "template: section", "template: speciall", "template: page.html"],
    ["tags: [a, b]", "tags: c", "description: \"Some words.\"", "owners: [docs]"],
    ["toc: false", "search: false", "status: deprecated", "date: 2026-11-25"],
];

/// Blocks of a page's text. `@` is the way from the page's folder to the content folder.
const BLOCKS: [&str; 33] = [
    "# First\n",
    "# Second\n",
    "## Part\n",
    "## Part {#named}\n",
    "## Other part\n",
    "Some words that are \"quoted\" -- and more...\n",
    "Other words, and `code_here`{.rust}.\n",
    "[About](@/about.md) and [install](@/guide/install.md)\n",
    "[About](@/about.md#first), [api](@/reference/api.md), [one](@/guide/deep/one.md#named)\n",
    "[Call](@/reference/api/call.md#part) and [three](<@/guide/deep/three words.md>)\n",
    "[Index](@/index.md), [folder](@/guide/), [readme](@/reference/README.md)\n",
    "[Index](@/index.md)\n",
    "[Part](#part), [named](#named)\n",
    "[Broken](no/such/page.md) and [data](@/guide/data.csv)\n",
    "![A dot](@/dot.svg)\n",
    "![Missing](missing.png)\n",
    "{{#include @/../snippets/code.rs}}\n",
    "```rust\n{{#include @/../snippets/code.rs:main}}\n```\n",
    "```rust\n{{#rustdoc_include @/../snippets/code.rs:2:3}}\n```\n",
    "{{#include @/../snippets/part.md}}\n",
    "{{#include @/../snippets/nested.md}}\n",
    "{{#include @/shared.txt}}\n{{#include @/shared.txt:1}}\n",
    "{{ var.product }} is {{ var.other }}.\n",
    "```rust\nfn main() { println!(\"one\"); }\n```\n",
    "```python title=\"two.py\" {1}\nprint(2)\n~hidden = 3\n```\n",
    "```nolanguage\nplain\n```\n\n    indented\n",
    "> [!NOTE]\n> A note with [a link](@/about.md).\n",
    ":::warning[Careful]\nText with a note.[^n]\n:::\n\n[^n]: The note.\n",
    "::::tabs\n:::tab[One]\n1\n:::\n:::tab[Two]\n2\n:::\n::::\n",
    ":::nonsense\nunknown\n:::\n",
    "| a | b |\n|---|--:|\n| 1 | $x^2$ |\n",
    "<div onclick=\"x()\"><b id=\"named\">raw</b>\n<a href=\"about.html\">page</a></div>\n",
    "Term\n: Definition with ~~words~~.\n",
];

/// A page as text.
#[derive(Debug, Clone, Default)]
pub struct Page {
    front_matter: Vec<(usize, usize)>,
    blocks: Vec<usize>,
}

impl Page {
    /// The text of the page if it stands at this path.
    pub fn text(&self, path: &str) -> String {
        let mut text = String::new();
        if !self.front_matter.is_empty() {
            // A key stands there once, or the page is about that alone.
            let keys: std::collections::BTreeMap<usize, usize> =
                self.front_matter.iter().copied().collect();
            text.push_str("---\n");
            for (key, value) in keys {
                text.push_str(FRONT_MATTER[key][value]);
                text.push('\n');
            }
            text.push_str("---\n");
        }
        for block in &self.blocks {
            text.push('\n');
            text.push_str(&block_text(*block, path));
        }
        text
    }
}

/// The few keys of `book.toml` and files of the theme that people turn to again and again while
/// they work on one site: changed from one value to another, and not only for the first time.
#[derive(Debug, Clone)]
pub struct Focus {
    settings: [usize; 2],
    theme: [usize; 2],
}

pub fn focus() -> impl Strategy<Value = Focus> {
    let key = || 0..SETTINGS.len();
    let file = || 0..THEME.len();
    ([key(), key()], [file(), file()]).prop_map(|(settings, theme)| Focus { settings, theme })
}

impl Focus {
    /// A line of `book.toml`.
    pub fn setting(&self, key: usize, value: usize) -> &'static str {
        SETTINGS[self.settings[key]][value]
    }

    /// The name and the text of a file of the theme.
    pub fn theme_file(&self, file: usize, version: usize) -> (&'static str, &'static str) {
        let (name, texts) = THEME[self.theme[file]];
        (name, texts[version])
    }
}

/// One edit. Indices point into the pools above, or into the [`Focus`].
#[derive(Debug, Clone)]
pub enum Edit {
    /// Write a page anew, or for the first time.
    Write(&'static str, Page),
    /// Add a block to the end of a page.
    Append(&'static str, usize),
    /// Change a page without changing its size or its time of modification.
    Swap(&'static str),
    /// Move a file or a folder, over whatever is there.
    Move(&'static str, &'static str),
    Delete(&'static str),
    Include(&'static str, u8),
    Asset(&'static str, u8),
    Theme(usize, usize),
    Setting(usize, usize),
    NoSetting(usize),
    /// A `SUMMARY.md` that lists these pages.
    Summary(Vec<&'static str>),
    /// Commit everything.
    Commit,
    /// Commit everything over the last commit.
    Amend,
    /// Go to a branch, which is made if need be; files that differ are replaced.
    Switch(&'static str),
    /// Merge a branch.
    Merge(&'static str),
    Detach,
    /// Throw away what is not committed.
    Discard,
    /// What git ignores.
    Ignore(&'static str),
    /// Commits that do not count.
    IgnoreRevs,
    /// Whether the next builds take drafts.
    Drafts(bool),
    /// The next build is ended before it is done, this share of the way in percent.
    Interrupt(u8),
    /// The next build has another one beside it.
    Concurrent,
    /// The next build is of the last commit of a branch, and not of the folder.
    Revision(&'static str),
}

const BRANCHES: [&str; 3] = ["main", "one", "two"];

fn page() -> impl Strategy<Value = Page> {
    let key = (0..FRONT_MATTER.len(), 0..4usize);
    (prop::collection::vec(key, 0..3), prop::collection::vec(0..BLOCKS.len(), 0..6))
        .prop_map(|(front_matter, blocks)| Page { front_matter, blocks })
}

/// A page that has no problem wherever it stands.
fn tidy_page() -> impl Strategy<Value = Page> {
    let tidy = [0, 2, 3, 5, 6, 11, 16, 17, 21, 23, 24, 26, 27, 28, 30, 32];
    prop::collection::vec(select(tidy.to_vec()), 1..6)
        .prop_map(|blocks| Page { front_matter: Vec::new(), blocks })
}

fn any_page() -> impl Strategy<Value = &'static str> {
    select(&PAGES[..])
}

fn branch() -> impl Strategy<Value = &'static str> {
    select(&BRANCHES[..])
}

/// An edit of the files.
fn file_edit() -> impl Strategy<Value = Edit> {
    let movable = ["content/guide", "content/guide/deep", "content/reference", "content/moved"];
    let movable: Vec<&'static str> = movable.into_iter().chain(PAGES).collect();
    let removable: Vec<&'static str> =
        ["content/guide", "book.toml", "theme", "content/SUMMARY.md"]
            .into_iter()
            .chain(PAGES)
            .chain(INCLUDED)
            .chain(ASSETS)
            .chain(THEME.iter().map(|(name, _)| *name))
            .collect();
    prop_oneof![
        8 => (any_page(), page()).prop_map(|(path, page)| Edit::Write(path, page)),
        4 => (any_page(), 0..BLOCKS.len()).prop_map(|(path, block)| Edit::Append(path, block)),
        2 => any_page().prop_map(Edit::Swap),
        3 => (select(movable.clone()), select(movable)).prop_map(|(from, to)| Edit::Move(from, to)),
        3 => select(removable).prop_map(Edit::Delete),
        4 => (select(&INCLUDED[..]), 0..4u8).prop_map(|(path, text)| Edit::Include(path, text)),
        2 => (select(&ASSETS[..]), 0..3u8).prop_map(|(path, text)| Edit::Asset(path, text)),
        3 => (0..2usize, 0..3usize).prop_map(|(file, text)| Edit::Theme(file, text)),
        8 => (0..2usize, 0..3usize).prop_map(|(key, value)| Edit::Setting(key, value)),
        2 => (0..2usize).prop_map(Edit::NoSetting),
        2 => prop::collection::vec(any_page(), 0..6).prop_map(Edit::Summary),
    ]
}

/// Any edit; those of the repository need one.
pub fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        40 => file_edit(),
        5 => Just(Edit::Commit),
        1 => Just(Edit::Amend),
        4 => branch().prop_map(Edit::Switch),
        1 => branch().prop_map(Edit::Merge),
        1 => Just(Edit::Detach),
        2 => Just(Edit::Discard),
        1 => select(vec!["", "content/guide/deep/\n", "theme/\nsnippets/\n"]).prop_map(Edit::Ignore),
        1 => Just(Edit::IgnoreRevs),
        2 => any::<bool>().prop_map(Edit::Drafts),
        2 => (10..100u8).prop_map(Edit::Interrupt),
        1 => Just(Edit::Concurrent),
        2 => branch().prop_map(Edit::Revision),
    ]
}

/// Some of the pages of a new site: any, or such as have no problem yet.
pub fn first_pages() -> impl Strategy<Value = Vec<(&'static str, Page)>> {
    prop_oneof![
        prop::collection::vec((any_page(), page()), 4..16),
        prop::collection::vec((any_page(), tidy_page()), 4..16).prop_map(|pages| [
            vec![("content/about.md", Page::default())],
            pages
        ]
        .concat()),
    ]
}

/// What a file that is included, or an asset, may hold.
pub fn text_of(path: &str, version: u8) -> String {
    match path {
        "snippets/part.md" => [
            "Included, with [the first](#first).\n",
            "## Part\n\nIncluded, with [install](guide/install.md#part) and ![dot](dot.svg).\n",
            "",
            "{{#include missing.md}}\n",
        ][usize::from(version) % 4]
            .to_owned(),
        "snippets/nested.md" => {
            format!("Nested {version}:\n\n```rust\n{{{{#include code.rs:main}}}}\n```\n")
        }
        "snippets/code.rs" => format!(
            "// {version}\n// ANCHOR: main\nfn main() {{ run({version}) }}\n// ANCHOR_END: main\n"
        ),
        path if path.ends_with(".svg") => format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1{version}\" height=\"10\"/>\n"
        ),
        _ => format!("{path}: {version}\n"),
    }
}

/// The text of a block, in the page at this path.
pub fn block_text(index: usize, path: &str) -> String {
    let above = path.matches('/').count().saturating_sub(1);
    BLOCKS[index]
        .replace('@', &if above == 0 { ".".to_owned() } else { vec![".."; above].join("/") })
}
