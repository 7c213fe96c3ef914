//! `front-matter/review-due`

use crate::base::{Code, Severity};
use crate::history::is_day;
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::{ValueKind, WrittenFrontMatter};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "front-matter/review-due",
        severity: Severity::Warning,
        summary: "the day by which a page was to be reviewed is over",
        explanation: "Front matter says with `review_by` until when somebody answers for the page. After that day nobody knows whether it is still right. Read the page, correct it, and write the day of the next review.",
        examples: (
            "---\ntitle: Install\nreview_by: 2020-01-31\n---\n\nText.\n",
            "---\ntitle: Install\nreview_by: 2099-01-31\n---\n\nText.\n",
        ),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    const KEY: &str = "review_by";
    // Most pages do not have it, and front matter need not be read for that.
    if memchr::memmem::find(page.whole.text.text.as_bytes(), KEY.as_bytes()).is_none() {
        return;
    }
    let Some(front_matter) = page.front_matter() else { return };
    let Some((_, value)) = front_matter.value.get(KEY) else { return };
    let at = front_matter.placed(&value.range);
    match &value.kind {
        ValueKind::Null => {}
        ValueKind::Text(day) if is_day(day) => {
            findings.whole(at, format!("the page was to be reviewed by {day}"));
            let owners = owners(front_matter);
            findings.help(match owners.as_str() {
                "" => "read it, correct it, and write the day of the next review".to_owned(),
                owners => format!("ask {owners} to read it, and write the day of the next review"),
            });
            findings.only_after(day);
        }
        _ => {
            findings.whole(at, "`review_by` is no date");
            findings.help("write it as `2027-01-31`");
        }
    }
}

fn owners(front_matter: &WrittenFrontMatter) -> String {
    let value = front_matter.value.get("owners").map(|(_, value)| &value.kind);
    let text = |kind: &ValueKind| match kind {
        ValueKind::Text(text) => Some(format!("`{text}`")),
        _ => None,
    };
    let names: Vec<String> = match value {
        Some(ValueKind::List(items)) => items.iter().filter_map(|item| text(&item.kind)).collect(),
        Some(kind) => text(kind).into_iter().collect(),
        None => Vec::new(),
    };
    names.join(", ")
}
