//! `tabs` and `tab`: alternatives of which a reader needs one.
//!
//! Rendered as sections one below the other, each with its label, which is what a reader without
//! JavaScript and a printer get. The theme's script makes tabs of them and adds the roles.

use super::{AttributeKind, DirectiveKind, LabelUse, Markup};
use crate::markdown::render::escape_attribute;

const EXAMPLE: &str = "\
::::tabs{sync=os}
:::tab[Linux]
Run `./install.sh`.
:::
:::tab[macOS]
Open `Install.pkg`.
:::
::::
";

/// `tabs`
pub static TABS: DirectiveKind = DirectiveKind {
    name: "tabs",
    summary: "alternatives, one seen at a time",
    label: LabelUse::None,
    attributes: &[AttributeKind {
        key: "sync",
        summary: "tabs of the same name switch together, on all pages",
        values: &[],
    }],
    parent: None,
    example: EXAMPLE,
    markup: Markup {
        open: |opening, out| {
            let mut sync = String::new();
            if let Some(name) = opening.directive.attributes.get("sync") {
                sync.push_str(" data-sync=\"");
                escape_attribute(&mut sync, name);
                sync.push('"');
            }
            opening.start("div", "tabs", &sync, out);
            out.push('\n');
        },
        label: ("", ""),
        label_last: false,
        close: "</div>\n",
    },
};

/// `tab`
pub static TAB: DirectiveKind = DirectiveKind {
    name: "tab",
    summary: "one of the alternatives; its label is the word on the tab",
    label: LabelUse::Required,
    attributes: &[],
    parent: Some("tabs"),
    example: EXAMPLE,
    markup: Markup {
        open: |opening, out| {
            opening.start("section", "tab", "", out);
            out.push('\n');
        },
        // No heading: the label must not show up in the page's outline, where it would stand
        // beside real sections.
        label: ("<p class=\"tab-label\">", "</p>\n"),
        label_last: false,
        close: "</section>\n",
    },
};
