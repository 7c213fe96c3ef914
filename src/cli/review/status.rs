//! `copydesk review status`: what changes, where to look, in the terminal and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::desk::{EventsArguments, branch_of, desk_of};
use super::side::{ChangeArguments, OpenChange};
use super::signed::{self, Signed, damaged};
use super::threads;
use crate::cli::{Exit, Terminal};
use crate::history::{Ends, Landed};
use crate::report::{harmless, harmless_json};
use crate::review::event::EventId;
use crate::review::sign_off::SignOff;
use crate::review::threads::PlacedThread;
use crate::review::{Cause, Change, Desk, PageChange, Reason};

/// Shows which pages a change touches, and why.
///
/// A page counts where a reader sees something else in it, whatever the reason: its own text, an
/// included file, a setting, a link that leads elsewhere. Edits that no reader sees are listed
/// apart.
#[derive(Debug, clap::Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    change: ChangeArguments,
    #[command(flatten)]
    events: EventsArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    version: u32,
    #[serde(flatten)]
    ends: &'a Ends,
    #[serde(flatten)]
    change: &'a Change,
    threads: &'a [PlacedThread],
    /// Where the target has stages.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_off: Option<SignOffJson<'a>>,
}

#[derive(Serialize)]
struct SignOffJson<'a> {
    /// The changes that the branch was opened as, with the commits that hold their events.
    changes: Vec<OpenedJson>,
    complete: bool,
    #[serde(flatten)]
    found: &'a SignOff,
}

#[derive(Serialize)]
struct OpenedJson {
    id: EventId,
    tip: String,
    events: usize,
}

