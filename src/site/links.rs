//! Where the links of a page lead.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::base::{
    Applicability, Diagnostic, Edit, Fix, Severity, SitePath, SourcePath, Span, decode_percent,
    encode_path, is_external, nearest, relative_url, split_link,
};
use crate::markdown::{Document, LinkKind, Outline, Target};

use super::address::Owner;
use super::codes::{
    LINK_EMPTY, LINK_MISSING_ANCHOR, LINK_MISSING_FILE, LINK_MISSING_IMAGE, LINK_MISSING_PAGE,
    LINK_OUTSIDE_CONTENT, LINK_THROUGH_REDIRECT, LINK_UNPUBLISHED, LINK_WRONG_CASE,
};
use super::content::{is_index_like, is_markdown};
use super::dependencies::Dependency;
use super::model::{AssetId, Page, PageId, Site, Unpublished};
use super::print::PrintView;
use super::redirects::{RedirectTarget, forms};
use super::written::{Links, Written, WrittenLinks};

/// What may stand as it is in a query, a fragment or an external URL; `%` stays, since such
/// texts are written encoded.
const REST: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'\\');

/// How many ids a "did you mean" compares at most.
const MOST_IDS: usize = 500;

pub(super) fn encode_rest(text: &str) -> String {
    utf8_percent_encode(text, REST).to_string()
}

/// Where the page stands whose links are resolved.
#[derive(Debug, Clone, Copy, Default)]
pub enum Place<'a> {
    /// At its own address.
    #[default]
    Own,
    /// At another one, as the first page does at `index.html`.
    At(&'a SitePath),
    /// Anywhere: URLs are absolute paths, as `404.html` needs them.
    Anywhere,
    /// In a print view, which holds other pages too.
    Print(&'a PrintView),
}

/// What resolving needs to know besides the site.
#[derive(Clone, Copy)]
pub struct ResolveContext<'a> {
    /// Width and height of an image of the content, where they are known.
    pub image_size: &'a dyn Fn(&SourcePath) -> Option<(u32, u32)>,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// Out of the site.
    External,
    /// A page, by its source file, and the id in it.
    Page(SourcePath, Option<String>),
    /// A file of the content.
    Asset(SourcePath),
    /// A page or file that Copydesk generates.
    Generated(SitePath),
    /// Nothing.
    Broken,
}

/// The resolved links of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Resolved {
    /// Where each link of the document leads, as rendering needs it.
    pub targets: Vec<Target>,
    /// What each link of the document leads to.
    pub destinations: Vec<Destination>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
    /// What the answer was taken from; sorted, each once.
    pub dependencies: Vec<Dependency>,
}

/// What was found at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Page(PageId),
    Asset(AssetId),
    Generated(SitePath),
}

/// How an address was understood.
pub(super) enum Located {
    Found(Found),
    /// The same but for upper and lower case.
    OtherCase(Found, SourcePath),
    /// A former address, and where the redirect leads.
    Moved(SitePath, RedirectTarget),
    /// A file that is not published, because it lies outside of the content folder.
    Outside,
    /// An address on the same host, or anywhere: nothing that we can know.
    OutOfSite,
    /// A page of another version, which is checked where versions are known.
    OtherVersion,
    Hidden(SourcePath),
    Unpublished(SourcePath),
    /// A folder without a page.
    NoSectionPage(SourcePath),
    Missing(Option<SourcePath>),
}

impl Site {
    /// Resolves every link of a page, in order, as they are written where the page stands.
    /// `document` is the page's own.
    pub fn resolve(
        &self,
        page: PageId,
        document: &Document,
        place: Place<'_>,
        context: &ResolveContext<'_>,
    ) -> Resolved {
        self.resolve_links(page, Links::Document(document), place, context)
    }

    /// The same for the links of a page whose document is not at hand.
    pub fn resolve_written(
        &self,
        page: PageId,
        links: &WrittenLinks,
        place: Place<'_>,
        context: &ResolveContext<'_>,
    ) -> Resolved {
        self.resolve_links(page, Links::Kept(links), place, context)
    }

