//! `figure`: an image, table or listing with a caption.

use super::{DirectiveKind, LabelUse, Markup};

/// `figure`
pub static FIGURE: DirectiveKind = DirectiveKind {
    name: "figure",
    summary: "an image, table or listing with a caption: its label",
    label: LabelUse::Optional,
    attributes: &[],
    parent: None,
    example: "\
:::figure[Requests per second, before and after]{#throughput}
![A chart: 1,200 before, 4,800 after](throughput.svg)
:::
",
    markup: Markup {
        open: |opening, out| {
            opening.start("figure", "figure", "", out);
            out.push('\n');
        },
        label: ("<figcaption>", "</figcaption>\n"),
        label_last: true,
        close: "</figure>\n",
    },
};
