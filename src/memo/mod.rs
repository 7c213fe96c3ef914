//! The cache: what a stage made of its inputs, kept under the hash of these inputs, so that
//! nothing is made twice. An entry never goes out of date: another input has another key. What
//! is damaged, cut short or of another build of this program is not found.
//!
//! - [`Key`]: what an entry is kept under
//! - [`Store`]: the entries, in a folder on the disk
//! - [`StampTable`]: which files of the disk have not changed since they were last read
//! - [`Reason`]: why something was made again

mod key;
mod reason;
mod segment;
mod stamps;
mod store;

pub use key::{BUILD, Fingerprint, Key, Stage, fingerprint_of};
pub use reason::{Part, Reason, Trace};
pub use stamps::{Stamp, StampTable};
pub use store::{StageCount, Store};
