//! Who is told how far a build is.

use std::time::Duration;

use crate::base::SitePath;

/// Told as the pipeline goes; from several threads at once.
pub trait Progress: Sync {
    /// A stage of `total` steps begins.
    fn stage(&self, name: &'static str, total: usize);
    /// A step of the stage is done.
    fn advance(&self);
    /// The time since some moment. Stages have no clock of their own.
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    /// Work that went on beside the stages is done; it began at `begun`.
    fn beside(&self, name: &'static str, begun: Duration) {
        let _ = (name, begun);
    }
    /// A file of the site has been rendered; its rendering began at `begun`.
    fn rendered(&self, path: &SitePath, begun: Duration) {
        let _ = (path, begun);
    }
}

/// Nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: usize) {}
    fn advance(&self) {}
}
