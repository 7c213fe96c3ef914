//! The outline of a change: Markdown that an author pastes where the change is discussed, with a
//! link to each page on the preview.

use std::fmt::Write as _;

use super::change::{Cause, Change, ChangeKind, PageChange};
use crate::base::encode_path;

/// Pages of one cause that are listed one by one.
const MOST_OF_A_CAUSE: usize = 5;

/// What an outline is made of.
#[derive(Debug, Clone, Copy)]
pub struct OutlineInput<'a> {
    /// The change.
    pub change: &'a Change,
    /// Where the changed site can be seen, ending in `/`; without it pages are named, not linked.
    pub base_url: Option<&'a str>,
    /// Whether addresses end in `/` instead of `/index.html`.
    pub clean_urls: bool,
}

/// The outline, as Markdown.
pub fn outline(input: &OutlineInput<'_>) -> String {
    let change = input.change;
    let mut out = String::from("## What changes\n\n");
    out.push_str(&summary(change));
    for kind in [ChangeKind::Edited, ChangeKind::Added, ChangeKind::Moved, ChangeKind::Deleted] {
        let own = |page: &&PageChange| page.kind == kind && page.group().is_none();
        let pages: Vec<&PageChange> = change.pages.iter().filter(own).collect();
        if pages.is_empty() {
            continue;
        }
        let _ = write!(out, "\n### {}\n\n", heading(kind));
        for page in pages {
            let _ = writeln!(out, "- {}", line(input, page));
        }
    }
    let mut causes: Vec<(&Cause, Vec<&PageChange>)> = Vec::new();
    for page in &change.pages {
        let Some(cause) = page.group() else { continue };
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, pages)) => pages.push(page),
            None => causes.push((cause, vec![page])),
        }
    }
    for (cause, pages) in causes {
        let _ = write!(out, "\n### {}\n\n", because(cause));
        for page in pages.iter().take(MOST_OF_A_CAUSE) {
            let _ = writeln!(out, "- {}", line(input, page));
        }
        if let Some(more) = pages.len().checked_sub(MOST_OF_A_CAUSE).filter(|more| *more > 0) {
            let _ = writeln!(out, "- and {}", counted(more, "page"));
        }
    }
    let mut also = Vec::new();
    if change.navigation.pages > 0 {
        let pages = counted(change.navigation.pages, "page");
        also.push(format!("The navigation of {pages} differs."));
    }
    if !change.theme.is_empty() {
        also.push(format!("The theme differs: {}.", codes(&change.theme)));
    }
    if change.settings {
        also.push("`book.toml` differs.".to_owned());
    }
    if !change.files.is_empty() {
        also.push(format!("Other files differ: {}.", codes(&change.files)));
    }
    if !change.unrendered.is_empty() {
        let files = codes(&change.unrendered);
        also.push(format!("Edited without a difference for readers: {files}."));
    }
    if !also.is_empty() {
        out.push_str("\n### Also\n\n");
        for line in also {
            let _ = writeln!(out, "- {line}");
        }
    }
    out
}

/// `12 pages, about 20 minutes to read: 9 edited, 2 added, 1 deleted.`
fn summary(change: &Change) -> String {
    if change.pages.is_empty() {
        return "No page says anything else.\n".to_owned();
    }
    let counts: Vec<String> =
        change.counts().iter().map(|(kind, count)| format!("{count} {}", kind.word())).collect();
    format!(
        "{}, about {} to read: {}.\n",
        counted(change.pages.len(), "page"),
        counted(change.effort.minutes, "minute"),
        counts.join(", ")
    )
}

fn heading(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Edited => "Edited",
        ChangeKind::Added => "Added",
        ChangeKind::Moved => "Moved",
        ChangeKind::Deleted => "Deleted",
    }
}

fn because(cause: &Cause) -> String {
    match cause {
        Cause::Source => "Edited".to_owned(),
        Cause::Include(path) => format!("Through the included file `{path}`"),
        Cause::Settings => "Through settings".to_owned(),
        Cause::LinkTarget(link) => format!("Because the link `{link}` leads elsewhere"),
    }
}

fn line(input: &OutlineInput<'_>, page: &PageChange) -> String {
    let Some(place) = page.place() else { return String::new() };
    let title = escaped(&place.title);
    let named = match (input.base_url, &page.new) {
        (Some(base), Some(new)) => {
            let path = new.path.as_str();
            let path = match path.strip_suffix("index.html").filter(|_| input.clean_urls) {
                Some(folder) => folder,
                None => path,
            };
            format!("[{title}]({base}{})", encode_path(path))
        }
        _ => format!("**{title}**"),
    };
    let mut text = format!("{named} (`{}`", place.source);
    if let (ChangeKind::Moved, Some(old)) = (page.kind, &page.old) {
        let _ = write!(text, ", was `{}`", old.source);
    }
    let (more, less) = (page.inserted, page.deleted);
    match (more, less) {
        (0, 0) => {}
        (more, 0) => {
            let _ = write!(text, ", {} more", counted(more, "word"));
        }
        (0, less) => {
            let _ = write!(text, ", {} fewer", counted(less, "word"));
        }
        (more, less) => {
            let _ = write!(text, ", +{more} −{less} words");
        }
    }
    text.push(')');
    text
}

/// A title as Markdown text.
fn escaped(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for c in title.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '@' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn codes(paths: &[crate::base::SourcePath]) -> String {
    const MOST: usize = 10;
    let mut names: Vec<String> = paths.iter().take(MOST).map(|path| format!("`{path}`")).collect();
    if let Some(more) = paths.len().checked_sub(MOST).filter(|more| *more > 0) {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
