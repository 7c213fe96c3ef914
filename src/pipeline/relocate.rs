//! A page or folder is moved: links to it and from it are rewritten, and its old address leads on.
//! Nothing is written here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::build::known_inputs;
use super::check::{CheckInput, Checked};
use super::prepare::BuildError;
use super::whole::Whole;
use crate::base::{
    Diagnostic, Edit, Severity, SitePath, SourcePath, Span, apply_edits, decode_percent,
    encode_path, relative_url, split_link,
};
use crate::markdown::{self, Detail, Document, FrontMatter, Link, ParseInput};
use crate::site::{self, Destination, PageAddress, PageId, Place, RedirectTarget};
use crate::source::{OverlaySource, Source, SourceError};

/// What a move makes of the files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Relocated {
    /// The files that change or move, by their old path.
    pub files: Vec<RelocatedFile>,
    /// How many links, includes, and entries were rewritten.
    pub rewritten: usize,
    /// How many old addresses lead on.
    pub redirected: usize,
}

/// A file that moves, changes, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelocatedFile {
    /// Where it is.
    pub from: SourcePath,
    /// Where it is to be.
    pub to: SourcePath,
    /// What it is.
    pub before: Arc<[u8]>,
    /// What it is to be.
    pub after: Arc<[u8]>,
}

/// Why nothing is moved.
#[derive(Debug, thiserror::Error)]
pub enum RelocateError {
    /// What was asked for makes no sense, and what to do.
    #[error("{0}")]
    Refused(String, &'static str),
    /// The site cannot be read.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Problems that the site does not have now.
    #[error("the move would break something")]
    Worse(Vec<Diagnostic>),
}

impl From<SourceError> for RelocateError {
    fn from(error: SourceError) -> Self {
        RelocateError::Build(error.into())
    }
}

/// Edits by file, each at its place. Of two that differ at one place none is made.
#[derive(Default)]
struct Edits {
    files: BTreeMap<SourcePath, BTreeMap<(usize, usize), Option<String>>>,
}

impl Edits {
    fn add(&mut self, span: Span, text: String) {
        let file = self.files.entry(span.file).or_default();
        file.entry((span.start, span.end))
            .and_modify(|known| {
                if known.as_ref() != Some(&text) {
                    *known = None;
                }
            })
            .or_insert(Some(text));
    }

    fn count(&self) -> usize {
        self.files.values().map(BTreeMap::len).sum()
    }

