//! What there is to sign off: the pages that a merge would change, as it would leave them, with their
//! digests, by the policy of the target. Approvals are bound to what the merge makes: where the target
//! goes on without touching a page, nothing has to be looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::build::known_inputs;
use super::change::{Read, Side};
use super::check::{CheckInput, keep_hashes};
use super::merge_check::{MAILMAP, policy_files};
use super::prepare::BuildError;
use super::proofs::{At, ProofsInput, proofs};
use super::reading::site_settings;
use super::whole::Whole;
use crate::base::SourcePath;
use crate::config::{Set, Settings};
use crate::history::{Merge, Writers};
use crate::review::difference::parts;
use crate::review::event::{Body, Event, EventId, SubjectKind};
use crate::review::sign_off::{
    Aliases, CODE_OWNERS, CodeOwners, PageToSign, Policy, SignOff, SignOffInput, sign_off, why_not,
};
use crate::review::store::{Loaded, Proof, SigningError};
use crate::review::{DigestInput, PagePair, PageState, digests, pair_pages, policy_digests};
use crate::source::{OverlaySource, Source, SourceError};

/// What is looked at.
pub struct ToSignInput<'a> {
    /// The site of the target as it stands.
    pub target: CheckInput<'a>,
    /// The files as the merge would leave them.
    pub merged: &'a dyn Source,
    /// The merge.
    pub merge: &'a Merge,
    /// Who wrote what on the branch.
    pub writers: &'a Writers,
}

/// By what the events of a branch are judged: the policy of the target, and what signatures are
/// worth by the keys that it names.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The policy of the target.
    pub policy: Policy,
    /// What the signatures of events are worth, where the policy asks for them.
    pub proofs: BTreeMap<EventId, Proof>,
    /// The settings of the target.
    settings: Settings,
    /// The branch that is merged into.
    into: String,
}

/// Why it cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum SignOffError {
    /// The target cannot be built.
    #[error("the target: {0}")]
    Target(BuildError),
    /// What the merge makes cannot be built.
    #[error("what the merge makes: {0}")]
    Merged(BuildError),
    /// A file that the policy names is not on the target.
    #[error("`{0}`, which `[review]` of the target names, cannot be read there")]
    Signers(SourcePath),
    /// Signatures cannot be checked.
    #[error("signatures cannot be checked: {0}")]
    Signing(#[from] SigningError),
}

/// The keys that people sign with, as a state of the target has them.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// The file of those that may be used, and its bytes; none where nothing has to be signed.
    pub(super) allowed: Option<(Set<SourcePath>, Vec<u8>)>,
    /// Those that are not to be used any more.
    pub(super) revoked: Option<Vec<u8>>,
}

impl Keys {
    pub(super) fn of(target: &CheckInput<'_>) -> Result<Keys, SignOffError> {
        let (settings, _) = site_settings(target.source, &target.root, &target.variables)
            .map_err(SignOffError::Target)?;
        let read = |file: &Set<SourcePath>| match target.source.read(&file.value) {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(_) => Err(SignOffError::Signers(file.value.clone())),
        };
        let review = &settings.review;
        let allowed = review.allowed_signers.as_ref();
        Ok(Keys {
            allowed: allowed
                .map(|file| read(file).map(|bytes| (file.clone(), bytes)))
                .transpose()?,
            revoked: review.revoked_signers.as_ref().map(read).transpose()?,
        })
    }
}

impl Judge {
    /// Reads the policy of a target and checks the signatures of some changes that are to be merged
    /// into the branch `into`, by the keys that are valid `now`, in seconds since 1970. `temporary` is
    /// a folder for files that live as long as the call.
    ///
    /// # Errors
    /// Where the `book.toml` of the target cannot be understood, a file is not there that it names, or
    /// signatures cannot be checked.
    pub fn new(
        target: &CheckInput<'_>,
        changes: &[Loaded],
        into: &str,
        now: i64,
        temporary: &Path,
    ) -> Result<Judge, SignOffError> {
        let keys = Keys::of(target)?;
        Judge::by(target, &keys, changes, into, At::Now(now), temporary)
    }

    /// The same with keys that are those of another state of the target.
    pub(super) fn by(
        target: &CheckInput<'_>,
        keys: &Keys,
        changes: &[Loaded],
        into: &str,
        at: At,
        temporary: &Path,
    ) -> Result<Judge, SignOffError> {
        let (settings, _) = site_settings(target.source, &target.root, &target.variables)
            .map_err(SignOffError::Target)?;
        let proofs = match &keys.allowed {
            Some((_, allowed)) => proofs(&ProofsInput {
                changes,
                allowed,
                revoked: keys.revoked.as_deref(),
                at,
                temporary,
                memo: target.memo,
            })?,
            None => BTreeMap::new(),
        };
        let code_owners = CODE_OWNERS.iter().find_map(|path| {
            let bytes = target.source.read(&SourcePath::new(path).ok()?).ok()?;
            Some(CodeOwners::read(&String::from_utf8_lossy(&bytes)))
        });
        let aliases = SourcePath::new(MAILMAP).ok().and_then(|path| target.source.read(&path).ok());
        let aliases = aliases
            .map(|bytes| Aliases::read(&String::from_utf8_lossy(&bytes)))
            .unwrap_or_default();
        let mut review = settings.review.clone();
        review.allowed_signers = keys.allowed.as_ref().map(|(file, _)| file.clone());
        let policy = Policy::new(review, target.root.clone(), code_owners.unwrap_or_default())
            .with_aliases(aliases);
        Ok(Judge { policy, proofs, settings, into: into.to_owned() })
    }

