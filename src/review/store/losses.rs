//! What was taken away. Files of a change are never taken out of its tree, so a commit that lacks what a
//! parent of it has was made by somebody who wanted an event to be forgotten: a rejection, or the
//! signature of one. That a tip comes from another one does not tell: it can come from it and have less.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use git2::{Oid, Sort};

use super::load::Damage;
use super::lock::Lock;
use super::{CHANGES, Next, Store, StoreError, signature_of, tree};
use crate::review::event::{Author, EventId};

/// Files that are missing, by name, with a commit that has them.
pub(super) type Losses = BTreeMap<String, Oid>;

impl Store {
    /// What is missing at a tip of a change though an earlier commit had it. What lies in the past of
    /// `checked` is not looked at again.
    pub(super) fn losses(&self, tip: Oid, checked: Option<Oid>) -> Result<Losses, StoreError> {
        let mut losses = Losses::new();
        if checked == Some(tip) {
            return Ok(losses);
        }
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::NONE)?;
        walk.push(tip)?;
        if let Some(checked) =
            checked.filter(|checked| self.repository.find_commit(*checked).is_ok())
        {
            walk.hide(checked)?;
        }
        // Most commits add one file: all folders of events but one have been looked at before.
        let mut folders = HashSet::new();
        let mut now = HashSet::new();
        tree::new_files(&self.repository, tip, &mut folders, |name, content| {
            now.insert((name, content));
        })?;
        let mut commits = HashSet::from([tip]);
        for id in walk {
            for holder in self.repository.find_commit(id?)?.parent_ids() {
                if !commits.insert(holder) {
                    continue;
                }
                tree::new_files(&self.repository, holder, &mut folders, |name, content| {
                    // What has the name alone was put there to hide that it is missing.
                    let file = (name, content);
                    if !now.contains(&file) {
                        losses.entry(file.0).or_insert(holder);
                    }
                })?;
            }
        }
        Ok(losses)
    }

    /// What is missing at a tip of a change though an earlier commit had it, told for people. `seen` is
    /// a commit up to which that is known.
    ///
    /// # Errors
    /// When git cannot read it.
    pub fn dropped(&self, tip: &str, seen: Option<&str>) -> Result<Vec<Damage>, StoreError> {
        let checked = seen.map(Oid::from_str).transpose()?;
        let losses = self.losses(Oid::from_str(tip)?, checked)?;
        let of = |name: &String| name.split('.').next()?.parse::<EventId>().ok();
        let events: BTreeSet<EventId> = losses.keys().filter_map(of).collect();
        Ok(events.into_iter().map(Damage::Dropped).collect())
    }

    /// Puts back what is missing at the tip of a change. Says whether anything was.
    pub(super) fn put_back(
        &self,
        change: EventId,
        author: &Author,
        time: i64,
    ) -> Result<bool, StoreError> {
        let name = format!("{CHANGES}{change}");
        let checked = self.seen(change)?.map(|seen| Oid::from_str(&seen)).transpose()?;
        let Some(tip) = self.target(&name)? else { return Ok(false) };
        let holders: BTreeSet<Oid> = self.losses(tip, checked)?.into_values().collect();
        if holders.is_empty() {
            return Ok(false);
        }
        let by = signature_of(author, time)?;
        let _lock = Lock::take(self.repository.commondir());
        let is_back = Cell::new(false);
        self.moved(&name, |tip| {
            let Some(tip) = tip else { return Ok(Next::Stay) };
            let before = self.repository.find_commit(tip)?.tree()?;
            let mut tree = before.clone();
            for holder in &holders {
                let theirs = self.repository.find_commit(*holder)?.tree()?;
                let both = tree::union(&self.repository, &tree, &theirs)?;
                tree = self.repository.find_tree(both)?;
            }
            // What stands under the name of another file stays, and only a person can settle it.
            if tree.id() == before.id() {
                return Ok(Next::Stay);
            }
            is_back.set(true);
            let (message, parents) = ("put back\n".to_owned(), vec![tip]);
            Ok(Next::Commit { tree: tree.id(), message, parents, by: &by })
        })?;
        Ok(is_back.get())
    }
}
