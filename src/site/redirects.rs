//! Former addresses: `aliases` of pages and `[output.html.redirect]`.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::base::{Diagnostic, SitePath, Span, decode_percent, is_external, split_link};
use crate::config::Settings;

use super::address::{Owner, path_of_source, reserved};
use super::codes::{
    REDIRECT_BAD_ADDRESS, REDIRECT_CHAIN, REDIRECT_DEAD_TARGET, REDIRECT_DUPLICATE,
    REDIRECT_FRAGMENT_ONLY, REDIRECT_LOOP, REDIRECT_SHADOWS_PAGE,
};
use super::content::is_markdown;
use super::links::encode_rest;
use super::model::{PageId, Site};

/// A page that sends readers on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The former address.
    pub from: SitePath,
    /// Where the page has gone; none where only places in it have.
    pub to: Option<RedirectTarget>,
    /// Where places in it have gone, by fragment without `#`.
    pub fragments: BTreeMap<String, RedirectTarget>,
    /// Where it is written; that of its first fragment where only places have gone.
    pub span: Option<Span>,
}

/// Where a redirect leads in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedirectTarget {
    /// Out of the site.
    External(String),
    /// To a neighbour on the same host, above the root of the site: a relative URL as seen from
    /// that root.
    Above(String),
    /// To something in the site.
    Internal {
        /// Where.
        path: SitePath,
        /// The page there, where it is one.
        page: Option<PageId>,
        /// The place in it, decoded.
        fragment: Option<String>,
    },
}

/// A line of a redirect table.
struct Line {
    from: SitePath,
    fragment: Option<String>,
    to: LineTarget,
    span: Option<Span>,
}

enum LineTarget {
    End(RedirectTarget),
    /// An address that may be a redirect itself, in the forms it may have.
    Path {
        forms: Vec<SitePath>,
        fragment: Option<String>,
        written: String,
    },
}

/// Where a line leads directly.
enum Hop {
    End(RedirectTarget),
    Next(usize),
    Nowhere,
}

#[derive(Clone)]
enum State {
    New,
    Open,
    Done(Option<RedirectTarget>),
}

/// Fills the redirects of a site and the moved places of its pages.
pub(super) fn collect(site: &mut Site, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) {
    let lines = read(site, settings, diagnostics);
    site.names_places = lines.iter().any(Line::names_place);
    let table = Table::new(site, settings, lines, diagnostics);
    let ends = table.follow(site, diagnostics);
    table.publish(site, ends, diagnostics);
}

fn at(diagnostic: Diagnostic, span: Option<&Span>) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span.clone()),
        None => diagnostic,
    }
}

fn shown(from: &SitePath, fragment: Option<&str>) -> String {
    match fragment {
        Some(fragment) => format!("/{from}#{fragment}"),
        None => format!("/{from}"),
    }
}

impl Line {
    /// Whether it leads to a place in a page, or away from one.
    fn names_place(&self) -> bool {
        self.fragment.is_some() || matches!(self.to, LineTarget::Path { fragment: Some(_), .. })
    }

    fn shown(&self) -> String {
        shown(&self.from, self.fragment.as_deref())
    }
}

/// Aliases in the order of the pages, then the settings' lines.
fn read(site: &Site, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut bad = |text: &str, why: &str, span: Option<&Span>| {
        let diagnostic = Diagnostic::new(
            &REDIRECT_BAD_ADDRESS,
            format!("`{text}` cannot be a former or new address: {why}"),
        );
        diagnostics.push(
            at(diagnostic, span).help("write a path of this site, such as `/guide/setup.html`"),
        );
    };
    for (id, page) in site.iter() {
        if page.outline.front_matter.aliases.is_empty() {
            continue;
        }
        let folder = page.source.parent().strip_prefix(&site.content);
        let folder = folder.and_then(|folder| SitePath::new(folder.as_str()).ok());
        let folder = folder.unwrap_or_else(SitePath::root);
        for alias in &page.outline.front_matter.aliases {
            let span = alias.span.clone().or_else(|| page.outline.front_matter.span.clone());
            let span = Some(span.unwrap_or_else(|| Span::start_of(page.source.clone())));
            match former(&alias.value, &folder, site) {
                Ok((from, fragment)) => {
                    let to = RedirectTarget::Internal {
                        path: page.path.clone(),
                        page: Some(id),
                        fragment: None,
                    };
                    lines.push(Line { from, fragment, to: LineTarget::End(to), span });
                }
                Err(why) => bad(&alias.value, why, span.as_ref()),
            }
        }
    }
    for redirect in &settings.html.redirects {
        let span = redirect.span.clone();
        let (from, fragment) = match former(&redirect.from, &SitePath::root(), site) {
            Ok(found) => found,
            Err(why) => {
                bad(&redirect.from, why, span.as_ref());
                continue;
            }
        };
        match target(&redirect.to, &from, site) {
            Ok(to) => lines.push(Line { from, fragment, to, span }),
            Err(why) => bad(&redirect.to, why, span.as_ref()),
        }
    }
    lines
}

