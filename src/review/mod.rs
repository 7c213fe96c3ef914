//! The review: what a change does to a site, as a reader will see it, and whether it may be merged.
//! It decides on values that `pipeline` hands over, and neither builds nor reads anything itself.

pub mod anchor;
mod board;
mod change;
pub mod codes;
mod desk;
pub mod difference;
mod digest;
mod due;
pub mod event;
mod landing;
mod outline;
pub mod sign_off;
mod state;
pub mod store;
pub mod threads;

pub use board::{Board, BoardRow, Overlap, Release, board, is_release};
pub use change::{Cause, Change, ChangeKind, Effort, PageChange, PageGroup, PagePlace, Reason};
pub use codes::CODES;
pub use desk::{Desk, DeskInput, Said, all_changes};
pub use digest::{DigestInput, digests, policy_digests};
pub use due::{Deferral, Due, DueFor, DueInput, DuePage, LastReview, PageReview, SitePage, due};
pub use landing::{contradictions, landed_page, pinned, set_of};
pub use outline::{OutlineInput, outline};
pub use state::{PagePair, PageState, PairFacts, SiteState, pair_pages};
