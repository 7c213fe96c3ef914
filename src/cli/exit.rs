//! How a command ends.

use std::process::ExitCode;

/// How a command ends; the same three for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing found at or above the failing level.
    Clean,
    /// Findings at or above the failing level.
    Findings,
    /// It could not be done: usage, environment, configuration that cannot be read.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
        })
    }
}
