//! What a build is told that makes one version of several: where it stands, the look of the base
//! branch, and what other versions have already.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::twins::Twins;
use crate::base::{ContentHash, SitePath, SourcePath};
use crate::config::{Set, Settings};
use crate::memo::Fingerprint;
use crate::output::version::VersionPlace;
use crate::pipeline::extras;
use crate::site;
use crate::source::{FileEntry, OverlaySource, Source, SourceError};

/// A build makes one version of several.
pub struct VersionInput<'a> {
    /// What it knows of itself.
    pub place: VersionPlace,
    /// Where it will be published, as `site.base-url`; none where that is not known.
    pub base_url: Option<String>,
    /// Search engines are asked to stay away.
    pub noindex: bool,
    /// The look of the base branch; none for a version that keeps its own.
    pub look: Option<&'a Look>,
    /// The folders of other versions below its own, in which it must not write.
    pub taken: Vec<SitePath>,
    /// What other versions have.
    pub twins: &'a Twins,
}

impl VersionInput<'_> {
    /// Enters all that can change what is made of a commit.
    pub(in crate::pipeline) fn enter(&self, fingerprint: &mut Fingerprint) {
        fingerprint.value(&self.place).value(&self.base_url).value(&self.noindex);
        fingerprint.value(&self.taken).maybe(self.look.map(|look| &look.hash));
    }

    /// Changes the settings of the version to those that it is built with.
    pub(in crate::pipeline) fn adjust(&self, settings: &mut Settings) {
        settings.site.base_url = self.base_url.clone().map(|value| Set { value, span: None });
        settings.site.noindex |= self.noindex;
        settings.git.branch_note = false;
        settings.html.cname = None;
        let Some(look) = self.look else { return };
        let base = &look.settings;
        settings.theme = base.theme.clone();
        settings.site.logo.clone_from(&base.site.logo);
        settings.site.favicon.clone_from(&base.site.favicon);
        settings.site.image.clone_from(&base.site.image);
        settings.site.head.clone_from(&base.site.head);
        settings.html.additional_css.clone_from(&base.html.additional_css);
        settings.html.additional_js.clone_from(&base.html.additional_js);
        settings.html.default_theme.clone_from(&base.html.default_theme);
        settings.html.preferred_dark_theme.clone_from(&base.html.preferred_dark_theme);
    }

    /// Whether a file would stand in the folder of another version.
    pub(in crate::pipeline) fn is_taken(&self, path: &SitePath) -> bool {
        self.taken.iter().any(|folder| path.starts_with(folder))
    }
}

/// The folder, below that of `book.toml`, where a version finds the look of the base branch. No
/// source has it: it is never listed.
const LOOK: &str = ".copydesk/look";

/// The theme of the base branch, with all files that settings name for the look of pages.
pub struct Look {
    /// The settings of the base branch; their files are those below [`LOOK`].
    settings: Settings,
    files: BTreeMap<SourcePath, Arc<[u8]>>,
    hash: ContentHash,
}

impl Look {
    /// Reads the look of a site whose settings are read and whose files are listed. `root` is the
    /// folder of `book.toml`.
    ///
    /// # Errors
    /// Where a file of the theme cannot be read.
    pub(in crate::pipeline) fn read(
        source: &dyn Source,
        settings: &Settings,
        root: &SourcePath,
        files: &[FileEntry],
        content: &SourcePath,
    ) -> Result<Look, SourceError> {
        let mut look =
            Look { settings: settings.clone(), files: BTreeMap::new(), hash: ContentHash::of(b"") };
        let folder = root.join(LOOK).unwrap_or_else(|_| root.clone());
        for file in extras::theme_files(source, settings, root, files, content)? {
            if let Ok(path) = folder.join(&file.name) {
                look.files.insert(path, file.bytes);
            }
        }
        let theme = site::theme_folder(settings, root, content, files);
        let mut moved = |set: &mut Set<SourcePath>| {
            let below = theme.as_ref().and_then(|theme| set.value.strip_prefix(theme));
            let below = below.or_else(|| set.value.strip_prefix(root));
            let below = below.unwrap_or_else(|| set.value.clone());
            let Ok(path) = folder.join(below.as_str()) else { return };
            // A file that is not there is told when the base branch itself is built.
            if let Ok(bytes) = source.read(&set.value) {
                look.files.insert(path.clone(), bytes);
                set.value = path;
            }
        };
        let of = &mut look.settings;
        let named = of.html.additional_css.iter_mut().chain(&mut of.html.additional_js);
        named
            .chain(&mut of.site.logo)
            .chain(&mut of.site.favicon)
            .chain(&mut of.site.image)
            .chain(&mut of.site.head)
            .for_each(&mut moved);
        of.theme.dir = Some(Set { value: folder, span: None });
        let mut hash = Fingerprint::new("look");
        let Settings { theme, site, html, .. } = &look.settings;
        hash.value(&(theme, &site.logo, &site.favicon, &site.image, &site.head));
        hash.value(&(&html.additional_css, &html.additional_js));
        hash.value(&(&html.default_theme, &html.preferred_dark_theme));
        for (path, bytes) in &look.files {
            hash.text(path.as_str()).hash(&ContentHash::of(bytes));
        }
        look.hash = hash.finish();
        Ok(look)
    }

    /// The fingerprint of all that it gives to pages.
    pub(super) fn hash(&self) -> ContentHash {
        self.hash
    }

    /// Lays the files of the look over a version.
    pub fn over<'a>(&self, source: &'a dyn Source) -> OverlaySource<'a> {
        let mut over = OverlaySource::new(source);
        for (path, bytes) in &self.files {
            over.set(path.clone(), Arc::clone(bytes));
        }
        over
    }
}

/// Where a file of the look is published: as if it stood beside `book.toml`.
pub(in crate::pipeline) fn without_look(below_root: &SourcePath) -> SourcePath {
    let look = SourcePath::new(LOOK).ok();
    let below = look.and_then(|look| below_root.strip_prefix(&look));
    below.unwrap_or_else(|| below_root.clone())
}

/// The theme folder of a version itself, which is neither look nor content where it takes that of
/// the base branch.
pub(in crate::pipeline) fn own_theme(settings: &Settings, root: &SourcePath) -> Option<SourcePath> {
    match &settings.theme.dir {
        Some(dir) => Some(dir.value.clone()),
        None => root.join("theme").ok(),
    }
    .filter(|folder| !folder.is_root() && folder != root)
}
