//! `copydesk review approve`, `reject`, `waive`, and `defer`: what somebody decides on pages.

use super::desk::{DeskArguments, OpenDesk};
use super::signed::{Signed, damaged, signed};
use super::suggested::suggested;
use crate::cli::{Exit, Terminal};
use crate::config::POLICY;
use crate::history::is_day;
use crate::report::harmless;
use crate::review::event::{Approve, Body, Defer, Reject, Subject, SubjectKind, Waive};
use crate::review::sign_off::{CellState, PageToSign, why_not_approve};

/// Which pages are meant, in which stage.
#[derive(Debug, clap::Args)]
pub(crate) struct PagesArguments {
    /// Files of pages, or folders with `/` at the end; `policy` stands for changes of rules, words,
    /// terms, and policy
    #[arg(value_name = "PAGE")]
    pages: Vec<String>,
    /// Every page that is open in the stage
    #[arg(long, conflicts_with = "pages")]
    all: bool,
    /// The stage [default: the one in which you can close something]
    #[arg(long, short, value_name = "STAGE")]
    stage: Option<String>,
    #[command(flatten)]
    desk: DeskArguments,
}

/// Approves pages of the branch in a stage, as the merge would leave them.
///
/// An approval holds as long as nothing is edited that the stage looks at.
#[derive(Debug, clap::Args)]
pub(crate) struct ApproveArguments {
    #[command(flatten)]
    pages: PagesArguments,
    /// Approve the pages as they are once your open suggestions are applied; until then, and after any
    /// other edit that the stage looks at, they are not approved
    #[arg(long)]
    with_suggestions: bool,
    /// What there is to say
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
}

/// Rejects pages of the branch in a stage, which then must not be merged as they are.
#[derive(Debug, clap::Args)]
pub(crate) struct RejectArguments {
    #[command(flatten)]
    pages: PagesArguments,
    /// Why
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: String,
}

/// Says that a stage is not needed, for pages as they are or for all of the change.
///
/// `waive` below `[review]` of the target says who may.
#[derive(Debug, clap::Args)]
pub(crate) struct WaiveArguments {
    #[command(flatten)]
    pages: PagesArguments,
    /// Why
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: String,
}

/// Says that a stage can wait until after the merge, for pages as they are or for all of the change.
///
/// `defer` below `[review]` of the target says who may.
#[derive(Debug, clap::Args)]
pub(crate) struct DeferArguments {
    #[command(flatten)]
    pages: PagesArguments,
    /// Why
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: String,
    /// The day until which it must be made up for, as `2026-12-24`
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

pub(crate) fn approve(arguments: &ApproveArguments, terminal: &mut Terminal) -> Exit {
    let note = arguments.message.clone().unwrap_or_default();
    let done = arguments.pages.chosen(Does::Approve, terminal).and_then(|mut chosen| {
        let (mut suggestions, mut did) = (Vec::new(), "approved");
        if arguments.with_suggestions {
            let found = suggested(&chosen.at, &chosen.signed, &chosen.subjects, terminal)?;
            (chosen.subjects, suggestions) = (found.pages, found.suggestions);
            did = "approved, once your suggestions are applied,";
        }
        let body = Approve {
            stage: chosen.stage.clone(),
            pages: chosen.subjects.clone(),
            suggestions,
            note,
        };
        chosen.write(Body::Approve(body), did, terminal)
    });
    ended(done)
}

pub(crate) fn reject(arguments: &RejectArguments, terminal: &mut Terminal) -> Exit {
    let note = arguments.message.clone();
    let done = arguments.pages.chosen(Does::Reject, terminal).and_then(|mut chosen| {
        let body = Reject { stage: chosen.stage.clone(), pages: chosen.subjects.clone(), note };
        chosen.write(Body::Reject(body), "rejected", terminal)
    });
    ended(done)
}

pub(crate) fn waive(arguments: &WaiveArguments, terminal: &mut Terminal) -> Exit {
    let reason = arguments.message.clone();
    let done = arguments.pages.chosen(Does::Lift, terminal).and_then(|mut chosen| {
        let may = chosen.signed.judge.policy.may_waive().has(&chosen.at.author.key());
        if !may {
            return chosen.may_not("waive", terminal);
        }
        let body = Waive { stage: chosen.stage.clone(), pages: chosen.subjects.clone(), reason };
        chosen.write(Body::Waive(body), "waived", terminal)
    });
    ended(done)
}

pub(crate) fn defer(arguments: &DeferArguments, terminal: &mut Terminal) -> Exit {
    let reason = arguments.message.clone();
    let until = arguments.until.clone();
    if until.as_ref().is_some_and(|day| !is_day(day)) {
        terminal.error("`--until` is no day", Some("write it as `2026-12-24`"));
        return Exit::Failed;
    }
    let done = arguments.pages.chosen(Does::Lift, terminal).and_then(|mut chosen| {
        let may = chosen.signed.judge.policy.may_defer().has(&chosen.at.author.key());
        if !may {
            return chosen.may_not("defer", terminal);
        }
        let (stage, pages) = (chosen.stage.clone(), chosen.subjects.clone());
        chosen.write(Body::Defer(Defer { stage, pages, reason, until }), "deferred", terminal)
    });
    ended(done)
}

fn ended(done: Option<()>) -> Exit {
    match done {
        Some(()) => Exit::Clean,
        None => Exit::Failed,
    }
}

/// What is done to the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Approve,
    Reject,
    Lift,
}