    fn resolve_links(
        &self,
        page: PageId,
        links: Links<'_>,
        place: Place<'_>,
        context: &ResolveContext<'_>,
    ) -> Resolved {
        let id = page;
        let Some(page) = self.page(id) else { return Resolved::default() };
        let mut resolver = Resolver {
            site: self,
            id,
            page,
            links,
            place,
            context,
            diagnostics: Vec::new(),
            dependencies: Vec::new(),
            neighbours: HashSet::new(),
        };
        let all = links.all();
        let mut targets = Vec::with_capacity(all.len());
        let mut destinations = Vec::with_capacity(all.len());
        for link in all {
            let (target, destination) = resolver.link(link);
            targets.push(target);
            destinations.push(destination);
        }
        let Resolver { mut diagnostics, mut dependencies, .. } = resolver;
        // Several links may share one definition: its problem is one problem.
        let mut seen = HashSet::new();
        diagnostics.retain(|d: &Diagnostic| {
            seen.insert((d.span().cloned(), d.code.clone(), d.message.clone()))
        });
        dependencies.sort();
        dependencies.dedup();
        Resolved { targets, destinations, diagnostics, dependencies }
    }

    /// What a source path stands for, without regard to redirects and published addresses.
    fn at_source(&self, path: &SourcePath, folderish: bool) -> Option<Found> {
        if !folderish {
            if let Some(page) = self.page_of(path) {
                return Some(Found::Page(page));
            }
            if let Some(asset) = self.asset_of.get(path) {
                return Some(Found::Asset(*asset));
            }
        }
        let with_extension = || {
            ["md", "markdown", "mdx"].iter().find_map(|extension| {
                if path.is_root() {
                    return None;
                }
                let path = SourcePath::new(format!("{path}.{extension}")).ok()?;
                self.page_of(&path).map(Found::Page)
            })
        };
        let section = || {
            let path = self.folder_pages.get(path)?;
            self.at_path(path)
        };
        if folderish {
            section().or_else(with_extension)
        } else {
            with_extension().or_else(section)
        }
    }

    /// What stands at a path of the site.
    fn at_path(&self, path: &SitePath) -> Option<Found> {
        Some(match self.owner(path)? {
            Owner::Page(page) | Owner::FirstPage(page) => Found::Page(page),
            Owner::Asset(asset) => Found::Asset(asset),
            Owner::Section(_) | Owner::Ours => Found::Generated(path.clone()),
            Owner::Redirect(_) => return None,
        })
    }

    pub(super) fn locate(&self, page: &Page, address: &str) -> Located {
        let decoded = decode_percent(address);
        let decoded = decoded.as_ref();
        let folderish = decoded.ends_with('/')
            || decoded == "."
            || decoded == ".."
            || decoded.ends_with("/.")
            || decoded.ends_with("/..");
        let source = match decoded.strip_prefix('/') {
            Some(rest) => self.content.join(rest.trim_start_matches('/')),
            None => page.source.parent().join(decoded),
        };
        let source = source.ok();
        let inside = source.as_ref().filter(|path| path.starts_with(&self.content));
        if let Some(path) = inside {
            if let Some(found) = self.at_source(path, folderish) {
                return Located::Found(found);
            }
            if let Some(found) = self.at_source_of_html(path) {
                return Located::Found(found);
            }
        }
        if let Some(located) = self.at_address(page, decoded) {
            return located;
        }
        if !self.other_versions.is_empty() {
            let forms = forms_of(decoded, page, self);
            let is_other = |folder: &SitePath| forms.iter().any(|path| path.starts_with(folder));
            if self.other_versions.iter().any(is_other) {
                return Located::OtherVersion;
            }
        }
        let Some(path) = inside else {
            return match source {
                Some(path) if self.others.contains(&path) => Located::Outside,
                // A mistake in the name of a file of the repository; where there is not even such
                // a folder, a page of another book that is published beside this one.
                Some(path) if is_markdown(&path) && self.other_folders.contains(&path.parent()) => {
                    Located::Outside
                }
                Some(_) => Located::OutOfSite,
                None if decoded.contains('\\') => Located::Missing(None),
                None => Located::OutOfSite,
            };
        };
        if self.others.contains(path) {
            return Located::Hidden(path.clone());
        }
        if self.unpublished.contains_key(path) {
            return Located::Unpublished(path.clone());
        }
        if let Some(other) = self.files.other_case(path) {
            if let Some(found) = self.at_source(other, false) {
                return Located::OtherCase(found, other.clone());
            }
            if self.unpublished.contains_key(other) {
                return Located::Unpublished(other.clone());
            }
        }
        if self.files.is_file(path) {
            return Located::Unpublished(path.clone());
        }
        if self.files.is_folder(path) {
            return Located::NoSectionPage(path.clone());
        }
        if self.may_be_neighbour(decoded) {
            return Located::OutOfSite;
        }
        // The site takes only a part of its host, and this is another one.
        if self.base_path != "/"
            && decoded.starts_with('/')
            && !decoded.starts_with(&self.base_path)
        {
            return Located::OutOfSite;
        }
        Located::Missing(Some(path.clone()))
    }

