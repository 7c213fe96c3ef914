//! A change of the site's own theme alone: what pages are and where they stand stays, what they look
//! like is another thing.

use std::collections::BTreeSet;
use std::mem;

use super::Prepared;
use super::extras;
use super::inputs::Inputs;
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::markdown::Words;
use crate::memo::fingerprint_of;
use crate::source::{Source, SourceError};
use crate::theme::Theme;
use crate::theme::views::{SharedSite, SiteView};

/// What a theme gives to a site.
pub(super) struct Look<'a> {
    inputs: Inputs<'a>,
    theme: Theme,
    diagnostics: Vec<Diagnostic>,
    words: Words,
    view: SharedSite,
    site: ContentHash,
}

impl<'a> Prepared<'a> {
    /// Whether files belong to the theme folder, and to nothing else.
    pub(super) fn are_of_theme(&self, files: &BTreeSet<SourcePath>) -> bool {
        let head = self.settings().site.head.as_ref().map(|head| &head.value);
        let includes = || {
            let pages = self.parsed.pages.values();
            pages.flat_map(|page| page.made_from.includes.iter().map(|(included, _)| included))
        };
        !files.is_empty()
            && files.iter().all(|file| {
                self.theme_files.contains_key(file)
                    && Some(file) != head
                    && self.site.asset_path(file).is_none()
                    && self.site.page_of(file).is_none()
            })
            && !includes().any(|included| files.contains(included))
    }

    /// The look with other bytes of the files of the theme, which are those that were there.
    pub(super) fn other_look(&self, inputs: Inputs<'a>) -> Result<Look<'a>, SourceError> {
        let source: &dyn Source = &inputs;
        let files = self.theme_files.iter();
        let files: Result<Vec<_>, SourceError> =
            files.map(|(path, name)| extras::theme_file(source, name.clone(), path)).collect();
        let (theme, diagnostics) = Theme::load(&files?, self.settings());
        let words = extras::words(&theme);
        let view = SharedSite::new(SiteView {
            banner_html: extras::banner_html(source, self.settings(), self.root(), &words),
            strings: theme.strings().clone(),
            ..SiteView::clone(&self.view)
        });
        let site = fingerprint_of(&*view);
        Ok(Look { inputs, theme, diagnostics, words, view, site })
    }

    /// Takes another look, and returns the one before.
    pub(super) fn put_look(&mut self, look: Look<'a>) -> Look<'a> {
        self.nav_scripts.forget_rows();
        self.templates = Default::default();
        Look {
            inputs: mem::replace(&mut self.inputs, look.inputs),
            theme: mem::replace(&mut self.theme, look.theme),
            diagnostics: mem::replace(&mut self.theme_diagnostics, look.diagnostics),
            words: mem::replace(&mut self.words, look.words),
            view: mem::replace(&mut self.view, look.view),
            site: mem::replace(&mut self.common.site, look.site),
        }
    }
}
