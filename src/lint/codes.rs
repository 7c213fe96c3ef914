//! The problems that loading rules and running them can have. Findings of rules keep the names of
//! their rules.

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
    EXTERNAL_BROKEN,
    "external/broken",
    Warning,
    "what a page links to on another site is not there",
    "The server answers that there is nothing, or leads on in a circle. `copydesk lint --external` asks \
     for the head of what is there first, and for the whole where a server does not like that. \
     Places within a page are not looked for.",
    "See [the manual](https://example.com/no-such-page).",
    "See [the manual](https://example.com/manual)."
);
code!(
    EXTERNAL_MOVED,
    "external/moved",
    Advice,
    "what a page links to on another site has moved for good",
    "The server answers with 301 or 308 and the new address. Old addresses are led on from for some \
     years and then no more. What is elsewhere for now only (302, 307) is not told.",
    "See [the manual](http://example.com/manual).",
    "See [the manual](https://example.com/manual)."
);
code!(
    EXTERNAL_REFUSED,
    "external/refused",
    Advice,
    "a server does not say whether what a page links to is there",
    "Some servers answer a program with 401, 403, or 429 whatever it asks for. Look yourself, and \
     name the address in `external-ignore` below `[lint]`, so that it is not asked for again.",
    "See [the paper](https://example.com/for-members).",
    "[lint]\nexternal-ignore = [\"https://example.com/*\"]"
);
code!(
    EXTERNAL_UNREACHABLE,
    "external/unreachable",
    Warning,
    "the server of another site cannot be reached",
    "There is no such host, it does not answer in time, its certificate is not valid, or it answers with \
     an error of its own three times in a row. It may be there again tomorrow.",
    "See [the manual](https://exmaple.com/).",
    "See [the manual](https://example.com/)."
);
code!(
    BAD_GLOB,
    "lint/bad-glob",
    Error,
    "a glob of `[lint]` cannot be read",
    "`exclude` and the `files` of `[[lint.paths]]` hold globs, seen from the folder of \
     `book.toml`: `*` stands for any characters, `**` for any folders, `{a,b}` for either.",
    "[lint]\nexclude = [\"drafts/{a\"]",
    "[lint]\nexclude = [\"drafts/{a,b}/**\"]"
);
code!(
    BAD_IGNORE,
    "lint/bad-ignore",
    Warning,
    "a comment that is to ignore findings cannot be read",
    "`copydesk-ignore` names the rules that it is about, and gives a reason behind a colon: whoever \
     reads the page later must know why a finding was right to stay. A date in parentheses at the \
     end says how long it holds. Until the comment can be read, it ignores nothing.",
    "<!-- copydesk-ignore style/passive -->\nThe request is answered.",
    "<!-- copydesk-ignore style/passive: quoted from the standard (until 2027-01-01) -->\nThe request is answered."
);
code!(
    BAD_MARKDOWNLINT,
    "lint/bad-markdownlint",
    Error,
    "a configuration of markdownlint cannot be read",
    "`.markdownlint.json`, `.markdownlint-cli2.yaml`, and their kin hold a table of rules, in JSON with \
     comments or YAML. `extends` names another such file of the repository.",
    "{ \"default\": true, \"MD013\": }",
    "{ \"default\": true, \"MD013\": false }"
);
code!(
    BAD_OPTION,
    "lint/bad-option",
    Error,
    "an option of a rule is not known or of the wrong kind",
    "The reference of rules lists the options of each rule with their defaults. The value must be \
     of the kind of the default.",
    "[lint.rules]\n\"style/long-sentence\" = { words = \"40\" }",
    "[lint.rules]\n\"style/long-sentence\" = { words = 40 }"
);
code!(
    BAD_SCHEMA,
    "lint/bad-schema",
    Error,
    "a schema for front matter cannot be used",
    "What `[[lint.front-matter]]` and the file that `schema` names say is JSON Schema, from draft 4 to \
     2020-12. A keyword that is misspelled, a pattern that cannot be read, or a `$ref` that leads \
     nowhere would silently check less than it looks like. Nothing is fetched: every `$ref` leads \
     within its file. Keywords that begin with `x-` are left alone.",
    "[[lint.front-matter]]\nrequried = [\"title\"]",
    "[[lint.front-matter]]\nrequired = [\"title\"]"
);
code!(
    CHANGED_RULES,
    "lint/changed-rules",
    Advice,
    "the branch changes what the rules are made of",
    "`--since` and `--staged` check both sides with the rules of your working tree, so that a rule \
     that you switch on does not make every old finding a new one. It follows that a rule that the \
     branch switches off reports nothing on the branch. Whoever reviews the branch should look at \
     this change.",
    "",
    ""
);
code!(
    EXPIRED_IGNORE,
    "lint/expired-ignore",
    Warning,
    "a comment that ignored findings has expired",
    "The comment said until when a finding was to be ignored, and that day is over. The finding is \
     reported again. Mend the text, or agree on another date.",
    "<!-- copydesk-ignore style/passive: the old release (until 2020-01-01) -->",
    "<!-- copydesk-ignore style/passive: the old release (until 2099-01-01) -->"
);
code!(
    IDLE_MARKDOWNLINT,
    "lint/idle-markdownlint",
    Warning,
    "a line of a configuration of markdownlint has no effect",
    "It names a rule, a parameter or an option that does not exist, sets one to what it cannot be, or asks \
     for code in JavaScript to be run, which Copydesk never does.",
    "{ \"MD013\": { \"length\": 100 } }",
    "{ \"MD013\": { \"line_length\": 100 } }"
);
code!(
    MISSING_SCHEMA,
    "lint/missing-schema",
    Error,
    "a schema for front matter is not there",
    "`schema` in `[[lint.front-matter]]` names a file of the repository, seen from the folder of \
     `book.toml`.",
    "[[lint.front-matter]]\nschema = \"schemas/pgae.json\"",
    "[[lint.front-matter]]\nschema = \"schemas/page.json\""
);
code!(
    UNKNOWN_PRESET,
    "lint/unknown-preset",
    Error,
    "`extends` names something that is no preset",
    "`extends` lists what the rules begin with: presets of Copydesk, `vale` for the rules of \
     `.vale.ini`, and `markdownlint` for those of a configuration of markdownlint. Single rules are switched in `[lint.rules]`.",
    "[lint]\nextends = [\"defaults\"]",
    "[lint]\nextends = [\"default\"]"
);
code!(
    UNKNOWN_RULE,
    "lint/unknown-rule",
    Error,
    "`[lint]` names a rule that does not exist",
    "A misspelled name would silently leave the rule as it is. `copydesk rules` lists all rules.",
    "[lint.rules]\n\"headings/jump\" = \"error\"",
    "[lint.rules]\n\"headings/level-jump\" = \"error\""
);
code!(
    GROWN_BASELINE,
    "lint/grown-baseline",
    Error,
    "the branch adds to the baseline",
    "The baseline lists findings that were there when the rules came. It only gets shorter, as they \
     are mended. Entries that a branch adds would hide findings that the branch made: mend those, \
     or say in the page why they are right, with `copydesk-ignore`.",
    "",
    ""
);
code!(
    PATTERN_STOPPED,
    "lint/pattern-stopped",
    Warning,
    "a pattern took too long and was stopped",
    "Patterns with look-around or back-references are tried by going back and forth in the text. \
     Some of them do that without end, as `(?:(a+)\\1?)+b` does on many `a` without a `b`. Such a pattern \
     is stopped, and the rule reports nothing for this block of text. Write the pattern so that \
     its repetitions cannot match the same text in several ways.",
    "tokens:\n  - '(?:(\\w+)\\1?)+!'",
    "tokens:\n  - '\\w+!'"
);
code!(
    STALE_BASELINE,
    "lint/stale-baseline",
    Advice,
    "the baseline lists findings that are gone",
    "Somebody mended them. As long as the entries stay, the same findings could come back and nobody \
     would be told. `copydesk lint baseline` takes them out.",
    "",
    ""
);
code!(
    UNUSED_IGNORE,
    "lint/unused-ignore",
    Warning,
    "a comment ignores nothing",
    "The rule that the comment names has looked at the page and reports nothing in the block that \
     the comment is about. Most often the text was mended. A comment that stays would hide the \
     next finding there.",
    "<!-- copydesk-ignore style/passive: quoted -->\nThe server answers.",
    "The server answers."
);
code!(
    UNREAD_FORMAT,
    "lint/unread-format",
    Advice,
    "a file is of a format that is not linted",
    "The linter reads Markdown, HTML and plain text. Other markup, such as AsciiDoc and \
     reStructuredText, and comments in program code are left out, even where a section of \
     `.vale.ini` names them.",
    "",
    ""
);
code!(
    CONFIG,
    "vale/config",
    Error,
    "`.vale.ini` cannot be used",
    "A key stands where it does not belong, a value means nothing, or a line cannot be read. \
     Nothing is linted until that is mended, because it is not clear which rules are wanted.",
    "[*.md]\nMinAlertLevel = warning",
    "MinAlertLevel = warning\n\n[*.md]\nBasedOnStyles = House"
);
code!(
    DICTIONARY,
    "vale/dictionary",
    Error,
    "a dictionary cannot be read",
    "A spelling rule names Hunspell dictionaries: a pair of files `name.dic` and `name.aff`, in \
     `dicpath` or in `config/dictionaries` of the styles folder. One of them is missing or damaged.",
    "",
    ""
);
code!(
    EXTENDS,
    "vale/extends",
    Error,
    "a rule cannot build on another rule",
    "`extends: Style.Rule` begins with what that rule says. The rule must stand in the styles \
     folder, and rules must not extend one another in a circle. `key+` and `key-` add to its lists \
     and take from them; what is taken must be there.",
    "extends: House.Missing",
    "extends: House.Terms\nswap+:\n  e-mail: email"
);
code!(
    NOT_RUN,
    "vale/not-run",
    Advice,
    "a rule of this kind is not run",
    "Rules that extend `script` or `sequence` need a script language or a tagger of parts of \
     speech. They are read, but not run. Everything else of their style is.",
    "",
    ""
);
code!(
    PACKAGE,
    "vale/package",
    Error,
    "a package cannot be installed",
    "`copydesk lint sync` installs what `Packages` names: a folder or a zip archive of the repository, \
     the URL of an archive, or a name of Vale's public list. Archives are checked before they are \
     unpacked: no links, no paths that lead out, no more than 10,000 files or 128 MiB. Nothing is \
     written outside of the repository.",
    "Packages = http://a.example/House.zip",
    "StylesPath = styles\nPackages = https://a.example/House.zip"
);
code!(
    PATTERN,
    "vale/pattern",
    Error,
    "a pattern of a rule cannot be read",
    "Patterns are regular expressions in the dialect of Vale: that of Go, with look-around, \
     back-references and atomic groups. A bracket that is meant as itself needs a backslash.",
    "tokens:\n  - 'call(s'",
    "tokens:\n  - 'call\\(s'"
);
code!(
    RULE,
    "vale/rule",
    Error,
    "a rule file cannot be used",
    "A rule is a YAML file that says at least which check it extends and what its message is. \
     Keys that the check does not know are mistakes, because a rule with a misspelled key would \
     silently do something else.",
    "extends: existence\nmessage: \"Avoid '%s'.\"\nignore_case: true\ntokens: [simply]",
    "extends: existence\nmessage: \"Avoid '%s'.\"\nignorecase: true\ntokens: [simply]"
);
code!(
    STYLE,
    "vale/style",
    Error,
    "a style or its folder does not exist",
    "`StylesPath` names the folder of styles, seen from `.vale.ini`. Each name in \
     `BasedOnStyles` is a folder in it. Styles of packages are put there by `copydesk lint sync`.",
    "StylesPath = styles\n\n[*.md]\nBasedOnStyles = Hose",
    "StylesPath = styles\n\n[*.md]\nBasedOnStyles = House"
);
code!(
    UNSUPPORTED,
    "vale/unsupported",
    Advice,
    "a setting of Vale has no effect here",
    "Views, XML transforms and other programs (`NLPEndpoint`, `Transform`, `View`, the \
     `asciidoctor` section) are not supported. The key is read and left alone.",
    "",
    ""
);
code!(
    VOCABULARY,
    "vale/vocabulary",
    Error,
    "a vocabulary does not exist",
    "Each name in `Vocab` is a folder in `config/vocabularies` of the styles folder that holds \
     `accept.txt`, `reject.txt`, or both.",
    "Vocab = Produkt",
    "Vocab = Product"
);

/// The codes, sorted.
pub static CODES: &[&Code] = &[
    &EXTERNAL_BROKEN,
    &EXTERNAL_MOVED,
    &EXTERNAL_REFUSED,
    &EXTERNAL_UNREACHABLE,
    &BAD_GLOB,
    &BAD_IGNORE,
    &BAD_MARKDOWNLINT,
    &BAD_OPTION,
    &BAD_SCHEMA,
    &CHANGED_RULES,
    &EXPIRED_IGNORE,
    &GROWN_BASELINE,
    &IDLE_MARKDOWNLINT,
    &MISSING_SCHEMA,
    &PATTERN_STOPPED,
    &STALE_BASELINE,
    &UNKNOWN_PRESET,
    &UNKNOWN_RULE,
    &UNREAD_FORMAT,
    &UNUSED_IGNORE,
    &CONFIG,
    &DICTIONARY,
    &EXTENDS,
    &NOT_RUN,
    &PACKAGE,
    &PATTERN,
    &RULE,
    &STYLE,
    &UNSUPPORTED,
    &VOCABULARY,
];
