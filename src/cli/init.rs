//! `copydesk init`: what a site needs and does not have yet.
//!
//! Only files that do not exist are written. What stands already is left as it is, and where it
//! lacks something, that is said.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::lint::shown;
use super::{Exit, Terminal};
use crate::base::{Diagnostic, SourcePath};
use crate::config::{self, ConfigInput, Overrides, Settings};
use crate::markdown::{ParseInput, parse};
use crate::output::MANIFEST;
use crate::report;
use crate::site::{content_root, is_index_like, is_markdown};
use crate::source::{FileEntry, FolderSource, Source, is_ignored};

/// Starts a site, or adds what an existing folder of Markdown or mdBook lacks.
///
/// In an empty folder, that is `book.toml`, two pages and a `.gitignore`. A file that exists is
/// never changed.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArguments {
    /// The folder of the site; it is made where there is none [default: the working directory]
    #[arg(value_hint = clap::ValueHint::DirPath)]
    folder: Option<PathBuf>,
    /// The title of the site [default: that of its first page, else the name of the folder]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

const BOOK: &str = "book.toml";
const IGNORE: &str = ".gitignore";

const FIRST_PAGE: &str = "\
Write here what this site is about, and for whom it is.

- [Get started](get-started.md)
";

const SECOND_PAGE: &str = "\
---
title: Get started
description: The first steps.
weight: 1
---

# Get started

Each page is a Markdown file. Its place in the folder is its place in the navigation, and the `weight`
above orders it among its neighbors.

> [!TIP]
> Change this page while the preview is open, and save it.

Links lead to files: [back to the first page](index.md). The build checks every one.
";

/// What is found in the folder, and what it lacks.
#[derive(Default)]
struct Plan {
    /// Files to write, with their texts, in order.
    files: Vec<(String, String)>,
    /// Files that are there already.
    kept: Vec<String>,
    /// What the user has to do or to know.
    notes: Vec<String>,
}

pub(crate) fn run(arguments: &InitArguments, terminal: &mut Terminal) -> Exit {
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    match fs::metadata(&folder) {
        Ok(found) if !found.is_dir() => {
            terminal.error(&format!("`{}` is a file", folder.display()), Some("name a folder"));
            return Exit::Failed;
        }
        Err(error) if error.kind() != ErrorKind::NotFound => {
            terminal.error(&format!("cannot read `{}`: {error}", folder.display()), None);
            return Exit::Failed;
        }
        _ => {}
    }
    let Some(plan) = plan(&folder, arguments.title.as_deref(), terminal) else {
        return Exit::Failed;
    };
    for (path, _) in &plan.files {
        if let Some(place) = obstacle(&folder, path) {
            let within = arguments.folder.as_deref().unwrap_or(Path::new(""));
            let message = format!("`{}` is no folder", shown(&within.join(place)));
            terminal
                .error(&message, Some("nothing was written; move it away, or name another folder"));
            return Exit::Failed;
        }
    }
    let mut said = String::new();
    for (path, text) in &plan.files {
        if !arguments.dry_run
            && let Err(error) = write(&folder.join(path), text)
        {
            let message = format!("cannot write `{}`: {error}", folder.join(path).display());
            drop(terminal.out(said.as_bytes()));
            terminal.error(&message, Some("run the command again: it adds what is still missing"));
            return Exit::Failed;
        }
        let verb = if arguments.dry_run { "would write" } else { "wrote" };
        said.push_str(&line(verb, path));
    }
    for path in &plan.kept {
        said.push_str(&line("kept", path));
    }
    if plan.files.is_empty() {
        said.push_str("nothing is missing\n");
    }
    if let Err(error) = terminal.out(said.as_bytes()) {
        return terminal.output_failed(&error);
    }
    for note in &plan.notes {
        terminal.say(&report::harmless(&format!("note: {note}")));
    }
    if !arguments.dry_run {
        let place = match &arguments.folder {
            Some(folder) => format!(" {}", quoted(folder)),
            None => String::new(),
        };
        terminal.say(&format!("next: copydesk serve{place} --open"));
    }
    Exit::Clean
}

