//! The navigation as pages show it, and the scripts that bring the parts that a page leaves out.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::base::{ContentHash, SitePath, push_relative_url, relative_url};
use crate::output::SiteContext;
use crate::site::{MOST_SIBLINGS, More, NavId, NavKind, NavRow, NavWindow, Site};
use crate::theme::nav_script;
use crate::theme::views::{MoreView, NavItem, NavView};

/// The scripts that bring the children of the sections: one for each section, so that together
/// they are as large as the navigation, and named by content, so that they can be cached for good.
#[derive(Debug, Default)]
pub struct NavScripts {
    scripts: Vec<(SitePath, Arc<[u8]>)>,
    by_item: HashMap<NavId, SitePath>,
    /// What a page shows of each item, in a hash.
    shown: Vec<ContentHash>,
    rows: HashMap<NavId, ItemRows>,
    top: OnceLock<Option<Row>>,
    /// All that a page shows that stands nowhere in the navigation, in a hash.
    top_shown: OnceLock<ContentHash>,
}

/// The rows of an item as HTML, each made when the first page shows it: hundreds of pages show
/// the same row, and only its URLs differ.
#[derive(Debug, Default)]
struct ItemRows {
    /// When it is neither the page nor above it; above it; the page itself.
    states: [OnceLock<Option<Row>>; 3],
    /// The row below its children that leads to all of them.
    more: OnceLock<Option<Row>>,
    /// All that its own page shows, in a hash.
    shown: OnceLock<ContentHash>,
}

/// A row as HTML.
#[derive(Debug)]
struct Row {
    /// The texts around its URLs.
    texts: Vec<Box<str>>,
    /// Which URLs these are: one less than there are texts.
    urls: Vec<RowUrl>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowUrl {
    /// That of the page.
    Page,
    /// That of the script that brings the children.
    Script,
}

/// What stands for URLs in a row until they are known.
const PAGE_URL: char = '\u{1}';
const SCRIPT_URL: char = '\u{2}';

impl Row {
    /// The row in a list that the theme has made of it.
    fn of(list: &str) -> Option<Row> {
        let html = list.strip_prefix("<ul>")?.strip_suffix("</ul>")?;
        let holes = || html.matches([PAGE_URL, SCRIPT_URL]);
        Some(Row {
            texts: html.split([PAGE_URL, SCRIPT_URL]).map(Box::from).collect(),
            urls: holes()
                .map(|hole| if hole.starts_with(PAGE_URL) { RowUrl::Page } else { RowUrl::Script })
                .collect(),
        })
    }

    /// Appends the row with its URLs.
    fn write(&self, out: &mut String, url: impl Fn(&mut String, RowUrl)) {
        let mut urls = self.urls.iter();
        for text in &self.texts {
            out.push_str(text);
            if let Some(kind) = urls.next() {
                let from = out.len();
                url(out, *kind);
                // What is special in HTML and not in URLs, as the template engine writes it.
                if out.get(from..).is_some_and(|url| url.contains(['&', '\''])) {
                    let plain = out.split_off(from);
                    out.push_str(&plain.replace('&', "&amp;").replace('\'', "&#39;"));
                }
            }
        }
    }
}

impl NavScripts {
    /// Writes the scripts of a site.
    pub fn of(site: &Site) -> Self {
        let mut found = NavScripts::default();
        let navigation = &site.nav;
        let items: Vec<NavId> = navigation.iter().map(|(id, _)| id).collect();
        found.rows = items.iter().map(|id| (*id, ItemRows::default())).collect();
        // Backwards, as the name of a section's script is part of that of the section above.
        for id in items.into_iter().rev() {
            let children = navigation.children(Some(id));
            if children.is_empty() {
                continue;
            }
            let rows: Vec<NavItem> = children
                .iter()
                .filter_map(|child| {
                    let root = SitePath::root();
                    let mut item = item(site, *child, &root)?;
                    item.children_script = found.by_item.get(child).map(ToString::to_string);
                    Some(item)
                })
                .collect();
            // The name comes from what the script says, without the name in it.
            let hash = ContentHash::of(nav_script("", &rows).as_bytes()).short();
            let script = nav_script(&hash, &rows);
            if let Ok(path) = SitePath::new(format!("_copydesk/nav/{hash}.js")) {
                found.scripts.push((path.clone(), Arc::from(script.into_bytes())));
                found.by_item.insert(id, path);
            }
        }
        found.shown = navigation
            .iter()
            .map(|(id, _)| {
                let mut shown = item(site, id, &SitePath::root()).unwrap_or_default();
                shown.children_script = found.by_item.get(&id).map(ToString::to_string);
                ContentHash::of(&serde_json::to_vec(&shown).unwrap_or_default())
            })
            .collect();
        found.scripts.sort();
        // Sections that hold the same, as empty ones do, share a script.
        found.scripts.dedup();
        found
    }

