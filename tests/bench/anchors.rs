//! Anchors lines of real pages and finds them in the next version: lines that somebody changed, on pages
//! that the same person changed again within a few days, as happens while a change is reviewed.
//!
//! ```text
//! cargo run --release --example anchors -- [--count 3000] [--days 14] [--without] REPOSITORY...
//! ```
//!
//! Prints a line of JSON for each anchor; `anchors.py` beside this file counts, samples, and judges them.
//! `--without` finds them by what an anchor keeps, without the old version.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::print_stdout)] // a tool of developers

mod blobs;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::process::Command;
use std::time::{Duration, Instant};

use copydesk::base::{LineIndex, SourcePath};
use copydesk::review::anchor::{How, Selection, Tracker};
use copydesk::review::event::Anchor;
use serde_json::json;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use blobs::Blobs;

/// A page before, between, and after two edits.
struct Triple {
    commit: String,
    path: String,
    before: String,
    old: String,
    new: String,
}

/// At most so many lines of one page version.
const EACH: usize = 6;

fn main() {
    let (mut count, mut days, mut without) = (3000, 14, false);
    let mut repositories = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--count" => count = arguments.next().unwrap().parse().unwrap(),
            "--days" => days = arguments.next().unwrap().parse().unwrap(),
            "--without" => without = true,
            _ => repositories.push(argument),
        }
    }
    let each = count / repositories.len().max(1);
    let (mut time, mut made) = (Duration::ZERO, 0_u32);
    for repository in &repositories {
        let triples = triples(repository, days);
        let mut blobs = Blobs::open(repository);
        let step = (triples.len() * 3 / each.max(1)).max(1);
        let mut printed = 0;
        for triple in triples.iter().step_by(step) {
            let [before, old, new] = [&triple.before, &triple.old, &triple.new]
                .map(|id| String::from_utf8(blobs.read(id)).unwrap_or_default());
            let started = Instant::now();
            let lines = lines_of(&before, &old, &new);
            let tracker = Tracker::new((!without).then_some(old.as_str()), &new);
            for line in lines {
                printed += usize::from(follow(repository, triple, &old, &new, &tracker, line));
                made += 1;
            }
            time += started.elapsed();
            if printed >= each {
                break;
            }
        }
        blobs.close();
    }
    eprintln!("{} µs for each", time.as_micros() / u128::from(made.max(1)));
}

struct Chosen {
    line: usize,
    /// It is not in the new version any more.
    again: bool,
}

/// Lines that the first edit made, spread over the page; those that the second edit touched first.
fn lines_of(before: &str, old: &str, new: &str) -> Vec<Chosen> {
    let (first, second): (BTreeSet<usize>, BTreeSet<usize>) =
        (changed(before, old, false), changed(old, new, true));
    let text = |line: &usize| old.lines().nth(*line).unwrap_or_default();
    // A line without a word has nothing to be commented on.
    let (again, kept): (Vec<usize>, Vec<usize>) = first
        .into_iter()
        .filter(|line| text(line).chars().filter(|c| c.is_alphanumeric()).count() >= 2)
        .partition(|line| second.contains(line));
    let spread = |lines: &[usize], most: usize| -> Vec<usize> {
        let step = lines.len().div_ceil(most).max(1);
        lines.iter().copied().step_by(step).collect()
    };
    let mut chosen: Vec<Chosen> =
        spread(&again, EACH / 2).into_iter().map(|line| Chosen { line, again: true }).collect();
    let rest = EACH - chosen.len();
    chosen.extend(spread(&kept, rest).into_iter().map(|line| Chosen { line, again: false }));
    chosen
}

/// Lines of the one or of the other side that the other one does not have.
fn changed(old: &str, new: &str, side: bool) -> BTreeSet<usize> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut lines = BTreeSet::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if !matches!(op, DiffOp::Equal { .. }) {
            lines.extend(if side { op.old_range() } else { op.new_range() });
        }
    }
    lines
}

