//! `MD003`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Heading;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD003",
        severity: Severity::Error,
        summary: "headings are written in different styles",
        explanation: "A heading begins with `#`, has `#` on both sides, or is underlined. One style throughout a page is easier to read and to search for.",
        examples: ("# A #\n\n## B\n", "# A\n\n## B\n"),
    },
    aliases: &["heading-style"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&[
            "consistent",
            "atx",
            "atx_closed",
            "setext",
            "setext_with_atx",
            "setext_with_atx_closed",
        ]),
        doc: "The style; `consistent` is that of the first heading.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let style = |heading: &Heading| match heading.setext {
        true => "setext",
        false if page.atx(heading).close > 0 => "atx_closed",
        false => "atx",
    };
    let mut wanted = params.text("style");
    for heading in page.headings() {
        let actual = style(heading);
        if wanted == "consistent" {
            wanted = actual;
        }
        let mixed = |other: &str| match heading.level {
            1 | 2 => actual == "setext",
            _ => actual == other,
        };
        let fine = match wanted {
            "setext_with_atx" => mixed("atx"),
            "setext_with_atx_closed" => mixed("atx_closed"),
            _ => actual == wanted,
        };
        if !fine {
            findings.line(heading.lines.0, format!("heading of style `{actual}`"));
            findings.help(format!("write it in style `{wanted}`"));
        }
    }
}
