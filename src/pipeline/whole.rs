//! A site with all that its links are resolved with, and what is found in all of it.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::Silent;
use super::addresses::{AddressHashes, addresses};
use super::check::{CheckInput, Checked, readable};
use super::found::{Found, OfPage, place_of_title};
use super::images::ImageSizes;
use super::inputs::Inputs;
use super::links::{Linking, Links, LinksRecord};
use super::parsed::{self, Documents, ParsedPages, Parser};
use super::prepare::BuildError;
use super::reading::{self, Joined, Planned};
use crate::base::{ContentHash, Diagnostic, SourcePath, Span};
use crate::config::{Settings, UNKNOWN_KEY};
use crate::markdown::Detail;
use crate::memo::Store;
use crate::site::{Addresses, Dependencies, Dependency, PageId, Place, Plan, Site};
use crate::source::FileEntry;

/// A site with all that its links are resolved with.
pub(super) struct Whole<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    memo: &'a Store,
    root: SourcePath,
    pub(super) settings: Settings,
    pub(super) files: Vec<FileEntry>,
    pub(super) plan: Plan,
    pub(super) site: Site,
    parsed: ParsedPages,
    pub(super) documents: Documents,
    places: HashMap<SourcePath, ContentHash>,
    images: ImageSizes,
    addresses: AddressHashes,
    /// What was found by joining it, and not by reading its pages.
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Whole<'a> {
    /// Reads the files and joins them.
    pub(super) fn new(
        input: &CheckInput<'a>,
        inputs: &'a Inputs<'a>,
        detail: Detail,
    ) -> Result<Self, BuildError> {
        let (root, memo) = (&input.root, input.memo);
        let except = input.except.clone();
        let planned =
            reading::plan(inputs, root, &input.variables, &input.overrides, except, None)?;
        let Planned { settings, files, plan, mut diagnostics, told, .. } = planned;
        // A key that nothing reads is a mistake in a file of the site. Variables are not of it.
        let unknown = |found: &Diagnostic| found.code == UNKNOWN_KEY.id && found.span().is_some();
        diagnostics.extend(told.into_iter().filter(unknown));
        let parser = Parser {
            inputs,
            memo,
            settings: &settings,
            root,
            fingerprint: parsed::settings_fingerprint(&settings, root),
            before: None,
            detail,
        };
        let reading = reading::pages(&parser, &plan.pages, &Silent);
        let Joined { mut site, places, documents, pages, diagnostics: found } =
            reading::join(reading, &settings, &plan, input.drafts);
        site.other_versions = input.folders();
        let parsed = ParsedPages { fingerprint: parser.fingerprint, pages };
        diagnostics.extend(found);
        let images = ImageSizes::of(inputs, memo, site.assets.iter().map(|asset| &asset.source));
        let addresses = addresses(&settings, &plan, &files, &site, &images);
        let documents = Documents::new(detail, documents);
        let root = root.clone();
        Ok(Whole {
            inputs,
            memo,
            root,
            settings,
            files,
            plan,
            site,
            parsed,
            documents,
            places,
            images,
            addresses,
            diagnostics,
        })
    }

    /// Whether all of it could be read, where it is compared with another one.
    ///
    /// # Errors
    /// What could not.
    pub(super) fn readable(&self, input: &CheckInput<'_>) -> Result<(), BuildError> {
        Ok(readable(input, self.diagnostics.iter().chain(self.read()))?)
    }

    /// The folder of `book.toml`.
    pub(super) fn root(&self) -> &SourcePath {
        &self.root
    }

    /// What its links are resolved with.
    pub(super) fn linking(&self) -> Linking<'_> {
        Linking {
            inputs: self.inputs,
            memo: self.memo,
            settings: &self.settings,
            root: &self.root,
            site: &self.site,
            parsed: &self.parsed,
            documents: &self.documents,
            places: &self.places,
            images: &self.images,
            addresses: self.addresses,
        }
    }

    /// What was found by reading its pages, and those that are not published.
    fn read(&self) -> impl Iterator<Item = &Diagnostic> {
        self.parsed.pages.values().flat_map(|page| &page.diagnostics)
    }

    /// The files that its pages include.
    pub(super) fn included(&self) -> impl Iterator<Item = SourcePath> {
        let included = self.parsed.pages.values().flat_map(|page| &page.made_from.includes);
        included.map(|(path, _)| path.clone())
    }

    /// The fingerprint of its addresses.
    pub(super) fn addresses(&self) -> ContentHash {
        self.addresses.all
    }

    /// What its pages are kept in.
    pub(super) fn memo(&self) -> &Store {
        self.memo
    }

    /// What is wrong with it, and its addresses.
    pub(super) fn checked(&self) -> Checked {
        Checked {
            diagnostics: self.found().diagnostics(),
            addresses: self.standing(),
            settings: self.settings_path(),
        }
    }

    /// Where its pages stand.
    pub(super) fn standing(&self) -> Addresses {
        self.site.addresses(&|path| Some(self.parsed.pages.get(path)?.made_from.text))
    }

    /// The file of its settings, whether it exists or not.
    pub(super) fn settings_path(&self) -> SourcePath {
        self.root.join("book.toml").unwrap_or_else(|_| self.root.clone())
    }

    /// What is wrong with it.
    pub(super) fn found(&self) -> Found {
        let (linking, site) = (self.linking(), &self.site);
        let of_page = |id: PageId| -> Option<(SourcePath, OfPage)> {
            let page = site.page(id)?;
            let place = if site.not_found == Some(id) { Place::Anywhere } else { Place::Own };
            let Links { record, asked, .. } = linking.links(id, place)?;
            self.documents.release(&page.source);
            let LinksRecord { diagnostics: linked, unlisted, .. } = record;
            let read = self.parsed.pages.get(&page.source)?.diagnostics.clone();
            Some((page.source.clone(), OfPage { read, linked, asked, unlisted }))
        };
        let pages: Vec<(SourcePath, OfPage)> = (0..site.pages.len())
            .into_par_iter()
            .filter_map(|index| of_page(PageId(u32::try_from(index).ok()?)))
            .collect();
        let mut found = Found { site: self.diagnostics.clone(), pages: BTreeMap::new() };
        let leading = pages.iter().map(|(page, of)| {
            (page.clone(), of.unlisted.iter().cloned().map(Dependency::Page).collect())
        });
        found.site.extend(site.orphans(&Dependencies::new(leading)));
        found.site.extend(site.duplicate_titles(&|id| self.place_of_title(id)));
        let others = self.parsed.pages.iter().filter(|(path, _)| site.page_of(path).is_none());
        found.site.extend(others.flat_map(|(_, page)| &page.diagnostics).cloned());
        found.pages = pages.into_iter().filter(|(_, of)| !of.is_empty()).collect();
        found
    }

    /// Where a page says what it is called.
    fn place_of_title(&self, id: PageId) -> Span {
        match self.site.page(id) {
            Some(page) => place_of_title(&page.outline, &|| self.linking().document(id)),
            None => Span::start_of(self.root.clone()),
        }
    }
}
