//! `terms/acronym`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "terms/acronym",
        severity: Severity::Warning,
        summary: "an acronym is not explained where it is used first",
        explanation: "A reader who comes from a search does not know your acronyms. Where `[terms]` says what one `expands` to, the page spells it out at the first use, before or behind the acronym.",
        examples: ("", ""),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for (acronym, long) in &page.terms.acronyms {
        let prose = |kind| matches!(kind, Kind::Body | Kind::List | Kind::Quote);
        let mut known = false;
        for text in page.texts.iter().filter(|text| prose(text.kind)) {
            let first = text.words().iter().find(|word| text.get(word.range.clone()) == acronym);
            known |= text.str().to_lowercase().contains(&long.to_lowercase());
            if known {
                break;
            }
            if let Some(word) = first {
                let message = format!("`{acronym}` is not explained where it is used first");
                findings.text(text, word.range.clone(), message);
                findings.help(format!("write `{long} ({acronym})`"));
                break;
            }
        }
    }
}
