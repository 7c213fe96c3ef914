//! The words that rendering itself puts into a page.

macro_rules! words {
    ($($(#[$doc:meta])* $field:ident, $key:literal, $english:literal;)*) => {
        /// The words that rendering itself puts into a page. English by default; a theme's
        /// strings replace them.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Words {
            $($(#[$doc])* pub $field: String,)*
        }

        impl Default for Words {
            fn default() -> Self {
                Words { $($field: $english.to_owned(),)* }
            }
        }

        impl Words {
            /// The keys under which a theme's strings hold them, with the English words.
            pub const KEYS: &'static [(&'static str, &'static str)] = &[$(($key, $english)),*];

            /// The words that `get` knows by key; English for the others.
            pub fn from_strings<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
                Words { $($field: get($key).unwrap_or($english).to_owned(),)* }
            }
        }
    };
}

words! {
    /// The title of an alert.
    note, "note", "Note";
    /// The title of an alert.
    tip, "tip", "Tip";
    /// The title of an alert.
    important, "important", "Important";
    /// The title of an alert.
    warning, "warning", "Warning";
    /// The title of an alert.
    caution, "caution", "Caution";
    /// The name of the link beside each heading.
    permalink, "permalink", "Permalink";
    /// The name of a table's scrolling frame.
    table, "table", "Table";
    /// The name of a ticked box in a list of tasks.
    task_done, "task-done", "Done";
    /// The name of an empty box in a list of tasks.
    task_open, "task-open", "To do";
    /// The heading of the footnotes.
    footnotes, "footnotes", "Footnotes";
    /// The name of the link from a footnote back to the text; the number follows.
    footnote_back, "footnote-back", "Back to reference";
    /// What the title of a diagram says that is shown as its source.
    diagram, "diagram", "Diagram, shown as its source";
    /// What always shows of a `details` without a label.
    details, "details", "Details";
    /// The tooltip of a link that leads nowhere.
    broken_link, "broken-link", "This link leads nowhere";
    /// The tooltip of an image that does not exist.
    broken_image, "broken-image", "This image does not exist";
    /// Above the source of a page that could not be rendered.
    unparsed, "unparsed", "This page could not be rendered. This is its source.";
    /// Below the source of such a page, where it is cut.
    unparsed_cut, "unparsed-cut", "Only the beginning is shown. The page's Markdown copy is complete.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_replace_words() {
        let words = Words::from_strings(|key| (key == "task-open").then_some("Offen"));
        assert_eq!(words, Words { task_open: "Offen".to_owned(), ..Words::default() });
        assert_eq!(Words::from_strings(|_| None), Words::default());
    }
}
