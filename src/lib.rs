//! Copydesk takes documentation from a writer's branch to the published site.
//!
//! The rooms of the house, in the direction of their imports; a room imports only what
//! stands above it (`tests/house.rs` holds this):
//!
//! - [`base`]: paths, spans, hashes, diagnostics
//! - [`report`]: a diagnostic becomes text
//! - [`config`]: `book.toml` becomes settings
//! - [`memo`]: the cache
//! - [`source`]: folders, git revisions, memory
//! - [`history`]: what git knows
//! - [`markdown`]: text becomes documents, documents become HTML
//! - [`site`]: documents become a site
//! - [`theme`]: pages become HTML files
//! - [`search`]: the index, the query plan, and the index as files for readers
//! - [`lint`]: prose is checked against rules
//! - [`review`]: what a change does to a site, and what speaks against it
//! - [`output`]: the published tree and its writer
//! - [`pipeline`]: the stages, wired
//! - [`serve`]: the site over HTTP, kept up to date
//! - [`cli`]: the command line

pub mod base;
pub mod cli;
pub mod config;
pub mod history;
pub mod lint;
pub mod markdown;
pub mod memo;
pub mod output;
pub mod pipeline;
pub mod report;
pub mod review;
pub mod search;
#[cfg(feature = "serve")]
pub mod serve;
pub mod site;
pub mod source;
pub mod theme;