    /// The bytes that they make of a file.
    fn applied(&self, path: &SourcePath, bytes: &[u8]) -> Option<Vec<u8>> {
        let edits = self.files.get(path)?;
        let edits: Vec<Edit> = edits
            .iter()
            .filter_map(|((start, end), text)| {
                let span = Span::new(path.clone(), *start..*end);
                Some(Edit { span, text: text.clone()? })
            })
            .collect();
        apply_edits(bytes, &edits)
    }
}

/// Moves a file or a folder.
///
/// # Errors
/// Where the move makes no sense, the site cannot be read, or the site would have problems
/// afterwards that it does not have now.
pub fn relocate(
    input: &CheckInput<'_>,
    old: &SourcePath,
    new: &SourcePath,
) -> Result<Relocated, RelocateError> {
    let inputs = known_inputs(input.source, input.memo);
    let whole = Whole::new(input, &inputs, Detail::Whole)?;
    let moves = moves(&whole, old, new)?;
    let mover = Mover { input, whole: &whole, moves: &moves };
    let mut edits = Edits::default();
    mover.links(&mut edits);
    mover.includes(&mut edits)?;
    mover.summary(&mut edits)?;
    let rewritten = edits.count();

    // Where the pages stand afterwards, the site itself says.
    let first = mover.overlay(&edits)?;
    let later = CheckInput { source: &first, ..input.clone() };
    let after = Whole::new(&later, &known_inputs(&first, input.memo), Detail::Links)?.checked();
    let redirected = mover.redirects(&after, &mut edits)?;
    let second = mover.overlay(&edits)?;
    let later = CheckInput { source: &second, ..input.clone() };
    let after = Whole::new(&later, &known_inputs(&second, input.memo), Detail::Links)?.checked();
    let worse = worse(&whole.checked(), &after);
    if !worse.is_empty() {
        return Err(RelocateError::Worse(worse));
    }

    let mut files = Vec::new();
    let touched: BTreeSet<&SourcePath> = moves.keys().chain(edits.files.keys()).collect();
    for from in touched {
        let to = moves.get(from).unwrap_or(from).clone();
        let before = input.source.read(from)?;
        let after = second.read(&to)?;
        if to != *from || after != before {
            files.push(RelocatedFile { from: from.clone(), to, before, after });
        }
    }
    Ok(Relocated { files, rewritten, redirected })
}

/// Every file that moves, with its new path.
fn moves(
    whole: &Whole<'_>,
    old: &SourcePath,
    new: &SourcePath,
) -> Result<BTreeMap<SourcePath, SourcePath>, RelocateError> {
    let refuse = |message: String, help| Err(RelocateError::Refused(message, help));
    let content = &whole.plan.content;
    let summary = site::summary_path(&whole.settings, content, &whole.files);
    if old == new {
        return refuse(format!("`{old}` is there already"), "name another place");
    }
    if new.starts_with(old) {
        return refuse(format!("`{old}` cannot be moved into itself"), "name another place");
    }
    if !old.starts_with(content) || old == content || !new.starts_with(content) {
        return refuse(
            format!("only what lies in `{content}` can be moved, and only within it"),
            "name a page or folder of the content",
        );
    }
    let mut moves = BTreeMap::new();
    for file in &whole.files {
        let to = if file.path == *old {
            new.clone()
        } else if let Some(inside) = file.path.strip_prefix(old) {
            let Ok(to) = new.join(inside.as_str()) else { continue };
            to
        } else {
            continue;
        };
        if summary.as_ref() == Some(&file.path) {
            return refuse(format!("`{}` stays where it is", file.path), "move pages instead");
        }
        if site::is_markdown(&file.path) != site::is_markdown(&to) {
            return refuse(
                format!("`{}` would be no page any more, or become one", file.path),
                "keep the ending of the name",
            );
        }
        moves.insert(file.path.clone(), to);
    }
    if moves.is_empty() {
        return refuse(
            format!("there is no file or folder `{old}` in the content"),
            "name a page, as `guide/install.md`, or a folder",
        );
    }
    let taken = whole.files.iter().find(|file| {
        !moves.contains_key(&file.path) && moves.values().any(|to| file.path.starts_with(to))
    });
    match taken {
        Some(file) => refuse(format!("`{}` is there already", file.path), "name another place"),
        None => Ok(moves),
    }
}

/// Problems of a state that the one before does not have.
fn worse(before: &Checked, after: &Checked) -> Vec<Diagnostic> {
    let mut counts: HashMap<&str, isize> = HashMap::new();
    for found in &after.diagnostics {
        *counts.entry(found.code.as_ref()).or_default() += 1;
    }
    for found in &before.diagnostics {
        *counts.entry(found.code.as_ref()).or_default() -= 1;
    }
    // Paths in messages differ, so only a code of which there is more is worse.
    let known: BTreeSet<(&str, &str)> = before
        .diagnostics
        .iter()
        .map(|found| (found.code.as_ref(), found.message.as_str()))
        .collect();
    // Advice stops no build: a link that led nowhere may be taken for one out of the site now.
    let is_new = |found: &&Diagnostic| {
        found.severity > Severity::Advice
            && counts.get(found.code.as_ref()).is_some_and(|count| *count > 0)
            && !known.contains(&(found.code.as_ref(), found.message.as_str()))
    };
    after.diagnostics.iter().filter(is_new).cloned().collect()
}

/// A source file seen from another one.
fn relative(from: &SourcePath, to: &SourcePath) -> String {
    let path = |path: &SourcePath| SitePath::new(path.as_str()).ok();
    match (path(from), path(to)) {
        (Some(from), Some(to)) => relative_url(&from, &to, false),
        _ => encode_path(to.as_str()),
    }
}

struct Mover<'m> {
    input: &'m CheckInput<'m>,
    whole: &'m Whole<'m>,
    moves: &'m BTreeMap<SourcePath, SourcePath>,
}

