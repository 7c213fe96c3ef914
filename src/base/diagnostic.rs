//! Problems as data: one type for config errors, build warnings and lint findings.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Span;

/// How much a problem matters. The order is the order of gravity: advice is least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never fails a command by itself, not even with `--strict`.
    Advice,
    /// Probably wrong; fails with `--strict`.
    Warning,
    /// Wrong: what is published is broken at this place.
    Error,
}

impl Severity {
    /// The word that reports print.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One kind of problem, declared once as a `static` in the room that finds it and listed in
/// that room's `CODES`. `copydesk explain` and the manual's list of diagnostics come from here.
#[derive(Debug)]
pub struct Code {
    /// The stable name, `area/problem`.
    pub id: &'static str,
    /// How grave an occurrence is unless the finder says otherwise.
    pub severity: Severity,
    /// One line: what is wrong. Lower case, no final full stop.
    pub summary: &'static str,
    /// Why it matters and what to do about it, in Markdown: a few sentences for a writer.
    pub explanation: &'static str,
    /// An example that causes it, and the same put right. Either may be empty where a
    /// fragment of a file cannot show it.
    pub examples: (&'static str, &'static str),
}

/// A place in a source file, with an optional word about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there; empty where the message of the diagnostic says it.
    pub text: String,
}

/// Whether a [`Fix`] may be applied unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Keeps the meaning of the document; applied by `--fix`.
    Safe,
    /// Right more often than not; applied only on request.
    Suggested,
}

/// Replace the bytes of `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A change of source files that resolves a diagnostic. It is only described here;
/// commands apply it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fix {
    /// What the fix does, as an imperative: "write `../a.md`".
    pub title: String,
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
    /// Edits that do not overlap, in order of position.
    pub edits: Vec<Edit>,
}

/// What a rule of another tool says about its finding and we have no word for. Report formats of
/// that tool hand it through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Foreign {
    /// The name of its remedy (`replace`, `edit`), empty where there is none.
    pub action: String,
    /// What the remedy takes.
    pub parameters: Vec<String>,
    /// Why the message means something.
    pub description: String,
}

/// A problem in the user's files.
///
/// The message is lower case, names the thing in backticks and has no final full stop;
/// `help` says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The first label is the place of the problem; the others explain it. Empty where a
    /// problem has no place, as that of an environment variable.
    pub labels: Vec<Label>,
    /// The stable code, `area/problem`; foreign rules keep their own name.
    pub code: Cow<'static, str>,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// How to mend it, where that is known.
    pub fix: Option<Fix>,
    /// Where more can be read, as a URL.
    pub docs: Option<String>,
    /// What a rule of another tool says beside.
    pub foreign: Option<Box<Foreign>>,
}

impl Diagnostic {
    /// A diagnostic of a declared code, with that code's severity and no place yet.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Diagnostic {
            labels: Vec::new(),
            code: Cow::Borrowed(code.id),
            severity: code.severity,
            message: message.into(),
            help: None,
            fix: None,
            docs: None,
            foreign: None,
        }
    }

    /// Adds a place; the first one added is where the problem is.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.label(span, "")
    }

    /// Adds a place with a word about it.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the way to mend it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Changes the severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Where the problem is, if it has a place.
    pub fn span(&self) -> Option<&Span> {
        self.labels.first().map(|label| &label.span)
    }
}
