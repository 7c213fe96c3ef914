//! A prepared site is rendered, in parallel, into the writer, which then puts it in place.

use rayon::prelude::*;

use super::{Prepared, Progress};
use crate::base::{Diagnostic, SitePath};
use crate::output::{self, Content, Entry, PageRef, WriteError, Writer, Written};

/// Renders and stages every entry of the site, and puts the site in place once the last one is
/// staged. The diagnostics are those of preparing and of rendering.
///
/// # Errors
/// Where the output cannot be written; nothing of the site that stood there is then touched.
pub fn publish(
    prepared: &Prepared<'_>,
    writer: Writer,
    progress: &dyn Progress,
) -> Result<(Written, Vec<Diagnostic>), WriteError> {
    let tree: Vec<(SitePath, Entry<PageRef>)> = prepared.tree().into_iter().collect();
    progress.stage("rendering", tree.len());
    let found: Result<Vec<Vec<Diagnostic>>, WriteError> = prepared.with_context(|cx| {
        tree.par_iter()
            .map(|(path, entry)| {
                let found = match entry {
                    Entry::Bytes(bytes) => {
                        writer.stage(path, Content::Bytes(bytes))?;
                        Vec::new()
                    }
                    Entry::Copy(source) => match prepared.source.read(source) {
                        Ok(bytes) => {
                            writer.stage(path, Content::Bytes(&bytes))?;
                            Vec::new()
                        }
                        Err(error) => vec![Prepared::unreadable(source, &error)],
                    },
                    Entry::Page(page) => {
                        let rendered = output::render(cx, *page);
                        writer.stage(path, Content::Bytes(&rendered.bytes))?;
                        rendered.diagnostics
                    }
                };
                progress.advance();
                Ok(found)
            })
            .collect()
    });
    let mut diagnostics = prepared.diagnostics().to_vec();
    diagnostics.extend(found?.into_iter().flatten());
    progress.stage("publishing", 0);
    let written = writer.commit()?;
    Ok((written, diagnostics))
}
