//! Two ways to one answer, on random histories: one branch and all of them, files and whole merges.

use std::process::Command;

use git2::Oid;
use proptest::prelude::*;

use crate::history::branches::{BranchTip, Branches, Releases};
use crate::history::landed::{Landed, landed};
use crate::history::merge::in_memory;
use crate::history::range::merge_bases;
use crate::history::testing::{Files, History};

/// What happens next, on a line of history.
#[derive(Debug, Clone)]
enum Act {
    /// A line of a file gets another text.
    Edit {
        file: usize,
        line: usize,
        text: u8,
    },
    /// A file is added.
    Add {
        file: usize,
        text: u8,
    },
    Remove {
        file: usize,
    },
    /// A file gets the name of another one, which is gone then.
    Rename {
        file: usize,
        to: usize,
    },
    /// The files of a branch come as one commit, as far as the branch changed them.
    Squash {
        branch: usize,
    },
    /// The last commit of a branch comes again.
    Pick {
        branch: usize,
    },
    /// A branch, or the base, is merged as git merges it, where there is no conflict.
    Merge {
        branch: usize,
    },
}

const NAMES: [&str; 5] = ["a.md", "b.md", "docs/c.md", "docs/d.md", "docs/deep/e.md"];

fn text(start: u8) -> String {
    (0..8).map(|line| format!("line {line} of {start}\n")).collect()
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let file = || 0..NAMES.len();
    let act = prop_oneof![
        6 => (file(), 0..8_usize, 0..3_u8)
            .prop_map(|(file, line, text)| Act::Edit { file, line, text }),
        1 => (file(), 0..2_u8).prop_map(|(file, text)| Act::Add { file, text }),
        1 => file().prop_map(|file| Act::Remove { file }),
        1 => (file(), file()).prop_map(|(file, to)| Act::Rename { file, to }),
        2 => (1..3_usize).prop_map(|branch| Act::Squash { branch }),
        1 => (1..3_usize).prop_map(|branch| Act::Pick { branch }),
        1 => (0..3_usize).prop_map(|branch| Act::Merge { branch }),
    ];
    prop::collection::vec((0..3_usize, act), 3..16)
}

/// A line of history: its commits with their files.
struct Line(Vec<(Oid, Files)>);

impl Line {
    fn last(&self) -> &(Oid, Files) {
        self.0.last().unwrap()
    }
}

/// Lays what differs between two states over a third one.
fn laid_over(files: &Files, old: &Files, new: &Files) -> Files {
    let mut files = files.clone();
    for path in old.keys().chain(new.keys()) {
        match new.get(path) {
            here if here == old.get(path) => {}
            Some(text) => drop(files.insert(path.clone(), text.clone())),
            None => drop(files.remove(path)),
        }
    }
    files
}

fn make(history: &History, acts: &[(usize, Act)]) -> Vec<Oid> {
    let start: Files = NAMES
        .iter()
        .take(3)
        .enumerate()
        .map(|(at, name)| ((*name).to_owned(), text(u8::try_from(at).unwrap())))
        .collect();
    let mut time = 1_700_000_000;
    let first = history.commit(&[], &start, time, "Ada", "Start");
    let mut lines: Vec<Line> = (0..3).map(|_| Line(vec![(first, start.clone())])).collect();
    for (line, act) in acts {
        // Two commits of one second are told apart, too.
        time += i64::from(time % 3 != 0);
        let (tip, files) = lines[*line].last().clone();
        let mut parents = vec![tip];
        let next = match act {
            Act::Edit { file, line, text } => {
                let mut files = files;
                if let Some(content) = files.get_mut(NAMES[*file]) {
                    let mut lines: Vec<String> = content.lines().map(str::to_owned).collect();
                    if let Some(line) = lines.get_mut(*line) {
                        *line = format!("edited to {text}");
                    }
                    *content = lines.join("\n") + "\n";
                }
                files
            }
            Act::Add { file, text: start } => {
                let mut files = files;
                files.entry(NAMES[*file].to_owned()).or_insert_with(|| text(start + 10));
                files
            }
            Act::Remove { file } => {
                let mut files = files;
                files.remove(NAMES[*file]);
                files
            }
            Act::Rename { file, to } => {
                let mut files = files;
                if let Some(content) = files.remove(NAMES[*file]) {
                    files.insert(NAMES[*to].to_owned(), content);
                }
                files
            }
            Act::Squash { branch } => {
                let other = &lines[*branch];
                laid_over(&files, &other.0[0].1, &other.last().1)
            }
            Act::Pick { branch } => match lines[*branch].0.as_slice() {
                [.., (_, old), (_, new)] => laid_over(&files, old, new),
                _ => files,
            },
            Act::Merge { branch } => {
                let (theirs, their_files) = lines[*branch].last().clone();
                if theirs == tip {
                    continue;
                }
                let merge = in_memory(&history.repository, tip, theirs).unwrap();
                if !merge.conflicts.is_empty() {
                    continue;
                }
                parents.push(theirs);
                let mut files = files;
                for (path, bytes) in merge.files {
                    let _ = match bytes {
                        Some(bytes) => files.insert(
                            path.as_str().to_owned(),
                            String::from_utf8(bytes.to_vec()).unwrap(),
                        ),
                        None => files.remove(path.as_str()),
                    };
                }
                drop(their_files);
                files
            }
        };
        let id = history.commit(&parents, &next, time, "Ada", "Next");
        lines[*line].0.push((id, next));
    }
    lines.iter().map(|line| line.last().0).collect()
}

