//! What is found of files, on small histories and on random ones.

use std::collections::BTreeSet;

use git2::Oid;
use proptest::prelude::*;

use super::FileFacts;
use super::testing::{Files, History, Known, files, slowly, spelled};

/// The last commit, the number of commits and the contributors of a file.
fn of(facts: &FileFacts, path: &str) -> (Option<Oid>, Option<u32>, String) {
    let known = spelled(facts).remove(path).unwrap_or_else(|| panic!("{path} is not there"));
    (known.last, known.commits, known.contributors.join(" "))
}

#[test]
fn a_file_has_its_first_and_last_commit() {
    let history = History::new();
    let line = history.line(&[
        ("Ada", "docs/a.md=1 docs/b.md=1 other=1"),
        ("Alan", "docs/a.md=2 docs/b.md=1 other=1"),
        ("Grace", "docs/a.md=2 docs/b.md=1 other=2"),
        ("Ada", "docs/a.md=3 docs/b.md=1 other=2"),
    ]);
    let facts = history.facts(line[3], &["docs"]);
    assert!(facts.complete());
    let known = spelled(&facts);
    assert_eq!(known.keys().collect::<Vec<_>>(), ["docs/a.md", "docs/b.md"]);
    let expected = Known {
        first: Some(line[0]),
        last: Some(line[3]),
        author: Some("Ada".to_owned()),
        commits: Some(3),
        contributors: vec!["Ada".to_owned(), "Alan".to_owned()],
    };
    assert_eq!(known["docs/a.md"], expected);
    assert_eq!(of(&facts, "docs/b.md"), (Some(line[0]), Some(1), "Ada".to_owned()));
    // At an earlier commit, what came later is not known.
    assert_eq!(of(&history.facts(line[1], &["docs"]), "docs/a.md").0, Some(line[1]));
    let path = crate::base::SourcePath::new("docs/a.md").unwrap();
    assert_eq!(facts.get(&path).unwrap().last.unwrap().day(), "2023-11-14");
    assert!(facts.get(&crate::base::SourcePath::new("other").unwrap()).is_none());
}

#[test]
fn merges_do_not_count_and_what_they_bring_does() {
    let history = History::new();
    let line = history.line(&[("Ada", "a=1 b=1"), ("Ada", "a=2 b=1")]);
    let side = history.commit(&[line[0]], &files("a=1 b=2"), 1_700_000_010, "Alan", "Side");
    let merge = history.commit(&[line[1], side], &files("a=2 b=2"), 1_700_000_500, "Bot", "Merge");
    let facts = history.facts(merge, &[""]);
    assert_eq!(of(&facts, "a"), (Some(line[1]), Some(2), "Ada".to_owned()));
    assert_eq!(of(&facts, "b"), (Some(side), Some(2), "Ada Alan".to_owned()));
}

#[test]
fn renames_are_followed_and_are_no_change() {
    let history = History::new();
    let line = history.line(&[
        ("Ada", "docs/a.md=1"),
        ("Alan", "docs/a.md=2"),
        ("Bot", "docs/b.md=2"),
        // A new file at the old path is another one.
        ("Eve", "docs/b.md=2 docs/a.md=new"),
    ]);
    let facts = history.facts(line[3], &["docs"]);
    assert_eq!(of(&facts, "docs/b.md"), (Some(line[1]), Some(2), "Ada Alan".to_owned()));
    assert_eq!(of(&facts, "docs/a.md"), (Some(line[3]), Some(1), "Eve".to_owned()));
}

#[test]
fn what_another_branch_changes_at_the_old_path_is_a_change_of_the_renamed_file() {
    let history = History::new();
    let line = history.line(&[("Ada", "a=1"), ("Bot", "b=1")]);
    let side = history.commit(&[line[0]], &files("a=2"), 1_700_000_200, "Alan", "Side");
    let merge = history.commit(&[line[1], side], &files("b=2"), 1_700_000_300, "Bot", "Merge");
    let facts = history.facts(merge, &[""]);
    assert_eq!(of(&facts, "b"), (Some(side), Some(2), "Ada Alan".to_owned()));
}

