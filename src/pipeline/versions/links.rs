//! Links of a site that lead to pages of its other versions, by the address of the site or relative to
//! where the version stands. Only the versions that pages link to are read, and each once.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::build::open;
use super::codes::{MISSING_ANCHOR, MISSING_PAGE};
use super::preview::standing;
use super::select::{Version, select};
use crate::base::{
    ContentHash, Diagnostic, SitePath, SourcePath, Span, decode_percent, is_external, nearest,
    split_link,
};
use crate::config::{Overrides, Settings};
use crate::history::{self, BaseNames};
use crate::lint::own::links;
use crate::markdown::Detail;
use crate::memo::{BUILD, Fingerprint, Key, Stage};
use crate::output::version::ROOT_FILES;
use crate::pipeline::build::known_inputs;
use crate::pipeline::check::{CheckInput, keep_hashes};
use crate::pipeline::whole::Whole;
use crate::site::Addresses;

/// The versions beside a site that is checked.
pub struct VersionsBeside {
    dir: PathBuf,
    /// Where the whole site is published; none where that is not known.
    base_url: Option<String>,
    base_path: String,
    versions: Vec<Version>,
    aliases: BTreeMap<String, String>,
    /// Which of them the site stands for.
    own: Option<usize>,
    /// What those that pages link to publish; none for one that cannot be read.
    places: Vec<OnceLock<Option<Places>>>,
}

impl fmt::Debug for VersionsBeside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.versions.iter().map(|version| &*version.name).collect();
        f.debug_struct("VersionsBeside").field("versions", &names).finish_non_exhaustive()
    }
}

/// What a version publishes.
#[derive(Serialize, Deserialize)]
struct Places {
    addresses: Addresses,
    /// The ids in its pages.
    ids: BTreeMap<SitePath, Vec<String>>,
}

/// Where a link leads in another version.
struct Goal<'l> {
    version: usize,
    path: SitePath,
    fragment: Option<&'l str>,
}

impl VersionsBeside {
    /// The versions that the settings of a site ask for; none where they ask for none, or where
    /// there is no repository. `dir` is the folder of `book.toml` in the file system.
    pub fn of(settings: &Settings, dir: &Path, base: &BaseNames) -> Option<VersionsBeside> {
        if !settings.versions.any() {
            return None;
        }
        let refs = history::refs(dir)?;
        let (facts, _) = history::facts(dir, None);
        let (selection, _) = select(&settings.versions, &refs);
        let own = standing(&selection.versions, settings, &facts, dir, base);
        Some(VersionsBeside {
            dir: dir.to_owned(),
            base_url: settings.site.base_url.as_ref().map(|set| set.value.clone()),
            base_path: settings.site.base_path().to_owned(),
            own,
            places: selection.versions.iter().map(|_| OnceLock::new()).collect(),
            versions: selection.versions,
            aliases: selection.aliases,
        })
    }

    /// The folders below the root of the whole site in which other versions stand.
    pub(in crate::pipeline) fn folders(&self) -> Vec<SitePath> {
        let others = self.versions.iter().enumerate().filter(|(at, _)| Some(*at) != self.own);
        let folders = others.map(|(_, version)| version.path.clone());
        let aliases = self.aliases.keys().filter_map(|alias| SitePath::new(alias).ok());
        folders.chain(aliases).filter(|path| !path.is_root()).collect()
    }

    /// What is wrong with the links of pages to other versions: of all pages, or of these files.
    pub(in crate::pipeline) fn check(
        &self,
        input: &CheckInput<'_>,
        addresses: &Addresses,
        files: Option<&HashSet<&SourcePath>>,
    ) -> Vec<Diagnostic> {
        let pages = addresses.pages.par_iter();
        let wanted = pages.filter(|page| files.is_none_or(|files| files.contains(&page.source)));
        let found = wanted.flat_map_iter(|page| {
            let links = self.links_of(input, &page.source);
            let found: Vec<Diagnostic> = links
                .iter()
                .filter_map(|(dest, span)| self.problem(input, &page.path, dest, span))
                .collect();
            found
        });
        found.collect()
    }

    /// The links of a page that may lead to other versions.
    fn links_of(&self, input: &CheckInput<'_>, page: &SourcePath) -> Vec<(String, Span)> {
        let Ok(bytes) = input.source.read(page) else { return Vec::new() };
        let mut key = Fingerprint::new("links that leave a page");
        key.text(page.as_str()).hash(&ContentHash::of(&bytes));
        let key = Key::new(Stage::Lint, key.finish());
        let known = input.memo.get(&key);
        if let Some(known) = known.and_then(|known| postcard::from_bytes(&known).ok()) {
            return known;
        }
        let links: Vec<(String, Span)> =
            links(page, &bytes).into_iter().filter(|(dest, _)| !dest.starts_with('#')).collect();
        if let Ok(bytes) = postcard::to_allocvec(&links) {
            input.memo.put(&key, &bytes);
        }
        links
    }

