//! `MD053`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::lint::markdownlint::references::normalized;
use crate::markdown::FormKind;
use crate::markdown::LinkForm;
use std::collections::HashSet;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD053",
        severity: Severity::Error,
        summary: "a definition is not used, or there are two of a label",
        explanation: "It is not shown, so that nobody notices when it goes wrong. Of two definitions of one label, only the first one counts.",
        examples: ("a\n\n[b]: https://example.org/\n", "[a][b]\n\n[b]: https://example.org/\n"),
    },
    aliases: &["link-image-reference-definitions"],
    tags: &["images", "links"],
    fixes: true,
    suggested: true,
    params: &[Param {
        name: "ignored_definitions",
        default: ParamDefault::Texts(&["//"]),
        doc: "Labels that are left alone.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let defined = page.defined();
    if defined.is_empty() {
        return;
    }
    let ignored: Vec<String> =
        params.texts("ignored_definitions").iter().map(|one| normalized(one)).collect();
    let mut used: HashSet<String> = HashSet::new();
    for link in page.links() {
        let label = link.reference.clone().unwrap_or_else(|| link.label.clone());
        if !matches!(link.form, LinkForm::Inline | LinkForm::Autolink) {
            used.insert(normalized(&page.label(label)));
        }
    }
    used.extend(page.form.undefined.iter().map(|one| normalized(&one.label)));
    for (_, node) in page.of_kind(|kind| kind == FormKind::FootnoteReference) {
        used.insert(normalized(page.get(node.range.clone()).trim_matches(['[', ']'])));
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for one in defined {
        if ignored.contains(&one.label) {
            continue;
        }
        let message = if !seen.insert(&one.label) {
            format!("`{}` is defined before", one.label)
        } else if !used.contains(&one.label) {
            format!("the definition of `{}` is not used", one.label)
        } else {
            continue;
        };
        let line = page.line_range(one.line);
        findings.at(line.clone(), message);
        let behind = page.get(line).split_once("]:").map_or("", |(_, rest)| rest);
        if !behind.trim().is_empty() {
            findings.delete_line(one.line);
        }
    }
}