    /// Whether an address from the host's root may well be that of another site on the host: the
    /// settings do not say which part of the host this site takes, and nothing of it is called
    /// like the first folder of the address, or nearly so. A source file is always one of ours.
    fn may_be_neighbour(&self, address: &str) -> bool {
        if self.knows_host
            || SourcePath::new(address.trim_start_matches('/')).is_ok_and(|path| is_markdown(&path))
        {
            return false;
        }
        let Some((first, rest)) = address.strip_prefix('/').and_then(|rest| rest.split_once('/'))
        else {
            return false;
        };
        if first.is_empty() || rest.is_empty() {
            return false;
        }
        self.content.join(first).is_ok_and(|folder| {
            !self.files.is_folder(&folder) && self.files.suggest_folder(&folder).is_none()
        })
    }

    /// `b.html` where `b.md` is meant; `index.html` and `index.md` where a `README.md` is the
    /// folder's page, since mdBook gives it those names.
    fn at_source_of_html(&self, path: &SourcePath) -> Option<Found> {
        let html = path.extension().is_some_and(|e| e == "html" || e == "htm");
        if !html && path.extension() != Some("md") {
            return None;
        }
        let folder = path.parent();
        if html {
            for extension in ["md", "markdown", "mdx"] {
                let name = format!("{}.{extension}", path.file_stem());
                if let Some(page) = folder.join(&name).ok().and_then(|path| self.page_of(&path)) {
                    return Some(Found::Page(page));
                }
            }
        }
        if path.file_stem() == "index" {
            return self.folder_pages.get(&folder).and_then(|path| self.at_path(path));
        }
        None
    }

    /// What stands at the published address that a link spells out, or once stood there.
    fn at_address(&self, page: &Page, address: &str) -> Option<Located> {
        let forms = forms_of(address, page, self);
        let found = forms.iter().find_map(|path| self.at_path(path));
        if let Some(found) = found {
            return Some(Located::Found(found));
        }
        let moved = |from: &SitePath| match self.owner(from)? {
            Owner::Redirect(index) => {
                let redirect = self.redirects.get(index as usize)?;
                Some(Located::Moved(from.clone(), redirect.to.clone()?))
            }
            _ => None,
        };
        forms.iter().find_map(moved).or_else(|| {
            // The file that the page once was: `setup.md` for the alias `/setup.html`.
            let path = page.source.parent().join(address).ok()?;
            if !is_markdown(&path) || !path.starts_with(&self.content) {
                return None;
            }
            let former =
                super::address::path_of_source(&path, &self.content, self.clean_urls, None);
            moved(&former)
        })
    }

    fn source_of(&self, found: &Found) -> Option<&SourcePath> {
        match found {
            Found::Page(id) => self.page(*id).map(|page| &page.source),
            Found::Asset(id) => self.assets.get(id.0 as usize).map(|asset| &asset.source),
            Found::Generated(_) => None,
        }
    }

    fn path_of(&self, found: &Found) -> Option<SitePath> {
        match found {
            Found::Page(id) => self.page(*id).map(|page| page.path.clone()),
            Found::Asset(id) => self.assets.get(id.0 as usize).map(|asset| asset.path.clone()),
            Found::Generated(path) => Some(path.clone()),
        }
    }
}

fn forms_of(address: &str, page: &Page, site: &Site) -> Vec<SitePath> {
    // `forms` decodes; a decoded `%` must not be decoded again.
    forms(&address.replace('%', "%25"), &page.path.parent(), site)
}

struct Resolver<'a> {
    site: &'a Site,
    id: PageId,
    page: &'a Page,
    links: Links<'a>,
    place: Place<'a>,
    context: &'a ResolveContext<'a>,
    diagnostics: Vec<Diagnostic>,
    dependencies: Vec<Dependency>,
    /// The neighbours on the host that were reported.
    neighbours: HashSet<String>,
}

