//! The marks of emphasis.

use super::findings::Findings;
use super::page::Page;
use crate::markdown::FormKind;

/// Reports marks of emphasis of another style; `width` is how long a mark is.
pub(super) fn emphasis(
    page: &Page<'_>,
    style: &str,
    kind: FormKind,
    width: usize,
    findings: &mut Findings<'_>,
) {
    let mut style = style;
    for (_, node) in page.of_kind(|other| other == kind) {
        let range = node.range.clone();
        let star = page.get(range.clone()).starts_with('*');
        let actual = if star { "asterisk" } else { "underscore" };
        if style == "consistent" {
            style = actual;
        }
        if actual == style {
            continue;
        }
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let before = page.get(0..range.start).chars().next_back();
        let after = page.get(range.end..page.text.len()).chars().next();
        if style == "underscore" && (word(before) || word(after)) {
            continue;
        }
        let mark = if style == "asterisk" { "*" } else { "_" }.repeat(width);
        let marks = [range.start..range.start + width, range.end - width..range.end];
        for place in &marks {
            findings.at(place.clone(), format!("mark of style `{actual}`"));
            findings.help(format!("write it in style `{style}`"));
            // One mark without the other would be no emphasis.
            for place in &marks {
                findings.replace(place.clone(), mark.clone());
            }
        }
    }
}