/// The path and fragment of a former address, seen from `folder`.
fn former(
    text: &str,
    folder: &SitePath,
    site: &Site,
) -> Result<(SitePath, Option<String>), &'static str> {
    let text = text.trim();
    if is_external(text) {
        return Err("it leads out of the site");
    }
    let (path, query, fragment) = split_link(text);
    if !query.is_empty() {
        return Err("it has a query");
    }
    if path.is_empty() {
        return Err("it names no page");
    }
    let decoded = decode_percent(path);
    let folderish = decoded.ends_with('/') || decoded.ends_with("/.") || decoded.ends_with("/..");
    let from = folder.join(&decoded).map_err(|_| "it is no path within the site")?;
    let from = if folderish || from.is_root() || !has_extension(&from) {
        from.join("index.html").map_err(|_| "it is no path within the site")?
    } else {
        match site.content.join(from.as_str()) {
            // The name of a former source file stands for the address that it had.
            Ok(source) if is_markdown(&source) => {
                path_of_source(&source, &site.content, site.clean_urls, None)
            }
            _ => from,
        }
    };
    let fragment = fragment.filter(|f| !f.is_empty()).map(|f| decode_percent(f).into_owned());
    Ok((from, fragment))
}

/// Whether what follows the last dot of a name looks like the ending of a file's name: `v1.2` has
/// none.
fn has_extension(path: &SitePath) -> bool {
    path.extension().is_some_and(|e| e.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Where a line of the settings leads, as written.
fn target(text: &str, from: &SitePath, site: &Site) -> Result<LineTarget, &'static str> {
    let text = text.trim();
    if is_external(text) {
        return Ok(LineTarget::End(RedirectTarget::External(text.to_owned())));
    }
    let (path, query, fragment) = split_link(text);
    if !query.is_empty() {
        return Err("it has a query");
    }
    let fragment = fragment.filter(|f| !f.is_empty()).map(|f| decode_percent(f).into_owned());
    if path.is_empty() && fragment.is_none() {
        return Err("it is empty");
    }
    let forms =
        if path.is_empty() { vec![from.clone()] } else { forms(path, &from.parent(), site) };
    if forms.is_empty() {
        return above(path, &from.parent(), fragment.as_deref())
            .map(|url| LineTarget::End(RedirectTarget::Above(url)))
            .ok_or("it is no path within the site");
    }
    Ok(LineTarget::Path { forms, fragment, written: text.to_owned() })
}

/// A relative address that leads out of the site, as seen from the site's root.
fn above(path: &str, folder: &SitePath, fragment: Option<&str>) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let mut levels = folder.components().count();
    let mut up = 0;
    let mut rest: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if rest.pop().is_some() => {}
            ".." if levels > 0 => levels -= 1,
            ".." => up += 1,
            part => rest.push(part),
        }
    }
    if up == 0 {
        return None;
    }
    let mut url = format!("{}{}", "../".repeat(up), encode_rest(&rest.join("/")));
    if let Some(fragment) = fragment {
        url.push('#');
        url.push_str(&encode_rest(fragment));
    }
    Some(url)
}

/// The paths of the site that an address seen from `folder` may stand for, likeliest first.
pub(super) fn forms(address: &str, folder: &SitePath, site: &Site) -> Vec<SitePath> {
    let decoded = decode_percent(address);
    let mut found = Vec::new();
    let mut add = |address: &str| {
        let Ok(path) = folder.join(address) else { return };
        let folderish = address.ends_with('/') || path.is_root();
        if !folderish {
            found.push(path.clone());
        }
        found.extend(path.join("index.html").ok());
        if !path.is_root() {
            found.extend(SitePath::new(format!("{path}.html")).ok());
        }
        if let Ok(source) = site.content.join(path.as_str())
            && let Some(page) = site.page_of(&source).and_then(|id| site.page(id))
        {
            found.push(page.path.clone());
        }
    };
    add(&decoded);
    // Absolute addresses may be written with the path under which the site is published.
    if site.base_path != "/"
        && let Some(rest) = decoded.strip_prefix(&site.base_path)
    {
        add(&format!("/{rest}"));
    }
    found
}

