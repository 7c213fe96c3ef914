//! Every key of `book.toml`, once: from this table come the check for unknown keys, the check of
//! types, and the manual's reference.

use super::lint::FailOn;

/// What kind of value a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A list of texts.
    Texts,
    /// A file, seen from the folder of `book.toml`.
    File,
    /// A folder, seen from the folder of `book.toml`.
    Folder,
    /// A list of files.
    Files,
    /// A table whose keys are names of the user's and whose values are text.
    Map,
    /// A table whose keys are names of the user's and whose values are text, numbers, `true` or
    /// `false`.
    Values,
    /// A table that is not looked into.
    Open,
    /// A list of tables that are not looked into.
    Tables,
}

/// What becomes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Copydesk's own.
    Ours,
    /// mdBook's, and means what it means there.
    Honored,
    /// Another name of the key at this path.
    Alias(&'static str),
    /// mdBook's, accepted without a word, because readers miss nothing; why.
    Ignored(&'static str),
    /// mdBook's, accepted with a warning.
    Warned {
        /// The value with which nothing is lost, as TOML; empty where there is none.
        harmless: &'static str,
        /// What is lost otherwise.
        lost: &'static str,
    },
}

/// A key of `book.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its dotted path.
    pub path: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Its default as TOML; empty where it has none.
    pub default: &'static str,
    /// What becomes of it.
    pub status: Status,
    /// One line: what it does.
    pub doc: &'static str,
    /// The version of Copydesk that knows it first.
    pub since: &'static str,
}

const fn key(
    status: Status,
    path: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key { path, kind, default, status, doc, since: "0.1.0" }
}

const fn ours(path: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    key(Status::Ours, path, kind, default, doc)
}

const fn honored(path: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    key(Status::Honored, path, kind, default, doc)
}

const fn alias(path: &'static str, target: &'static str, kind: Kind, doc: &'static str) -> Key {
    key(Status::Alias(target), path, kind, "", doc)
}

const fn ignored(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
    why: &'static str,
) -> Key {
    key(Status::Ignored(why), path, kind, default, doc)
}

const fn warned(
    path: &'static str,
    kind: Kind,
    harmless: &'static str,
    doc: &'static str,
    lost: &'static str,
) -> Key {
    key(Status::Warned { harmless, lost }, path, kind, "", doc)
}

use Kind::{Bool, Choice, File, Files, Folder, Map, Open, Tables, Text, Texts, Values, Whole};

const NO_EDITOR: &str = "there is no editor in the page to copy scripts for";