    /// Where a link of a page leads in another version; none where it leads to none.
    fn goal<'l>(&self, page: &SitePath, dest: &'l str) -> Option<Goal<'l>> {
        let (address, _, fragment) = split_link(dest.trim());
        let own = self.own.and_then(|own| self.versions.get(own));
        let (mut parts, rest): (Vec<String>, &str) = if is_external(address) {
            let base = self.base_url.as_deref().filter(|base| base.contains("://"))?;
            let here = address.get(..base.len()).filter(|here| here.eq_ignore_ascii_case(base));
            (Vec::new(), here.and_then(|_| address.get(base.len()..))?)
        } else if address.starts_with('/') {
            (Vec::new(), address.strip_prefix(&self.base_path)?)
        } else {
            let folder = page.parent();
            let parts = own?.path.components().chain(folder.components());
            (parts.map(str::to_owned).collect(), address)
        };
        let rest = decode_percent(rest);
        for part in rest.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part.to_owned()),
            }
        }
        let first = parts.first().map(String::as_str).unwrap_or_default();
        let named = self.aliases.get(first).map_or(first, |name| name);
        let in_folder = self.versions.iter().position(|version| version.path.as_str() == first);
        let by_alias = || {
            let is_alias = self.aliases.contains_key(first);
            self.versions.iter().position(|version| is_alias && version.name == named)
        };
        let (version, below) = match in_folder.filter(|_| !first.is_empty()).or_else(by_alias) {
            Some(version) => (version, parts.get(1..).unwrap_or_default()),
            None => (self.versions.iter().position(|v| v.path.is_root())?, parts.as_slice()),
        };
        if Some(version) == self.own {
            return None;
        }
        let mut path = below.join("/");
        if path.is_empty() || rest.ends_with('/') {
            path.push_str(if path.is_empty() { "index.html" } else { "/index.html" });
        }
        Some(Goal { version, path: SitePath::new(path).ok()?, fragment })
    }

    fn problem(
        &self,
        input: &CheckInput<'_>,
        page: &SitePath,
        dest: &str,
        span: &Span,
    ) -> Option<Diagnostic> {
        let goal = self.goal(page, dest)?;
        let version = self.versions.get(goal.version)?;
        let places = self.places(input, goal.version)?;
        let path = goal.path.as_str();
        if path.starts_with("_copydesk/") || OUR_FILES.contains(&path) || ROOT_FILES.contains(&path)
        {
            return None;
        }
        let served = |path: &SitePath| places.addresses.served.binary_search(path).is_ok();
        let index = || SitePath::new(format!("{path}/index.html")).ok().filter(served);
        let Some(found) = Some(goal.path.clone()).filter(served).or_else(index) else {
            let message = format!("`{dest}` leads to no page of the version `{}`", version.name);
            let all = places.addresses.served.iter().map(SitePath::as_str);
            let help = match nearest(path, all) {
                Some(near) => format!("did you mean `{near}` of that version?"),
                None => "correct the address, or link to a version that has the page".to_owned(),
            };
            return Some(Diagnostic::new(&MISSING_PAGE, message).at(span.clone()).help(help));
        };
        let fragment = goal.fragment?.split(":~:").next().unwrap_or_default();
        let fragment = decode_percent(fragment);
        let ids = places.ids.get(&found)?;
        if fragment.is_empty()
            || fragment.eq_ignore_ascii_case("top")
            || ids.iter().any(|id| *id == fragment)
        {
            return None;
        }
        let message =
            format!("`{path}` of the version `{}` has no heading or id `{fragment}`", version.name);
        let diagnostic = Diagnostic::new(&MISSING_ANCHOR, message).at(span.clone());
        Some(match nearest(&fragment, ids.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!("did you mean `#{near}`?")),
            None => diagnostic.help("link to the page, or to a heading that it has"),
        })
    }

    fn places(&self, input: &CheckInput<'_>, at: usize) -> Option<&Places> {
        self.places.get(at)?.get_or_init(|| self.read(input, at)).as_ref()
    }

    /// What a version publishes; known from the cache where it was read before.
    fn read(&self, input: &CheckInput<'_>, at: usize) -> Option<Places> {
        let version = self.versions.get(at)?;
        let (source, root) = open(&self.dir, version).ok()?;
        let commit = version.reference.commit.as_ref().ok()?;
        let mut key = Fingerprint::new("places of a version");
        key.text(BUILD).text(&commit.id).text(root.as_str()).value(&input.variables);
        let key = Key::new(Stage::Check, key.finish());
        let known = input.memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        if known.is_some() {
            return known;
        }
        let of_version = CheckInput {
            source: &source,
            root,
            variables: input.variables.clone(),
            overrides: Overrides::default(),
            drafts: false,
            except: Vec::new(),
            memo: input.memo,
            versions: None,
        };
        let inputs = known_inputs(&source, input.memo);
        let whole = Whole::new(&of_version, &inputs, Detail::Links).ok()?;
        let site = &whole.site;
        let ids = site.pages.iter().map(|page| {
            let outline = &page.outline;
            let headings = outline.headings.iter().map(|heading| heading.id.clone());
            let anchors = outline.anchors.iter().map(|anchor| anchor.id.clone());
            let moved = page.fragments.keys().cloned();
            (page.path.clone(), headings.chain(anchors).chain(moved).collect())
        });
        let places = Places { addresses: site.addresses(&|_| None), ids: ids.collect() };
        keep_hashes(&inputs, input.memo);
        if let Ok(bytes) = postcard::to_allocvec(&places) {
            input.memo.put(&key, &bytes);
        }
        Some(places)
    }
}

