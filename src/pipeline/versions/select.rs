//! Which branches and tags are versions, in what order, and what each of them is to readers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes::{BAD_NAME, NO_MATCH, SAME_NAME, UNKNOWN_NAME, UNREADABLE_REF};
use crate::base::{Diagnostic, SitePath, Span, nearest};
use crate::config::{Set, VersionLayout, VersionOrder, Versions};
use crate::history::Ref;

/// A version that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its name, which is that of its folder.
    pub name: String,
    /// What readers see.
    pub title: String,
    /// The branch or tag; its commit can be read.
    pub reference: Ref,
    /// What it is to readers.
    pub state: VersionState,
    /// No menu shows it.
    pub hidden: bool,
    /// It keeps its own theme.
    pub own_theme: bool,
    /// Its folder in the site; the root for the current version with `layout = "root"`.
    pub path: SitePath,
    /// The pattern that selects it.
    pub span: Option<Span>,
}

/// What a version is to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionState {
    /// The one that readers are to read.
    Current,
    /// Older than the current one.
    Old,
    /// Not maintained any more.
    Unmaintained,
    /// Not released yet.
    Unreleased,
}

/// What a site publishes side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// The versions in their order, the newest first.
    pub versions: Vec<Version>,
    /// Folders that lead to a version: the name of the folder, and that of the version.
    pub aliases: BTreeMap<String, String>,
    /// The names of versions whose branch or tag cannot be read.
    pub unreadable: Vec<String>,
}

impl Selection {
    /// The version that readers are to read.
    pub fn current(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.state == VersionState::Current)
    }

    /// The version of a name.
    pub fn find(&self, name: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.name == name)
    }
}

/// Selects the versions among the branches and tags of a repository.
pub fn select(settings: &Versions, refs: &[Ref]) -> (Selection, Vec<Diagnostic>) {
    let mut selecting = Selecting { settings, diagnostics: Vec::new() };
    let selection = selecting.select(refs);
    (selection, selecting.diagnostics)
}

struct Selecting<'a> {
    settings: &'a Versions,
    diagnostics: Vec<Diagnostic>,
}