/// The keys, sorted by path.
pub static KEYS: &[Key] = &[
    honored("book.authors", Texts, "[]", "The authors."),
    honored("book.description", Text, "\"\"", "What the site is about, in a sentence or two."),
    honored(
        "book.language",
        Text,
        "\"en\"",
        "The language of the content, such as `de` or `pt-BR`.",
    ),
    ignored("book.multilingual", Bool, "false", "Gone in mdBook 0.5.", "it never did anything"),
    honored(
        "book.src",
        Folder,
        "",
        "The content folder. Where it is not set: the first of `content`, `src`, `docs` that holds \
         Markdown, else the folder of `book.toml`.",
    ),
    honored(
        "book.text-direction",
        Choice(&["ltr", "rtl"]),
        "",
        "The writing direction. Where it is not set, it follows from the language.",
    ),
    honored("book.title", Text, "\"\"", "The title of the site."),
    honored(
        "build.build-dir",
        Text,
        "\"book\"",
        "The output folder, seen from the folder of `book.toml`.",
    ),
    ignored(
        "build.create-missing",
        Bool,
        "true",
        "Whether mdBook creates pages that `SUMMARY.md` lists and that do not exist.",
        "sources are never written; a missing page is reported",
    ),
    ignored(
        "build.extra-watch-dirs",
        Texts,
        "[]",
        "More folders that mdBook watches.",
        "the preview watches what the site is made of",
    ),
    ignored(
        "build.use-default-preprocessors",
        Bool,
        "true",
        "Whether mdBook's own preprocessors run.",
        "includes and index pages are always handled",
    ),
    ours(
        "git.base",
        Text,
        "",
        "The branch that others are compared with, such as `main`. Where it is not set: what \
         `origin/HEAD` stands for, else `main`, else `master`.",
    ),
    ours(
        "git.branch-note",
        Bool,
        "true",
        "Whether pages say on which branch they are, where it is another than the base.",
    ),
    ours(
        "git.facts",
        Bool,
        "true",
        "Whether pages show what git knows of them: last change, contributors, branch.",
    ),
    ours(
        "git.ignore-revs",
        File,
        "",
        "A file that lists commits which do not count as changes, in the format of \
         `git blame --ignore-revs-file`. Where it is not set: `.git-blame-ignore-revs` at the top \
         of the repository, where there is one.",
    ),
    ours(
        "lint.baseline",
        File,
        "",
        "The file of the findings that are known and not reported; `copydesk lint baseline` \
         writes it.",
    ),
    ours(
        "lint.exclude",
        Texts,
        "",
        "Files that are not linted, as globs: `CHANGELOG.md`, `archive/**`.",
    ),
    ours(
        "lint.extends",
        Texts,
        "",
        "What the rules begin with: `default` (where it is not set), presets such as `style` or `strict`, `vale` for what `.vale.ini` says, and `markdownlint` for what a \
         configuration of markdownlint says.",
    ),
    ours(
        "lint.external-ignore",
        Texts,
        "",
        "Addresses that `copydesk lint --external` does not ask for: `https://example.com/*`. `*` stands \
         for any characters.",
    ),
    ours(
        "lint.fail-on",
        Choice(&FailOn::WORDS),
        "",
        "The level from which findings fail; `--fail-on` goes before it. Where neither is set: `error`.",
    ),
    ours(
        "lint.front-matter",
        Tables,
        "",
        "What pages must say about themselves: tables with `files`, a list of globs, and either `schema`, \
         a file with a JSON Schema, or its keywords: `required`, `properties`.",
    ),
    ours(
        "lint.paths",
        Tables,
        "",
        "Levels for some files: tables with `files`, a list of globs, and `rules` as in \
         `[lint.rules]`. Later tables go before earlier ones.",
    ),
    ours(
        "lint.rules",
        Open,
        "",
        "The level of each rule: `\"error\"`, `\"warning\"`, `\"advice\"`, `\"off\"`, or a table with \
         `level` and the options of the rule.",
    ),
    ours(
        "markdown.html",
        Choice(&["allow", "sanitize", "escape"]),
        "\"allow\"",
        "Raw HTML in pages: `allow` leaves it as it is, `sanitize` takes out what can run or \
         imitate something, `escape` shows it as text.",
    ),
    ours("markdown.math", Bool, "false", "Whether `$...$` and `$$...$$` are math."),
    ours(
        "markdown.max-depth",
        Whole(1, 10_000),
        "100",
        "Pages whose blocks nest deeper are shown as their source text.",
    ),
    ours(
        "markdown.max-page-bytes",
        Whole(1, 1 << 40),
        "16777216",
        "Pages larger than this are shown as their source text.",
    ),
    ours("nav.summary", Bool, "true", "Whether a `SUMMARY.md` rules the navigation."),
    honored(
        "output.html.additional-css",
        Files,
        "[]",
        "Style sheets that each page loads after the theme's.",
    ),
    honored("output.html.additional-js", Files, "[]", "Scripts that each page loads."),
    honored(
        "output.html.admonitions",
        Bool,
        "true",
        "Whether `> [!NOTE]` and the like are alerts.",
    ),
    honored(
        "output.html.cname",
        Text,
        "",
        "The domain that is written to `CNAME`, for GitHub Pages.",
    ),
    honored(
        "output.html.code.hidelines",
        Map,
        "",
        "The prefix of lines that are hidden at first in code blocks, by language.",
    ),
    ignored(
        "output.html.copy-fonts",
        Bool,
        "true",
        "Gone in mdBook 0.5: whether fonts are copied.",
        "the theme uses the reader's fonts",
    ),
    alias(
        "output.html.curly-quotes",
        "output.html.smart-punctuation",
        Bool,
        "Gone in mdBook 0.5: the old name of `smart-punctuation`.",
    ),
    honored(
        "output.html.default-theme",
        Text,
        "",
        "`light` or `dark`, or one of mdBook's themes: `light` and `rust` are light; `ayu`, `coal` \
         and `navy` are dark.",
    ),
    honored("output.html.definition-lists", Bool, "true", "Whether definition lists are read."),
    honored("output.html.edit-url-template", Text, "", "As `site.edit-url`, which goes first."),
    honored("output.html.fold.enable", Bool, "false", "Whether sections of the navigation fold."),
    honored(
        "output.html.fold.level",
        Whole(0, 255),
        "0",
        "The level from which they fold; 0 folds all.",
    ),
    ignored(
        "output.html.git-repository-icon",
        Text,
        "",
        "A Font Awesome icon for the link to the repository.",
        "the theme has its own icon",
    ),
    honored("output.html.git-repository-url", Text, "", "As `site.repository`, which goes first."),
    warned(
        "output.html.google-analytics",
        Text,
        "\"\"",
        "Gone in mdBook 0.5: an account of Google Analytics.",
        "visits are not counted",
    ),
    ignored(
        "output.html.hash-files",
        Bool,
        "true",
        "Whether names of static files carry a fingerprint.",
        "the theme's files always carry one",
    ),
    honored(
        "output.html.input-404",
        Text,
        "",
        "The page that `404.html` is made of, seen from the content folder; `\"\"` for none.",
    ),
    ignored(
        "output.html.live-reload-endpoint",
        Text,
        "",
        "For mdBook's own use.",
        "the preview reloads by itself",
    ),
    ignored(
        "output.html.livereload-url",
        Text,
        "",
        "For mdBook's own use; gone in mdBook 0.5.",
        "the preview reloads by itself",
    ),
    honored(
        "output.html.mathjax-support",
        Bool,
        "false",
        "Turns on `markdown.math`, where that is not set.",
    ),
    honored(
        "output.html.no-section-label",
        Bool,
        "false",
        "Whether the navigation goes without numbers.",
    ),
    ignored(
        "output.html.optional",
        Bool,
        "false",
        "As for other renderers.",
        "nothing depends on it",
    ),
    ignored(
        "output.html.playground.copy-js",
        Bool,
        "true",
        "Whether the editor's scripts are copied.",
        NO_EDITOR,
    ),
    honored(
        "output.html.playground.copyable",
        Bool,
        "true",
        "Whether code blocks have a copy button.",
    ),
    warned(
        "output.html.playground.editable",
        Bool,
        "false",
        "Whether Rust code can be edited in the page.",
        "code cannot be edited in the page",
    ),
    honored(
        "output.html.playground.line-numbers",
        Bool,
        "false",
        "Whether code blocks have line numbers.",
    ),
    warned(
        "output.html.playground.runnable",
        Bool,
        "false",
        "Whether Rust code has a button that runs it.",
        "code blocks have no run button",
    ),
    alias("output.html.playpen", "output.html.playground", Open, "The old name of `playground`."),
    honored(
        "output.html.preferred-dark-theme",
        Text,
        "",
        "The theme for readers who prefer dark; the names are those of `default-theme`.",
    ),
    honored("output.html.print.enable", Bool, "true", "Whether there is a `print.html`."),
    honored(
        "output.html.print.page-break",
        Bool,
        "true",
        "Whether each chapter of `print.html` begins on a new sheet.",
    ),
    honored(
        "output.html.redirect",
        Map,
        "",
        "Old addresses and the pages or URLs that took their place. An old address may carry a \
         `#fragment`.",
    ),
    honored(
        "output.html.search.boost-hierarchy",
        Whole(0, 255),
        "1",
        "What a match in the titles of the pages above counts, against 1.",
    ),
    honored(
        "output.html.search.boost-paragraph",
        Whole(0, 255),
        "1",
        "What a match in text counts, against 1.",
    ),
    honored(
        "output.html.search.boost-title",
        Whole(0, 255),
        "2",
        "What a match in a title counts, against 2.",
    ),
    honored(
        "output.html.search.chapter",
        Open,
        "",
        "Tables named by pages or folders; `enable = false` in one takes these pages out of the \
         search. The longest name that fits a page counts.",
    ),
    ignored(
        "output.html.search.copy-js",
        Bool,
        "true",
        "Whether search scripts are copied.",
        "the script belongs to the theme",
    ),
    honored("output.html.search.enable", Bool, "true", "Whether there is a search."),
    honored(
        "output.html.search.expand",
        Bool,
        "true",
        "Whether the last word of a query may be the beginning of a word.",
    ),
    honored(
        "output.html.search.heading-split-level",
        Whole(0, 255),
        "6",
        "The level of headings down to which sections are found on their own; 3 in mdBook.",
    ),
    honored(
        "output.html.search.limit-results",
        Whole(0, 4_294_967_295),
        "30",
        "How many pages are found at most.",
    ),
    honored(
        "output.html.search.teaser-word-count",
        Whole(0, 4_294_967_295),
        "30",
        "How many words of a result are shown.",
    ),
    ignored(
        "output.html.search.use-boolean-and",
        Bool,
        "false",
        "Whether all words must be found.",
        "pages with all words come first, and others say which word they do not have",
    ),
    ignored(
        "output.html.sidebar-header-nav",
        Bool,
        "true",
        "Whether the sidebar lists the headings of the page.",
        "the theme lists them beside the page",
    ),
    honored(
        "output.html.site-url",
        Text,
        "",
        "The path under which the site is published, where `site.base-url` is not set.",
    ),
    honored(
        "output.html.smart-punctuation",
        Bool,
        "true",
        "Whether straight quotes, `--`, `---` and `...` become typographic.",
    ),
    honored("output.html.theme", Folder, "", "As `theme.dir`, which goes first."),
    ours(
        "review.allowed-signers",
        File,
        "",
        "A file of the keys that people sign with, as `ssh-keygen` reads it. Where it is set, only \
         what is signed counts.",
    ),
    ours(
        "review.defer",
        Texts,
        "[]",
        "Who may say that a stage can wait until after the merge: roles and addresses.",
    ),
    ours(
        "review.expect-tip",
        Bool,
        "false",
        "Whether a merge is decided only where it is known which events there must be: in the clone that \
         opened the change, and where `--expect-tip` named a tip, now or earlier.",
    ),
    ours(
        "review.owners",
        Open,
        "",
        "Who answers for which files: globs, each with a list of roles and addresses. The last one \
         that fits counts, before `CODEOWNERS`, and behind `owners` in front matter.",
    ),
    ours(
        "review.policy-owners",
        Texts,
        "[]",
        "Who approves changes of rules, words, terms, theme, and of `[review]`: roles and addresses. \
         Where it is not set: those of `waive`.",
    ),
    ours(
        "review.preset",
        Choice(&super::review::PRESETS),
        "",
        "Stages to begin with: `\"docs\"` is subject expert, then developer and editor, then QA.",
    ),
    ours(
        "review.releases",
        Texts,
        "[]",
        "Names of release branches, with `*` for anything: `v*-documentation`.",
    ),
    ours(
        "review.review-every",
        Open,
        "",
        "Days after which pages are to be reviewed again: globs, each with a number of days, or `false` \
         for never. The last one that fits counts. `copydesk review due` lists what is due.",
    ),
    ours(
        "review.revoked-signers",
        File,
        "",
        "A file of keys that are not to be used any more, as `ssh-keygen -r` reads it.",
    ),
    ours(
        "review.roles",
        Open,
        "",
        "Roles, each with a list of addresses: `editor = [\"ada@example.org\"]`.",
    ),
    ours(
        "review.self-approval",
        Bool,
        "false",
        "Whether those who wrote a page, and those who opened the change, may approve it.",
    ),
    ours(
        "review.stages",
        Tables,
        "",
        "Stages: `id`, `title`, `needs`, `roles`, `people`, `owners`, `after`, `digest`, `files`, \
         `except`, and `first-response`.",
    ),
    ours(
        "review.waive",
        Texts,
        "[]",
        "Who may say that a stage is not needed, and end the holds of others: roles and addresses.",
    ),
    honored("rust.edition", Text, "", "The edition of Rust code blocks."),
    ours(
        "search.boost-code",
        Whole(0, 255),
        "1",
        "What a match in a code block counts, against 1.",
    ),
    ours("search.enable", Bool, "true", "Whether there is a search."),
    ours(
        "search.exclude",
        Texts,
        "[]",
        "Pages and folders, seen from the content folder, that search does not find.",
    ),
    ours("site.banner", Text, "", "A line of Markdown above each page."),
    ours(
        "site.base-url",
        Text,
        "",
        "Where the site is published: `https://docs.example.com/`, or only a path such as \
         `/docs/`.",
    ),
    ours(
        "site.clean-urls",
        Bool,
        "false",
        "Whether `a/b.md` becomes `a/b/` instead of `a/b.html`.",
    ),
    ours(
        "site.edit-url",
        Text,
        "",
        "The address of \"Edit this page\"; `{path}` stands for the path of the page's source, \
         seen from the folder of `book.toml`.",
    ),
    ours("site.favicon", File, "", "The icon of the site."),
    ours("site.head", File, "", "A file whose HTML goes into the head of each page."),
    ours(
        "site.image",
        File,
        "",
        "The image that other sites show beside a link to a page, unless the page names one of its \
         own. It needs a `site.base-url` with scheme and host.",
    ),
    ours(
        "site.issue-url",
        Text,
        "",
        "The address of \"Report a problem\"; `{title}` stands for the page's title, `{path}` for the \
         path of its source. Repositories on GitHub and GitLab need none; empty leaves the link out.",
    ),
    ours("site.logo", File, "", "The logo of the site."),
    ours("site.noindex", Bool, "false", "Whether search engines are asked to stay away."),
    ours(
        "site.print-parts",
        Bool,
        "false",
        "Whether a site of more than 500 pages gets a print view for each of its parts. Every page is \
         then rendered twice.",
    ),
    ours("site.repository", Text, "", "The address of the repository, for a link to it."),
    ours(
        "terms",
        Open,
        "",
        "Words of the project, each with a table: `avoid`, `expands`, `definition`, `case`. Rules \
         and the directive `glossary` read it.",
    ),
    ours("theme.accent", Text, "", "The accent color, as in CSS: `#1f55a5`."),
    ours("theme.accent-dark", Text, "", "The accent color on dark ground."),
    ours("theme.dir", Folder, "", "The folder of overrides; `theme` where it is not set."),
    ours("theme.extra", Open, "", "Settings of your own, for your own templates."),
    ours(
        "vars",
        Values,
        "",
        "Variables that pages use; their values are text, numbers, `true` or `false`.",
    ),
    ours(
        "versions.aliases",
        Map,
        "",
        "Folders that lead to a version, and its name: `latest = \"11.9\"`. `\"current\"` stands for \
         the current version.",
    ),
    ours(
        "versions.branches",
        Texts,
        "[]",
        "Patterns of branches that are published as versions, such as `v*-documentation`. `*` \
         stands for any text without `/`, and is the name of the version.",
    ),
    ours(
        "versions.current",
        Text,
        "",
        "The name of the version that readers are to read. Where it is not set: the first in \
         order that is released and maintained.",
    ),
    ours("versions.exclude", Texts, "[]", "Patterns of names of versions that are not published."),
    ours(
        "versions.hidden",
        Texts,
        "[]",
        "Patterns of names of versions that are published, but that no menu shows.",
    ),
    ours(
        "versions.layout",
        Choice(&["root", "named"]),
        "\"root\"",
        "Where the current version stands: at the root of the site, or under its name. The others \
         always stand under theirs.",
    ),
    ours(
        "versions.list",
        Texts,
        "[]",
        "Names of versions in their order, the newest first. Others follow them.",
    ),
    ours(
        "versions.names",
        Map,
        "",
        "The names of versions whose branch or tag has another name: `main = \"next\"`.",
    ),
    ours(
        "versions.noindex-old",
        Bool,
        "false",
        "Whether search engines are asked to stay away from old versions.",
    ),
    ours(
        "versions.order",
        Choice(&["semantic", "date", "list"]),
        "\"semantic\"",
        "The order of versions: by the numbers in their names, by the time of their commits, or as \
         `list` says. Where `list` is set, it counts.",
    ),
    ours(
        "versions.own-theme",
        Texts,
        "[]",
        "Patterns of names of versions that keep their own theme and look. The others have those \
         of the base branch.",
    ),
    ours(
        "versions.tags",
        Texts,
        "[]",
        "Patterns of tags that are published as versions, such as `v*`.",
    ),
    ours(
        "versions.titles",
        Map,
        "",
        "What readers see instead of the name of a version: `\"11.7\" = \"11.7 (long-term)\"`.",
    ),
    ours(
        "versions.unmaintained",
        Texts,
        "[]",
        "Patterns of names of versions that are not maintained any more.",
    ),
    ours(
        "versions.unreleased",
        Texts,
        "[]",
        "Patterns of names of versions that are not released yet. Besides these: versions before \
         the current one in order, names without a number, and prereleases such as `2.0-rc.1`.",
    ),
];