fn line(verb: &str, what: &str) -> String {
    format!("{verb} {}\n", report::harmless(what))
}

/// Looks at the folder. None where it cannot be read, which has then been said.
fn plan(folder: &Path, title: Option<&str>, terminal: &mut Terminal) -> Option<Plan> {
    let mut plan = Plan::default();
    if !folder.is_dir() {
        let title = title.map_or_else(|| title_of(folder), str::to_owned);
        plan.files.push((BOOK.to_owned(), book(&title, None)));
        plan.files.extend(pages("content", &title));
        plan.files.push((IGNORE.to_owned(), "/book/\n".to_owned()));
        return Some(plan);
    }
    let opened = FolderSource::open(folder).and_then(|(source, root)| {
        let files = source.list(&root, &[])?.files;
        Ok((source, root, files))
    });
    let (source, root, files) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return None;
        }
    };
    let settings = settings(&source, &root, terminal)?;
    let output = folder.join(&settings.build.build_dir);
    let below = root.join(&settings.build.build_dir).ok();
    // What was built is nobody's source.
    let files: Vec<FileEntry> = files
        .into_iter()
        .filter(|file| below.as_ref().is_none_or(|below| !file.path.starts_with(below)))
        .collect();
    let content = content_root(&settings, &root, &files);
    let found: Vec<&FileEntry> = files
        .iter()
        .filter(|file| is_markdown(&file.path) && file.path.starts_with(&content))
        .collect();
    let within = |path: &SourcePath| {
        path.strip_prefix(&root).filter(|p| !p.is_root()).map(|path| path.to_string())
    };
    let title = title
        .map(str::to_owned)
        .or_else(|| first_title(&source, &root, &content, &found, &settings))
        .unwrap_or_else(|| title_of(folder));
    let missing = |name: &str| folder.join(name).symlink_metadata().is_err();
    if missing(BOOK) {
        // The folder is written down where it is not the one that is there anyway.
        let src = within(&content).filter(|_| !found.is_empty());
        plan.files.push((BOOK.to_owned(), book(&title, src.as_deref())));
    } else {
        plan.kept.push(BOOK.to_owned());
    }
    if found.is_empty() {
        let place = match settings.book.src.is_some() {
            true => within(&content).unwrap_or_default(),
            false => "content".to_owned(),
        };
        plan.files.extend(pages(&place, &title));
    } else {
        let count = match found.len() {
            1 => "1 Markdown file".to_owned(),
            count => format!("{count} Markdown files"),
        };
        let place = within(&content);
        plan.kept.push(place.map_or(count.clone(), |place| format!("{count} in {place}")));
    }
    let build_dir = settings.build.build_dir.trim_end_matches('/').to_owned();
    let line = format!("/{build_dir}/");
    if !is_ignored(&output) {
        if missing(IGNORE) {
            plan.files.push((IGNORE.to_owned(), format!("{line}\n")));
        } else {
            plan.kept.push(IGNORE.to_owned());
            let text = fs::read_to_string(folder.join(IGNORE)).unwrap_or_default();
            let bare = build_dir.as_str();
            let is_there = text.lines().any(|line| line.trim().trim_matches('/') == bare);
            if !is_there {
                plan.notes.push(format!(
                    "`{IGNORE}` does not name the output folder; add the line `{line}`"
                ));
            }
        }
    }
    let is_other = fs::read_dir(&output).is_ok_and(|mut entries| entries.next().is_some())
        && !output.join(MANIFEST).is_file();
    if is_other {
        plan.notes.push(format!(
            "`{build_dir}` holds files that Copydesk did not write, and `copydesk build` leaves \
             them alone: remove the folder, or build with `--out`"
        ));
    }
    Some(plan)
}