impl Selecting<'_> {
    fn select(&mut self, refs: &[Ref]) -> Selection {
        let mut selection = Selection::default();
        let mut found: Vec<Version> = Vec::new();
        let kinds = [(&self.settings.branches, false), (&self.settings.tags, true)];
        for (pattern, is_tag) in kinds.iter().flat_map(|(of, tag)| of.iter().map(|p| (p, *tag))) {
            let of_kind = || refs.iter().filter(move |reference| reference.is_tag == is_tag);
            let matches = of_kind().filter_map(|of| Some((of, middle(&pattern.value, &of.name)?)));
            let mut any = false;
            for (reference, middle) in matches {
                any = true;
                if found.iter().any(|known| known.reference == *reference) {
                    continue;
                }
                self.take(reference, middle, pattern, &mut found, &mut selection.unreadable);
            }
            if !any {
                let what = if is_tag { "tag" } else { "branch" };
                let pattern_text = &pattern.value;
                let names: Vec<&str> = of_kind().map(|of| of.name.as_str()).collect();
                let help = match nearest(pattern_text, names.iter().copied()) {
                    Some(near) => format!("there is a {what} `{near}`"),
                    None if names.is_empty() => format!(
                        "this clone has no {what}: fetch what is to be published (in CI, all \
                         branches and tags)"
                    ),
                    None => format!("`git {what}` lists what there is"),
                };
                let message = format!("no {what} matches `{pattern_text}`");
                self.tell(Diagnostic::new(&NO_MATCH, message).help(help), pattern.span.as_ref());
            }
        }
        self.unknown_refs(refs);
        self.sort(&mut found);
        self.states(&mut found);
        selection.aliases = self.aliases(&mut found);
        selection.versions = found;
        self.unknown_names(&selection);
        selection
    }

    fn tell(&mut self, diagnostic: Diagnostic, span: Option<&Span>) {
        let span = span.or(self.settings.span.as_ref());
        self.diagnostics.push(match span {
            Some(span) => diagnostic.at(span.clone()),
            None => diagnostic,
        });
    }

    /// Makes a version of a branch or tag, unless its name or its commit forbids it.
    fn take(
        &mut self,
        reference: &Ref,
        middle: &str,
        pattern: &Set<String>,
        found: &mut Vec<Version>,
        unreadable: &mut Vec<String>,
    ) {
        let named = self.settings.names.get(&reference.name);
        let name = named.map_or(middle, |set| set.value.as_str());
        let span = named.and_then(|set| set.span.clone()).or_else(|| pattern.span.clone());
        if any_matches(&self.settings.exclude, name) {
            return;
        }
        let what = if reference.is_tag { "tag" } else { "branch" };
        if let Err(why) = check_name(name) {
            let message =
                format!("the {what} `{}` is a version of the name `{name}`, {why}", reference.name);
            let help = "give it another name in `[versions.names]`, or name it in `exclude`";
            self.tell(Diagnostic::new(&BAD_NAME, message).help(help), span.as_ref());
            return;
        }
        // Some file systems do not tell capitals from small letters.
        let same = found.iter().find(|known| known.name.to_lowercase() == name.to_lowercase());
        if let Some(other) = same {
            let other_what = if other.reference.is_tag { "tag" } else { "branch" };
            let message = format!(
                "the {other_what} `{}` and the {what} `{}` are both versions of the name `{name}`",
                other.reference.name, reference.name
            );
            let help = format!(
                "the {what} is left out; give it another name in `[versions.names]`, or make the \
                 pattern narrower"
            );
            self.tell(Diagnostic::new(&SAME_NAME, message).help(help), span.as_ref());
            return;
        }
        if let Err(why) = &reference.commit {
            let message = format!("the {what} `{}` cannot be read: {why}", reference.name);
            let help = "`git fsck` says what is damaged; `git fetch` brings what is missing";
            self.tell(Diagnostic::new(&UNREADABLE_REF, message).help(help), span.as_ref());
            unreadable.push(name.to_owned());
            return;
        }
        found.push(Version {
            title: self.settings.titles.get(name).map_or(name, |set| &set.value).to_owned(),
            name: name.to_owned(),
            reference: reference.clone(),
            state: VersionState::Old,
            hidden: any_matches(&self.settings.hidden, name),
            own_theme: any_matches(&self.settings.own_theme, name),
            path: SitePath::new(name).unwrap_or_else(|_| SitePath::root()),
            span,
        });
    }

    fn sort(&self, found: &mut [Version]) {
        let time = |version: &Version| version.reference.commit.as_ref().map_or(0, |c| c.time);
        let listed = |version: &Version| {
            let at = self.settings.list.iter().position(|name| name.value == version.name);
            at.unwrap_or(usize::MAX)
        };
        found.sort_by(|a, b| {
            let first = match self.settings.order {
                VersionOrder::Semantic => Ordering::Equal,
                VersionOrder::Date => time(b).cmp(&time(a)),
                VersionOrder::List => listed(a).cmp(&listed(b)),
            };
            first.then_with(|| newest_first(&a.name, &b.name))
        });
    }

    /// Says of each version what it is, and where it stands.
    fn states(&mut self, found: &mut [Version]) {
        let settings = self.settings;
        let is_unreleased = |version: &Version| {
            any_matches(&settings.unreleased, &version.name) || !is_release(&version.name)
        };
        let named = settings.current.as_ref();
        let wanted = named.and_then(|set| found.iter().position(|v| v.name == set.value));
        let usual = || {
            let fits = |version: &Version| {
                !version.hidden
                    && !is_unreleased(version)
                    && !any_matches(&settings.unmaintained, &version.name)
            };
            let first = found.iter().position(fits);
            first.or_else(|| found.iter().position(|version| !version.hidden))
        };
        let Some(current) = wanted.or_else(usual).or((!found.is_empty()).then_some(0)) else {
            return;
        };
        for (at, version) in found.iter_mut().enumerate() {
            version.state = if at == current {
                VersionState::Current
            } else if any_matches(&settings.unmaintained, &version.name) {
                VersionState::Unmaintained
            } else if at < current || is_unreleased(version) {
                VersionState::Unreleased
            } else {
                VersionState::Old
            };
            if at == current && settings.layout == VersionLayout::Root {
                version.path = SitePath::root();
            }
        }
    }

    /// The aliases that lead somewhere.
    fn aliases(&mut self, found: &mut [Version]) -> BTreeMap<String, String> {
        let mut aliases = BTreeMap::new();
        for (alias, target) in &self.settings.aliases {
            let is_current = |version: &&Version| version.state == VersionState::Current;
            let version = match target.value.as_str() {
                "current" => found.iter().find(is_current),
                name => found.iter().find(|version| version.name == name),
            };
            let span = target.span.as_ref();
            let Some(version) = version else {
                let message =
                    format!("the alias `{alias}` leads to `{}`, which is no version", target.value);
                let near = nearest(&target.value, found.iter().map(|v| v.name.as_str()));
                let help = near.map_or_else(
                    || "name a version as it is published".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                self.tell(Diagnostic::new(&UNKNOWN_NAME, message).help(help), span);
                continue;
            };
            let taken = found.iter().any(|v| v.name.to_lowercase() == alias.to_lowercase());
            let why = match check_name(alias) {
                Err(why) => why.to_owned(),
                Ok(()) if taken => "which a version has already".to_owned(),
                Ok(()) => {
                    aliases.insert(alias.clone(), version.name.clone());
                    continue;
                }
            };
            let message = format!("an alias has the name `{alias}`, {why}");
            let help = "write the name of one folder, such as `latest`";
            self.tell(Diagnostic::new(&BAD_NAME, message).help(help), span);
        }
        aliases
    }

    fn unknown_refs(&mut self, refs: &[Ref]) {
        for (name, set) in &self.settings.names {
            if refs.iter().any(|reference| reference.name == *name) {
                continue;
            }
            let message = format!("`[versions.names]` names `{name}`, which is no branch or tag");
            let near = nearest(name, refs.iter().map(|reference| reference.name.as_str()));
            let mut diagnostic = Diagnostic::new(&UNKNOWN_NAME, message);
            if let Some(near) = near {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            self.tell(diagnostic, set.span.as_ref());
        }
    }

    fn unknown_names(&mut self, selection: &Selection) {
        let settings = self.settings;
        let lists =
            settings.list.iter().map(|set| ("`versions.list` names", &set.value, &set.span));
        let current = settings.current.iter();
        let current = current.map(|set| ("`versions.current` is", &set.value, &set.span));
        let titles = settings.titles.iter();
        let titles = titles.map(|(name, set)| ("`[versions.titles]` names", name, &set.span));
        for (what, name, span) in lists.chain(current).chain(titles) {
            if selection.find(name).is_some() || selection.unreadable.contains(name) {
                continue;
            }
            let message = format!("{what} `{name}`, which is no version");
            let mut diagnostic = Diagnostic::new(&UNKNOWN_NAME, message);
            let names = selection.versions.iter().map(|version| version.name.as_str());
            if let Some(near) = nearest(name, names) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            self.tell(diagnostic, span.as_ref());
        }
    }
}

/// Whether a name can be that of a version's folder; if not, why, in words.
fn check_name(name: &str) -> Result<(), &'static str> {
    let is_one_folder = SitePath::new(name).is_ok_and(|path| path.components().count() == 1);
    if name.is_empty() {
        Err("which is empty")
    } else if !is_one_folder {
        Err("which is not that of one folder")
    } else if name.starts_with(['.', '_']) {
        Err("which begins with a character that is kept for other files")
    } else if name.ends_with(['.', ' ']) || name.starts_with(' ') {
        Err("which ends with a character that not every file system keeps")
    } else if name.len() > 100 {
        Err("which is too long")
    } else if name.chars().any(|c| c.is_control() || "<>:\"|?*#%&'`".contains(c)) {
        Err("which has a character that no address should have")
    } else {
        Ok(())
    }
}

