//! The directives: `:::name[label]{attributes}`. A directive is one file here and one line in
//! [`REGISTRY`]. Alerts (`:::note` and so on) are nodes of their own and not listed here.

/// What a directive takes, and what its documentation says.
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
pub static REGISTRY: &[&DirectiveKind] = &[];

/// The directive of a name.
pub fn find(name: &str) -> Option<&'static DirectiveKind> {
    REGISTRY.iter().copied().find(|kind| kind.name == name)
}