    /// Forgets the rows that another theme has made.
    pub fn forget_rows(&mut self) {
        self.rows.values_mut().for_each(|rows| *rows = ItemRows::default());
        self.top = OnceLock::new();
    }

    /// The scripts, by path.
    pub fn scripts(&self) -> &[(SitePath, Arc<[u8]>)] {
        &self.scripts
    }

    fn get(&self, id: NavId) -> Option<&SitePath> {
        self.by_item.get(&id)
    }
}

/// All that [`view`] makes its answer of for the page of an item, as bytes: equal bytes, equal
/// answers. It costs less than the answer.
pub(super) fn shown(
    site: &Site,
    scripts: &NavScripts,
    item: Option<NavId>,
    from: &SitePath,
) -> Vec<u8> {
    // Relative addresses depend on the folder alone.
    let mut bytes = [from.parent_str().as_bytes(), b"\n"].concat();
    match item.and_then(|id| shown_beside(site, scripts, id)) {
        Some((above, place)) => {
            bytes.extend_from_slice(b"beside\n");
            bytes.extend_from_slice(above.as_bytes());
            bytes.extend_from_slice(&(place as u64).to_le_bytes());
        }
        None => {
            bytes.extend_from_slice(b"around\n");
            bytes.extend(shown_around(&site.around(item), scripts));
        }
    }
    bytes
}

/// A page that nothing stands below shows what the page above it shows, where that shows all that
/// stands below itself: a hash of it, which is the same for all pages beside each other, and which
/// of the rows is the page.
fn shown_beside(site: &Site, scripts: &NavScripts, id: NavId) -> Option<(ContentHash, usize)> {
    let beside = site.nav.siblings(id);
    if !site.nav.children(Some(id)).is_empty() || beside.len() > MOST_SIBLINGS {
        return None;
    }
    let above = site.nav.get(id)?.parent;
    let known = match above {
        Some(above) => &scripts.rows.get(&above)?.shown,
        None => &scripts.top_shown,
    };
    let hash = known.get_or_init(|| ContentHash::of(&shown_around(&site.around(above), scripts)));
    Some((*hash, beside.binary_search(&id).ok()?))
}

/// All rows around a place, as bytes.
fn shown_around(window: &NavWindow, scripts: &NavScripts) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(window.rows.len() * 40 + 64);
    let more = |bytes: &mut Vec<u8>, more: Option<&More>| {
        if let Some(more) = more {
            bytes.extend_from_slice(&(more.count as u64).to_le_bytes());
            bytes.extend_from_slice(more.path.as_str().as_bytes());
        }
        bytes.push(b'\n');
    };
    more(&mut bytes, window.more.as_ref());
    for row in &window.rows {
        let item = scripts.shown.get(row.item.0 as usize);
        bytes.extend_from_slice(item.map_or(&[0; 32][..], |hash| hash.as_bytes()));
        bytes.extend_from_slice(&row.depth.to_le_bytes());
        bytes.extend([row.current, row.active, row.section, row.open].map(u8::from));
        more(&mut bytes, row.more.as_ref());
    }
    bytes
}

fn item(site: &Site, id: NavId, from: &SitePath) -> Option<NavItem> {
    let item = site.nav.get(id)?;
    Some(NavItem {
        kind: match item.kind {
            NavKind::Page(_) | NavKind::Section => "page",
            NavKind::Draft => "draft",
            NavKind::Part => "part",
            NavKind::Separator => "separator",
        }
        .to_owned(),
        title: item.title.clone(),
        number: item.number.clone(),
        url: item.path.as_ref().map(|path| site.url(from, path)),
        ..NavItem::default()
    })
}

