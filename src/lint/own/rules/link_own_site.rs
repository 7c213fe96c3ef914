//! `links/own-site`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "links/own-site",
        severity: Severity::Advice,
        summary: "a link leads to the published site by its whole address",
        explanation: "Such a link leaves the preview, and the version that a reader is in, and nobody checks whether the page is there. Write the path to the file instead: it is checked, and follows the page when that moves. What the site's own address is, `site.base-url` says; without it, nothing is looked for.",
        examples: ("", ""),
    },
    presets: &["strict"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let Some(own) = page.whole.site else { return };
    for link in &page.document.links {
        let dest = link.dest.get(..own.len()).filter(|dest| dest.eq_ignore_ascii_case(own));
        if dest.is_none() || !link.dest.get(own.len()..).is_some_and(ends) {
            continue;
        }
        let range = link.dest_range.as_ref().unwrap_or(&link.range);
        let range = range.start as usize..range.end as usize;
        findings.at(range, format!("`{}` is a page of this site", link.dest));
        findings.help("write the path to its file, such as `../guide.md`");
    }
}

/// Whether an address can go on so behind that of the site.
fn ends(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', '?', '#'])
}
