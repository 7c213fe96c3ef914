//! `copydesk lint sync`: the packages that a `.vale.ini` names, into its styles folder.
//!
//! All packages are fetched and checked before the first file is written, and each then takes the
//! place of the old one at once. What a configuration names may come from a branch of a stranger,
//! so nothing outside of the repository is read or written, and nothing is fetched unasked.

mod fetch;
mod place;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::lint::shown;
use super::rules::{Project, find_config};
use super::{Exit, Terminal};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::lint::{Installation, NAMES, PackageConfig, PackageFiles, codes};

/// Where Vale's packages are listed by name: a list of objects with `name` and `url`, of the
/// repository `errata-ai/styles`.
const LIBRARY: &str = "https://raw.githubusercontent.com/errata-ai/styles/master/library.json";

/// Packages that name packages that name packages.
const MOST_DEEP: usize = 8;

/// Installs the packages that `.vale.ini` names in `Packages` under its `StylesPath`.
///
/// A package is a folder or a zip archive of the repository, the URL of an archive, or a name of
/// Vale's public list. This is the only command that fetches anything. Ends 0 when all packages
/// are installed, and 2 when one of them is not; all are then as they were.
#[derive(Debug, clap::Args)]
pub(crate) struct SyncArguments {
    /// The configuration [default: the nearest `.vale.ini` in the working directory or above, up
    /// to the top of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where packages are listed by name
    #[arg(long, value_name = "URL", default_value = LIBRARY)]
    library: String,
}

pub(crate) fn run(arguments: &SyncArguments, terminal: &mut Terminal) -> Exit {
    let found = match &arguments.config {
        Some(named) => find_config(Some(named), None, terminal),
        None => nearest(terminal),
    };
    let Some(config) = found else { return Exit::Failed };
    let Some(project) = Project::open(&config, terminal) else { return Exit::Failed };
    let path = project.config().clone();
    let text = project.text(&path).unwrap_or_default();
    let read = match PackageConfig::read(&path, &text) {
        Ok(read) => read,
        Err((span, why)) => {
            project.tell(&[Diagnostic::new(&codes::CONFIG, why).at(span)], terminal);
            return Exit::Failed;
        }
    };
    if read.packages.is_empty() {
        terminal.say(&format!("`{}` names no packages", project.displayed(&path)));
        return Exit::Clean;
    }
    let Some(styles) = styles(&project, &path, &read, terminal) else { return Exit::Failed };
    let mut sync = Sync {
        project: &project,
        library: &arguments.library,
        listed: None,
        installation: Installation::default(),
        seen: BTreeSet::new(),
        names: Vec::new(),
    };
    for (index, (package, span)) in read.packages.iter().enumerate() {
        if let Err(why) = sync.add(package, index, 0) {
            let message = format!("`{package}` cannot be installed: {why}");
            let help = "nothing was changed; mend that, and sync again";
            let failed = Diagnostic::new(&codes::PACKAGE, message).at(span.clone()).help(help);
            project.tell(&[failed], terminal);
            return Exit::Failed;
        }
    }
    let Sync { installation, names, .. } = sync;
    match place::install(&styles, &installation) {
        Ok(()) => {
            let what = if names.len() == 1 { "package" } else { "packages" };
            let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let (count, list) = (names.len(), list.join(", "));
            terminal.say(&format!("installed {count} {what} in `{}`: {list}", shown(&styles)));
            Exit::Clean
        }
        Err(error) => {
            terminal.error(&format!("cannot install in `{}`: {error}", shown(&styles)), None);
            Exit::Failed
        }
    }
}

/// The nearest configuration of Vale, up to the top of the repository; none where there is none,
/// which has then been said.
fn nearest(terminal: &mut Terminal) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    for folder in here.ancestors() {
        let found = NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        if found.is_some() {
            return found;
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    let help = "packages are named in `.vale.ini`: `Packages = Google`";
    terminal.error("there is no `.vale.ini` here", Some(help));
    None
}

/// The styles folder, which need not exist yet; none where it lies elsewhere, which has then been
/// said.
fn styles(
    project: &Project,
    config: &SourcePath,
    read: &PackageConfig,
    terminal: &mut Terminal,
) -> Option<PathBuf> {
    let refused = |message: String, help: &str, span: Span, terminal: &mut Terminal| {
        project.tell(&[Diagnostic::new(&codes::PACKAGE, message).at(span).help(help)], terminal);
        None
    };
    let Some((written, span)) = &read.styles else {
        let message = "it is not said where packages are to be installed".to_owned();
        let help = "add `StylesPath = styles`";
        return refused(message, help, Span::start_of(config.clone()), terminal);
    };
    let below = config.parent().join(written).ok().filter(|path| !path.is_root());
    let below = below.filter(|path| *path != config.parent() && !Path::new(written).is_absolute());
    let full = below.map(|path| project.full(&path));
    // What is there already must not be a way out of the repository.
    let inside = full.filter(|full| {
        let top = project.full(&SourcePath::root()).canonicalize().ok();
        let there = full.ancestors().find(|folder| folder.symlink_metadata().is_ok());
        let there = there.and_then(|there| there.canonicalize().ok());
        top.zip(there).is_some_and(|(top, there)| there.starts_with(top))
    });
    if inside.is_none() {
        let message = format!("`{written}` is no folder below that of the repository");
        let help = "packages are installed inside the repository only";
        return refused(message, help, span.clone(), terminal);
    }
    inside
}

struct Sync<'a> {
    project: &'a Project,
    /// The URL of the list of names.
    library: &'a str,
    listed: Option<Vec<fetch::Listed>>,
    installation: Installation,
    /// What was installed already, so that packages may name each other.
    seen: BTreeSet<String>,
    /// The names of what was installed.
    names: Vec<String>,
}

