//! Approvals that depend on suggestions: they are about the page as it is once these are applied, so
//! that applying them closes the cell, and any other edit does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::check::CheckInput;
use super::sign_off::{Judge, SignOffError, ToSignInput, laid_over, pages_to_sign};
use crate::base::SourcePath;
use crate::history::{self, Undecided, Writers};
use crate::review::event::{Digests, EventId, Subject, SubjectKind};
use crate::review::sign_off::PageToSign;
use crate::review::threads::{PlacedThread, Refused, plan};

/// What is looked at.
pub struct SuggestedInput<'a> {
    /// A folder of the repository.
    pub folder: &'a Path,
    /// The site of the target as it stands.
    pub target: CheckInput<'a>,
    /// The commit of the target.
    pub base: &'a str,
    /// The commit of the branch, in whose files the threads stand.
    pub head: &'a str,
    /// The threads of the branch with their places.
    pub threads: &'a [PlacedThread],
    /// Who approves, by the key of an author: whose suggestions count.
    pub who: &'a str,
    /// The pages that the merge would change.
    pub pages: &'a [PageToSign],
    /// Those of them that are approved.
    pub approved: &'a [Subject],
    /// The bytes of a file of the branch.
    pub read: &'a dyn Fn(&SourcePath) -> Option<Vec<u8>>,
}

/// What is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The pages, each that a suggestion changes with what it will be.
    pub pages: Vec<Subject>,
    /// The suggestions.
    pub suggestions: Vec<EventId>,
}

/// Why nothing can be approved.
#[derive(Debug, thiserror::Error)]
pub enum SuggestedError {
    /// There is no suggestion.
    #[error("you have no open suggestion on these pages")]
    Nothing,
    /// One cannot be applied as things stand.
    #[error("the suggestion `{}` cannot be applied: {why}", .id.short())]
    Refused {
        /// The suggestion.
        id: EventId,
        /// Why.
        why: Refused,
    },
    /// Git does not tell.
    #[error(transparent)]
    Undecided(#[from] Undecided),
    /// What comes of it cannot be built.
    #[error(transparent)]
    SignOff(#[from] SignOffError),
}

impl SuggestedError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            SuggestedError::Nothing => Some(
                "make one with `copydesk review suggest`, or approve without `--with-suggestions`"
                    .to_owned(),
            ),
            SuggestedError::Refused { .. } => Some(
                "suggest it anew for the text as it is, and settle this one with `copydesk review \
                 resolve`"
                    .to_owned(),
            ),
            SuggestedError::Undecided(why) => why.help(),
            SuggestedError::SignOff(_) => None,
        }
    }
}

/// Approves pages as they are once the open suggestions of somebody are applied.
///
/// # Errors
/// Where there are none, where one cannot be applied, and where it cannot be told what comes of it.
pub fn with_suggestions(
    input: &SuggestedInput<'_>,
    judge: &Judge,
) -> Result<Suggested, SuggestedError> {
    let own: Vec<&PlacedThread> = input
        .threads
        .iter()
        .filter(|placed| {
            let thread = &placed.thread;
            thread.is_suggestion() && thread.is_open() && thread.author.key() == input.who
        })
        .collect();
    let of = |path: &SourcePath| -> Vec<&PlacedThread> {
        own.iter().filter(|placed| placed.path.as_ref() == Some(path)).copied().collect()
    };
    let approved: BTreeSet<&SourcePath> =
        input.approved.iter().map(|subject| &subject.path).collect();
    let pages: BTreeSet<&SourcePath> = input.pages.iter().map(|page| &page.path).collect();
    let files: BTreeSet<&SourcePath> =
        own.iter().filter_map(|placed| placed.path.as_ref()).collect();
    let mut chosen: Vec<&PlacedThread> = Vec::new();
    for path in files {
        let counts = match (approved.contains(path), pages.contains(path)) {
            (true, _) => true,
            // Another page that is approved by itself, or is not.
            (false, true) => false,
            // A file that pages include.
            (false, false) => {
                let planned = plan(&of(path), input.read);
                let edits = planned.files.iter().map(|(path, (_, after))| (path, after.as_slice()));
                let edits: Vec<(&SourcePath, &[u8])> = edits.collect();
                !edits.is_empty() && changes_any(input, &edited(input, judge, &edits)?)
            }
        };
        if counts {
            chosen.extend(of(path));
        }
    }
    let planned = plan(&chosen, input.read);
    if let Some((id, why)) = planned.refused.first() {
        return Err(SuggestedError::Refused { id: *id, why: *why });
    }
    let edits: Vec<(&SourcePath, &[u8])> =
        planned.files.iter().map(|(path, (_, after))| (path, after.as_slice())).collect();
    if edits.is_empty() {
        return Err(SuggestedError::Nothing);
    }
    let after = edited(input, judge, &edits)?;
    if !changes_any(input, &after) {
        return Err(SuggestedError::Nothing);
    }
    let subject = |subject: &Subject| Subject {
        after: after_of(subject, &after).cloned(),
        ..subject.clone()
    };
    Ok(Suggested {
        pages: input.approved.iter().map(subject).collect(),
        suggestions: planned.applied,
    })
}

type After = BTreeMap<(SubjectKind, SourcePath), Digests>;

/// The pages as the merge would leave them if files of the branch had other bytes.
fn edited(
    input: &SuggestedInput<'_>,
    judge: &Judge,
    edits: &[(&SourcePath, &[u8])],
) -> Result<After, SuggestedError> {
    let merge = history::merge_edited(input.folder, input.base, input.head, edits)?;
    let merged = laid_over(input.target.source, &merge);
    // Who wrote what does not change what is there.
    let writers = Writers::new();
    let to_sign = ToSignInput {
        target: input.target.clone(),
        merged: &merged,
        merge: &merge,
        writers: &writers,
    };
    let pages = pages_to_sign(&to_sign, judge)?;
    Ok(pages.into_iter().map(|page| ((page.kind, page.path), page.now)).collect())
}

/// What a page will be, where that is something else.
fn after_of<'a>(subject: &Subject, after: &'a After) -> Option<&'a Digests> {
    let after = after.get(&(subject.kind, subject.path.clone()))?;
    (*after != subject.digests).then_some(after)
}

fn changes_any(input: &SuggestedInput<'_>, after: &After) -> bool {
    input.approved.iter().any(|subject| after_of(subject, after).is_some())
}
