//! Facts that git knows.

mod codes;
mod facts;

pub use codes::CODES;
pub use facts::{RepositoryFacts, facts};
