//! `copydesk review branches`: every open branch, and the release branches, at a glance.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use super::side::{Site, base_names};
use crate::cli::{Exit, Terminal};
use crate::history::{self, Landed};
use crate::pipeline::{self, BranchesAbout, Effort, KnownForecasts};
use crate::report::{harmless, harmless_json};
use crate::review::{Board, BoardRow, Release, board};

/// Open branches, overlapping branches and releases that a person is shown.
const MOST_ROWS: usize = 40;

/// So many pairs of branches, those last worked on, are looked at for conflicts unasked.
const FEW_PAIRS: usize = 256;

/// When no more of them are begun: a board that is asked for again answers in half a second.
const TIME: Duration = Duration::from_millis(200);

/// Shows every open branch: the pages it touches, how old it is, whether its content has landed,
/// and which others touch the same files; and what waits in release branches.
///
/// A branch has landed where its content stands on the base, whatever its commits are called there.
/// Conflicts between open branches are looked for where that is quick, and kept.
#[derive(Debug, clap::Args)]
pub(crate) struct BranchesArguments {
    /// What branches are compared with [default: as `copydesk review status` does]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder above
    /// the working directory that holds a `book.toml`]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    root: Option<PathBuf>,
    /// Look for all conflicts, however long it takes; what is found is kept
    #[arg(long)]
    all_conflicts: bool,
    /// Neither read nor write the cache
    #[arg(long)]
    no_cache: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &BranchesArguments, terminal: &mut Terminal) -> Exit {
    let Some(site) = Site::open(arguments.root.as_deref(), arguments.no_cache, terminal) else {
        return Exit::Failed;
    };
    let names = match base_names(arguments.base.as_deref(), &site.folder, &site.settings) {
        Ok(names) => names,
        Err(failure) => {
            failure.tell(None, terminal);
            return Exit::Failed;
        }
    };
    let about = BranchesAbout {
        releases: site.settings.review.releases.clone(),
        content: site.content.to_string(),
    };
    let made = history::base(&site.folder, &names).and_then(|(base, commit)| {
        let states = pipeline::branch_states(&site.folder, &commit, &about, &site.memo)?;
        let is_content = |path: &str| about.is_content(path);
        let mut known = KnownForecasts::read(&site.memo);
        let conflicts = |one: &str, other: &str| {
            known.conflicts((one, other)).map(|conflicts| Ok(conflicts.to_vec()))
        };
        let made = board(&base, &states, &about.releases, &is_content, &conflicts);
        let mut pairs = made.open_pairs();
        if !arguments.all_conflicts {
            pairs.retain(|pair| !known.takes_long(*pair));
            pairs.truncate(FEW_PAIRS);
        }
        if pairs.is_empty() {
            return Ok(made);
        }
        let begun = Instant::now();
        let has_time = || begun.elapsed() < TIME;
        let effort = match arguments.all_conflicts {
            true => Effort::Whole,
            false => Effort::Quick { has_time: &has_time },
        };
        let found = known.look(&site.folder, &commit, pairs, effort, &site.memo)?;
        let conflicts = |one: &str, other: &str| {
            let found = found.get(&pipeline::in_order((one, other))).cloned();
            found.or_else(|| Some(Ok(known.conflicts((one, other))?.to_vec())))
        };
        Ok(board(&base, &states, &about.releases, &is_content, &conflicts))
    });
    let made = match made {
        Ok(made) => made,
        Err(why) => {
            terminal.error(&format!("cannot tell: {why}"), why.help().as_deref());
            return Exit::Failed;
        }
    };
    site.memo.close();
    let text = match arguments.json {
        true => match serde_json::to_string_pretty(&made) {
            Ok(json) => harmless_json(json) + "\n",
            Err(error) => {
                terminal.error(&format!("cannot write the board: {error}"), None);
                return Exit::Failed;
            }
        },
        false => human(&made),
    };
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

/// The board for a person.
fn human(board: &Board) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let mut out = String::new();
    let all = board.open.len() + board.releases.len() + board.landed.len() + board.unknown.len();
    let mut parts = vec![format!("{} open", board.open.len())];
    if !board.releases.is_empty() {
        parts.push(counted(board.releases.len(), "release"));
    }
    parts.push(format!("{} landed", board.landed.len()));
    if !board.unknown.is_empty() {
        parts.push(format!("{} that nothing can be said of", board.unknown.len()));
    }
    let _ = writeln!(
        out,
        "{} beside {}: {}",
        counted_branches(all),
        harmless(&board.base),
        parts.join(", ")
    );
    if !board.open.is_empty() {
        let rows: Vec<[String; 6]> =
            board.open.iter().take(MOST_ROWS).map(|row| row_of(row, now)).collect();
        let head = ["open", "pages", "ahead", "behind", "last work", "same files as"];
        table(&mut out, &head, &rows);
        more(&mut out, board.open.len(), rows.len());
    }
    if !board.releases.is_empty() {
        let rows: Vec<[String; 4]> =
            board.releases.iter().take(MOST_ROWS).map(release_of).collect();
        table(&mut out, &["release", "waiting", "behind", "not carried over"], &rows);
        more(&mut out, board.releases.len(), rows.len());
    }
    if !board.unknown.is_empty() {
        let rows: Vec<[String; 2]> = board
            .unknown
            .iter()
            .take(MOST_ROWS)
            .map(|row| [row.name.clone(), row.why.clone()])
            .collect();
        table(&mut out, &["cannot decide", "because"], &rows);
        more(&mut out, board.unknown.len(), rows.len());
    }
    if board.open_forecasts > 0 {
        let pairs = counted(board.open_forecasts, "pair");
        let _ = writeln!(
            out,
            "\nwhether {pairs} of branches conflict is not known yet: --all-conflicts looks for it"
        );
    }
    out
}

