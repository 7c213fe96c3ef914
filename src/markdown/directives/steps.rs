//! `steps`: an ordered list that is shown as a procedure.

use super::{DirectiveKind, LabelUse, Markup};

/// `steps`
pub static STEPS: DirectiveKind = DirectiveKind {
    name: "steps",
    summary: "the items of the ordered list in it are shown as steps",
    label: LabelUse::None,
    attributes: &[],
    parent: None,
    example: "\
:::steps
1. Open a terminal.
2. Run `copydesk build`.
:::
",
    markup: Markup {
        open: |opening, out| {
            opening.start("div", "steps", "", out);
            out.push('\n');
        },
        label: ("", ""),
        label_last: false,
        close: "</div>\n",
    },
};
