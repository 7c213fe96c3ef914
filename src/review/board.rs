//! The board: every open branch at a glance, and the release branches as trains that others wait
//! for.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::is_like;
use crate::history::{BranchState, Conflict, Forecast, Landed, Uncarried};

/// What there is to say of all branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Board {
    /// The base.
    pub base: String,
    /// Branches with something that the base lacks, those last worked on first.
    pub open: Vec<BoardRow>,
    /// Release branches, the latest first.
    pub releases: Vec<Release>,
    /// Branches whose content is on the base.
    pub landed: Vec<LandedBranch>,
    /// Branches of which nothing can be said, and why.
    pub unknown: Vec<UnknownBranch>,
    /// Pairs of open branches whose conflicts have not been looked for yet.
    pub open_forecasts: usize,
}

/// An open branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardRow {
    /// Its name.
    pub name: String,
    /// Its commit.
    pub tip: String,
    /// When it was last worked on, in seconds since 1970.
    pub time: i64,
    /// Who did that.
    pub author: String,
    /// Commits that the base lacks.
    pub ahead: Option<usize>,
    /// Commits of the base that it lacks.
    pub behind: Option<usize>,
    /// The pages that it touches.
    pub pages: Vec<String>,
    /// Other files that it touches.
    pub other_files: usize,
    /// Open branches that touch the same files.
    pub overlaps: Vec<Overlap>,
}

/// Two branches that touch the same files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// The other branch.
    pub branch: String,
    /// The files that both touch.
    pub files: Vec<String>,
    /// What git cannot merge of both; none where nobody has looked yet, or it cannot be told.
    pub conflicts: Option<Vec<Conflict>>,
    /// Why it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// A release branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// When it was last worked on, in seconds since 1970.
    pub time: i64,
    /// Pages that wait in it: the base has them otherwise.
    pub waiting: Vec<String>,
    /// How its content has come to the base, where it has.
    pub landed: Option<Landed>,
    /// Commits of the base that it lacks.
    pub behind: Option<usize>,
    /// Changes on the base that were not carried over, the latest first; not all.
    pub not_carried: Vec<Uncarried>,
    /// How many there are.
    pub not_carried_count: usize,
}

/// A branch whose content is on the base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LandedBranch {
    /// Its name.
    pub name: String,
    /// How it came there.
    pub how: Landed,
}

/// A branch of which nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownBranch {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// Whether a branch is a release: one of the patterns is its name, with `*` for anything.
pub fn is_release(name: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| is_like(pattern, name))
}

/// Makes the board. `is_content` says which files belong to the site; `known` gives the conflicts of
/// two commits, or why they cannot be told, where they have been looked for.
pub fn board(
    base: &str,
    states: &[BranchState],
    releases: &[String],
    is_content: &dyn Fn(&str) -> bool,
    known: &dyn Fn(&str, &str) -> Option<Forecast>,
) -> Board {
    let mut board = Board {
        base: base.to_owned(),
        open: Vec::new(),
        releases: Vec::new(),
        landed: Vec::new(),
        unknown: Vec::new(),
        open_forecasts: 0,
    };
    let mut open: Vec<&BranchState> = Vec::new();
    for state in states.iter().filter(|state| state.name != base) {
        if let Some(why) = &state.unknown {
            board.unknown.push(UnknownBranch { name: state.name.clone(), why: why.clone() });
        } else if is_release(&state.name, releases) {
            board.releases.push(Release {
                name: state.name.clone(),
                time: state.time,
                waiting: match state.landed {
                    Some(_) => Vec::new(),
                    None => state
                        .files
                        .iter()
                        .filter(|file| is_page(file, is_content))
                        .cloned()
                        .collect(),
                },
                landed: state.landed.clone(),
                behind: state.behind,
                not_carried: state.uncarried.clone(),
                not_carried_count: state.uncarried_count,
            });
        } else if let Some(how) = &state.landed {
            board.landed.push(LandedBranch { name: state.name.clone(), how: how.clone() });
        } else {
            open.push(state);
        }
    }
    board.releases.sort_by(|a, b| (b.time, &a.name).cmp(&(a.time, &b.name)));
    open.sort_by(|a, b| (b.time, &a.name).cmp(&(a.time, &b.name)));
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, state) in open.iter().enumerate() {
        for file in &state.files {
            by_file.entry(file).or_default().push(at);
        }
    }
    for (at, state) in open.iter().enumerate() {
        let mut both: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for file in &state.files {
            for other in by_file.get(file.as_str()).into_iter().flatten() {
                if *other != at {
                    both.entry(*other).or_default().push(file.clone());
                }
            }
        }
        let overlaps = both.into_iter().filter_map(|(other, files)| {
            let other_state = open.get(other)?;
            let forecast = known(&state.tip, &other_state.tip);
            if forecast.is_none() && state.name < other_state.name {
                board.open_forecasts += 1;
            }
            let (conflicts, unknown) = match forecast {
                Some(Ok(conflicts)) => (Some(conflicts), None),
                Some(Err(why)) => (None, Some(why)),
                None => (None, None),
            };
            Some(Overlap { branch: other_state.name.clone(), files, conflicts, unknown })
        });
        let overlaps = overlaps.collect();
        let pages: Vec<String> =
            state.files.iter().filter(|file| is_page(file, is_content)).cloned().collect();
        board.open.push(BoardRow {
            name: state.name.clone(),
            tip: state.tip.clone(),
            time: state.time,
            author: state.author.clone(),
            ahead: state.ahead,
            behind: state.behind,
            other_files: state.files.len() - pages.len(),
            pages,
            overlaps,
        });
    }
    board
}

impl Board {
    /// Pairs of open branches that touch the same files and whose conflicts nobody has looked for,
    /// by their commits; those last worked on first.
    pub fn open_pairs(&self) -> Vec<(&str, &str)> {
        let tips: BTreeMap<&str, &str> =
            self.open.iter().map(|row| (row.name.as_str(), row.tip.as_str())).collect();
        let mut pairs = Vec::new();
        for row in &self.open {
            let open = |overlap: &&Overlap| {
                overlap.conflicts.is_none()
                    && overlap.unknown.is_none()
                    && row.name < overlap.branch
            };
            for overlap in row.overlaps.iter().filter(open) {
                let other = tips.get(overlap.branch.as_str());
                pairs.extend(other.map(|other| (row.tip.as_str(), *other)));
            }
        }
        pairs
    }
}

fn is_page(file: &str, is_content: &dyn Fn(&str) -> bool) -> bool {
    let extension = file.rsplit('.').next().unwrap_or_default();
    ["md", "markdown", "mdx"].contains(&extension) && is_content(file)
}