pub(crate) fn run(arguments: &StatusArguments, terminal: &mut Terminal) -> Exit {
    let Some(open) = arguments.change.open(terminal) else { return Exit::Failed };
    let compared = match open.compare() {
        Ok(compared) => compared,
        Err(failure) => {
            failure.tell(Some(open.new.as_ref()), terminal);
            return Exit::Failed;
        }
    };
    let signed = match signed_off(&open, &arguments.events, terminal) {
        Ok(signed) => signed,
        Err(exit) => return exit,
    };
    let threads = signed.as_ref().map_or_else(Vec::new, |(desk, signed)| {
        threads::placed(&open, desk, &signed.judge, open.new.as_ref())
    });
    let text = match arguments.json {
        true => {
            let sign_off = signed.as_ref().map(|(desk, signed)| SignOffJson {
                changes: opened(desk),
                complete: signed.sign_off.is_complete(),
                found: &signed.sign_off,
            });
            let (ends, change) = (&open.ends, &compared.change);
            let json = StatusJson { version: 1, ends, change, threads: &threads, sign_off };
            match serde_json::to_string_pretty(&json) {
                Ok(json) => harmless_json(json) + "\n",
                Err(error) => {
                    terminal.error(&format!("cannot write the status: {error}"), None);
                    return Exit::Failed;
                }
            }
        }
        false => {
            let color = terminal.color_out();
            let mut text = human(&open.ends, &compared.change, color);
            if let Some((desk, signed)) = &signed {
                text.push_str(&signed::human(&signed.sign_off, desk, color));
            }
            text + &threads::told(&threads, color)
        }
    };
    open.memo.close();
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

/// Who has signed off what; none where the target asks for nothing and nothing was said.
fn signed_off(
    open: &OpenChange,
    events: &EventsArguments,
    terminal: &mut Terminal,
) -> Result<Option<(Desk, Signed)>, Exit> {
    if branch_of(&open.ends).is_none() && !events.is_set() {
        return Ok(None);
    }
    let desk = desk_of(open, events, terminal).ok_or(Exit::Failed)?;
    if damaged(&desk, terminal) {
        return Err(Exit::Failed);
    }
    let signed = signed::signed(open, &desk, None, terminal).ok_or(Exit::Failed)?;
    desk.mark_seen();
    let wanted = signed.judge.policy.has_stages() || !desk.changes.is_empty();
    Ok(wanted.then_some((desk, signed)))
}

fn opened(desk: &Desk) -> Vec<OpenedJson> {
    desk.changes
        .iter()
        .filter_map(|loaded| {
            let id = loaded.events.first()?.change;
            Some(OpenedJson { id, tip: loaded.tip.clone(), events: loaded.events.len() })
        })
        .collect()
}

/// The status for a person.
fn human(ends: &Ends, change: &Change, color: bool) -> String {
    let ink = Ink { color };
    let mut out = String::new();
    let head = match (&ends.head, ends.work_tree) {
        (Some(head), _) => head.clone(),
        (None, true) => "the working tree".to_owned(),
        (None, false) => short(&ends.head_commit).to_owned(),
    };
    let _ =
        writeln!(out, "{} into {}", ink.bold(&harmless(&head)), ink.bold(&harmless(&ends.base)));
    let mut facts = vec![format!("parted at {}", short(&ends.merge_base))];
    facts.extend(distance(ends));
    if ends.uncommitted {
        facts.push("with changes that are not committed".to_owned());
    }
    let _ = writeln!(out, "{}\n", ink.dim(&facts.join(", ")));
    if change.pages.is_empty() {
        out.push_str("no page says anything else\n");
    } else {
        let _ = writeln!(
            out,
            "{}, about {} to read",
            ink.bold(&counted(change.pages.len(), "page")),
            counted(change.effort.minutes, "minute")
        );
    }
    for group in change.groups() {
        let title = match group.reason {
            Reason::Kind(kind) => kind.word().to_owned(),
            Reason::Cause(cause) => because(cause),
        };
        list(&mut out, &ink, &title, &group.pages, group.shown());
    }
    let mut also = Vec::new();
    if change.navigation.pages > 0 {
        let sample = change.navigation.sample.as_ref();
        let sample = sample.map_or_else(String::new, |page| format!(", such as {}", page.source));
        let pages = counted(change.navigation.pages, "page");
        also.push(format!("the navigation of {pages} differs{sample}"));
    }
    let paths = |paths: &[crate::base::SourcePath]| {
        const MOST: usize = 5;
        let mut names: Vec<String> = paths.iter().take(MOST).map(ToString::to_string).collect();
        if paths.len() > MOST {
            names.push(format!("and {} more", paths.len() - MOST));
        }
        names.join(", ")
    };
    if !change.theme.is_empty() {
        also.push(format!("the theme differs: {}", paths(&change.theme)));
    }
    if change.look.pages > 0 {
        let pages = counted(change.look.pages, "page");
        also.push(format!("the theme makes {pages} look different"));
    }
    if change.settings {
        also.push("book.toml differs".to_owned());
    }
    if !change.files.is_empty() {
        also.push(format!("other files differ: {}", paths(&change.files)));
    }
    if !change.unrendered.is_empty() {
        also.push(format!("edited, and no reader sees it: {}", paths(&change.unrendered)));
    }
    if !also.is_empty() {
        out.push('\n');
    }
    for line in also {
        let _ = writeln!(out, "{}", harmless(&line));
    }
    out
}

fn list(out: &mut String, ink: &Ink, title: &str, pages: &[&PageChange], most: usize) {
    let _ = writeln!(out, "\n{}", ink.bold(&harmless(title)));
    let names: Vec<String> =
        pages.iter().take(most).map(|page| harmless(&name(page)).into_owned()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(60);
    for (page, name) in pages.iter().zip(&names) {
        let line = format!("  {name:<width$}  {}", words(page, ink));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if pages.len() > names.len() {
        let _ = writeln!(out, "  and {} more", pages.len() - names.len());
    }
}

/// `guide/install.md`, and where it was.
fn name(page: &PageChange) -> String {
    let Some(place) = page.place() else { return String::new() };
    match (&page.old, &page.new) {
        (Some(old), Some(new)) if old.source != new.source => {
            format!("{} -> {}", old.source, new.source)
        }
        (Some(old), Some(new)) if old.path != new.path => {
            format!("{}: /{} -> /{}", new.source, old.path, new.path)
        }
        _ => place.source.to_string(),
    }
}

fn words(page: &PageChange, ink: &Ink) -> String {
    let mut parts = Vec::new();
    if page.inserted > 0 {
        parts.push(ink.paint("32", &format!("+{}", page.inserted)));
    }
    if page.deleted > 0 {
        parts.push(ink.paint("31", &format!("-{}", page.deleted)));
    }
    parts.join(" ")
}

fn because(cause: &Cause) -> String {
    match cause {
        Cause::Source => "edited".to_owned(),
        Cause::Include(path) => format!("through the included file {path}"),
        Cause::Settings => "through settings".to_owned(),
        Cause::LinkTarget(link) => format!("because the link {link} leads elsewhere"),
        Cause::Theme => "through the theme".to_owned(),
    }
}

/// How the branch and its base lie to each other. Where the content has landed, commits that the
/// base does not have say nothing.
fn distance(ends: &Ends) -> Vec<String> {
    let landed = |commit: Option<&str>| match commit {
        Some(commit) => format!("landed on {} as {}", ends.base, short(commit)),
        None => format!("landed on {}", ends.base),
    };
    match &ends.landed {
        Some(how @ (Landed::SameFiles(_) | Landed::SamePatch(_))) => vec![landed(how.commit())],
        Some(Landed::Merged | Landed::NothingLeft) => vec![landed(None)],
        None => {
            let mut parts = vec![format!("{} ahead", ends.ahead)];
            if ends.behind > 0 {
                parts.push(format!("{} behind", ends.behind));
            }
            parts
        }
    }
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Colours, where they are wanted.
struct Ink {
    color: bool,
}

impl Ink {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }
}
