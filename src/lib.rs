//! Copydesk takes documentation from a writer's branch to the published site.
//!
//! The rooms of the house, in the direction of their imports; a room imports only what
//! stands above it (`tests/house.rs` holds this):
//!
//! - [`base`]: paths, spans, hashes, diagnostics

pub mod base;
