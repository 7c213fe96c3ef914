//! The image that stands for a page where somebody links to it elsewhere.

use crate::base::{Diagnostic, SourcePath, Span, decode_percent, is_external, nearest};

use super::codes::MISSING_CARD;
use super::model::{Page, Site};

/// The image that front matter names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardImage {
    /// One with an address of its own.
    External(String),
    /// A file of the content.
    File(SourcePath),
}

/// How many names a "did you mean" compares at most.
const MOST_NAMES: usize = 10_000;

impl Site {
    /// The image that the front matter of a page names: an address, a file seen from the page, or,
    /// from `/` on, one seen from the content folder.
    ///
    /// # Errors
    /// Where there is no such file.
    pub fn card_image(&self, page: &Page) -> Result<Option<CardImage>, Box<Diagnostic>> {
        let Some(set) = &page.outline.front_matter.image else { return Ok(None) };
        let written = set.value.trim();
        if written.is_empty() {
            return Ok(None);
        }
        if is_external(written) {
            return Ok(Some(CardImage::External(written.to_owned())));
        }
        let decoded = decode_percent(written);
        let path = match decoded.strip_prefix('/') {
            Some(below) => self.content.join(below),
            None => page.source.parent().join(&decoded),
        };
        if let Ok(path) = &path
            && self.asset_path(path).is_some()
        {
            return Ok(Some(CardImage::File(path.clone())));
        }
        let place = set.span.clone().unwrap_or_else(|| Span::start_of(page.source.clone()));
        let near = path.ok().and_then(|path| {
            let beside = |asset: &&super::Asset| asset.source.parent() == path.parent();
            let names = self.assets.iter().filter(beside).map(|asset| asset.source.file_name());
            nearest(path.file_name(), names.take(MOST_NAMES)).map(str::to_owned)
        });
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write the path of an image as seen from the page, or from the content folder \
                     with `/` in front"
                .to_owned(),
        };
        let message = format!("there is no image `{written}`");
        Err(Box::new(Diagnostic::new(&MISSING_CARD, message).at(place).help(help)))
    }
}
