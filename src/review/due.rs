//! Pages that are to be reviewed again: by what the target's policy says, by their front matter, and by
//! what was put off when they were merged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::{Author, EventId};
use super::sign_off::Policy;
use crate::base::{SitePath, SourcePath};
use crate::history::{day_of, is_day};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A page of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePage {
    /// Its file.
    pub path: SourcePath,
    /// Its address.
    pub url: SitePath,
    /// Its title.
    pub title: String,
    /// Who owns it, by its front matter.
    pub owners: Vec<String>,
    /// When it is to be reviewed again, by its front matter.
    pub review_by: Option<String>,
}

/// A review that signed a page off and landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageReview {
    /// The file of the page, as the target has it now.
    pub path: SourcePath,
    /// When the last of those who approved it did, in seconds since 1970; none where nobody had to.
    pub time: Option<i64>,
    /// Who approved it.
    pub by: Vec<Author>,
    /// The stages in which it was approved.
    pub stages: Vec<String>,
    /// Stages that were put off until after the merge.
    pub deferred: Vec<Deferral>,
    /// The event that says that it landed.
    pub land: EventId,
    /// The commit that brought it.
    pub commit: String,
    /// When that was made, in seconds since 1970.
    pub landed: i64,
}

/// A stage was put off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// The stage.
    pub stage: String,
    /// Who put it off.
    pub by: Author,
    /// The day until which it must be made up for.
    pub until: Option<String>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct DueInput<'a> {
    /// The policy of the target.
    pub policy: &'a Policy,
    /// The pages of the target.
    pub pages: &'a [SitePage],
    /// What landed, the latest last.
    pub reviews: &'a [PageReview],
    /// Now, in seconds since 1970.
    pub now: i64,
    /// Days before its day at which a page is listed.
    pub within: u32,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Due {
    /// The day of today.
    pub today: String,
    /// The pages, the longest due first.
    pub pages: Vec<DuePage>,
    /// How many pages have a day by which they are to be reviewed.
    pub watched: usize,
}

/// A page that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuePage {
    /// Its file.
    pub path: SourcePath,
    /// Its address.
    pub url: SitePath,
    /// Its title.
    pub title: String,
    /// Who answers for it: addresses and roles.
    pub owners: Vec<String>,
    /// The last day by which it was to be reviewed; none where it never was.
    pub due: Option<String>,
    /// Why.
    pub why: DueFor,
    /// The last review that signed it off.
    pub last: Option<LastReview>,
}

/// Why a page is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum DueFor {
    /// Its last review is older than the policy wants.
    TooOld {
        /// Days after which it is to be reviewed again.
        every: u32,
    },
    /// No review of it has landed.
    Never {
        /// Days after which it is to be reviewed again.
        every: u32,
    },
    /// Its front matter says so.
    ReviewBy,
    /// A stage was put off when it was merged.
    Deferred {
        /// The stage.
        stage: String,
        /// Who put it off.
        by: Author,
    },
}

/// The last review of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastReview {
    /// Its day.
    pub day: String,
    /// Who approved the page.
    pub by: Vec<Author>,
    /// The event that says that it landed.
    pub land: EventId,
    /// The commit that brought it.
    pub commit: String,
}

/// Finds the pages that are due.
pub fn due(input: &DueInput<'_>) -> Due {
    let mut by_page: BTreeMap<&SourcePath, Vec<&PageReview>> = BTreeMap::new();
    for review in input.reviews {
        by_page.entry(&review.path).or_default().push(review);
    }
    let today = day_of(input.now);
    let last_day = day_of(input.now + i64::from(input.within) * DAY);
    let mut found = Due { today, ..Due::default() };
    for page in input.pages {
        let reviews = by_page.get(&page.path).map_or(&[][..], Vec::as_slice);
        let reasons = reasons(input, page, reviews);
        if reasons.is_empty() {
            continue;
        }
        found.watched += 1;
        // What never was comes first, then the earliest day.
        let first = reasons.into_iter().min_by(|one, other| one.0.cmp(&other.0));
        let Some((day, why)) = first else { continue };
        if day.as_ref().is_some_and(|day| *day >= last_day) {
            continue;
        }
        let last = reviews.iter().rev().find_map(|review| {
            Some(LastReview {
                day: day_of(review.time?),
                by: review.by.clone(),
                land: review.land,
                commit: review.commit.clone(),
            })
        });
        found.pages.push(DuePage {
            path: page.path.clone(),
            url: page.url.clone(),
            title: page.title.clone(),
            owners: input.policy.owners(&page.path, &page.owners),
            due: day,
            why,
            last,
        });
    }
    found.pages.sort_by(|one, other| one.due.cmp(&other.due));
    found
}

