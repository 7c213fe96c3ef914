//! `MD054`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::LinkForm;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD054",
        severity: Severity::Error,
        summary: "a link or an image is written in a way that is not agreed on",
        explanation: "All ways are allowed unless the configuration says otherwise.",
        examples: ("https: <https://example.org/>\n", "[site](https://example.org/)\n"),
    },
    aliases: &["link-image-style"],
    tags: &["images", "links"],
    fixes: true,
    suggested: true,
    params: &[
        Param {
            name: "autolink",
            default: ParamDefault::Bool(true),
            doc: "Whether `<https://example.org/>` is allowed.",
        },
        Param {
            name: "collapsed",
            default: ParamDefault::Bool(true),
            doc: "Whether `[label][]` is allowed.",
        },
        Param {
            name: "full",
            default: ParamDefault::Bool(true),
            doc: "Whether `[text][label]` is allowed.",
        },
        Param {
            name: "inline",
            default: ParamDefault::Bool(true),
            doc: "Whether `[text](target)` is allowed.",
        },
        Param {
            name: "shortcut",
            default: ParamDefault::Bool(true),
            doc: "Whether `[label]` is allowed.",
        },
        Param {
            name: "url_inline",
            default: ParamDefault::Bool(true),
            doc: "Whether `[https://example.org/](https://example.org/)` is allowed.",
        },
    ],
    config: "{ \"autolink\": false }",
    check,
};

/// Whether a target is an address that can stand between `<` and `>`.
fn is_address(target: &str) -> bool {
    let Some((scheme, rest)) = target.split_once(':') else { return false };
    let letters = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters)
        && !rest.is_empty()
        && !target.contains([' ', '<', '>'])
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let (inline, auto, url_inline) =
        (params.flag("inline"), params.flag("autolink"), params.flag("url_inline"));
    let all = ["inline", "autolink", "url_inline", "full", "collapsed", "shortcut"];
    if all.iter().all(|name| params.flag(name)) {
        return;
    }
    for link in page.links() {
        let label = page.get(link.label.clone());
        let target = match &link.target {
            Some(target) => page.get(target.clone()).to_owned(),
            None => page.target(link).unwrap_or_default(),
        };
        let label_fits = matches!(link.form, LinkForm::Inline | LinkForm::Autolink)
            || link.reference.is_some()
            || label.trim().len() == label.len();
        if target.trim().is_empty() || !label_fits {
            continue;
        }
        let linkable = is_address(&target);
        let wrong = match link.form {
            LinkForm::Autolink => !auto,
            LinkForm::Inline => {
                !inline
                    || (!url_inline
                        && auto
                        && !link.image
                        && !link.titled
                        && label == target
                        && linkable)
            }
            LinkForm::Full => !params.flag("full"),
            LinkForm::Collapsed => !params.flag("collapsed"),
            LinkForm::Shortcut => !params.flag("shortcut"),
        };
        if !wrong {
            continue;
        }
        let line = page.line_of(link.range.start);
        let single = line == page.line_of(link.range.end);
        let what = if link.image { "an image" } else { "a link" };
        let message = format!("{what} that is written so is not allowed");
        if !single {
            findings.line(line, message);
            continue;
        }
        findings.at(link.range.clone(), message);
        let can_auto = auto && !link.image && linkable;
        if inline && !label.is_empty() && (url_inline || !can_auto) {
            let mark = if link.image { "!" } else { "" };
            let text = label.replace('[', "\\[").replace(']', "\\]");
            let target = target.replace('(', "\\(").replace(')', "\\)");
            findings.replace(link.range.clone(), format!("{mark}[{text}]({target})"));
        } else if can_auto {
            findings.replace(link.range.clone(), format!("<{target}>"));
        }
    }
}