impl<'a> Resolver<'a> {
    fn link(&mut self, link: Written<'_>) -> (Target, Destination) {
        let dest = link.dest.trim();
        if is_external(dest) {
            let target = Target { url: encode_rest(dest), ..Target::default() };
            return (target, Destination::External);
        }
        let (address, query, fragment) = split_link(dest);
        if address.is_empty() {
            return self.same_page(link, query, fragment);
        }
        match self.site.locate(self.page, address) {
            Located::Found(found) => self.found(link, &found, query, fragment),
            Located::OtherCase(found, actual) => {
                self.report_case(link, &actual);
                self.found(link, &found, query, fragment)
            }
            Located::Moved(from, target) => self.moved(link, &from, &target, query, fragment),
            Located::OtherVersion if link.kind == LinkKind::Link => {
                let rest = dest.get(address.len()..).unwrap_or_default();
                let url = format!("{}{rest}", self.url_out_of_site(address));
                (Target { url: encode_rest(&url), ..Target::default() }, Destination::External)
            }
            Located::OutOfSite if link.kind == LinkKind::Link => {
                if let Some(inside) = address.strip_prefix('/')
                    && let Ok(path) = self.site.content.join(&decode_percent(inside))
                {
                    self.dependencies.push(Dependency::Missing(path));
                }
                self.report_neighbour(link, address);
                let rest = dest.get(address.len()..).unwrap_or_default();
                let url = self.url_out_of_site(address);
                // The page that a neighbour's source file becomes, as mdBook writes it.
                let page = url.strip_suffix(".md").filter(|_| !address.starts_with('/'));
                let url = page.map_or_else(|| url.clone(), |page| format!("{page}.html"));
                let url = format!("{url}{rest}");
                (Target { url: encode_rest(&url), ..Target::default() }, Destination::External)
            }
            miss => {
                // A picture is needed, wherever it lies, and can only be meant to be one of ours.
                let miss = match (miss, address.strip_prefix('/')) {
                    (Located::OutOfSite, Some(inside)) if !self.site.knows_host => {
                        Located::Missing(self.site.content.join(&decode_percent(inside)).ok())
                    }
                    (miss, _) => miss,
                };
                self.miss(link, address, &miss);
                let target = Target { url: encode_rest(dest), broken: true, ..Target::default() };
                (target, Destination::Broken)
            }
        }
    }

    fn same_page(
        &mut self,
        link: Written<'_>,
        query: &str,
        fragment: Option<&str>,
    ) -> (Target, Destination) {
        let own = Destination::Page(
            self.page.source.clone(),
            fragment.filter(|f| !f.is_empty()).map(|f| decode_percent(f).into_owned()),
        );
        let Some(fragment) = fragment else {
            if query.is_empty() {
                self.report_empty(link);
                return (Target { broken: true, ..Target::default() }, Destination::Broken);
            }
            return (Target { url: encode_rest(query), ..Target::default() }, own);
        };
        self.check_anchor(link, self.page, fragment);
        let url = match self.place {
            Place::Print(view) if view.holds(self.id) => self.print_url(self.page, Some(fragment)),
            Place::Print(view) => {
                let path = self.site.url(&view.path, &self.page.path);
                format!("{path}{}#{}", encode_rest(query), encode_rest(fragment))
            }
            _ => format!("{}#{}", encode_rest(query), encode_rest(fragment)),
        };
        (Target { url, ..Target::default() }, own)
    }

    /// The place of a page in the print view.
    fn print_url(&self, page: &Page, fragment: Option<&str>) -> String {
        let id = super::print::id_of(&page.path);
        let fragment = fragment.map(decode_percent).filter(|fragment| page.has_id(fragment));
        let place = match fragment {
            Some(fragment) => format!("{id}-{fragment}"),
            None => id,
        };
        format!("#{}", super::print::encode_fragment(&place))
    }

    fn url(&self, path: &SitePath) -> String {
        match self.place {
            Place::Own => self.site.url(&self.page.path, path),
            Place::At(from) => self.site.url(from, path),
            Place::Print(view) => self.site.url(&view.path, path),
            Place::Anywhere => self.site.absolute_path(path),
        }
    }