impl Sync<'_> {
    /// Reads a package and those that it names.
    fn add(&mut self, package: &str, index: usize, depth: usize) -> Result<(), String> {
        if depth > MOST_DEEP {
            return Err("packages name each other without end".to_owned());
        }
        if !self.seen.insert(package.to_owned()) {
            return Ok(());
        }
        let (name, files) = self.read(package, depth)?;
        let nested = self.installation.add(&name, index, &files)?;
        self.names.push(name);
        for (index, (package, _)) in nested.packages.iter().enumerate() {
            self.add(package, index, depth + 1)
                .map_err(|why| format!("it needs `{package}`: {why}"))?;
        }
        Ok(())
    }

    /// The name of a package and what it holds.
    fn read(&mut self, package: &str, depth: usize) -> Result<(String, PackageFiles), String> {
        if package.contains("://") {
            return self.fetched(&fetch::name_of(package), package);
        }
        if depth == 0 {
            if let Some(local) = self.local(package)? {
                return Ok(local);
            }
            if package.contains(['/', '\\']) || package.ends_with(".zip") {
                return Err("there is no such file or folder".to_owned());
            }
        } else if package.contains(['/', '\\', '.']) {
            return Err("a package names others by URL or by name only".to_owned());
        }
        let listed = match &self.listed {
            Some(listed) => listed,
            None => self.listed.insert(fetch::list(self.library)?),
        };
        match listed.iter().find(|listed| listed.name == package) {
            Some(listed) => {
                let url = listed.url.clone();
                self.fetched(package, &url)
            }
            None => Err(format!(
                "it is no file or folder here, and `{}` does not list it",
                self.library
            )),
        }
    }

    fn fetched(&self, name: &str, url: &str) -> Result<(String, PackageFiles), String> {
        let bytes = fetch::get(url)?;
        Ok((name.to_owned(), PackageFiles::unzip(&bytes)?))
    }

    /// A file or folder of the repository; none where there is none of this name.
    fn local(&self, package: &str) -> Result<Option<(String, PackageFiles)>, String> {
        if Path::new(package).is_absolute() {
            return Err("it lies outside of the repository".to_owned());
        }
        let path = self.project.folder().join(package);
        let path = path.map_err(|_| "it lies outside of the repository".to_owned())?;
        let full = self.project.full(&path);
        let Ok(metadata) = full.symlink_metadata() else { return Ok(None) };
        let name = path.file_name();
        if metadata.is_dir() {
            let mut files = PackageFiles::default();
            read_folder(&full, name, &mut files)?;
            return Ok(Some((name.to_owned(), files)));
        }
        if !metadata.is_file() {
            return Err("it is a link".to_owned());
        }
        let name = name.strip_suffix(".zip").unwrap_or(name);
        let bytes = fs::File::open(&full).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(fetch::MOST_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes)
        });
        let bytes = bytes.map_err(|error| error.to_string())?;
        if bytes.len() as u64 > fetch::MOST_BYTES {
            return Err("it is too large".to_owned());
        }
        Ok(Some((name.to_owned(), PackageFiles::unzip(&bytes)?)))
    }
}

/// Takes in all files below a folder, which `at` names in the package. Links are refused.
fn read_folder(folder: &Path, at: &str, files: &mut PackageFiles) -> Result<(), String> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|error| error.to_string())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_str().ok_or("it holds a name that is no text")?;
        let path = format!("{at}/{name}");
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        if kind.is_dir() {
            // What is hidden is left out anyway, and a repository may be large.
            if !name.starts_with('.') {
                read_folder(&entry.path(), &path, files)?;
            }
        } else if kind.is_file() {
            let mut bytes = Vec::new();
            let read = fs::File::open(entry.path())
                .and_then(|file| file.take(files.room()).read_to_end(&mut bytes));
            read.map_err(|error| format!("`{path}`: {error}"))?;
            files.add(&path, bytes)?;
        } else {
            return Err(format!("`{path}` is a link, or no file at all"));
        }
    }
    Ok(())
}
