//! `glossary`: the words of the project with what they mean. What stands in it comes from
//! `[terms]`, before the page is parsed; see `parse/glossary.rs`.

use super::{DirectiveKind, LabelUse, Markup};

/// `glossary`
pub static GLOSSARY: DirectiveKind = DirectiveKind {
    name: "glossary",
    summary: "lists the words of `[terms]` that have a definition or a long form, behind what is \
              written in it",
    label: LabelUse::None,
    attributes: &[],
    parent: None,
    example: "\
:::glossary
:::
",
    markup: Markup {
        open: |opening, out| {
            opening.start("div", "glossary", "", out);
            out.push('\n');
        },
        label: ("", ""),
        label_last: false,
        close: "</div>\n",
    },
};
