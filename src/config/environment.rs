//! Environment variables as a layer over `book.toml`: `MDBOOK_A__B` as mdBook reads them, and
//! `COPYDESK_A__B` over those.

use std::rc::Rc;

use super::codes::UNKNOWN_KEY;
use super::keys::{self, Kind};
use super::layers::{self, Table};
use crate::base::{Diagnostic, nearest};

/// The tables that mdBook lets the environment change; other `MDBOOK_` variables belong to
/// somebody's scripts.
const MDBOOK_TABLES: [&str; 5] = ["book", "build", "output", "preprocessor", "rust"];

/// No setting lies deeper, and the tree is walked recursively.
const MAX_DEPTH: usize = 32;

/// Lays the variables over the tree.
pub(super) fn apply(
    root: &mut Table,
    variables: &[(String, String)],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for prefix in ["MDBOOK_", "COPYDESK_"] {
        let mut ours: Vec<(&str, &str, &str)> = variables
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str(), name.strip_prefix(prefix)?, value.as_str()))
            })
            .collect();
        // The environment has no order; in this one a table comes before its keys.
        ours.sort_unstable();
        for (name, rest, value) in ours {
            variable(root, prefix, name, rest, value, diagnostics);
        }
    }
}

fn variable(
    root: &mut Table,
    prefix: &str,
    name: &str,
    rest: &str,
    value: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let path: Vec<String> =
        rest.to_lowercase().split("__").map(|part| part.replace('_', "-")).collect();
    let top = path.first().map(String::as_str).unwrap_or_default();
    let known = if prefix == "MDBOOK_" {
        MDBOOK_TABLES.contains(&top)
    } else {
        keys::names_in("").contains(&top)
    };
    let is_key = path.len() > 1;
    if !known && (prefix == "MDBOOK_" || !is_key) {
        return;
    }
    if !known || path.len() > MAX_DEPTH || path.iter().any(String::is_empty) {
        let mut said = Diagnostic::new(
            &UNKNOWN_KEY,
            format!("environment variable `{name}` names no setting"),
        );
        said.help = Some(match nearest(top, keys::names_in("")) {
            Some(table) if !known => {
                format!("did you mean `{prefix}{}__...`?", table.to_uppercase().replace('-', "_"))
            }
            _ => "`__` stands between table and key, `_` for `-`: `COPYDESK_SITE__BASE_URL` is \
                  `base-url` in `[site]`"
                .to_owned(),
        });
        diagnostics.push(said);
        return;
    }
    let name: Rc<str> = Rc::from(name);
    match layers::of_variable(&name, value) {
        Some(node) => layers::set(root, &path, node, |folder| {
            let kind = keys::find(folder).map(|key| key.kind);
            matches!(kind, Some(Kind::Map | Kind::Values | Kind::Open))
        }),
        None => {
            layers::take(root, &path.join("."));
        }
    }
}
