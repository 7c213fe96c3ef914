//! What the links of a page are resolved against, in one fingerprint: as long as it is the same,
//! and the page too, its links lead where they led. The places inside the pages are left out, so
//! that a new heading does not touch every page: what a page asks of them is looked at one by one.

use crate::base::{ContentHash, SourcePath, decode_percent};
use crate::config::Settings;
use crate::markdown::Outline;
use crate::memo::{Fingerprint, fingerprint_of};
use crate::site::{Plan, RedirectTarget, Site, is_markdown};
use crate::source::FileEntry;

use super::images::ImageSizes;

/// The fingerprints of all that can be linked to, but for the places inside the pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct AddressHashes {
    /// With where the site is published.
    pub(super) all: ContentHash,
    /// For links that do not begin at the root of the host: where the site is published means nothing
    /// to them. Versions of a site differ in that, and most pages have no others.
    pub(super) relative: ContentHash,
    /// For links of which some begin there, and none of these leads into the folder of the host that
    /// the site takes: which folder that is means nothing to them. None where it takes the whole host.
    pub(super) elsewhere: Option<ContentHash>,
}

/// Links of a page that begin at the root of the host, as they are read.
pub(super) fn from_root<'l>(links: impl Iterator<Item = &'l str>) -> Vec<String> {
    let decoded = links.map(|dest| decode_percent(dest.trim()));
    let mut found: Vec<String> =
        decoded.filter(|dest| dest.starts_with('/')).map(|dest| dest.into_owned()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The fingerprints of all that can be linked to, but for the places inside the pages.
///
/// An image of another size touches it too: pages state the sizes of images.
pub(super) fn addresses(
    settings: &Settings,
    plan: &Plan,
    files: &[FileEntry],
    site: &Site,
    images: &ImageSizes,
) -> AddressHashes {
    let mut all = Fingerprint::new("addresses");
    let mut unpublished = settings.clone();
    let base_url = unpublished.site.base_url.take();
    all.value(&unpublished).text(plan.content.as_str()).bytes(&[u8::from(plan.summary.is_some())]);
    for file in files {
        all.text(file.path.as_str());
        if is_markdown(&file.path) && site.page_of(&file.path).is_none() {
            all.text(&format!("{:?}", site.unpublished(&file.path)));
        }
        if let Some(path) = site.asset_path(&file.path) {
            all.text(path.as_str());
        }
        if let Some((width, height)) = images.get(&file.path) {
            all.bytes(&width.to_le_bytes()).bytes(&height.to_le_bytes());
        }
    }
    for page in &site.pages {
        all.text(page.source.as_str())
            .text(page.path.as_str())
            .bytes(&[u8::from(page.listed()), u8::from(page.outline.unparsed)]);
        for (fragment, target) in &page.fragments {
            all.text(fragment);
            redirect(&mut all, target);
        }
    }
    for section in &site.sections {
        all.text(section.path.as_str()).bytes(&[u8::from(section.page.is_some())]);
    }
    for line in &site.redirects {
        all.text(line.from.as_str());
        line.to.iter().for_each(|target| redirect(&mut all, target));
        for (fragment, target) in &line.fragments {
            all.text(fragment);
            redirect(&mut all, target);
        }
    }
    all.value(&site.other_versions);
    all.text(site.home.as_str())
        .value(&site.first_page.map(|page| page.0))
        .value(&site.not_found.map(|page| page.0));
    let relative = all.finish();
    let elsewhere = (site.base_path != "/").then(|| all.text("elsewhere").finish());
    AddressHashes { all: all.value(&base_url).finish(), relative, elsewhere }
}

fn redirect(all: &mut Fingerprint, target: &RedirectTarget) {
    match target {
        RedirectTarget::External(url) => all.text("external").text(url),
        RedirectTarget::Above(url) => all.text("above").text(url),
        RedirectTarget::Internal { path, page, fragment } => {
            all.text("internal").text(path.as_str()).value(&page.map(|page| page.0)).value(fragment)
        }
    };
}

/// The fingerprint of the places inside a page that links can lead to, and of their words, which
/// help to tell what a link that leads nowhere was meant to be.
pub(super) fn places(outline: &Outline) -> ContentHash {
    let headings: Vec<(&str, &str)> = outline
        .headings
        .iter()
        .map(|heading| (heading.id.as_str(), heading.text.as_str()))
        .collect();
    let anchors: Vec<&str> = outline.anchors.iter().map(|anchor| anchor.id.as_str()).collect();
    fingerprint_of(&(headings, anchors, outline.unparsed))
}

/// The pages whose places a page was resolved against.
pub(super) fn asked_of(dependencies: &[crate::site::Dependency]) -> Vec<SourcePath> {
    let mut pages: Vec<SourcePath> = dependencies
        .iter()
        .filter_map(|dependency| match dependency {
            crate::site::Dependency::Anchor(page, _) => Some(page.clone()),
            _ => None,
        })
        .collect();
    pages.sort();
    pages.dedup();
    pages
}
