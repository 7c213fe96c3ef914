//! A document becomes the HTML of a page's body.
//!
//! Plain Markdown comes out as the CommonMark reference implementations write it, with these
//! additions, which themes and scripts may rely on:
//!
//! | what | how it is written |
//! |---|---|
//! | heading | `<h2 id="x">Text<a class="anchor" href="#x" aria-label="Permalink"></a></h2>` |
//! | code | `<div class="code"><pre><code class="language-x">...</code></pre></div>`; with a title `<figure class="code"><figcaption>...</figcaption><pre>...</pre></figure>`; more in `code.rs` |
//! | table | `<div class="table">` around it; cells have the classes `left`, `center`, `right` |
//! | task | `<li class="task"><input disabled="" type="checkbox" aria-label="To do"/>` |
//! | footnote | `<sup class="footnote-ref"><a ...>1</a></sup>`, and `<section class="footnotes">` at the end |
//! | alert | `<div class="alert note" role="note"><p class="alert-title">Note</p>...</div>` |
//! | term | `<dt id="x">` |
//! | image | `loading`, `decoding`, and `width` and `height` where known |
//! | link that leads nowhere | `class="broken"` and a `title` |
//! | link to a word of the glossary | `class="term"`, and what it means in `data-about` |
//! | math | MathML in `<span class="math">` and `<span class="math display">`; what cannot be read in `<code>` with the same classes |
//! | file that could not be parsed | `<p class="unparsed-note">` and `<pre class="unparsed">` |
//! | directives | see [`super::directives`] |
//!
//! There is never an inline style, script or event handler that the author did not write.

mod code;
mod escape;
mod footnotes;
mod plain;
mod raw_html;
mod sanitize;
#[cfg(test)]
mod tests;
mod words;
mod writer;

use std::sync::Arc;

use super::{Document, Target};
use crate::config::{RawHtml, Settings};

pub use code::{code_blocks, source_of};
pub use escape::{escape_attribute, escape_text};
pub use plain::{description, text_of};
pub use words::Words;

/// What finds the highlighted HTML of some code: language and code. None for code that is
/// shown plain.
pub type Highlighter<'a> = dyn Fn(&str, &str) -> Option<Arc<str>> + 'a;

/// What rendering is given.
pub struct RenderInput<'a> {
    /// The document.
    pub doc: &'a Document,
    /// Where each of [`Document::links`] leads. May be shorter: a link without a target keeps
    /// its destination as written.
    pub targets: &'a [Target],
    /// Where highlighted code comes from; [`crate::markdown::highlight::highlight`] where
    /// nothing is kept.
    pub highlight: &'a Highlighter<'a>,
    /// The settings of the site.
    pub settings: &'a Settings,
    /// What every id of the page begins with, and every link that is written as `#fragment`:
    /// for pages that hold several documents. Other links stay as `targets` says. Empty for a
    /// page of its own.
    pub id_prefix: &'a str,
    /// The words of the interface.
    pub words: &'a Words,
}

impl std::fmt::Debug for RenderInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenderInput")
            .field("doc", &self.doc.source)
            .field("id_prefix", &self.id_prefix)
            .finish_non_exhaustive()
    }
}

/// The most that is shown of a file that could not be parsed.
const UNPARSED_BYTES: usize = 1 << 20;

/// The HTML of a document.
pub fn render(input: &RenderInput<'_>) -> String {
    if input.doc.unparsed {
        return unparsed(input);
    }
    let html = writer::write(input);
    match input.settings.markdown.html {
        RawHtml::Allow | RawHtml::Escape => html,
        // The whole body, not piece by piece: an element may be split over several pieces, and
        // what a piece means depends on those around it.
        RawHtml::Sanitize => sanitize::sanitize(&html),
    }
}

fn unparsed(input: &RenderInput<'_>) -> String {
    let text = input.doc.text.as_str();
    let shown = text.get(..text.floor_char_boundary(UNPARSED_BYTES)).unwrap_or(text);
    let mut out = String::with_capacity(shown.len() + 256);
    let note = |out: &mut String, words: &str| {
        out.push_str("<p class=\"unparsed-note\" role=\"note\">");
        escape_text(out, words);
        out.push_str("</p>\n");
    };
    note(&mut out, &input.words.unparsed);
    out.push_str("<pre class=\"unparsed\" tabindex=\"0\">");
    // A line break right behind `<pre>` is dropped by browsers.
    if shown.starts_with('\n') {
        out.push('\n');
    }
    escape_text(&mut out, shown);
    out.push_str("</pre>\n");
    if shown.len() < text.len() {
        note(&mut out, &input.words.unparsed_cut);
    }
    out
}
