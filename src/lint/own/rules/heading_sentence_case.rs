//! `headings/sentence-case`

use std::collections::HashSet;

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "headings/sentence-case",
        severity: Severity::Advice,
        summary: "a heading is not in sentence case",
        explanation: "In sentence case only the first word and names begin with a capital. It is easier to read and easier to keep consistent than title case. Names are learned from `[terms]`, from the option `names`, and from the page: a word that is always capitalized within sentences is a name.",
        examples: ("## Set Up Your Workspace\n", "## Set up your workspace\n"),
    },
    presets: &["style"],
    options: &[OptionSpec {
        name: "names",
        default: OptionDefault::Texts(&[
            "English",
            "Linux",
            "Windows",
            "Docker",
            "Kubernetes",
            "Android",
            "Git",
            "Google",
            "Microsoft",
            "Apple",
            "Amazon",
            "Azure",
            "Python",
            "Java",
            "Rust",
            "Node",
            "Firefox",
            "Chrome",
            "Safari",
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "January",
            "February",
            "March",
            "April",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
            "Markdown",
            "Unicode",
            "Debian",
            "Ubuntu",
            "Slack",
            "Jira",
        ]),
        doc: "Words that are names, beside those of `[terms]`.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    let mut names: Option<HashSet<String>> = None;
    for text in page.texts.iter().filter(|text| text.kind == Kind::Heading) {
        let mut wrong = Vec::new();
        let mut begins = true;
        for word in text.words() {
            let written = text.get(word.range.clone());
            let mut chars = written.chars();
            let capital = chars.next().is_some_and(char::is_uppercase);
            let plain = chars.clone().all(|c| c.is_lowercase() || c == '-' || c == '\'');
            // `CamelCase`, `HTTP`, `v2` are names; so is a single letter.
            let judged = capital && plain && chars.next().is_some();
            if judged && !begins && !options.lists("names", written) {
                let names = names.get_or_insert_with(|| learned(page));
                if !names.contains(written) && !page.terms.proper.contains(written) {
                    wrong.push(word.range.clone());
                }
            }
            let rest = text.str().get(word.range.end..).unwrap_or_default();
            begins = rest.starts_with([':', '.', '?', '!', '–', '—'])
                || rest.trim_start().starts_with(['–', '—', '(', '"', '“', '-', '/']);
            // A number or a step before the first word.
            begins |= written.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '*');
        }
        // One capital may be a name that nothing else tells of.
        if wrong.len() >= 2
            && let (Some(first), Some(last)) = (wrong.first(), wrong.last())
        {
            let found: Vec<String> =
                wrong.iter().map(|word| format!("`{}`", text.get(word.clone()))).collect();
            let message = format!("{} are capitalized in this heading", found.join(", "));
            findings.text(text, first.start..last.end, message);
            findings.help("write only the first word and names with a capital");
        }
    }
}

/// Words that are capitalized wherever they stand within a sentence of the page.
fn learned(page: &Page<'_>) -> HashSet<String> {
    let (mut upper, mut lower) = (HashSet::new(), HashSet::new());
    for text in page.texts.iter().filter(|text| matches!(text.kind, Kind::Body | Kind::List)) {
        let starts: HashSet<usize> = text.sentences().iter().map(|s| s.start).collect();
        for word in text.words() {
            let written = text.get(word.range.clone());
            if written.starts_with(char::is_lowercase) {
                lower.insert(word.lower.to_string());
            } else if written.starts_with(char::is_uppercase) && !starts.contains(&word.range.start)
            {
                upper.insert(written.to_owned());
            }
        }
    }
    upper.retain(|word| !lower.contains(&word.to_lowercase()));
    upper
}
