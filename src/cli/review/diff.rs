//! `copydesk review diff`: what a reader sees differently, page by page and word by word.

use std::fmt::Write as _;

use serde::Serialize;

use super::side::{ChangeArguments, OpenChange};
use crate::base::SourcePath;
use crate::cli::{Exit, Terminal};
use crate::history::Ends;
use crate::markdown::{Document, ParseInput, parse};
use crate::report::harmless;
use crate::review::PageChange;
use crate::review::difference::{Difference, Side, difference, human};
use crate::source::Source;

/// Shows what a change says differently, word by word.
///
/// Pages are compared as they are parsed, not as files: line breaks and other spellings of the same
/// make no difference. Without color, deleted words stand in `[-...-]` and new ones in `{+...+}`.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArguments {
    #[command(flatten)]
    change: ChangeArguments,
    /// Only this page, by its file as `review status` names it; may be given several times
    #[arg(long = "page", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
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
    pages: &'a [PageDifference<'a>],
}

#[derive(Serialize)]
struct PageDifference<'a> {
    #[serde(flatten)]
    page: &'a PageChange,
    difference: Difference,
}

pub(crate) fn run(arguments: &DiffArguments, terminal: &mut Terminal) -> Exit {
    let Some(open) = arguments.change.open(terminal) else { return Exit::Failed };
    let compared = match open.compare() {
        Ok(compared) => compared,
        Err(failure) => {
            failure.tell(Some(open.new.as_ref()), terminal);
            return Exit::Failed;
        }
    };
    let wanted = |page: &&PageChange| {
        let named = |name: &String| {
            [&page.old, &page.new].into_iter().flatten().any(|place| place.source.as_str() == name)
        };
        arguments.pages.is_empty() || arguments.pages.iter().any(named)
    };
    let pages: Vec<PageDifference<'_>> = compared
        .change
        .pages
        .iter()
        .filter(wanted)
        .map(|page| PageDifference { page, difference: of_page(&open, page) })
        .collect();
    let text = match arguments.json {
        true => {
            let json = DiffJson { version: 1, ends: &open.ends, pages: &pages };
            match serde_json::to_string(&json) {
                Ok(json) => json + "\n",
                Err(error) => {
                    terminal.error(&format!("cannot write the difference: {error}"), None);
                    return Exit::Failed;
                }
            }
        }
        false => printed(&pages, terminal.color_out()),
    };
    open.memo.close();
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

fn of_page(open: &OpenChange, page: &PageChange) -> Difference {
    let old = page.old.as_ref().and_then(|place| read(open, open.old.as_ref(), &place.source));
    let new = page.new.as_ref().and_then(|place| read(open, open.new.as_ref(), &place.source));
    let side = |document| Side { document, ..Side::default() };
    difference(&side(old.as_ref()), &side(new.as_ref()))
}

fn read(open: &OpenChange, source: &dyn Source, path: &SourcePath) -> Option<Document> {
    let bytes = source.read(path).ok()?;
    let settings = &open.settings;
    let input = ParseInput { path, bytes: &bytes, settings, root: &open.root, source };
    Some(parse(&input).0)
}

fn printed(pages: &[PageDifference<'_>], color: bool) -> String {
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
