//! Parsed outlines become a site.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::base::{Diagnostic, SitePath, SourcePath, Span};
use crate::config::Settings;
use crate::markdown::Outline;

use super::address::{
    OUR_FILES, Owner, Reserved, Taken, UrlTable, not_found_source, page_path, reserved,
};
use super::arrangement::{self, ArrangedKind, Arrangement};
use super::codes::{SITE_OWN_FILE, SITE_URL_CASE, SITE_URL_CLASH};
use super::content::{Plan, is_index_like};
use super::model::{Asset, AssetId, Page, PageId, Section, Site, Unpublished};
use super::navigation::{Draft, MOST_SIBLINGS, NavId, NavKind, Navigation};
use super::redirects;
use super::titles::{own_title, readable, title_of_path};

/// What a site is made of.
#[derive(Debug, Clone)]
pub struct AssembleInput<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// What [`super::scan`] found.
    pub plan: &'a Plan,
    /// The outlines of [`Plan::pages`], in any order. One that is missing could not be read.
    pub outlines: Vec<Arc<Outline>>,
    /// Pages whose front matter says `draft: true` are built too.
    pub drafts: bool,
}

/// Joins outlines into a site.
pub fn assemble(input: AssembleInput<'_>) -> (Site, Vec<Diagnostic>) {
    let AssembleInput { settings, plan, mut outlines, drafts } = input;
    let mut diagnostics = Vec::new();
    outlines.sort_by(|a, b| a.source.cmp(&b.source));
    outlines.dedup_by(|a, b| a.source == b.source);
    let mut unpublished: HashMap<SourcePath, Unpublished> = unread(plan, &outlines);
    let not_found = not_found_source(settings, &plan.content);
    let arrangement =
        arrangement(plan, outlines, drafts, not_found.as_ref(), &mut unpublished, &mut diagnostics);

    let mut builder = Builder {
        settings,
        plan,
        not_found,
        urls: UrlTable::default(),
        pages: Vec::new(),
        assets: Vec::new(),
        unpublished,
        diagnostics,
    };
    let nav = builder.listed_pages(arrangement.items);
    for outline in arrangement.unlisted {
        builder.page(outline, None, None);
    }
    for path in &plan.assets {
        builder.asset(path);
    }
    builder.finish(nav)
}

/// The pages whose outlines are missing. Outlines are sorted.
fn unread(plan: &Plan, outlines: &[Arc<Outline>]) -> HashMap<SourcePath, Unpublished> {
    let mut paths: Vec<&SourcePath> = plan.pages.iter().collect();
    paths.sort();
    let mut read = outlines.iter().map(|outline| &outline.source).peekable();
    paths.retain(|path| {
        while read.next_if(|read| read < path).is_some() {}
        read.peek() != Some(path)
    });
    paths.into_iter().map(|path| (path.clone(), Unpublished::Unread)).collect()
}

/// Which outlines are published, and in which order.
fn arrangement(
    plan: &Plan,
    outlines: Vec<Arc<Outline>>,
    drafts: bool,
    not_found: Option<&SourcePath>,
    unpublished: &mut HashMap<SourcePath, Unpublished>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arrangement {
    let in_summary: HashSet<&SourcePath> =
        plan.summary.iter().flat_map(|summary| summary.chapters()).collect();
    let mut candidates = Vec::with_capacity(outlines.len());
    let mut special = Vec::new();
    for outline in outlines {
        if outline.front_matter.draft && !drafts {
            unpublished.insert(outline.source.clone(), Unpublished::Draft);
        } else if not_found == Some(&outline.source) && !in_summary.contains(&outline.source) {
            special.push(outline);
        } else {
            candidates.push(outline);
        }
    }
    let mut arrangement = match &plan.summary {
        Some(summary) => arrangement::from_summary(summary, &candidates, diagnostics),
        None => arrangement::from_folders(&plan.content, &candidates, diagnostics),
    };
    unpublished.extend(arrangement.unpublished.drain(..));
    arrangement.unlisted.extend(special);
    arrangement.unlisted.sort_by(|a, b| a.source.cmp(&b.source));
    arrangement
}

/// The place that a problem of a whole page points at.
fn place_of(outline: &Outline) -> Span {
    let front_matter = &outline.front_matter;
    front_matter
        .slug
        .as_ref()
        .and_then(|slug| slug.span.clone())
        .unwrap_or_else(|| Span::start_of(outline.source.clone()))
}

struct Builder<'a> {
    settings: &'a Settings,
    plan: &'a Plan,
    not_found: Option<SourcePath>,
    urls: UrlTable,
    pages: Vec<Page>,
    assets: Vec<Asset>,
    unpublished: HashMap<SourcePath, Unpublished>,
    diagnostics: Vec<Diagnostic>,
}