/// The settings of the folder; none where they cannot be read, which has then been said.
fn settings(source: &FolderSource, root: &SourcePath, terminal: &mut Terminal) -> Option<Settings> {
    let path = root.join(BOOK).ok()?;
    let text = |path: &SourcePath| -> Option<std::sync::Arc<str>> {
        Some(std::sync::Arc::from(String::from_utf8_lossy(&source.read(path).ok()?)))
    };
    let written = text(&path);
    let overrides = Overrides::default();
    let input = ConfigInput {
        path: &path,
        text: written.as_deref(),
        variables: &[],
        overrides: &overrides,
    };
    let (settings, problems) = config::load(input);
    if !config::is_fatal(&problems) {
        return Some(settings);
    }
    tell(&problems, &text, terminal);
    None
}

fn tell(
    problems: &[Diagnostic],
    text: &dyn Fn(&SourcePath) -> Option<std::sync::Arc<str>>,
    terminal: &mut Terminal,
) {
    let options = report::Options {
        color: terminal.color_err(),
        width: terminal.width(),
        max: Some(20),
        counts: None,
        fingerprints: None,
        display: &|path: &SourcePath| path.to_string(),
    };
    let mut out = Vec::new();
    if let Some(human) = report::format("human")
        && (human.report)(options).write(problems, text, &mut out).is_ok()
    {
        terminal.err(&out);
    }
}

/// The title of the page that readers see first.
fn first_title(
    source: &FolderSource,
    root: &SourcePath,
    content: &SourcePath,
    pages: &[&FileEntry],
    settings: &Settings,
) -> Option<String> {
    let page = pages.iter().find(|f| f.path.parent() == *content && is_index_like(&f.path))?;
    let bytes = source.read(&page.path).ok()?;
    let (document, _) =
        parse(&ParseInput { path: &page.path, bytes: &bytes, settings, root, source });
    let written = document.front_matter.title.as_ref().map(|title| title.value.clone());
    let heading = document.headings.iter().find(|heading| heading.level == 1);
    written.or_else(|| heading.map(|heading| heading.text.clone())).filter(|t| !t.trim().is_empty())
}

/// A title from the name of a folder: `user-guide` is "User guide".
fn title_of(folder: &Path) -> String {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = folder.file_name().map(|name| name.to_string_lossy().replace(['-', '_'], " "));
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "Manual".to_owned());
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn book(title: &str, src: Option<&str>) -> String {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let src = src.map(|src| format!("src = {}\n", text(src))).unwrap_or_default();
    format!(
        "[book]\ntitle = {}\n{src}language = \"en\"\n\n[site]\n\
         # Where readers will find the site:\n# base-url = \"https://docs.example.com/\"\n",
        text(title)
    )
}

/// The pages of a new site.
fn pages(content: &str, title: &str) -> [(String, String); 2] {
    let at = |name: &str| match content {
        "" => name.to_owned(),
        content => format!("{content}/{name}"),
    };
    let mut heading = String::new();
    for letter in title.chars() {
        if letter.is_ascii_punctuation() && !",.;:'\"()-/?%".contains(letter) {
            heading.push('\\');
        }
        heading.push(if letter.is_control() { ' ' } else { letter });
    }
    [
        (at("index.md"), format!("# {heading}\n\n{FIRST_PAGE}")),
        (at("get-started.md"), SECOND_PAGE.to_owned()),
    ]
}

/// What stands where a folder of a new file has to be: a file, or a link that leads who knows
/// where.
fn obstacle(folder: &Path, path: &str) -> Option<PathBuf> {
    let parents: Vec<&Path> = Path::new(path).ancestors().skip(1).collect();
    let parents = parents.into_iter().rev().filter(|place| !place.as_os_str().is_empty());
    parents.map(Path::to_owned).find(|place| {
        folder.join(place).symlink_metadata().is_ok_and(|found| !found.file_type().is_dir())
    })
}

/// Writes a file that must not exist.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
