//! `copydesk review land`: a change was merged, and what came of it is what was signed off.

use std::collections::BTreeSet;

use serde::Serialize;

use super::desk::{cannot, now};
use super::signed::damaged;
use super::target::{OpenTarget, TargetArguments, undecided};
use super::verify::pages;
use crate::cli::{Exit, Terminal};
use crate::history::{Brought, Stretch, Whereabouts};
use crate::pipeline::{LandInput, LandingError, ToLand};
use crate::report::{harmless, harmless_json};
use crate::review::event::{Author, Body, Event, EventId, Land};
use crate::review::store::{Loaded, Signer, StoreError};
use crate::review::{Desk, DeskInput, Said};

/// Records that changes were merged: finds the commits that brought them, checks that the pages are
/// what was signed off, and pins all that was said.
///
/// A merge commit, a squash, and a rebase are found. Ends 1 where something landed that was not
/// signed off, and 2 where it cannot be decided. What is recorded already stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct LandArguments {
    /// The commit of the target from which is looked back; or `BEFORE..COMMIT`, the commits that
    /// brought the change, where git does not tell [default: the tip of the target]
    #[arg(value_name = "REV")]
    rev: Option<String>,
    /// The change, by the beginning of its id [default: all that are open and were merged]
    #[arg(long, value_name = "ID")]
    change: Option<String>,
    /// The branch, or the commit of it that was merged, where it is not found by its name
    #[arg(long, value_name = "REV")]
    branch: Option<String>,
    #[command(flatten)]
    target: TargetArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct LandingsJson {
    version: u32,
    landings: Vec<LandingJson>,
}

#[derive(Serialize)]
struct LandingJson {
    /// The event.
    event: EventId,
    change: EventId,
    branch: String,
    #[serde(flatten)]
    land: Land,
}

/// What became of one branch.
enum Outcome {
    /// It was recorded, now or before.
    Landed,
    /// It has not come to the target.
    NotYet,
    /// Something landed that was not signed off.
    Refused,
    /// It has been said.
    Failed,
}

pub(crate) fn run(arguments: &LandArguments, terminal: &mut Terminal) -> Exit {
    let Some(at) = arguments.target.open(terminal) else { return Exit::Failed };
    let author = match at.store.author() {
        Ok(author) => author,
        Err(error) => {
            cannot::<()>(&error, terminal);
            return Exit::Failed;
        }
    };
    let Some(branches) = branches(&at, arguments, terminal) else { return Exit::Failed };
    let named = arguments.change.is_some() || arguments.branch.is_some();
    let landing = Landing { at: &at, arguments, author, signer: Signer::of(&at.store) };
    let (mut exit, mut done) = (Exit::Clean, Vec::new());
    let mut any = false;
    for branch in &branches {
        match landing.land(branch, named, &mut done, terminal) {
            Outcome::Landed => any = true,
            Outcome::NotYet => {}
            Outcome::Refused if exit == Exit::Clean => exit = Exit::Findings,
            Outcome::Refused => {}
            Outcome::Failed => exit = Exit::Failed,
        }
    }
    if !any && exit == Exit::Clean {
        terminal
            .say(&harmless(&format!("nothing that is open for review has come to {}", at.name)));
    }
    if arguments.json {
        let json = LandingsJson { version: 1, landings: done };
        let Ok(json) = serde_json::to_string_pretty(&json) else { return Exit::Failed };
        if let Err(error) = terminal.out(format!("{}\n", harmless_json(json)).as_bytes()) {
            return terminal.output_failed(&error);
        }
    }
    at.site.memo.close();
    exit
}