    /// An address that leads out of the site, seen from where the page stands.
    fn url_out_of_site(&self, address: &str) -> String {
        let depth = match self.place {
            _ if address.starts_with('/') => return address.to_owned(),
            Place::Own => return address.to_owned(),
            Place::At(from) => from.parent().components().count(),
            Place::Print(view) => view.path.parent().components().count(),
            Place::Anywhere => 0,
        };
        let mut levels = self.page.path.parent().components().count();
        let mut above = 0;
        let mut rest: Vec<&str> = Vec::new();
        for part in address.split('/') {
            match part {
                "." => {}
                ".." if rest.pop().is_some() => {}
                ".." if levels > 0 => levels -= 1,
                ".." => above += 1,
                part => rest.push(part),
            }
        }
        let rest = rest.join("/");
        if !matches!(self.place, Place::Anywhere) {
            return format!("{}{rest}", "../".repeat(depth + above));
        }
        self.site.absolute_above(&format!("{}{rest}", "../".repeat(above)))
    }

    fn found(
        &mut self,
        link: Written<'_>,
        found: &Found,
        query: &str,
        fragment: Option<&str>,
    ) -> (Target, Destination) {
        let Some(path) = self.site.path_of(found) else {
            return (Target { broken: true, ..Target::default() }, Destination::Broken);
        };
        let mut url = self.url(&path);
        url.push_str(&encode_rest(query));
        if let Some(fragment) = fragment {
            url.push('#');
            url.push_str(&encode_rest(fragment));
        }
        let mut target = Target { url, ..Target::default() };
        let destination = match found {
            Found::Page(page_id) => {
                let Some(page) = self.site.page(*page_id) else {
                    return (target, Destination::Broken);
                };
                if link.kind == LinkKind::Image {
                    self.report_no_image(link, &page.source);
                    target.broken = true;
                    return (target, Destination::Broken);
                }
                self.dependencies.push(Dependency::Page(page.source.clone()));
                let id = fragment.filter(|f| !f.is_empty()).map(|f| decode_percent(f).into_owned());
                if let Some(fragment) = fragment {
                    self.check_anchor(link, page, fragment);
                }
                if let Place::Print(view) = self.place
                    && view.holds(*page_id)
                {
                    target.url = self.print_url(page, fragment);
                }
                Destination::Page(page.source.clone(), id)
            }
            Found::Asset(_) => {
                let Some(source) = self.site.source_of(found) else {
                    return (target, Destination::Broken);
                };
                self.dependencies.push(Dependency::Asset(source.clone()));
                if link.kind == LinkKind::Image {
                    target.size = (self.context.image_size)(source);
                }
                Destination::Asset(source.clone())
            }
            Found::Generated(path) => {
                self.dependencies.push(Dependency::Generated(path.clone()));
                Destination::Generated(path.clone())
            }
        };
        (target, destination)
    }

    fn moved(
        &mut self,
        link: Written<'_>,
        from: &SitePath,
        to: &RedirectTarget,
        query: &str,
        fragment: Option<&str>,
    ) -> (Target, Destination) {
        self.dependencies.push(Dependency::Redirect(from.clone()));
        let written = link.dest.trim();
        match to {
            RedirectTarget::External(_) | RedirectTarget::Above(_) => {
                let url = self.site.redirect_url(&self.page.path, to);
                let diagnostic = Diagnostic::new(
                    &LINK_THROUGH_REDIRECT,
                    format!("`{written}` is a former address of this site"),
                );
                let diagnostic = self.placed(diagnostic, link).help(format!("write `{url}`"));
                self.diagnostics.push(self.with_fix(diagnostic, link, url.clone(), true));
                let url = match to {
                    RedirectTarget::Above(_) => self.url_out_of_site(&url),
                    _ => url,
                };
                (Target { url: encode_rest(&url), ..Target::default() }, Destination::External)
            }
            RedirectTarget::Internal { path, fragment: moved, .. } => {
                let Some(found) = self.site.at_path(path) else {
                    return (Target { broken: true, ..Target::default() }, Destination::Broken);
                };
                let fragment = fragment.filter(|f| !f.is_empty()).or(moved.as_deref());
                let address = match self.site.source_of(&found) {
                    Some(source) => self.link_to(source),
                    None => self.site.url(&self.page.path, path),
                };
                let diagnostic = Diagnostic::new(
                    &LINK_THROUGH_REDIRECT,
                    format!("`{written}` is a former address"),
                );
                let diagnostic = self.placed(diagnostic, link).help(format!("write `{address}`"));
                self.diagnostics.push(self.with_fix(diagnostic, link, address, false));
                self.found(link, &found, query, fragment)
            }
        }
    }

    /// A source file as this page's source would write the link.
    fn link_to(&self, source: &SourcePath) -> String {
        let site_path = |path: &SourcePath| SitePath::new(path.as_str()).ok();
        match (site_path(&self.page.source), site_path(source)) {
            (Some(from), Some(to)) => relative_url(&from, &to, false),
            _ => encode_path(source.as_str()),
        }
    }