#[test]
fn files_keep_their_history_when_the_content_folder_moves() {
    let history = History::new();
    let line = history.line(&[
        ("Ada", "README.md=1 x=1"),
        ("Alan", "src/intro.md=1 x=1"),
        ("Grace", "src/intro.md=2 x=1"),
        ("Bot", "docs/intro.md=2 x=2"),
    ]);
    let found = history.find(line[3], &["docs"], &[], None);
    let of_intro = of(&found.facts, "docs/intro.md");
    assert_eq!(of_intro, (Some(line[2]), Some(2), "Ada Grace".to_owned()));
    // Found again from what was kept, also where the move is what is new.
    let before = history.find(line[2], &["docs"], &[], None);
    let after = history.find(line[3], &["docs"], &[], before.keep.as_deref());
    assert_eq!(after.facts, found.facts);
}

#[test]
fn a_file_that_comes_back_has_its_history() {
    let history = History::new();
    let line = history.line(&[("Ada", "a=1 b=1"), ("Eve", "b=1"), ("Alan", "a=2 b=1")]);
    let facts = history.facts(line[2], &[""]);
    assert_eq!(of(&facts, "a"), (Some(line[2]), Some(2), "Ada Alan".to_owned()));
}

#[test]
fn clocks_that_go_wrong_do_not_turn_history_round() {
    let history = History::new();
    let first = history.commit(&[], &files("a=1"), 2_000_000_000, "Ada", "Late clock");
    let second = history.commit(&[first], &files("a=2"), 5, "Alan", "Early clock");
    let third = history.commit(&[second], &files("a=3"), 5, "Grace", "The same second");
    assert_eq!(of(&history.facts(third, &[""]), "a").0, Some(third));
    assert_eq!(of(&history.facts(second, &[""]), "a").0, Some(second));
}

#[test]
fn ignored_revisions_change_nothing_but_what_they_add() {
    let history = History::new();
    let line = history.line(&[("Ada", "a=1"), ("Format", "a=2 new=1"), ("Format", "a=2 moved=1")]);
    let facts = history.find(line[2], &[""], &line[1..], None).facts;
    assert_eq!(of(&facts, "a"), (Some(line[0]), Some(1), "Ada".to_owned()));
    assert_eq!(of(&facts, "moved"), (Some(line[1]), Some(1), "Format".to_owned()));
}

#[test]
fn contributors_follow_the_mailmap_and_the_trailers() {
    let history = History::new();
    let mailmap = "Ada_Lovelace <ada@example.org>\n\
                   Ada_Lovelace <ada@example.org> <ada.old@example.org>\n";
    let with = |text: &str| {
        let mut files = files(text);
        files.insert(".mailmap".to_owned(), mailmap.to_owned());
        files
    };
    let co = "Subject\n\nCo-authored-by: Ada <ada.old@example.org>\n\n* more\n\n\
              Co-authored-by: Grace <GRACE@example.org>\n\
              Co-authored-by: renovate[bot] <r@example.org>\n";
    let first = history.commit(&[], &with("a=1"), 1, "Grace", co);
    let second = history.commit(&[first], &with("a=2"), 2, "Ada", "Message");
    let third = history.commit(&[second], &with("a=3"), 3, "dependabot[bot]", "Message");
    let facts = history.facts(third, &[""]);
    assert_eq!(of(&facts, "a"), (Some(third), Some(3), "Ada_Lovelace Grace".to_owned()));
    let known = spelled(&facts);
    assert_eq!(known["a"].author.as_deref(), Some("dependabot[bot]"));
}

