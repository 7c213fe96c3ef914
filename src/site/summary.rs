//! `SUMMARY.md`, mdBook's table of contents.
//!
//! The order of a summary is: a title, prefix chapters, numbered chapters in lists (with part
//! headings between them), suffix chapters. mdBook stops at the first mistake; we report each
//! and list what can be listed.

use std::collections::HashMap;

use crate::base::{
    Applicability, Diagnostic, Edit, Fix, SitePath, SourcePath, Span, decode_percent, is_external,
    relative_url, split_link,
};
use crate::markdown::{Document, Node, NodeId, NodeKind};

use super::codes::{
    NAV_BAD_ENTRY, NAV_BAD_STRUCTURE, NAV_DUPLICATE_ENTRY, NAV_IGNORED_HEADING, NAV_IGNORED_TEXT,
    NAV_MISSING_FILE, NAV_OUTSIDE_CONTENT,
};
use super::content::is_markdown;
use super::files::FileIndex;

/// What a `SUMMARY.md` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Its title; nothing shows it.
    pub title: Option<String>,
    /// Its entries in order, each behind its parent.
    pub entries: Vec<Entry>,
}

/// An entry of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Its text without markup; empty for a separator.
    pub title: String,
    /// Its number (`1.2.`), for chapters in lists.
    pub number: Option<String>,
    /// The entry that it stands below.
    pub parent: Option<usize>,
    /// Where it is written.
    pub span: Span,
}

/// What an entry of a summary is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A page, and its file.
    Chapter(SourcePath),
    /// A page that is yet to be written, or whose entry is wrong.
    Draft,
    /// A heading above the entries that follow it.
    Part,
    /// A line between entries.
    Separator,
}

impl Summary {
    /// The files of its chapters, in order.
    pub fn chapters(&self) -> impl Iterator<Item = &SourcePath> {
        self.entries.iter().filter_map(|entry| match &entry.kind {
            EntryKind::Chapter(path) => Some(path),
            _ => None,
        })
    }
}

/// Where in the order of a summary the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Prefix,
    /// Directly behind a part's heading.
    Part,
    Numbered,
    Suffix,
}

/// Reads a summary. Its addresses are seen from the content folder.
pub(super) fn read(
    document: &Document,
    content: &SourcePath,
    files: &FileIndex,
    diagnostics: &mut Vec<Diagnostic>,
) -> Summary {
    let reader = Reader {
        document,
        content,
        files,
        diagnostics,
        summary: Summary::default(),
        listed: HashMap::new(),
        children: HashMap::new(),
    };
    reader.read()
}

struct Reader<'a> {
    document: &'a Document,
    content: &'a SourcePath,
    files: &'a FileIndex,
    diagnostics: &'a mut Vec<Diagnostic>,
    summary: Summary,
    /// Files that have an entry, and where.
    listed: HashMap<SourcePath, Span>,
    /// How many numbered children each entry has; `None` stands for the top.
    children: HashMap<Option<usize>, usize>,
}

/// A list that is being read.
struct OpenList {
    end: NodeId,
    parent: Option<usize>,
    /// The last entry that was made in it: what a list below belongs to.
    last: Option<usize>,
}

