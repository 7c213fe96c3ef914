//! The sizes of a site's images, so that pages keep their layout while images load.

use std::collections::HashMap;

use rayon::prelude::*;

use super::inputs::Inputs;
use crate::base::SourcePath;
use crate::memo::{Key, Stage, Store};

/// Width and height of images in CSS pixels.
#[derive(Debug, Default)]
pub(super) struct ImageSizes {
    sizes: HashMap<SourcePath, (u32, u32)>,
}

impl ImageSizes {
    /// Measures the images among `files`.
    pub(super) fn of<'a>(
        inputs: &Inputs<'_>,
        memo: &Store,
        files: impl Iterator<Item = &'a SourcePath>,
    ) -> Self {
        let files: Vec<&SourcePath> = files.collect();
        let sizes = files
            .into_par_iter()
            .filter(|path| is_image(path))
            .filter_map(|path| Some((path.clone(), size_of(inputs, memo, path)?)))
            .collect();
        ImageSizes { sizes }
    }

    /// The size of an image, where it could be read.
    pub(super) fn get(&self, path: &SourcePath) -> Option<(u32, u32)> {
        self.sizes.get(path).copied()
    }
}

fn size_of(inputs: &Inputs<'_>, memo: &Store, path: &SourcePath) -> Option<(u32, u32)> {
    let key = Key::new(Stage::Image, inputs.hash(path).ok()?);
    if let Some(bytes) = memo.get(&key)
        && let Ok(size) = postcard::from_bytes::<Option<(u32, u32)>>(&bytes)
    {
        return size;
    }
    let (bytes, hash) = inputs.read_hashed(path).ok()?;
    let size = measure(&bytes);
    if let Ok(value) = postcard::to_allocvec(&size) {
        memo.put(&Key::new(Stage::Image, hash), &value);
    }
    size
}

pub(super) fn is_image(path: &SourcePath) -> bool {
    path.extension().is_some_and(|extension| {
        ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "svg"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

fn measure(bytes: &[u8]) -> Option<(u32, u32)> {
    let Ok(size) = imagesize::blob_size(bytes) else { return measure_svg(bytes) };
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// How far into a file the root element of an SVG image is looked for.
const SVG_HEAD: usize = 4096;

/// The size that an SVG image itself states in pixels. One that states none takes the width of
/// its surroundings, which a size from its `viewBox` would change.
fn measure_svg(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = String::from_utf8_lossy(bytes.get(..SVG_HEAD).unwrap_or(bytes));
    let mut rest = head.as_ref();
    // Comments may hold anything.
    while let (Some(comment), Some(root)) = (rest.find("<!--"), rest.find("<svg")) {
        if root < comment {
            break;
        }
        rest = rest.get(comment..)?.split_once("-->")?.1;
    }
    let mut rest = rest.split_once("<svg")?.1;
    let (mut width, mut height) = (None, None);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim();
        if name.contains(['>', '<']) {
            break;
        }
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        match name {
            "width" => width = pixels(value),
            "height" => height = pixels(value),
            _ => {}
        }
        rest = after;
    }
    Some((width?, height?))
}

/// A length in pixels, to the nearest one.
fn pixels(value: &str) -> Option<u32> {
    let value = value.trim();
    let number: f64 = value.strip_suffix("px").unwrap_or(value).parse().ok()?;
    if !(0.5..1e6).contains(&number) {
        return None;
    }
    format!("{number:.0}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::measure_svg;

    #[test]
    fn svg_images_say_how_large_they_are() {
        let size = |text: &str| measure_svg(text.as_bytes());
        assert_eq!(
            size("<svg width=\"480\" height='96.4px' viewBox=\"0 0 1 1\">"),
            Some((480, 96))
        );
        assert_eq!(
            size(
                "<?xml version=\"1.0\"?><!-- <svg width=\"1\" height=\"1\"> -->\n<svg\n  height=\"2\"\n  width = \"3\"/>"
            ),
            Some((3, 2))
        );
        assert_eq!(size("<svg viewBox=\"0 0 9 9\"><rect width=\"1\" height=\"2\"/></svg>"), None);
        assert_eq!(size("<svg width=\"100%\" height=\"10em\">"), None);
        assert_eq!(size("<svg width=\"NaN\" height=\"-1\">"), None);
        for cut in [
            "<svg",
            "<svg width",
            "<svg width=",
            "<svg width=\"",
            "<!--<svg",
            "<svg width=3 height=4>",
        ] {
            assert_eq!(size(cut), None, "{cut}");
        }
    }
}
