//! The navigation as pages show it, and the scripts that bring the parts that a page leaves out.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::{ContentHash, SitePath, relative_url};
use crate::site::{NavId, NavKind, NavWindow, Site};
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
}

impl NavScripts {
    /// Writes the scripts of a site.
    pub fn of(site: &Site) -> Self {
        let mut found = NavScripts::default();
        let navigation = &site.nav;
        let items: Vec<NavId> = navigation.iter().map(|(id, _)| id).collect();
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

    /// The scripts, by path.
    pub fn scripts(&self) -> &[(SitePath, Arc<[u8]>)] {
        &self.scripts
    }

    fn get(&self, id: NavId) -> Option<&SitePath> {
        self.by_item.get(&id)
    }
}

/// All that [`view`] makes its answer of, as bytes: equal bytes, equal answers. It costs less than
/// the answer.
pub(super) fn shown(window: &NavWindow, scripts: &NavScripts, from: &SitePath) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(window.rows.len() * 40 + 64);
    let more = |bytes: &mut Vec<u8>, more: Option<&crate::site::More>| {
        if let Some(more) = more {
            bytes.extend_from_slice(&(more.count as u64).to_le_bytes());
            bytes.extend_from_slice(more.path.as_str().as_bytes());
        }
        bytes.push(b'\n');
    };
    // Relative addresses depend on the folder alone.
    bytes.extend_from_slice(from.parent().as_str().as_bytes());
    bytes.push(b'\n');
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
    let more =
        |more: &crate::site::More| MoreView { count: more.count, url: site.url(from, &more.path) };
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
    NavView { items: levels.pop().unwrap_or_default(), more: window.more.as_ref().map(more) }
}
