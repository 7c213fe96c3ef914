//! What all trees of files share: following symbolic links by their text, so that the answer
//! does not depend on where the tree stands or on what lies around it, and listing a folder.

use std::collections::HashMap;
use std::sync::Arc;

use super::codes::{
    FILE_NAME, LFS_POINTER, NESTED_REPOSITORY, SUBMODULE_MISSING, SYMLINK_BROKEN, SYMLINK_OUTSIDE,
};
use super::{FileEntry, Listing, SourceError};
use crate::base::{Diagnostic, SourcePath, Span};

/// Folders and files that are never content, at any depth.
pub const NEVER: [&str; 3] = [".git", ".copydesk", "node_modules"];

/// As many links as Linux follows for one path.
const MAX_HOPS: usize = 40;

/// How often links may lead to one folder. Without a limit, a chain of `n` folders with two
/// links each to the next one has 2^n paths.
const MAX_ENTRIES: usize = 64;

/// The longest path; what Linux can open.
const MAX_PATH: usize = 4096;

/// The size of the largest git LFS pointer, as its specification has it.
const MAX_POINTER: u64 = 1024;

/// What stands at a path, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    /// A submodule whose files this tree does not have.
    Module,
    /// A pipe, a socket, a device: never read.
    Other,
}

/// A tree of files, as little as listing and reading need to know of it.
pub(super) trait Tree {
    /// The names in a real folder and what they are, sorted by name.
    fn children(&self, folder: &SourcePath) -> Result<Vec<(Vec<u8>, Kind)>, SourceError>;
    /// What stands at a path whose parent is a real folder; exact in case.
    fn kind(&self, path: &SourcePath) -> Result<Option<Kind>, SourceError>;
    /// The text of a link, with `/` between its components.
    fn target(&self, link: &SourcePath) -> Result<Vec<u8>, SourceError>;
    /// The size of a real file; none where it is gone.
    fn len(&self, file: &SourcePath) -> Result<Option<u64>, SourceError>;
    /// The bytes of a real file.
    fn bytes(&self, file: &SourcePath) -> Result<Arc<[u8]>, SourceError>;
    /// What to do about a submodule that is not there.
    fn module_help(&self, module: &SourcePath) -> String;
}

/// Whether the files of a folder are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// None of them; nothing is kept below either.
    Skip,
    /// Each is asked about.
    Ask,
    /// Only those that git tracks: the folder is ignored.
    Tracked,
    /// All of them, without asking.
    All,
    /// It is a submodule: its own rules hold below.
    Module,
    /// It is a repository that this one does not know.
    Nested,
}

/// Which files and folders a listing keeps. Paths are real ones.
pub(super) trait Filter {
    /// About a folder.
    fn folder(&mut self, folder: &SourcePath) -> Verdict;
    /// About a file or link, given the verdict about its folder.
    fn file(&mut self, file: &SourcePath, folder: Verdict) -> bool;
}

/// Keeps everything.
pub(super) struct Everything;

impl Filter for Everything {
    fn folder(&mut self, _: &SourcePath) -> Verdict {
        Verdict::All
    }

