//! `[review]`: who must sign off what before a branch is merged. It always counts as the target of a
//! merge has it, never as a branch has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layers::{Node, Table, Value};
use super::load::Reader;
use super::settings::Set;
use crate::base::{Glob, SourcePath, Span, nearest};

/// `[review]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Review {
    /// `releases`: names of release branches, with `*` for anything.
    pub releases: Vec<String>,
    /// The stages, in order: those of `preset`, then those of `[[review.stages]]`, which replace
    /// those of the same id.
    pub stages: Vec<Stage>,
    /// `[review.roles]`: addresses of people, by role.
    pub roles: BTreeMap<String, Vec<String>>,
    /// `[review.owners]`: who answers for which files, in the order in which it is written.
    pub owners: Vec<(Set<String>, Vec<String>)>,
    /// `self-approval`: whether those who wrote a page may approve it.
    pub self_approval: bool,
    /// `waive`: who may say that a stage is not needed; roles and addresses.
    pub waive: Vec<String>,
    /// `defer`: who may say that a stage can wait; roles and addresses.
    pub defer: Vec<String>,
    /// `policy-owners`: who answers for what reviews are decided by; roles and addresses.
    pub policy_owners: Vec<String>,
    /// `allowed-signers`: a file of the keys that people sign with; without it nothing has to be
    /// signed.
    pub allowed_signers: Option<Set<SourcePath>>,
    /// `revoked-signers`: a file of keys that are not to be used any more.
    pub revoked_signers: Option<Set<SourcePath>>,
    /// `expect-tip`: whether a merge is decided only where it is known which events there were
    /// before.
    pub expect_tip: bool,
    /// `[review.review-every]`: after how many days pages are to be reviewed again, in the order in
    /// which it is written; 0 for never.
    pub review_every: Vec<(Set<String>, u32)>,
}

/// A stage: `[[review.stages]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// `id`
    pub id: String,
    /// `title`: what people read; the id where it is not set.
    pub title: Option<String>,
    /// `needs`: how many people must approve. Default 1.
    pub needs: u32,
    /// `roles`: who may, by role.
    pub roles: Vec<String>,
    /// `people`: who may, by address.
    pub people: Vec<String>,
    /// `owners`: whether the owners of a page may.
    pub owners: bool,
    /// `after`: stages that come first.
    pub after: Vec<String>,
    /// `digest`: what an approval is bound to.
    pub digest: Digest,
    /// `files`: globs of the pages that have the stage, seen from the folder of `book.toml`; all
    /// where there are none.
    pub files: Vec<String>,
    /// `except`: globs of pages that do not have it.
    pub except: Vec<String>,
    /// `first-response`: days within which somebody should have said something.
    pub first_response: Option<u32>,
    /// Where it is written; none for one of a preset.
    pub span: Option<Span>,
}

/// What an approval is bound to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Digest {
    /// The words.
    Prose,
    /// The bytes of the file and of what it includes.
    #[default]
    Source,
    /// All that a reader sees.
    Render,
}

