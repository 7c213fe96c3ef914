//! From the site to the typed view of one page.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::nav;
use crate::base::{SitePath, encode_path};
use crate::config::Settings;
use crate::history::{FileCommit, Person, RepositoryFacts, SiteHistory};
use crate::markdown::{Heading, Outline};
use crate::output::{SiteContext, version};
use crate::site::{CardImage, NavId, PageId};
use crate::theme::views::{
    self, HereView, ImageView, NavView, PageInfo, PageLink, PageView, TocItem, VersionsView,
};

/// How the URLs of a page are written.
#[derive(Debug, Clone)]
pub(super) enum Here {
    /// Relative to the page at this path.
    At(SitePath),
    /// Absolute under the path of `base-url`: for `404.html`, which hosts show at any address.
    Anywhere,
}

impl Here {
    /// The URL of a file of the site.
    pub(super) fn url(&self, cx: &SiteContext<'_>, to: &SitePath) -> String {
        match self {
            Here::At(from) => cx.site.url(from, to),
            Here::Anywhere => cx.site.absolute_path(to),
        }
    }

    /// The same with the name of the file, whatever the form of addresses.
    fn file_url(&self, cx: &SiteContext<'_>, to: &SitePath) -> String {
        format!("{}{}", self.root(cx), encode_path(to.as_str()))
    }

    /// The way to the site's root.
    fn root(&self, cx: &SiteContext<'_>) -> String {
        match self {
            Here::At(from) => "../".repeat(from.parent().components().count()),
            Here::Anywhere => cx.site.base_path.clone(),
        }
    }
}

/// The URLs of a page that depend on where it stands.
pub(super) fn here_view(cx: &SiteContext<'_>, here: &Here) -> HereView {
    let url = |path: &SitePath| here.url(cx, path);
    let published = |path: &crate::base::SourcePath| cx.published(path).map(|path| url(&path));
    let mut view = HereView {
        root: here.root(cx),
        home: url(&cx.site.home),
        logo: cx.settings.site.logo.as_ref().and_then(|logo| published(&logo.value)),
        favicon: cx.settings.site.favicon.as_ref().and_then(|icon| published(&icon.value)),
        print: super::print::path(cx, None).map(url),
        print_parts: cx.print.list.is_some(),
        feed: super::feed::path(cx).map(|path| here.file_url(cx, &path)),
        ..HereView::default()
    };
    view.versions = versions_view(cx, here);
    cx.theme.asset_paths().fill(&mut view, url);
    for css in &cx.settings.html.additional_css {
        view.styles.extend(published(&css.value));
    }
    for js in &cx.settings.html.additional_js {
        view.scripts.extend(published(&js.value));
    }
    view
}

/// What a page of one version of several needs to tell of the others.
fn versions_view(cx: &SiteContext<'_>, here: &Here) -> Option<VersionsView> {
    if !cx.leads_to_versions {
        return None;
    }
    let url = |path: &str| Some(here.file_url(cx, &SitePath::new(path).ok()?));
    Some(VersionsView {
        url: here.file_url(cx, &version::list_page(&SitePath::root())),
        script: url(version::VERSION_SCRIPT)?,
        style: url(version::VERSION_STYLE)?,
    })
}

/// All that [`nav_view`] makes its answer of, as bytes.
pub(super) fn nav_shown(cx: &SiteContext<'_>, item: Option<NavId>, here: &Here) -> Vec<u8> {
    match here {
        Here::At(from) => nav::shown(cx.site, cx.nav_scripts, item, from),
        Here::Anywhere => {
            let mut bytes = nav::shown(cx.site, cx.nav_scripts, item, &SitePath::root());
            bytes.extend_from_slice(cx.site.base_path.as_bytes());
            bytes
        }
    }
}

/// The navigation around an item, or that of a page that stands nowhere in it.
pub(super) fn nav_view(cx: &SiteContext<'_>, item: Option<NavId>, here: &Here) -> NavView {
    let window = cx.site.around(item);
    match here {
        Here::At(from) => {
            let html = cx.theme.has_builtin_nav().then(|| nav::html(cx, &window, from)).flatten();
            match html {
                Some(html) => NavView { html, ..NavView::default() },
                None => nav::view(cx.site, &window, cx.nav_scripts, from),
            }
        }
        Here::Anywhere => {
            let root = SitePath::root();
            let mut view = nav::view(cx.site, &window, cx.nav_scripts, &root);
            make_absolute(&mut view, &cx.site.base_path);
            view
        }
    }
}

