//! Renders Markdown for `run.mjs`. Reads documents from stdin, each ended by a null byte, and
//! writes three renderings of each, ended likewise: the reference's (pulldown-cmark's own HTML),
//! ours of plain CommonMark, ours with every default.

use std::io::{Read, Write};
use std::sync::Arc;

use copydesk::base::SourcePath;
use copydesk::config::Settings;
use copydesk::markdown::{
    Document, ParseInput, RenderInput, Words, parse, parse_commonmark, render,
};
use copydesk::source::{Listing, Source, SourceError};

/// No files: nothing to include.
struct Nothing;

impl Source for Nothing {
    fn list(&self, _: &SourcePath, _: &[SourcePath]) -> Result<Listing, SourceError> {
        Ok(Listing::default())
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        Err(SourceError::Missing(path.clone()))
    }

    fn is_file(&self, _: &SourcePath) -> bool {
        false
    }
}

fn html(doc: &Document, settings: &Settings) -> String {
    render(&RenderInput {
        doc,
        targets: &[],
        highlight: &|_, _| None,
        settings,
        id_prefix: "",
        words: &Words::default(),
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let settings = Settings::default();
    let path = SourcePath::new("page.md")?;
    let root = SourcePath::root();
    let mut out = std::io::stdout().lock();
    let mut documents: Vec<&[u8]> = input.split(|byte| *byte == 0).collect();
    // What follows the last null byte.
    documents.pop();
    for bytes in documents {
        let parse_input =
            ParseInput { path: &path, bytes, settings: &settings, root: &root, source: &Nothing };
        let text = String::from_utf8_lossy(bytes);
        let mut reference = String::new();
        pulldown_cmark::html::push_html(&mut reference, pulldown_cmark::Parser::new(&text));
        let plain = html(&parse_commonmark(&parse_input), &settings);
        let defaults = html(&parse(&parse_input).0, &settings);
        for rendering in [reference, plain, defaults] {
            out.write_all(rendering.as_bytes())?;
            out.write_all(&[0])?;
        }
    }
    Ok(())
}