    /// Where a link's destination is written; the whole link where it has no place of its own.
    fn span(&self, link: Written<'_>) -> Span {
        self.links.span(link.at)
    }

    fn placed(&self, diagnostic: Diagnostic, link: Written<'_>) -> Diagnostic {
        diagnostic.at(self.span(link))
    }

    /// Adds the replacement of the destination's address (of all of it with `whole`), where the
    /// destination is written in this very file and exactly as it was understood.
    fn with_fix(
        &self,
        diagnostic: Diagnostic,
        link: Written<'_>,
        text: String,
        whole: bool,
    ) -> Diagnostic {
        let address = split_link(link.dest).0;
        let length = if whole { link.dest.len() } else { address.len() };
        match self.edit(link, 0, length, text) {
            Some((edit, title)) => diagnostic.fix(Fix {
                title,
                applicability: Applicability::Suggested,
                edits: vec![edit],
            }),
            None => diagnostic,
        }
    }

    /// The replacement of the bytes `from..to` of a link's destination.
    fn edit(
        &self,
        link: Written<'_>,
        from: usize,
        to: usize,
        text: String,
    ) -> Option<(Edit, String)> {
        let start = self.links.start(link.at)?;
        // A space would end the destination.
        if text.contains(|c: char| c.is_whitespace() || c == '<' || c == '>') {
            return None;
        }
        let title = format!("write `{text}`");
        let span = Span::new(self.page.source.clone(), start + from..start + to);
        Some((Edit { span, text }, title))
    }

    fn report_empty(&mut self, link: Written<'_>) {
        let diagnostic = if link.kind == LinkKind::Link {
            Diagnostic::new(&LINK_EMPTY, "the link has no destination")
                .help("write the address, or turn the link into plain text")
        } else {
            Diagnostic::new(&LINK_EMPTY, "the address is empty").help("write the address")
        };
        // The destination is nothing to point at.
        self.diagnostics.push(diagnostic.at(self.links.whole(link.at)));
    }

    /// Reports a link to a neighbour on the host; those from the host's root once for each
    /// neighbour, since whole manuals are written with them.
    fn report_neighbour(&mut self, link: Written<'_>, address: &str) {
        let first = address.strip_prefix('/').and_then(|rest| rest.split_once('/'));
        let (message, help) = match first {
            Some((first, _)) => {
                if !self.neighbours.insert(first.to_owned()) {
                    return;
                }
                (
                    format!(
                        "`/{first}` is nothing of this site: links to it are kept and cannot be \
                         checked"
                    ),
                    "if it is meant to be of this site, correct it; else write its whole address \
                     (`https://...`)",
                )
            }
            None => (
                format!("`{address}` leads out of the site and cannot be checked"),
                "if it is right, write its whole address (`https://...`)",
            ),
        };
        // Common where several books share a host; with `--strict` they must still build.
        let diagnostic =
            Diagnostic::new(&LINK_OUTSIDE_CONTENT, message).severity(Severity::Advice).help(help);
        self.diagnostics.push(self.placed(diagnostic, link));
    }

    fn report_no_image(&mut self, link: Written<'_>, source: &SourcePath) {
        let diagnostic =
            Diagnostic::new(&LINK_MISSING_IMAGE, format!("`{source}` is a page, not an image"))
                .help("write a link (without `!`), or name an image");
        self.diagnostics.push(self.placed(diagnostic, link));
    }

    fn report_case(&mut self, link: Written<'_>, actual: &SourcePath) {
        let written = split_link(link.dest.trim()).0;
        let text = self.link_to(actual);
        let diagnostic = Diagnostic::new(
            &LINK_WRONG_CASE,
            format!("`{written}` differs from the file's name in upper and lower case"),
        );
        let diagnostic = self.placed(diagnostic, link).help(format!("write `{text}`"));
        self.diagnostics.push(self.with_fix(diagnostic, link, text, false));
    }

