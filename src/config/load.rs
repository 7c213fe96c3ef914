//! From text and variables to [`Settings`].

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::check::{self, Reporter, quoted};
use super::codes::{BAD_VALUE, SYNTAX, UNSUPPORTED_KEY};
use super::keys::{self, KEYS, Kind, Status};
use super::layers::{self, Entry, Node, Origin, Table, Value};
use super::settings::{Direction, RawHtml, Redirect, Search, Set, Settings};
use super::{address, environment, foreign, language};
use crate::base::{Applicability, Diagnostic, PathError, Severity, SourcePath, Span, is_external};

/// What settings are made of.
#[derive(Debug, Clone, Copy)]
pub struct ConfigInput<'a> {
    /// `book.toml`, seen from the source's top. Where there is none, the path that it would have:
    /// other paths are seen from its folder.
    pub path: &'a SourcePath,
    /// Its text; none where there is no such file.
    pub text: Option<&'a str>,
    /// The environment: names and values.
    pub variables: &'a [(String, String)],
    /// What the command line says.
    pub overrides: &'a Overrides,
}

/// Settings from the command line. They go before everything else. The output folder is not
/// among them: that of `--out` is a path of the operating system, seen from the working
/// directory.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Overrides {
    /// `--base-url`
    pub base_url: Option<String>,
}

/// Reads the settings: defaults, over them the file, over that the environment, over all the
/// command line. A value with a problem is left at its default; ask [`is_fatal`] before
/// anything is made of them.
pub fn load(input: ConfigInput<'_>) -> (Settings, Vec<Diagnostic>) {
    let text = input.text.unwrap_or_default();
    let mut reporter = Reporter { path: input.path, text, diagnostics: Vec::new() };
    let mut root = match DeTable::parse(text) {
        Ok(table) => layers::of_file(table.get_ref()),
        Err(error) => {
            let diagnostic = syntax(&reporter, &error);
            return (Settings::default(), vec![diagnostic]);
        }
    };
    environment::apply(&mut root, input.variables, &mut reporter.diagnostics);
    resolve_aliases(&mut root);
    check::check(&root, &mut reporter);
    let mut reader = Reader { root: &root, folder: input.path.parent(), reporter };
    let mut settings = reader.settings();
    let mut diagnostics = reader.reporter.diagnostics;
    if let Some(url) = &input.overrides.base_url {
        match address::normalise(url) {
            Ok(value) => settings.site.base_url = Some(Set { value, span: None }),
            Err((why, meant)) => {
                let mut said = Diagnostic::new(&BAD_VALUE, format!("`--base-url`: `{url}` {why}"));
                said.help = Some(write_instead(meant.as_deref()));
                diagnostics.push(said);
            }
        }
    }
    diagnostics.sort();
    diagnostics.dedup();
    (settings, diagnostics)
}

/// Whether the settings cannot be relied on, so that nothing may be built or written: some part
/// of `book.toml`, the environment or the command line could not be understood. What was meant
/// might have been the place to write to, or a protection.
pub fn is_fatal(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error && d.code.starts_with("config/"))
}

fn syntax(reporter: &Reporter<'_>, error: &toml::de::Error) -> Diagnostic {
    let end = reporter.text.len();
    let range = error.span().unwrap_or(end..end);
    // The parser's list of what it expected is of no use to somebody who forgot quotes.
    let said = error.message().trim().trim_end_matches('.');
    let said = match said.strip_suffix(", expected literal string") {
        Some(said) => said,
        None => said,
    };
    let name = reporter.path.file_name();
    let mut diagnostic = Diagnostic::new(&SYNTAX, format!("`{name}` is not valid TOML: {said}"))
        .at(reporter.span(range.start, range.end));
    diagnostic.help = syntax_help(said).map(str::to_owned);
    diagnostic
}