/// Whether one of these patterns stands for a name.
fn any_matches(patterns: &[Set<String>], name: &str) -> bool {
    patterns.iter().any(|pattern| middle(&pattern.value, name).is_some())
}

/// What the part of a pattern from its first `*` to its last stands for in a text; for a pattern
/// without `*` the last part of the text. None where the pattern does not match.
fn middle<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    let (Some(first), Some(last)) = (pattern.find('*'), pattern.rfind('*')) else {
        return (pattern == text).then(|| text.rsplit('/').next().unwrap_or(text));
    };
    let (before, after) = (pattern.get(..first)?, pattern.get(last + 1..)?);
    let inner = text.strip_prefix(before)?.strip_suffix(after)?;
    matches(pattern.get(first..=last)?, inner).then_some(inner)
}

/// Whether a pattern stands for a whole text. `*` stands for any text without `/`.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    // Which beginnings of the text the pattern, as far as it has been read, stands for.
    let mut fits: Vec<bool> = (0..=text.len()).map(|at| at == 0).collect();
    for wanted in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            let here = fits.get(at).copied().unwrap_or_default();
            let before = at.checked_sub(1);
            let c = before.and_then(|before| text.get(before));
            let extends = |of: &[bool]| before.and_then(|b| of.get(b)).copied().unwrap_or_default();
            let fit = match wanted {
                '*' => here || (extends(&next) && c != Some(&'/')),
                wanted => extends(&fits) && c == Some(&wanted),
            };
            if let Some(slot) = next.get_mut(at) {
                *slot = fit;
            }
        }
        fits = next;
    }
    fits.last().copied().unwrap_or_default()
}

