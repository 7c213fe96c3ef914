//! From events to cells.

use std::collections::{BTreeMap, BTreeSet};

use super::holds::{holds, late};
use super::policy::{People, Policy};
use super::{Cell, CellState, Ignored, PageToSign, Row, SignOff, SignOffInput, StageView, Voice};
use crate::base::SourcePath;
use crate::config::{Digest, POLICY, Stage};
use crate::review::event::{Body, Event, EventId, Subject, SubjectKind};
use crate::review::store::Proof;

/// People that are named one by one.
const MOST_NAMED: usize = 12;

/// Finds out how every cell stands.
pub fn sign_off(input: &SignOffInput<'_>) -> SignOff {
    let fold = Fold::new(input);
    let mut stages: Vec<StageView> = input
        .policy
        .review
        .stages
        .iter()
        .map(|stage| StageView {
            id: stage.id.clone(),
            title: stage.title().to_owned(),
            digest: stage.digest,
        })
        .collect();
    let pages = input.pages.iter().map(|page| fold.row(page)).collect();
    if input.pages.iter().any(|page| page.kind == SubjectKind::Policy) {
        stages.push(StageView {
            id: POLICY.to_owned(),
            title: "Policy".to_owned(),
            digest: Digest::Source,
        });
    }
    let mut ignored = fold.ignored.clone();
    let (holds, more) = holds(input, &fold.counting);
    ignored.extend(more);
    ignored.sort_by_key(|ignored| ignored.event);
    SignOff {
        advisory: !input.policy.is_signed(),
        stages,
        pages,
        holds,
        ignored,
        late: late(input, &fold.counting),
    }
}

/// What somebody said about a page in a stage.
#[derive(Clone, Copy)]
struct Verdict<'a> {
    event: &'a Event,
    /// What it is about; none for all pages.
    subject: Option<&'a Subject>,
    is: Is,
    note: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Approved,
    Rejected,
    Waived,
    Deferred,
}

struct Fold<'a> {
    input: &'a SignOffInput<'a>,
    /// The events that count, in order.
    counting: Vec<&'a Event>,
    ignored: Vec<Ignored>,
    /// Verdicts by stage and page.
    by_path: BTreeMap<(&'a str, &'a SourcePath), Vec<Verdict<'a>>>,
    /// Verdicts by stage and digest of the source, for pages that got another name.
    by_source: BTreeMap<(&'a str, &'a str), Vec<Verdict<'a>>>,
    /// Verdicts on all pages of a stage.
    on_all: BTreeMap<&'a str, Vec<Verdict<'a>>>,
    /// The files of pages.
    paths: BTreeSet<&'a SourcePath>,
    /// Who opened the change.
    openers: BTreeSet<String>,
}

impl<'a> Fold<'a> {
    fn new(input: &'a SignOffInput<'a>) -> Self {
        let mut fold = Fold {
            input,
            counting: Vec::new(),
            ignored: Vec::new(),
            by_path: BTreeMap::new(),
            by_source: BTreeMap::new(),
            on_all: BTreeMap::new(),
            paths: input.pages.iter().map(|page| &page.path).collect(),
            openers: BTreeSet::new(),
        };
        for event in input.events {
            match why_not(input.policy, input.proofs, input.target, event) {
                Some(why) => fold.ignored.push(ignored(event, why)),
                None => fold.counting.push(event),
            }
        }
        for event in fold.counting.clone() {
            match &event.body {
                Body::Open(_) => {
                    let key = event.author.key();
                    fold.openers.insert(input.policy.person(&key).to_owned());
                }
                Body::Approve(body) => {
                    fold.verdicts(event, &body.stage, &body.pages, Is::Approved, &body.note);
                }
                Body::Reject(body) => {
                    fold.verdicts(event, &body.stage, &body.pages, Is::Rejected, &body.note);
                }
                Body::Waive(body) if fold.may(event, &input.policy.may_waive(), "waive") => {
                    fold.verdicts(event, &body.stage, &body.pages, Is::Waived, &body.reason);
                }
                Body::Defer(body) if fold.may(event, &input.policy.may_defer(), "defer") => {
                    fold.verdicts(event, &body.stage, &body.pages, Is::Deferred, &body.reason);
                }
                _ => {}
            }
        }
        fold.check_approvers();
        fold
    }

