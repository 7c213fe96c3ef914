//! `headings/several-titles`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "headings/several-titles",
        severity: Severity::Warning,
        summary: "a page has more than one heading of the first level",
        explanation: "The heading of the first level is the title of the page; search engines and screen readers expect one. Where front matter has a `title`, that is shown as the title already. Use `##` for sections.",
        examples: ("# Install\n\n# Configure\n", "# Install\n\n## Configure\n"),
    },
    presets: &["strict"],
    options: &[OptionSpec {
        name: "front-matter",
        default: OptionDefault::Bool(false),
        doc: "Whether a `title` in front matter counts as the title.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    let mut titles = page.outline().into_iter().filter(|heading| heading.level == 1);
    let by_front_matter = options.flag("front-matter") && page.title.is_some();
    let first = if by_front_matter { None } else { titles.next() };
    for heading in titles {
        let range = heading.range.start as usize..heading.range.end as usize;
        findings.at(range, "this page has a title already");
        findings.help("write it with `##`");
        if let Some(first) = first {
            findings.label(&first.range, "the title");
        }
    }
}
