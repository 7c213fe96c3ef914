//! `MD043`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD043",
        severity: Severity::Error,
        summary: "the headings of a page are not those that are asked for",
        explanation: "Pages of one kind are easier to read where they are built alike. `*` stands for any number of headings, `+` for one or more, `?` for one. `## Name` is a heading, `%% pattern` one whose text a regular expression finds, and behind a second `^` (or `^^`, and so on) the list goes on behind the first one, as often as the page does.",
        examples: ("# B\n", "# A\n"),
    },
    aliases: &["required-headings"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "headings",
            default: ParamDefault::Texts(&[]),
            doc: "The headings with their `#`, in order.",
        },
        Param {
            name: "match_case",
            default: ParamDefault::Bool(false),
            doc: "Whether case counts.",
        },
    ],
    config: "{ \"headings\": [\"# A\"] }",
    check,
};

/// The headings may go back to a mark `^` so often.
const MOST_LOOPS: usize = 1000;

/// What stands for a heading that cannot be read, and for one behind the last.
const NO_HEADING: &str = "[None]";

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    if !params.is_set("headings") {
        return;
    }
    let readable = |text: &&str| -> bool {
        let level = text.len() - text.trim_start_matches(['#', '%']).len();
        let rest = text.get(level..).unwrap_or_default();
        ["*", "+", "?"].contains(text)
            || is_loop(text)
            || ((1..=6).contains(&level)
                && rest.starts_with(char::is_whitespace)
                && !rest.trim_start().is_empty())
    };
    let wanted = params.texts("headings");
    let wanted: Vec<&str> =
        wanted.into_iter().map(|text| if readable(&text) { text } else { NO_HEADING }).collect();
    let mut list =
        Wanted { page, wanted: &wanted, case: params.flag("match_case"), at: 0, loops: 0 };
    let mut any = false;
    for heading in page.headings() {
        let text = page.heading_text(heading);
        let actual = Actual { level: heading.level, text: &text };
        let expected = list.expected(&actual);
        if list.loops > MOST_LOOPS {
            findings.line(heading.lines.0, "the list of headings goes back too often");
            return;
        }
        match expected {
            "*" => {
                let following = list.next(true);
                if !list.matches(&actual, following) {
                    any = true;
                    list.at -= 1;
                }
            }
            "+" => any = true,
            "?" => {}
            _ if list.matches(&actual, expected) => any = false,
            _ if any => list.at -= 1,
            _ => {
                let shown = format!("{} {text}", "#".repeat(heading.level));
                findings.line(heading.lines.0, format!("heading `{shown}`"));
                findings.help(format!("`{expected}` is expected here"));
                return;
            }
        }
    }
    let left = wanted.get(list.at..).unwrap_or_default();
    if let Some(expected) = left.iter().find(|heading| **heading != "*" && !is_loop(heading)) {
        findings.line(page.lines.len() - 1, format!("there is no heading `{expected}`"));
    }
}

/// Whether an entry is a mark that the list goes back to.
fn is_loop(entry: &str) -> bool {
    !entry.is_empty() && entry.chars().all(|c| c == '^')
}

/// A heading of the page.
struct Actual<'h> {
    level: usize,
    text: &'h str,
}

/// The list of headings, and where in it the page is.
struct Wanted<'a> {
    page: &'a Page<'a>,
    wanted: &'a [&'a str],
    case: bool,
    at: usize,
    loops: usize,
}

impl<'a> Wanted<'a> {
    /// The next entry, with `heading` one that is no mark.
    fn next(&mut self, heading: bool) -> &'a str {
        loop {
            let entry = self.wanted.get(self.at).copied().unwrap_or(NO_HEADING);
            self.at += 1;
            if !heading || !is_loop(entry) {
                return entry;
            }
        }
    }

    /// What the next heading is to be: at a mark that which follows it, else that behind the same
    /// mark before.
    fn expected(&mut self, actual: &Actual<'_>) -> &'a str {
        let entry = self.next(false);
        if !is_loop(entry) {
            return entry;
        }
        let here = self.at;
        let following = self.next(true);
        if self.matches(actual, following) {
            return following;
        }
        self.loops += 1;
        let before = self.wanted.get(..here - 1).unwrap_or_default();
        match before.iter().rposition(|other| *other == entry) {
            Some(mark) => {
                self.at = mark + 1;
                self.next(false)
            }
            None => following,
        }
    }

    /// Whether a heading is one of the page: `# text`, or `% pattern`.
    fn matches(&self, actual: &Actual<'_>, expected: &str) -> bool {
        let level = expected.len() - expected.trim_start_matches(['#', '%']).len();
        let text = expected.get(level..).unwrap_or_default();
        if expected.starts_with('%') {
            let flags = if self.case { "" } else { "(?i)" };
            let pattern = self.page.patterns.get(&format!("{flags}{}", text.trim_start()));
            return level == actual.level
                && !actual.text.trim().is_empty()
                && pattern.is_some_and(|pattern| pattern.is_match(actual.text));
        }
        let written = format!("{} {}", "#".repeat(actual.level), actual.text);
        match self.case {
            true => written == expected,
            false => written.to_lowercase() == expected.to_lowercase(),
        }
    }
}
