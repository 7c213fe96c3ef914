//! Comments that say why a finding is right to be there:
//! `<!-- copydesk-ignore style/passive: quoted from the standard (until 2027-01-01) -->`.
//!
//! A comment on lines of its own is about the block that follows, one inside a block about that
//! block; `copydesk-ignore-file` is about the whole file. It names rules and gives a reason.
//!
//! What is suppressed is taken out after findings were made, or taken from the cache: a comment that
//! expires changes nothing that is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::blocks::SETTINGS;
use super::codes;
use super::engine::Dated;
use super::formats::{Format, format};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::history::is_day;
use crate::markdown::{Document, NodeKind, decode, front_matter_texts, parse_body};

/// The word that such a comment begins with.
const WORD: &str = "copydesk-ignore";

/// A comment that suppresses findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The comment.
    pub span: Span,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// The last day on which it holds, as `2027-01-01`.
    pub until: Option<String>,
    /// The bytes of the file that it is about; none where that is the file.
    pub covers: Option<Range<usize>>,
    /// What is wrong with it, where it can be read only in part: it then suppresses nothing.
    pub wrong: Option<String>,
    /// Those of its rules that will find something once a day has come.
    pub awaits: Vec<String>,
}

/// Notes which comments are about findings that are none yet: they are not in vain.
pub(super) fn await_dated(suppressions: &mut [Suppression], dated: &[Dated]) {
    for Dated { diagnostic, .. } in dated {
        let Some(span) = diagnostic.span() else { continue };
        let about = suppressions.iter_mut().filter(|one| covers(one, span.start));
        for suppression in about {
            if suppression.rules.iter().any(|rule| *rule == diagnostic.code) {
                suppression.awaits.push(diagnostic.code.to_string());
            }
        }
    }
}

/// The suppressions in the bytes of a file, in order. Only Markdown has some.
pub fn suppressions(path: &SourcePath, bytes: &[u8]) -> Vec<Suppression> {
    let markdown =
        format(path.extension().unwrap_or_default(), &BTreeMap::new()) == Format::Markdown;
    if !markdown || memchr::memmem::find(bytes, WORD.as_bytes()).is_none() {
        return Vec::new();
    }
    let whole = decode(path, bytes, &mut Vec::new());
    let (_, start) = front_matter_texts(&whole, &mut Vec::new());
    let (document, _) = parse_body(whole.slice(start..whole.text.len()), &SETTINGS);
    let nodes = Nodes::new(&document);
    let mut found = Vec::new();
    for comment in comments(&document.text) {
        let Some(about) = nodes.about(&document, &comment) else { continue };
        let text = document.text.get(comment.content.clone()).unwrap_or_default();
        let span = document.span(&narrow(&comment.range));
        let (rules, until, wrong) = match read(text) {
            Ok((rules, until)) => (rules, until, None),
            Err((rules, why)) => (rules, None, Some(why)),
        };
        let covers = (!comment.file).then(|| document.span(&narrow(&about)).range());
        found.push(Suppression { span, rules, until, covers, wrong, awaits: Vec::new() });
    }
    found
}

fn narrow(range: &Range<usize>) -> Range<u32> {
    let to = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    to(range.start)..to(range.end)
}

/// A comment in the text of a document.
struct Comment {
    /// With its marks.
    range: Range<usize>,
    /// Behind the word.
    content: Range<usize>,
    /// Whether it is about the file.
    file: bool,
}

/// The comments that begin with the word: those of HTML and those of MDX.
fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(WORD) {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let marks = [("<!--", "-->"), ("{/*", "*/}")];
        let Some((open, close)) = marks.iter().find(|(open, _)| before.ends_with(open)) else {
            continue;
        };
        let rest = text.get(at + WORD.len()..).unwrap_or_default();
        let Some(end) = rest.find(close) else { continue };
        let said = rest.get(..end).unwrap_or_default();
        let (file, said) = match said.strip_prefix("-file") {
            Some(said) => (true, said),
            None => (false, said),
        };
        // Another word that begins so is not ours.
        if !said.is_empty() && !said.starts_with(char::is_whitespace) {
            continue;
        }
        let stop = at + WORD.len() + end;
        found.push(Comment {
            range: before.len() - open.len()..stop + close.len(),
            content: stop - said.len()..stop,
            file,
        });
    }
    found
}

type Wrong = (Vec<String>, String);