fn row_of(row: &BoardRow, now: i64) -> [String; 6] {
    let number = |count: Option<usize>| count.map_or("?".to_owned(), |count| count.to_string());
    let with_conflicts = row.overlaps.iter().filter(|overlap| {
        overlap.conflicts.as_ref().is_some_and(|conflicts| !conflicts.is_empty())
    });
    let mut names: Vec<String> =
        with_conflicts.map(|overlap| format!("{} (conflict)", overlap.branch)).collect();
    let others =
        row.overlaps.iter().filter(|overlap| overlap.conflicts.as_ref().is_none_or(Vec::is_empty));
    names.extend(others.map(|overlap| overlap.branch.clone()));
    let shown: Vec<String> = names.iter().take(2).cloned().collect();
    let mut same = shown.join(", ");
    if names.len() > shown.len() {
        let _ = write!(same, " and {} more", names.len() - shown.len());
    }
    [
        row.name.clone(),
        row.pages.len().to_string(),
        number(row.ahead),
        number(row.behind),
        format!("{} ago", age(now - row.time)),
        same,
    ]
}

fn release_of(release: &Release) -> [String; 4] {
    let waiting = match &release.landed {
        Some(Landed::Merged | Landed::NothingLeft) => "landed".to_owned(),
        Some(Landed::SameFiles(commit) | Landed::SamePatch(commit)) => {
            format!("landed as {}", commit.get(..10).unwrap_or(commit))
        }
        None => counted(release.waiting.len(), "page"),
    };
    [
        release.name.clone(),
        waiting,
        release.behind.map_or("?".to_owned(), |count| count.to_string()),
        release.not_carried_count.to_string(),
    ]
}

/// Rows below a head, in columns as wide as they must be.
fn table<const N: usize>(out: &mut String, head: &[&str; N], rows: &[[String; N]]) {
    const WIDEST: usize = 48;
    let cut = |text: &str| -> String {
        let text = harmless(text);
        match text.chars().count() > WIDEST {
            true => text.chars().take(WIDEST - 1).chain(['…']).collect(),
            false => text.into_owned(),
        }
    };
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| cut(cell)).collect()).collect();
    let widths: Vec<usize> = (0..N)
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(head.get(at).map_or(0, |name| name.chars().count()))
        })
        .collect();
    out.push('\n');
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (cell, width) in cells.zip(&widths) {
            let _ = write!(text, "{cell:<width$}  ");
        }
        let _ = writeln!(out, "{}", text.trim_end());
    };
    line(&mut head.iter().copied());
    for row in &rows {
        line(&mut row.iter().map(String::as_str));
    }
}

fn more(out: &mut String, all: usize, shown: usize) {
    if all > shown {
        let _ = writeln!(out, "and {} more; --json lists every one", all - shown);
    }
}

/// A time in the largest unit that it fills.
fn age(seconds: i64) -> String {
    let units = [(365 * 86_400, "year"), (30 * 86_400, "month"), (86_400, "day"), (3_600, "hour")];
    for (length, name) in units {
        if seconds >= length {
            return counted(usize::try_from(seconds / length).unwrap_or(0), name);
        }
    }
    "moments".to_owned()
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn counted_branches(count: usize) -> String {
    if count == 1 { "1 branch".to_owned() } else { format!("{count} branches") }
}
