//! `copydesk review approve --with-suggestions`: what is approved once suggestions are applied.

use super::comment::committed;
use super::desk::OpenDesk;
use super::signed::Signed;
use super::threads;
use crate::base::SourcePath;
use crate::cli::Terminal;
use crate::pipeline::{Suggested, SuggestedInput, with_suggestions};
use crate::report::harmless;
use crate::review::event::Subject;
use crate::source::{RevisionSource, Source as _};

/// The pages as they will be; none where that failed, which has then been said.
pub(super) fn suggested(
    at: &OpenDesk,
    signed: &Signed,
    approved: &[Subject],
    terminal: &mut Terminal,
) -> Option<Suggested> {
    let (folder, ends) = (&at.open.folder, &at.open.ends);
    let opened = committed(at)
        .and_then(|source| Ok((source, RevisionSource::open(folder, &ends.base_commit)?.0)));
    let (source, target) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            terminal.error(&format!("cannot decide: {error}"), None);
            return None;
        }
    };
    let threads = threads::placed(&at.open, &at.desk, &signed.judge, &source);
    let input = SuggestedInput {
        folder,
        target: at.open.side(&target),
        base: &ends.base_commit,
        head: &ends.head_commit,
        threads: &threads,
        who: &at.author.key(),
        pages: &signed.pages,
        approved,
        read: &|path: &SourcePath| source.read(path).ok().map(|bytes| bytes.to_vec()),
    };
    match with_suggestions(&input, &signed.judge) {
        Ok(suggested) => Some(suggested),
        Err(error) => {
            terminal.error(&harmless(&error.to_string()), error.help().as_deref());
            None
        }
    }
}