fn make_absolute(view: &mut NavView, base: &str) {
    let absolute = |url: &mut String| {
        let below = url.strip_prefix("./").unwrap_or(url);
        *url = format!("{base}{below}");
    };
    let mut open: Vec<&mut views::NavItem> = view.items.iter_mut().collect();
    if let Some(more) = &mut view.more {
        absolute(&mut more.url);
    }
    while let Some(item) = open.pop() {
        item.url.iter_mut().for_each(absolute);
        item.children_script.iter_mut().for_each(absolute);
        item.more.iter_mut().for_each(|more| absolute(&mut more.url));
        open.extend(item.children.iter_mut());
    }
}

/// The view of a page of the site, without navigation and body.
pub(super) fn of_page<'a>(
    cx: &'a SiteContext<'_>,
    id: PageId,
    here: &Here,
) -> Option<PageView<'a>> {
    let page = cx.site.page(id)?;
    let outline = &page.outline;
    let matter = &outline.front_matter;
    let link = |id: PageId| {
        cx.site.page(id).map(|page| PageLink {
            title: page.title.clone(),
            url: Some(here.url(cx, &page.path)),
            description: page.description.clone(),
        })
    };
    let is_404 = cx.site.not_found == Some(id);
    let fact = cx.history.files.get(&page.source).filter(|_| !is_404);
    let name = |person: &&Person| person.name.clone();
    let info = PageInfo {
        kind: if is_404 { "404" } else { "page" }.to_owned(),
        title: page.title.clone(),
        has_h1: shows_title(outline, &page.title),
        description: page.description.clone(),
        path: page.path.to_string(),
        canonical: cx.canonical(page).filter(|_| !is_404),
        image: card(cx, cx.site.card_image(page).ok().flatten()).filter(|_| !is_404),
        toc: if matter.toc == Some(false) { Vec::new() } else { toc(below_title(outline)) },
        breadcrumbs: breadcrumbs(cx, page.nav, here),
        previous: page.previous.and_then(link),
        next: page.next.and_then(link),
        children: if cx.site.lists_children(page) {
            children(cx, page.nav, here)
        } else {
            Vec::new()
        },
        edit_url: edit_url(cx, &page.source),
        issue_url: issue_url(cx, &page.source, &page.title).filter(|_| !is_404),
        changed: fact.as_ref().and_then(|fact| fact.last).map(FileCommit::day),
        changed_by: fact.as_ref().and_then(|fact| fact.author).map(|author| author.name.clone()),
        created: fact.as_ref().and_then(|fact| fact.first).map(FileCommit::day),
        contributors: fact.iter().flat_map(|fact| &fact.contributors).map(name).collect(),
        changed_on_branch: cx.history.branch.changes(&page.source),
        uncommitted: cx.history.is_uncommitted(&page.source),
        fragments: super::redirects::fragment_urls(cx, &page.path, &page.fragments),
        markdown_url: (!is_404).then(|| here.url(cx, &page.markdown_path())),
        draft: matter.draft,
        status: matter.status.clone(),
        tags: matter.tags.clone(),
        date: matter.date.as_deref().map(day),
        words: outline.words,
        extra: matter.extra.clone(),
        ..PageInfo::default()
    };
    let mut view = here_view(cx, here);
    view.print = super::print::path(cx, Some(id)).map(|path| here.url(cx, path));
    if let Some(versions) = &mut view.versions
        && !is_404
    {
        let (folder, fragment) = version::list_place(&page.path, cx.settings.site.clean_urls);
        versions.url = format!("{}#{fragment}", here.file_url(cx, &version::list_page(&folder)));
    }
    Some(PageView {
        version: views::VERSION,
        site: cx.view,
        here: view,
        nav: NavView::default(),
        page: info,
    })
}

/// The image that other sites show beside a link to a page: its own, else that of the site. They
/// need to know where it is.
pub(super) fn card(cx: &SiteContext<'_>, own: Option<CardImage>) -> Option<ImageView> {
    let of_site = || cx.settings.site.image.as_ref().map(|set| CardImage::File(set.value.clone()));
    match own.or_else(of_site)? {
        CardImage::External(url) => Some(ImageView { url, ..ImageView::default() }),
        CardImage::File(file) => {
            let url = cx.absolute(&cx.published(&file)?)?;
            let (width, height) = (cx.image_size)(&file).unzip();
            Some(ImageView { url, width, height })
        }
    }
}

