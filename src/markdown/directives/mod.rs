//! The directives: `:::name[label]{attributes}`. A directive is one file here and one line in
//! [`REGISTRY`]. Alerts (`:::note` and so on) are nodes of their own and not listed here.
//!
//! Directives have no attributes that hold addresses: a card's link and a figure's image are
//! Markdown, so that there is one kind of link to check, rewrite and rename.

mod cards;
mod details;
mod figure;
mod glossary;
mod steps;
mod tabs;

use super::Directive;
use super::render::{Words, escape_attribute};

/// What a directive takes, what its documentation says, and how it is rendered.
#[derive(Debug)]
pub struct DirectiveKind {
    /// The name that authors write.
    pub name: &'static str,
    /// One line for the manual.
    pub summary: &'static str,
    /// Whether it takes a label, and must.
    pub label: LabelUse,
    /// The attributes it takes besides `#id` and `.class`.
    pub attributes: &'static [AttributeKind],
    /// The directive that it must stand in directly, as `tab` in `tabs`.
    pub parent: Option<&'static str>,
    /// An example for the manual, complete with its fences.
    pub example: &'static str,
    /// Its HTML.
    pub markup: Markup,
}

/// The HTML of a directive: open, label, content, close; or, where the label comes last, open,
/// content, label, close.
#[derive(Debug)]
pub struct Markup {
    /// Writes the start tag. It must write what [`Markup::close`] closes.
    pub open: fn(&Opening<'_>, &mut String),
    /// What stands before and after the label, where there is one.
    pub label: (&'static str, &'static str),
    /// Whether the label is rendered behind the content.
    pub label_last: bool,
    /// The end tag.
    pub close: &'static str,
}

/// What opening a directive may look at.
#[derive(Debug)]
pub struct Opening<'a> {
    /// The directive.
    pub directive: &'a Directive,
    /// Whether a label follows.
    pub has_label: bool,
    /// What ids begin with.
    pub id_prefix: &'a str,
    /// The words of the interface.
    pub words: &'a Words,
}

impl Opening<'_> {
    /// Writes `<tag id="..." class="...">` with a class of ours and the author's id and classes,
    /// and further attributes as they are.
    pub fn start(&self, tag: &str, class: &str, attributes: &str, out: &mut String) {
        let own = &self.directive.attributes;
        out.push('<');
        out.push_str(tag);
        if let Some(id) = &own.id {
            out.push_str(" id=\"");
            escape_attribute(out, self.id_prefix);
            escape_attribute(out, id);
            out.push('"');
        }
        out.push_str(" class=\"");
        out.push_str(class);
        for class in &own.classes {
            out.push(' ');
            escape_attribute(out, class);
        }
        out.push('"');
        out.push_str(attributes);
        out.push('>');
    }
}

/// Whether a directive takes a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelUse {
    /// It has none.
    None,
    /// It may have one.
    Optional,
    /// It must have one.
    Required,
}

/// An attribute of a directive.
#[derive(Debug)]
pub struct AttributeKind {
    /// Its key.
    pub key: &'static str,
    /// What it says, for the manual.
    pub summary: &'static str,
    /// The values it takes; empty where any text will do.
    pub values: &'static [&'static str],
}

/// Every directive, sorted by name.
pub static REGISTRY: &[&DirectiveKind] = &[
    &cards::CARD,
    &cards::CARDS,
    &details::DETAILS,
    &figure::FIGURE,
    &glossary::GLOSSARY,
    &steps::STEPS,
    &tabs::TAB,
    &tabs::TABS,
];

/// The directive of a name.
pub fn find(name: &str) -> Option<&'static DirectiveKind> {
    let at = REGISTRY.binary_search_by(|kind| kind.name.cmp(name)).ok()?;
    REGISTRY.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_its_parents_are_in_it() {
        assert!(REGISTRY.is_sorted_by(|a, b| a.name < b.name));
        for kind in REGISTRY {
            assert!(find(kind.name).is_some_and(|found| std::ptr::eq(found, *kind)));
            assert!(kind.parent.is_none_or(|parent| find(parent).is_some()));
            assert!(kind.example.contains(&format!(":::{}", kind.name)), "{}", kind.name);
        }
        assert!(find("no-such-thing").is_none());
    }
}
