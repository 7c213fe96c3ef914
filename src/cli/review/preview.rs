//! The review that the preview shows: the same change as that of the commands, opened anew whenever
//! something has changed.

use std::path::Path;

use super::desk::branch_of;
use super::side::{ChangeArguments, Failure, OpenChange};
use super::threads::placed;
use crate::memo::Store;
use crate::pipeline::{CheckInput, Judge, OpenedReview};
use crate::report::harmless;
use crate::review::threads::PlacedThread;
use crate::review::{Desk, DeskInput};
use crate::serve::Refused;
use crate::source::RevisionSource;

/// Opens what the site in a folder, or a revision of it, changes. `memo` is that of the preview, which
/// alone may write.
pub(crate) fn open(
    folder: &Path,
    head: Option<&str>,
    base: Option<&str>,
    memo: &Store,
) -> Result<OpenedReview, Refused> {
    let arguments = ChangeArguments {
        head: head.map(str::to_owned),
        base: base.map(str::to_owned),
        root: None,
        trust_theme: false,
        no_cache: true,
    };
    let open = arguments.opened(folder.to_owned()).map_err(|failure| refused(&failure))?;
    // What was said is never left out in silence.
    let (threads, notes) = match threads(&open, memo) {
        Ok(threads) => (threads, Vec::new()),
        Err(why) => {
            (Vec::new(), vec![format!("what was said about the branch cannot be told: {why}")])
        }
    };
    let OpenChange { root, ends, old, new, .. } = open;
    Ok(OpenedReview { root, ends, old, new, threads, notes })
}

fn refused(failure: &Failure) -> Refused {
    let (message, help) = failure.sentence();
    Refused { message, help }
}

/// The threads of the branch, with their places in the files as they are.
fn threads(open: &OpenChange, memo: &Store) -> Result<Vec<PlacedThread>, String> {
    let Some(branch) = branch_of(&open.ends) else { return Ok(Vec::new()) };
    let input =
        DeskInput { branch: &branch, target: &open.ends.base, change: None, expect_tip: None };
    let desk = Desk::open(&open.folder, &input).map_err(|error| error.to_string())?;
    if let Some(problem) = desk.problems.first() {
        return Err(harmless(&problem.to_string()).into_owned());
    }
    if desk.events.is_empty() {
        return Ok(Vec::new());
    }
    let (target, _) = RevisionSource::open(&open.folder, &open.ends.base_commit)
        .map_err(|error| error.to_string())?;
    let check = CheckInput { memo, ..open.side(&target) };
    let temporary = std::env::temp_dir();
    let judge = Judge::new(&check, &desk.changes, &desk.target, super::desk::now(), &temporary)
        .map_err(|error| error.to_string())?;
    Ok(placed(open, &desk, &judge, open.new.as_ref()))
}