    fn may(&mut self, event: &'a Event, people: &People, what: &str) -> bool {
        let may = people.has(&event.author.key());
        if !may {
            let why = format!("`{what}` of `[review]` on the target does not name this address");
            self.ignored.push(ignored(event, why));
        }
        may
    }

    fn verdicts(
        &mut self,
        event: &'a Event,
        stage: &'a str,
        pages: &'a [Subject],
        is: Is,
        note: &'a str,
    ) {
        if pages.is_empty() && matches!(is, Is::Waived | Is::Deferred) {
            let verdict = Verdict { event, subject: None, is, note };
            self.on_all.entry(stage).or_default().push(verdict);
        }
        for subject in pages {
            let verdict = Verdict { event, subject: Some(subject), is, note };
            self.by_path.entry((stage, &subject.path)).or_default().push(verdict);
            if !subject.digests.source.is_empty() && subject.kind == SubjectKind::Page {
                let source = subject.after.as_ref().unwrap_or(&subject.digests).source.as_str();
                self.by_source.entry((stage, source)).or_default().push(verdict);
            }
        }
    }

    /// Tells of approvals by people who may not approve the pages in that stage.
    fn check_approvers(&mut self) {
        let mut told: BTreeMap<EventId, Ignored> = BTreeMap::new();
        for page in self.input.pages {
            for (stage, approvers) in self.stages_of(page) {
                let verdicts = self.by_path.get(&(stage, &page.path)).into_iter().flatten();
                for verdict in verdicts.filter(|verdict| verdict.is == Is::Approved) {
                    let who = verdict.event.author.key();
                    let why = if !approvers.has(&who) {
                        format!("this address may not approve in the stage `{stage}`")
                    } else if !self.may_approve(page, &who) {
                        "those who wrote a page, or opened the change, may not approve it"
                            .to_owned()
                    } else {
                        continue;
                    };
                    told.entry(verdict.event.id).or_insert_with(|| ignored(verdict.event, why));
                }
            }
        }
        self.ignored.extend(told.into_values());
    }

    /// The stages of a row by id, with those who may approve.
    fn stages_of(&self, page: &PageToSign) -> Vec<(&'a str, People)> {
        let policy = self.input.policy;
        if page.kind == SubjectKind::Policy {
            return vec![(POLICY, policy.policy_owners())];
        }
        let owners = policy.owners(&page.path, &page.owners);
        let stages = policy.review.stages.iter();
        stages.map(|stage| (stage.id.as_str(), policy.approvers(stage, &owners))).collect()
    }

    /// Whether somebody is not kept from approving because it is their own work.
    fn may_approve(&self, page: &PageToSign, who: &str) -> bool {
        let policy = self.input.policy;
        policy.review.self_approval
            || !(policy.wrote(page, who) || self.openers.contains(policy.person(who)))
    }

    fn row(&self, page: &'a PageToSign) -> Row {
        let policy: &'a Policy = self.input.policy;
        let mut cells: Vec<Cell> = Vec::new();
        let is_policy = page.kind == SubjectKind::Policy;
        for stage in &policy.review.stages {
            let needed = !is_policy && needed(policy, stage, page);
            let cell = match needed {
                true => {
                    let owners = policy.owners(&page.path, &page.owners);
                    let approvers = policy.approvers(stage, &owners);
                    self.cell(page, &stage.id, stage.digest, stage.needs, &approvers)
                }
                false => not_needed(&stage.id),
            };
            cells.push(cell);
        }
        if is_policy {
            cells.push(self.cell(page, POLICY, Digest::Source, 1, &policy.policy_owners()));
        }
        // Only now it is known how the stages stand that come first.
        let open: BTreeMap<String, bool> =
            cells.iter().map(|cell| (cell.stage.clone(), cell.state.is_closed())).collect();
        for cell in &mut cells {
            let Some(stage) = policy.stage(&cell.stage) else { continue };
            let first: Vec<&str> = stage
                .after
                .iter()
                .filter(|id| open.get(*id) == Some(&false))
                .map(|id| policy.stage(id).map_or(id.as_str(), Stage::title))
                .collect();
            if cell.state == CellState::Open && !first.is_empty() {
                cell.state = CellState::Waiting;
                cell.why = format!("comes after {}", first.join(" and "));
            }
        }
        Row {
            kind: page.kind,
            path: page.path.clone(),
            was: page.was.clone(),
            url: page.url.clone(),
            title: page.title.clone(),
            digests: page.now.clone(),
            cells,
        }
    }