/// The pages that are meant.
struct Chosen {
    at: OpenDesk,
    signed: Signed,
    stage: String,
    /// Empty for all of the change.
    subjects: Vec<Subject>,
}

impl PagesArguments {
    /// Finds the pages; none where that failed, which has then been said.
    fn chosen(&self, does: Does, terminal: &mut Terminal) -> Option<Chosen> {
        let at = self.desk.open(terminal)?;
        if damaged(&at.desk, terminal) {
            return None;
        }
        let signed = signed(&at.open, &at.desk, None, terminal)?;
        if !signed.judge.policy.has_stages() {
            let help = "`preset = \"docs\"` below `[review]` in the `book.toml` of the target is a \
                        beginning";
            terminal.error(&format!("{} has no stages", harmless(&at.desk.target)), Some(help));
            return None;
        }
        if signed.judge.policy.is_signed() && at.signer.is_none() {
            let help = "set `gpg.format` to `ssh` and `user.signingKey` to your key with `git \
                        config`";
            terminal
                .error("the target asks for signatures, and git has no key of yours", Some(help));
            return None;
        }
        let stage = self.stage_of(&at, &signed, terminal)?;
        let pages: Vec<&PageToSign> = signed.pages.iter().collect();
        let is_needed = |page: &PageToSign| {
            let row = signed
                .sign_off
                .pages
                .iter()
                .find(|row| row.path == page.path && row.kind == page.kind);
            row.and_then(|row| row.cells.iter().find(|cell| cell.stage == stage))
                .map(|cell| cell.state)
        };
        let mut chosen: Vec<&PageToSign> = Vec::new();
        if self.all {
            let open = |page: &&&PageToSign| {
                is_needed(page).is_some_and(|state| match does {
                    Does::Reject => state != CellState::NotNeeded,
                    _ => !state.is_closed(),
                })
            };
            chosen.extend(pages.iter().filter(open));
        }
        for name in &self.pages {
            let found: Vec<&PageToSign> =
                pages.iter().filter(|page| is_named(page, name)).copied().collect();
            if found.is_empty() {
                let message = format!("the merge changes no page `{}`", harmless(name));
                terminal.error(&message, Some("`copydesk review status` lists the pages"));
                return None;
            }
            chosen.extend(found);
        }
        chosen.retain(|page| is_needed(page).is_some_and(|state| state != CellState::NotNeeded));
        if chosen.is_empty() && (does != Does::Lift || self.all || !self.pages.is_empty()) {
            let (message, help) = match self.all || !self.pages.is_empty() {
                true => (
                    format!("nothing is open there in the stage `{stage}`"),
                    "`copydesk review status` shows what is",
                ),
                false => ("no page is named".to_owned(), "name pages, or write `--all`"),
            };
            terminal.error(&message, Some(help));
            return None;
        }
        if does != Does::Lift {
            let input = signed.judge.input(&signed.pages, &at.desk.events, at.time);
            let who = at.author.key();
            for page in &chosen {
                if let Some(why) = why_not_approve(&input, page, &stage, &who) {
                    let message = format!("{}: {why}", harmless(&place(page)));
                    terminal.error(&message, Some("it would not count"));
                    return None;
                }
            }
        }
        let subjects = chosen.iter().map(|page| page.subject()).collect();
        Some(Chosen { at, stage, subjects, signed })
    }

