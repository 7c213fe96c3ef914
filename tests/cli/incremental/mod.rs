//! After any edits, what a build makes of what the last one left behind is what a clean build
//! makes: the same files with the same bytes, the same words, the same exit code. Nothing that
//! happens to the cache changes that.
//!
//! `PROPTEST_CASES` and `PROPTEST_RNG_SEED` make long runs and others.

mod edit;
mod search;
mod workspace;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use self::edit::{Edit, edit, first_pages, focus};
use self::workspace::{Workspace, cache_files, no_cache};
use crate::sandbox::{Sandbox, same_trees, tree};

/// The same cases each time, unless the environment asks for others.
fn runner(cases: u32) -> TestRunner {
    let mut config =
        Config { failure_persistence: None, max_shrink_iters: 256, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(3);
    }
    TestRunner::new(config)
}

#[track_caller]
fn holds<S: Strategy>(
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    if let Err(error) = runner(cases).run(&strategy, property) {
        panic!("{error}");
    }
}

/// Each step is some edits and a build.
fn steps(most: usize) -> impl Strategy<Value = Vec<Vec<Edit>>> {
    prop::collection::vec(prop::collection::vec(edit(), 1..4), 1..most)
}

fn compare(workspace: &mut Workspace, when: &str) -> Result<(), TestCaseError> {
    workspace.compare().map_err(|differences| TestCaseError::fail(format!("{when}: {differences}")))
}

#[test]
fn incremental_equals_clean() {
    let case = (first_pages(), focus(), prop::bool::weighted(0.7), steps(10));
    holds(48, case, |(pages, focus, repository, steps)| {
        let mut workspace = Workspace::new(&pages, &focus, repository);
        compare(&mut workspace, "first build")?;
        for (number, edits) in steps.iter().enumerate() {
            for edit in edits {
                workspace.apply(edit);
            }
            compare(&mut workspace, &format!("step {number}"))?;
        }
        Ok(())
    });
}

/// What may happen to a file of the cache.
#[derive(Debug, Clone)]
enum Damage {
    /// Cut to this share of its size.
    Truncate(f64),
    /// Bytes at these shares of its size changed by these bits.
    Flip(Vec<(f64, u8)>),
    /// Bytes added to its end.
    Grow(Vec<u8>),
    /// Replaced by another file of the cache.
    Replace(prop::sample::Index),
    Remove,
    /// A folder of that name.
    Folder,
}

fn damage() -> impl Strategy<Value = Damage> {
    let flips = prop::collection::vec((0.0..1.0, 1..=255u8), 1..6);
    prop_oneof![
        3 => (0.0..1.0).prop_map(Damage::Truncate),
        4 => flips.prop_map(Damage::Flip),
        1 => prop::collection::vec(any::<u8>(), 1..40).prop_map(Damage::Grow),
        2 => any::<prop::sample::Index>().prop_map(Damage::Replace),
        1 => Just(Damage::Remove),
        1 => Just(Damage::Folder),
    ]
}

impl Damage {
    fn apply(&self, files: &[std::path::PathBuf], at: &prop::sample::Index) {
        let file = at.get(files);
        let Ok(mut bytes) = std::fs::read(file) else { return };
        let place = |share: f64, bytes: &[u8]| (share * bytes.len() as f64) as usize;
        match self {
            Damage::Truncate(share) => bytes.truncate(place(*share, &bytes)),
            Damage::Flip(flips) => {
                for (share, bits) in flips {
                    let place = place(*share, &bytes);
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte ^= bits;
                    }
                }
            }
            Damage::Grow(more) => bytes.extend(more),
            Damage::Replace(other) => bytes = std::fs::read(other.get(files)).unwrap_or_default(),
            Damage::Remove | Damage::Folder => {
                std::fs::remove_file(file).unwrap();
                if matches!(self, Damage::Folder) {
                    std::fs::create_dir(file).unwrap();
                }
                return;
            }
        }
        std::fs::write(file, bytes).unwrap();
    }
}

#[test]
fn a_damaged_cache_changes_nothing() {
    // Of small files many share one: most of the damage shall hit.
    let hits = prop::collection::vec((any::<prop::sample::Index>(), damage()), 1..12);
    let round = (hits, prop::collection::vec(edit(), 0..2));
    let case = (first_pages(), focus(), any::<bool>(), prop::collection::vec(round, 1..5));
    holds(24, case, |(pages, focus, repository, rounds)| {
        let mut workspace = Workspace::new(&pages, &focus, repository);
        compare(&mut workspace, "first build")?;
        for (number, (damages, edits)) in rounds.iter().enumerate() {
            let files = cache_files(&workspace.sandbox.path("site"));
            // A first build that could not be done has cached nothing.
            let built = workspace.sandbox.path("out").exists();
            prop_assert!(!files.is_empty() || no_cache().is_none() || !built, "nothing is cached");
            if !files.is_empty() {
                for (at, damage) in damages {
                    damage.apply(&files, at);
                }
            }
            for edit in edits {
                workspace.apply(edit);
            }
            compare(&mut workspace, &format!("round {number}"))?;
        }
        Ok(())
    });
}

#[test]
fn the_cache_of_another_site_changes_nothing() {
    let edits = prop::collection::vec(edit(), 0..3);
    let case = (first_pages(), first_pages(), focus(), any::<bool>(), edits);
    holds(12, case, |(pages, others, focus, repository, edits)| {
        let mut workspace = Workspace::new(&pages, &focus, repository);
        let mut other = Workspace::new(&others, &focus, repository);
        compare(&mut workspace, "first build")?;
        for edit in &edits {
            other.apply(edit);
        }
        compare(&mut other, "another site")?;
        let (ours, theirs) = (workspace.sandbox.site(".copydesk"), other.sandbox.site(".copydesk"));
        if theirs.exists() {
            drop(std::fs::remove_dir_all(&ours));
            std::fs::rename(theirs, ours).unwrap();
        }
        compare(&mut workspace, "with the cache of the other site")?;
        // And the other way round: the output of another site, with the right cache.
        std::fs::rename(workspace.sandbox.path("out"), workspace.sandbox.path("mine")).unwrap();
        std::fs::rename(other.sandbox.path("out"), workspace.sandbox.path("out")).unwrap();
        compare(&mut workspace, "into the output of the other site")
    });
}

#[test]
fn a_cache_that_cannot_be_written_costs_nothing_but_time() {
    let sandbox = Sandbox::new("-- index.md --\n# Home\n\n```rust\nfn main() {}\n```\n");
    sandbox.build(&[]).ends(0);
    let expected = tree(&sandbox.path("out"));
    drop(std::fs::remove_dir_all(sandbox.site(".copydesk")));
    // Nobody can make a folder where a file is, not even root.
    sandbox.write(".copydesk", "mine");
    for _ in 0..2 {
        sandbox.build(&[]).ends(0);
        same_trees(&expected, &tree(&sandbox.path("out")));
        assert_eq!(sandbox.read("site/.copydesk"), "mine");
    }
}