/// The navigation around a place, as seen from the page at `from`.
pub(super) fn view(
    site: &Site,
    window: &NavWindow,
    scripts: &NavScripts,
    from: &SitePath,
) -> NavView {
    let more = |more: &More| MoreView { count: more.count, url: site.url(from, &more.path) };
    // Rows are in preorder with depths: a stack of open lists makes them a tree.
    let mut levels: Vec<Vec<NavItem>> = vec![Vec::new()];
    let close = |levels: &mut Vec<Vec<NavItem>>, depth: usize| {
        while levels.len() > depth + 1 {
            let children = levels.pop().unwrap_or_default();
            if let Some(parent) = levels.last_mut().and_then(|level| level.last_mut()) {
                parent.children = children;
            }
        }
    };
    for row in &window.rows {
        let depth = row.depth as usize;
        close(&mut levels, depth);
        while levels.len() < depth + 1 {
            levels.push(Vec::new());
        }
        let Some(mut shown) = item(site, row.item, from) else { continue };
        shown.current = row.current;
        shown.active = row.active;
        shown.section = row.section;
        shown.more = row.more.as_ref().map(more);
        if row.section && !row.open {
            shown.children_script =
                scripts.get(row.item).map(|path| relative_url(from, path, false));
        }
        if let Some(level) = levels.last_mut() {
            level.push(shown);
        }
    }
    close(&mut levels, 0);
    NavView {
        items: levels.pop().unwrap_or_default(),
        more: window.more.as_ref().map(more),
        html: String::new(),
    }
}

/// The navigation around a place as the built-in theme shows it, as seen from the page at `from`;
/// none where that is not possible.
pub(super) fn html(cx: &SiteContext<'_>, window: &NavWindow, from: &SitePath) -> Option<String> {
    let mut out = String::with_capacity(window.rows.len() * 160);
    out.push_str("<ul>");
    let more_row = |out: &mut String, rows: &OnceLock<Option<Row>>, more: &More| -> Option<()> {
        let row = rows.get_or_init(|| {
            let more = MoreView { count: more.count, url: PAGE_URL.to_string() };
            Row::of(&cx.theme.nav_list(&[], Some(&more))?)
        });
        row.as_ref()?.write(out, |out, _| cx.site.push_url(out, from, &more.path));
        Some(())
    };
    // The items whose lists are open.
    let mut open: Vec<&NavRow> = Vec::new();
    let close = |out: &mut String, row: &NavRow| -> Option<()> {
        if let Some(more) = &row.more {
            more_row(out, &cx.nav_scripts.rows.get(&row.item)?.more, more)?;
        }
        out.push_str("</ul></li>");
        Some(())
    };
    for (row, next) in window.rows.iter().zip(window.rows.iter().skip(1).map(Some).chain([None])) {
        while open.len() > row.depth as usize {
            close(&mut out, open.pop()?)?;
        }
        // Templates nest their lists only so deep.
        if open.len() >= MAX_DEPTH {
            return None;
        }
        let item = cx.site.nav.get(row.item)?;
        let state = usize::from(row.active) + usize::from(row.current);
        let script = if row.section && !row.open { cx.nav_scripts.get(row.item) } else { None };
        let made = cx.nav_scripts.rows.get(&row.item)?.states.get(state)?.get_or_init(|| {
            if item.title.contains(char::is_control) {
                return None;
            }
            let mut shown = self::item(cx.site, row.item, from)?;
            shown.current = row.current;
            shown.active = row.active;
            shown.section = row.section;
            shown.url = shown.url.map(|_| PAGE_URL.to_string());
            shown.children_script = script.map(|_| SCRIPT_URL.to_string());
            Row::of(&cx.theme.nav_list(&[shown], None)?)
        });
        made.as_ref()?.write(&mut out, |out, url| match url {
            RowUrl::Page => {
                item.path.iter().for_each(|path| cx.site.push_url(out, from, path));
            }
            RowUrl::Script => {
                script.iter().for_each(|path| push_relative_url(out, from, path, false));
            }
        });
        // Children stand inside their item.
        if next.is_some_and(|next| next.depth > row.depth) {
            let inside = out.len().checked_sub("</li>".len())?;
            if !out.ends_with("</li>") {
                return None;
            }
            out.truncate(inside);
            out.push_str("<ul>");
            open.push(row);
        }
    }
    while let Some(row) = open.pop() {
        close(&mut out, row)?;
    }
    if let Some(more) = &window.more {
        more_row(&mut out, &cx.nav_scripts.top, more)?;
    }
    out.push_str("</ul>");
    Some(out)
}

/// The built-in list is nested at most this deep.
const MAX_DEPTH: usize = 16;
