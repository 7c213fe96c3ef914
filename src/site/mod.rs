//! Documents become a site: pages, navigation, addresses, resolved links.
//!
//! The order of work: [`content_root`], [`summary_path`] (which the caller parses), [`scan`],
//! [`assemble`], and then for each page [`Site::resolve`].

mod address;
mod arrangement;
mod assemble;
mod card;
mod codes;
mod content;
mod dependencies;
mod files;
mod link_table;
mod link_texts;
mod links;
mod model;
mod moved;
mod navigation;
mod order;
mod print;
mod redirects;
mod summary;
mod titles;
mod written;

pub use address::Owner;
pub use assemble::{AssembleInput, assemble};
pub use card::CardImage;
pub use codes::{CODES, LINK_OUTSIDE_CONTENT, NAV_ORPHAN, SITE_DUPLICATE_TITLE};
pub use content::{
    Plan, ScanInput, content_root, is_index_like, is_markdown, scan, summary_path, theme_folder,
};
pub use dependencies::{Dependencies, Dependency};
pub use files::FileIndex;
pub use link_table::LinkTable;
pub use link_texts::Called;
pub use links::{Destination, Place, ResolveContext, Resolved};
pub use model::{Asset, AssetId, Page, PageId, Section, Site, Unpublished, same_ids, stands_alike};
pub use moved::{Addresses, PageAddress, gone};
pub use navigation::{MOST_SIBLINGS, More, NavId, NavItem, NavKind, NavRow, NavWindow, Navigation};
pub use print::{PrintView, PrintViews};
pub use redirects::{Redirect, RedirectTarget};
pub use summary::{Entry, EntryKind, Summary};
pub use titles::{duplicate_title, own_title, same_titles};
pub use written::WrittenLinks;

#[cfg(test)]
mod tests;