impl Digest {
    /// The words for them in `book.toml`.
    pub const WORDS: [(&'static str, Digest); 3] =
        [("prose", Digest::Prose), ("source", Digest::Source), ("render", Digest::Render)];
}

impl Stage {
    fn new(id: &str) -> Stage {
        Stage {
            id: id.to_owned(),
            title: None,
            needs: 1,
            roles: Vec::new(),
            people: Vec::new(),
            owners: false,
            after: Vec::new(),
            digest: Digest::Source,
            files: Vec::new(),
            except: Vec::new(),
            first_response: None,
            span: None,
        }
    }

    /// What people read.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.id)
    }
}

/// The names of the presets.
pub(super) const PRESETS: [&str; 1] = ["docs"];

/// Subject expert, then developer and editor side by side, then quality assurance.
fn docs() -> Vec<Stage> {
    let stage = |id: &str, title: &str, digest, after: &[&str]| Stage {
        title: Some(title.to_owned()),
        roles: vec![id.to_owned()],
        after: after.iter().map(|id| (*id).to_owned()).collect(),
        digest,
        ..Stage::new(id)
    };
    vec![
        Stage { owners: true, ..stage("expert", "Subject expert", Digest::Prose, &[]) },
        stage("developer", "Developer", Digest::Source, &["expert"]),
        stage("editor", "Editor", Digest::Prose, &["expert"]),
        stage("qa", "QA", Digest::Render, &["developer", "editor"]),
    ]
}

/// The keys of a stage.
const STAGE_KEYS: [&str; 11] = [
    "id",
    "title",
    "needs",
    "roles",
    "people",
    "owners",
    "after",
    "digest",
    "files",
    "except",
    "first-response",
];

const STAGE_HELP: &str = "a stage takes `id`, `title`, `needs`, `roles`, `people`, `owners`, `after`, \
                          `digest`, `files`, `except` and `first-response`";

/// The most days after which a page can be due again: ten years.
const MOST_DAYS: i64 = 3650;

/// The role that everybody has.
pub const ANYONE: &str = "anyone";

/// The stage of changes of what reviews are decided by.
pub const POLICY: &str = "policy";

impl Reader<'_, '_> {
    pub(super) fn review(&mut self) -> Review {
        let mut review = Review {
            releases: self.texts("review.releases"),
            self_approval: self.flag("review.self-approval").unwrap_or(false),
            waive: self.texts("review.waive"),
            defer: self.texts("review.defer"),
            policy_owners: self.texts("review.policy-owners"),
            allowed_signers: self.file("review.allowed-signers"),
            revoked_signers: self.file("review.revoked-signers"),
            expect_tip: self.flag("review.expect-tip").unwrap_or(false),
            ..Review::default()
        };
        if self.node("review.preset").and_then(Node::text).as_deref() == Some("docs") {
            review.stages = docs();
        }
        for (name, entry) in self.table("review.roles").into_iter().flatten() {
            if let Some(people) = self.people(&format!("review.roles.{name}"), &entry.node) {
                review.roles.insert(name.clone(), people);
            }
        }
        let mut owners: Vec<_> = self.table("review.owners").into_iter().flatten().collect();
        owners.sort_by(|a, b| a.1.key.cmp(&b.1.key));
        for (glob, entry) in owners {
            if let Some(people) = self.people(&format!("review.owners.\"{glob}\""), &entry.node) {
                let glob = Set { value: glob.clone(), span: self.span(&entry.key) };
                self.is_glob(&glob.value, &entry.node);
                review.owners.push((glob, people));
            }
        }
        let mut every: Vec<_> = self.table("review.review-every").into_iter().flatten().collect();
        every.sort_by(|a, b| a.1.key.cmp(&b.1.key));
        for (glob, entry) in every {
            let days = match &entry.node.value {
                Value::Bool(false) => Some(0),
                Value::Whole { value: Some(days @ 1..=MOST_DAYS), .. } => u32::try_from(*days).ok(),
                _ => None,
            };
            let Some(days) = days else {
                let what = format!("`review.review-every.\"{glob}\"` takes a number of days");
                let help =
                    format!("write a whole number from 1 to {MOST_DAYS}, or `false` for never");
                self.refuse(&what, &help, &entry.node);
                continue;
            };
            let glob = Set { value: glob.clone(), span: self.span(&entry.key) };
            self.is_glob(&glob.value, &entry.node);
            review.review_every.push((glob, days));
        }
        for item in self.items("review.stages") {
            let Some(table) = item.table() else { continue };
            if let Some(stage) = self.stage(table, item) {
                match review.stages.iter_mut().find(|known| known.id == stage.id) {
                    Some(known) if known.span.is_some() => {
                        let message = format!("two stages have the id `{}`", stage.id);
                        self.refuse(&message, "give each stage an id of its own", item);
                    }
                    Some(known) => *known = stage,
                    None => review.stages.push(stage),
                }
            }
        }
        self.names_of_stages(&review);
        review
    }

    /// A list of roles and addresses, or one.
    fn people(&mut self, what: &str, node: &Node) -> Option<Vec<String>> {
        let people = match &node.value {
            Value::Text(text) => Some(vec![text.clone()]),
            Value::List(items) => items.iter().map(Node::text).collect(),
            _ => None,
        };
        if people.is_none() {
            let help = "write addresses in quotes: `[\"ada@example.org\"]`";
            self.refuse(&format!("`{what}` must be a list of texts"), help, node);
        }
        people
    }

    /// Tells of a text that is no glob.
    fn is_glob(&mut self, text: &str, node: &Node) {
        if let Err(why) = Glob::new(text) {
            let help = "write a pattern such as `docs/admin/**`";
            self.refuse(&format!("`{text}` names no files: {why}"), help, node);
        }
    }

