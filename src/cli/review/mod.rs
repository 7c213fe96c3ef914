//! `copydesk review`: what a change does to the site, and whether it may be merged.

mod apply;
mod branches;
mod comment;
mod desk;
mod diff;
mod due;
mod hold;
mod land;
mod merge_check;
mod opening;
mod outline;
#[cfg(feature = "serve")]
pub(super) mod preview;
mod side;
mod signed;
mod site;
mod status;
mod suggest;
mod suggested;
mod sync;
mod target;
mod threads;
mod verdict;
mod verify;

use super::{Exit, Terminal};

/// What a branch changes, as a reader will see it, and whether it may be merged.
///
/// A change is a branch, or the working tree, against the commit where it parted from its base. How
/// far the base has gone since then makes no difference.
#[derive(Debug, clap::Args)]
pub(crate) struct ReviewArguments {
    #[command(subcommand)]
    command: ReviewCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ReviewCommand {
    Status(status::StatusArguments),
    Diff(diff::DiffArguments),
    Outline(outline::OutlineArguments),
    Site(site::SiteArguments),
    MergeCheck(merge_check::MergeCheckArguments),
    Branches(branches::BranchesArguments),
    Open(opening::OpenArguments),
    Approve(verdict::ApproveArguments),
    Reject(verdict::RejectArguments),
    Waive(verdict::WaiveArguments),
    Defer(verdict::DeferArguments),
    Hold(hold::HoldArguments),
    Release(hold::ReleaseArguments),
    Sync(sync::SyncArguments),
    Comment(comment::CommentArguments),
    Resolve(comment::ResolveArguments),
    Suggest(suggest::SuggestArguments),
    Apply(apply::ApplyArguments),
    Land(land::LandArguments),
    Verify(verify::VerifyArguments),
    Due(due::DueArguments),
}

pub(crate) fn run(arguments: &ReviewArguments, terminal: &mut Terminal) -> Exit {
    match &arguments.command {
        ReviewCommand::Status(arguments) => status::run(arguments, terminal),
        ReviewCommand::Outline(arguments) => outline::run(arguments, terminal),
        ReviewCommand::Site(arguments) => site::run(arguments, terminal),
        ReviewCommand::Diff(arguments) => diff::run(arguments, terminal),
        ReviewCommand::Branches(arguments) => branches::run(arguments, terminal),
        ReviewCommand::Open(arguments) => opening::run(arguments, terminal),
        ReviewCommand::Approve(arguments) => verdict::approve(arguments, terminal),
        ReviewCommand::Reject(arguments) => verdict::reject(arguments, terminal),
        ReviewCommand::Waive(arguments) => verdict::waive(arguments, terminal),
        ReviewCommand::Defer(arguments) => verdict::defer(arguments, terminal),
        ReviewCommand::Hold(arguments) => hold::hold(arguments, terminal),
        ReviewCommand::Release(arguments) => hold::release(arguments, terminal),
        ReviewCommand::Sync(arguments) => sync::run(arguments, terminal),
        ReviewCommand::Comment(arguments) => comment::comment(arguments, terminal),
        ReviewCommand::Resolve(arguments) => comment::resolve(arguments, terminal),
        ReviewCommand::Suggest(arguments) => suggest::run(arguments, terminal),
        ReviewCommand::Apply(arguments) => apply::run(arguments, terminal),
        ReviewCommand::Land(arguments) => land::run(arguments, terminal),
        ReviewCommand::Verify(arguments) => verify::run(arguments, terminal),
        ReviewCommand::Due(arguments) => due::run(arguments, terminal),
        ReviewCommand::MergeCheck(arguments) => merge_check::run(arguments, terminal),
    }
}