    /// Why an event does not count; none where it does.
    pub fn why_not(&self, event: &Event) -> Option<String> {
        why_not(&self.policy, &self.proofs, &self.into, event)
    }

    /// Whether an author took over what somebody suggested, by the message of the commit and the address
    /// of whoever is named beside the author: then two have looked at it.
    pub fn only_suggested(&self, events: &[Event], message: &str, address: &str) -> bool {
        events.iter().any(|event| {
            matches!(event.body, Body::Suggest(_))
                && message.contains(&event.id.short())
                && event.author.key() == address
                && self.why_not(event).is_none()
        })
    }

    /// How every cell of some pages stands by some events, which are in order. `now` is in seconds
    /// since 1970.
    pub fn sign_off(&self, pages: &[PageToSign], events: &[Event], now: i64) -> SignOff {
        sign_off(&self.input(pages, events, now))
    }

    /// What cells are made of.
    pub fn input<'a>(
        &'a self,
        pages: &'a [PageToSign],
        events: &'a [Event],
        now: i64,
    ) -> SignOffInput<'a> {
        let Judge { policy, proofs, into, .. } = self;
        SignOffInput { policy, pages, events, proofs, target: into, now }
    }
}

/// The pages that the merge would change, those of the target's navigation first, and what it does to
/// the policy.
///
/// # Errors
/// Where the target, or what the merge makes of it, cannot be built.
pub fn pages_to_sign(
    input: &ToSignInput<'_>,
    judge: &Judge,
) -> Result<Vec<PageToSign>, SignOffError> {
    let memo = input.target.memo;
    let head = CheckInput { source: input.merged, ..input.target.clone() };
    let (old_inputs, new_inputs) =
        (known_inputs(input.target.source, memo), known_inputs(input.merged, memo));
    let (old, new) = (Side::new(&input.target, &old_inputs), Side::new(&head, &new_inputs));
    let (old_state, new_state) = rayon::join(|| old.site_state(), || new.site_state());
    let old_state = old_state.map_err(SignOffError::Target)?;
    let new_state = new_state.map_err(SignOffError::Merged)?;
    let pairs = pair_pages(&old_state, &new_state, &input.merge.changes);
    let assets = changed_assets(input);
    let open: Vec<PagePair<'_>> = pairs
        .into_iter()
        .filter(|pair| match (pair.old, pair.new) {
            (Some(old), Some(new)) => {
                differs(old, new)
                    || conflicts(input.merge, &[old, new])
                    || shows(input.merged, new, &assets)
            }
            _ => true,
        })
        .collect();
    let mut pages = Vec::new();
    if !open.is_empty() {
        let (old, new) = rayon::join(|| old.required(), || new.required());
        let (old, new) = (old.map_err(SignOffError::Target)?, new.map_err(SignOffError::Merged)?);
        let found: Vec<Option<PageToSign>> =
            open.par_iter().map(|pair| page_to_sign(input, old, new, *pair)).collect();
        pages.extend(found.into_iter().flatten());
    }
    pages.extend(policy_to_sign(input, judge));
    keep_hashes(&old_inputs, memo);
    keep_hashes(&new_inputs, memo);
    Ok(pages)
}

/// The target with the files that a merge leaves.
pub fn laid_over<'a>(target: &'a dyn Source, merge: &Merge) -> OverlaySource<'a> {
    let mut merged = OverlaySource::new(target);
    for (path, bytes) in &merge.files {
        match bytes {
            Some(bytes) => merged.set(path.clone(), Arc::clone(bytes)),
            None => merged.remove(path.clone()),
        }
    }
    merged
}

/// Whether two states of a page can have different digests, but for images.
fn differs(old: &PageState, new: &PageState) -> bool {
    old.body != new.body
        || old.file != new.file
        || old.includes != new.includes
        || old.path != new.path
        || old.source != new.source
        || old.title != new.title
}

/// Whether git cannot merge a page: its file, or one that it includes. What the merge leaves then is the
/// page of the target.
fn conflicts(merge: &Merge, sides: &[&PageState]) -> bool {
    merge.conflicts.iter().any(|conflict| {
        sides.iter().any(|page| {
            conflict.path == page.source.as_str()
                || page.includes.iter().any(|(path, _)| conflict.path == path.as_str())
        })
    })
}