/// What to do about the errors that people make most.
fn syntax_help(message: &str) -> Option<&'static str> {
    let has = |part: &str| message.contains(part);
    if has("duplicate key") {
        Some("write each key and each `[table]` once")
    } else if has("invalid basic string") || has("invalid literal string") {
        Some("close the quote on the line where it is opened")
    } else if has("escape") {
        Some("a backslash in \"...\" is written twice; '...' takes text as it is")
    } else if has("must be quoted") {
        Some("text stands in quotes: `title = \"Handbook\"`")
    } else {
        None
    }
}

fn write_instead(meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            "write a URL such as `https://docs.example.com/`, or a path such as `/docs/`".into()
        }
    }
}

/// Puts what stands under a former name under the present one, unless that is used too.
fn resolve_aliases(root: &mut Table) {
    for key in KEYS {
        let Status::Alias(target) = key.status else { continue };
        let Some(Entry { node, .. }) = layers::take(root, key.path) else { continue };
        if layers::at(root, target).is_none() {
            let path: Vec<String> = target.split('.').map(str::to_owned).collect();
            layers::set(root, &path, node, |_| false);
        }
    }
}

/// Reads values that the check has found to be of the right kind; others are not there.
pub(super) struct Reader<'r, 'a> {
    root: &'r Table,
    /// The folder of `book.toml`.
    folder: SourcePath,
    reporter: Reporter<'a>,
}