/// Files that a version publishes and that are no pages of its content.
const OUR_FILES: [&str; 5] = ["404.html", "build.json", "feed.xml", "llms.txt", "print.html"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Ref, RefCommit};

    /// The versions `next`, 2.0, which stands at the root, and 1.0.
    fn beside(own: &str) -> VersionsBeside {
        let mut settings = Settings::default();
        let set = |value: &str| crate::config::Set { value: value.to_owned(), span: None };
        settings.site.base_url = Some(set("https://docs.example.com/manual/"));
        settings.versions.branches = vec![set("*")];
        settings.versions.aliases.insert("latest".to_owned(), set("current"));
        let refs: Vec<Ref> = ["next", "2.0", "1.0"]
            .iter()
            .map(|name| Ref {
                name: (*name).to_owned(),
                is_tag: false,
                commit: Ok(RefCommit { id: String::new(), time: 0 }),
            })
            .collect();
        let (selection, _) = select(&settings.versions, &refs);
        VersionsBeside {
            dir: PathBuf::new(),
            base_url: settings.site.base_url.as_ref().map(|set| set.value.clone()),
            base_path: settings.site.base_path().to_owned(),
            own: selection.versions.iter().position(|version| version.name == own),
            places: Vec::new(),
            versions: selection.versions,
            aliases: selection.aliases,
        }
    }

    #[test]
    fn links_are_seen_from_where_the_version_stands() {
        let goal = |own: &str, page: &str, dest: &str| {
            let beside = beside(own);
            let goal = beside.goal(&SitePath::new(page).unwrap(), dest)?;
            let fragment = goal.fragment.map(|id| format!("#{id}")).unwrap_or_default();
            Some(format!("{} {}{fragment}", beside.versions[goal.version].name, goal.path))
        };
        let some = |text: &str| Some(text.to_owned());
        let site = "https://docs.example.com/manual/";
        assert_eq!(goal("2.0", "a/b.html", &format!("{site}1.0/x.html#y")), some("1.0 x.html#y"));
        assert_eq!(goal("2.0", "a/b.html", &format!("{site}x.html")), None, "its own");
        assert_eq!(goal("1.0", "a/b.html", &format!("{site}x.html")), some("2.0 x.html"));
        assert_eq!(goal("1.0", "a/b.html", &format!("{site}latest/")), some("2.0 index.html"));
        assert_eq!(goal("2.0", "a/b.html", "../1.0/x.html?q#y"), some("1.0 x.html#y"));
        assert_eq!(goal("2.0", "a/b.html", "../x.html"), None);
        assert_eq!(goal("next", "a/b.html", "../../x.html"), some("2.0 x.html"));
        assert_eq!(goal("next", "a/b.html", "../../1.0/a/"), some("1.0 a/index.html"));
        assert_eq!(goal("next", "a/b.html", "../../../x.html"), None, "above the site");
        assert_eq!(goal("next", "a/b.html", "/manual/1.0/x.html"), some("1.0 x.html"));
        assert_eq!(goal("next", "a/b.html", "/other/x.html"), None);
        assert_eq!(goal("none", "a/b.html", "../1.0/x.html"), None);
        assert_eq!(goal("none", "a/b.html", &format!("{site}1.0/x.html")), some("1.0 x.html"));
        for dest in ["mailto:a@b.example", "https://example.com/1.0/x.html", ""] {
            assert_eq!(goal("1.0", "a/b.html", dest), None, "{dest}");
        }
    }
}