    fn check_anchor(&mut self, link: Written<'_>, page: &Page, fragment: &str) {
        // `#top` and the empty fragment are the top of every page; a text fragment is a search.
        if fragment.is_empty()
            || fragment.eq_ignore_ascii_case("top")
            || fragment.starts_with(":~:")
        {
            return;
        }
        let fragment = fragment.split(":~:").next().unwrap_or_default();
        let id = decode_percent(fragment);
        let own = page.source == self.page.source;
        if !own {
            self.dependencies.push(Dependency::Anchor(page.source.clone(), id.to_string()));
        }
        if page.has_id(&id) || page.outline.unparsed {
            return;
        }
        if let Some(to) = page.fragments.get(id.as_ref()) {
            let text = self.site.redirect_url(&page.path, to);
            let diagnostic = Diagnostic::new(
                &LINK_THROUGH_REDIRECT,
                format!("`#{id}` of `{}` has moved", page.source),
            );
            self.diagnostics
                .push(self.placed(diagnostic, link).help(format!("it stands at `{text}` now")));
            return;
        }
        let where_ = if own { "this page".to_owned() } else { format!("`{}`", page.source) };
        let diagnostic =
            Diagnostic::new(&LINK_MISSING_ANCHOR, format!("{where_} has no heading or id `{id}`"));
        let mut diagnostic = self.placed(diagnostic, link);
        let outline = &page.outline;
        let ids = outline.headings.iter().map(|heading| heading.id.as_str());
        let ids = ids.chain(outline.anchors.iter().map(|anchor| anchor.id.as_str()));
        let near = nearest(&id, ids.filter(|id| !id.is_empty()).take(MOST_IDS))
            .or_else(|| by_text(outline, &id));
        match near {
            Some(near) => {
                diagnostic = diagnostic.help(format!("did you mean `#{near}`?"));
                let length = link.dest.len();
                let start = link.dest.find('#').map_or(length, |at| at + 1);
                let text = encode_path(near);
                if let Some((edit, _)) = self.edit(link, start, length, text) {
                    diagnostic = diagnostic.fix(Fix {
                        title: format!("write `#{near}`"),
                        applicability: Applicability::Suggested,
                        edits: vec![edit],
                    });
                }
            }
            None => {
                diagnostic = diagnostic
                    .help("correct the id, or give the heading one of its own: `## Heading {#id}`");
            }
        }
        self.diagnostics.push(diagnostic);
    }