/// The day of a date, which may have a time.
fn day(date: &str) -> String {
    let is_time = date.as_bytes().get(10).is_some_and(|b| matches!(b, b'T' | b't' | b' '));
    date.get(..10).filter(|_| is_time).unwrap_or(date).to_owned()
}

/// Whether the text of a page shows the page's title by itself: it has a heading of level 1, or
/// begins with a heading of another level, as chapters of books do. Where front matter has the
/// title, a heading of level 1 that does not begin the text must say the same, or it is that of a
/// section; so must a heading of another level that begins it.
pub fn shows_title(outline: &Outline, title: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let first = outline.headings.first().filter(|_| outline.leads);
    let mut tops = outline.headings.iter().filter(|heading| heading.level == 1);
    if outline.front_matter.title.is_none() {
        // A chapter of a book has no other title than the heading that it begins with.
        return first.is_some() || tops.next().is_some();
    }
    let says = |heading: &Heading| letters(&heading.text) == letters(title);
    first.is_some_and(|heading| heading.level == 1 || says(heading)) || tops.any(says)
}

/// The pages above an item.
pub(super) fn breadcrumbs(cx: &SiteContext<'_>, item: Option<NavId>, here: &Here) -> Vec<PageLink> {
    let navigation = &cx.site.nav;
    let above = item.map(|item| navigation.ancestors(item)).unwrap_or_default();
    above
        .into_iter()
        .filter_map(|id| navigation.get(id))
        .map(|item| PageLink {
            title: item.title.clone(),
            url: item.path.as_ref().map(|path| here.url(cx, path)),
            description: String::new(),
        })
        .collect()
}

/// The pages below an item, or at the top.
pub(super) fn children(cx: &SiteContext<'_>, item: Option<NavId>, here: &Here) -> Vec<PageLink> {
    let navigation = &cx.site.nav;
    navigation
        .children(item)
        .iter()
        .filter_map(|id| navigation.get(*id))
        .filter(|item| !item.title.is_empty())
        .map(|item| PageLink {
            title: item.title.clone(),
            url: item.path.as_ref().map(|path| here.url(cx, path)),
            description: match item.kind {
                crate::site::NavKind::Page(id) => {
                    cx.site.page(id).map(|page| page.description.clone()).unwrap_or_default()
                }
                _ => String::new(),
            },
        })
        .collect()
}

/// The headings of a page without the one that stands as its title: a chapter of a book may begin
/// with one of any level.
fn below_title(outline: &Outline) -> &[Heading] {
    let level = |heading: &Heading| heading.level;
    let is_title = outline.leads
        && outline.front_matter.title.is_none()
        && outline.headings.iter().all(|heading| heading.level > 1);
    match outline.headings.split_first() {
        Some((first, rest)) if is_title && rest.iter().map(level).all(|l| l > first.level) => rest,
        _ => &outline.headings,
    }
}

/// The headings of a page below its title, as a tree. Three levels are enough to find one's way.
fn toc(headings: &[Heading]) -> Vec<TocItem> {
    let mut levels: Vec<Vec<TocItem>> = vec![Vec::new()];
    let shown = headings
        .iter()
        .filter(|heading| (2..=4).contains(&heading.level) && !heading.id.is_empty());
    let fold = |levels: &mut Vec<Vec<TocItem>>| {
        let children = levels.pop().unwrap_or_default();
        if let Some(parent) = levels.last_mut().and_then(|level| level.last_mut()) {
            parent.children = children;
        }
    };
    for heading in shown {
        // A deeper heading opens a list below the last entry; a higher one closes lists.
        while levels.len() > 1
            && levels
                .get(levels.len() - 2)
                .and_then(|level| level.last())
                .is_some_and(|above| above.level >= heading.level)
        {
            fold(&mut levels);
        }
        if levels
            .last()
            .and_then(|level| level.last())
            .is_some_and(|last| last.level < heading.level)
        {
            levels.push(Vec::new());
        }
        if let Some(level) = levels.last_mut() {
            level.push(TocItem {
                title: heading.text.clone(),
                id: heading.id.clone(),
                level: heading.level,
                children: Vec::new(),
            });
        }
    }
    while levels.len() > 1 {
        fold(&mut levels);
    }
    levels.pop().unwrap_or_default()
}