/// The numbers that a name begins with, and what follows them.
fn numbers(name: &str) -> Option<(Vec<u64>, &str)> {
    let text = name.strip_prefix(['v', 'V']).unwrap_or(name);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let numbers: Option<Vec<u64>> =
        digits.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| !numbers.is_empty()).map(|numbers| (numbers, rest))
}

/// Whether a name is that of a release: it has a number, and nothing of a prerelease.
fn is_release(name: &str) -> bool {
    numbers(name).is_some_and(|(_, rest)| !is_prerelease(rest))
}

/// Whether what follows the numbers makes a prerelease of them, as in Semantic Versioning.
fn is_prerelease(rest: &str) -> bool {
    let word: String = rest.chars().skip_while(|c| !c.is_alphanumeric()).collect();
    let word = word.to_lowercase();
    ["alpha", "beta", "rc", "pre", "dev", "preview", "snapshot", "nightly", "a", "b"].iter().any(
        |known| {
            word.strip_prefix(known)
                .is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphabetic()))
        },
    )
}

/// The order of names, the newest first: names without a number before all others, prereleases
/// after their release.
fn newest_first(a: &str, b: &str) -> Ordering {
    let (of_a, of_b) = match (numbers(a), numbers(b)) {
        (Some(of_a), Some(of_b)) => (of_a, of_b),
        (None, None) => return a.cmp(b),
        (of_a, _) => return if of_a.is_none() { Ordering::Less } else { Ordering::Greater },
    };
    let longest = of_a.0.len().max(of_b.0.len());
    let padded = |of: &[u64]| -> Vec<u64> {
        (0..longest).map(|at| of.get(at).copied().unwrap_or_default()).collect()
    };
    let by_number = padded(&of_b.0).cmp(&padded(&of_a.0));
    by_number
        .then_with(|| is_prerelease(of_a.1).cmp(&is_prerelease(of_b.1)))
        .then_with(|| natural(of_b.1).cmp(&natural(of_a.1)))
        .then_with(|| a.cmp(b))
}

