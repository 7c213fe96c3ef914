//! `MD042`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::LinkForm;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD042",
        severity: Severity::Error,
        summary: "a link leads nowhere",
        explanation: "Readers who follow it stay where they are.",
        examples: ("[a]()\n", "[a](https://example.org/)\n"),
    },
    aliases: &["no-empty-links"],
    tags: &["links"],
    fixes: false,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for link in page.links().iter().filter(|link| !link.image && link.form != LinkForm::Autolink) {
        let empty = match &link.target {
            Some(target) => matches!(page.get(target.clone()).trim(), "" | "#"),
            None => page.target(link).is_some_and(|target| target == "#"),
        };
        if empty {
            findings.at(link.range.clone(), "link without a target");
            findings.help("say where it leads");
        }
    }
}
