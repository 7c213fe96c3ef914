//! The order of the site before its pages have addresses: what `SUMMARY.md` lists, or what the
//! folders hold.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use crate::base::{Diagnostic, SourcePath, Span};
use crate::markdown::Outline;

use super::codes::{NAV_CONTRADICTION, NAV_NOT_IN_SUMMARY, NAV_TWO_SECTION_PAGES};
use super::content::index_rank;
use super::model::Unpublished;
use super::order::natural;
use super::summary::{EntryKind, Summary};

/// An item of the arrangement. Its parent stands in front of it.
#[derive(Debug, Clone)]
pub(super) struct ArrangedItem {
    pub(super) kind: ArrangedKind,
    /// The title, where it is not the page's own.
    pub(super) title: Option<String>,
    pub(super) number: Option<String>,
    pub(super) parent: Option<usize>,
    pub(super) span: Option<Span>,
}

#[derive(Debug, Clone)]
pub(super) enum ArrangedKind {
    Page(Arc<Outline>),
    /// A folder without a page of its own.
    Section(SourcePath),
    Draft,
    Part,
    Separator,
}

/// Which pages are published, and in which order.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    pub(super) items: Vec<ArrangedItem>,
    /// Published, but listed nowhere; in order of path.
    pub(super) unlisted: Vec<Arc<Outline>>,
    pub(super) unpublished: Vec<(SourcePath, Unpublished)>,
}

