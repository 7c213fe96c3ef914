//! `copydesk review due`: pages that are to be reviewed again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::desk::now;
use super::target::{TargetArguments, undecided};
use crate::cli::{Exit, Terminal};
use crate::report::{harmless, harmless_json};
use crate::review::{Due, DueFor, DuePage, LastReview};

/// Lists pages that are to be reviewed again, by owner.
///
/// A page is due when its last review that was signed off and has landed is older than
/// `[review.review-every]` of the target says, when the day of `review_by` in its front matter is over,
/// and when a stage that was put off until after the merge was not made up for. Ends 1 where any is.
#[derive(Debug, clap::Args)]
pub(crate) struct DueArguments {
    /// List pages from so many days before their day
    #[arg(long, value_name = "DAYS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=3650))]
    within: u32,
    /// Only pages of this owner, as it is written: an address, or a role
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    #[command(flatten)]
    target: TargetArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct DueJson<'a> {
    version: u32,
    target: &'a str,
    commit: &'a str,
    #[serde(flatten)]
    found: &'a Due,
}

pub(crate) fn run(arguments: &DueArguments, terminal: &mut Terminal) -> Exit {
    let Some(at) = arguments.target.open(terminal) else { return Exit::Failed };
    let Some(changes) = at.changes(terminal) else { return Exit::Failed };
    let mut found = match at.target().due(&changes, now(), arguments.within) {
        Ok(found) => found,
        Err(error) => {
            undecided(&error, terminal);
            return Exit::Failed;
        }
    };
    at.mark_seen(&changes);
    if let Some(owner) = &arguments.owner {
        let owner = owner.to_lowercase();
        let is_it = |name: &String| name.to_lowercase() == owner;
        found.pages.retain(|page| page.owners.iter().any(is_it));
    }
    let text = match arguments.json {
        true => {
            let (target, commit) = (at.name.as_str(), at.commit.as_str());
            let json = DueJson { version: 1, target, commit, found: &found };
            match serde_json::to_string_pretty(&json) {
                Ok(json) => harmless_json(json) + "\n",
                Err(error) => {
                    terminal.error(&format!("cannot write what is due: {error}"), None);
                    return Exit::Failed;
                }
            }
        }
        false => human(&found, terminal.color_out()),
    };
    at.site.memo.close();
    if let Err(error) = terminal.out(text.as_bytes()) {
        return terminal.output_failed(&error);
    }
    if !arguments.json {
        terminal.say(&match (found.watched, found.pages.len()) {
            (0, _) => {
                "no page has a day by which it is to be reviewed: `[review.review-every]` in \
                       `book.toml` and `review_by` in front matter set one"
                    .to_owned()
            }
            (watched, due) => format!("{due} of {} to be reviewed", counted(watched, "page")),
        });
    }
    if found.pages.is_empty() { Exit::Clean } else { Exit::Findings }
}

/// What is due for a person, by owner; those whom nobody owns last.
fn human(found: &Due, color: bool) -> String {
    let bold = |text: &str| match color {
        true => format!("\x1b[1m{text}\x1b[0m"),
        false => text.to_owned(),
    };
    let mut owners: BTreeMap<&str, Vec<&DuePage>> = BTreeMap::new();
    let mut nobody: Vec<&DuePage> = Vec::new();
    for page in &found.pages {
        for owner in &page.owners {
            owners.entry(owner).or_default().push(page);
        }
        if page.owners.is_empty() {
            nobody.push(page);
        }
    }
    let mut out = String::new();
    let mut groups: Vec<(&str, Vec<&DuePage>)> = owners.into_iter().collect();
    if !nobody.is_empty() {
        groups.push(("nobody owns", nobody));
    }
    let names = found.pages.iter().map(|page| harmless(page.path.as_str()).chars().count());
    let width = names.max().unwrap_or(0).min(60);
    for (at, (owner, pages)) in groups.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", bold(&harmless(owner)));
        for page in pages {
            let path = harmless(page.path.as_str()).into_owned();
            let why = why(page, found);
            let _ = writeln!(out, "  {path:<width$}  {}", harmless(&why));
        }
    }
    out
}

fn why(page: &DuePage, found: &Due) -> String {
    let last = page.last.as_ref().map(|LastReview { day, by, .. }| {
        let names: Vec<&str> = by.iter().map(|author| author.name.as_str()).collect();
        format!("signed off on {day} by {}", names.join(", "))
    });
    let last = last.unwrap_or_else(|| "never signed off".to_owned());
    let day = match &page.due {
        Some(day) if *day < found.today => format!("due since {day}"),
        Some(day) => format!("due on {day}"),
        None => "due".to_owned(),
    };
    match &page.why {
        DueFor::TooOld { every } => {
            format!("{day}: {last}, to be reviewed every {}", counted(*every as usize, "day"))
        }
        DueFor::Never { every } => {
            format!("{day}: {last}, to be reviewed every {}", counted(*every as usize, "day"))
        }
        DueFor::ReviewBy => format!("{day}, as its front matter says; {last}"),
        DueFor::Deferred { stage, by } => {
            format!("{day}: {} put the stage `{stage}` off until after the merge", by.name)
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
