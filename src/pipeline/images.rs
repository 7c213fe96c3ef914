//! The sizes of a site's images, so that pages keep their layout while images load.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::base::SourcePath;
use crate::source::Source;

/// Width and height of images in CSS pixels.
#[derive(Debug, Default)]
pub struct ImageSizes {
    sizes: HashMap<SourcePath, (u32, u32)>,
}

impl ImageSizes {
    /// Measures the images among `files`.
    pub fn of<'a>(source: &dyn Source, files: impl Iterator<Item = &'a SourcePath>) -> Self {
        let files: Vec<&SourcePath> = files.collect();
        let sizes = files
            .into_par_iter()
            .filter(|path| is_image(path))
            .filter_map(|path| Some((path.clone(), measure(&source.read(path).ok()?)?)))
            .collect();
        ImageSizes { sizes }
    }

    /// The size of an image, where it could be read.
    pub fn get(&self, path: &SourcePath) -> Option<(u32, u32)> {
        self.sizes.get(path).copied()
    }
}

fn is_image(path: &SourcePath) -> bool {
    path.extension().is_some_and(|extension| {
        ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

fn measure(bytes: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(bytes).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}
