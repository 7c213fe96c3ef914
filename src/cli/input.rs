//! From arguments and environment to what the pipeline works on: the root, its source, what git
//! knows of it.

use std::path::{Path, PathBuf};

use super::Terminal;
use super::ci::Ci;
use crate::base::SourcePath;
use crate::history::{self, BaseNames, RepositoryFacts};
use crate::pipeline::RepositoryInput;
use crate::source::{FolderSource, RevisionSource, Source};

/// The opened site.
pub(crate) struct Input {
    /// Where the files come from.
    pub(crate) source: Box<dyn Source>,
    /// The folder of `book.toml` seen from the source's top.
    pub(crate) root: SourcePath,
    /// The same folder in the file system.
    pub(crate) folder: PathBuf,
    /// What git knows, and what it could not say.
    pub(crate) facts: RepositoryFacts,
    pub(crate) fact_diagnostics: Vec<crate::base::Diagnostic>,
    /// Where more is to be found of what git knows; none where the files are in no repository.
    pub(crate) repository: Option<RepositoryInput>,
}

/// Opens the site at `root`, or at the nearest folder above the working directory that holds a
/// `book.toml`; the working directory itself where there is none. None when that failed, which
/// has then been said.
pub(crate) fn open(
    root: Option<&Path>,
    revision: Option<&str>,
    base: Option<&str>,
    terminal: &mut Terminal,
) -> Option<Input> {
    let folder = match root {
        Some(root) => root.to_owned(),
        None => nearest_book(terminal)?,
    };
    // A revision may hold folders that the working tree, or a bare repository, does not.
    let (folder, below) = match revision {
        Some(_) => existing(folder),
        None => (folder, String::new()),
    };
    if !folder.is_dir() {
        let (message, help) = match folder.file_name() {
            Some(name) if name == "book.toml" => {
                (format!("`{}` is a file", folder.display()), "name the folder that holds it")
            }
            _ => (
                format!("there is no folder `{}`", folder.display()),
                "name the folder that holds `book.toml` or the Markdown files",
            ),
        };
        terminal.error(&message, Some(help));
        return None;
    }
    let opened = match revision {
        None => FolderSource::open(&folder)
            .map(|(source, root)| (Box::new(source) as Box<dyn Source>, root)),
        Some(revision) => RevisionSource::open(&folder, revision)
            .map(|(source, root)| (Box::new(source) as Box<dyn Source>, root)),
    };
    match opened {
        Ok((source, root)) => {
            let root = match root.join(&below) {
                Ok(root) => root,
                Err(error) => {
                    terminal.error(&error.to_string(), None);
                    return None;
                }
            };
            let (mut facts, fact_diagnostics) = history::facts(&folder, revision);
            if let Some(base) = base
                && !history::is_revision(&folder, base)
            {
                let help = "`--base` takes a branch, a tag or a commit to compare with";
                terminal.error(&format!("there is no revision `{base}`"), Some(help));
                return None;
            }
            let ci = Ci::of(|name| std::env::var(name).ok());
            if facts.detached && revision.is_none() {
                facts.branch = ci.branch;
            }
            let repository = source.in_repository().then(|| RepositoryInput {
                dir: folder.clone(),
                base: BaseNames { asked: base.map(str::to_owned), ci: ci.base, setting: None },
                work_tree: revision.is_none(),
            });
            Some(Input { source, root, folder, facts, fact_diagnostics, repository })
        }
        Err(error) => {
            terminal.error(&error.to_string(), None);
            None
        }
    }
}

/// The part of a path that exists, and the rest.
fn existing(folder: PathBuf) -> (PathBuf, String) {
    let found = folder.ancestors().find_map(|above| {
        let rest = folder.strip_prefix(above).ok()?.to_str()?;
        let here = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        here.is_dir().then(|| (here.to_owned(), rest.to_owned()))
    });
    found.unwrap_or((folder, String::new()))
}

pub(crate) fn nearest_book(terminal: &mut Terminal) -> Option<PathBuf> {
    match std::env::current_dir() {
        Ok(here) => {
            let book = here.ancestors().find(|folder| folder.join("book.toml").is_file());
            Some(book.unwrap_or(&here).to_owned())
        }
        Err(error) => {
            terminal.error(&format!("cannot tell the working directory: {error}"), None);
            None
        }
    }
}

/// The variables that settings can come from, sorted by name.
pub(crate) fn variables() -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("MDBOOK_") || name.starts_with("COPYDESK_"))
        .collect();
    variables.sort();
    variables
}
