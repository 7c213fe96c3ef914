//! The binary as people and CI meet it: exit codes, messages, what is published and what is left
//! alone. Each test runs the process in a folder of its own, with an empty environment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is the report

mod at_once;
mod check;
mod comments;
mod contract;
mod determinism;
#[cfg(feature = "sync")]
mod external;
mod fix;
mod front_matter;
mod gate;
mod generated;
mod git;
mod hook;
mod hostile;
mod incremental;
mod init;
mod landing;
mod lint;
#[cfg(feature = "sync")]
mod loopback;
mod mv;
mod publishing;
mod refused;
mod reopening;
mod review;
mod sandbox;
mod serve;
mod sign_off;
#[cfg(feature = "sync")]
mod sync;
mod team;
mod together;
mod undecided;
mod versions;