/// The navigation while sections have no paths yet, and the folders of those without a page.
struct Arranged {
    nav: Navigation,
    folders: HashMap<NavId, SourcePath>,
}

impl Builder<'_> {
    /// Listed pages get their addresses in order; the arrangement becomes the navigation.
    fn listed_pages(&mut self, items: Vec<arrangement::ArrangedItem>) -> Arranged {
        let mut drafts = Vec::with_capacity(items.len());
        let mut folders = HashMap::new();
        let mut paths = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let id = NavId::of(index);
            let number = item.number.filter(|_| !self.settings.html.no_section_label);
            let label = item.title.filter(|title| !title.is_empty());
            let (kind, title) = match item.kind {
                ArrangedKind::Page(outline) => {
                    let own = Arc::clone(&outline);
                    match self.page(outline, label.as_deref(), number.as_deref()) {
                        Some(page) => {
                            let made = self.pages.get_mut(page.index());
                            let title = made.map_or_else(String::new, |made| {
                                made.nav = Some(id);
                                paths.push((id, made.path.clone()));
                                made.title.clone()
                            });
                            (NavKind::Page(page), label.unwrap_or(title))
                        }
                        None => (NavKind::Draft, label.unwrap_or_else(|| self.title(&own, None))),
                    }
                }
                ArrangedKind::Section(folder) => {
                    let title = readable(folder.file_name());
                    folders.insert(id, folder);
                    (NavKind::Section, title)
                }
                ArrangedKind::Draft => (NavKind::Draft, label.unwrap_or_default()),
                ArrangedKind::Part => (NavKind::Part, label.unwrap_or_default()),
                ArrangedKind::Separator => (NavKind::Separator, String::new()),
            };
            let parent = item.parent.map(NavId::of);
            drafts.push(Draft { kind, title, number, parent, span: item.span });
        }
        let mut nav = Navigation::new(drafts);
        for (id, path) in paths {
            nav.set_path(id, path);
        }
        self.relate(&nav);
        Arranged { nav, folders }
    }

    /// Gives every listed page its neighbours.
    fn relate(&mut self, nav: &Navigation) {
        let count = self.pages.len();
        // The nearest page above each item; items stand behind their parents.
        let mut nearest: Vec<Option<PageId>> = Vec::with_capacity(nav.items().len());
        for item in nav.items() {
            let above =
                item.parent.and_then(|parent| nearest.get(parent.index()).copied().flatten());
            if let NavKind::Page(page) = item.kind {
                if let Some(page) = self.pages.get_mut(page.index()) {
                    page.parent = above;
                }
                nearest.push(Some(page));
            } else {
                nearest.push(above);
            }
        }
        for (index, page) in self.pages.iter_mut().enumerate() {
            page.previous = index.checked_sub(1).map(PageId::of);
            page.next = (index + 1 < count).then(|| PageId::of(index + 1));
        }
    }

    fn title(&self, outline: &Outline, label: Option<&str>) -> String {
        own_title(outline).or(label).map_or_else(
            || {
                let site = &self.settings.book.title;
                title_of_path(&outline.source, &self.plan.content, site)
            },
            str::to_owned,
        )
    }

    /// A page at its address, or none where something else stands there.
    fn page(
        &mut self,
        outline: Arc<Outline>,
        label: Option<&str>,
        number: Option<&str>,
    ) -> Option<PageId> {
        let is_not_found = self.not_found.as_ref() == Some(&outline.source);
        let path = match SitePath::new("404.html") {
            Ok(path) if is_not_found => path,
            _ => page_path(
                &outline,
                &self.plan.content,
                self.settings.site.clean_urls,
                &mut self.diagnostics,
            ),
        };
        let id = PageId::of(self.pages.len());
        let ours = if is_not_found { None } else { reserved(&path, self.settings) };
        let claimed = match ours {
            Some(_) => Err(Taken { path: path.clone(), owner: Some(Owner::Ours) }),
            None => self.urls.claim(&path, Owner::Page(id)),
        };
        match claimed {
            Ok(twin) => {
                if let Some(twin) = twin {
                    self.twin(&path, &twin, place_of(&outline));
                }
            }
            Err(taken) => {
                self.clash(&outline.source, &path, &taken, place_of(&outline));
                self.unpublished.insert(outline.source.clone(), Unpublished::Clash);
                return None;
            }
        }
        self.pages.push(Page {
            source: outline.source.clone(),
            path,
            title: self.title(&outline, label),
            description: outline.front_matter.description.clone().unwrap_or_default(),
            number: number.map(str::to_owned),
            nav: None,
            parent: None,
            previous: None,
            next: None,
            fragments: std::collections::BTreeMap::new(),
            ids: OnceLock::new(),
            outline,
        });
        Some(id)
    }

    fn asset(&mut self, source: &SourcePath) {
        let Some(inside) = source.strip_prefix(&self.plan.content) else { return };
        let Ok(path) = SitePath::new(inside.as_str()) else { return };
        let place = Span::start_of(source.clone());
        let claimed = match reserved(&path, self.settings) {
            Some(Reserved::Always) => Err(Taken { path: path.clone(), owner: Some(Owner::Ours) }),
            ours => {
                let id = AssetId(u32::try_from(self.assets.len()).unwrap_or(u32::MAX));
                let claimed = self.urls.claim(&path, Owner::Asset(id));
                if ours.is_some() && claimed.is_ok() {
                    self.diagnostics.push(
                        Diagnostic::new(
                            &SITE_OWN_FILE,
                            format!("`{source}` is published instead of a generated `{path}`"),
                        )
                        .at(place.clone())
                        .help("remove the file to have one generated"),
                    );
                }
                claimed
            }
        };
        match claimed {
            Ok(twin) => {
                if let Some(twin) = twin {
                    self.twin(&path, &twin, place);
                }
                self.assets.push(Asset { source: source.clone(), path });
            }
            Err(taken) => self.clash(source, &path, &taken, place),
        }
    }

    fn twin(&mut self, path: &SitePath, twin: &SitePath, place: Span) {
        let mut diagnostic = Diagnostic::new(
            &SITE_URL_CASE,
            format!("the addresses `{path}` and `{twin}` differ only in upper and lower case"),
        )
        .at(place)
        .help("rename one of the two files");
        if let Some(other) = self.urls.get(twin).and_then(|owner| self.place_of_owner(owner)) {
            diagnostic = diagnostic.label(other, "the other one");
        }
        self.diagnostics.push(diagnostic);
    }

    fn place_of_owner(&self, owner: Owner) -> Option<Span> {
        match owner {
            Owner::Page(id) | Owner::FirstPage(id) => {
                self.pages.get(id.index()).map(|page| place_of(&page.outline))
            }
            Owner::Asset(id) => {
                self.assets.get(id.0 as usize).map(|asset| Span::start_of(asset.source.clone()))
            }
            Owner::Section(_) | Owner::Redirect(_) | Owner::Ours => None,
        }
    }

    fn clash(&mut self, source: &SourcePath, path: &SitePath, taken: &Taken, place: Span) {
        let first = taken.owner.and_then(|owner| self.place_of_owner(owner));
        let what = match (&first, taken.owner) {
            (Some(span), _) => format!("`{}` stands there", span.file),
            (None, Some(_)) => "Copydesk writes that file itself".to_owned(),
            (None, None) => "a folder stands there".to_owned(),
        };
        let mut diagnostic = Diagnostic::new(
            &SITE_URL_CLASH,
            format!("`{source}` cannot be published at `{path}`, because {what}"),
        )
        .at(place);
        if let Some(first) = first {
            diagnostic = diagnostic.label(first, "published at this address");
        }
        self.diagnostics
            .push(diagnostic.help("rename one of the two, or give a page another `slug`"));
    }

    /// The generated pages, the redirects, and all together.
    fn finish(mut self, arranged: Arranged) -> (Site, Vec<Diagnostic>) {
        let Arranged { mut nav, folders } = arranged;
        let content = self.plan.content.clone();
        let mut sections = Vec::new();
        let mut generated_names = HashMap::new();
        for index in 0..nav.items().len() {
            let id = NavId::of(index);
            let children = nav.children(Some(id)).len();
            let Some(item) = nav.get(id) else { continue };
            let page = match item.kind {
                NavKind::Page(page) if children > MOST_SIBLINGS => Some(page),
                NavKind::Section => None,
                NavKind::Draft if children > 0 => None,
                _ => continue,
            };
            let title = item.title.clone();
            if let (Some(page), Some(path)) = (page, item.path.clone()) {
                sections.push(Section { item: Some(id), title, path, page: Some(page) });
                continue;
            }
            let path = match folders.get(&id) {
                Some(folder) => section_path(folder, &content),
                None => draft_path(&title, &mut generated_names),
            };
            let Some(path) = path else { continue };
            match self.urls.claim(&path, Owner::Section(Some(id))) {
                Ok(_) => {
                    nav.set_path(id, path.clone());
                    sections.push(Section { item: Some(id), title, path, page: None });
                }
                // A page or file of the author stands there: it is the section's page then.
                Err(Taken { owner: Some(_), path: taken }) if taken == path => {
                    nav.set_path(id, taken);
                }
                Err(_) => {}
            }
        }
        let (first_page, home) = self.home(&nav, &mut sections);
        sections.sort_by_key(|section| section.item);
        for name in OUR_FILES {
            if let Ok(path) = SitePath::new(name)
                && reserved(&path, self.settings).is_some()
            {
                // Where the author has such a file, there is none of ours.
                let _ = self.urls.claim(&path, Owner::Ours);
            }
        }
        self.into_site(nav, sections, first_page, home)
    }

    /// What stands at `index.html`, where no page and no file of the author does.
    fn home(
        &mut self,
        nav: &Navigation,
        sections: &mut Vec<Section>,
    ) -> (Option<PageId>, SitePath) {
        let home = SitePath::new("index.html").unwrap_or_else(|_| SitePath::root());
        let title = self.settings.book.title.clone();
        let mut first_page = None;
        let mut listed = false;
        if self.urls.taken(&home).is_none() {
            let first = self.pages.first().filter(|page| page.nav.is_some());
            if self.plan.summary.is_some() && first.is_some() {
                first_page = Some(PageId(0));
                let _ = self.urls.claim(&home, Owner::FirstPage(PageId(0)));
            } else if self.urls.claim(&home, Owner::Section(None)).is_ok() {
                listed = true;
                sections.push(Section {
                    item: None,
                    title: title.clone(),
                    path: home.clone(),
                    page: None,
                });
            }
        }
        if !listed
            && nav.top().len() > MOST_SIBLINGS
            && let Ok(path) = SitePath::new("_copydesk/contents.html")
            && self.urls.claim(&path, Owner::Section(None)).is_ok()
        {
            sections.push(Section { item: None, title, path, page: None });
        }
        (first_page, home)
    }

    fn into_site(
        mut self,
        nav: Navigation,
        sections: Vec<Section>,
        first_page: Option<PageId>,
        home: SitePath,
    ) -> (Site, Vec<Diagnostic>) {
        let by_source: HashMap<SourcePath, PageId> = self
            .pages
            .iter()
            .enumerate()
            .map(|(index, page)| (page.source.clone(), PageId::of(index)))
            .collect();
        let asset_of = self
            .assets
            .iter()
            .enumerate()
            .map(|(index, asset)| {
                (asset.source.clone(), AssetId(u32::try_from(index).unwrap_or(u32::MAX)))
            })
            .collect();
        let mut folder_pages: HashMap<SourcePath, SitePath> = HashMap::new();
        for page in self.pages.iter().filter(|page| is_index_like(&page.source)) {
            folder_pages.entry(page.source.parent()).or_insert_with(|| page.path.clone());
        }
        for section in &sections {
            let inside = section.path.parent();
            if section.path.file_name() == "index.html"
                && let Ok(folder) = self.plan.content.join(inside.as_str())
            {
                folder_pages.entry(folder).or_insert_with(|| section.path.clone());
            }
        }
        folder_pages.entry(self.plan.content.clone()).or_insert_with(|| home.clone());
        let not_found = self.not_found.as_ref().and_then(|path| by_source.get(path).copied());
        let mut site = Site {
            content: self.plan.content.clone(),
            pages: std::mem::take(&mut self.pages),
            nav,
            sections,
            assets: self.assets,
            redirects: Vec::new(),
            home,
            first_page,
            not_found,
            clean_urls: self.settings.site.clean_urls,
            base_path: self.settings.site.base_path().to_owned(),
            knows_host: self.settings.site.base_url.is_some(),
            names_places: false,
            other_versions: Vec::new(),
            urls: self.urls,
            by_source,
            asset_of,
            unpublished: self.unpublished,
            folder_pages,
            files: Arc::clone(&self.plan.files),
            others: Arc::clone(&self.plan.others),
            other_folders: Arc::clone(&self.plan.other_folders),
        };
        redirects::collect(&mut site, self.settings, &mut self.diagnostics);
        (site, self.diagnostics)
    }
}

/// Where the generated page of a folder stands.
fn section_path(folder: &SourcePath, content: &SourcePath) -> Option<SitePath> {
    let inside = folder.strip_prefix(content)?;
    SitePath::new(inside.as_str()).ok()?.join("index.html").ok()
}

/// Where the list below a chapter without a page stands: no folder of the author is its own.
fn draft_path(title: &str, taken: &mut HashMap<String, usize>) -> Option<SitePath> {
    let words: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let base = if words.is_empty() { "section".to_owned() } else { words.join("-") };
    // `~` stands in no base name, so a counted name is nobody else's.
    let count = taken.entry(base.clone()).or_insert(0);
    *count += 1;
    let name = if *count == 1 { base } else { format!("{base}~{count}") };
    SitePath::new(format!("_copydesk/sections/{name}.html")).ok()
}
