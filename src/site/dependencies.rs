//! What each page was made from: for builds that do again only what changed, and for reviews
//! that ask which pages a change touches.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::{Diagnostic, SitePath, SourcePath, Span};

use super::codes::NAV_ORPHAN;
use super::model::{PageId, Site};
use super::navigation::NavKind;

/// Something that a page was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Dependency {
    /// A file that is spliced into it.
    Include(SourcePath),
    /// The template that renders it.
    Template(String),
    /// A page that it links to: its address.
    Page(SourcePath),
    /// A place in another page: whether it is there.
    Anchor(SourcePath, String),
    /// A file that it shows or links to.
    Asset(SourcePath),
    /// A generated page or file that it links to.
    Generated(SitePath),
    /// A redirect that one of its links follows.
    Redirect(SitePath),
    /// A file that a link names and that does not exist: it would change the page by appearing.
    Missing(SourcePath),
    /// The page before it: title and address.
    Previous(SourcePath),
    /// The page after it.
    Next(SourcePath),
    /// A page above it.
    Ancestor(SourcePath),
    /// Another page in the part of the navigation that it shows.
    Shown(SourcePath),
}

impl Dependency {
    /// The file that is depended on, where it is one.
    pub fn file(&self) -> Option<&SourcePath> {
        match self {
            Dependency::Include(path)
            | Dependency::Page(path)
            | Dependency::Anchor(path, _)
            | Dependency::Asset(path)
            | Dependency::Missing(path)
            | Dependency::Previous(path)
            | Dependency::Next(path)
            | Dependency::Ancestor(path)
            | Dependency::Shown(path) => Some(path),
            Dependency::Template(_) | Dependency::Generated(_) | Dependency::Redirect(_) => None,
        }
    }

    /// Whether only navigation connects the two, not what the page itself says.
    pub fn is_navigation(&self) -> bool {
        matches!(
            self,
            Dependency::Previous(_)
                | Dependency::Next(_)
                | Dependency::Ancestor(_)
                | Dependency::Shown(_)
        )
    }
}

/// The dependencies of every page, in both directions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dependencies {
    of_page: BTreeMap<SourcePath, Vec<Dependency>>,
    /// The pages that were made from a file.
    pages_of: BTreeMap<SourcePath, Vec<SourcePath>>,
    /// The pages that a template renders.
    pages_of_template: BTreeMap<String, Vec<SourcePath>>,
}

impl Dependencies {
    /// Collects what pages, by source file, were made from.
    pub fn new(pages: impl IntoIterator<Item = (SourcePath, Vec<Dependency>)>) -> Self {
        let mut all = Dependencies::default();
        for (page, dependencies) in pages {
            all.of_page.entry(page).or_default().extend(dependencies);
        }
        for (page, dependencies) in &mut all.of_page {
            dependencies.sort();
            dependencies.dedup();
            let files: BTreeSet<&SourcePath> =
                dependencies.iter().filter_map(Dependency::file).collect();
            for file in files {
                all.pages_of.entry(file.clone()).or_default().push(page.clone());
            }
            for dependency in &*dependencies {
                if let Dependency::Template(name) = dependency {
                    all.pages_of_template.entry(name.clone()).or_default().push(page.clone());
                }
            }
        }
        all
    }

    /// What a page was made from; sorted.
    pub fn of(&self, page: &SourcePath) -> &[Dependency] {
        self.of_page.get(page).map_or(&[], Vec::as_slice)
    }

    /// The pages that were made from a file, or would be if it existed; by path.
    pub fn pages_of(&self, file: &SourcePath) -> &[SourcePath] {
        self.pages_of.get(file).map_or(&[], Vec::as_slice)
    }

    /// The pages that a template renders; by path.
    pub fn pages_of_template(&self, name: &str) -> &[SourcePath] {
        self.pages_of_template.get(name).map_or(&[], Vec::as_slice)
    }

    /// How a page depends on a file.
    pub fn why<'a>(
        &'a self,
        page: &SourcePath,
        file: &'a SourcePath,
    ) -> impl Iterator<Item = &'a Dependency> {
        self.of(page).iter().filter(move |dependency| dependency.file() == Some(file))
    }

    /// Every page with what it was made from; by path.
    pub fn iter(&self) -> impl Iterator<Item = (&SourcePath, &[Dependency])> {
        self.of_page.iter().map(|(page, dependencies)| (page, dependencies.as_slice()))
    }
}

impl Site {
    /// What a page is made from besides its links: includes, its template, and the navigation
    /// that it shows. Sorted, each once.
    pub fn own_dependencies(&self, page: PageId) -> Vec<Dependency> {
        let Some(page) = self.page(page) else { return Vec::new() };
        let source = |id: PageId| self.page(id).map(|page| page.source.clone());
        let mut found: Vec<Dependency> =
            page.outline.includes.iter().cloned().map(Dependency::Include).collect();
        let template = page.outline.front_matter.template.as_ref();
        let template = template.map_or("page.html", |template| template.value.as_str());
        found.push(Dependency::Template(template.to_owned()));
        found.extend(page.previous.and_then(source).map(Dependency::Previous));
        found.extend(page.next.and_then(source).map(Dependency::Next));
        for row in self.around(page.nav).rows {
            let item = self.nav.get(row.item).map(|item| item.kind);
            let Some(NavKind::Page(id)) = item else { continue };
            if row.current {
                continue;
            }
            let make = if row.active { Dependency::Ancestor } else { Dependency::Shown };
            found.extend(source(id).map(make));
        }
        found.sort();
        found.dedup();
        found
    }

    /// Reports pages that neither the navigation nor a link of another page leads to.
    pub fn orphans(&self, dependencies: &Dependencies) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (id, page) in self.iter() {
            if page.listed() || self.not_found == Some(id) {
                continue;
            }
            let is_linked = dependencies.pages_of(&page.source).iter().any(|from| {
                *from != page.source
                    && dependencies
                        .why(from, &page.source)
                        .any(|dependency| matches!(dependency, Dependency::Page(_)))
            });
            if is_linked {
                continue;
            }
            let place = page.outline.front_matter.span.clone();
            found.push(
                Diagnostic::new(&NAV_ORPHAN, format!("nothing leads to `{}`", page.source))
                    .at(place.unwrap_or_else(|| Span::start_of(page.source.clone())))
                    .help("link to it from another page, or remove `nav: false`"),
            );
        }
        found
    }
}