/// A text in parts, so that `rc.10` comes after `rc.9`.
fn natural(text: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (digits, after) = after.split_at(end);
        parts.push((digits.parse().unwrap_or_default(), word.to_owned()));
        rest = after;
    }
    parts.iter_mut().for_each(|(_, word)| word.make_ascii_lowercase());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourcePath;
    use crate::config::{ConfigInput, Overrides, load};
    use crate::history::RefCommit;

    fn settings(text: &str) -> Versions {
        let path = SourcePath::new("book.toml").unwrap();
        let overrides = Overrides::default();
        let input =
            ConfigInput { path: &path, text: Some(text), variables: &[], overrides: &overrides };
        let (settings, told) = load(input);
        assert!(told.is_empty(), "{told:?}");
        settings.versions
    }

    /// Branches, then `tag:` names; `!` marks one that cannot be read. Later ones are younger.
    fn refs(names: &str) -> Vec<Ref> {
        names
            .split_whitespace()
            .zip(1..)
            .map(|(word, time)| {
                let (broken, word) = (word.ends_with('!'), word.trim_end_matches('!'));
                let commit = match broken {
                    true => Err("object not found".to_owned()),
                    false => Ok(RefCommit { id: format!("{time:040}"), time }),
                };
                let name = word.trim_start_matches("tag:").to_owned();
                Ref { name, is_tag: word.starts_with("tag:"), commit }
            })
            .collect()
    }

    /// The versions with their states, and what was told: codes with what they point at.
    fn shown(text: &str, names: &str) -> (String, String) {
        let (selection, told) = select(&settings(text), &refs(names));
        let mark = |version: &Version| match version.state {
            VersionState::Current => "=",
            VersionState::Old => "-",
            VersionState::Unmaintained => "x",
            VersionState::Unreleased => "+",
        };
        let versions: Vec<String> = selection
            .versions
            .iter()
            .map(|v| format!("{}{}{}", mark(v), v.name, if v.hidden { "?" } else { "" }))
            .collect();
        let told: Vec<String> = told
            .iter()
            .map(|d| format!("{} {}", d.code, &text[d.span().unwrap().range()]))
            .collect();
        (versions.join(" "), told.join("; "))
    }

    #[test]
    fn patterns_name_versions() {
        assert_eq!(middle("v*-documentation", "v11.9-documentation"), Some("11.9"));
        assert_eq!(middle("v*.*-docs", "v11.9-docs"), Some("11.9"));
        assert_eq!(middle("release/*", "release/11.9"), Some("11.9"));
        assert_eq!(middle("release/*", "release/11/9"), None);
        assert_eq!(middle("main", "main"), Some("main"));
        assert_eq!(middle("*", "main"), Some("main"));
        assert_eq!(middle("aa*aa", "aaa"), None);
        assert_eq!(middle("v*", "w1"), None);
    }

    #[test]
    fn the_newest_is_first_and_the_newest_release_is_current() {
        let text = "[versions]\nbranches = [\"main\"]\ntags = [\"v*\"]\n";
        let names = "main tag:v1.9.0 tag:v1.10.0 tag:v2.0.0-rc.2 tag:v2.0.0-rc.10 tag:v1.10 other";
        let (versions, told) = shown(text, names);
        assert_eq!(versions, "+main +2.0.0-rc.10 +2.0.0-rc.2 =1.10 -1.10.0 -1.9.0");
        assert_eq!(told, "");
    }

    #[test]
    fn settings_say_what_versions_are() {
        let text = "[versions]\ntags = [\"*\"]\ncurrent = \"2\"\nunmaintained = [\"0.*\"]\n\
                    hidden = [\"1\"]\nexclude = [\"9*\"]\n[versions.aliases]\nlatest = \"current\"\n\
                    [versions.titles]\n2 = \"Two\"\n[versions.names]\nx3 = \"3\"\n";
        let names = "tag:0.1 tag:1 tag:2 tag:x3 tag:99";
        assert_eq!(shown(text, names), ("+3 =2 -1? x0.1".to_owned(), String::new()));
        let (selection, _) = select(&settings(text), &refs(names));
        assert_eq!(selection.find("2").unwrap().title, "Two");
        assert!(selection.current().unwrap().path.is_root());
        assert_eq!(selection.find("1").unwrap().path.as_str(), "1");
        assert_eq!(selection.aliases["latest"], "2");
    }

    #[test]
    fn order_is_a_setting() {
        let by_date = "[versions]\ntags = [\"*\"]\norder = \"date\"\n";
        assert_eq!(shown(by_date, "tag:3 tag:1 tag:2").0, "=2 -1 -3");
        let by_list = "[versions]\ntags = [\"*\"]\nlist = [\"1\", \"3\"]\n";
        assert_eq!(shown(by_list, "tag:3 tag:1 tag:2").0, "=1 -3 -2");
    }

    #[test]
    fn bad_input_is_told_where_it_is_written_and_the_rest_is_selected() {
        let text = "[versions]\nbranches = [\"v*\", \"gone-*\"]\ntags = [\"v*\", \"w*\"]\n\
                    current = \"7\"\n[versions.names]\nv4 = \"../x\"\nv8 = \"8\"\n\
                    [versions.aliases]\n\"..\" = \"1\"\nstable = \"77\"\n";
        let (versions, told) = shown(text, "v1 v4 v5! tag:v1 tag:v2 tag:w.git");
        assert_eq!(versions, "=2 -1");
        let expected = "versions/bad-name \"../x\"; versions/unreadable-ref \"v*\"; \
                        versions/no-match \"gone-*\"; versions/same-name \"v*\"; \
                        versions/bad-name \"w*\"; versions/unknown-name \"8\"; \
                        versions/bad-name \"1\"; versions/unknown-name \"77\"; \
                        versions/unknown-name \"7\"";
        assert_eq!(told, expected);
    }

    #[test]
    fn names_are_those_of_folders() {
        for name in ["11.9", "2.0-rc.1", "next", "1.x", "é"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", ".", "..", "../x", "a/b", "_copydesk", ".git", "a.", "a\\b", "a b ", "C:"]
        {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
