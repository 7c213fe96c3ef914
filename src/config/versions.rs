//! `[versions]`: which branches and tags are published side by side.
//!
//! Which branches and tags there are, git knows; whoever looks there tells of patterns that match
//! nothing, and of names that cannot be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layers::Node;
use super::load::Reader;
use super::settings::Set;
use crate::base::Span;

/// `[versions]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Versions {
    /// Where the table is written; none where there is none.
    pub span: Option<Span>,
    /// `branches`: patterns of branches, in which `*` stands for any text without `/`.
    pub branches: Vec<Set<String>>,
    /// `tags`: patterns of tags.
    pub tags: Vec<Set<String>>,
    /// `exclude`: patterns of names of versions that are not published.
    pub exclude: Vec<Set<String>>,
    /// `order`
    pub order: VersionOrder,
    /// `list`: names of versions, the newest first.
    pub list: Vec<Set<String>>,
    /// `current`: the name of the version that readers are to read.
    pub current: Option<Set<String>>,
    /// `layout`: where the current version stands.
    pub layout: VersionLayout,
    /// `unreleased`: patterns of names.
    pub unreleased: Vec<Set<String>>,
    /// `unmaintained`: patterns of names.
    pub unmaintained: Vec<Set<String>>,
    /// `hidden`: patterns of names.
    pub hidden: Vec<Set<String>>,
    /// `own-theme`: patterns of names of versions that keep their own theme.
    pub own_theme: Vec<Set<String>>,
    /// `noindex-old`: search engines are asked to stay away from old versions.
    pub noindex_old: bool,
    /// `[versions.names]`: the names of versions by branch or tag.
    pub names: BTreeMap<String, Set<String>>,
    /// `[versions.titles]`: what readers see, by name.
    pub titles: BTreeMap<String, Set<String>>,
    /// `[versions.aliases]`: folders that lead to a version, by name.
    pub aliases: BTreeMap<String, Set<String>>,
}

/// The order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionOrder {
    /// By the numbers in their names, the greatest first.
    #[default]
    Semantic,
    /// By the time of their commits, the last first.
    Date,
    /// As `list` says.
    List,
}

/// Where the current version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionLayout {
    /// At the root of the site.
    #[default]
    Root,
    /// Under its name, as the others.
    Named,
}

impl Versions {
    /// Whether any branch or tag is asked for.
    pub fn any(&self) -> bool {
        !self.branches.is_empty() || !self.tags.is_empty()
    }
}

impl Reader<'_, '_> {
    pub(super) fn versions(&mut self) -> Versions {
        let each = |key: &str| -> Vec<Set<String>> {
            let items = self.items(&format!("versions.{key}")).iter();
            items.filter_map(|item| Some(self.with_span(item.text()?, item))).collect()
        };
        let map = |key: &str| -> BTreeMap<String, Set<String>> {
            let entries = self.table(&format!("versions.{key}")).into_iter().flatten();
            let text = |node: &Node| Some(self.with_span(node.text()?, node));
            entries.filter_map(|(name, entry)| Some((name.clone(), text(&entry.node)?))).collect()
        };
        let word = |key: &str| self.node(&format!("versions.{key}")).and_then(Node::text);
        let list = each("list");
        Versions {
            span: self.node("versions").and_then(|node| self.span(&node.origin)),
            branches: each("branches"),
            tags: each("tags"),
            exclude: each("exclude"),
            order: match word("order").as_deref() {
                Some("date") => VersionOrder::Date,
                Some("list") => VersionOrder::List,
                None if !list.is_empty() => VersionOrder::List,
                _ => VersionOrder::Semantic,
            },
            list,
            current: self
                .node("versions.current")
                .and_then(|node| Some(self.with_span(node.text()?, node))),
            layout: match word("layout").as_deref() {
                Some("named") => VersionLayout::Named,
                _ => VersionLayout::Root,
            },
            unreleased: each("unreleased"),
            unmaintained: each("unmaintained"),
            hidden: each("hidden"),
            own_theme: each("own-theme"),
            noindex_old: self.flag("versions.noindex-old").unwrap_or_default(),
            names: map("names"),
            titles: map("titles"),
            aliases: map("aliases"),
        }
    }
}
