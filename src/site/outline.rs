//! The order of the site before its pages have addresses: what `SUMMARY.md` lists, or what the
//! folders hold.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use crate::base::{Diagnostic, SourcePath, Span};
use crate::markdown::Document;

use super::codes::{NAV_CONTRADICTION, NAV_NOT_IN_SUMMARY, NAV_TWO_SECTION_PAGES};
use super::content::index_rank;
use super::model::Unpublished;
use super::order::natural;
use super::summary::{EntryKind, Summary};

/// An item of the outline. Its parent stands in front of it.
#[derive(Debug, Clone)]
pub(super) struct OutlineItem {
    pub(super) kind: OutlineKind,
    /// The title, where it is not the page's own.
    pub(super) title: Option<String>,
    pub(super) number: Option<String>,
    pub(super) parent: Option<usize>,
    pub(super) span: Option<Span>,
}

#[derive(Debug, Clone)]
pub(super) enum OutlineKind {
    Page(Arc<Document>),
    /// A folder without a page of its own.
    Section(SourcePath),
    Draft,
    Part,
    Separator,
}

/// Which pages are published, and in which order.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) items: Vec<OutlineItem>,
    /// Published, but listed nowhere; in order of path.
    pub(super) unlisted: Vec<Arc<Document>>,
    pub(super) unpublished: Vec<(SourcePath, Unpublished)>,
}

