//! `copydesk review diff`: what differs on each page, as a reader sees it, in the terminal.

use std::fmt::Write as _;

use serde::Serialize;

use super::side::ChangeArguments;
use crate::cli::{Exit, Terminal};
use crate::history::Ends;
use crate::pipeline::{ChangeInput, PageDifference, differences};
use crate::report::{harmless, harmless_json};
use crate::review::difference::human;

/// Shows what differs on each changed page, word by word, as a reader sees it.
///
/// Where a line of the source ends, or which character makes a list, is no difference. Without color,
/// deleted words stand in `[-...-]` and new ones in `{+...+}`.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArguments {
    #[command(flatten)]
    change: ChangeArguments,
    /// Only these pages: their source files, or folders of them
    #[arg(long = "page", value_name = "FILE")]
    pages: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct DiffJson<'a> {
    version: u32,
    #[serde(flatten)]
    ends: &'a Ends,
    pages: &'a [PageDifference],
}

pub(crate) fn run(arguments: &DiffArguments, terminal: &mut Terminal) -> Exit {
    let Some(open) = arguments.change.open(terminal) else { return Exit::Failed };
    let wanted = |file: &str| {
        arguments.pages.is_empty()
            || arguments.pages.iter().any(|page| {
                let page = page.trim_end_matches('/');
                file == page
                    || file.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'))
                    || file.strip_suffix(page).is_some_and(|rest| rest.ends_with('/'))
            })
    };
    let input = ChangeInput {
        old: open.side(open.old.as_ref()),
        new: open.side(open.new.as_ref()),
        files: &open.ends.files,
        trust_theme: open.trust_theme,
    };
    let found = match differences(&input, &wanted) {
        Ok(found) => found,
        Err(error) => {
            super::side::Failure::Site(error).tell(Some(open.new.as_ref()), terminal);
            return Exit::Failed;
        }
    };
    open.memo.close();
    let text = match arguments.json {
        true => match serde_json::to_string_pretty(&DiffJson {
            version: 1,
            ends: &open.ends,
            pages: &found,
        }) {
            Ok(json) => harmless_json(json) + "\n",
            Err(error) => {
                terminal.error(&format!("cannot write the difference: {error}"), None);
                return Exit::Failed;
            }
        },
        false => printed(&found, terminal.color_out()),
    };
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

fn printed(pages: &[PageDifference], color: bool) -> String {
    let mut out = String::new();
    for PageDifference { page, difference } in pages {
        let Some(place) = page.place() else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        let words = &difference.words;
        let mut title = format!("{} ({}", place.source, page.kind.word());
        for (count, what) in
            [(words.inserted, "inserted"), (words.deleted, "deleted"), (words.moved, "moved")]
        {
            if count > 0 {
                let _ = write!(title, ", {count} {what}");
            }
        }
        title.push(')');
        let title = harmless(&title);
        let _ = match color {
            true => writeln!(out, "\u{1b}[1;4m{title}\u{1b}[0m\n"),
            false => writeln!(out, "{title}\n"),
        };
        match difference.is_empty() {
            true => out.push_str("  its text is the same; what it leads to or includes is not\n"),
            false => out.push_str(&human(difference, color)),
        }
    }
    if pages.is_empty() {
        out.push_str("no page says anything else\n");
    }
    out
}