#[test]
fn other_rights_are_no_change_and_submodules_no_files() {
    let history = History::new();
    let line = history.line(&[("Ada", "a=1")]);
    let repository = &history.repository;
    let old = repository.find_commit(line[0]).unwrap();
    let mut builder = repository.treebuilder(Some(&old.tree().unwrap())).unwrap();
    let blob = builder.get("a").unwrap().unwrap().id();
    builder.insert("a", blob, 0o100_755).unwrap();
    builder.insert("module", line[0], 0o160_000).unwrap();
    let tree = repository.find_tree(builder.write().unwrap()).unwrap();
    let who = crate::source::testing::signature();
    let second = repository.commit(None, &who, &who, "Rights", &tree, &[&old]).unwrap();
    let facts = history.facts(second, &[""]);
    assert_eq!(of(&facts, "a").0, Some(line[0]));
    assert_eq!(facts.iter().count(), 1);
    assert!(facts.complete());
}

/// Takes an object away, as a damaged repository or a partial clone lacks it.
fn remove(history: &History, id: Oid) -> (std::path::PathBuf, Vec<u8>) {
    let id = id.to_string();
    let path = history.path().join("objects").join(&id[..2]).join(&id[2..]);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    (path, bytes)
}

#[test]
fn what_a_missing_part_hides_is_unknown_and_nothing_else() {
    let lost_tree = |history: &History, line: &[Oid]| {
        history.repository.find_commit(line[1]).unwrap().tree_id()
    };
    let lost_commit = |_: &History, line: &[Oid]| line[0];
    type Find<'a> = &'a dyn Fn(&History, &[Oid]) -> Oid;
    let objects: [Find<'_>; 2] = [&lost_tree, &lost_commit];
    for (case, object) in objects.iter().enumerate() {
        let history = History::new();
        let line = history.line(&[
            ("Ada", "a=1 b=1 c=1"),
            ("Alan", "a=2 b=1 c=1"),
            ("Grace", "a=2 b=2 c=1"),
            ("Ada", "a=2 b=3 c=1"),
        ]);
        let whole = history.find(line[3], &[""], &[], None);
        let (path, bytes) = remove(&history, object(&history, &line));
        let found = history.find(line[3], &[""], &[], None);
        assert!(!found.facts.complete());
        assert_eq!(found.diagnostics.len(), 1, "{case}");
        assert_eq!(found.diagnostics[0].code, "git/incomplete-history");
        let known = |last| (last, None, String::new());
        assert_eq!(of(&found.facts, "b"), known(Some(line[3])), "{case}");
        assert_eq!(of(&found.facts, "a"), known(None), "{case}");
        assert_eq!(of(&found.facts, "c"), known(None), "{case}");
        // Told again where it is found in what was kept.
        let again = history.find(line[3], &[""], &[], found.keep.as_deref());
        assert!(again.keep.is_none());
        assert_eq!((again.facts, again.diagnostics), (found.facts, found.diagnostics));
        // And found when it is there again, as after `git fetch --unshallow`.
        std::fs::write(&path, &bytes).unwrap();
        let mended = history.find(line[3], &[""], &[], found.keep.as_deref());
        assert_eq!(mended.facts, whole.facts, "{case}");
        assert!(mended.diagnostics.is_empty());
    }
}

#[test]
fn what_is_kept_is_used_only_where_it_holds() {
    let history = History::new();
    let line = history.line(&[("Ada", "d/a=1 e/b=1"), ("Alan", "d/a=2 e/b=2")]);
    let first = history.find(line[1], &["d"], &[], None);
    let kept = first.keep.unwrap();
    let same = history.find(line[1], &["d"], &[], Some(&kept));
    assert!(same.keep.is_none());
    assert_eq!(same.facts, first.facts);
    for (roots, ignored) in [(&["e"][..], &[][..]), (&["d"], &line[1..]), (&["", "d"], &[])] {
        let scratch = history.find(line[1], roots, ignored, None);
        let other = history.find(line[1], roots, ignored, Some(&kept));
        assert_eq!(other.facts, scratch.facts);
        assert_eq!(other.keep, scratch.keep);
    }
    // Damaged bytes are as none.
    for at in 0..kept.len() {
        let mut damaged = kept.clone();
        damaged[at] ^= 1;
        let found = history.find(line[1], &["d"], &[], Some(&damaged));
        assert_eq!(found.facts, first.facts);
        assert!(found.keep.is_some(), "a damage at {at} is not seen");
        let cut = history.find(line[1], &["d"], &[], Some(&kept[..at]));
        assert_eq!(cut.facts, first.facts);
    }
}

#[test]
fn a_file_that_two_branches_rename_apart_is_followed_out_of_the_root() {
    let mut growing = Growing::new();
    let deeds = [
        Deed::Branch { from: 0 },
        Deed::Switch { branch: 1 },
        Deed::Rename { file: 1, to: 6 },
        Deed::Write { file: 2, content: 0 },
        Deed::Write { file: 6, content: 0 },
        Deed::Switch { branch: 0 },
        Deed::Rename { file: 1, to: 2 },
        Deed::Merge { branch: 1 },
    ];
    for deed in deeds {
        growing.step(&[deed], 1, 0);
    }
    let history = &growing.history;
    let tip = growing.commits.last().unwrap().0;
    let found = history.find(tip, &["docs"], &[], None);
    assert_eq!(spelled(&found.facts), slowly(&history.repository, tip, "docs", &[]));
}

/// What is done to a random history.
#[derive(Debug, Clone)]
enum Deed {
    Write {
        file: usize,
        content: u8,
    },
    Rename {
        file: usize,
        to: usize,
    },
    Copy {
        file: usize,
        to: usize,
    },
    Remove {
        file: usize,
    },
    /// Another branch from a commit that is there.
    Branch {
        from: usize,
    },
    Switch {
        branch: usize,
    },
    Merge {
        branch: usize,
    },
    /// A file as another branch has it.
    Pick {
        branch: usize,
        file: usize,
    },
}

const PATHS: [&str; 8] =
    ["docs/a", "docs/b", "docs/x/a", "docs/x/b", "old/a", "old/b", "a", "docs-b/a"];

fn deed() -> impl Strategy<Value = Deed> {
    let file = || 0..PATHS.len();
    prop_oneof![
        6 => (file(), 0..4_u8).prop_map(|(file, content)| Deed::Write { file, content }),
        4 => (file(), file()).prop_map(|(file, to)| Deed::Rename { file, to }),
        1 => (file(), file()).prop_map(|(file, to)| Deed::Copy { file, to }),
        1 => file().prop_map(|file| Deed::Remove { file }),
        1 => any::<prop::sample::Index>().prop_map(|at| Deed::Branch { from: at.index(1000) }),
        2 => (0..4_usize).prop_map(|branch| Deed::Switch { branch }),
        2 => (0..4_usize).prop_map(|branch| Deed::Merge { branch }),
        1 => (0..4_usize, file()).prop_map(|(branch, file)| Deed::Pick { branch, file }),
    ]
}

/// A step: one deed or several in one commit, how far the clock goes, and who does it.
fn step() -> impl Strategy<Value = (Vec<Deed>, i64, u8)> {
    let clock = prop_oneof![4 => 0..3_i64, 1 => -40..40_i64];
    (prop::collection::vec(deed(), 1..3), clock, 0..4_u8)
}

struct Growing {
    history: History,
    commits: Vec<(Oid, Files)>,
    /// The places of the branches' tips among the commits.
    branches: Vec<usize>,
    current: usize,
    time: i64,
}

impl Growing {
    fn new() -> Self {
        let history = History::new();
        let start = files("docs/a=0 docs/b=1 old/b=2");
        let first = history.commit(&[], &start, 1_000, "P0", "Start");
        Growing {
            history,
            commits: vec![(first, start)],
            branches: vec![0],
            current: 0,
            time: 1_000,
        }
    }

    fn step(&mut self, deeds: &[Deed], clock: i64, who: u8) {
        self.time += clock;
        let at = self.branches[self.current];
        let mut files = self.commits[at].1.clone();
        let mut parents = vec![self.commits[at].0];
        for deed in deeds {
            match *deed {
                Deed::Write { file, content } => {
                    // Nothing but the empty file has no content.
                    let content = "x".repeat(usize::from(content));
                    files.insert(PATHS[file].to_owned(), content);
                }
                Deed::Rename { file, to } if file != to => {
                    if let Some(content) = files.remove(PATHS[file]) {
                        files.insert(PATHS[to].to_owned(), content);
                    }
                }
                Deed::Copy { file, to } => {
                    if let Some(content) = files.get(PATHS[file]).cloned() {
                        files.insert(PATHS[to].to_owned(), content);
                    }
                }
                Deed::Remove { file } => drop(files.remove(PATHS[file])),
                Deed::Branch { from } if self.branches.len() < 4 => {
                    self.branches.push(from % self.commits.len());
                }
                Deed::Switch { branch } => self.current = branch % self.branches.len(),
                Deed::Merge { branch } => {
                    let (other, theirs) =
                        &self.commits[self.branches[branch % self.branches.len()]];
                    if !parents.contains(other) {
                        parents.push(*other);
                        for (path, content) in theirs {
                            files.entry(path.clone()).or_insert_with(|| content.clone());
                        }
                    }
                }
                Deed::Pick { branch, file } => {
                    let theirs = &self.commits[self.branches[branch % self.branches.len()]].1;
                    if let Some(content) = theirs.get(PATHS[file]) {
                        files.insert(PATHS[file].to_owned(), content.clone());
                    }
                }
                Deed::Rename { .. } | Deed::Branch { .. } => {}
            }
        }
        // A switch takes effect with the next step.
        let owner = self.branches.iter().position(|tip| *tip == at).unwrap_or(self.current);
        let co = match who {
            0 => "Message\n\nCo-authored-by: P3 <p3@example.org>\n",
            _ => "Message",
        };
        let id = self.history.commit(&parents, &files, self.time, &format!("P{who}"), co);
        self.commits.push((id, files));
        self.branches[owner] = self.commits.len() - 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// On random histories, the facts are those of the slow way; and from what was kept of any
    /// other commit, and of a chain of them, they are the same as from nothing.
    #[test]
    fn random_histories(
        steps in prop::collection::vec(step(), 1..24),
        tips in prop::collection::vec(any::<prop::sample::Index>(), 3),
        ignore in any::<prop::sample::Index>(),
    ) {
        let mut growing = Growing::new();
        for (deeds, clock, who) in &steps {
            growing.step(deeds, *clock, *who);
        }
        let (history, commits) = (&growing.history, &growing.commits);
        let ignored = [ignore.get(commits).0];
        let mut kept: Option<Vec<u8>> = None;
        let last = commits.last().map(|(id, _)| *id);
        let tips: BTreeSet<Oid> = tips.iter().map(|tip| tip.get(commits).0).chain(last).collect();
        for tip in tips {
            let scratch = history.find(tip, &["docs"], &ignored, None);
            let slow = slowly(&history.repository, tip, "docs", &ignored);
            prop_assert_eq!(spelled(&scratch.facts), slow);
            let everything = history.find(tip, &[""], &ignored, None);
            let slow = slowly(&history.repository, tip, "", &ignored);
            prop_assert_eq!(spelled(&everything.facts), slow);
            let extended = history.find(tip, &["docs"], &ignored, kept.as_deref());
            prop_assert_eq!(&extended.facts, &scratch.facts);
            kept = extended.keep.or(kept);
        }
    }
}