    /// The stage that is meant.
    fn stage_of(&self, at: &OpenDesk, signed: &Signed, terminal: &mut Terminal) -> Option<String> {
        let policy = &signed.judge.policy;
        if let Some(stage) = &self.stage {
            if policy.stage(stage).is_some() || stage == POLICY {
                return Some(stage.clone());
            }
            let ids: Vec<&str> =
                policy.review.stages.iter().map(|stage| stage.id.as_str()).collect();
            let help = format!("its stages are {}", ids.join(", "));
            let message = format!("the target has no stage `{}`", harmless(stage));
            terminal.error(&message, Some(&help));
            return None;
        }
        if self.pages == [POLICY] {
            return Some(POLICY.to_owned());
        }
        let who = at.author.key();
        let mut stages: Vec<&str> = Vec::new();
        for (_, cell) in signed.sign_off.open_cells() {
            let can = cell.anyone || cell.closers.contains(&who);
            if can && !stages.contains(&cell.stage.as_str()) {
                stages.push(&cell.stage);
            }
        }
        match stages.as_slice() {
            [stage] => Some((*stage).to_owned()),
            [] => {
                terminal.error("there is nothing that you could close", Some(
                    "`copydesk review status` shows who can close what; `--stage` names a stage",
                ));
                None
            }
            several => {
                let help = format!("you could close {}", several.join(", "));
                terminal.error("which stage is meant? name it with `--stage`", Some(&help));
                None
            }
        }
    }
}

/// Whether a page is meant by a name: its file, the end of it, or a folder above it.
fn is_named(page: &PageToSign, name: &str) -> bool {
    if page.kind == SubjectKind::Policy {
        return name == POLICY;
    }
    let name = name.strip_prefix("./").unwrap_or(name);
    let path = page.path.as_str();
    match name.strip_suffix('/') {
        Some(folder) => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        None => path == name || path.strip_suffix(name).is_some_and(|before| before.ends_with('/')),
    }
}

fn place(page: &PageToSign) -> String {
    match page.kind {
        SubjectKind::Policy => POLICY.to_owned(),
        _ => page.path.to_string(),
    }
}

impl Chosen {
    fn may_not(&self, what: &str, terminal: &mut Terminal) -> Option<()> {
        let message = format!("`{}` may not {what}", harmless(&self.at.author.email));
        let help = format!("`{what}` below `[review]` of the target says who may");
        terminal.error(&message, Some(&help));
        None
    }

    /// Writes it, and says so.
    fn write(&mut self, body: Body, did: &str, terminal: &mut Terminal) -> Option<()> {
        let keep: Vec<String> =
            self.subjects.iter().filter_map(|subject| subject.blob.clone()).collect();
        self.at.say(body, &keep, terminal)?;
        let title =
            self.signed.judge.policy.stage(&self.stage).map_or(POLICY, |stage| stage.title());
        let what = match self.subjects.as_slice() {
            [] => "the stage for all of the change".to_owned(),
            [one] if one.kind == SubjectKind::Policy => POLICY.to_owned(),
            [one] => one.path.to_string(),
            several => format!("{} pages", several.len()),
        };
        terminal.say(&harmless(&format!("{did} {what} in {title}")));
        if self.at.open.ends.uncommitted {
            terminal.say("what is not committed was not looked at");
        }
        Some(())
    }
}
