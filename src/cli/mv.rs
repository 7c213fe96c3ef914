//! `copydesk mv`: a page or folder moves, and every link with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::CACHE;
use super::{Exit, Terminal, fix, input};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Overrides;
use crate::memo::Store;
use crate::pipeline::{self, BuildError, CheckInput, RelocateError, Relocated, RelocatedFile};
use crate::report;
use crate::source::{FolderSource, ReplaceError, Source as _};

/// Moves a page or folder: links to it and from it are rewritten, and its old address leads on.
///
/// Ends 0 when all is done, 1 when the site would have problems that it does not have now, and 2
/// when there is nothing to move or the files cannot be written. Unless it ends 0, nothing has
/// changed.
#[derive(Debug, clap::Args)]
pub(crate) struct MvArguments {
    /// The page, file, or folder
    old: PathBuf,
    /// Its new path; a folder that exists takes it in
    new: PathBuf,
    /// Print what would change as a diff, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(arguments: &MvArguments, terminal: &mut Terminal) -> Exit {
    let Some(folder) = input::nearest_book(terminal) else { return Exit::Failed };
    let (source, root) = match FolderSource::open(&folder) {
        Ok(opened) => opened,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let Some(top) = source.folder().map(Path::to_owned) else { return Exit::Failed };
    let Some(old) = below(&arguments.old, &top, terminal) else { return Exit::Failed };
    let Some(mut new) = below(&arguments.new, &top, terminal) else { return Exit::Failed };
    if top.join(new.as_str()).is_dir() {
        new = new.join(old.file_name()).unwrap_or(new);
    }
    let memo = Store::open(&folder.join(CACHE));
    let input = CheckInput {
        source: &source,
        root,
        variables: input::variables(),
        overrides: Overrides::default(),
        drafts: true,
        except: Vec::new(),
        memo: &memo,
        versions: None,
    };
    let made = pipeline::relocate(&input, &old, &new);
    memo.close();
    let made = match made {
        Ok(made) => made,
        Err(error) => return refused(error, &source, terminal),
    };
    if arguments.dry_run {
        return match terminal.out(diff(&made).as_bytes()) {
            Ok(()) => told(&made, "would move", terminal),
            Err(error) => terminal.output_failed(&error),
        };
    }
    match write(&source, &made) {
        Ok(()) => told(&made, "moved", terminal),
        Err(error) => {
            terminal.error(&error.to_string(), Some("nothing was moved; run the command again"));
            Exit::Failed
        }
    }
}

/// A path of the operating system as one of the source; it need not exist.
fn below(path: &Path, top: &Path, terminal: &mut Terminal) -> Option<SourcePath> {
    let absolute = std::path::absolute(path).ok()?;
    let mut whole = PathBuf::new();
    for part in absolute.components() {
        match part {
            std::path::Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    let resolved = whole.ancestors().find_map(|folder| {
        let rest = whole.strip_prefix(folder).ok()?;
        Some(folder.canonicalize().ok()?.join(rest))
    });
    let resolved = resolved.unwrap_or(whole);
    let inside = resolved.strip_prefix(top).ok().and_then(Path::to_str);
    let found = inside
        .and_then(|inside| SourcePath::new(inside.replace(std::path::MAIN_SEPARATOR, "/")).ok());
    if found.is_none() {
        let message = format!("`{}` does not lie in `{}`", path.display(), top.display());
        terminal.error(&message, Some("pages move within their site"));
    }
    found
}

fn refused(error: RelocateError, source: &FolderSource, terminal: &mut Terminal) -> Exit {
    let (found, exit): (Vec<Diagnostic>, Exit) = match error {
        RelocateError::Refused(message, help) => {
            terminal.error(&message, Some(help));
            return Exit::Failed;
        }
        RelocateError::Build(BuildError::Config(found)) => (found, Exit::Failed),
        RelocateError::Build(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
        RelocateError::Worse(found) => (found, Exit::Findings),
    };
    let options = report::Options {
        color: terminal.color_err(),
        width: terminal.width(),
        max: Some(20),
        display: &|path: &SourcePath| path.to_string(),
        counts: None,
        fingerprints: None,
    };
    let sources = |path: &SourcePath| -> Option<Arc<str>> {
        let bytes = source.read(path).ok()?;
        Some(Arc::from(String::from_utf8_lossy(&bytes)))
    };
    let mut text = Vec::new();
    if let Some(human) = report::format("human")
        && (human.report)(options).write(&found, &sources, &mut text).is_ok()
    {
        terminal.err(&text);
    }
    if exit == Exit::Findings {
        let help = "mend this first, or move something else";
        terminal
            .error("the site would have these problems afterwards, so nothing moved", Some(help));
    }
    exit
}

/// Writes everything, or nothing: new files first, then changes, and old files go last.
fn write(source: &FolderSource, made: &Relocated) -> Result<(), ReplaceError> {
    let moves = |file: &&RelocatedFile| file.from != file.to;
    let mut created: Vec<&RelocatedFile> = Vec::new();
    let mut replaced: Vec<&RelocatedFile> = Vec::new();
    let mut all = || {
        for file in made.files.iter().filter(moves) {
            source.create(&file.to, &file.after, &file.from)?;
            created.push(file);
        }
        for file in made.files.iter().filter(|file| !moves(file)) {
            source.replace(&file.from, &file.before, &file.after)?;
            replaced.push(file);
        }
        Ok(())
    };
    if let Err(error) = all() {
        // What cannot be taken back has been changed by somebody else meanwhile.
        for file in replaced {
            drop(source.replace(&file.from, &file.after, &file.before));
        }
        for file in created {
            drop(source.remove(&file.to, &file.after));
        }
        return Err(error);
    }
    for file in made.files.iter().filter(moves) {
        source.remove(&file.from, &file.before)?;
    }
    Ok(())
}

/// The change as git shows it.
fn diff(made: &Relocated) -> String {
    let mut out = String::new();
    for file in &made.files {
        if file.from != file.to {
            for (word, path) in [("from", &file.from), ("to", &file.to)] {
                out.push_str(&format!("rename {word} {}\n", report::harmless(path.as_str())));
            }
        }
        if file.before != file.after {
            let old = (file.from.as_str(), &*file.before);
            out.push_str(&fix::diff_of(old, (file.to.as_str(), &file.after)));
        }
    }
    out
}

/// `moved 2 files, rewrote 5 links in 4 files, left 1 redirect`
fn told(made: &Relocated, verb: &str, terminal: &mut Terminal) -> Exit {
    let many = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    let moved = made.files.iter().filter(|file| file.from != file.to).count();
    terminal.say(&format!(
        "{verb} {}: {} rewritten, {} left",
        many(moved, "file"),
        many(made.rewritten, "link"),
        many(made.redirected, "redirect"),
    ));
    Exit::Clean
}