struct Table {
    lines: Vec<Line>,
    pages: HashMap<SitePath, usize>,
    places: HashMap<(SitePath, String), usize>,
}

impl Table {
    /// Drops lines that have no say: those whose address is in use and repetitions.
    fn new(
        site: &Site,
        settings: &Settings,
        all: Vec<Line>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut table = Table { lines: Vec::new(), pages: HashMap::new(), places: HashMap::new() };
        for line in all {
            if let Some(diagnostic) = shadowed(site, settings, &line) {
                diagnostics.push(diagnostic);
                continue;
            }
            let index = table.lines.len();
            let first = match &line.fragment {
                Some(fragment) => {
                    let key = (line.from.clone(), fragment.clone());
                    *table.places.entry(key).or_insert(index)
                }
                None => *table.pages.entry(line.from.clone()).or_insert(index),
            };
            if first == index {
                table.lines.push(line);
                continue;
            }
            let diagnostic = Diagnostic::new(
                &REDIRECT_DUPLICATE,
                format!("`{}` is redirected twice", line.shown()),
            );
            let mut diagnostic = at(diagnostic, line.span.as_ref());
            if let Some(span) = table.lines.get(first).and_then(|line| line.span.clone())
                && line.span.is_some()
            {
                diagnostic = diagnostic.label(span, "the first one, which counts");
            }
            diagnostics.push(diagnostic.help("remove one of the two"));
        }
        table
    }

    fn hop(&self, site: &Site, line: &Line) -> Hop {
        let (forms, fragment) = match &line.to {
            LineTarget::End(target) => return Hop::End(target.clone()),
            LineTarget::Path { forms, fragment, .. } => (forms, fragment),
        };
        let place = |path: &SitePath| {
            let fragment = fragment.as_ref()?;
            self.places.get(&(path.clone(), fragment.clone())).copied()
        };
        for path in forms {
            let page = match site.owner(path) {
                None => continue,
                Some(Owner::Page(id) | Owner::FirstPage(id)) => Some(id),
                Some(_) => None,
            };
            if let Some(next) = place(path) {
                return Hop::Next(next);
            }
            let target =
                RedirectTarget::Internal { path: path.clone(), page, fragment: fragment.clone() };
            return Hop::End(target);
        }
        forms
            .iter()
            .find_map(|path| place(path).or_else(|| self.pages.get(path).copied()))
            .map_or(Hop::Nowhere, Hop::Next)
    }