impl<'r> Reader<'r, '_> {
    fn settings(&mut self) -> Settings {
        let mut s = Settings::default();

        s.book.title = self.text_or_default("book.title");
        s.book.description = self.text_or_default("book.description");
        s.book.authors = self.texts("book.authors");
        s.book.src = self.folder_at("book.src");
        self.language(&mut s);

        if let Some(dir) = self.text("build.build-dir") {
            self.build_dir(&mut s, dir);
        }
        self.set_flag("build.create-missing", &mut s.build.create_missing);

        self.html(&mut s);
        self.site(&mut s);

        self.set_flag("nav.summary", &mut s.nav.summary);

        self.set_flag("git.facts", &mut s.git.facts);
        self.set_flag("git.branch-note", &mut s.git.branch_note);
        s.git.base = self.text("git.base").map(|set| set.value);
        s.git.ignore_revs = self.file("git.ignore-revs");

        s.markdown.html = match self.text("markdown.html").map(|set| set.value).as_deref() {
            Some("sanitize") => RawHtml::Sanitize,
            Some("escape") => RawHtml::Escape,
            _ => RawHtml::Allow,
        };
        s.markdown.math = s.html.mathjax_support;
        self.set_flag("markdown.math", &mut s.markdown.math);
        let named = self.table("preprocessor").into_iter().flatten();
        s.markdown.components =
            named.into_iter().any(|(name, entry)| foreign::is_unknown(name, entry));
        self.set_size("markdown.max-depth", &mut s.markdown.max_depth);
        self.set_size("markdown.max-page-bytes", &mut s.markdown.max_page_bytes);

        self.search(&mut s.search);
        s.lint = self.lint();
        s.review = self.review();
        s.terms = self.terms();
        s.versions = self.versions();

        s.theme.dir = self.folder_at("theme.dir").or_else(|| self.folder_at("output.html.theme"));
        s.theme.accent = self.colour("theme.accent");
        s.theme.accent_dark = self.colour("theme.accent-dark");
        if let Some(table) = self.table("theme.extra") {
            s.theme.extra =
                table.iter().map(|(k, entry)| (k.clone(), entry.node.value.json())).collect();
        }

        let vars: Vec<(&String, &Entry)> = self.table("vars").into_iter().flatten().collect();
        s.vars = vars
            .into_iter()
            .filter_map(|(name, entry)| {
                let node = &entry.node;
                let value = node.text().or_else(|| node.value.scalar())?;
                Some((name.clone(), self.with_span(value, node)))
            })
            .collect();
        s
    }

    fn html(&mut self, s: &mut Settings) {
        let html = &mut s.html;
        self.set_flag("output.html.smart-punctuation", &mut html.smart_punctuation);
        self.set_flag("output.html.definition-lists", &mut html.definition_lists);
        self.set_flag("output.html.admonitions", &mut html.admonitions);
        self.set_flag("output.html.mathjax-support", &mut html.mathjax_support);
        self.set_flag("output.html.no-section-label", &mut html.no_section_label);
        html.default_theme = self.mdbook_theme("output.html.default-theme");
        html.preferred_dark_theme = self.mdbook_theme("output.html.preferred-dark-theme");
        html.additional_css = self.files("output.html.additional-css");
        html.additional_js = self.files("output.html.additional-js");
        html.input_404 = self.text("output.html.input-404");
        html.cname = self.cname();
        html.hidelines = self
            .map("output.html.code.hidelines")
            .into_iter()
            .map(|(language, prefix, _)| (language, prefix))
            .collect::<BTreeMap<_, _>>();
        if self.flag("output.html.fold.enable") == Some(true) {
            let level = self.whole("output.html.fold.level").unwrap_or_default();
            html.fold = Some(u32::try_from(level).unwrap_or_default());
        }
        self.set_flag("output.html.print.enable", &mut html.print);
        self.set_flag("output.html.print.page-break", &mut html.print_page_break);
        self.set_flag("output.html.playground.copyable", &mut html.copyable);
        self.set_flag("output.html.playground.line-numbers", &mut html.line_numbers);
        html.redirects = self
            .map("output.html.redirect")
            .into_iter()
            .map(|(from, to, span)| Redirect { from, to, span })
            .collect();
        html.rust_edition = self.text("rust.edition").map(|set| set.value);
    }

    fn search(&mut self, search: &mut Search) {
        let of = |key: &str| format!("output.html.search.{key}");
        self.set_flag(&of("enable"), &mut search.enable);
        self.set_flag("search.enable", &mut search.enable);
        self.set_flag(&of("expand"), &mut search.expand);
        self.set_size(&of("limit-results"), &mut search.limit);
        self.set_size(&of("teaser-word-count"), &mut search.teaser);
        self.set_size(&of("boost-title"), &mut search.boost_title);
        self.set_size(&of("boost-hierarchy"), &mut search.boost_hierarchy);
        self.set_size(&of("boost-paragraph"), &mut search.boost_paragraph);
        self.set_size("search.boost-code", &mut search.boost_code);
        self.set_size(&of("heading-split-level"), &mut search.split);
        let chapters = self.table(&of("chapter"));
        for (name, entry) in chapters.into_iter().flatten() {
            let enable = entry.node.table().and_then(|table| table.get("enable"));
            if let Some(Value::Bool(found)) = enable.map(|entry| &entry.node.value) {
                search.found.insert(name.trim_matches('/').to_owned(), *found);
            }
        }
        for name in self.texts("search.exclude") {
            search.found.insert(name.trim_matches('/').to_owned(), false);
        }
    }

    fn site(&mut self, s: &mut Settings) {
        s.site.base_url = match self.node("site.base-url") {
            Some(node) => self.address("site.base-url", node, address::normalise),
            None => self
                .node("output.html.site-url")
                .and_then(|n| self.address("output.html.site-url", n, address::normalise_lenient)),
        };
        s.site.repository =
            self.url("site.repository").or_else(|| self.url("output.html.git-repository-url"));
        s.site.issue_url = self.issue_url(s.site.repository.as_deref());
        s.site.edit_url = self
            .edit_url("site.edit-url")
            .or_else(|| self.edit_url("output.html.edit-url-template"));
        self.set_flag("site.clean-urls", &mut s.site.clean_urls);
        self.set_flag("site.noindex", &mut s.site.noindex);
        self.set_flag("site.print-parts", &mut s.site.print_parts);
        s.site.logo = self.file("site.logo");
        s.site.favicon = self.file("site.favicon");
        s.site.image = self.file("site.image");
        s.site.head = self.file("site.head");
        s.site.banner = self.text("site.banner");
    }

    fn language(&mut self, s: &mut Settings) {
        if let Some(node) = self.node("book.language")
            && let Some(text) = node.text()
        {
            match language::normalise(&text) {
                Some(tag) => {
                    if tag != text {
                        let message = format!("`book.language`: `{text}` is not a language tag");
                        let fix =
                            self.reporter.fix(&node.origin, quoted(&tag), Applicability::Safe);
                        let mut said = Diagnostic::new(&BAD_VALUE, message)
                            .severity(Severity::Warning)
                            .help(format!("it is read as `{tag}`"));
                        said.fix = fix;
                        self.reporter.add(said, &node.origin, "");
                    }
                    s.book.language = tag;
                }
                None => self.refuse(
                    &format!("`book.language`: `{text}` is not a language tag"),
                    "write one such as `en`, `de` or `pt-BR`",
                    node,
                ),
            }
        }
        s.book.text_direction =
            match self.text("book.text-direction").map(|set| set.value).as_deref() {
                Some("ltr") => Direction::Ltr,
                Some("rtl") => Direction::Rtl,
                _ => language::direction(&s.book.language),
            };
    }

    fn build_dir(&mut self, s: &mut Settings, dir: Set<String>) {
        let why = if dir.value.trim().is_empty() {
            "is empty"
        } else if dir.value.contains('\0') {
            "holds a NUL character"
        } else {
            s.build.build_dir_span = dir.span;
            s.build.build_dir = dir.value;
            return;
        };
        if let Some(node) = self.node("build.build-dir") {
            self.refuse(
                &format!("`build.build-dir` {why}"),
                "name a folder for the output, such as `book`",
                node,
            );
        }
    }

    pub(super) fn node(&self, path: &str) -> Option<&'r Node> {
        layers::at(self.root, path)
    }

    pub(super) fn with_span<T>(&self, value: T, node: &Node) -> Set<T> {
        Set { value, span: self.span(&node.origin) }
    }

    pub(super) fn span(&self, origin: &Origin) -> Option<Span> {
        match origin {
            Origin::File { start, end } => Some(self.reporter.span(*start, *end)),
            Origin::Variable(_) => None,
        }
    }

    /// An error of [`BAD_VALUE`] at a value.
    pub(super) fn refuse(&mut self, message: &str, help: &str, node: &Node) {
        let said = Diagnostic::new(&BAD_VALUE, message).help(help);
        self.reporter.add(said, &node.origin, "");
    }

    pub(super) fn flag(&self, path: &str) -> Option<bool> {
        match self.node(path)?.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn set_flag(&self, path: &str, field: &mut bool) {
        if let Some(value) = self.flag(path) {
            *field = value;
        }
    }

    /// A number within the bounds of its key; the check has told of others.
    pub(super) fn whole(&self, path: &str) -> Option<i64> {
        let Some(Kind::Whole(least, most)) = keys::find(path).map(|key| key.kind) else {
            return None;
        };
        match self.node(path)?.value {
            Value::Whole { value, .. } => value.filter(|value| (least..=most).contains(value)),
            _ => None,
        }
    }

    fn set_size(&self, path: &str, field: &mut usize) {
        if let Some(value) = self.whole(path).and_then(|value| usize::try_from(value).ok()) {
            *field = value;
        }
    }

    fn text(&self, path: &str) -> Option<Set<String>> {
        let node = self.node(path)?;
        Some(self.with_span(node.text()?, node))
    }

    fn text_or_default(&self, path: &str) -> String {
        self.text(path).map(|set| set.value).unwrap_or_default()
    }

    pub(super) fn items(&self, path: &str) -> &'r [Node] {
        self.node(path).map_or(&[], Node::items)
    }

    pub(super) fn texts(&self, path: &str) -> Vec<String> {
        self.items(path).iter().filter_map(Node::text).collect()
    }

    pub(super) fn table(&self, path: &str) -> Option<&'r Table> {
        self.node(path)?.table()
    }

    /// The entries of a table of texts, in the order in which they are written.
    fn map(&self, path: &str) -> Vec<(String, String, Option<Span>)> {
        let mut entries: Vec<(&String, &Entry)> = self.table(path).into_iter().flatten().collect();
        entries.sort_by(|a, b| a.1.key.cmp(&b.1.key));
        entries
            .into_iter()
            .filter_map(|(name, entry)| {
                let span = match (self.span(&entry.key), self.span(&entry.node.origin)) {
                    (Some(key), Some(value)) if key.end <= value.start => {
                        Some(Span { end: value.end, ..key })
                    }
                    (key, _) => key,
                };
                Some((name.clone(), entry.node.text()?, span))
            })
            .collect()
    }

    /// A path of a file, seen from the folder of `book.toml`.
    fn path(&mut self, what: &str, node: &Node) -> Option<Set<SourcePath>> {
        let text = node.text()?;
        let joined = match text.starts_with('/') {
            true => Err(PathError::Absolute(text.clone())),
            false => self.folder.join(&text),
        };
        let help = match &joined {
            Ok(path) => return Some(self.with_span(path.clone(), node)),
            Err(PathError::Escapes(_)) => {
                "files of a site lie in its repository, or where there is none, in the folder of \
                 `book.toml`"
            }
            Err(PathError::Absolute(_)) => "paths are seen from the folder of `book.toml`",
            Err(PathError::Malformed(_)) if text.contains('\\') => "write `/` between folders",
            Err(PathError::Malformed(_)) => "write the path of a file in this repository",
        };
        let why = joined.err().map(|error| error.to_string()).unwrap_or_default();
        self.refuse(&format!("`{what}`: {why}"), help, node);
        None
    }

    pub(super) fn file_of(&mut self, what: &str, node: &Node) -> Option<Set<SourcePath>> {
        let text = node.text()?;
        if is_external(&text) {
            let message = format!("`{what}` names a file, not the URL `{text}`");
            self.refuse(&message, "put a copy of the file into the repository", node);
            return None;
        }
        let path = self.path(what, node)?;
        if path.value == self.folder || path.value.is_root() {
            self.refuse(&format!("`{what}` names no file"), "write the path of a file", node);
            return None;
        }
        Some(path)
    }

    pub(super) fn file(&mut self, path: &str) -> Option<Set<SourcePath>> {
        let node = self.node(path)?;
        self.file_of(path, node)
    }

    fn folder_at(&mut self, path: &str) -> Option<Set<SourcePath>> {
        let node = self.node(path)?;
        self.path(path, node)
    }

    fn files(&mut self, path: &str) -> Vec<Set<SourcePath>> {
        self.items(path).iter().filter_map(|item| self.file_of(path, item)).collect()
    }

    fn address(
        &mut self,
        path: &str,
        node: &Node,
        normalise: fn(&str) -> address::Checked,
    ) -> Option<Set<String>> {
        let text = node.text()?;
        match normalise(&text) {
            Ok(value) => Some(self.with_span(value, node)),
            Err((why, meant)) => {
                let mut said = Diagnostic::new(&BAD_VALUE, format!("`{path}`: `{text}` {why}"))
                    .help(write_instead(meant.as_deref()));
                said.fix = meant.and_then(|meant| {
                    self.reporter.fix(&node.origin, quoted(&meant), Applicability::Suggested)
                });
                self.reporter.add(said, &node.origin, "");
                None
            }
        }
    }

    /// The address of a link. An empty one is as good as none; one that would lead to a page of
    /// the site itself is left out, with a warning, for the site is whole without it.
    fn url(&mut self, path: &str) -> Option<String> {
        let node = self.node(path)?;
        let text = node.text().filter(|text| !text.trim().is_empty())?;
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("https://") || lower.starts_with("http://") || text.starts_with('/') {
            return Some(text);
        }
        let mut said = Diagnostic::new(&BAD_VALUE, format!("`{path}`: `{text}` is not a URL"))
            .severity(Severity::Warning)
            .help("the link is left out; write a URL that begins with `https://`");
        let host = text.split('/').next().unwrap_or_default();
        if host.contains('.')
            && !host.starts_with('.')
            && !is_external(&text)
            && !host.contains('@')
        {
            let meant = format!("https://{text}");
            said.help = Some(format!("the link is left out; did you mean `{meant}`?"));
            said.fix = self.reporter.fix(&node.origin, quoted(&meant), Applicability::Suggested);
        }
        self.reporter.add(said, &node.origin, "");
        None
    }

    /// The address of "report a problem": as it is set, else what the host of the repository has.
    fn issue_url(&mut self, repository: Option<&str>) -> Option<String> {
        if let Some(node) = self.node("site.issue-url") {
            return match node.text() {
                Some(text) if text.is_empty() => None,
                _ => self.url("site.issue-url"),
            };
        }
        let repository = repository?.trim_end_matches('/');
        let host = repository.strip_prefix("https://")?;
        // Of what lies deeper than a repository nobody knows the address of its issues.
        if host.split('/').count() != 3 {
            return None;
        }
        let repository = repository.trim_end_matches(".git");
        if host.starts_with("github.com/") {
            Some(format!("{repository}/issues/new?title={{title}}"))
        } else if host.starts_with("gitlab.com/") {
            Some(format!("{repository}/-/issues/new?issue[title]={{title}}"))
        } else {
            None
        }
    }

    fn edit_url(&mut self, path: &str) -> Option<String> {
        let url = self.url(path)?;
        if !url.contains("{path}")
            && let Some(node) = self.node(path)
        {
            let said = Diagnostic::new(&BAD_VALUE, format!("`{path}` has no `{{path}}`"))
                .severity(Severity::Warning)
                .help("every page would get the same link; `{path}` stands for the page's source");
            self.reporter.add(said, &node.origin, "");
        }
        Some(url)
    }

    /// The name of a theme of mdBook's; those that a book brings along are not there.
    fn mdbook_theme(&mut self, path: &str) -> Option<String> {
        let node = self.node(path)?;
        let name = node.text().filter(|name| !name.is_empty())?;
        let known = ["auto", "ayu", "coal", "dark", "light", "navy", "rust"];
        if known.contains(&name.to_lowercase().as_str()) {
            return Some(name);
        }
        let said = Diagnostic::new(
            &UNSUPPORTED_KEY,
            format!("`{path}`: there is no theme `{name}`"),
        )
        .help("the reader's own choice of light and dark is followed; write `light` or `dark`");
        self.reporter.add(said, &node.origin, "");
        None
    }

    fn cname(&mut self) -> Option<String> {
        let path = "output.html.cname";
        let node = self.node(path)?;
        let name = node.text().filter(|name| !name.is_empty())?;
        let is_host = name.contains('.')
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if !is_host {
            let message = format!("`{path}`: `{name}` is not a domain");
            let said = Diagnostic::new(&BAD_VALUE, message)
                .severity(Severity::Warning)
                .help("no `CNAME` is written; write the domain alone, such as `docs.example.com`");
            self.reporter.add(said, &node.origin, "");
            return None;
        }
        Some(name)
    }

    /// A colour, which goes into a style sheet: nothing else may come with it.
    fn colour(&mut self, path: &str) -> Option<String> {
        let node = self.node(path)?;
        let text = node.text()?;
        let is_colour = !text.trim().is_empty()
            && text.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || matches!(c, '#' | '(' | ')' | ',' | '.' | '%' | '/' | ' ' | '-')
            })
            && !text.to_ascii_lowercase().contains("url(");
        if !is_colour {
            self.refuse(
                &format!("`{path}`: `{text}` is not a color"),
                "write a CSS color such as `#1f55a5` or `rgb(31 85 165)`",
                node,
            );
            return None;
        }
        Some(text)
    }
}
