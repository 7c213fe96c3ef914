//! `copydesk serve`: the preview.

use std::path::PathBuf;

use super::lint::today;
use super::review::preview;
use super::{Exit, Terminal, build, input};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Overrides;
use crate::history;
use crate::pipeline::{BuildInput, Silent};
use crate::report;
use crate::serve::{self, ServeOptions, Told};
use crate::source::Source;

/// Shows the site in a browser, and keeps it up to date while its files change.
///
/// Pages are made when they are asked for, as `copydesk build` makes them; nothing is written but
/// the cache. Ends with Ctrl-C.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArguments {
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder
    /// above the working directory that holds a `book.toml`]
    #[arg(value_hint = clap::ValueHint::DirPath)]
    root: Option<PathBuf>,
    /// The port; this one and no other [default: the first free one from 3000 on]
    #[arg(long, short, value_name = "N")]
    port: Option<u16>,
    /// The address or the name to listen on
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,
    /// Let other machines read the site, drafts and all; needed for any `--host` that they reach
    #[arg(long)]
    allow_remote: bool,
    /// Open the site in the browser
    #[arg(long, short)]
    open: bool,
    /// Show pages that are marked as drafts
    #[arg(long)]
    drafts: bool,
    /// Show this git revision, read from the repository without a checkout
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// Compare with this branch or revision [default: as `copydesk build` does]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How findings open files in your editor: `vscode`, or a URL with `{path}`, `{line}` and
    /// `{column}` [default: what the environment variable `COPYDESK_EDITOR` says]
    #[arg(long, value_name = "URL")]
    editor: Option<String>,
}

/// Begins this process anew without huge pages of memory, unless it has begun so. They make a build
/// a little quicker. A preview lives for hours, and what its changes leave free between what they
/// need would stay in huge pages for good: its memory would grow by a fifth in five minutes.
///
/// The allocator can only be told by the environment, and before the process begins. Where that
/// does not work, the preview takes more memory, and that is all.
#[cfg(target_os = "linux")]
fn begin_with_small_pages() {
    use std::os::unix::process::CommandExt as _;
    const WISH: &str = "MIMALLOC_ALLOW_THP";
    if std::env::var_os(WISH).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    if let (Some(name), Ok(program)) = (arguments.next(), std::env::current_exe()) {
        let mut again = std::process::Command::new(program);
        // This comes back only where it fails.
        drop(again.arg0(name).args(arguments).env(WISH, "0").exec());
    }
}

pub(crate) fn run(arguments: &ServeArguments, terminal: &mut Terminal) -> Exit {
    #[cfg(target_os = "linux")]
    begin_with_small_pages();
    let revision = arguments.rev.as_deref();
    let base = arguments.base.as_deref();
    let Some(input) = input::open(arguments.root.as_deref(), revision, base, terminal) else {
        return Exit::Failed;
    };
    let memo = build::memo(arguments.rev.is_some(), &input);
    let options = ServeOptions {
        host: arguments.host.clone(),
        port: arguments.port,
        remote: arguments.allow_remote,
        editor: arguments
            .editor
            .clone()
            .or_else(|| std::env::var("COPYDESK_EDITOR").ok().filter(|named| !named.is_empty()))
            .as_deref()
            .map(editor),
        today: today(),
    };
    let folder = input.folder.clone();
    let facts = || {
        let (mut facts, _) = history::facts(&folder, revision);
        if facts.detached && revision.is_none() {
            facts.branch.clone_from(&input.facts.branch);
        }
        facts
    };
    let review = || preview::open(&folder, revision, base, &memo);
    let desk = std::cell::RefCell::new(Desk {
        terminal,
        source: input.source.as_ref(),
        root: &input.root,
        arguments,
        last: None,
    });
    let tell = |told: Told<'_>| desk.borrow_mut().tell(&told);
    let served = serve::serve(
        &options,
        BuildInput {
            source: input.source.as_ref(),
            root: input.root.clone(),
            variables: input::variables(),
            overrides: Overrides::default(),
            facts: input.facts.clone(),
            repository: input.repository.clone(),
            drafts: arguments.drafts,
            except: Vec::new(),
            memo: &memo,
            progress: &Silent,
            version: None,
            beside_versions: true,
        },
        &facts,
        &review,
        &tell,
    );
    let terminal = desk.into_inner().terminal;
    memo.close();
    match served {
        Ok(()) => Exit::Clean,
        Err(error) => {
            terminal.error(&error.to_string(), error.help());
            Exit::Failed
        }
    }
}

/// The URL of an editor that is known by name.
fn editor(named: &str) -> String {
    match named {
        "vscode" | "vscodium" | "cursor" | "windsurf" => {
            format!("{named}://file/{{path}}:{{line}}:{{column}}")
        }
        "zed" => "zed://file/{path}:{line}:{column}".to_owned(),
        "idea" => "idea://open?file=/{path}&line={line}&column={column}".to_owned(),
        url => url.to_owned(),
    }
}

/// What the terminal shows, short.
struct Desk<'a> {
    terminal: &'a mut Terminal,
    source: &'a dyn Source,
    root: &'a SourcePath,
    arguments: &'a ServeArguments,
    /// The last count of findings that was said.
    last: Option<String>,
}

impl Desk<'_> {
    fn tell(&mut self, told: &Told<'_>) {
        match told {
            Told::Listening { url, taken } => {
                if let Some(port) = taken {
                    self.terminal.say(&format!("port {port} is taken"));
                }
                if self.arguments.allow_remote {
                    self.terminal.say(
                        "everybody who reaches this machine can read the site, drafts included",
                    );
                }
                self.terminal.say(&format!("serving {url} (Ctrl-C ends it)"));
                if self.arguments.open && !open(url) {
                    self.terminal.error("no browser could be opened", None);
                }
            }
            Told::Updated { files, took } => {
                let what = match files {
                    [] => "the site".to_owned(),
                    [one] => one.clone(),
                    [one, rest @ ..] => format!("{one} and {} more", rest.len()),
                };
                self.terminal.say(&format!("{what}: taken in after {}", build::seconds(*took)));
            }
            Told::Found(counts) => {
                let [errors, warnings, advice] = *counts;
                let summary = report::Counts { errors, warnings, advice }.to_string();
                if self.last.as_ref() != Some(&summary) {
                    self.terminal.say(&summary);
                    self.last = Some(summary);
                }
            }
            Told::Broken(diagnostics) => {
                self.report(diagnostics);
                self.terminal.say("the site stays what it was until this is mended");
                self.last = None;
            }
        }
    }

    fn report(&mut self, diagnostics: &[Diagnostic]) {
        let sources = |path: &SourcePath| {
            let bytes = self.source.read(path).ok()?;
            Some(std::sync::Arc::from(String::from_utf8_lossy(&bytes)))
        };
        let display = |path: &SourcePath| build::displayed(self.source, self.root, path);
        let options = report::Options {
            color: self.terminal.color_err(),
            width: self.terminal.width(),
            max: Some(20),
            counts: None,
            display: &display,
            fingerprints: None,
        };
        let mut text = Vec::new();
        if let Some(format) = report::format("human")
            && (format.report)(options).write(diagnostics, &sources, &mut text).is_ok()
        {
            self.terminal.err(&text);
        }
    }
}

/// Opens a URL with what the system opens URLs with.
fn open(url: &str) -> bool {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let nowhere = std::process::Stdio::null;
    std::process::Command::new(program)
        .args(before)
        .arg(url)
        .stdin(nowhere())
        .stdout(nowhere())
        .stderr(nowhere())
        .spawn()
        .is_ok()
}