    fn file(&mut self, _: &SourcePath, _: Verdict) -> bool {
        true
    }
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resolved {
    /// To this real path.
    Found(SourcePath, Kind),
    /// Nowhere; no link is to blame.
    Missing,
    /// A link's target does not exist.
    Dangling,
    /// Links lead to each other.
    Loop,
    /// A link leads out of the tree, or to what is nobody's business.
    Outside,
}

/// Whether a name belongs to git or to us and is read by nobody. Case counts for nothing, since
/// it does not to some file systems.
pub(super) fn is_private(name: &str) -> bool {
    name.eq_ignore_ascii_case(".git") || name.eq_ignore_ascii_case(".copydesk")
}

/// Whether a file or folder of this name is never content.
pub(super) fn is_never(name: &str) -> bool {
    NEVER.contains(&name) || is_private(name)
}

/// Follows the links of `path`.
pub(super) fn resolve(tree: &dyn Tree, path: &SourcePath) -> Result<Resolved, SourceError> {
    let mut real = SourcePath::root();
    let mut kind = Kind::Folder;
    let mut hops = 0;
    // What is still to be walked, last component first.
    let mut pending: Vec<String> = path.components().map(str::to_owned).collect();
    pending.reverse();
    let missing = |hops| if hops == 0 { Resolved::Missing } else { Resolved::Dangling };
    while let Some(name) = pending.pop() {
        if kind != Kind::Folder {
            return Ok(missing(hops));
        }
        match name.as_str() {
            "" | "." => continue,
            ".." => {
                if real.is_root() {
                    return Ok(Resolved::Outside);
                }
                real = real.parent();
                continue;
            }
            name if is_private(name) => {
                return Ok(if hops == 0 { Resolved::Missing } else { Resolved::Outside });
            }
            _ => {}
        }
        let Some(next) = child(&real, &name) else { return Ok(missing(hops)) };
        match tree.kind(&next)? {
            None => return Ok(missing(hops)),
            Some(Kind::Link) => {
                hops += 1;
                if hops > MAX_HOPS {
                    return Ok(Resolved::Loop);
                }
                let Ok(target) = String::from_utf8(tree.target(&next)?) else {
                    return Ok(Resolved::Dangling);
                };
                if is_absolute(&target) {
                    return Ok(Resolved::Outside);
                }
                pending.extend(target.split('/').rev().map(str::to_owned));
            }
            Some(found) => {
                real = next;
                kind = found;
            }
        }
    }
    Ok(Resolved::Found(real, kind))
}

/// Absolute on any operating system, so that the answer is the same everywhere.
fn is_absolute(target: &str) -> bool {
    let mut chars = target.chars();
    target.starts_with(['/', '\\'])
        || (chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && chars.next() == Some(':')
            && matches!(chars.next(), None | Some('/' | '\\')))
}

/// The real path of the file that `path` leads to.
pub(super) fn real_file(tree: &dyn Tree, path: &SourcePath) -> Result<SourcePath, SourceError> {
    match resolve(tree, path)? {
        Resolved::Found(real, Kind::File) => Ok(real),
        Resolved::Outside => Err(SourceError::Outside(path.clone())),
        _ => Err(SourceError::Missing(path.clone())),
    }
}

/// A child of a folder; none where the name is no component of a portable path.
fn child(folder: &SourcePath, name: &str) -> Option<SourcePath> {
    if name.contains('/') {
        return None;
    }
    let path = if folder.is_root() { name.to_owned() } else { format!("{folder}/{name}") };
    if path.len() > MAX_PATH {
        return None;
    }
    SourcePath::new(path).ok()
}

/// The real folders from which links led to where the walk is.
struct Jump {
    from: SourcePath,
    before: Option<Arc<Jump>>,
}

/// A folder that is still to be listed.
struct Folder {
    shown: SourcePath,
    real: SourcePath,
    verdict: Verdict,
    jumps: Option<Arc<Jump>>,
}

impl Folder {
    /// Whether a link in this folder to the folder `target` would never end.
    fn is_inside(&self, target: &SourcePath) -> bool {
        let mut jump = self.jumps.as_deref();
        if self.real.starts_with(target) {
            return true;
        }
        while let Some(Jump { from, before }) = jump {
            if from.starts_with(target) {
                return true;
            }
            jump = before.as_deref();
        }
        false
    }
}

/// Lists the files below a folder.
pub(super) fn walk(
    tree: &dyn Tree,
    filter: &mut dyn Filter,
    folder: &SourcePath,
    except: &[SourcePath],
) -> Result<Listing, SourceError> {
    let mut walk = Walk {
        tree,
        filter,
        except,
        listing: Listing::default(),
        pending: Vec::new(),
        entered: HashMap::new(),
        asked: None,
    };
    walk.start(folder)?;
    while let Some(next) = walk.pending.pop() {
        walk.list(&next)?;
    }
    walk.find_pointers()?;
    let mut listing = walk.listing;
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    listing.diagnostics.sort();
    Ok(listing)
}

struct Walk<'a> {
    tree: &'a dyn Tree,
    filter: &'a mut dyn Filter,
    except: &'a [SourcePath],
    listing: Listing,
    pending: Vec<Folder>,
    /// How often links led to a folder.
    entered: HashMap<SourcePath, usize>,
    /// The folder that the listing begins with, where it is kept only because it was asked for.
    asked: Option<SourcePath>,
}