fn follow(
    repository: &str,
    triple: &Triple,
    old: &str,
    new: &str,
    tracker: &Tracker<'_>,
    chosen: Chosen,
) -> bool {
    let line = old.lines().nth(chosen.line).unwrap_or_default();
    // Every third comment is about some words of a line.
    let letters = line.chars().count();
    let columns = (chosen.line.is_multiple_of(3) && letters > 30).then(|| {
        let text: Vec<char> = line.chars().collect();
        let start = (letters / 3..letters).find(|at| text[*at] == ' ').unwrap_or(0);
        let end = (start + 12..letters).find(|at| text[*at] == ' ').unwrap_or(letters);
        (start + 1, end)
    });
    let place = Selection {
        file: triple.path.clone(),
        lines: Some((chosen.line + 1, chosen.line + 1)),
        columns,
    };
    let Ok(Some(range)) = place.bytes(old) else { return false };
    let Ok(path) = SourcePath::new(&triple.path) else { return false };
    let anchor = Anchor::new(&path, &triple.old, old, range, None);
    let found = tracker.find(&anchor);
    let index = LineIndex::new(new);
    let range = found.range.clone().unwrap_or(found.near..found.near);
    let record = json!({
        "repository": repository,
        "commit": triple.commit,
        "path": triple.path,
        "old": triple.old,
        "new": triple.new,
        "line": chosen.line + 1,
        "columns": columns,
        "again": chosen.again,
        "how": found.how,
        "verbatim": found.verbatim,
        "likeness": found.likeness,
        "found": index.line(range.start) + 1,
        "start": range.start,
        "end": range.end,
        "quote": anchor.quote.exact,
        "times": anchor.quote.times,
        "orphan": found.how == How::Orphan,
    });
    println!("{record}");
    true
}

/// Pages that somebody edited, and edited again within some days.
fn triples(repository: &str, days: i64) -> Vec<Triple> {
    struct Step {
        commit: String,
        author: String,
        time: i64,
        path: String,
        old: String,
        new: String,
    }
    let output = Command::new("git")
        .args(["-C", repository, "log", "--all", "--no-merges", "--raw", "--no-abbrev", "-M"])
        .args(["--diff-filter=MR", "--format=commit %H %at %ae"])
        .args(["--", "*.md", "*.markdown", "*.mdx"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut steps = Vec::new();
    let (mut commit, mut time, mut author) = (String::new(), 0, String::new());
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("commit ") {
            let mut parts = head.splitn(3, ' ');
            commit = parts.next().unwrap().to_owned();
            time = parts.next().unwrap().parse().unwrap_or(0);
            author = parts.next().unwrap_or_default().to_owned();
        } else if let Some((facts, paths)) = line.split_once('\t') {
            let mut facts = facts.split(' ').skip(2);
            let (old, new) = (facts.next().unwrap().to_owned(), facts.next().unwrap().to_owned());
            let path = paths.rsplit('\t').next().unwrap().to_owned();
            let (commit, author) = (commit.clone(), author.clone());
            steps.push(Step { commit, author, time, path, old, new });
        }
    }
    let mut by_old: HashMap<&str, Vec<&Step>> = HashMap::new();
    for step in &steps {
        by_old.entry(&step.old).or_default().push(step);
    }
    let mut triples: BTreeMap<(String, String, String), Triple> = BTreeMap::new();
    for first in &steps {
        for second in by_old.get(first.new.as_str()).into_iter().flatten() {
            let apart = second.time - first.time;
            let again = second.author == first.author && (0..=days * 86_400).contains(&apart);
            // A change that is taken back is no edit of a text.
            if again && second.new != first.old {
                let key = (first.old.clone(), first.new.clone(), second.new.clone());
                triples.entry(key).or_insert_with(|| Triple {
                    commit: second.commit.clone(),
                    path: second.path.clone(),
                    before: first.old.clone(),
                    old: first.new.clone(),
                    new: second.new.clone(),
                });
            }
        }
    }
    triples.into_values().collect()
}
