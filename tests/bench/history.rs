//! What git knows of the files of a repository, for `history.py`: prints a line for each file
//! with its path, first and last commit, author, number of commits and contributors.
//!
//!     history DIR REV [--root FOLDER].. [--ignore-revs FILE] [--previous FILE] [--keep FILE]
//!
//! How long finding the facts took, with reading what was kept, goes to standard error in
//! milliseconds.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use copydesk::base::SourcePath;
use copydesk::history::{self, FilesInput, IgnoredRevisions};
use copydesk::pipeline;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let rev = arguments.next().ok_or("which revision?")?;
    let (mut roots, mut previous, mut keep) = (Vec::new(), None, None);
    let mut ignored = IgnoredRevisions::default();
    while let (Some(option), Some(value)) = (arguments.next(), arguments.next()) {
        match option.as_str() {
            "--root" => roots.push(SourcePath::new(value)?),
            "--ignore-revs" => {
                let path = SourcePath::new("ignore-revs")?;
                ignored = IgnoredRevisions::parse(&path, &std::fs::read(value)?).0;
            }
            "--previous" => previous = Some(value),
            "--keep" => keep = Some(value),
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    let started = Instant::now();
    let previous = previous.map(std::fs::read).transpose()?;
    let (facts, _) = history::facts(&dir, Some(&rev));
    let tip = facts.commit.ok_or("there is no such revision")?;
    let found = pipeline::file_facts(FilesInput {
        dir: Path::new(&dir),
        tip: &tip,
        roots: &roots,
        ignored: &ignored,
        previous: previous.as_deref(),
    });
    eprintln!("{:.1}", started.elapsed().as_secs_f64() * 1000.0);
    for diagnostic in &found.diagnostics {
        eprintln!("{}", diagnostic.message);
    }
    if let (Some(keep), Some(bytes)) = (keep, &found.keep) {
        std::fs::write(keep, bytes)?;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (path, fact) in found.facts.iter() {
        let id = |commit: Option<&history::FileCommit>| {
            commit.map_or_else(|| "-".to_owned(), history::FileCommit::id)
        };
        let commits = fact.commits.map_or_else(|| "-".to_owned(), |commits| commits.to_string());
        let author = fact.author.map_or("-", |person| person.name.as_str());
        let names: Vec<&str> = fact.contributors.iter().map(|p| p.name.as_str()).collect();
        let (first, last) = (id(fact.first), id(fact.last));
        writeln!(out, "{path}\t{first}\t{last}\t{author}\t{commits}\t{}", names.join("|"))?;
    }
    Ok(())
}