/// The outline that a `SUMMARY.md` gives. `documents` are those that may be published, in order
/// of path; `drafts` are known but left out.
pub(super) fn from_summary(
    summary: &Summary,
    documents: &[Arc<Document>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Outline {
    let by_source: HashMap<&SourcePath, &Arc<Document>> =
        documents.iter().map(|document| (&document.source, document)).collect();
    let mut outline = Outline::default();
    let mut listed: HashMap<&SourcePath, &Span> = HashMap::new();
    for entry in &summary.entries {
        let kind = match &entry.kind {
            EntryKind::Chapter(path) => {
                listed.insert(path, &entry.span);
                match by_source.get(path) {
                    Some(document) => OutlineKind::Page(Arc::clone(document)),
                    None => OutlineKind::Draft,
                }
            }
            EntryKind::Draft => OutlineKind::Draft,
            EntryKind::Part => OutlineKind::Part,
            EntryKind::Separator => OutlineKind::Separator,
        };
        outline.items.push(OutlineItem {
            kind,
            title: Some(entry.title.clone()),
            number: entry.number.clone(),
            parent: entry.parent,
            span: Some(entry.span.clone()),
        });
    }
    let mut included: Vec<&SourcePath> =
        documents.iter().flat_map(|document| &document.includes).collect();
    included.sort();
    for document in documents {
        let unlisted = document.front_matter.nav == Some(false);
        match listed.get(&document.source) {
            Some(span) if unlisted => {
                let page = document.front_matter.span.clone();
                let page = page.unwrap_or_else(|| Span::start_of(document.source.clone()));
                diagnostics.push(
                    Diagnostic::new(
                        &NAV_CONTRADICTION,
                        format!("`{}` says `nav: false`, but is listed", document.source),
                    )
                    .at(page)
                    .label((*span).clone(), "listed here")
                    .help("remove `nav: false`, or the entry in `SUMMARY.md`"),
                );
            }
            Some(_) => {}
            None if unlisted => outline.unlisted.push(Arc::clone(document)),
            None => {
                outline.unpublished.push((document.source.clone(), Unpublished::NotInSummary));
                // A file that others include is published with them.
                if included.binary_search(&&document.source).is_err() {
                    diagnostics.push(
                        Diagnostic::new(
                            &NAV_NOT_IN_SUMMARY,
                            format!(
                                "`{}` is not published, because `SUMMARY.md` does not list it",
                                document.source
                            ),
                        )
                        .at(Span::start_of(document.source.clone()))
                        .help(
                            "list it, or write `nav: false` in its front matter to publish it \
                             without listing it",
                        ),
                    );
                }
            }
        }
    }
    outline
}

/// A folder that holds listed pages.
struct Folder {
    path: SourcePath,
    index: Option<Arc<Document>>,
    children: Vec<Child>,
}

struct Child {
    weight: Option<f64>,
    name: String,
    is: ChildKind,
}

enum ChildKind {
    Page(Arc<Document>),
    Folder(usize),
}

/// The outline that the folders give. `documents` are those that may be published, in order of
/// path.
pub(super) fn from_folders(
    content: &SourcePath,
    documents: &[Arc<Document>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Outline {
    let mut outline = Outline::default();
    let indexes = section_pages(documents, &mut outline, diagnostics);
    let mut hidden: HashMap<SourcePath, bool> = HashMap::from([(content.clone(), false)]);
    let mut folders = vec![Folder { path: content.clone(), index: None, children: Vec::new() }];
    let mut by_path: HashMap<SourcePath, usize> = HashMap::from([(content.clone(), 0)]);
    for document in documents {
        let folder = document.source.parent();
        let is_index = match (indexes.get(&folder), index_rank(&document.source)) {
            (Some(index), Some(_)) if index.source != document.source => continue,
            (_, rank) => rank.is_some(),
        };
        if document.front_matter.nav == Some(false) || is_hidden(&folder, &indexes, &mut hidden) {
            outline.unlisted.push(Arc::clone(document));
            continue;
        }
        let at = open_folder(&folder, &mut folders, &mut by_path);
        let Some(node) = folders.get_mut(at) else { continue };
        if is_index {
            node.index = Some(Arc::clone(document));
        } else {
            node.children.push(Child {
                weight: document.front_matter.weight,
                name: document.source.file_stem().to_owned(),
                is: ChildKind::Page(Arc::clone(document)),
            });
        }
    }
    sort_children(&mut folders);
    emit(&mut folders, &mut outline);
    outline
}

/// The page of each folder. Others that would be it are reported and not published.
fn section_pages(
    documents: &[Arc<Document>],
    outline: &mut Outline,
    diagnostics: &mut Vec<Diagnostic>,
) -> HashMap<SourcePath, Arc<Document>> {
    let mut candidates: Vec<(SourcePath, usize, &Arc<Document>)> = documents
        .iter()
        .filter_map(|d| index_rank(&d.source).map(|rank| (d.source.parent(), rank, d)))
        .collect();
    candidates.sort_by(|a, b| (&a.0, a.1, &a.2.source).cmp(&(&b.0, b.1, &b.2.source)));
    let mut indexes: HashMap<SourcePath, Arc<Document>> = HashMap::new();
    for (folder, _, document) in candidates {
        let Some(first) = indexes.get(&folder) else {
            indexes.insert(folder, Arc::clone(document));
            continue;
        };
        diagnostics.push(
            Diagnostic::new(
                &NAV_TWO_SECTION_PAGES,
                format!(
                    "`{}` is not published, because `{}` is the page of its folder",
                    document.source, first.source
                ),
            )
            .at(Span::start_of(document.source.clone()))
            .label(Span::start_of(first.source.clone()), "the page of the folder")
            .help("merge the two, or rename one of them"),
        );
        let why = Unpublished::SecondSectionPage(first.source.clone());
        outline.unpublished.push((document.source.clone(), why));
    }
    indexes
}

/// Whether a folder or one above it has a page that says `nav: false`. That of the content
/// folder itself hides nothing but itself.
fn is_hidden(
    folder: &SourcePath,
    indexes: &HashMap<SourcePath, Arc<Document>>,
    known: &mut HashMap<SourcePath, bool>,
) -> bool {
    let mut way = Vec::new();
    let mut at = folder.clone();
    let mut answer = loop {
        if let Some(answer) = known.get(&at) {
            break *answer;
        }
        let above = at.parent();
        let top = at.is_root();
        way.push(at);
        if top {
            break false;
        }
        at = above;
    };
    while let Some(folder) = way.pop() {
        answer = answer
            || indexes.get(&folder).is_some_and(|index| index.front_matter.nav == Some(false));
        known.insert(folder, answer);
    }
    answer
}

/// The folder's place among `folders`; it and those above it are made where they are new.
fn open_folder(
    path: &SourcePath,
    folders: &mut Vec<Folder>,
    by_path: &mut HashMap<SourcePath, usize>,
) -> usize {
    let mut way = Vec::new();
    let mut at = path.clone();
    let mut parent = loop {
        if let Some(found) = by_path.get(&at) {
            break *found;
        }
        let above = at.parent();
        let top = at.is_root();
        way.push(at);
        if top {
            break 0;
        }
        at = above;
    };
    while let Some(path) = way.pop() {
        let index = folders.len();
        if let Some(above) = folders.get_mut(parent) {
            above.children.push(Child {
                weight: None,
                name: path.file_name().to_owned(),
                is: ChildKind::Folder(index),
            });
        }
        by_path.insert(path.clone(), index);
        folders.push(Folder { path, index: None, children: Vec::new() });
        parent = index;
    }
    parent
}

/// Light ones first, those without a weight after all that have one, then by name.
fn sort_children(folders: &mut [Folder]) {
    let weights: Vec<Option<f64>> = folders
        .iter()
        .map(|folder| folder.index.as_ref().and_then(|index| index.front_matter.weight))
        .collect();
    for folder in folders {
        for child in &mut folder.children {
            if let ChildKind::Folder(index) = child.is {
                child.weight = weights.get(index).copied().flatten();
            }
        }
        folder.children.sort_by(|a, b| {
            let weight = match (a.weight, b.weight) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            };
            let page_first = |child: &Child| usize::from(matches!(child.is, ChildKind::Folder(_)));
            weight
                .then_with(|| natural(&a.name, &b.name))
                .then_with(|| page_first(a).cmp(&page_first(b)))
        });
    }
}

/// Folders become items in preorder, without recursion.
fn emit(folders: &mut [Folder], outline: &mut Outline) {
    let item = |kind, parent| OutlineItem { kind, title: None, number: None, parent, span: None };
    let mut levels: Vec<(Option<usize>, std::vec::IntoIter<Child>)> = Vec::new();
    if let Some(top) = folders.first_mut() {
        if let Some(index) = top.index.take() {
            outline.items.push(item(OutlineKind::Page(index), None));
        }
        levels.push((None, std::mem::take(&mut top.children).into_iter()));
    }
    while let Some((parent, children)) = levels.last_mut() {
        let parent = *parent;
        match children.next().map(|child| child.is) {
            None => {
                levels.pop();
            }
            Some(ChildKind::Page(document)) => {
                outline.items.push(item(OutlineKind::Page(document), parent));
            }
            Some(ChildKind::Folder(index)) => {
                let Some(folder) = folders.get_mut(index) else { continue };
                let kind = match folder.index.take() {
                    Some(index) => OutlineKind::Page(index),
                    None => OutlineKind::Section(folder.path.clone()),
                };
                let below = std::mem::take(&mut folder.children).into_iter();
                let at = outline.items.len();
                outline.items.push(item(kind, parent));
                levels.push((Some(at), below));
            }
        }
    }
}
