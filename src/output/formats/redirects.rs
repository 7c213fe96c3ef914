//! Redirects: a small page at each old address, for any host, and `_redirects` for those that
//! read it (format: Netlify, Cloudflare Pages).

use std::collections::BTreeMap;

use super::{Entries, Format, entry_of};
use crate::base::SitePath;
use crate::output::{Entry, PageRef, Rendered, SiteContext};
use crate::site::{Redirect, RedirectTarget};
use crate::theme::views::{self, RedirectView};

/// Pages at old addresses.
pub(super) static REDIRECTS: Format =
    Format { name: "redirects", summary: "a page at each old address, and `_redirects`", entries };

fn entries(cx: &SiteContext<'_>) -> Entries {
    let mut entries: Vec<_> = cx
        .site
        .redirects
        .iter()
        .enumerate()
        .map(|(index, redirect)| (redirect.from.clone(), Entry::Page(PageRef::Redirect(index))))
        .collect();
    let rules = rules(cx);
    // Hosts read the file at their root alone: there, the rules of all versions stand in one.
    if !rules.is_empty() && cx.version.is_none() {
        entries.push(entry_of("_redirects", format!("{}\n", rules.join("\n"))));
    }
    entries
}

/// The lines of `_redirects`.
pub(super) fn rules(cx: &SiteContext<'_>) -> Vec<String> {
    let rule = |redirect: &Redirect| {
        let to = cx.site.absolute_redirect_url(redirect.to.as_ref()?);
        Some(format!("{} {to} 301", cx.site.absolute_path(&redirect.from)))
    };
    cx.site.redirects.iter().filter_map(rule).collect()
}

/// The new addresses of fragments, as the page at `from` writes them.
pub(super) fn fragment_urls(
    cx: &SiteContext<'_>,
    from: &SitePath,
    fragments: &BTreeMap<String, RedirectTarget>,
) -> BTreeMap<String, String> {
    fragments
        .iter()
        .map(|(fragment, target)| (fragment.clone(), cx.site.redirect_url(from, target)))
        .collect()
}

pub(super) fn render(cx: &SiteContext<'_>, redirect: &Redirect) -> Rendered {
    let from = &redirect.from;
    let assets = cx.theme.asset_paths();
    let script = assets.redirect.as_ref();
    let view = RedirectView {
        version: views::VERSION,
        site: cx.view,
        url: redirect.to.as_ref().map(|to| cx.site.redirect_url(from, to)),
        canonical: match &redirect.to {
            Some(RedirectTarget::Internal { path, .. }) => cx.absolute(path),
            Some(RedirectTarget::External(url)) => Some(url.clone()),
            Some(RedirectTarget::Above(_)) | None => None,
        },
        fragments: fragment_urls(cx, from, &redirect.fragments),
        script: script.map(|script| cx.site.url(from, script)).unwrap_or_default(),
        styles: assets.styles.iter().map(|style| cx.site.url(from, style)).collect(),
    };
    match cx.theme.render_redirect(&view) {
        Ok(html) => Rendered { bytes: html.into_bytes(), diagnostics: Vec::new() },
        // The author's template fails: readers are led on all the same.
        Err(diagnostic) => Rendered {
            bytes: cx.theme.render_builtin_redirect(&view).into_bytes(),
            diagnostics: vec![*diagnostic],
        },
    }
}
