//! Templates and what they see. A template gets one typed view and nothing else, so that what a
//! page read is known.

pub mod views;