/// The branch that the pages name: one that is not the base.
pub fn branch_note(
    settings: &Settings,
    facts: &RepositoryFacts,
    history: &SiteHistory,
) -> Option<String> {
    let (branch, base) = (facts.branch.as_deref()?, history.branch.base.as_deref()?);
    (settings.git.branch_note && branch != base).then(|| branch.to_owned())
}

fn issue_url(
    cx: &SiteContext<'_>,
    source: &crate::base::SourcePath,
    title: &str,
) -> Option<String> {
    let template = cx.settings.site.issue_url.as_ref()?;
    let path = source.strip_prefix(cx.root)?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    Some(template.replace("{title}", &encoded(title)).replace("{path}", &encoded(path.as_str())))
}

fn edit_url(cx: &SiteContext<'_>, source: &crate::base::SourcePath) -> Option<String> {
    let template = cx.settings.site.edit_url.as_ref()?;
    let path = source.strip_prefix(cx.root)?;
    Some(template.replace("{path}", &encode_path(path.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourcePath;
    use crate::markdown::{self, ParseInput};
    use crate::source::MemorySource;

    fn shown(levels: &[u8]) -> String {
        fn write(items: &[TocItem], out: &mut String) {
            for item in items {
                out.push_str(&item.id);
                if !item.children.is_empty() {
                    out.push('(');
                    write(&item.children, out);
                    out.push(')');
                }
            }
        }
        let headings: Vec<Heading> = levels
            .iter()
            .enumerate()
            .map(|(index, level)| Heading {
                node: 0,
                level: *level,
                id: index.to_string(),
                classes: Vec::new(),
                attributes: Vec::new(),
                text: String::new(),
                range: 0..0,
            })
            .collect();
        let mut out = String::new();
        write(&toc(&headings), &mut out);
        out
    }

    fn outline(text: &str) -> Outline {
        let (path, root) = (SourcePath::new("page.md").unwrap(), SourcePath::root());
        let settings = Settings::default();
        let source = MemorySource::site("");
        let bytes = text.as_bytes();
        let input =
            ParseInput { path: &path, bytes, settings: &settings, root: &root, source: &source };
        markdown::parse(&input).0.outline.as_ref().clone()
    }

    #[test]
    fn a_page_shows_its_title_once() {
        let shows = |text: &str, title: &str| shows_title(&outline(text), title);
        assert!(shows("Text.\n\n# A\n", "A"));
        assert!(shows("## A\n", "B"), "a chapter of a book");
        assert!(shows("<!-- Old. -->\n\n<a id=\"x\"></a>\n<a id=\"y\"></a>\n\n## A\n", "B"));
        assert!(!shows("Text.\n\n## A\n", "B"));
        assert!(!shows("<a href=\"x\">x</a>\n\n## A\n", "B"));
        let titled = "---\ntitle: The title\n---\n";
        assert!(shows(&format!("{titled}# Another one\n"), "The title"));
        assert!(shows(&format!("{titled}Text.\n\n# *The* title\n"), "The title"));
        assert!(!shows(&format!("{titled}Text.\n\n# A section\n"), "The title"));
        assert!(!shows(&format!("{titled}## A section\n"), "The title"));
    }

    #[test]
    fn the_contents_leave_out_what_stands_as_the_title() {
        let listed = |text: &str| -> Vec<String> {
            let outline = outline(text);
            toc(below_title(&outline)).into_iter().map(|item| item.id).collect()
        };
        assert_eq!(listed("## A\n\n### B\n\n### C\n"), ["b", "c"]);
        assert_eq!(listed("## A\n\n### B\n\n## C\n"), ["a", "c"], "there are others like it");
        assert_eq!(listed("# A\n\n## B\n"), ["b"]);
        assert_eq!(listed("---\ntitle: T\n---\n## A\n\n### B\n"), ["a"]);
    }

    #[test]
    fn headings_become_a_tree() {
        assert_eq!(shown(&[1, 2, 3, 3, 2, 4, 3, 2]), "1(23)4(56)7");
        assert_eq!(shown(&[3, 2, 3]), "01(2)");
        assert_eq!(shown(&[2, 5, 6]), "0");
        assert_eq!(shown(&[]), "");
    }
}