    fn cell(
        &self,
        page: &'a PageToSign,
        stage: &'a str,
        digest: Digest,
        needs: u32,
        approvers: &People,
    ) -> Cell {
        // The last word of each person on this page as it is, else on another state of it, and the
        // last waiver.
        let mut last: BTreeMap<String, (Verdict<'a>, Fit)> = BTreeMap::new();
        let mut lifted: Option<Verdict<'a>> = None;
        for verdict in self.on(page, stage) {
            let fit = fit(verdict.subject, page, digest);
            let who = verdict.event.author.key();
            match verdict.is {
                Is::Waived | Is::Deferred => {
                    if fit == Fit::Same {
                        lifted = Some(verdict);
                    }
                }
                Is::Approved | Is::Rejected => {
                    let counts = approvers.has(&who)
                        && (verdict.is == Is::Rejected || self.may_approve(page, &who));
                    // Nobody counts for two, whatever addresses they have.
                    let who = self.input.policy.person(&who).to_owned();
                    // What was said of the page as it is holds, whatever was said of others since.
                    let holds = fit == Fit::Other
                        && last.get(&who).is_some_and(|(_, known)| *known != Fit::Other);
                    if counts && !holds {
                        last.insert(who, (verdict, fit));
                    }
                }
            }
        }
        let voices = |is: Is, fit: Fit| -> Vec<Verdict<'a>> {
            let of = last.values().filter(|(verdict, at)| verdict.is == is && *at == fit);
            of.map(|(verdict, _)| *verdict).collect()
        };
        let newer = |verdict: &Verdict<'a>| {
            lifted.is_none_or(|lifted| lifted.event.order() < verdict.event.order())
        };
        let mut rejected = voices(Is::Rejected, Fit::Same);
        rejected.retain(newer);
        let approved = voices(Is::Approved, Fit::Same);
        let suggested = voices(Is::Approved, Fit::Before);
        let mut cell = Cell {
            missing: needs.saturating_sub(u32::try_from(approved.len()).unwrap_or(u32::MAX)),
            ..not_needed(stage)
        };
        let (state, why, by) = if page.conflict {
            (CellState::Open, "git cannot merge it: settle the conflict first".to_owned(), vec![])
        } else if !rejected.is_empty() {
            (CellState::Rejected, quoted(rejected.first()), rejected)
        } else if let Some(verdict) = lifted {
            let state = match verdict.is {
                Is::Deferred => CellState::Deferred,
                _ => CellState::Waived,
            };
            (state, quoted(Some(&verdict)), vec![verdict])
        } else if cell.missing == 0 {
            (CellState::Approved, String::new(), approved)
        } else if !suggested.is_empty() && approved.len() + suggested.len() >= needs as usize {
            let why = "approved as soon as the suggestions are applied".to_owned();
            (CellState::Suggested, why, suggested)
        } else if let Some(why) = reopened(&last, page, digest) {
            (CellState::Reopened, why, approved)
        } else {
            let why = match (needs, approved.len()) {
                (_, 0) => "nobody has approved it yet".to_owned(),
                (needs, have) => format!("{have} of {needs} have approved it"),
            };
            (CellState::Open, why, approved)
        };
        cell.state = state;
        cell.why = why;
        cell.by = by.iter().map(Verdict::voice).collect();
        if !state.is_closed() {
            self.name_closers(&mut cell, page, approvers, &last);
        }
        cell
    }

    /// Who can close a cell that is open.
    fn name_closers(
        &self,
        cell: &mut Cell,
        page: &PageToSign,
        approvers: &People,
        last: &BTreeMap<String, (Verdict<'a>, Fit)>,
    ) {
        // Who rejected it takes that back; whoever waives can override it.
        if cell.state == CellState::Rejected {
            cell.closers = cell.by.iter().map(|voice| voice.author.key()).collect();
            return;
        }
        let has = |who: &str| {
            last.get(self.input.policy.person(who))
                .is_some_and(|(verdict, fit)| verdict.is == Is::Approved && *fit == Fit::Same)
        };
        match approvers {
            People::Anyone => cell.anyone = true,
            People::Only(people) => {
                let may = people.iter().filter(|who| self.may_approve(page, who) && !has(who));
                cell.closers = may.take(MOST_NAMED).cloned().collect();
                if cell.closers.is_empty() && !page.conflict {
                    cell.why = match people.is_empty() {
                        true => "nobody is named who may approve it".to_owned(),
                        false => {
                            "everybody who may approve it wrote it, or has approved it".to_owned()
                        }
                    };
                }
            }
        }
    }

    /// What was said about a page in a stage, in order.
    fn on(&self, page: &PageToSign, stage: &'a str) -> Vec<Verdict<'a>> {
        let mut found: Vec<Verdict<'a>> = Vec::new();
        let at = |path| self.by_path.get(&(stage, path)).into_iter().flatten().copied();
        found.extend(at(&page.path));
        // A page that got another name takes along what was said of the same bytes, and of no
        // others: else a page could be approved, renamed, and rewritten.
        if page.kind == SubjectKind::Page {
            let key = (stage, page.now.source.as_str());
            let same = self.by_source.get(&key).into_iter().flatten();
            found.extend(same.filter(|verdict| {
                verdict.subject.is_some_and(|subject| {
                    subject.path != page.path && !self.paths.contains(&subject.path)
                })
            }));
        }
        found.extend(self.on_all.get(stage).into_iter().flatten().copied());
        found.sort_by_key(|verdict| verdict.event.order());
        found
    }
}

impl Verdict<'_> {
    fn voice(&self) -> Voice {
        Voice {
            author: self.event.author.clone(),
            event: self.event.id,
            time: self.event.time,
            note: self.note.to_owned(),
            until: match &self.event.body {
                Body::Defer(defer) => defer.until.clone(),
                _ => None,
            },
        }
    }
}