    fn miss(&mut self, link: Written<'_>, address: &str, miss: &Located) {
        let shown = |path: &SourcePath| {
            path.strip_prefix(&self.site.content).unwrap_or_else(|| path.clone()).to_string()
        };
        let mut suggestion = None;
        let (code, message, help) = match miss {
            Located::Unpublished(path) => (
                &LINK_UNPUBLISHED,
                format!("`{}` is not published", shown(path)),
                self.why_unpublished(path),
            ),
            Located::Hidden(path) => (
                &LINK_UNPUBLISHED,
                format!("`{}` is hidden and not published", shown(path)),
                "rename what begins with a dot".to_owned(),
            ),
            Located::Outside | Located::OutOfSite | Located::OtherVersion => (
                &LINK_OUTSIDE_CONTENT,
                format!("`{address}` leads out of the content folder"),
                "link to the file's web address, or move it into the content folder".to_owned(),
            ),
            Located::NoSectionPage(path) => {
                self.dependencies.push(Dependency::Missing(path.clone()));
                (
                    &LINK_MISSING_PAGE,
                    format!("the folder `{}` has no page of its own", shown(path)),
                    "add an `index.md` to it, or link to one of its pages".to_owned(),
                )
            }
            Located::Missing(path) => {
                let code = self.code_of_miss(link, address);
                let what = match link.kind {
                    LinkKind::Image => "image",
                    _ if std::ptr::eq(code, &LINK_MISSING_PAGE) => "page",
                    _ => "file",
                };
                let message = format!("there is no {what} `{address}`");
                let help = match path {
                    Some(path) => {
                        self.dependencies.push(Dependency::Missing(path.clone()));
                        suggestion = self.suggest(path, address, link.kind);
                        match (&suggestion, self.seen_from_include(link, address)) {
                            (_, Some(help)) => help,
                            (Some((text, _)), None) => format!("did you mean `{text}`?"),
                            (None, None) => help_for(address, what),
                        }
                    }
                    None => help_for(address, what),
                };
                (code, message, help)
            }
            Located::Found(_) | Located::OtherCase(..) | Located::Moved(..) => return,
        };
        let diagnostic = self.placed(Diagnostic::new(code, message), link).help(help);
        let diagnostic = match suggestion {
            Some((text, true)) => self.with_fix(diagnostic, link, text, false),
            _ => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }

    fn code_of_miss(&self, link: Written<'_>, address: &str) -> &'static crate::base::Code {
        match link.kind {
            LinkKind::Image => &LINK_MISSING_IMAGE,
            LinkKind::Resource => &LINK_MISSING_FILE,
            LinkKind::Link if is_mail(address) || address.starts_with("www.") => &LINK_MISSING_PAGE,
            LinkKind::Link => {
                let name = address.rsplit('/').next().unwrap_or_default();
                let extension = name.rsplit_once('.').map(|(_, extension)| extension);
                match extension.map(str::to_ascii_lowercase).as_deref() {
                    None | Some("" | "md" | "markdown" | "mdx" | "html" | "htm") => {
                        &LINK_MISSING_PAGE
                    }
                    _ => &LINK_MISSING_FILE,
                }
            }
        }
    }

    fn why_unpublished(&self, path: &SourcePath) -> String {
        match self.site.unpublished(path) {
            Some(Unpublished::Draft) => {
                "it is a draft: publish it, or build with `--drafts`".to_owned()
            }
            Some(Unpublished::NotInSummary) => {
                "list it in `SUMMARY.md`, or write `nav: false` in its front matter".to_owned()
            }
            Some(Unpublished::Clash) => {
                "another file has its address: rename one of them".to_owned()
            }
            Some(Unpublished::SecondSectionPage(first)) => {
                format!("link to `{}`, the page of its folder", self.link_to(first))
            }
            Some(Unpublished::Unread) => "it could not be read".to_owned(),
            None => "it is no part of the site: link to its web address".to_owned(),
        }
    }

    /// The address that was meant, and whether that is sure enough to write it.
    fn suggest(&self, path: &SourcePath, address: &str, kind: LinkKind) -> Option<(String, bool)> {
        let site = self.site;
        if address.ends_with('/') {
            let found = site.files.suggest_folder(path)?;
            return Some((format!("{}/", self.link_to(&found.path)), found.certain));
        }
        let found = site.files.suggest(path, |file| match kind {
            LinkKind::Link => site.page_of(file).is_some() || site.asset_of.contains_key(file),
            LinkKind::Image | LinkKind::Resource => site.asset_of.contains_key(file),
        });
        if let Some(found) = found {
            return Some((self.link_to(&found.path), found.certain));
        }
        // A folder's page may bear another of its names.
        if kind == LinkKind::Link
            && is_index_like(path)
            && let Some(page) = site.folder_pages.get(&path.parent())
            && let Some(Owner::Page(id)) = site.owner(page)
            && let Some(page) = site.page(id)
            && page.source.parent() == path.parent()
        {
            return Some((self.link_to(&page.source), true));
        }
        if path.extension().is_none() {
            let found = site.files.suggest_folder(path)?;
            return Some((self.link_to(&found.path), found.certain));
        }
        None
    }

    /// The usual mistake in a file that is included: a link seen from that file's own folder.
    fn seen_from_include(&self, link: Written<'_>, address: &str) -> Option<String> {
        let span = self.span(link);
        if span.file == self.page.source {
            return None;
        }
        let path = span.file.parent().join(&decode_percent(address)).ok()?;
        let found = self.site.at_source(&path, address.ends_with('/'))?;
        let source = self.site.source_of(&found)?;
        Some(format!(
            "links in an included file are seen from the page that includes it; here that is `{}`",
            self.link_to(source)
        ))
    }
}

/// The id of the heading whose text an author took for the id, as in `#Getting Started`, or
/// whose id other tools would have made so.
fn by_text<'o>(outline: &'o Outline, id: &str) -> Option<&'o str> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(id);
    if wanted.is_empty() {
        return None;
    }
    outline
        .headings
        .iter()
        .take(MOST_IDS)
        .find(|heading| !heading.id.is_empty() && plain(&heading.text) == wanted)
        .map(|heading| heading.id.as_str())
}

/// Whether an address was meant for mail.
fn is_mail(address: &str) -> bool {
    address.contains('@') && !address.contains('/')
}

fn help_for(address: &str, what: &str) -> String {
    if address.contains('\\') {
        return format!("write `{}`", address.replace('\\', "/"));
    }
    if what == "page" && is_mail(address) {
        return format!("for a mail address write `mailto:{address}`");
    }
    if what == "page" && address.starts_with("www.") {
        return format!("for a web address write `https://{address}`");
    }
    format!("correct the address, or add the {what}")
}
