//! The facts of files, found anew or out of what an earlier build kept.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use git2::{Oid, Repository};
use serde::{Deserialize, Serialize};

use super::codes::INCOMPLETE_HISTORY;
use super::files::FileFacts;
use super::fold::fold;
use super::ignored::IgnoredRevisions;
use super::log::{Log, raw_id};
use super::places::Places;
use super::tree::{Kind, Trees};
use super::walk::{Shard, Walk};
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::source::discover;

/// What the facts of files are found from.
#[derive(Debug, Clone, Copy)]
pub struct FilesInput<'a> {
    /// A folder in the repository.
    pub dir: &'a Path,
    /// The id of the commit, in hexadecimal.
    pub tip: &'a str,
    /// The folders whose files are wanted, seen from the repository's top.
    pub roots: &'a [SourcePath],
    /// The commits that do not count as changes.
    pub ignored: &'a IgnoredRevisions,
    /// What an earlier call has given to keep, whatever its tip, its roots and its settings.
    pub previous: Option<&'a [u8]>,
}

/// The facts of files.
#[derive(Debug, Default)]
pub struct FilesOutput {
    /// The facts; empty where there is nothing to read.
    pub facts: FileFacts,
    /// What to keep for the next call; none where that is what was given.
    pub keep: Option<Vec<u8>>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// The form of what is kept; another one is not read.
const FORM: u32 = 1;

/// What is kept: behind it stands the hash of its bytes.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    form: u32,
    tip: [u8; 20],
    roots: Vec<String>,
    /// Where else files have come from.
    elsewhere: BTreeSet<String>,
    mailmap: Option<[u8; 20]>,
    ignored: Vec<[u8; 20]>,
    absent: Vec<[u8; 20]>,
    facts: FileFacts,
    /// A [`Log`]; read only where the facts do not hold any more.
    #[serde(borrow)]
    log: &'a [u8],
}

impl Kept<'_> {
    fn decode(bytes: &[u8]) -> Option<Kept<'_>> {
        let (bytes, hash) = bytes.split_last_chunk::<32>()?;
        if ContentHash::of(bytes).as_bytes() != hash {
            return None;
        }
        postcard::from_bytes(bytes).ok().filter(|kept: &Kept<'_>| kept.form == FORM)
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let mut bytes = postcard::to_stdvec(self).ok()?;
        let hash = ContentHash::of(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        Some(bytes)
    }
}

/// Finds what git knows of the files below the content roots; [`FileFacts`] says what that means.
///
/// Where `previous` is of this very commit, these roots and these settings, its facts are given
/// back. Where only the roots are the same, what it knows of commits is used, and only commits that
/// are new are read. The result is the same as without it. `run` reads every shard of the walk, in
/// whatever order and on whatever threads.
///
/// A repository that cannot be read has no facts; that is told by [`facts`](super::facts).
pub fn file_facts(input: FilesInput<'_>, run: &dyn Fn(&Walk) -> Vec<Shard>) -> FilesOutput {
    let Ok(Some(repository)) = discover(input.dir) else { return FilesOutput::default() };
    found(&repository, input, run).unwrap_or_default()
}