/// The key of this path.
pub fn find(path: &str) -> Option<&'static Key> {
    KEYS.binary_search_by(|key| key.path.cmp(path)).ok().and_then(|at| KEYS.get(at))
}

/// Whether keys stand below this path, so that a table is expected there.
pub(super) fn is_table(path: &str) -> bool {
    path == "preprocessor"
        || KEYS
            .iter()
            .any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The names that may stand in the table of this path; those at the top for an empty one.
pub(super) fn names_in(table: &str) -> Vec<&'static str> {
    let mut names: Vec<&str> = KEYS
        .iter()
        .filter_map(|key| match table {
            "" => Some(key.path),
            table => key.path.strip_prefix(table)?.strip_prefix('.'),
        })
        .filter_map(|rest| rest.split('.').next())
        .collect();
    if table.is_empty() {
        names.push("preprocessor");
    }
    names.dedup();
    names.sort_unstable();
    names.dedup();
    names
}

impl Kind {
    /// What is expected, as messages say it.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Text | Choice(_) => "text in quotes",
            File => "a file's path in quotes",
            Folder => "a folder's path in quotes",
            Bool => "`true` or `false`",
            Whole(..) => "a whole number",
            Texts => "a list of texts",
            Files => "a list of files",
            Map | Values | Open => "a table",
            Tables => "a list of tables",
        }
    }

    /// Its name in the manual.
    pub(super) fn name(self) -> String {
        match self {
            Text => "text".to_owned(),
            Choice(words) => {
                words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
            }
            Bool => "`true`, `false`".to_owned(),
            Whole(..) => "whole number".to_owned(),
            Texts => "list of texts".to_owned(),
            File => "file".to_owned(),
            Folder => "folder".to_owned(),
            Files => "list of files".to_owned(),
            Map => "table of texts".to_owned(),
            Values => "table of values".to_owned(),
            Open => "table".to_owned(),
            Tables => "list of tables".to_owned(),
        }
    }
}
