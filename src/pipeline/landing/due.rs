//! What is due: the pages of the target against the reviews of them that have landed.

use std::collections::{BTreeMap, BTreeSet};

use super::verify::{Group, VerifiedLanding};
use super::{LandingError, ReviewTarget};
use crate::base::SourcePath;
use crate::history;
use crate::markdown::Detail;
use crate::memo::{BUILD, Fingerprint, Key, Stage};
use crate::pipeline::build::known_inputs;
use crate::pipeline::check::keep_hashes;
use crate::pipeline::proofs::At;
use crate::pipeline::sign_off::{Judge, SignOffError};
use crate::pipeline::whole::Whole;
use crate::review::event::{Author, SubjectKind};
use crate::review::sign_off::{CellState, Row};
use crate::review::store::Loaded;
use crate::review::{Deferral, Due, DueInput, PageReview, SitePage, due};

impl ReviewTarget<'_> {
    /// The pages that are to be reviewed again. `changes` are all that are here, `now` is in seconds
    /// since 1970; pages are listed from `within` days before their day.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn due(&self, changes: &[Loaded], now: i64, within: u32) -> Result<Due, LandingError> {
        let (source, root) = self.open(self.commit)?;
        let side = self.side(&source, &root);
        let failed = |why: SignOffError| LandingError::SignOff {
            why,
            commit: self.commit.chars().take(10).collect(),
        };
        let keys = super::Keys::default();
        let judge = Judge::by(&side, &keys, &[], self.name, At::Now(now), self.temporary);
        let policy = judge.map_err(failed)?.policy;
        let inputs = known_inputs(&source, self.memo);
        let whole = Whole::new(&side, &inputs, Detail::Links)
            .map_err(|why| failed(SignOffError::Target(why)))?;
        let pages: Vec<SitePage> = whole
            .site
            .pages
            .iter()
            .map(|page| SitePage {
                path: page.source.clone(),
                url: page.path.clone(),
                title: page.title.clone(),
                owners: page.outline.front_matter.owners.clone(),
                review_by: page
                    .outline
                    .front_matter
                    .review_by
                    .as_ref()
                    .map(|day| day.value.clone()),
            })
            .collect();
        keep_hashes(&inputs, self.memo);
        let mut reviews = Vec::new();
        let there: BTreeSet<&SourcePath> = pages.iter().map(|page| &page.path).collect();
        for group in self.groups(changes) {
            let mut found = self.reviews(&group, &root)?;
            // Pages that got another name since then.
            if found.iter().any(|review| !there.contains(&review.path)) {
                let from = &group.stretch.commit;
                let moved = history::renames(self.folder, from, self.commit, &root);
                for review in &mut found {
                    if let Some(to) = moved.get(&review.path) {
                        review.path = to.clone();
                    }
                }
            }
            reviews.extend(found);
        }
        reviews.sort_by_key(|review| (review.landed, review.time, review.land));
        Ok(due(&DueInput { policy: &policy, pages: &pages, reviews: &reviews, now, within }))
    }

    /// The pages that a landing proves to be signed off, where they stood then. What was found with the
    /// same keys is kept.
    fn reviews(
        &self,
        group: &Group<'_>,
        root: &SourcePath,
    ) -> Result<Vec<PageReview>, LandingError> {
        let landed = self.facts(&group.stretch.commit)?;
        let keys = self.keys(&group.stretch, &landed)?;
        let mut key = Fingerprint::new("reviews that landed");
        key.text(BUILD).text(self.name).value(&self.variables).text(root.as_str());
        key.value(&keys.allowed.map(|(_, bytes)| bytes)).value(&keys.revoked);
        key.text(&group.stretch.before).text(&group.stretch.commit);
        for (loaded, event, _) in &group.landings {
            key.text(&loaded.tip).text(&event.id.to_string());
        }
        let key = Key::new(Stage::Review, key.finish());
        let known = self.memo.get(&key).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        // What is damaged now is not believed because it was not once.
        match known {
            Some(known) if group.landings.iter().all(|(it, ..)| it.damage.is_empty()) => Ok(known),
            _ => {
                let found = reviews_of(&self.verify_group(group)?, landed.time);
                if let Ok(bytes) = serde_json::to_vec(&found) {
                    self.memo.put(&key, &bytes);
                }
                Ok(found)
            }
        }
    }
}

fn reviews_of(verified: &VerifiedLanding, landed: i64) -> Vec<PageReview> {
    let (true, Some(by)) = (verified.proved, verified.by.first()) else { return Vec::new() };
    let pages = verified.sign_off.pages.iter().filter(|row| row.kind == SubjectKind::Page);
    let review = |row: &Row| {
        let cells = |state: CellState| row.cells.iter().filter(move |cell| cell.state == state);
        let voices = || cells(CellState::Approved).flat_map(|cell| &cell.by);
        let people: BTreeMap<String, Author> =
            voices().map(|voice| (voice.author.key(), voice.author.clone())).collect();
        let deferred = cells(CellState::Deferred).filter_map(|cell| {
            let voice = cell.by.first()?;
            Some(Deferral {
                stage: cell.stage.clone(),
                by: voice.author.clone(),
                until: voice.until.clone(),
            })
        });
        PageReview {
            path: row.path.clone(),
            time: voices().map(|voice| voice.time).max(),
            by: people.into_values().collect(),
            stages: cells(CellState::Approved).map(|cell| cell.stage.clone()).collect(),
            deferred: deferred.collect(),
            land: by.land,
            commit: verified.landed.commit.clone(),
            landed,
        }
    };
    pages.map(review).collect()
}
