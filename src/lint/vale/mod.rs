//! Vale's styles as they are: its configuration, its rule files, its vocabularies.

mod action;
mod checks;
mod config;
mod formula;
mod ini;
mod library;
mod load;
mod message;
mod package;
mod rule_file;
mod vocabulary;

pub(crate) use action::Action;
pub(crate) use checks::{Alert, Check, Page, RuleState, View};
pub(crate) use config::{Config, FileRules};
pub use library::Folder;
pub use load::{LoadInput, NAMES, Opened, load};
pub(crate) use message::{alternatives, format};
pub use package::{Installation, PackageConfig, PackageFiles};