fn found(
    repository: &Repository,
    input: FilesInput<'_>,
    run: &dyn Fn(&Walk) -> Vec<Shard>,
) -> Result<FilesOutput, git2::Error> {
    let tip = Oid::from_str(input.tip)?;
    let roots = outermost(input.roots);
    let odb = repository.odb()?;
    let mut trees = Trees::new(&odb);
    let tree = repository.find_commit(tip)?.tree_id();
    let mailmap = trees.find(tree, ".mailmap").ok().flatten();
    let mailmap = mailmap.filter(|place| place.kind == Kind::File).map(|place| place.id);

    let previous = input.previous.and_then(Kept::decode).filter(|kept| {
        kept.roots == roots
            && !kept.absent.iter().any(|id| Oid::from_bytes(id).is_ok_and(|id| odb.exists(id)))
    });
    let ignored = input.ignored.ids();
    if let Some(kept) = &previous
        && kept.tip == raw_id(tip)
        && kept.mailmap == mailmap.map(raw_id)
        && kept.ignored == ignored
    {
        let diagnostics = incomplete(repository, &kept.facts, kept.absent.len());
        return Ok(FilesOutput { facts: kept.facts.clone(), keep: None, diagnostics });
    }

    let known = previous.and_then(|kept| {
        let log = postcard::from_bytes::<Log>(kept.log).ok()?;
        let absent = kept.absent.iter().filter_map(|id| Oid::from_bytes(id).ok()).collect();
        Some((log, absent, kept.elsewhere))
    });
    let (log, absent, elsewhere) = walk(repository, tip, &roots, known, run)?;

    // What a damaged tree hides has no facts.
    let at_tip = trees.compare(None, Some(tree), &Places::new(&roots, [])).unwrap_or_default();
    let mut at_tip: Vec<String> = at_tip.into_iter().map(|file| file.path).collect();
    at_tip.sort_unstable();
    let names = mailmap.and_then(|id| odb.read(id).ok());
    let set: HashSet<[u8; 20]> = ignored.iter().copied().collect();
    let facts = fold(&log, &at_tip, names.as_ref().map(|blob| blob.data()), &set);
    let diagnostics = incomplete(repository, &facts, absent.len());

    let log = postcard::to_stdvec(&log).unwrap_or_default();
    let kept = Kept {
        form: FORM,
        tip: raw_id(tip),
        roots,
        elsewhere,
        mailmap: mailmap.map(raw_id),
        ignored: ignored.to_vec(),
        absent: absent.into_iter().map(raw_id).collect(),
        facts,
        log: &log,
    };
    let keep = kept.encode();
    Ok(FilesOutput { facts: kept.facts, keep, diagnostics })
}

/// After so many times that files came from yet elsewhere, everything is looked at.
const MOST_PASSES: usize = 5;

/// A log, the objects that were not there, and the files that were looked at beside the roots.
type Walked = (Log, Vec<Oid>, BTreeSet<String>);

/// Walks, and looks again where files have come from outside of the roots, until every file is
/// known since it began. That more is looked at than a tip needs does not change what is found.
fn walk(
    repository: &Repository,
    tip: Oid,
    roots: &[String],
    mut known: Option<Walked>,
    run: &dyn Fn(&Walk) -> Vec<Shard>,
) -> Result<Walked, git2::Error> {
    loop {
        let extends = known.is_some();
        let (log, absent, elsewhere) = known.take().unwrap_or_default();
        let mut walk = Walk::begin(repository, tip, Places::new(roots, elsewhere), log, absent)?;
        let mut passes = 0;
        loop {
            let shards = run(&walk);
            let elsewhere = walk.enter(shards);
            if elsewhere.is_empty() {
                return Ok(walk.finish());
            }
            if extends {
                // Older commits were not looked at for these files: begin anew.
                break;
            }
            passes += 1;
            let everything = || BTreeSet::from([String::new()]);
            walk.look_at(if passes < MOST_PASSES { elsewhere } else { everything() });
        }
    }
}

/// The roots without those that lie in others, sorted.
fn outermost(roots: &[SourcePath]) -> Vec<String> {
    let mut outer: Vec<&SourcePath> = Vec::new();
    let mut roots: Vec<&SourcePath> = roots.iter().collect();
    roots.sort_unstable();
    for root in roots {
        if !outer.iter().any(|known| root.starts_with(known)) {
            outer.push(root);
        }
    }
    outer.into_iter().map(ToString::to_string).collect()
}

fn incomplete(repository: &Repository, facts: &FileFacts, absent: usize) -> Vec<Diagnostic> {
    // A shallow clone is told by itself.
    if facts.complete() || repository.is_shallow() {
        return Vec::new();
    }
    let message = match absent {
        0 => "a commit changes too many files to be read".to_owned(),
        1 => "an object of the history is missing in the repository".to_owned(),
        _ => format!("{absent} objects of the history are missing in the repository"),
    };
    let help = "dates and authors that would come from there are unknown: `git fsck` says what is \
                missing; a clone without trees (`--filter=tree:0`) is better made with \
                `--filter=blob:none`";
    vec![Diagnostic::new(&INCOMPLETE_HISTORY, message).help(help)]
}