impl Reader<'_> {
    fn read(mut self) -> Summary {
        let document = self.document;
        let mut stage = Stage::Start;
        for id in document.top() {
            let Some(node) = document.nodes.get(id as usize) else { continue };
            match &node.kind {
                NodeKind::HtmlBlock | NodeKind::Html(_) => continue,
                NodeKind::Heading(heading) => {
                    let heading = document.headings.get(*heading as usize);
                    if heading.is_some_and(|heading| heading.level == 1) {
                        if stage == Stage::Start {
                            self.summary.title = Some(self.text(id, node.end));
                            stage = Stage::Prefix;
                            continue;
                        }
                        self.nothing_after_suffix(stage, node, "a part");
                        let title = self.text(id, node.end);
                        self.push(EntryKind::Part, title, None, None, node);
                        stage = Stage::Part;
                        continue;
                    }
                    if !self.affix(id, node, &mut stage) {
                        self.report(
                            Diagnostic::new(
                                &NAV_IGNORED_HEADING,
                                format!("the heading `{}` is not shown", self.text(id, node.end)),
                            )
                            .at(self.span(node))
                            .help("write `# ` for a part of the navigation"),
                        );
                    }
                }
                NodeKind::ThematicBreak => {
                    self.push(EntryKind::Separator, String::new(), None, None, node);
                }
                NodeKind::List(_) => {
                    self.nothing_after_suffix(stage, node, "a list");
                    self.list(id, node);
                    stage = Stage::Numbered;
                    continue;
                }
                _ => {
                    self.affix(id, node, &mut stage);
                }
            }
            if stage == Stage::Start {
                stage = Stage::Prefix;
            }
        }
        self.summary
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn span(&self, node: &Node) -> Span {
        self.document.span(&node.range)
    }

    fn nothing_after_suffix(&mut self, stage: Stage, node: &Node, what: &str) {
        if stage == Stage::Suffix {
            self.report(
                Diagnostic::new(
                    &NAV_BAD_STRUCTURE,
                    format!("{what} cannot follow the chapters without numbers at the end"),
                )
                .at(self.span(node))
                .help("move it above the first link that stands outside of a list"),
            );
        }
    }

    /// Links outside of lists: chapters without numbers. Whether there were any.
    fn affix(&mut self, id: NodeId, node: &Node, stage: &mut Stage) -> bool {
        let links = self.links(id + 1, node.end);
        if links.is_empty() {
            if !matches!(node.kind, NodeKind::Heading(_)) {
                let text = self.text(id, node.end);
                if !text.trim().is_empty() {
                    self.ignored_text(node);
                }
            }
            return false;
        }
        if *stage == Stage::Part {
            self.report(
                Diagnostic::new(
                    &NAV_BAD_STRUCTURE,
                    "a link stands between the heading of a part and its list".to_owned(),
                )
                .at(self.span(node))
                .help("make it an item of the list (`- [..](..)`), or move it behind the list"),
            );
        } else {
            *stage = match stage {
                Stage::Numbered | Stage::Suffix => Stage::Suffix,
                _ => Stage::Prefix,
            };
        }
        let mut covered = id + 1;
        for link in links {
            self.text_beside(covered, link);
            covered = self.document.nodes.get(link as usize).map_or(link + 1, |node| node.end);
            self.chapter(link, None, None);
        }
        self.text_beside(covered, node.end);
        true
    }

    fn ignored_text(&mut self, node: &Node) {
        let text = self.document.text.get(node.range.start as usize..node.range.end as usize);
        let text: String = text.unwrap_or_default().trim().chars().take(40).collect();
        self.report(
            Diagnostic::new(&NAV_IGNORED_TEXT, format!("the text `{text}` is not shown"))
                .at(self.span(node))
                .help("put it into the link's text, into a page, or into a comment"),
        );
    }

    /// Reports the first text among nodes that belong to no link.
    fn text_beside(&mut self, from: NodeId, to: NodeId) {
        let nodes = self.document.nodes.get(from as usize..to as usize).unwrap_or_default();
        let node = nodes.iter().find(|node| match &node.kind {
            NodeKind::Text(text) | NodeKind::Code(text) => !text.trim().is_empty(),
            _ => false,
        });
        if let Some(node) = node {
            self.ignored_text(node);
        }
    }

    /// The links among nodes, without those inside of lists.
    fn links(&self, from: NodeId, to: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut id = from;
        while id < to {
            let Some(node) = self.document.nodes.get(id as usize) else { break };
            match node.kind {
                NodeKind::Link(_) => {
                    found.push(id);
                    id = node.end.max(id + 1);
                }
                NodeKind::List(_) => id = node.end.max(id + 1),
                _ => id += 1,
            }
        }
        found
    }

    fn list(&mut self, id: NodeId, node: &Node) {
        let document = self.document;
        let mut open = vec![OpenList { end: node.end, parent: None, last: None }];
        for id in id + 1..node.end {
            let Some(node) = document.nodes.get(id as usize) else { break };
            while open.len() > 1 && open.last().is_some_and(|list| id >= list.end) {
                open.pop();
            }
            let Some(list) = open.last_mut() else { break };
            match node.kind {
                NodeKind::List(_) => {
                    let parent = list.last.or(list.parent);
                    open.push(OpenList { end: node.end, parent, last: None });
                }
                NodeKind::Item(_) => {
                    let parent = list.parent;
                    let entry = self.item(id, node, parent);
                    if let Some(list) = open.last_mut() {
                        list.last = entry;
                    }
                }
                _ => {}
            }
        }
    }

    /// An item of a list: its first link. None where it has neither link nor text.
    fn item(&mut self, id: NodeId, node: &Node, parent: Option<usize>) -> Option<usize> {
        let document = self.document;
        let own_end = (id + 1..node.end)
            .find(|id| {
                let node = document.nodes.get(*id as usize);
                node.is_some_and(|node| matches!(node.kind, NodeKind::List(_)))
            })
            .unwrap_or(node.end);
        let link = self.links(id + 1, own_end).first().copied();
        let text = self.text(id + 1, own_end);
        if link.is_none() && text.trim().is_empty() {
            if own_end == node.end {
                self.report(
                    Diagnostic::new(&NAV_BAD_ENTRY, "an item of the list is empty".to_owned())
                        .at(self.span(node))
                        .help("write `[Title](file.md)`, or remove the item"),
                );
            }
            return None;
        }
        let count = self.children.entry(parent).or_insert(0);
        *count += 1;
        let above = parent.and_then(|parent| self.summary.entries.get(parent)?.number.clone());
        let number = format!("{}{count}.", above.unwrap_or_default());
        let Some(link) = link else {
            let title = text.trim().to_owned();
            self.report(
                Diagnostic::new(&NAV_BAD_ENTRY, format!("the item `{title}` is no link"))
                    .at(self.span(node))
                    .help(format!("write `[{title}](file.md)`, or `[{title}]()` for a draft")),
            );
            return Some(self.push(EntryKind::Draft, title, Some(number), parent, node));
        };
        self.text_beside(id + 1, link);
        let after = document.nodes.get(link as usize).map_or(link + 1, |node| node.end);
        self.text_beside(after, own_end);
        Some(self.chapter(link, Some(number), parent))
    }

    fn push(
        &mut self,
        kind: EntryKind,
        title: String,
        number: Option<String>,
        parent: Option<usize>,
        node: &Node,
    ) -> usize {
        let span = self.span(node);
        self.summary.entries.push(Entry { kind, title, number, parent, span });
        self.summary.entries.len() - 1
    }

    /// A link becomes an entry.
    fn chapter(&mut self, id: NodeId, number: Option<String>, parent: Option<usize>) -> usize {
        let document = self.document;
        let Some(node) = document.nodes.get(id as usize) else {
            return self.summary.entries.len();
        };
        let link = match node.kind {
            NodeKind::Link(index) => document.links.get(index as usize),
            _ => None,
        };
        let title = self.text(id + 1, node.end).trim().to_owned();
        let range = link.and_then(|link| link.dest_range.as_ref()).unwrap_or(&node.range);
        let span = document.span(range);
        let dest = link.map_or("", |link| link.dest.as_str());
        let kind = match self.file(dest, &span) {
            Some(path) => match self.listed.get(&path) {
                Some(first) => {
                    let diagnostic = Diagnostic::new(
                        &NAV_DUPLICATE_ENTRY,
                        format!("`{}` is listed twice", self.shown(&path)),
                    )
                    .at(span)
                    .label(first.clone(), "the first entry, which counts")
                    .help("remove one of the two entries");
                    self.report(diagnostic);
                    EntryKind::Draft
                }
                None => {
                    self.listed.insert(path.clone(), span);
                    EntryKind::Chapter(path)
                }
            },
            None => EntryKind::Draft,
        };
        self.push(kind, title, number, parent, node)
    }

    /// A path as an address in the summary would name it.
    fn shown(&self, path: &SourcePath) -> String {
        path.strip_prefix(self.content).unwrap_or_else(|| path.clone()).to_string()
    }

    /// The file that an address of the summary names; none for a draft, and for one that names
    /// none, which is reported.
    fn file(&mut self, dest: &str, span: &Span) -> Option<SourcePath> {
        let dest = dest.trim();
        if dest.is_empty() {
            return None;
        }
        if is_external(dest) {
            self.report(
                Diagnostic::new(
                    &NAV_BAD_ENTRY,
                    format!("`{dest}` is a web address and cannot be a chapter"),
                )
                .at(span.clone())
                .help("link to it from a page"),
            );
            return None;
        }
        // A file name may hold `?` or `#`, and mdBook takes the address for a file name as it is.
        let whole = self.content_path(&decode_percent(dest)).filter(|path| self.exists(path));
        let (address, _, fragment) = split_link(dest);
        if whole.is_none() && fragment.is_some() {
            self.report(
                Diagnostic::new(
                    &NAV_BAD_ENTRY,
                    format!("`{dest}` is a place in a page and cannot be a chapter"),
                )
                .at(span.clone())
                .help("list the page without `#...`"),
            );
            if address.is_empty() {
                return None;
            }
        }
        let Some(path) = whole.or_else(|| self.content_path(&decode_percent(address))) else {
            self.report(
                Diagnostic::new(
                    &NAV_OUTSIDE_CONTENT,
                    format!("`{dest}` leads out of the content folder"),
                )
                .at(span.clone())
                .help("list a page of the content folder that includes the file"),
            );
            return None;
        };
        if let Some(found) = self.existing(&path) {
            if !is_markdown(&found) && found.extension().is_some_and(|e| e != "txt") {
                self.report(
                    Diagnostic::new(
                        &NAV_BAD_ENTRY,
                        format!("`{}` is no Markdown file", self.shown(&found)),
                    )
                    .at(span.clone())
                    .help("link to it from a page"),
                );
                return None;
            }
            return Some(found);
        }
        self.missing(&path, address, span);
        None
    }

    /// None for a path outside of the content folder.
    fn content_path(&self, address: &str) -> Option<SourcePath> {
        let path = self.content.join(address.trim_start_matches('/')).ok()?;
        (path.starts_with(self.content) && path != *self.content).then_some(path)
    }

    fn exists(&self, path: &SourcePath) -> bool {
        self.existing(path).is_some()
    }

    /// The file itself, or the same with `.md`, as in `first/README`.
    fn existing(&self, path: &SourcePath) -> Option<SourcePath> {
        if self.files.is_file(path) {
            return Some(path.clone());
        }
        ["md", "markdown", "mdx"].iter().find_map(|extension| {
            let path = SourcePath::new(format!("{path}.{extension}")).ok()?;
            self.files.is_file(&path).then_some(path)
        })
    }

    fn missing(&mut self, path: &SourcePath, address: &str, span: &Span) {
        let mut diagnostic =
            Diagnostic::new(&NAV_MISSING_FILE, format!("there is no file `{}`", self.shown(path)))
                .at(span.clone());
        match self.files.suggest(path, is_markdown) {
            Some(suggestion) => {
                let name = self.shown(&suggestion.path);
                diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                // Only where the span is the address and nothing else can it be replaced.
                if suggestion.certain && span.end - span.start == address.len() {
                    let text = self.address_of(&suggestion.path);
                    diagnostic = diagnostic.fix(Fix {
                        title: format!("write `{text}`"),
                        applicability: Applicability::Suggested,
                        edits: vec![Edit { span: span.clone(), text }],
                    });
                }
            }
            None => {
                diagnostic = diagnostic.help(
                    "create the file, correct the address, or leave it empty for a draft (`[Title]()`)",
                );
            }
        }
        self.report(diagnostic);
    }

    /// A file as its address is written in the summary.
    fn address_of(&self, path: &SourcePath) -> String {
        let name = self.shown(path);
        SitePath::new(&name).map_or(name, |path| relative_url(&SitePath::root(), &path, false))
    }

    /// The text of nodes without markup, lines joined by spaces.
    fn text(&self, from: NodeId, to: NodeId) -> String {
        let mut text = String::new();
        for node in self.document.nodes.get(from as usize..to as usize).unwrap_or_default() {
            match &node.kind {
                NodeKind::Text(part) | NodeKind::Code(part) | NodeKind::Math(_, part) => {
                    text.push_str(part);
                }
                NodeKind::SoftBreak | NodeKind::HardBreak => text.push(' '),
                _ => {}
            }
        }
        text
    }
}