/// Reads `RULE, RULE: reason (until 2027-01-01)`.
fn read(text: &str) -> Result<(Vec<String>, Option<String>), Wrong> {
    let text = text.trim();
    let (rules, reason) = match text.split_once(": ").or_else(|| text.split_once(":\n")) {
        Some((rules, reason)) => (rules, reason.trim()),
        None => (text.trim_end_matches(':'), ""),
    };
    let rules: Vec<String> =
        rules.split([',', ' ', '\n']).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
    if rules.is_empty() {
        return Err((rules, "names no rule".to_owned()));
    }
    let mut reason = reason;
    let mut until = None;
    if let Some(open) = reason.rfind("(until ")
        && let Some(inner) = reason.get(open..).and_then(|rest| rest.strip_suffix(')'))
    {
        let date = inner.get("(until ".len()..).unwrap_or_default().trim();
        if !is_day(date) {
            return Err((rules, format!("ends on `{date}`, which is no date")));
        }
        until = Some(date.to_owned());
        reason = reason.get(..open).unwrap_or_default().trim();
    }
    if reason.is_empty() {
        return Err((rules, "gives no reason".to_owned()));
    }
    Ok((rules, until))
}

/// The nodes of a document that can hold a comment or follow one.
struct Nodes {
    /// The node that each lies in.
    parents: Vec<Option<usize>>,
}

impl Nodes {
    fn new(document: &Document) -> Nodes {
        let mut open: Vec<usize> = Vec::new();
        let mut parents = Vec::with_capacity(document.nodes.len());
        for id in 0..document.nodes.len() {
            let ended =
                |at: &usize| document.nodes.get(*at).is_none_or(|node| node.end as usize <= id);
            while open.last().is_some_and(ended) {
                open.pop();
            }
            parents.push(open.last().copied());
            open.push(id);
        }
        Nodes { parents }
    }

    /// What a comment is about; none where it is code and no comment.
    fn about(&self, document: &Document, comment: &Comment) -> Option<Range<usize>> {
        let range = |id: usize| {
            let node = document.nodes.get(id);
            node.map_or(0..0, |node| node.range.start as usize..node.range.end as usize)
        };
        let kind = |id: usize| document.nodes.get(id).map(|node| &node.kind);
        let holds = |id: &usize| {
            let range = range(*id);
            range.start <= comment.range.start && comment.range.start < range.end
        };
        // The last one in preorder that holds it is the innermost one.
        let mut at = (0..document.nodes.len()).rev().find(holds)?;
        loop {
            match kind(at)? {
                NodeKind::CodeBlock(_) | NodeKind::Code(_) | NodeKind::Math(..) => return None,
                NodeKind::HtmlBlock => return Some(self.following(document, at)),
                NodeKind::Paragraph => {
                    let whole = document.text.get(range(at)).unwrap_or_default();
                    let said = document.text.get(comment.range.clone()).unwrap_or_default();
                    return Some(match whole.trim() == said {
                        true => self.following(document, at),
                        false => range(at),
                    });
                }
                NodeKind::Heading(_)
                | NodeKind::Item(_)
                | NodeKind::TableHead
                | NodeKind::TableRow
                | NodeKind::DefinitionTerm(_)
                | NodeKind::DefinitionDetails
                | NodeKind::DirectiveLabel => return Some(range(at)),
                _ => at = self.parents.get(at).copied().flatten()?,
            }
        }
    }

    /// A block with the one behind it, past other comments of ours.
    fn following(&self, document: &Document, at: usize) -> Range<usize> {
        let node = |id: usize| document.nodes.get(id);
        let Some(first) = node(at) else { return 0..0 };
        let parent = self.parents.get(at).copied().flatten();
        let mut range = first.range.start as usize..first.range.end as usize;
        let mut next = first.end as usize;
        while let Some(later) =
            node(next).filter(|_| self.parents.get(next).copied().flatten() == parent)
        {
            range.end = (later.range.end as usize).max(range.end);
            let text = document.text.get(later.range.start as usize..later.range.end as usize);
            let text = text.unwrap_or_default().trim();
            let comment =
                comments(text).first().is_some_and(|comment| comment.range == (0..text.len()));
            if !comment {
                break;
            }
            next = (later.end as usize).max(next + 1);
        }
        range
    }
}

/// What is found and what suppresses it.
#[derive(Debug)]
pub struct SuppressInput<'a> {
    /// The suppressions of each file.
    pub suppressions: &'a BTreeMap<SourcePath, Vec<Suppression>>,
    /// The day, as `2026-11-25`.
    pub today: &'a str,
}