/// How what was seen lies to what is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// It is what was seen.
    Same,
    /// It is what was seen, and suggestions are not applied yet on which the approval depends.
    Before,
    /// It is something else.
    Other,
}

fn fit(subject: Option<&Subject>, page: &PageToSign, digest: Digest) -> Fit {
    let Some(subject) = subject else { return Fit::Same };
    if subject.kind != page.kind {
        return Fit::Other;
    }
    let same = |seen: &crate::review::event::Digests| {
        let (seen_one, now) = (seen.of(digest), page.now.of(digest));
        if seen_one.is_empty() || now.is_empty() {
            return false;
        }
        // Digests that were made in another way say nothing; the bytes do, where they are the same.
        if version(seen_one) != version(now) {
            return !seen.source.is_empty() && seen.source == page.now.source;
        }
        seen_one == now
    };
    match &subject.after {
        Some(after) if same(after) => Fit::Same,
        Some(_) if same(&subject.digests) => Fit::Before,
        Some(_) => Fit::Other,
        None if same(&subject.digests) => Fit::Same,
        None => Fit::Other,
    }
}

/// What stands before the colon of a digest.
fn version(digest: &str) -> &str {
    digest.split(':').next().unwrap_or_default()
}

/// Why a cell is open again; none where nobody has closed it before.
fn reopened(
    last: &BTreeMap<String, (Verdict<'_>, Fit)>,
    page: &PageToSign,
    digest: Digest,
) -> Option<String> {
    let old = last.values().filter(|(_, fit)| *fit == Fit::Other);
    let (verdict, _) = old.max_by_key(|(verdict, _)| verdict.event.order())?;
    let did = if verdict.is == Is::Approved { "approved" } else { "rejected" };
    let name = &verdict.event.author.name;
    let subject = verdict.subject?;
    if subject.kind != page.kind {
        let now = if page.kind == SubjectKind::Deleted { "deleted" } else { "there again" };
        return Some(format!("the page is {now} since {name} {did} it"));
    }
    let same_source = subject.digests.source == page.now.source;
    let what = match (digest, same_source, subject.url == page.url) {
        (_, _, false) if subject.path != page.path || digest == Digest::Render => "moved",
        (Digest::Prose, false, _) => "the words were edited",
        (Digest::Prose, true, _) => "a setting changed the words",
        (Digest::Source, ..) => "edited",
        (Digest::Render, false, _) => "edited, and it shows",
        (Digest::Render, true, _) => "looks different, through a link, an image, or a setting",
    };
    Some(format!("{what}, since {name} {did} it"))
}

/// Whether a page has a cell in a stage: it has the stage, and something differs from the target
/// that the stage looks at.
fn needed(policy: &Policy, stage: &Stage, page: &PageToSign) -> bool {
    if !policy.has_stage(stage, &page.path) {
        // A page cannot leave a stage by being moved.
        let was = page.was.as_ref().is_some_and(|was| policy.has_stage(stage, was));
        if !was {
            return false;
        }
    }
    let Some(before) = &page.before else { return true };
    page.kind == SubjectKind::Deleted
        || before.of(stage.digest) != page.now.of(stage.digest)
        || (page.is_renamed() && stage.digest != Digest::Prose)
        || page.conflict
}

/// Why an event does not count at all, by the policy of a target and what signatures are worth; none
/// where it does.
pub fn why_not(
    policy: &Policy,
    proofs: &BTreeMap<EventId, Proof>,
    target: &str,
    event: &Event,
) -> Option<String> {
    if event.target != target {
        return Some(format!("it is about a merge into `{}`", event.target));
    }
    if !policy.is_signed() {
        return None;
    }
    match proofs.get(&event.id) {
        Some(Proof::Signed) => None,
        Some(Proof::Invalid { why }) => Some(why.clone()),
        Some(Proof::Unsigned) | None => Some("it is not signed".to_owned()),
    }
}

pub(super) fn ignored(event: &Event, why: String) -> Ignored {
    Ignored {
        event: event.id,
        kind: event.body.kind().to_owned(),
        author: event.author.clone(),
        why,
    }
}

fn quoted(verdict: Option<&Verdict<'_>>) -> String {
    verdict.map(|verdict| verdict.note.to_owned()).unwrap_or_default()
}

fn not_needed(stage: &str) -> Cell {
    Cell {
        stage: stage.to_owned(),
        state: CellState::NotNeeded,
        why: String::new(),
        by: Vec::new(),
        missing: 0,
        closers: Vec::new(),
        anyone: false,
    }
}

/// Why somebody's approval of a page in a stage would not count; none where it would.
pub fn why_not_approve(
    input: &SignOffInput<'_>,
    page: &PageToSign,
    stage: &str,
    who: &str,
) -> Option<String> {
    let policy = input.policy;
    let approvers = match (page.kind, policy.stage(stage)) {
        (SubjectKind::Policy, _) => policy.policy_owners(),
        (_, Some(stage)) => policy.approvers(stage, &policy.owners(&page.path, &page.owners)),
        (_, None) => return Some(format!("the target has no stage `{stage}`")),
    };
    let opened = |event: &Event| {
        matches!(event.body, Body::Open(_))
            && policy.person(&event.author.key()) == policy.person(who)
    };
    let own = policy.wrote(page, who) || input.events.iter().any(opened);
    if page.conflict {
        Some("git cannot merge it: settle the conflict first".to_owned())
    } else if !approvers.has(who) {
        Some(format!("`{who}` may not approve it in the stage `{stage}`"))
    } else if own && !policy.review.self_approval {
        Some("those who wrote a page, or opened the change, may not approve it".to_owned())
    } else {
        None
    }
}
