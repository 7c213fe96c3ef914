//! Compares versions of pages that follow each other in the history of real repositories: whether the
//! difference makes the new page of the old one, how many words it says have changed beside
//! `git diff --word-diff`, and how long it takes.
//!
//! ```text
//! cargo run --release --example difference -- --count 1000 [--html DIR] [--show N] REPOSITORY...
//! ```
//!
//! The sample is spread evenly over each repository's changes of Markdown files. `--html` writes each
//! pair as a page with the styles of the default theme, `--show` prints the first pairs as text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a tool of developers

mod blobs;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use copydesk::base::SourcePath;
use copydesk::config::Settings;
use copydesk::markdown::{Document, ParseInput, Words, parse};
use copydesk::review::difference::{
    HtmlOptions, Side, Wording, difference, human, inline_html, parts, side_by_side_html,
};
use copydesk::source::MemorySource;

use blobs::Blobs;

struct Pair {
    old: String,
    new: String,
    path: String,
}

fn main() {
    let mut count = 1000;
    let mut html = None;
    let mut show = 0;
    let mut repositories = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--count" => count = arguments.next().unwrap().parse().unwrap(),
            "--html" => html = arguments.next(),
            "--show" => show = arguments.next().unwrap().parse().unwrap(),
            _ => repositories.push(argument),
        }
    }
    let each = count / repositories.len().max(1);
    let mut results = Vec::new();
    for repository in &repositories {
        let pairs = pairs(repository, each);
        let mut blobs = Blobs::open(repository);
        for pair in pairs {
            let old = blobs.read(&pair.old);
            let new = blobs.read(&pair.new);
            results.extend(compare(repository, &pair, &old, &new, html.as_deref(), &mut show));
        }
        blobs.close();
    }
    report(&results);
}

/// Changes of Markdown files, spread over the history.
fn pairs(repository: &str, wanted: usize) -> Vec<Pair> {
    let output = Command::new("git")
        .args(["-C", repository, "log", "--no-merges", "--raw", "--no-abbrev", "--format="])
        .args(["--diff-filter=M", "-n", "20000", "HEAD", "--", "*.md", "*.markdown", "*.mdx"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let all: Vec<Pair> = text
        .lines()
        .filter_map(|line| {
            let (facts, path) = line.split_once('\t')?;
            let mut facts = facts.split(' ').skip(2);
            let (old, new) = (facts.next()?.to_owned(), facts.next()?.to_owned());
            Some(Pair { old, new, path: path.to_owned() })
        })
        .collect();
    let step = (all.len() / wanted.max(1)).max(1);
    all.into_iter().step_by(step).take(wanted).collect()
}

struct Found {
    place: String,
    holds: bool,
    ours: usize,
    git: usize,
    coarse: bool,
    empty: bool,
    time: Duration,
}

fn page(path: &SourcePath, bytes: &[u8]) -> Document {
    let source = MemorySource::new([] as [(SourcePath, Vec<u8>); 0]);
    let settings = Settings::default();
    let root = SourcePath::root();
    parse(&ParseInput { path, bytes, settings: &settings, root: &root, source: &source }).0
}

fn compare(
    repository: &str,
    pair: &Pair,
    old: &[u8],
    new: &[u8],
    html: Option<&str>,
    show: &mut usize,
) -> Option<Found> {
    let path = SourcePath::new(&pair.path).ok()?;
    let place = format!("{repository} {} {} {}", &pair.old[..10], &pair.new[..10], pair.path);
    let (old, new) = (page(&path, old), page(&path, new));
    let old = Side { document: Some(&old), ..Side::default() };
    let new = Side { document: Some(&new), ..Side::default() };
    let start = Instant::now();
    let found = difference(&old, &new);
    let time = start.elapsed();
    let holds = found.apply(&parts(&old)).is_ok_and(|made| made == parts(&new));
    if *show > 0 && !found.is_empty() {
        *show -= 1;
        println!("==== {place}\n{}", human(&found, false));
    }
    if let Some(folder) = html {
        let name = format!("{}-{}", pair.old.get(..7)?, pair.new.get(..7)?);
        let address = |_, _, to: &str| Some(to.to_owned());
        let options = HtmlOptions {
            wording: &Wording::default(),
            words: &Words::default(),
            address: &address,
            max_bytes: 2_000_000,
        };
        write(folder, &name, &place, &inline_html(&found, &options));
        let sides = side_by_side_html(&found, &options);
        write(folder, &format!("{name}-sides"), &place, &sides);
    }
    Some(Found {
        place,
        holds,
        ours: found.words.inserted + found.words.deleted,
        git: git_words(repository, pair),
        coarse: found.coarse,
        empty: found.is_empty(),
        time,
    })
}

fn write(folder: &str, name: &str, title: &str, body: &str) {
    let styles = ["variables", "base", "content", "code", "review"]
        .map(|name| format!("themes/default/css/{name}.css"))
        .map(|path| std::fs::read_to_string(path).unwrap_or_default())
        .concat();
    let page = format!(
        "<!doctype html><html lang=en data-scheme=auto><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><title>{name}</title>\
         <style>{styles} main {{ max-width: 72rem; margin: 2rem auto; padding: 0 1.25rem }}</style>\
         <main><p class=meta>{}</p>{body}</main></html>",
        title.replace('<', "&lt;"),
    );
    std::fs::write(Path::new(folder).join(format!("{name}.html")), page).unwrap();
}

/// How many words `git diff --word-diff` says were deleted and inserted.
fn git_words(repository: &str, pair: &Pair) -> usize {
    let output = Command::new("git")
        .args(["-C", repository, "diff", "--word-diff=porcelain", "--no-color", "--no-ext-diff"])
        .args([&pair.old, &pair.new])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().skip_while(|line| !line.starts_with("@@"));
    lines
        .filter_map(|line| line.strip_prefix(['+', '-']))
        .map(|words| words.split_whitespace().count())
        .sum()
}

fn report(results: &[Found]) {
    let median = |mut values: Vec<usize>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    };
    let sum = |values: &[usize]| values.iter().sum::<usize>();
    let ours: Vec<usize> = results.iter().map(|found| found.ours).collect();
    let git: Vec<usize> = results.iter().map(|found| found.git).collect();
    for found in results.iter().filter(|found| !found.holds) {
        println!("does not hold: {}", found.place);
    }
    let mut slow: Vec<&Found> = results.iter().collect();
    slow.sort_by_key(|found| std::cmp::Reverse(found.time));
    for found in slow.iter().take(5) {
        println!("{:>8.1} ms  {}", found.time.as_secs_f64() * 1e3, found.place);
    }
    let mut large: Vec<&Found> = results.iter().filter(|found| found.ours > found.git).collect();
    large.sort_by_key(|found| std::cmp::Reverse(found.ours - found.git));
    for found in large.iter().take(15) {
        println!("{:>6} words, git {:>6}  {}", found.ours, found.git, found.place);
    }
    println!(
        "{} pairs, {} do not hold, {} empty, {} coarse",
        results.len(),
        results.iter().filter(|found| !found.holds).count(),
        results.iter().filter(|found| found.empty).count(),
        results.iter().filter(|found| found.coarse).count(),
    );
    println!(
        "words: median {} (git {}), all {} (git {}); larger than git's in {} pairs",
        median(ours.clone()),
        median(git.clone()),
        sum(&ours),
        sum(&git),
        large.len(),
    );
    let times: Vec<usize> = results.iter().map(|found| found.time.as_micros() as usize).collect();
    println!("time: median {} µs, all {:.2} s", median(times.clone()), sum(&times) as f64 / 1e6);
}