/// Takes suppressed findings out, and tells of suppressions that are wrong, have expired, or
/// suppress nothing. `ran` says whether a rule has looked at a file: of others nobody knows whether
/// they would find something.
pub fn suppress(
    input: &SuppressInput<'_>,
    findings: &mut Vec<Diagnostic>,
    ran: &dyn Fn(&str, &SourcePath) -> bool,
) {
    if input.suppressions.is_empty() {
        return;
    }
    // By file: the suppressions that hold, and which of their rules have had something to do.
    let mut used: BTreeSet<(&SourcePath, usize, usize)> = BTreeSet::new();
    let holds = |suppression: &Suppression| {
        let over = suppression.until.as_deref().is_some_and(|until| until < input.today);
        suppression.wrong.is_none() && !over
    };
    findings.retain_mut(|finding| {
        let Some(span) = finding.span().cloned() else { return true };
        let Some((file, all)) = input.suppressions.get_key_value(&span.file) else { return true };
        let mut keep = true;
        for (at, suppression) in all.iter().enumerate().filter(|(_, one)| holds(one)) {
            let Some(rule) = suppression.rules.iter().position(|rule| *rule == finding.code) else {
                continue;
            };
            if covers(suppression, span.start) {
                used.insert((file, at, rule));
                keep = false;
            } else if finding.fix.as_ref().is_some_and(|fix| {
                let touches = |at: usize, end: usize| match &suppression.covers {
                    Some(range) => at < range.end && end > range.start,
                    None => true,
                };
                let mut edits = fix.edits.iter().filter(|edit| edit.span.file == span.file);
                edits.any(|edit| touches(edit.span.start, edit.span.end))
            }) {
                // A fix beside must not reach into what is suppressed.
                finding.fix = None;
            }
        }
        keep
    });
    for (file, all) in input.suppressions {
        for (at, suppression) in all.iter().enumerate() {
            let idle = |(rule, name): &(usize, &String)| {
                let awaits = suppression.awaits.contains(*name);
                !used.contains(&(file, at, *rule)) && !awaits && ran(name, file)
            };
            let idle = suppression.rules.iter().enumerate().filter(idle);
            let idle: Vec<String> = idle.map(|(_, name)| format!("`{name}`")).collect();
            let said = match (&suppression.wrong, &suppression.until) {
                (Some(why), _) => Diagnostic::new(&codes::BAD_IGNORE, format!("the comment {why}"))
                    .help(
                        "write `copydesk-ignore RULE: reason`, and `(until 2027-01-01)` behind \
                           the reason where it is to end",
                    ),
                (None, Some(until)) if !holds(suppression) => {
                    let message = format!("the comment held until {until}");
                    let help = "mend what it is about, or give it another date";
                    Diagnostic::new(&codes::EXPIRED_IGNORE, message).help(help)
                }
                _ if idle.is_empty() => continue,
                _ => {
                    let message = format!("there is nothing to ignore of {}", idle.join(", "));
                    let help = match idle.len() == suppression.rules.len() {
                        true => "remove the comment",
                        false => "take the name out of the comment",
                    };
                    Diagnostic::new(&codes::UNUSED_IGNORE, message).help(help)
                }
            };
            findings.push(said.at(suppression.span.clone()));
        }
    }
}

