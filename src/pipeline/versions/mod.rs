//! Several versions of one product in one site: which branches and tags they are, the build of
//! each from git's objects, and the files that tell them of each other.

mod build;
mod codes;
mod current;
mod input;
mod links;
mod menus;
mod places;
mod preview;
mod row;
mod select;
mod shown;
mod twins;

pub use build::{BuiltVersion, VersionsBuilt, VersionsFailure, VersionsInput, build_versions};
pub use input::{Look, VersionInput};
pub use links::VersionsBeside;
pub use menus::{VersionEntry, VersionsFile};
pub use preview::{Beside, Preview, PreviewInput, Shelf};
pub use select::{Selection, Version, VersionState, select};
pub use twins::Twins;

pub(super) use codes::{CODES, PATH_CLASH};
pub(super) use input::{own_theme, without_look};
pub(super) use menus::is_version_file;