impl Walk<'_> {
    fn report(&mut self, diagnostic: Diagnostic, path: &SourcePath) {
        self.listing.diagnostics.push(diagnostic.at(Span::start_of(path.clone())));
    }

    fn is_excepted(&self, path: &SourcePath) -> bool {
        self.except.iter().any(|except| path.starts_with(except))
    }

    fn start(&mut self, folder: &SourcePath) -> Result<(), SourceError> {
        let real = match resolve(self.tree, folder)? {
            Resolved::Found(real, Kind::Folder) => real,
            Resolved::Found(_, Kind::Module) => {
                self.missing_module(folder);
                return Ok(());
            }
            Resolved::Found(..) | Resolved::Missing | Resolved::Dangling => return Ok(()),
            broken => {
                self.broken_link(folder, &broken);
                return Ok(());
            }
        };
        if self.is_excepted(folder) || self.is_excepted(&real) {
            return Ok(());
        }
        let verdict = match self.filter.folder(&real) {
            // Asked for by its name, it is wanted.
            Verdict::Skip | Verdict::Nested => {
                self.asked = Some(real.clone());
                Verdict::All
            }
            verdict => verdict,
        };
        self.pending.push(Folder { shown: folder.clone(), real, verdict, jumps: None });
        Ok(())
    }

    fn verdict(&mut self, folder: &SourcePath) -> Verdict {
        match &self.asked {
            Some(asked) if folder.starts_with(asked) => Verdict::All,
            _ => self.filter.folder(folder),
        }
    }

    fn list(&mut self, folder: &Folder) -> Result<(), SourceError> {
        let children = self.tree.children(&folder.real)?;
        if folder.verdict == Verdict::Module && children.is_empty() {
            self.missing_module(&folder.shown);
        }
        for (name, kind) in children {
            let Some((shown, real)) = std::str::from_utf8(&name)
                .ok()
                .and_then(|name| Some((child(&folder.shown, name)?, child(&folder.real, name)?)))
            else {
                if folder.verdict != Verdict::Tracked {
                    self.bad_name(&folder.shown, &name);
                }
                continue;
            };
            let name = real.file_name();
            if is_never(name) {
                continue;
            }
            match kind {
                Kind::File => {
                    if self.filter.file(&real, folder.verdict) {
                        self.add(shown);
                    }
                }
                Kind::Folder => self.enter(folder, shown, real, false),
                Kind::Link => {
                    if self.filter.file(&real, folder.verdict) {
                        self.follow(folder, shown)?;
                    }
                }
                Kind::Module => self.missing_module(&shown),
                Kind::Other => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, shown: SourcePath) {
        self.listing.files.push(FileEntry { path: shown });
    }

    fn enter(&mut self, parent: &Folder, shown: SourcePath, real: SourcePath, by_link: bool) {
        if self.is_excepted(&shown) || self.is_excepted(&real) {
            return;
        }
        let verdict = match parent.verdict {
            Verdict::All if !by_link => Verdict::All,
            _ => match self.verdict(&real) {
                Verdict::Skip => return,
                Verdict::Nested => {
                    let message = format!("`{shown}` is a git repository of its own");
                    let help = format!(
                        "it is left out: register it with `git submodule add URL {real}`, or move \
                         it out of the content"
                    );
                    let diagnostic = Diagnostic::new(&NESTED_REPOSITORY, message).help(help);
                    return self.report(diagnostic, &shown);
                }
                verdict => verdict,
            },
        };
        let jumps = if by_link {
            Some(Arc::new(Jump { from: parent.real.clone(), before: parent.jumps.clone() }))
        } else {
            parent.jumps.clone()
        };
        self.pending.push(Folder { shown, real, verdict, jumps });
    }

    fn follow(&mut self, folder: &Folder, shown: SourcePath) -> Result<(), SourceError> {
        let Some(link) = child(&folder.real, shown.file_name()) else { return Ok(()) };
        match resolve(self.tree, &link)? {
            Resolved::Found(real, kind) => {
                // A link to what is never content is no way around that.
                if real.components().any(is_never) || self.is_excepted(&real) {
                    return Ok(());
                }
                match kind {
                    Kind::File => {
                        let verdict = self.verdict(&real.parent());
                        if self.filter.file(&real, verdict) {
                            self.add(shown);
                        }
                    }
                    Kind::Folder if folder.is_inside(&real) => {
                        self.broken_link(&shown, &Resolved::Loop);
                    }
                    Kind::Folder => {
                        let count = self.entered.entry(real.clone()).or_default();
                        *count += 1;
                        if *count > MAX_ENTRIES {
                            let message = format!(
                                "`{shown}` is the {count}th way through symbolic links to `{real}`"
                            );
                            let help = format!(
                                "it is left out, as {MAX_ENTRIES} ways are enough: link to the \
                                 folder from fewer places"
                            );
                            let diagnostic = Diagnostic::new(&SYMLINK_BROKEN, message).help(help);
                            // One report says it; the others would say the same.
                            if *count == MAX_ENTRIES + 1 {
                                self.report(diagnostic, &shown);
                            }
                        } else {
                            self.enter(folder, shown, real, true);
                        }
                    }
                    Kind::Module => self.missing_module(&shown),
                    Kind::Link | Kind::Other => {}
                }
            }
            broken => self.broken_link(&shown, &broken),
        }
        Ok(())
    }

    fn broken_link(&mut self, link: &SourcePath, why: &Resolved) {
        let diagnostic = match why {
            Resolved::Outside => Diagnostic::new(
                &SYMLINK_OUTSIDE,
                format!("the symbolic link `{link}` leads out of the repository"),
            )
            .help("it is left out: point it at a file inside, by a relative path"),
            Resolved::Loop => Diagnostic::new(
                &SYMLINK_BROKEN,
                format!("the symbolic link `{link}` leads back to where it stands"),
            )
            .help("it is left out: point it at something else, or delete it"),
            _ => Diagnostic::new(
                &SYMLINK_BROKEN,
                format!("the target of the symbolic link `{link}` does not exist"),
            )
            .help("it is left out: correct its target, or delete it"),
        };
        self.report(diagnostic, link);
    }

    fn missing_module(&mut self, module: &SourcePath) {
        let message = format!("the files of the submodule `{module}` are not there");
        let help = self.tree.module_help(module);
        self.report(Diagnostic::new(&SUBMODULE_MISSING, message).help(help), module);
    }

    /// Such a name has no path that a span could hold.
    fn bad_name(&mut self, folder: &SourcePath, name: &[u8]) {
        let name = String::from_utf8_lossy(name);
        let path = if folder.is_root() { name.into_owned() } else { format!("{folder}/{name}") };
        let why = if path.len() > MAX_PATH {
            "is too long a path"
        } else if path.contains('\u{fffd}') {
            "is not a Unicode name"
        } else {
            "is not a portable name"
        };
        // The end tells more than the beginning where the path is very long.
        let start = path.char_indices().rev().nth(199).map_or(0, |(at, _)| at);
        let path = path.get(start..).unwrap_or_default();
        self.listing.diagnostics.push(
            Diagnostic::new(&FILE_NAME, format!("`{path}` {why}"))
                .help("it is left out: give it a name of letters, digits, `-`, `_` and `.`"),
        );
    }

    /// Reports what git LFS has not fetched. Only repositories that say at their top that they
    /// use LFS are looked at, so that others need not open every small file.
    fn find_pointers(&mut self) -> Result<(), SourceError> {
        let Ok(attributes) = SourcePath::new(".gitattributes") else { return Ok(()) };
        let uses_lfs = match real_file(self.tree, &attributes) {
            Ok(real) => contains(&self.tree.bytes(&real)?, b"filter=lfs"),
            Err(_) => false,
        };
        if !uses_lfs {
            return Ok(());
        }
        let mut pointers = Vec::new();
        for file in &self.listing.files {
            let Ok(real) = real_file(self.tree, &file.path) else { continue };
            if self.tree.len(&real)?.is_none_or(|len| len >= MAX_POINTER) {
                continue;
            }
            if self.tree.bytes(&real)?.starts_with(b"version https://git-lfs.github.com/spec/") {
                pointers.push(file.path.clone());
            }
        }
        for path in pointers {
            let message = format!("`{path}` is a git LFS pointer");
            let help = "fetch its content with `git lfs pull`; a build of a revision needs a \
                        checkout for that";
            self.report(Diagnostic::new(&LFS_POINTER, message).help(help), &path);
        }
        Ok(())
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