/// The names of files, other than pages, that the merge changes.
fn changed_assets(input: &ToSignInput<'_>) -> Vec<String> {
    let changed = input.merge.changes.iter().flat_map(|change| [&change.before, &change.after]);
    let names = changed.flatten().map(SourcePath::file_name).filter(|name| {
        let name = name.to_lowercase();
        ![".md", ".markdown", ".mdx", ".toml"].iter().any(|ending| name.ends_with(ending))
    });
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    names.into_iter().collect()
}

/// Whether a page can show one of some files: its text names it, or that of a file that it includes.
fn shows(source: &dyn Source, page: &PageState, assets: &[String]) -> bool {
    if assets.is_empty() {
        return false;
    }
    let includes = page.includes.iter().map(|(path, _)| path);
    includes.chain([&page.source]).any(|path| match source.read(path) {
        Ok(bytes) => names(&String::from_utf8_lossy(&bytes), assets),
        // What is not there shows nothing; what cannot be read may.
        Err(SourceError::Missing(_)) => false,
        Err(_) => true,
    })
}

/// Whether a text can name one of some files.
fn names(text: &str, assets: &[String]) -> bool {
    // A name that is written with `%`, or made of variables, is not looked for letter by letter.
    text.contains("var.")
        || assets.iter().any(|name| {
            text.contains(name.as_str())
                || (text.contains('%') && !name.is_ascii())
                || text.contains(&name.replace(' ', "%20"))
        })
}

fn page_to_sign(
    input: &ToSignInput<'_>,
    old: &Whole<'_>,
    new: &Whole<'_>,
    pair: PagePair<'_>,
) -> Option<PageToSign> {
    let before = pair.old.map(|page| digests_of(old, page));
    let now = pair.new.map(|page| digests_of(new, page));
    let moved = match (pair.old, pair.new) {
        (Some(old), Some(new)) => old.source != new.source || old.path != new.path,
        _ => false,
    };
    let sides: Vec<&PageState> = [pair.old, pair.new].into_iter().flatten().collect();
    let conflict = conflicts(input.merge, &sides);
    if before.is_some() && before == now && !moved && !conflict {
        return None;
    }
    let page = pair.new.or(pair.old)?;
    let site = if pair.new.is_some() { new } else { old };
    let owners = site.page_owners(&page.source);
    let mut writers = BTreeSet::new();
    for page in [pair.old, pair.new].into_iter().flatten() {
        let includes = page.includes.iter().map(|(path, _)| path);
        for path in includes.chain([&page.source]) {
            writers.extend(input.writers.get(path).into_iter().flatten().cloned());
        }
    }
    let blob = match pair.new {
        Some(page) => input.merged.object(&page.source).map(hexadecimal).or_else(|| {
            let bytes = input.merged.read(&page.source).ok()?;
            crate::review::store::blob_id(&bytes)
        }),
        None => None,
    };
    Some(PageToSign {
        kind: if pair.new.is_some() { SubjectKind::Page } else { SubjectKind::Deleted },
        path: page.source.clone(),
        was: pair.old.filter(|_| moved).map(|page| page.source.clone()),
        url: pair.new.map(|page| page.path.clone()),
        title: page.title.clone(),
        blob,
        now: now.or_else(|| before.clone())?,
        before,
        owners,
        writers,
        conflict,
    })
}

fn digests_of(whole: &Whole<'_>, page: &PageState) -> crate::review::event::Digests {
    let read = Read::of(whole, &page.source).with_addresses(whole);
    let side = read.side();
    let parts = parts(&side);
    digests(&DigestInput {
        parts: &parts,
        document: side.document,
        settings: &whole.settings,
        title: &page.title,
        url: &page.path,
        file: page.file,
        includes: &page.includes,
    })
}

fn hexadecimal(id: crate::source::ObjectId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the merge does to that which reviews are decided by.
fn policy_to_sign(input: &ToSignInput<'_>, judge: &Judge) -> Option<PageToSign> {
    let changed = policy_files(&judge.settings, input.merged, &input.target, &input.merge.changes);
    if changed.is_empty() {
        return None;
    }
    let of = |source: &dyn Source| -> Vec<(SourcePath, Option<Vec<u8>>)> {
        let content = |path: &SourcePath| match source.read(path) {
            Ok(bytes) => Some(match super::merge_check::deciding_tables(source, path) {
                Some(tables) if path.file_name() == "book.toml" => tables.into_bytes(),
                _ => bytes.to_vec(),
            }),
            Err(SourceError::Missing(_)) => None,
            Err(error) => Some(error.to_string().into_bytes()),
        };
        changed.iter().map(|path| (path.clone(), content(path))).collect()
    };
    let mut writers = BTreeSet::new();
    for path in &changed {
        writers.extend(input.writers.get(path).into_iter().flatten().cloned());
    }
    let names: Vec<String> = changed.iter().map(ToString::to_string).collect();
    Some(PageToSign {
        kind: SubjectKind::Policy,
        path: judge.policy.root.join("book.toml").ok()?,
        was: None,
        url: None,
        title: names.join(", "),
        blob: None,
        before: Some(policy_digests(&of(input.target.source))),
        now: policy_digests(&of(input.merged)),
        owners: Vec::new(),
        writers,
        conflict: false,
    })
}