/// The branches that are meant; none where that failed, which has then been said.
fn branches(
    at: &OpenTarget,
    arguments: &LandArguments,
    terminal: &mut Terminal,
) -> Option<BTreeSet<String>> {
    if let Some(prefix) = &arguments.change {
        let loaded = at.store.find(prefix).and_then(|change| at.store.load(change));
        return match loaded {
            Ok(loaded) => Some(loaded.branch().map(str::to_owned).into_iter().collect()),
            Err(error) => cannot(&error, terminal),
        };
    }
    if let Some(branch) = &arguments.branch {
        let name = branch.strip_prefix("refs/heads/").unwrap_or(branch);
        let name = name.strip_prefix("origin/").unwrap_or(name);
        return Some(BTreeSet::from([name.to_owned()]));
    }
    let changes = at.changes(terminal)?;
    let is_here =
        |loaded: &&Loaded| loaded.events.first().is_some_and(|event| event.target == at.name);
    // Whoever says that a branch has another name takes it away from nobody.
    let names = changes.iter().filter(is_here).flat_map(|loaded| &loaded.events);
    let name = |event: &Event| match &event.body {
        Body::Open(open) => Some(open.branch.clone()),
        Body::Request(request) => request.branch.clone(),
        _ => None,
    };
    Some(names.filter_map(name).collect())
}

struct Landing<'a> {
    at: &'a OpenTarget,
    arguments: &'a LandArguments,
    author: Author,
    signer: Option<Signer>,
}

impl Landing<'_> {
    /// Records that a branch landed. `named` is whether it was asked for by name.
    fn land(
        &self,
        branch: &str,
        named: bool,
        done: &mut Vec<LandingJson>,
        terminal: &mut Terminal,
    ) -> Outcome {
        let at = self.at;
        let input = DeskInput {
            branch,
            target: &at.name,
            change: self.arguments.change.as_deref(),
            expect_tip: None,
        };
        let mut desk = match Desk::open(&at.site.folder, &input) {
            Ok(desk) => desk,
            Err(error) => {
                cannot::<()>(&error, terminal);
                return Outcome::Failed;
            }
        };
        let target = at.target();
        desk.judge_landings(&|loaded: &Loaded, event: &Event| {
            target.counts(loaded, event).unwrap_or(true)
        });
        if desk.changes.is_empty() {
            return match (named, desk.landed.last()) {
                (true, Some(loaded)) => {
                    recorded(loaded, done, terminal);
                    Outcome::Landed
                }
                (true, None) => {
                    cannot::<()>(&StoreError::NotOpen(branch.to_owned()), terminal);
                    Outcome::Failed
                }
                (false, _) => Outcome::NotYet,
            };
        }
        let name = self.arguments.branch.as_deref().unwrap_or(branch);
        let (how, stretch, tip) = match self.find(&desk, name) {
            Ok(Found::At(how, stretch, tip)) => (how, stretch, tip),
            Ok(Found::FastForward) => {
                let (branch, target) = (harmless(branch), harmless(&at.name));
                let message = format!(
                    "cannot decide: {target} was moved on to the commits of {branch}, so nothing \
                     tells where it stood before"
                );
                let help = format!(
                    "name the commits: `copydesk review land BEFORE..COMMIT --change {}`",
                    desk.change().map(|change| change.short()).unwrap_or_default()
                );
                terminal.error(&message, Some(&help));
                return Outcome::Failed;
            }
            Ok(Found::Nowhere) if !named => return Outcome::NotYet,
            Ok(Found::Nowhere) => {
                let message =
                    harmless(&format!("{branch} has not come to {}", at.name)).into_owned();
                let help = "where it was merged in other words, name the commits, as \
                            `BEFORE..COMMIT`; where its branch has another name or is gone, name its \
                            last commit with `--branch`";
                terminal.error(&message, Some(help));
                return Outcome::Failed;
            }
            Err(error) => {
                undecided(&error, terminal);
                return Outcome::Failed;
            }
        };
        if damaged(&desk, terminal) {
            return Outcome::Failed;
        }
        let input = LandInput {
            changes: &desk.changes,
            tip: tip.as_deref(),
            how,
            stretch: &stretch,
            now: now(),
        };
        match target.land(&input) {
            Ok(to_land) if !to_land.is_complete() => {
                refused(&desk, &stretch, &to_land, terminal);
                Outcome::Refused
            }
            Ok(to_land) => self.write(desk, to_land, &stretch, done, terminal),
            Err(error) => {
                undecided(&error, terminal);
                Outcome::Failed
            }
        }
    }

    fn find(&self, desk: &Desk, branch: &str) -> Result<Found, LandingError> {
        let target = self.at.target();
        let rev = self.arguments.rev.as_deref().unwrap_or(&self.at.commit);
        let Some((before, commit)) = rev.split_once("..") else {
            return Ok(match target.find(&desk.changes, branch, rev)? {
                (Whereabouts::Landed(how, stretch), tip) => Found::At(how, stretch, tip),
                (Whereabouts::FastForward, _) => Found::FastForward,
                (Whereabouts::Nowhere, _) => Found::Nowhere,
            });
        };
        let stretch = target
            .named(before, if commit.is_empty() { self.at.commit.as_str() } else { commit })?;
        // Where git tells the same, that is the better word.
        let (found, tip) = target.find(&desk.changes, branch, &stretch.commit)?;
        let tip = tip.or_else(|| target.tips(branch).ok()?.into_iter().next());
        let how = match found {
            Whereabouts::Landed(how, ref known) if *known == stretch => how,
            _ => Brought::Named,
        };
        Ok(Found::At(how, stretch, tip))
    }

    fn write(
        &self,
        mut desk: Desk,
        to_land: ToLand,
        stretch: &Stretch,
        done: &mut Vec<LandingJson>,
        terminal: &mut Terminal,
    ) -> Outcome {
        if !to_land.sign_off.advisory && self.signer.is_none() {
            let help = "set `gpg.format` to `ssh` and `user.signingKey` to your key with `git \
                        config`";
            terminal
                .error("the target asks for signatures, and git has no key of yours", Some(help));
            return Outcome::Failed;
        }
        let said =
            Said { author: &self.author, time: now(), keep: &[], signer: self.signer.as_ref() };
        let count = to_land.events.first().map_or(0, |(_, land)| land.pages.len());
        let events = match desk.land(&said, to_land.events) {
            Ok(events) => events,
            Err(error) => {
                cannot::<()>(&error, terminal);
                return Outcome::Failed;
            }
        };
        for event in events {
            let id = event.change.short();
            let commit: String = stretch.commit.chars().take(10).collect();
            let line = format!(
                "{} (change {id}) landed on {} as {commit}: {}",
                desk.branch,
                desk.target,
                counted(count, "page")
            );
            terminal.say(&harmless(&line));
            done.extend(json_of(event, &desk.branch));
        }
        terminal.say("`copydesk review sync` sends it to the others");
        Outcome::Landed
    }
}

