//! The outline of a change: Markdown that an author pastes where the change is discussed, with a
//! link to each page on the preview.

use std::fmt::Write as _;

use super::change::{Cause, Change, ChangeKind, PageChange, Reason};
use crate::base::encode_path;

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
    for group in change.groups() {
        let title = match group.reason {
            Reason::Kind(kind) => heading(kind).to_owned(),
            Reason::Cause(cause) => because(cause),
        };
        let _ = write!(out, "\n### {title}\n\n");
        let shown = group.shown();
        for page in group.pages.iter().take(shown) {
            let _ = writeln!(out, "- {}", line(input, page));
        }
        if group.pages.len() > shown {
            let _ = writeln!(out, "- and {}", counted(group.pages.len() - shown, "page"));
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
    if change.look.pages > 0 {
        let pages = counted(change.look.pages, "page");
        also.push(format!("The theme makes {pages} look different."));
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
        Cause::Theme => "Through the theme".to_owned(),
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
