//! Where a text is not prose: found by a pass of the parser of its own, for what has to be known
//! before the text is parsed for good.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Ranges in order, which do not overlap.
#[derive(Debug, Default)]
pub struct Ranges(Vec<Range<usize>>);

impl Ranges {
    /// Adds a range; they come in order of their starts.
    pub fn push(&mut self, range: Range<usize>) {
        match self.0.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => self.0.push(range),
        }
    }

    /// The range that holds a position.
    pub fn find(&self, at: usize) -> Option<&Range<usize>> {
        let index = self.0.partition_point(|range| range.end <= at);
        self.0.get(index).filter(|range| range.start <= at)
    }

    /// Whether a position lies in one of the ranges.
    pub fn contain(&self, at: usize) -> bool {
        self.find(at).is_some()
    }
}

/// What [`find`] finds.
#[derive(Debug, Default)]
pub struct Opaque {
    /// Code blocks, code spans and math.
    pub code: Ranges,
    /// Blocks of raw HTML.
    pub html: Ranges,
}

/// Finds what is not prose.
pub fn find(text: &str, options: Options) -> Opaque {
    let mut opaque = Opaque::default();
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_))
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => opaque.code.push(range),
            Event::End(TagEnd::HtmlBlock) => opaque.html.push(range),
            _ => {}
        }
    }
    opaque
}