    /// Follows every line to its end. Each line is looked at once.
    fn follow(
        &self,
        site: &Site,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Option<RedirectTarget>> {
        let mut states = vec![State::New; self.lines.len()];
        for start in 0..self.lines.len() {
            let mut way: Vec<usize> = Vec::new();
            let mut at_line = start;
            // How many of the lines on the way lead into a circle without being part of it.
            let mut before_circle = usize::MAX;
            let mut end = loop {
                match states.get(at_line) {
                    Some(State::Done(end)) => break end.clone(),
                    Some(State::Open) => {
                        before_circle = self.report_loop(&way, at_line, diagnostics);
                        break None;
                    }
                    Some(State::New) => {}
                    None => break None,
                }
                let Some(line) = self.lines.get(at_line) else { break None };
                if let Some(state) = states.get_mut(at_line) {
                    *state = State::Open;
                }
                way.push(at_line);
                match self.hop(site, line) {
                    Hop::End(target) => break Some(target),
                    Hop::Next(next) => at_line = next,
                    Hop::Nowhere => {
                        diagnostics.push(dead(site, line));
                        break None;
                    }
                }
            };
            for (steps, index) in way.iter().rev().enumerate() {
                let Some(line) = self.lines.get(*index) else { continue };
                end = with_fragment(site, line, end);
                let chained = steps > 0 || at_line != *index;
                match &end {
                    Some(end) if chained => diagnostics.push(chain(site, line, end)),
                    None if chained && way.len() - steps <= before_circle => {
                        diagnostics.push(dead(site, line));
                    }
                    _ => {}
                }
                if let Some(state) = states.get_mut(*index) {
                    *state = State::Done(end.clone());
                }
            }
        }
        states
            .into_iter()
            .map(|state| match state {
                State::Done(end) => end,
                State::New | State::Open => None,
            })
            .collect()
    }

    /// Reports every line of a circle; the answer is where on the way the circle begins.
    fn report_loop(&self, way: &[usize], again: usize, diagnostics: &mut Vec<Diagnostic>) -> usize {
        let from = way.iter().position(|index| *index == again).unwrap_or(0);
        for index in way.get(from..).unwrap_or_default() {
            let Some(line) = self.lines.get(*index) else { continue };
            let diagnostic = Diagnostic::new(
                &REDIRECT_LOOP,
                format!("the redirect of `{}` leads back to itself", line.shown()),
            );
            diagnostics.push(
                at(diagnostic, line.span.as_ref())
                    .help("point it at the page that readers are to see"),
            );
        }
        from
    }

    /// Puts what was found into the site.
    fn publish(
        self,
        site: &mut Site,
        ends: Vec<Option<RedirectTarget>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut redirects: BTreeMap<SitePath, Redirect> = BTreeMap::new();
        for (line, end) in self.lines.into_iter().zip(ends) {
            let Some(end) = end else { continue };
            if let Some(diagnostic) = missing_place(site, &line, &end) {
                diagnostics.push(diagnostic);
            }
            if let Some(fragment) = &line.fragment
                && let Some(Owner::Page(id) | Owner::FirstPage(id)) = site.owner(&line.from)
            {
                if let Some(page) = site.pages.get_mut(id.index()) {
                    page.fragments.insert(fragment.clone(), end);
                }
                continue;
            }
            let redirect = redirects.entry(line.from.clone()).or_insert_with(|| Redirect {
                from: line.from.clone(),
                to: None,
                fragments: BTreeMap::new(),
                span: None,
            });
            match line.fragment {
                Some(fragment) => {
                    redirect.fragments.insert(fragment, end);
                    redirect.span = redirect.span.take().or(line.span);
                }
                None => {
                    redirect.to = Some(end);
                    redirect.span = line.span;
                }
            }
        }
        for (from, redirect) in redirects {
            let index = u32::try_from(site.redirects.len()).unwrap_or(u32::MAX);
            if site.urls.claim(&from, Owner::Redirect(index)).is_err() {
                // One of two redirects would be the folder of the other.
                let diagnostic = Diagnostic::new(
                    &REDIRECT_SHADOWS_PAGE,
                    format!("`/{from}` cannot be redirected, because it lies below a file"),
                );
                diagnostics.push(
                    at(diagnostic, redirect.span.as_ref()).help("remove one of the redirects"),
                );
                continue;
            }
            if redirect.to.is_none() {
                let diagnostic = Diagnostic::new(
                    &REDIRECT_FRAGMENT_ONLY,
                    format!("only places in `/{from}` are redirected, and there is no such page"),
                );
                diagnostics.push(
                    at(diagnostic, redirect.span.as_ref())
                        .help(format!("add a redirect for `/{from}` itself")),
                );
            }
            site.redirects.push(redirect);
        }
    }
}

/// A fragment that is asked for survives a redirect of its page where the new page has it.
fn with_fragment(site: &Site, line: &Line, end: Option<RedirectTarget>) -> Option<RedirectTarget> {
    let mut end = end?;
    if let LineTarget::Path { fragment: Some(asked), .. } = &line.to
        && let RedirectTarget::Internal { page: Some(page), fragment, .. } = &mut end
        && fragment.is_none()
        && site.page(*page).is_some_and(|page| page.has_id(asked))
    {
        *fragment = Some(asked.clone());
    }
    Some(end)
}

/// The problem of a line whose address is in use.
fn shadowed(site: &Site, settings: &Settings, line: &Line) -> Option<Diagnostic> {
    let from = line.shown();
    let report =
        |message: String| at(Diagnostic::new(&REDIRECT_SHADOWS_PAGE, message), line.span.as_ref());
    let taken = site.urls.taken(&line.from);
    if let Some(taken) = &taken {
        let in_use = matches!(taken.owner, Some(Owner::Page(_) | Owner::FirstPage(_)))
            && taken.path == line.from;
        if let (Some(Owner::Page(id) | Owner::FirstPage(id)), true) = (taken.owner, in_use) {
            let page = site.page(id)?;
            if let Some(fragment) = &line.fragment {
                return page.has_id(fragment).then(|| {
                    report(format!(
                        "`{from}` cannot be redirected, because `{}` has that id",
                        page.source
                    ))
                    .severity(crate::base::Severity::Warning)
                    .help("remove the redirect, or rename the heading")
                });
            }
            let own = matches!(
                &line.to,
                LineTarget::End(RedirectTarget::Internal { page: Some(to), .. }) if *to == id
            );
            let diagnostic = if own {
                report(format!("`{from}` is the page's own address")).help("remove the alias")
            } else {
                report(format!(
                    "`{from}` cannot be redirected, because `{}` is published there",
                    page.source
                ))
                .help("remove the redirect, or rename the page")
            };
            return Some(match taken.owner {
                // mdBook too passes over a redirect of `index.html`.
                Some(Owner::FirstPage(_)) => diagnostic.severity(crate::base::Severity::Advice),
                _ => diagnostic,
            });
        }
        let what = match taken.owner {
            Some(Owner::Asset(id)) => site
                .assets
                .get(id.0 as usize)
                .map_or_else(String::new, |asset| format!("`{}` is published there", asset.source)),
            Some(Owner::Page(id) | Owner::FirstPage(id)) => {
                site.page(id).map_or_else(String::new, |page| format!("`{}` is a file", page.path))
            }
            Some(_) => "a generated page stands there".to_owned(),
            None => "a folder stands there".to_owned(),
        };
        return Some(
            report(format!("`{from}` cannot be redirected, because {what}"))
                .help("remove the redirect"),
        );
    }
    reserved(&line.from, settings).map(|_| {
        report(format!("`{from}` cannot be redirected, because Copydesk writes that file itself"))
            .help("remove the redirect")
    })
}

fn dead(site: &Site, line: &Line) -> Diagnostic {
    let (written, forms) = match &line.to {
        LineTarget::Path { written, forms, .. } => (written.as_str(), forms.as_slice()),
        LineTarget::End(_) => ("", [].as_slice()),
    };
    let diagnostic = Diagnostic::new(
        &REDIRECT_DEAD_TARGET,
        format!("`{}` is redirected to `{written}`, which leads nowhere", line.shown()),
    );
    let diagnostic = at(diagnostic, line.span.as_ref());
    let near = forms.first().and_then(|path| {
        let source = site.content.join(path.as_str()).ok()?;
        let found = site.files.suggest(&source, |file| {
            site.page_of(file).is_some() || site.asset_of.contains_key(file)
        })?;
        site.page_of(&found.path).and_then(|id| site.page(id)).map(|page| page.path.clone())
    });
    match near {
        Some(path) => diagnostic.help(format!("did you mean `/{path}`?")),
        None => diagnostic.help("name a page of this site, or remove the redirect"),
    }
}

fn chain(site: &Site, line: &Line, end: &RedirectTarget) -> Diagnostic {
    let written = match &line.to {
        LineTarget::Path { written, .. } => written.as_str(),
        LineTarget::End(_) => "",
    };
    let diagnostic = Diagnostic::new(
        &REDIRECT_CHAIN,
        format!("`{}` is redirected to `{written}`, which is redirected itself", line.shown()),
    );
    at(diagnostic, line.span.as_ref())
        .help(format!("write `{}`", site.redirect_url(&line.from, end)))
}

/// The problem of a line that leads to a place that its page does not have.
fn missing_place(site: &Site, line: &Line, end: &RedirectTarget) -> Option<Diagnostic> {
    let RedirectTarget::Internal { page: Some(page), fragment: Some(fragment), .. } = end else {
        return None;
    };
    let page = site.page(*page)?;
    if page.has_id(fragment) || page.outline.unparsed {
        return None;
    }
    let diagnostic = Diagnostic::new(
        &REDIRECT_DEAD_TARGET,
        format!(
            "`{}` is redirected to `#{fragment}`, which `{}` does not have",
            line.shown(),
            page.source
        ),
    );
    Some(
        at(diagnostic, line.span.as_ref())
            .severity(crate::base::Severity::Warning)
            .help("name a heading's id of that page, or leave out `#...`"),
    )
}
