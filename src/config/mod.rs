//! `book.toml` becomes typed [`Settings`]. Pure: it is given text and variables, and reads nothing.
//!
//! The layers, each over the one before: defaults, the file, the environment, the command line.
//! Every key is declared once, in [`KEYS`].

mod address;
mod check;
mod codes;
mod environment;
mod foreign;
mod keys;
mod language;
mod layers;
mod lint;
mod load;
mod reference;
mod review;
mod settings;
mod versions;

#[cfg(test)]
mod tests;

pub use codes::{CODES, UNKNOWN_KEY};
pub use keys::{KEYS, Key, Kind, Status, find as find_key};
pub use lint::{
    FailOn, FrontMatterRules, Lint, OptionValue, PathRules, RuleLevel, RuleSetting, Term,
};
pub use load::{ConfigInput, Overrides, is_fatal, load};
pub use reference::reference_markdown;
pub use review::{ANYONE, Digest, POLICY, Review, Stage};
pub use settings::{
    Book, Build, Direction, Git, Html, Markdown, Nav, RawHtml, Redirect, Search, Set, Settings,
    Site, Theme,
};
pub use versions::{VersionLayout, VersionOrder, Versions};