/// The arrangement that a `SUMMARY.md` gives. `outlines` are those that may be published, in order
/// of path; `drafts` are known but left out.
pub(super) fn from_summary(
    summary: &Summary,
    outlines: &[Arc<Outline>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Arrangement {
    let by_source: HashMap<&SourcePath, &Arc<Outline>> =
        outlines.iter().map(|outline| (&outline.source, outline)).collect();
    let mut arrangement = Arrangement::default();
    let mut listed: HashMap<&SourcePath, &Span> = HashMap::new();
    for entry in &summary.entries {
        let kind = match &entry.kind {
            EntryKind::Chapter(path) => {
                listed.insert(path, &entry.span);
                match by_source.get(path) {
                    Some(outline) => ArrangedKind::Page(Arc::clone(outline)),
                    None => ArrangedKind::Draft,
                }
            }
            EntryKind::Draft => ArrangedKind::Draft,
            EntryKind::Part => ArrangedKind::Part,
            EntryKind::Separator => ArrangedKind::Separator,
        };
        arrangement.items.push(ArrangedItem {
            kind,
            title: Some(entry.title.clone()),
            number: entry.number.clone(),
            parent: entry.parent,
            span: Some(entry.span.clone()),
        });
    }
    let mut included: Vec<&SourcePath> =
        outlines.iter().flat_map(|outline| &outline.includes).collect();
    included.sort();
    for outline in outlines {
        let unlisted = outline.front_matter.nav == Some(false);
        match listed.get(&outline.source) {
            Some(span) if unlisted => {
                let page = outline.front_matter.span.clone();
                let page = page.unwrap_or_else(|| Span::start_of(outline.source.clone()));
                diagnostics.push(
                    Diagnostic::new(
                        &NAV_CONTRADICTION,
                        format!("`{}` says `nav: false`, but is listed", outline.source),
                    )
                    .at(page)
                    .label((*span).clone(), "listed here")
                    .help("remove `nav: false`, or the entry in `SUMMARY.md`"),
                );
            }
            Some(_) => {}
            None if unlisted => arrangement.unlisted.push(Arc::clone(outline)),
            None => {
                arrangement.unpublished.push((outline.source.clone(), Unpublished::NotInSummary));
                // A file that others include is published with them.
                if included.binary_search(&&outline.source).is_err() {
                    diagnostics.push(
                        Diagnostic::new(
                            &NAV_NOT_IN_SUMMARY,
                            format!(
                                "`{}` is not published, because `SUMMARY.md` does not list it",
                                outline.source
                            ),
                        )
                        .at(Span::start_of(outline.source.clone()))
                        .help(
                            "list it, or write `nav: false` in its front matter to publish it \
                             without listing it",
                        ),
                    );
                }
            }
        }
    }
    arrangement
}

/// A folder that holds listed pages.
struct Folder {
    path: SourcePath,
    index: Option<Arc<Outline>>,
    children: Vec<Child>,
}

struct Child {
    weight: Option<f64>,
    name: String,
    is: ChildKind,
}

enum ChildKind {
    Page(Arc<Outline>),
    Folder(usize),
}

/// The arrangement that the folders give. `outlines` are those that may be published, in order of
/// path.
pub(super) fn from_folders(
    content: &SourcePath,
    outlines: &[Arc<Outline>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let indexes = section_pages(outlines, &mut arrangement, diagnostics);
    let mut hidden: HashMap<SourcePath, bool> = HashMap::from([(content.clone(), false)]);
    let mut folders = vec![Folder { path: content.clone(), index: None, children: Vec::new() }];
    let mut by_path: HashMap<SourcePath, usize> = HashMap::from([(content.clone(), 0)]);
    for outline in outlines {
        let folder = outline.source.parent();
        let is_index = match (indexes.get(&folder), index_rank(&outline.source)) {
            (Some(index), Some(_)) if index.source != outline.source => continue,
            (_, rank) => rank.is_some(),
        };
        if outline.front_matter.nav == Some(false) || is_hidden(&folder, &indexes, &mut hidden) {
            arrangement.unlisted.push(Arc::clone(outline));
            continue;
        }
        let at = open_folder(&folder, &mut folders, &mut by_path);
        let Some(node) = folders.get_mut(at) else { continue };
        if is_index {
            node.index = Some(Arc::clone(outline));
        } else {
            node.children.push(Child {
                weight: outline.front_matter.weight,
                name: outline.source.file_stem().to_owned(),
                is: ChildKind::Page(Arc::clone(outline)),
            });
        }
    }
    sort_children(&mut folders);
    emit(&mut folders, &mut arrangement);
    arrangement
}

/// The page of each folder. Others that would be it are reported and not published.
fn section_pages(
    outlines: &[Arc<Outline>],
    arrangement: &mut Arrangement,
    diagnostics: &mut Vec<Diagnostic>,
) -> HashMap<SourcePath, Arc<Outline>> {
    let mut candidates: Vec<(SourcePath, usize, &Arc<Outline>)> = outlines
        .iter()
        .filter_map(|d| index_rank(&d.source).map(|rank| (d.source.parent(), rank, d)))
        .collect();
    candidates.sort_by(|a, b| (&a.0, a.1, &a.2.source).cmp(&(&b.0, b.1, &b.2.source)));
    let mut indexes: HashMap<SourcePath, Arc<Outline>> = HashMap::new();
    for (folder, _, outline) in candidates {
        let Some(first) = indexes.get(&folder) else {
            indexes.insert(folder, Arc::clone(outline));
            continue;
        };
        diagnostics.push(
            Diagnostic::new(
                &NAV_TWO_SECTION_PAGES,
                format!(
                    "`{}` is not published, because `{}` is the page of its folder",
                    outline.source, first.source
                ),
            )
            .at(Span::start_of(outline.source.clone()))
            .label(Span::start_of(first.source.clone()), "the page of the folder")
            .help("merge the two, or rename one of them"),
        );
        let why = Unpublished::SecondSectionPage(first.source.clone());
        arrangement.unpublished.push((outline.source.clone(), why));
    }
    indexes
}

/// Whether a folder or one above it has a page that says `nav: false`. That of the content
/// folder itself hides nothing but itself.
fn is_hidden(
    folder: &SourcePath,
    indexes: &HashMap<SourcePath, Arc<Outline>>,
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
fn emit(folders: &mut [Folder], arrangement: &mut Arrangement) {
    let item = |kind, parent| ArrangedItem { kind, title: None, number: None, parent, span: None };
    let mut levels: Vec<(Option<usize>, std::vec::IntoIter<Child>)> = Vec::new();
    if let Some(top) = folders.first_mut() {
        if let Some(index) = top.index.take() {
            arrangement.items.push(item(ArrangedKind::Page(index), None));
        }
        levels.push((None, std::mem::take(&mut top.children).into_iter()));
    }
    while let Some((parent, children)) = levels.last_mut() {
        let parent = *parent;
        match children.next().map(|child| child.is) {
            None => {
                levels.pop();
            }
            Some(ChildKind::Page(outline)) => {
                arrangement.items.push(item(ArrangedKind::Page(outline), parent));
            }
            Some(ChildKind::Folder(index)) => {
                let Some(folder) = folders.get_mut(index) else { continue };
                let kind = match folder.index.take() {
                    Some(index) => ArrangedKind::Page(index),
                    None => ArrangedKind::Section(folder.path.clone()),
                };
                let below = std::mem::take(&mut folder.children).into_iter();
                let at = arrangement.items.len();
                arrangement.items.push(item(kind, parent));
                levels.push((Some(at), below));
            }
        }
    }
}
