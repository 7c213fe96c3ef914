//! Who may do what, by the `[review]` of the target.

use std::collections::{BTreeMap, BTreeSet};

use super::PageToSign;
use super::aliases::Aliases;
use super::code_owners::CodeOwners;
use crate::base::{Glob, SourcePath};
use crate::config::{ANYONE, Review, Stage};

/// The policy of a target.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// `[review]`
    pub review: Review,
    /// The folder of `book.toml`, seen from the repository's top.
    pub root: SourcePath,
    code_owners: CodeOwners,
    aliases: Aliases,
    /// By stage, the pages that have it and those that do not.
    files: BTreeMap<String, (Vec<Glob>, Vec<Glob>)>,
    /// The files of `[review.owners]`, in its order.
    owned: Vec<Option<Glob>>,
    /// Those of `[review.review-every]`, likewise.
    due: Vec<Option<Glob>>,
}

/// Some people, by address in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// Everybody.
    Anyone,
    /// These.
    Only(BTreeSet<String>),
}

impl People {
    /// Whether somebody is among them.
    pub fn has(&self, address: &str) -> bool {
        match self {
            People::Anyone => true,
            People::Only(people) => people.contains(address),
        }
    }

    fn none() -> People {
        People::Only(BTreeSet::new())
    }

    fn and(self, other: People) -> People {
        match (self, other) {
            (People::Only(mut one), People::Only(other)) => {
                one.extend(other);
                People::Only(one)
            }
            _ => People::Anyone,
        }
    }
}

impl Policy {
    /// The policy of `[review]` in a `book.toml` that stands in the folder `root`, seen from the
    /// repository's top. What is no glob has been told when it was read, and means no file.
    pub fn new(review: Review, root: SourcePath, code_owners: CodeOwners) -> Policy {
        let globs =
            |texts: &[String]| texts.iter().filter_map(|text| Glob::new(text).ok()).collect();
        let of = |stage: &Stage| (stage.id.clone(), (globs(&stage.files), globs(&stage.except)));
        let files = review.stages.iter().map(of).collect();
        let owned = review.owners.iter().map(|(glob, _)| Glob::new(&glob.value).ok()).collect();
        let due = review.review_every.iter().map(|(glob, _)| Glob::new(&glob.value).ok()).collect();
        Policy { review, root, code_owners, aliases: Aliases::default(), files, owned, due }
    }

    /// The same where some people have several addresses.
    pub fn with_aliases(self, aliases: Aliases) -> Policy {
        Policy { aliases, ..self }
    }

    /// The address that stands for the person who has one, in lower case.
    pub fn person<'a>(&'a self, address: &'a str) -> &'a str {
        self.aliases.person(address)
    }

    /// Whether somebody wrote a page, with whatever address.
    pub fn wrote(&self, page: &PageToSign, address: &str) -> bool {
        let person = self.person(address);
        page.writers.iter().any(|writer| self.person(writer) == person)
    }

    /// Whether only what is signed counts.
    pub fn is_signed(&self) -> bool {
        self.review.allowed_signers.is_some()
    }

    /// Whether there is anything to sign off.
    pub fn has_stages(&self) -> bool {
        !self.review.stages.is_empty()
    }

    /// The people that names stand for: roles, with or without `@` before them, and addresses.
    pub fn people(&self, names: &[String]) -> People {
        let mut people = BTreeSet::new();
        for name in names {
            if name == ANYONE {
                return People::Anyone;
            }
            let role = name.strip_prefix('@').unwrap_or(name);
            let roles = &self.review.roles;
            let known = roles
                .get(name)
                .or_else(|| roles.get(role))
                .or_else(|| roles.get(&format!("@{role}")));
            match known {
                Some(known) => people.extend(known.iter().map(|address| key(address))),
                None if !name.starts_with('@') && name.contains('@') => {
                    people.insert(key(name));
                }
                // A name that stands for nobody is told when the policy is read.
                None => {}
            }
        }
        People::Only(people)
    }

    /// Who owns a page: those that its front matter names, else those of the last glob of
    /// `[review.owners]` that fits, else those of `CODEOWNERS`.
    pub fn owners(&self, page: &SourcePath, front_matter: &[String]) -> Vec<String> {
        if !front_matter.is_empty() {
            return front_matter.to_vec();
        }
        let below = self.below(page);
        let mut owned = self.owned.iter().zip(&self.review.owners).rev();
        let is_meant = |glob: &Option<Glob>| glob.as_ref().is_some_and(|glob| glob.matches(below));
        if let Some((_, (_, owners))) = owned.find(|(glob, _)| is_meant(glob)) {
            return owners.clone();
        }
        self.code_owners.of(page.as_str()).into_iter().map(str::to_owned).collect()
    }

    /// After how many days a page is to be reviewed again; none for never.
    pub fn review_every(&self, page: &SourcePath) -> Option<u32> {
        let below = self.below(page);
        let is_meant = |glob: &Option<Glob>| glob.as_ref().is_some_and(|glob| glob.matches(below));
        let mut due = self.due.iter().zip(&self.review.review_every).rev();
        let (_, (_, days)) = due.find(|(glob, _)| is_meant(glob))?;
        Some(*days).filter(|days| *days > 0)
    }

    /// Who may approve a page in a stage.
    pub fn approvers(&self, stage: &Stage, owners: &[String]) -> People {
        if stage.roles.is_empty() && stage.people.is_empty() && !stage.owners {
            return People::Anyone;
        }
        let mut people = self.people(&stage.roles).and(self.people(&stage.people));
        if stage.owners {
            people = people.and(self.people(owners));
        }
        people
    }

    /// Who may say that a stage is not needed.
    pub fn may_waive(&self) -> People {
        self.people(&self.review.waive)
    }

    /// Who may say that a stage can wait.
    pub fn may_defer(&self) -> People {
        self.people(&self.review.defer)
    }

    /// Who answers for what reviews are decided by; anybody else than the author where nobody is
    /// named.
    pub fn policy_owners(&self) -> People {
        let names = match self.review.policy_owners.is_empty() {
            true => &self.review.waive,
            false => &self.review.policy_owners,
        };
        match names.is_empty() {
            true => People::Anyone,
            false => self.people(names),
        }
    }

    /// Whether a page has a stage.
    pub fn has_stage(&self, stage: &Stage, page: &SourcePath) -> bool {
        let below = self.below(page);
        let fits = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(below));
        let Some((files, except)) = self.files.get(&stage.id) else { return true };
        (stage.files.is_empty() || fits(files)) && !fits(except)
    }

    /// The stage of an id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.review.stages.iter().find(|stage| stage.id == id)
    }

    /// A path seen from the folder of `book.toml`.
    fn below<'p>(&self, path: &'p SourcePath) -> &'p str {
        match self.root.is_root() {
            true => path.as_str(),
            false => {
                let rest = path.as_str().strip_prefix(self.root.as_str());
                rest.and_then(|rest| rest.strip_prefix('/')).unwrap_or(path.as_str())
            }
        }
    }
}

impl Default for People {
    fn default() -> Self {
        People::none()
    }
}

/// What tells people apart.
fn key(address: &str) -> String {
    address.trim().to_lowercase()
}
