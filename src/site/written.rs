//! The links of a page as they are written: all that resolving them needs of its document. They can
//! be kept without it, so that they are resolved in another state of the site, or in another
//! version, while the page is not parsed again.

use serde::{Deserialize, Serialize};

use crate::base::Span;
use crate::markdown::{Document, Link, LinkKind};

/// The links of a document, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WrittenLinks(Vec<Kept>);

/// A link, with what its document says of its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    kind: LinkKind,
    dest: String,
    /// Where the destination is written; the whole link where it has no place of its own.
    span: Span,
    /// The link; none where it is its destination.
    whole: Option<Span>,
    start: Option<usize>,
}

impl WrittenLinks {
    /// The destinations, as they are written.
    pub fn destinations(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|link| link.dest.as_str())
    }

    /// The links of a document.
    pub fn of(document: &Document) -> WrittenLinks {
        let of = Links::Document(document);
        let links = document.links.iter().enumerate().map(|(at, link)| {
            let (span, whole) = (of.span(at), of.whole(at));
            Kept {
                kind: link.kind,
                dest: link.dest.clone(),
                whole: (whole != span).then_some(whole),
                span,
                start: of.start(at),
            }
        });
        WrittenLinks(links.collect())
    }
}

/// A link that is to be resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    /// Its position among the links of the page.
    pub(super) at: usize,
    pub(super) kind: LinkKind,
    pub(super) dest: &'a str,
}

/// The links of a page, with their document or without it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Links<'a> {
    Document(&'a Document),
    Kept(&'a WrittenLinks),
}

impl<'a> Links<'a> {
    pub(super) fn all(self) -> Vec<Written<'a>> {
        let of_document = |(at, link): (usize, &'a Link)| Written {
            at,
            kind: link.kind,
            dest: link.dest.as_str(),
        };
        let kept = |(at, link): (usize, &'a Kept)| Written {
            at,
            kind: link.kind,
            dest: link.dest.as_str(),
        };
        match self {
            Links::Document(document) => {
                document.links.iter().enumerate().map(of_document).collect()
            }
            Links::Kept(links) => links.0.iter().enumerate().map(kept).collect(),
        }
    }

    /// Where a link's destination is written; the whole link where it has no place of its own.
    pub(super) fn span(self, at: usize) -> Span {
        match self {
            Links::Document(document) => match document.links.get(at) {
                Some(link) => document.span(link.dest_range.as_ref().unwrap_or(&link.range)),
                None => Span::start_of(document.source.clone()),
            },
            Links::Kept(links) => links.0.get(at).map_or_else(nowhere, |link| link.span.clone()),
        }
    }

    /// Where a whole link is written.
    pub(super) fn whole(self, at: usize) -> Span {
        match self {
            Links::Document(document) => match document.links.get(at) {
                Some(link) => document.span(&link.range),
                None => Span::start_of(document.source.clone()),
            },
            Links::Kept(links) => links.0.get(at).map_or_else(nowhere, |link| {
                link.whole.clone().unwrap_or_else(|| link.span.clone())
            }),
        }
    }

    /// The first byte of a link's destination in the page's own file, where it is written there
    /// exactly as it was understood.
    pub(super) fn start(self, at: usize) -> Option<usize> {
        match self {
            Links::Document(document) => {
                let link = document.links.get(at)?;
                let range = link.dest_range.as_ref()?;
                let range = range.start as usize..range.end as usize;
                if document.text.get(range.clone())? != link.dest
                    || !document.pieces.is_verbatim(range.clone())
                {
                    return None;
                }
                let span = document.pieces.span(range)?;
                (span.file == document.source).then_some(span.start)
            }
            Links::Kept(links) => links.0.get(at)?.start,
        }
    }
}

/// The place of a link that does not exist.
fn nowhere() -> Span {
    Span::start_of(crate::base::SourcePath::root())
}
