//! `headings/repeated`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::Heading;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "headings/repeated",
        severity: Severity::Warning,
        summary: "two headings of one section are the same",
        explanation: "Headings with the same text below the same heading cannot be told apart in the table of contents, in search results and in links: the second gets an id such as `example-1`, which changes when somebody inserts another. Say what is special about each.",
        examples: (
            "## Example\n\nOne.\n\n## Example\n\nTwo.\n",
            "## Example on Linux\n\nOne.\n\n## Example on macOS\n\nTwo.\n",
        ),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    // The headings that are open, each with those seen below it.
    let mut open: Vec<(u8, Vec<&Heading>)> = vec![(0, Vec::new())];
    for heading in page.outline() {
        while open.len() > 1 && open.last().is_some_and(|(level, _)| *level >= heading.level) {
            open.pop();
        }
        let text = heading.text.trim().to_lowercase();
        if let Some((_, siblings)) = open.last_mut() {
            let same = |other: &&&Heading| {
                other.level == heading.level && other.text.trim().to_lowercase() == text
            };
            if let Some(first) = siblings.iter().find(same).filter(|_| !text.is_empty()) {
                let range = heading.range.start as usize..heading.range.end as usize;
                let shown = heading.text.trim();
                findings.at(range, format!("there is another heading `{shown}` in this section"));
                findings.help("say in each what it is about");
                findings.label(&first.range, "the first one");
            }
            siblings.push(heading);
        }
        open.push((heading.level, Vec::new()));
    }
}
