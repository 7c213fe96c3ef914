//! Addresses that a site had and that nobody stands at any more.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::codes::REDIRECT_MISSING;
use super::model::Site;
use crate::base::{ContentHash, Diagnostic, SitePath, SourcePath, Span};

/// The addresses of a site, to be compared with those of another state of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Addresses {
    /// The pages, in their order.
    pub pages: Vec<PageAddress>,
    /// Where anything stands, redirects too; sorted.
    pub served: Vec<SitePath>,
    /// Addresses end in `/` instead of `/index.html`.
    pub clean_urls: bool,
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAddress {
    /// Its source file.
    pub source: SourcePath,
    /// Its address.
    pub path: SitePath,
    /// Its title.
    pub title: String,
    /// The hash of its text.
    pub text: Option<ContentHash>,
    /// Its front matter, where it has one.
    pub front_matter: Option<Span>,
}

impl Site {
    /// The addresses of the site. `text` gives the hash of the text of a page.
    pub fn addresses(&self, text: &dyn Fn(&SourcePath) -> Option<ContentHash>) -> Addresses {
        let pages = self.iter().filter(|(id, _)| self.not_found != Some(*id));
        let pages = pages.map(|(_, page)| PageAddress {
            source: page.source.clone(),
            path: page.path.clone(),
            title: page.title.clone(),
            text: text(&page.source),
            front_matter: page.outline.front_matter.span.clone(),
        });
        let redirects = self.redirects.iter().filter(|redirect| redirect.to.is_some());
        let mut served: Vec<SitePath> = self.pages.iter().map(|page| page.path.clone()).collect();
        served.extend(self.assets.iter().map(|asset| asset.path.clone()));
        served.extend(redirects.map(|redirect| redirect.from.clone()));
        served.extend(self.sections.iter().map(|section| section.path.clone()));
        served.push(self.home.clone());
        served.sort_unstable();
        served.dedup();
        Addresses { pages: pages.collect(), served, clean_urls: self.clean_urls }
    }
}

impl Addresses {
    fn serves(&self, path: &SitePath) -> bool {
        self.served.binary_search(path).is_ok()
    }
}

/// Reports each page of `before` at whose address nothing stands `now`.
///
/// `renamed` gives the new path of a file that was renamed, where that is known; otherwise a page
/// is found again by its text, then by its title. A page that is nowhere is reported at
/// `settings`, where a redirect for it would be written.
pub fn gone(
    before: &Addresses,
    now: &Addresses,
    renamed: &dyn Fn(&SourcePath) -> Option<SourcePath>,
    settings: &SourcePath,
) -> Vec<Diagnostic> {
    // Mostly they are the very same, which is told at a glance.
    if before.served == now.served {
        return Vec::new();
    }
    let lost: Vec<&PageAddress> =
        before.pages.iter().filter(|page| !now.serves(&page.path)).collect();
    if lost.is_empty() {
        return Vec::new();
    }
    if before.clean_urls != now.clean_urls {
        let message = format!("`clean-urls` gives {} pages another address", lost.len());
        let found =
            Diagnostic::new(&REDIRECT_MISSING, message).at(Span::start_of(settings.clone()));
        let help = "nothing leads on from the old ones: redirect them where the site is hosted";
        return vec![found.help(help)];
    }
    let successors = Successors::new(before, now);
    lost.into_iter()
        .map(|page| match successors.of(page, renamed) {
            Some(new) => {
                let message =
                    format!("`/{}` is gone: the page stands at `/{}` now", page.path, new.path);
                let place =
                    new.front_matter.clone().unwrap_or_else(|| Span::start_of(new.source.clone()));
                Diagnostic::new(&REDIRECT_MISSING, message)
                    .at(place)
                    .help(format!("write `aliases: [/{}]` into its front matter", page.path))
            }
            None => {
                let message = format!("`/{}` is gone, which was `{}`", page.path, page.source);
                let help = format!(
                    "redirect it below `[output.html.redirect]` in `book.toml`: \
                     `\"/{}\" = \"...\"`",
                    page.path
                );
                Diagnostic::new(&REDIRECT_MISSING, message)
                    .at(Span::start_of(settings.clone()))
                    .help(help)
            }
        })
        .collect()
}

/// The pages of now, as those of before may be found among them.
struct Successors<'a> {
    by_source: HashMap<&'a SourcePath, &'a PageAddress>,
    /// Pages that are new, by their text.
    by_text: HashMap<ContentHash, &'a PageAddress>,
    /// Pages that are new, by their title; none for one that several have.
    by_title: HashMap<&'a str, Option<&'a PageAddress>>,
}

impl<'a> Successors<'a> {
    fn new(before: &Addresses, now: &'a Addresses) -> Self {
        let known: HashSet<&SourcePath> = before.pages.iter().map(|page| &page.source).collect();
        let mut successors = Successors {
            by_source: now.pages.iter().map(|page| (&page.source, page)).collect(),
            by_text: HashMap::new(),
            by_title: HashMap::new(),
        };
        for page in now.pages.iter().filter(|page| !known.contains(&page.source)) {
            if let Some(text) = page.text {
                successors.by_text.entry(text).or_insert(page);
            }
            let same = successors.by_title.entry(&page.title);
            same.and_modify(|other| *other = None).or_insert(Some(page));
        }
        successors
    }

    fn of(
        &self,
        page: &PageAddress,
        renamed: &dyn Fn(&SourcePath) -> Option<SourcePath>,
    ) -> Option<&'a PageAddress> {
        let renamed = || self.by_source.get(&renamed(&page.source)?).copied();
        let same_text = || self.by_text.get(&page.text?).copied();
        let same_title = || self.by_title.get(page.title.as_str()).copied().flatten();
        let same_file = self.by_source.get(&page.source).copied();
        same_file.or_else(renamed).or_else(same_text).or_else(same_title)
    }
}
