//! `book.toml` becomes typed [`Settings`]. Pure: it is given text and variables, and reads nothing.

mod settings;

pub use settings::{
    Book, Build, Direction, Git, Html, Markdown, Nav, RawHtml, Redirect, Set, Settings, Site, Theme,
};
