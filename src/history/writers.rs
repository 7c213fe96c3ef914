//! Who wrote what on a branch: those may not approve it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{DiffOptions, Oid, Repository};

use super::commit::co_authors;
use super::range::Undecided;
use crate::base::SourcePath;
use crate::source::discover;

/// The authors of the commits of a branch that touch each file, with those whom the commits name beside
/// them (`Co-authored-by`), as addresses in lower case.
pub type Writers = BTreeMap<SourcePath, BTreeSet<String>>;

/// Who wrote what in the commits that `head` has and `base` lacks, in the repository that holds `dir`.
/// A merge is written only where it makes something that none of its parents has. `only_suggested` says,
/// by the message of a commit and the address in lower case of somebody whom it names beside its author,
/// whether the author took over a suggestion of theirs: then two have looked at it, and it is not theirs
/// alone.
///
/// # Errors
/// When git cannot tell.
pub fn writers(
    dir: &Path,
    base: &str,
    head: &str,
    only_suggested: &dyn Fn(&str, &str) -> bool,
) -> Result<Writers, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let mut walk = repository.revwalk()?;
    walk.push(Oid::from_str(head)?)?;
    walk.hide(Oid::from_str(base)?)?;
    let mut found = Writers::new();
    for id in walk {
        let commit = repository.find_commit(id?)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut people = vec![text(commit.author().email_bytes()).trim().to_lowercase()];
        let message = text(commit.message_bytes());
        for person in co_authors(message.as_bytes(), &text) {
            let address = person.email.trim().to_lowercase();
            if !only_suggested(&message, &address) {
                people.push(address);
            }
        }
        let mut touched: Option<BTreeSet<SourcePath>> = None;
        let parents: Vec<Oid> = commit.parent_ids().collect();
        for parent in parents.iter().map(|id| Some(*id)).chain(parents.is_empty().then_some(None)) {
            let paths = differing(&repository, parent, commit.id())?;
            touched = Some(match touched {
                Some(touched) => touched.intersection(&paths).cloned().collect(),
                None => paths,
            });
        }
        for path in touched.unwrap_or_default() {
            found.entry(path).or_default().extend(people.iter().cloned());
        }
    }
    Ok(found)
}

fn differing(
    repository: &Repository,
    old: Option<Oid>,
    new: Oid,
) -> Result<BTreeSet<SourcePath>, git2::Error> {
    let tree = |id: Oid| repository.find_commit(id)?.tree();
    let old = old.map(tree).transpose()?;
    let new = tree(new)?;
    let mut options = DiffOptions::new();
    options.ignore_submodules(true).skip_binary_check(true);
    let diff = repository.diff_tree_to_tree(old.as_ref(), Some(&new), Some(&mut options))?;
    let mut paths = BTreeSet::new();
    for delta in diff.deltas() {
        for file in [delta.old_file(), delta.new_file()] {
            let path = file.path().and_then(Path::to_str);
            paths.extend(path.and_then(|path| SourcePath::new(path).ok()));
        }
    }
    Ok(paths)
}
