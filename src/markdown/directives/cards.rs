//! `cards` and `card`: a grid of short pointers to other pages.

use super::{DirectiveKind, LabelUse, Markup};

const EXAMPLE: &str = "\
::::cards
:::card[[Install](install.md)]
Get Copydesk onto your machine.
:::
:::card[[First site](first-site.md)]
From an empty folder to a page.
:::
::::
";

/// `cards`
pub static CARDS: DirectiveKind = DirectiveKind {
    name: "cards",
    summary: "a grid of cards",
    label: LabelUse::None,
    attributes: &[],
    parent: None,
    example: EXAMPLE,
    markup: Markup {
        open: |opening, out| {
            opening.start("div", "cards", "", out);
            out.push('\n');
        },
        label: ("", ""),
        label_last: false,
        close: "</div>\n",
    },
};

/// `card`. The title of a card that leads somewhere is a link; the theme stretches it over the
/// card, so that screen readers hear the title and not the whole card as the link's name.
pub static CARD: DirectiveKind = DirectiveKind {
    name: "card",
    summary: "a card: its label is the title, a link in it makes the card a link",
    label: LabelUse::Required,
    attributes: &[],
    parent: Some("cards"),
    example: EXAMPLE,
    markup: Markup {
        open: |opening, out| {
            opening.start("div", "card", "", out);
            out.push('\n');
        },
        label: ("<p class=\"card-title\">", "</p>\n"),
        label_last: false,
        close: "</div>\n",
    },
};
