//! Why a page was made again: what it was made from last time, beside what it is made from now.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{ContentHash, SourcePath};

/// A part of what a page is made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Its source file.
    Source,
    /// A file that it includes.
    Include(SourcePath),
    /// The text that was made of source, includes and variables.
    Text,
    /// Where its links lead.
    Links,
    /// The navigation around it.
    Navigation,
    /// What its template sees besides body and navigation: title, table of contents, neighbours,
    /// dates.
    View,
    /// What is the same on every page: title of the site, banner, words of the interface.
    Site,
    /// The templates that render it.
    Templates,
    /// The settings that say how Markdown is rendered.
    Settings,
    /// All pages of the site, and where they stand.
    Pages,
}

/// What a page was made from, part by part, and by which build of the program.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The id of the build of the program.
    pub program: Cow<'static, str>,
    /// The parts with their hashes.
    pub parts: Vec<(Part, ContentHash)>,
}

/// Why something was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was: it stood there already.
    Unchanged,
    /// The cache is switched off, or cannot be used.
    NoCache,
    /// No build has made it before, or the cache was deleted.
    New,
    /// It was made by another version of the program.
    Program,
    /// Parts that are not what they were.
    Changed(Vec<Part>),
    /// The output folder does not hold what was made.
    Output,
}

impl Reason {
    /// Compares what a page is made from now with what it was made from.
    pub fn between(before: Option<&Trace>, now: &Trace) -> Reason {
        let Some(before) = before else { return Reason::New };
        if before.program != now.program {
            return Reason::Program;
        }
        let hash = |trace: &Trace, part: &Part| {
            trace.parts.iter().find(|(other, _)| other == part).map(|(_, hash)| *hash)
        };
        let mut changed: Vec<Part> = before
            .parts
            .iter()
            .chain(&now.parts)
            .map(|(part, _)| part)
            .filter(|part| hash(before, part) != hash(now, part))
            .cloned()
            .collect();
        changed.sort();
        changed.dedup();
        // The text changes with what it is made of; only where none of that did is it news.
        if changed.iter().any(|part| matches!(part, Part::Source | Part::Include(_))) {
            changed.retain(|part| *part != Part::Text);
        }
        if changed.is_empty() { Reason::Output } else { Reason::Changed(changed) }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Source => f.write_str("its source"),
            Part::Include(path) => write!(f, "the included `{path}`"),
            Part::Text => f.write_str("a variable, or how Markdown is read"),
            Part::Links => f.write_str("where its links lead"),
            Part::Navigation => f.write_str("the navigation around it"),
            Part::View => f.write_str("its title, table of contents, neighbours or dates"),
            Part::Site => f.write_str("what every page shows"),
            Part::Templates => f.write_str("its templates"),
            Part::Settings => f.write_str("how Markdown is rendered"),
            Part::Pages => f.write_str("the pages of the site"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Unchanged => f.write_str("nothing changed; the file stood there already"),
            Reason::NoCache => f.write_str("there is no cache"),
            Reason::New => f.write_str("the cache knows no earlier build of it"),
            Reason::Program => f.write_str("another version of Copydesk built it last"),
            Reason::Output => {
                f.write_str("the output folder did not hold it, or not as it was built")
            }
            Reason::Changed(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    let before = match index {
                        0 => "",
                        _ if index + 1 == parts.len() => " and ",
                        _ => ", ",
                    };
                    write!(f, "{before}{part}")?;
                }
                f.write_str(" changed")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(program: &str, parts: &[(Part, &str)]) -> Trace {
        Trace {
            program: Cow::Owned(program.to_owned()),
            parts: parts
                .iter()
                .map(|(part, text)| (part.clone(), ContentHash::of(text.as_bytes())))
                .collect(),
        }
    }

    #[test]
    fn tells_what_changed() {
        let include = Part::Include(SourcePath::new("shared/note.md").unwrap());
        let before = trace("1", &[(Part::Source, "a"), (include.clone(), "b"), (Part::Text, "ab")]);
        let said = |now: &Trace| Reason::between(Some(&before), now).to_string();
        let now = trace("1", &[(Part::Source, "a"), (include.clone(), "c"), (Part::Text, "ac")]);
        assert_eq!(said(&now), "the included `shared/note.md` changed");
        let now = trace("1", &[(Part::Source, "x"), (Part::Text, "x"), (Part::Links, "l")]);
        assert_eq!(
            said(&now),
            "its source, the included `shared/note.md` and where its links lead changed"
        );
        let now = trace("1", &[(Part::Source, "a"), (include, "b"), (Part::Text, "a b")]);
        assert_eq!(said(&now), "a variable, or how Markdown is read changed");
        assert_eq!(Reason::between(Some(&before), &before), Reason::Output);
        assert_eq!(Reason::between(None, &before), Reason::New);
        assert_eq!(Reason::between(Some(&trace("0", &[])), &before), Reason::Program);
    }
}