fn covers(suppression: &Suppression, at: usize) -> bool {
    suppression
        .covers
        .as_ref()
        .is_none_or(|range| range.start <= at && at < range.end.max(range.start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn found(text: &str) -> Vec<Suppression> {
        suppressions(&path("a.md"), text.as_bytes())
    }

    /// The texts that comments are about.
    fn covered(text: &str) -> Vec<String> {
        let covers = |one: Suppression| match one.covers {
            Some(range) => text[range].trim().to_owned(),
            None => "FILE".to_owned(),
        };
        found(text).into_iter().map(covers).collect()
    }

    #[test]
    fn a_comment_is_about_its_block_or_the_next_one() {
        let one = "<!-- copydesk-ignore a/b: why -->";
        let own = |text: &str| text.replace("ONE", one);
        for (text, about) in [
            ("ONE\n\ntext\nmore\n\nother\n", "ONE\n\ntext\nmore"),
            ("ONE\ntext\n\nother\n", "ONE\ntext"),
            ("x\n\nONE\n\n- a\n- b\n\nother\n", "ONE\n\n- a\n- b"),
            ("x\n\ntext ONE more\nlines\n\nother\n", "text ONE more\nlines"),
            ("# A ONE\n\ntext\n", "# A ONE"),
            ("- a\n- b ONE\n- c\n", "- b ONE"),
            ("| a |\n|---|\n| b ONE |\n| c |\n", "| b ONE |"),
            ("x\n\nONE\n", "ONE"),
        ] {
            assert_eq!(covered(&own(text)), [own(about)], "{text}");
        }
        let stacked = own("ONE\n\nONE\n\ntext\n\nother\n");
        assert_eq!(covered(&stacked), [own("ONE\n\nONE\n\ntext"), own("ONE\n\ntext")]);
        assert_eq!(covered("a\n\n<!-- copydesk-ignore-file a/b: why -->\n"), ["FILE"]);
        assert_eq!(covered("{/* copydesk-ignore a/b: why */}\n\ntext\n\nother\n").len(), 1);
        let code = own("```\nONE\n```\n\n`ONE`\n\n    ONE\n");
        assert!(covered(&code).is_empty());
        assert!(
            covered("<!-- copydesk-ignored a/b: why -->\n\n<!-- copydesk-ignore a\n").is_empty()
        );
    }

    #[test]
    fn a_comment_names_rules_and_gives_a_reason() {
        let read = |text: &str| {
            let all = found(&format!("<!-- copydesk-ignore {text} -->\n\nx\n"));
            let one = &all[0];
            let (rules, until) = (one.rules.join(" "), one.until.clone().unwrap_or_default());
            (rules, until, one.wrong.clone().unwrap_or_default())
        };
        let is = |rules: &str, until: &str, wrong: &str| {
            (rules.to_owned(), until.to_owned(), wrong.to_owned())
        };
        assert_eq!(read("a/b: because: so"), is("a/b", "", ""));
        assert_eq!(
            read("a/b, Google.We: because (until 2027-02-28)"),
            is("a/b Google.We", "2027-02-28", "")
        );
        assert_eq!(read("a/b:\n  because"), is("a/b", "", ""));
        assert_eq!(read("a/b"), is("a/b", "", "gives no reason"));
        assert_eq!(read("a/b: (until 2027-01-01)").2, "gives no reason");
        assert_eq!(read("a/b: x (until 2027-02-29)").2, "ends on `2027-02-29`, which is no date");
        assert_eq!(read("a/b: x (until spring)").2, "ends on `spring`, which is no date");
        assert_eq!(read(": x").2, "names no rule");
        assert_eq!(read("").2, "names no rule");
    }

    fn left(text: &str, today: &str) -> Vec<String> {
        let mut findings: Vec<Diagnostic> = text
            .match_indices(" pump")
            .map(|(at, _)| {
                let mut pump = Diagnostic::new(&codes::BAD_GLOB, "pump");
                pump.code = "a/pump".into();
                pump.at(Span::new(path("a.md"), at + 1..at + 5))
            })
            .collect();
        let all = BTreeMap::from([(path("a.md"), found(text))]);
        let input = SuppressInput { suppressions: &all, today };
        suppress(&input, &mut findings, &|rule, _| rule == "a/pump");
        findings
            .into_iter()
            .map(|finding| format!("{} {}", finding.code, finding.message))
            .collect()
    }

    #[test]
    fn findings_are_suppressed_for_as_long_as_is_said() {
        let text = "<!-- copydesk-ignore a/pump: so (until 2027-01-01) -->\na pump\n\na pump\n";
        assert_eq!(left(text, "2027-01-01"), ["a/pump pump"]);
        assert_eq!(
            left(text, "2027-01-02"),
            ["a/pump pump", "a/pump pump", "lint/expired-ignore the comment held until 2027-01-01"]
        );
        let text = "<!-- copydesk-ignore a/pump -->\na pump\n";
        assert_eq!(left(text, ""), ["a/pump pump", "lint/bad-ignore the comment gives no reason"]);
    }

    #[test]
    fn what_suppresses_nothing_is_told() {
        let text = "<!-- copydesk-ignore a/pump, a/other: so -->\na valve\n";
        let told = ["lint/unused-ignore there is nothing to ignore of `a/pump`"];
        assert_eq!(left(text, ""), told, "the other rule has not run");
        let text = "<!-- copydesk-ignore-file a/pump: so -->\na pump\n\na pump\n";
        assert!(left(text, "").is_empty());
    }
}
