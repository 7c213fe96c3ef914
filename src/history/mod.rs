//! Facts that git knows: of the commit that is built, of its branch, and of every file.

mod branch;
mod branches;
mod changes;
mod codes;
mod commit;
mod day;
mod ends;
mod facts;
mod files;
mod fold;
mod forecast;
mod ignored;
mod keep;
mod landed;
mod landing;
mod log;
mod merge;
mod patches;
mod people;
mod places;
mod range;
mod refs;
mod site;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod three_way;
mod tree;
mod walk;
mod writers;

pub use branch::{
    BaseNames, BranchFacts, ChangedFile, HowChanged, branch_facts, is_revision, surroundings,
    uncommitted,
};
pub use branches::{
    BranchState, BranchTip, Branches, MOST_UNCARRIED, Releases, Uncarried, branch_tips,
};
pub use codes::CODES;
pub use day::{and_time as day_and_time, is_day, of as day_of};
pub use ends::{Ends, base, ends};
pub use facts::{RepositoryFacts, facts};
pub use files::{FileCommit, FileFact, FileFacts, Person};
pub use forecast::{Forecast, Pair};
pub use ignored::IgnoredRevisions;
pub use keep::{FilesInput, FilesOutput, file_facts};
pub use landed::Landed;
pub use landing::{
    Brought, CommitFacts, Stretch, Whereabouts, checked_out_tip, commit_facts, files_between,
    first_with, is_past_of, line_between, whereabouts,
};
pub use merge::{Conflict, ConflictKind, Merge, merge, merge_edited};
pub use range::{
    BaseChanges, Changes, FileChange, Undecided, changes_since, staged_changes, staged_files,
};
pub use refs::{Ref, RefCommit, base_branch, facts_of, refs, renames};
pub use site::SiteHistory;
pub use walk::{Shard, Walk};
pub use writers::{Writers, writers};
