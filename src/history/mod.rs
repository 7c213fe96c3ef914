//! Facts that git knows.