    fn stage(&mut self, table: &Table, item: &Node) -> Option<Stage> {
        let Some(id) = table.get("id").and_then(|entry| entry.node.text()) else {
            let help = "write `id = \"editor\"`";
            self.refuse("a stage of `review.stages` has no id", help, item);
            return None;
        };
        if id == POLICY {
            let help = "it is that of changes of what reviews are decided by; take another id";
            self.refuse(&format!("`{POLICY}` is the id of a stage of its own"), help, item);
            return None;
        }
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        if id.is_empty() || !id.chars().all(plain) {
            let help = "an id consists of letters, digits, `-` and `_`; `title` takes any text";
            self.refuse(&format!("`{id}` is no id of a stage"), help, item);
            return None;
        }
        let mut stage = Stage { span: self.span(&item.origin), ..Stage::new(&id) };
        for (name, entry) in table {
            let node = &entry.node;
            let what = format!("review.stages.{name}");
            match (name.as_str(), &node.value) {
                ("id", _) => {}
                ("title", Value::Text(text)) => stage.title = Some(text.clone()),
                ("needs", Value::Whole { value: Some(count @ 1..=100), .. }) => {
                    stage.needs = u32::try_from(*count).unwrap_or(1);
                }
                ("first-response", Value::Whole { value: Some(days @ 1..=365), .. }) => {
                    stage.first_response = u32::try_from(*days).ok();
                }
                ("owners", Value::Bool(owners)) => stage.owners = *owners,
                ("digest", Value::Text(word)) => {
                    match Digest::WORDS.iter().find(|(known, _)| known == word) {
                        Some((_, digest)) => stage.digest = *digest,
                        None => self.refuse(
                            &format!("`{word}` is no digest"),
                            "write `\"prose\"`, `\"source\"` or `\"render\"`",
                            node,
                        ),
                    }
                }
                ("roles" | "people" | "after" | "files" | "except", _) => {
                    let Some(texts) = self.people(&what, node) else { continue };
                    if matches!(name.as_str(), "files" | "except") {
                        texts.iter().for_each(|text| self.is_glob(text, node));
                    }
                    match name.as_str() {
                        "roles" => stage.roles = texts,
                        "people" => stage.people = texts,
                        "after" => stage.after = texts,
                        "files" => stage.files = texts,
                        _ => stage.except = texts,
                    }
                }
                _ if STAGE_KEYS.contains(&name.as_str()) => self.refuse(
                    &format!("`{what}` takes no such value"),
                    "`needs` and `first-response` are whole numbers from 1, `owners` is `true` or \
                     `false`, `title` and `digest` are texts",
                    node,
                ),
                _ => {
                    let help = match nearest(name, STAGE_KEYS) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => STAGE_HELP.to_owned(),
                    };
                    self.refuse(&format!("a stage has no `{name}`"), &help, node);
                }
            }
        }
        Some(stage)
    }

    /// Tells of names that stand for nothing: a slip would let nobody sign, or anybody.
    fn names_of_stages(&mut self, review: &Review) {
        let stages = self.node("review.stages");
        let Some(node) = stages.or_else(|| self.node("review.preset")) else { return };
        let is_known =
            |name: &str| name.contains('@') || name == ANYONE || review.roles.contains_key(name);
        for stage in &review.stages {
            // In a preset the owners can stand in for a role that nobody has.
            let optional = stage.span.is_none() && stage.owners;
            for role in stage.roles.iter().filter(|_| !optional) {
                if role != ANYONE && !review.roles.contains_key(role) {
                    let message = format!(
                        "the stage `{}` names the role `{role}`, which nobody has",
                        stage.id
                    );
                    let help =
                        format!("write `{role} = [\"ada@example.org\"]` below `[review.roles]`");
                    self.refuse(&message, &help, node);
                }
            }
            for after in &stage.after {
                if !review.stages.iter().any(|other| other.id == *after) {
                    let message = format!(
                        "the stage `{}` comes after `{after}`, which is no stage",
                        stage.id
                    );
                    self.refuse(&message, "write the id of a stage", node);
                }
            }
            if goes_round(stage, &review.stages) {
                let message = format!("the stage `{}` comes after itself", stage.id);
                self.refuse(&message, "take one `after` of the circle away", node);
            }
        }
        for (key, names) in [
            ("review.waive", &review.waive),
            ("review.defer", &review.defer),
            ("review.policy-owners", &review.policy_owners),
        ] {
            let unknown = names.iter().find(|name| !is_known(name));
            if let (Some(name), Some(node)) = (unknown, self.node(key)) {
                let message = format!("`{key}` names `{name}`, which is no role and no address");
                self.refuse(&message, "roles stand below `[review.roles]`", node);
            }
        }
    }
}

/// Whether a stage comes after itself.
fn goes_round(stage: &Stage, stages: &[Stage]) -> bool {
    let mut open: Vec<&String> = stage.after.iter().collect();
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        if *id == stage.id {
            return true;
        }
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        open.extend(stages.iter().filter(|other| other.id == *id).flat_map(|other| &other.after));
    }
    false
}
