//! What the commands of a review have in common: which change is meant, and where its two sides
//! come from.

use std::path::{Path, PathBuf};

use crate::base::{Diagnostic, SourcePath};
use crate::cli::build::{CACHE, is_git_folder};
use crate::cli::ci::Ci;
use crate::cli::{Terminal, input};
use crate::config::{Overrides, Review, Settings};
use crate::history::{self, BaseNames, Ends, Undecided};
use crate::memo::Store;
use crate::pipeline::{self, BuildError, ChangeInput, CheckInput, Compared, compare};
use crate::report;
use crate::source::{FolderSource, RevisionSource, Source, SourceError};

/// Which change is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ChangeArguments {
    /// The branch or revision to look at, read from the repository without a checkout [default:
    /// the working tree, with all that is not committed]
    #[arg(value_name = "REV")]
    pub(super) head: Option<String>,
    /// What the change is to be merged into [default: what the CI system says, `base` below
    /// `[git]`, the default branch of `origin`, `main` or `master`]
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder above
    /// the working directory that holds a `book.toml`]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,
    /// Build the branch with its own theme, too, and show what that changes. Templates of the branch
    /// then run; without it, only the theme of the target is used
    #[arg(long)]
    pub(super) trust_theme: bool,
    /// Neither read nor write the cache
    #[arg(long)]
    pub(super) no_cache: bool,
}

/// A change whose sides are open.
pub(crate) struct OpenChange {
    /// The folder of `book.toml` in the file system.
    pub(super) folder: PathBuf,
    /// The same, seen from the repository's top.
    pub(super) root: SourcePath,
    pub(super) settings: Settings,
    /// The content folder, seen from the repository's top.
    pub(super) content: SourcePath,
    pub(super) ends: Ends,
    pub(super) old: Box<dyn Source>,
    pub(super) new: Box<dyn Source>,
    /// Whether the theme of the branch may be used.
    pub(super) trust_theme: bool,
    pub(super) memo: Store,
}

/// Why a change cannot be looked at.
pub(super) enum Failure {
    Undecided(Undecided),
    Source(SourceError),
    Site(BuildError),
    /// The settings of a side cannot be read; where that can be seen.
    Settings(Box<dyn Source>, BuildError),
    /// It has been said.
    Told,
}

impl From<Undecided> for Failure {
    fn from(why: Undecided) -> Self {
        Failure::Undecided(why)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Failure::Source(error)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Failure::Site(error)
    }
}

impl Failure {
    /// Says it. `source` is where what is wrong can be seen.
    pub(super) fn tell(&self, source: Option<&dyn Source>, terminal: &mut Terminal) {
        match self {
            Failure::Told => return,
            Failure::Site(BuildError::Config(problems)) => {
                if let Some(source) = source {
                    tell(problems, source, terminal);
                }
            }
            Failure::Settings(source, BuildError::Config(problems)) => {
                tell(problems, source.as_ref(), terminal);
            }
            _ => {}
        }
        let (message, help) = self.sentence();
        terminal.error(&format!("cannot decide: {message}"), help.as_deref());
    }

    /// What is wrong, and what to do about it.
    pub(super) fn sentence(&self) -> (String, Option<String>) {
        match self {
            Failure::Told => (String::new(), None),
            Failure::Undecided(why) => (why.to_string(), why.help()),
            Failure::Source(error) | Failure::Site(BuildError::Source(error)) => {
                (error.to_string(), error.help().map(str::to_owned))
            }
            Failure::Site(error) | Failure::Settings(_, error) => (error.to_string(), None),
        }
    }
}

/// Prints diagnostics for people to standard error.
pub(super) fn tell(diagnostics: &[Diagnostic], source: &dyn Source, terminal: &mut Terminal) {
    let sources = |path: &SourcePath| {
        let bytes = source.read(path).ok()?;
        Some(std::sync::Arc::from(String::from_utf8_lossy(&bytes)))
    };
    let display = |path: &SourcePath| path.to_string();
    let options = report::Options {
        color: terminal.color_err(),
        width: terminal.width(),
        max: Some(20),
        counts: None,
        display: &display,
        fingerprints: None,
    };
    let mut text = Vec::new();
    if let Some(human) = report::format("human")
        && (human.report)(options).write(diagnostics, &sources, &mut text).is_ok()
    {
        terminal.err(&text);
    }
}

/// What names the base of a branch. `[git] base` is that of the branch which is the base without it:
/// a branch must not choose by itself what it is compared with. Only where there is no such branch,
/// the settings at hand count.
pub(super) fn base_names(
    asked: Option<&str>,
    folder: &Path,
    settings: &Settings,
) -> Result<BaseNames, Failure> {
    let ci = Ci::of(|name| std::env::var(name).ok());
    let names = BaseNames { asked: asked.map(str::to_owned), ci: ci.base, setting: None };
    if [&names.asked, &names.ci].into_iter().flatten().any(|name| !name.is_empty()) {
        return Ok(names);
    }
    let setting = match history::base(folder, &names) {
        Ok((_, commit)) => {
            let (source, root) = RevisionSource::open(folder, &commit)?;
            pipeline::site_settings(&source, &root, &input::variables())?.0.git.base
        }
        Err(Undecided::NoBase) => settings.git.base.clone(),
        Err(why) => return Err(why.into()),
    };
    Ok(BaseNames { setting, ..names })
}