impl Mover<'_> {
    fn now<'p>(&'p self, path: &'p SourcePath) -> &'p SourcePath {
        self.moves.get(path).unwrap_or(path)
    }

    /// The source once files have moved and been edited.
    fn overlay(&self, edits: &Edits) -> Result<OverlaySource<'_>, SourceError> {
        let mut overlay = OverlaySource::new(self.input.source);
        for from in self.moves.keys() {
            overlay.remove(from.clone());
        }
        let touched: BTreeSet<&SourcePath> = self.moves.keys().chain(edits.files.keys()).collect();
        for from in touched {
            let bytes = self.input.source.read(from)?;
            let after = edits.applied(from, &bytes).map_or(bytes, Arc::from);
            overlay.set(self.now(from).clone(), after);
        }
        Ok(overlay)
    }

    /// The links of all pages, where either end moves.
    fn links(&self, edits: &mut Edits) {
        let linking = self.whole.linking();
        let site = &self.whole.site;
        let found: Vec<Vec<(Span, String)>> = (0..site.pages.len())
            .into_par_iter()
            .map(|index| {
                let mut found = Vec::new();
                let Ok(id) = u32::try_from(index).map(PageId) else { return found };
                let Some(page) = site.page(id) else { return found };
                let Some(document) = linking.document(id) else { return found };
                let resolved = linking.resolve(id, &document, Place::Own);
                for (link, destination) in document.links.iter().zip(&resolved.destinations) {
                    let (Destination::Page(target, _) | Destination::Asset(target)) = destination
                    else {
                        continue;
                    };
                    if let Some(edit) = self.link(&document, &page.source, link, target) {
                        found.push(edit);
                    }
                }
                found
            })
            .collect();
        for (span, text) in found.into_iter().flatten() {
            edits.add(span, text);
        }
    }

    /// The new address of a link from a page to a file.
    fn link(
        &self,
        document: &Document,
        page: &SourcePath,
        link: &Link,
        target: &SourcePath,
    ) -> Option<(Span, String)> {
        let (from, to) = (self.now(page), self.now(target));
        let (address, ..) = split_link(&link.dest);
        if (from == page && to == target) || address.trim().is_empty() {
            return None;
        }
        let text = if address.trim_start().starts_with('/') {
            if to == target {
                return None;
            }
            format!("/{}", encode_path(to.strip_prefix(&self.whole.plan.content)?.as_str()))
        } else {
            let text = relative(from, to);
            // Both have moved together.
            if text == relative(page, target) {
                return None;
            }
            text
        };
        place_of(document, link, text)
    }

    /// `{{#include ...}}` and the like.
    fn includes(&self, edits: &mut Edits) -> Result<(), SourceError> {
        let mut files: BTreeSet<&SourcePath> = BTreeSet::new();
        for (_, page) in self.whole.site.iter() {
            let includes = &page.outline.includes;
            let moves = |path: &SourcePath| self.moves.contains_key(path);
            if !includes.is_empty() && (moves(&page.source) || includes.iter().any(moves)) {
                files.insert(&page.source);
                files.extend(includes);
            }
        }
        for file in files {
            let bytes = self.input.source.read(file)?;
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            for (at, path) in included(text) {
                let Ok(target) = file.parent().join(path) else { continue };
                let (from, to) = (self.now(file), self.now(&target));
                if (from == file && *to == target) || !self.input.source.is_file(&target) {
                    continue;
                }
                // Paths of includes are no addresses: nothing in them is encoded.
                let now = decode_percent(&relative(from, to)).into_owned();
                if now != path {
                    edits.add(Span::new(file.clone(), at..at + path.len()), now);
                }
            }
        }
        Ok(())
    }

    /// The entries of `SUMMARY.md`.
    fn summary(&self, edits: &mut Edits) -> Result<(), SourceError> {
        let Whole { settings, plan, files, .. } = self.whole;
        let Some(path) = site::summary_path(settings, &plan.content, files) else { return Ok(()) };
        let bytes = self.input.source.read(&path)?;
        let (document, _) = markdown::parse(&ParseInput {
            path: &path,
            bytes: &bytes,
            settings,
            source: self.input.source,
            root: &self.input.root,
        });
        for link in &document.links {
            let (address, ..) = split_link(link.dest.trim());
            let Ok(target) = path.parent().join(&decode_percent(address)) else { continue };
            let Some(to) = self.moves.get(&target) else { continue };
            if let Some((span, text)) = place_of(&document, link, relative(&path, to)) {
                edits.add(span, text);
            }
        }
        Ok(())
    }

    /// Old addresses lead on, and redirects to them lead where the pages are now.
    fn redirects(&self, after: &Checked, edits: &mut Edits) -> Result<usize, SourceError> {
        let now: HashMap<&SourcePath, &PageAddress> =
            after.addresses.pages.iter().map(|page| (&page.source, page)).collect();
        let site = &self.whole.site;
        let mut redirected = 0;
        for (_, page) in site.iter() {
            let Some(to) = self.moves.get(&page.source) else { continue };
            let Some(new) = now.get(to) else { continue };
            if new.path == page.path {
                continue;
            }
            let bytes = self.input.source.read(&page.source)?;
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            let front_matter = &page.outline.front_matter;
            let (at, alias) = alias(text, front_matter, &page.path, &new.path);
            edits.add(Span::new(page.source.clone(), at), alias);
            redirected += 1;
        }
        for redirect in &site.redirects {
            let Some(span) = &redirect.span else { continue };
            let Some(RedirectTarget::Internal { page: Some(id), fragment, .. }) = &redirect.to
            else {
                continue;
            };
            let Some(page) = site.page(*id) else { continue };
            let line = self.whole.settings.html.redirects.iter();
            let Some(line) = line.clone().find(|line| line.span.as_ref() == Some(span)) else {
                continue;
            };
            let Some(new) = self.moves.get(&page.source).and_then(|to| now.get(to)) else {
                continue;
            };
            if new.path == page.path {
                continue;
            }
            let bytes = self.input.source.read(&span.file)?;
            let said = bytes.get(span.range()).map(String::from_utf8_lossy).unwrap_or_default();
            let Some(at) = said.rfind(&line.to) else { continue };
            let mut text = format!("/{}", encode_path(new.path.as_str()));
            if let Some(fragment) = fragment {
                text.push('#');
                text.push_str(fragment);
            }
            let start = span.start + at;
            edits.add(Span::new(span.file.clone(), start..start + line.to.len()), text);
        }
        Ok(redirected)
    }
}