/// The days by which a page is to be reviewed, with the reason for each; no day for one that never was.
fn reasons(
    input: &DueInput<'_>,
    page: &SitePage,
    reviews: &[&PageReview],
) -> Vec<(Option<String>, DueFor)> {
    let mut reasons = Vec::new();
    if let Some(every) = input.policy.review_every(&page.path) {
        let last = reviews.iter().rev().find_map(|review| review.time);
        reasons.push(match last {
            Some(last) => (Some(day_of(last + i64::from(every) * DAY)), DueFor::TooOld { every }),
            None => (None, DueFor::Never { every }),
        });
    }
    // A text that is no day is told by the rule `front-matter/review-due`.
    if let Some(day) = page.review_by.as_ref().filter(|day| is_day(day)) {
        reasons.push((Some(day.clone()), DueFor::ReviewBy));
    }
    for (at, review) in reviews.iter().enumerate() {
        for deferral in &review.deferred {
            let later = reviews.iter().skip(at + 1);
            let made_up = later.clone().any(|later| later.stages.contains(&deferral.stage));
            // What was put off again counts from then on.
            let again = later.flat_map(|later| &later.deferred);
            if made_up || again.into_iter().any(|other| other.stage == deferral.stage) {
                continue;
            }
            let until = deferral.until.clone().filter(|until| is_day(until));
            let day = until.unwrap_or_else(|| day_of(review.landed));
            let (stage, by) = (deferral.stage.clone(), deferral.by.clone());
            reasons.push((Some(day), DueFor::Deferred { stage, by }));
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Review, Set};
    use crate::review::sign_off::CodeOwners;

    const NOW: i64 = 1_796_000_000;

    fn policy(every: &[(&str, u32)]) -> Policy {
        let every =
            every.iter().map(|(glob, days)| (Set { value: (*glob).to_owned(), span: None }, *days));
        let review = Review {
            review_every: every.collect(),
            owners: vec![(
                Set { value: "docs/**".to_owned(), span: None },
                vec!["@writers".to_owned()],
            )],
            ..Review::default()
        };
        Policy::new(review, SourcePath::root(), CodeOwners::default())
    }

    fn page(path: &str) -> SitePage {
        SitePage {
            path: SourcePath::new(path).unwrap(),
            url: SitePath::new(path.replace(".md", ".html")).unwrap(),
            title: path.to_owned(),
            owners: Vec::new(),
            review_by: None,
        }
    }

    fn review(path: &str, days_ago: i64) -> PageReview {
        PageReview {
            path: SourcePath::new(path).unwrap(),
            time: Some(NOW - days_ago * DAY),
            by: vec![Author { name: "Eve".to_owned(), email: "eve@example.org".to_owned() }],
            stages: vec!["editor".to_owned()],
            deferred: Vec::new(),
            land: EventId::of(b"land"),
            commit: "c".repeat(40),
            landed: NOW - days_ago * DAY,
        }
    }

    fn of(policy: &Policy, pages: &[SitePage], reviews: &[PageReview], within: u32) -> Vec<String> {
        let found = due(&DueInput { policy, pages, reviews, now: NOW, within });
        let line = |page: &DuePage| {
            let day = page.due.as_deref().unwrap_or("never");
            format!("{} {day} {}", page.path, page.owners.join(","))
        };
        found.pages.iter().map(line).collect()
    }

    #[test]
    fn a_review_is_good_for_as_long_as_the_policy_says() {
        let policy = policy(&[("**", 100), ("docs/law/**", 30), ("docs/old/**", 0)]);
        let pages = ["docs/a.md", "docs/law/b.md", "docs/old/c.md", "d.md", "docs/e.md"].map(page);
        let reviews = [
            review("docs/a.md", 99),
            review("docs/law/b.md", 31),
            review("docs/e.md", 200),
            review("docs/e.md", 3),
        ];
        assert_eq!(day_of(NOW), "2026-11-30");
        let found = of(&policy, &pages, &reviews, 0);
        assert_eq!(found, ["d.md never ", "docs/law/b.md 2026-11-29 @writers"]);
        // Some time ahead.
        let found = of(&policy, &pages, &reviews, 2);
        assert_eq!(found[2], "docs/a.md 2026-12-01 @writers");
        // Without a policy nothing is due but what says so itself.
        let mut own = page("docs/a.md");
        own.review_by = Some("2026-11-29".to_owned());
        own.owners = vec!["ada@example.org".to_owned()];
        let none = self::policy(&[]);
        assert_eq!(
            of(&none, &[own, page("d.md")], &reviews, 0),
            ["docs/a.md 2026-11-29 ada@example.org"]
        );
    }

    #[test]
    fn what_was_put_off_is_due_until_it_is_made_up_for() {
        let policy = policy(&[]);
        let by = Author::default();
        let mut first = review("a.md", 10);
        first.deferred.push(Deferral { stage: "qa".to_owned(), by, until: None });
        assert_eq!(of(&policy, &[page("a.md")], &[first.clone()], 0), ["a.md 2026-11-20 "]);
        let mut second = review("a.md", 5);
        assert_eq!(of(&policy, &[page("a.md")], &[first.clone(), second.clone()], 0).len(), 1);
        second.stages.push("qa".to_owned());
        assert!(of(&policy, &[page("a.md")], &[first.clone(), second], 0).is_empty());
        first.deferred[0].until = Some("2026-12-24".to_owned());
        assert!(of(&policy, &[page("a.md")], &[first], 0).is_empty());
    }
}
