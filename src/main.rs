//! The binary: calls [`copydesk::cli`].

fn main() {}