/// The site that a review is about, as the working tree has it.
pub(super) struct Site {
    /// The folder of `book.toml` in the file system.
    pub(super) folder: PathBuf,
    pub(super) settings: Settings,
    /// The content folder, seen from the repository's top.
    pub(super) content: SourcePath,
    pub(super) memo: Store,
}

impl Site {
    /// Opens it; none where that failed, which has then been said.
    pub(super) fn open(
        root: Option<&Path>,
        no_cache: bool,
        terminal: &mut Terminal,
    ) -> Option<Site> {
        let folder = folder(root, terminal)?;
        let opened = FolderSource::open(&folder).map_err(Failure::from);
        let read = opened.and_then(|(source, root)| {
            pipeline::site_settings(&source, &root, &input::variables())
                .map_err(Failure::Site)
                .map_err(|failure| {
                    failure.tell(Some(&source), terminal);
                    Failure::Told
                })
        });
        match read {
            Ok((settings, content)) => {
                let memo = cache(&folder, no_cache);
                Some(Site { folder, settings, content, memo })
            }
            Err(failure) => {
                failure.tell(None, terminal);
                None
            }
        }
    }
}

pub(super) fn folder(root: Option<&Path>, terminal: &mut Terminal) -> Option<PathBuf> {
    let folder = match root {
        Some(root) => root.to_owned(),
        None => input::nearest_book(terminal)?,
    };
    if folder.is_dir() {
        return Some(folder);
    }
    let message = format!("there is no folder `{}`", folder.display());
    terminal.error(&message, Some("name the folder that holds `book.toml`"));
    None
}

/// The cache beside `book.toml`. Where git keeps a repository, there is no place of ours.
fn cache(folder: &Path, no_cache: bool) -> Store {
    match no_cache || is_git_folder(folder) {
        true => Store::off(),
        false => Store::open(&folder.join(CACHE)),
    }
}

impl ChangeArguments {
    /// Opens both sides; none where that failed, which has then been said.
    pub(super) fn open(&self, terminal: &mut Terminal) -> Option<OpenChange> {
        let folder = folder(self.root.as_deref(), terminal)?;
        match self.opened(folder) {
            Ok(open) => Some(open),
            Err(failure) => {
                failure.tell(None, terminal);
                None
            }
        }
    }

    /// Opens both sides of the site in a folder.
    pub(super) fn opened(&self, folder: PathBuf) -> Result<OpenChange, Failure> {
        let (new, root): (Box<dyn Source>, SourcePath) = match &self.head {
            Some(head) => {
                let (source, root) = RevisionSource::open(&folder, head).map_err(missing)?;
                (Box::new(source), root)
            }
            None => {
                let (source, root) = FolderSource::open(&folder)?;
                (Box::new(source), root)
            }
        };
        let settings = pipeline::site_settings(new.as_ref(), &root, &input::variables());
        let (settings, content) = match settings {
            Ok(settings) => settings,
            Err(error) => return Err(Failure::Settings(new, error)),
        };
        let names = base_names(self.base.as_deref(), &folder, &settings)?;
        let ends = history::ends(&folder, &names, self.head.as_deref(), &[])?;
        let (old, _) = RevisionSource::open(&folder, &ends.merge_base)?;
        let memo = cache(&folder, self.no_cache);
        Ok(OpenChange {
            folder,
            root,
            settings,
            content,
            ends,
            old: Box::new(old),
            new,
            trust_theme: self.trust_theme,
            memo,
        })
    }
}

/// A revision that does not exist can be fetched, as a base can.
fn missing(error: SourceError) -> Failure {
    match error {
        SourceError::Revision(name) => Failure::Undecided(Undecided::NoRevision(name)),
        error => Failure::Source(error),
    }
}

impl OpenChange {
    /// One side, as a check is given it.
    pub(super) fn side<'a>(&'a self, source: &'a dyn Source) -> CheckInput<'a> {
        CheckInput {
            source,
            root: self.root.clone(),
            variables: input::variables(),
            overrides: Overrides::default(),
            drafts: false,
            except: Vec::new(),
            memo: &self.memo,
            versions: None,
        }
    }

    /// `[review]` of the target; none where it cannot be read, which is told where it decides.
    pub(super) fn target_review(&self) -> Option<Review> {
        let (target, _) = RevisionSource::open(&self.folder, &self.ends.base_commit).ok()?;
        let settings = pipeline::site_settings(&target, &self.root, &input::variables());
        settings.ok().map(|(settings, _)| settings.review)
    }

    /// Compares both sides.
    pub(super) fn compare(&self) -> Result<Compared, Failure> {
        let input = ChangeInput {
            old: self.side(self.old.as_ref()),
            new: self.side(self.new.as_ref()),
            files: &self.ends.files,
            trust_theme: self.trust_theme,
        };
        Ok(compare(&input)?)
    }
}
