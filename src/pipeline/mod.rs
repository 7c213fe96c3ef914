//! Wires the stages together: a source becomes a prepared site, a prepared site a published one.
//! The only home of rayon.

mod codes;
mod extras;
mod highlights;
mod images;
mod prepare;
mod progress;
mod publish;

pub use codes::codes;
pub use prepare::{BuildError, BuildInput, Prepared, Totals, prepare};
pub use progress::{Progress, Silent};
pub use publish::publish;
