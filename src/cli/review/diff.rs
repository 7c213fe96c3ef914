//! `copydesk review diff`: what differs on each page, as a reader sees it, in the terminal.

use std::fmt::Write as _;

use serde::Serialize;

use super::side::ChangeArguments;
use crate::cli::{Exit, Terminal};
use crate::pipeline::{ChangeInput, PageDifference, differences};
use crate::report::harmless;
use crate::review::difference::human;

/// Shows what differs on each changed page, word by word, as a reader sees it.
///
/// Where a line of the source ends, or which character makes a list, is no difference.
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
        true => match serde_json::to_string_pretty(&DiffJson { version: 1, pages: &found }) {
            Ok(json) => json + "\n",
            Err(error) => {
                terminal.error(&format!("cannot write the difference: {error}"), None);
                return Exit::Failed;
            }
        },
        false => shown(&found, terminal.color_out()),
    };
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

fn shown(pages: &[PageDifference], color: bool) -> String {
    if pages.is_empty() {
        return "no page says anything else\n".to_owned();
    }
    let (bold, plain) = if color { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let mut out = String::new();
    for (at, page) in pages.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let place = page.page.place().map(|place| place.source.to_string()).unwrap_or_default();
        let was = match (&page.page.old, &page.page.new) {
            (Some(old), Some(new)) if old.source != new.source => format!(" (was {})", old.source),
            _ => String::new(),
        };
        let head = format!("{place}{was}: {}", page.page.kind.word());
        let _ = writeln!(out, "{bold}{}{plain}", harmless(&head));
        out.push_str(&human(&page.difference, color));
    }
    out
}
