//! The words around a difference.

macro_rules! wording {
    ($($(#[$doc:meta])* $field:ident, $key:literal, $english:literal;)*) => {
        /// The words that stand around the difference of a page. English by default; a theme's strings
        /// replace them. `{count}` and `{title}` are holes.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Wording {
            $($(#[$doc])* pub $field: String,)*
        }

        impl Default for Wording {
            fn default() -> Self {
                Wording { $($field: $english.to_owned(),)* }
            }
        }

        impl Wording {
            /// The keys under which a theme's strings hold them, with the English words.
            pub const KEYS: &'static [(&'static str, &'static str)] = &[$(($key, $english)),*];

            /// The words that `get` knows by key; English for the others.
            pub fn from_strings<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
                Wording { $($field: get($key).unwrap_or($english).to_owned(),)* }
            }
        }
    };
}

wording! {
    /// Before what is new, for screen readers.
    inserted, "diff-inserted", "Inserted";
    /// Before what is gone, for screen readers.
    deleted, "diff-deleted", "Deleted";
    /// The name of a place where something has changed, for screen readers.
    changed, "diff-changed", "Changed";
    /// Before text whose marks have changed.
    reformatted, "diff-reformatted", "Formatted differently";
    /// Above a block that stood elsewhere.
    moved_from, "diff-moved-from", "Moved from {title}";
    /// In place of a block that stands elsewhere.
    moved_to, "diff-moved-to", "Moved to {title}";
    /// The top of a page, as a place that something moved from.
    top, "diff-top", "the top of the page";
    /// A stretch that is the same.
    unchanged, "diff-unchanged", "{count} blocks unchanged";
    /// A stretch that is the same: items of a list.
    unchanged_items, "diff-unchanged-items", "{count} items unchanged";
    /// A stretch that is the same: rows of a table.
    unchanged_rows, "diff-unchanged-rows", "{count} rows unchanged";
    /// A stretch that is the same: lines of code.
    unchanged_lines, "diff-unchanged-lines", "{count} lines unchanged";
    /// A stretch that is the same: fields of the front matter.
    unchanged_fields, "diff-unchanged-fields", "{count} fields unchanged";
    /// One block that is the same and too long to be shown beside a change.
    unchanged_one, "diff-unchanged-one", "1 block unchanged";
    /// Above the old page.
    before, "diff-before", "Before";
    /// Above the new page.
    after, "diff-after", "After";
    /// In place of a difference that is none.
    nothing, "diff-nothing", "Nothing that a reader sees has changed.";
    /// Above a difference that was not looked at in full.
    coarse, "diff-coarse", "Too much has changed to compare all of it word by word.";
    /// Where a difference that is too long ends.
    cut, "diff-cut", "The rest of this page is too long to be shown here.";
    /// The front matter of a page.
    front_matter, "diff-front-matter", "About the page";
    /// Where a link leads.
    link, "diff-link", "Link";
    /// The id of a heading or another block.
    anchor, "diff-anchor", "Anchor";
    /// The level of a heading.
    level, "diff-level", "Level";
    /// The language of code, and what else is written beside it.
    code, "diff-code", "Code";
    /// The state of a task.
    task, "diff-task", "Task";
    /// The kind of an alert.
    alert, "diff-alert", "Alert";
    /// The number that a list begins with.
    start, "diff-start", "First number";
    /// How the columns of a table are aligned.
    align, "diff-align", "Alignment";
    /// Whether the items of a list are set apart.
    loose, "diff-loose", "Spaced list";
    /// A property that is not there.
    none, "diff-none", "none";
}

impl Wording {
    /// What people call a property of a block.
    pub(super) fn property<'a>(&'a self, name: &'a str) -> &'a str {
        match name {
            "id" => &self.anchor,
            "level" => &self.level,
            "info" => &self.code,
            "task" => &self.task,
            "alert" => &self.alert,
            "start" => &self.start,
            "align" => &self.align,
            "loose" => &self.loose,
            name => name,
        }
    }
}
