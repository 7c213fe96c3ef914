//! The problems that `book.toml` can have.

use crate::base::{Code, Severity};

/// Every code of this room, sorted by id.
pub static CODES: &[&Code] =
    &[&BAD_VALUE, &PREPROCESSOR, &RENDERER, &SYNTAX, &UNKNOWN_KEY, &UNSUPPORTED_KEY, &WRONG_TYPE];

/// `config/bad-value`
pub static BAD_VALUE: Code = Code {
    id: "config/bad-value",
    severity: Severity::Error,
    summary: "a setting has a value that it cannot have",
    explanation: "The value is of the right kind, but not one that this setting can take: a path \
that leads out of the repository, an address without a scheme, a word that is none of the \
choices.\n\nNothing is built while such an error stands, because a site built from a guess could \
be published at the wrong address or without a protection that was asked for.",
    examples: (
        "[site]\nbase-url = \"docs.example.com\"\n",
        "[site]\nbase-url = \"https://docs.example.com/\"\n",
    ),
};

/// `config/preprocessor`
pub static PREPROCESSOR: Code = Code {
    id: "config/preprocessor",
    severity: Severity::Warning,
    summary: "an mdBook preprocessor is named, and preprocessors are not run",
    explanation: "mdBook preprocessors are programs that rewrite pages before they are rendered. \
Copydesk never runs a program that a repository names, so that a stranger's branch can be built \
safely. What the preprocessor adds is missing from the pages; the message says what that is and, \
where Copydesk has the feature built in, what to write instead.\n\n`[preprocessor.links]` and \
`[preprocessor.index]` are built in and need no attention. With `optional = true` in the table \
the message is only advice: use that to keep a `book.toml` that mdBook builds too.",
    examples: (
        "[preprocessor.mermaid]\ncommand = \"mdbook-mermaid\"\n",
        "[preprocessor.mermaid]\ncommand = \"mdbook-mermaid\"\noptional = true\n",
    ),
};

/// `config/renderer`
pub static RENDERER: Code = Code {
    id: "config/renderer",
    severity: Severity::Warning,
    summary: "an mdBook renderer is named, and renderers are not run",
    explanation: "Tables `[output.NAME]` other than `[output.html]` ask mdBook to run a program \
that makes another output: a PDF, an EPUB, a report on links. Copydesk never runs a program that \
a repository names. The output is not made; the message says what there is instead.\n\nWith \
`optional = true` in the table the message is only advice.",
    examples: ("[output.epub]\n", "[output.epub]\noptional = true\n"),
};

/// `config/syntax`
pub static SYNTAX: Code = Code {
    id: "config/syntax",
    severity: Severity::Error,
    summary: "`book.toml` is not valid TOML",
    explanation: "The file cannot be read, so nothing is built and nothing that was built before \
is touched. The most frequent causes: a text without quotes, a quote that is not closed, a key \
or a table that is written twice, a Windows path with single backslashes in double quotes.",
    examples: ("[book]\ntitle = Handbook\n", "[book]\ntitle = \"Handbook\"\n"),
};

/// `config/unknown-key`
pub static UNKNOWN_KEY: Code = Code {
    id: "config/unknown-key",
    severity: Severity::Warning,
    summary: "a key of `book.toml` or of the environment is not known",
    explanation: "Nothing reads this key, so what it was meant to change stays as it was. Mostly \
it is a typing error, or the key stands in the wrong table. The reference of `book.toml` lists \
every key, mdBook's included.\n\nTables of other tools (`[preprocessor.NAME]`, `[output.NAME]`) \
are not checked.",
    examples: ("[book]\ntitel = \"Handbook\"\n", "[book]\ntitle = \"Handbook\"\n"),
};

/// `config/unsupported-key`
pub static UNSUPPORTED_KEY: Code = Code {
    id: "config/unsupported-key",
    severity: Severity::Warning,
    summary: "an mdBook setting asks for something that Copydesk does not do",
    explanation: "The key is one of mdBook's and is accepted, but what it does there is not done \
here, and readers of the site would notice. The message says what is missing. Keys of mdBook \
that make no difference to readers are passed over in silence; the reference of `book.toml` \
lists them all.",
    examples: (
        "[output.html]\ngoogle-analytics = \"UA-123456-7\"\n",
        "[site]\nhead = \"analytics.html\"\n",
    ),
};

/// `config/wrong-type`
pub static WRONG_TYPE: Code = Code {
    id: "config/wrong-type",
    severity: Severity::Error,
    summary: "a setting has a value of the wrong kind",
    explanation: "TOML tells kinds of values apart: text stands in quotes, `true`, `false` and \
numbers do not, a list stands in `[ ]`. The setting needs another kind than the one that is \
written. Nothing is built while such an error stands.",
    examples: ("[rust]\nedition = 2024\n", "[rust]\nedition = \"2024\"\n"),
};
