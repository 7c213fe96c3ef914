//! Where the pages of one version stand in the others.

use std::collections::{BTreeMap, HashMap};

use crate::base::{SitePath, SourcePath};
use crate::output::version::VersionRecord;

/// The pages of a version, by all that leads to them.
pub(super) struct Pages<'a> {
    record: &'a VersionRecord,
    by_source: HashMap<&'a SourcePath, &'a SitePath>,
    by_path: HashMap<&'a SitePath, &'a SourcePath>,
}

impl<'a> Pages<'a> {
    pub(super) fn of(record: &'a VersionRecord) -> Self {
        let pages = || record.pages.iter();
        Pages {
            record,
            by_source: pages().map(|page| (&page.source, &page.path)).collect(),
            by_path: pages().map(|page| (&page.path, &page.source)).collect(),
        }
    }
}

/// The files that were renamed between a version and the next one in the list, by their path in
/// the first.
pub(super) type Renames = BTreeMap<SourcePath, SourcePath>;

/// Versions in order, with the renames between neighbors: one less than there are versions.
pub(super) struct Places<'a> {
    pub(super) versions: Vec<Pages<'a>>,
    pub(super) forth: Vec<Renames>,
    back: Vec<Renames>,
}

impl<'a> Places<'a> {
    pub(super) fn new(versions: Vec<Pages<'a>>, forth: Vec<Renames>) -> Self {
        let turned = |renames: &Renames| {
            renames.iter().map(|(from, to)| (to.clone(), from.clone())).collect::<Renames>()
        };
        let back = forth.iter().map(turned).collect();
        Places { versions, forth, back }
    }

    /// Where a page of the version `at` stands in each version, in their order.
    pub(super) fn of(
        &self,
        at: usize,
        source: &SourcePath,
        path: &SitePath,
    ) -> Vec<Option<&SitePath>> {
        let mut found = vec![None; self.versions.len()];
        let mut walk = |steps: &mut dyn Iterator<Item = (usize, Option<&Renames>)>| {
            let mut now = Some(source.clone());
            for (to, renames) in steps {
                let Some(pages) = self.versions.get(to) else { continue };
                // A version that has the file under neither path may be followed by one that has.
                let next = now.clone().and_then(|now| match pages.by_source.contains_key(&now) {
                    true => Some(now),
                    false => renames.and_then(|renames| renames.get(&now)).cloned(),
                });
                let here = next.as_ref().and_then(|next| pages.by_source.get(next).copied());
                if let Some(slot) = found.get_mut(to) {
                    *slot = here.or_else(|| self.by_address(at, to, path));
                }
                now = next.or(now);
            }
        };
        walk(&mut (at + 1..self.versions.len()).map(|to| (to, self.forth.get(to - 1))));
        walk(&mut (0..at).rev().map(|to| (to, self.back.get(to))));
        if let Some(pages) = self.versions.get(at)
            && let (Some(slot), Some((own, _))) =
                (found.get_mut(at), pages.by_path.get_key_value(path))
        {
            *slot = Some(*own);
        }
        found
    }

    /// The page at the same address, or where that address leads, or whose address this was.
    fn by_address(&self, at: usize, to: usize, path: &SitePath) -> Option<&SitePath> {
        let (here, there) = (self.versions.get(at)?, self.versions.get(to)?);
        if let Some((same, _)) = there.by_path.get_key_value(path) {
            return Some(*same);
        }
        let exists = |found: &&SitePath| there.by_path.contains_key(*found);
        if let Some(moved) = there.record.moved.get(path).filter(exists) {
            return Some(moved);
        }
        let former = here.record.moved.iter().filter(|(_, now)| *now == path);
        former.map(|(old, _)| old).find(exists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::version::VersionPage;

    /// Pages as `source=path` words, `old>new` for an address that has moved.
    fn record(text: &str) -> VersionRecord {
        let mut record = VersionRecord::default();
        for word in text.split_whitespace() {
            if let Some((old, new)) = word.split_once('>') {
                record.moved.insert(SitePath::new(old).unwrap(), SitePath::new(new).unwrap());
            } else {
                let (source, path) = word.split_once('=').unwrap();
                record.pages.push(VersionPage {
                    path: SitePath::new(path).unwrap(),
                    source: SourcePath::new(source).unwrap(),
                    ..VersionPage::default()
                });
            }
        }
        record
    }

    fn found(versions: &[&str], renames: &[&str], at: usize, source: &str, path: &str) -> String {
        let records: Vec<VersionRecord> = versions.iter().map(|text| record(text)).collect();
        let forth = renames.iter().map(|text| {
            let words = text.split_whitespace().map(|word| word.split_once('>').unwrap());
            let path = |text: &str| SourcePath::new(text).unwrap();
            words.map(|(from, to)| (path(from), path(to))).collect()
        });
        let places = Places::new(records.iter().map(Pages::of).collect(), forth.collect());
        let (source, path) = (SourcePath::new(source).unwrap(), SitePath::new(path).unwrap());
        let found = places.of(at, &source, &path);
        let shown: Vec<&str> =
            found.iter().map(|path| path.map_or("-", SitePath::as_str)).collect();
        shown.join(" ")
    }

    #[test]
    fn pages_are_followed_through_renames_both_ways() {
        let versions = ["c.md=c.html", "b.md=b.html", "x.md=x.html", "a.md=a.html b.md=other.html"];
        let renames = ["c.md>b.md", "", "a.md>a.md"];
        // The file comes back under its name after a version that lacks it.
        assert_eq!(found(&versions, &renames, 0, "c.md", "c.html"), "c.html b.html - other.html");
        assert_eq!(found(&versions, &renames, 1, "b.md", "b.html"), "c.html b.html - other.html");
        assert_eq!(found(&versions, &renames, 2, "x.md", "x.html"), "- - x.html -");
    }

    #[test]
    fn aliases_lead_where_history_does_not() {
        let versions = ["n.md=new.html old.html>new.html", "o.md=old.html"];
        assert_eq!(found(&versions, &[""], 0, "n.md", "new.html"), "new.html old.html");
        assert_eq!(found(&versions, &[""], 1, "o.md", "old.html"), "new.html old.html");
    }

    #[test]
    fn the_same_address_is_the_same_page() {
        let versions = ["docs/a.md=a.html", "src/a.md=a.html"];
        assert_eq!(found(&versions, &[""], 0, "docs/a.md", "a.html"), "a.html a.html");
        assert_eq!(found(&versions, &[""], 1, "src/b.md", "b.html"), "- -");
    }
}