/// Where the address of a link is written, and what is to stand there.
fn place_of(document: &Document, link: &Link, text: String) -> Option<(Span, String)> {
    let range = link.dest_range.as_ref()?;
    let range = range.start as usize..range.end as usize;
    let span = document.pieces.span(range.clone())?;
    let address = split_link(&link.dest).0.len();
    let verbatim = document.text.get(range.clone()) == Some(link.dest.as_str())
        && document.pieces.is_verbatim(range);
    if verbatim {
        return Some((Span::new(span.file, span.start..span.start + address), text));
    }
    let rest = link.dest.get(address..).unwrap_or_default();
    Some((span, format!("{text}{rest}")))
}

/// The paths in `{{#include path:lines}}`, with where they begin.
fn included(text: &str) -> Vec<(usize, &str)> {
    const WORDS: [&str; 5] = ["include", "rustdoc_include", "playground", "playpen", "template"];
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("{{#") {
        let start = at + mark.len();
        let rest = text.get(start..).unwrap_or_default();
        let Some(inside) = rest.find("}}").and_then(|end| rest.get(..end)) else { continue };
        let Some(word) = WORDS.iter().find(|word| {
            inside.strip_prefix(**word).is_some_and(|rest| rest.starts_with(char::is_whitespace))
        }) else {
            continue;
        };
        let behind = inside.get(word.len()..).unwrap_or_default();
        let path = behind.trim_start();
        let begin = start + word.len() + (behind.len() - path.len());
        let end = path.find(|c: char| c == ':' || c.is_whitespace()).unwrap_or(path.len());
        let path = path.get(..end).unwrap_or_default();
        if !path.is_empty() && !text.get(..at).unwrap_or_default().ends_with('\\') {
            found.push((begin, path));
        }
    }
    found
}

/// The edit that gives a page a former address. An alias that names its new address, as there is
/// one when a page moves back, is replaced.
fn alias(
    text: &str,
    front_matter: &FrontMatter,
    old: &SitePath,
    new: &SitePath,
) -> (std::ops::Range<usize>, String) {
    let address = format!("/{old}");
    let own = format!("/{new}");
    if let Some(span) = front_matter
        .aliases
        .iter()
        .find(|alias| alias.value == own)
        .and_then(|alias| alias.span.as_ref())
        && text.get(span.range()).is_some_and(|said| said.contains(&own))
    {
        let said = text.get(span.range()).unwrap_or_default();
        return (span.range(), said.replace(&own, &address));
    }
    let start = text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
    let line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let body = text.get(start..).unwrap_or_default();
    let toml = body.starts_with("+++");
    let quoted = format!("\"{}\"", address.replace('\\', "\\\\").replace('"', "\\\""));
    if front_matter.span.is_none() {
        return (start..start, format!("---{line}aliases: [{quoted}]{line}---{line}{line}"));
    }
    let last = front_matter.aliases.last().and_then(|alias| alias.span.clone());
    if let Some(span) = last {
        let before = text.get(..span.start).unwrap_or_default();
        let indent = before.rsplit('\n').next().unwrap_or_default();
        let mut end = span.end;
        let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''));
        let next = text.get(end..).and_then(|rest| rest.chars().next());
        if quote.is_some() && quote == next {
            end += 1;
        }
        let lead = indent.trim_end_matches(['"', '\'']);
        if !toml && lead.trim() == "-" {
            return (end..end, format!("{line}{lead}{quoted}"));
        }
        if !toml && !lead.contains('[') && lead.trim_start().starts_with("aliases:") {
            let said = text.get(span.start..end).unwrap_or_default();
            let open = quote.map_or(span.start, |_| span.start - 1);
            let said = quote.map_or_else(|| said.to_owned(), |quote| format!("{quote}{said}"));
            return (open..end, format!("[{said}, {quoted}]"));
        }
        return (end..end, format!(", {quoted}"));
    }
    // Behind the first line, which opens the front matter.
    let at = start + body.find('\n').map_or(body.len(), |at| at + 1);
    let entry = match toml {
        true => format!("aliases = [{quoted}]{line}"),
        false => format!("aliases: [{quoted}]{line}"),
    };
    (at..at, entry)
}

#[cfg(test)]
mod tests;