/// How git itself ends a merge of two commits.
fn git_merges(history: &History, one: Oid, other: Oid) -> Option<i32> {
    let mut git = Command::new("git");
    git.arg("-C").arg(history.path()).args(["merge-tree", "--write-tree"]);
    git.args([one.to_string(), other.to_string()]).output().unwrap().status.code()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn one_branch_and_all_branches_have_landed_alike(acts in acts()) {
        let history = History::new();
        let tips = make(&history, &acts);
        let branch = |at: usize| BranchTip { name: at.to_string(), tip: tips[at].to_string() };
        let all = [branch(1), branch(2)];
        let mut branches = Branches::read(&history.path(), &tips[0].to_string(), &all).unwrap();
        for shard in 0..branches.shards() {
            let steps = branches.steps(shard).unwrap();
            branches.take(steps);
        }
        let releases = Releases { is_release: &|_| true, is_content: &|_| true };
        let states = branches.states(&all, releases).unwrap();
        for (state, tip) in states.iter().zip(&tips[1..]) {
            prop_assert_eq!(&state.unknown, &None);
            let repository = &history.repository;
            let bases = merge_bases(repository, *tip, tips[0], "base").unwrap();
            let one = landed(repository, bases[0], *tip, tips[0]).unwrap();
            prop_assert_eq!(&state.landed, &one);
            // What git would merge decides where no commit is known that brought it.
            if matches!(one, None | Some(Landed::NothingLeft)) {
                let merge = in_memory(repository, tips[0], *tip).unwrap();
                let nothing = merge.files.is_empty() && merge.conflicts.is_empty();
                // A merge crosswise is made of the parts that both have, which are merged first.
                if bases.len() == 1 {
                    prop_assert_eq!(nothing, one.is_some(), "{:?}", merge);
                }
            }
        }
    }

    #[test]
    fn files_tell_whether_a_whole_merge_conflicts(acts in acts()) {
        let history = History::new();
        let tips = make(&history, &acts);
        let ids: Vec<String> = tips.iter().map(Oid::to_string).collect();
        let named = |tip: &String| BranchTip { name: tip.clone(), tip: tip.clone() };
        let all: Vec<BranchTip> = ids.iter().map(named).collect();
        let branches = Branches::read(&history.path(), &ids[0], &all).unwrap();
        let at = [(0, 1), (0, 2), (1, 2), (2, 1)];
        let pairs: Vec<(&str, &str)> =
            at.iter().map(|(one, other)| (ids[*one].as_str(), ids[*other].as_str())).collect();
        let found = branches.forecasts(&pairs, true).unwrap();
        for ((one, other), found) in at.iter().zip(found) {
            let merge = in_memory(&history.repository, tips[*one], tips[*other]).unwrap();
            let found = found.unwrap().unwrap();
            // Where one side renames a file and the other one adds just what came of it, libgit2 tells
            // a conflict, and git and the files none.
            if found.is_empty() != merge.conflicts.is_empty() {
                prop_assert!(found.is_empty(), "{:?}", found);
                prop_assert_eq!(git_merges(&history, tips[*one], tips[*other]), Some(0), "{:?}", merge);
            }
            // Of a file that one side renamed to what the other one added, git names both paths.
            let git = |path: &str| merge.conflicts.iter().any(|conflict| conflict.path == path);
            prop_assert!(found.iter().all(|found| git(&found.path)), "{:?}", found);
        }
    }
}
