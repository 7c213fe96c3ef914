//! `_copydesk/version.json`: what other versions, menus and the site map need of a version.

use super::{Entries, Format, entry_of, search};
use crate::history::FileCommit;
use crate::output::SiteContext;
use crate::output::version::{
    RECORD_VERSION, ROOT_FILES, VERSION_RECORD, VersionPage, VersionPlace, VersionRecord,
};
use crate::site::RedirectTarget;

/// The record of a version.
pub(super) static VERSION: Format = Format {
    name: "version",
    summary: "`_copydesk/version.json`, with `--versions`: the pages of the version, for menus, the \
              site map and other versions",
    entries,
};

fn entries(cx: &SiteContext<'_>) -> Entries {
    let Some(record) = cx.version.map(|place| record(cx, place)) else { return Vec::new() };
    let mut json = serde_json::to_string(&record).unwrap_or_default();
    json.push('\n');
    vec![entry_of(VERSION_RECORD, json)]
}

/// The record of a site as a version that knows this of itself.
pub fn record(cx: &SiteContext<'_>, place: &VersionPlace) -> VersionRecord {
    let pages = cx.pages().map(|(_, page)| VersionPage {
        path: page.path.clone(),
        source: page.source.clone(),
        title: page.title.clone(),
        changed: cx.history.files.get(&page.source).and_then(|f| f.last).map(FileCommit::day),
    });
    let moved = cx.site.redirects.iter().filter_map(|redirect| match &redirect.to {
        Some(RedirectTarget::Internal { path, .. }) => Some((redirect.from.clone(), path.clone())),
        _ => None,
    });
    let sections = cx.site.sections.iter().filter(|section| section.page.is_none());
    let assets = cx.theme.asset_paths();
    let own = cx.site.assets.iter().map(|asset| &asset.path);
    let own = own.filter(|path| ROOT_FILES.contains(&path.as_str()));
    VersionRecord {
        version: RECORD_VERSION,
        name: place.name.clone(),
        reference: place.reference.clone(),
        commit: place.commit.clone(),
        title: cx.view.title.clone(),
        clean: cx.settings.site.clean_urls,
        noindex: cx.settings.site.noindex,
        home: cx.site.home.clone(),
        search: if cx.settings.search.enable { search::path() } else { None },
        styles: assets.styles.clone(),
        boot: assets.boot.clone(),
        pages: pages.collect(),
        sections: sections.map(|section| section.path.clone()).collect(),
        moved: moved.collect(),
        redirects: super::redirects::rules(cx),
        own: own.cloned().collect(),
    }
}