/// Where a branch is.
enum Found {
    At(Brought, Stretch, Option<String>),
    FastForward,
    Nowhere,
}

fn json_of(event: Event, branch: &str) -> Option<LandingJson> {
    let Body::Land(land) = event.body else { return None };
    let branch = branch.to_owned();
    Some(LandingJson { event: event.id, change: event.change, branch, land })
}

/// Says that a change was recorded before.
fn recorded(loaded: &Loaded, done: &mut Vec<LandingJson>, terminal: &mut Terminal) {
    let Some(event) = loaded.landings().last() else { return };
    let Body::Land(land) = &event.body else { return };
    let branch = loaded.branch().unwrap_or_default();
    let commit: String = land.landed.commit.chars().take(10).collect();
    let (id, target, name) = (event.change.short(), &event.target, &event.author.name);
    let line =
        format!("{branch} (change {id}) landed on {target} as {commit}, as {name} has recorded");
    terminal.say(&harmless(&line));
    done.extend(json_of(event.clone(), branch));
}

/// Says what was not signed off.
fn refused(desk: &Desk, stretch: &Stretch, to_land: &ToLand, terminal: &mut Terminal) {
    let text = pages(&to_land.sign_off, &to_land.blocking, terminal.color_err());
    terminal.err(format!("{}\n{text}\n", harmless(&desk.branch)).as_bytes());
    let commit: String = stretch.commit.chars().take(10).collect();
    let message = format!("what landed as {commit} is not what was signed off");
    let help = "who may waive a stage can still do so for all of the change, with `copydesk review waive \
                --stage STAGE`; else correct the pages on a new branch";
    terminal.error(&message, Some(help));
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
