//! `details`: content that unfolds.

use super::{AttributeKind, DirectiveKind, LabelUse, Markup};
use crate::markdown::render::escape_text;

/// `details`
pub static DETAILS: DirectiveKind = DirectiveKind {
    name: "details",
    summary: "content that unfolds; its label is what is always seen",
    label: LabelUse::Optional,
    attributes: &[AttributeKind {
        key: "open",
        summary: "unfolded from the start",
        values: &["", "true", "false"],
    }],
    parent: None,
    example: "\
:::details[How it works]{open}
The long explanation.
:::
",
    markup: Markup {
        open: |opening, out| {
            let open = match opening.directive.attributes.get("open") {
                None | Some("false") => "",
                Some(_) => " open=\"\"",
            };
            opening.start("details", "details", open, out);
            out.push('\n');
            // Without a summary the browser would invent one, in its own language.
            if !opening.has_label {
                out.push_str("<summary>");
                escape_text(out, &opening.words.details);
                out.push_str("</summary>\n");
            }
        },
        label: ("<summary>", "</summary>\n"),
        label_last: false,
        close: "</details>\n",
    },
};
