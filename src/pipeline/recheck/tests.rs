//! After any edits, what is known from before and what a whole check finds are one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::base::SourcePath;
use crate::config::Overrides;
use crate::lint::{LoadInput, RuleSet, load};
use crate::memo::{Stage, Store};
use crate::pipeline::{Base, CheckInput, Checked, LintInput, check, check_changes};
use crate::report;
use crate::source::{Difference, Listing, MemorySource, OverlaySource, Source, SourceError};

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn input<'a>(source: &'a dyn Source, memo: &'a Store) -> CheckInput<'a> {
    CheckInput {
        source,
        root: SourcePath::root(),
        variables: Vec::new(),
        overrides: Overrides::default(),
        drafts: false,
        except: Vec::new(),
        memo,
        versions: None,
    }
}

/// A page, as choices of what stands in it.
#[derive(Debug, Clone, PartialEq)]
struct Page {
    title: u8,
    front: u8,
    headings: Vec<u8>,
    links: Vec<u8>,
    words: u8,
}

/// The names of the pages, without their endings.
const NAMES: [&str; 6] = ["index", "a", "b", "c", "sub/a", "404"];

impl Page {
    fn text(&self) -> String {
        let front = match self.front {
            0 => "---\ndescription: some words\n---\n",
            1 => "---\ntags: [x]\ndescription: other words\n---\n",
            2 => "---\nnav: false\n---\n",
            3 => "---\ntags: [y]\nnav: false\n---\n",
            4 => "---\ntitle: Two\n---\n",
            5 => "---\naliases: [/old.html]\n---\n",
            6 => "---\nslug: other\n---\n",
            7 => "---\ndraft: true\n---\n",
            8 => "---\ntitle: [\n---\n",
            _ => "",
        };
        let mut text = front.to_owned();
        for _ in 0..self.words % 3 {
            text.push_str("More words.\n\n");
        }
        if self.words / 3 % 4 == 3 {
            text.push_str(":::nothing{=}\n\n");
        }
        match self.title {
            0 | 1 => text.push_str("# One\n\n"),
            2 => text.push_str("# Two\n\n"),
            3 => text.push_str("# Three\n\n"),
            _ => {}
        }
        for heading in &self.headings {
            let heading =
                ["x", "y", "Y", "long one", "long one {#x}", "z"][usize::from(heading % 6)];
            text.push_str(&format!("## {heading}\n\n"));
        }
        for link in &self.links {
            let name = NAMES[usize::from(link % 6)];
            let place = ["", "#x", "#y", "#long-one", "#lnog-one", ""][usize::from(link / 6 % 6)];
            let (before, ending) = match link / 36 {
                0..=4 => ("/", ".md"),
                5 => ("/", ".html"),
                _ => ("", ".md"),
            };
            match link {
                250.. => text.push_str("[old](/old.html) ![i](/i.png) {{#include part.txt}}\n\n"),
                240.. => text.push_str("[here](#x) [gone](gone.md) [case](A.md)\n\n"),
                _ => text.push_str(&format!("[link]({before}{name}{ending}{place})\n\n")),
            }
        }
        text
    }
}

type Pages = BTreeMap<&'static str, Page>;

/// A site in memory as if it were a tree of git.
struct Tree {
    files: MemorySource,
    id: String,
    /// A tree, and the files that differ from those there.
    before: Option<(String, Vec<Difference>)>,
}

impl Source for Tree {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        self.files.list(folder, except)
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        self.files.read(path)
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        self.files.is_file(path)
    }

    fn tree(&self) -> Option<String> {
        Some(self.id.clone())
    }

    fn differs_from(&self, tree: &str) -> Option<Vec<Difference>> {
        let (before, files) = self.before.as_ref()?;
        (before == tree).then(|| files.clone())
    }
}

fn source(pages: &Pages, redirects: bool) -> MemorySource {
    let book = match redirects {
        true => {
            "[output.html.redirect]\n\"/former.html\" = \"a.html#x\"\n\"/a.html#z\" = \"b.html\"\n"
        }
        false => "",
    };
    let mut files: Vec<(SourcePath, Vec<u8>)> = vec![
        (path("book.toml"), book.as_bytes().to_vec()),
        (path("content/part.txt"), b"## part\n\n[a](a.md#x)\n".to_vec()),
        (path("content/i.png"), Vec::new()),
    ];
    for (name, page) in pages {
        files.push((path(&format!("content/{name}.md")), page.text().into_bytes()));
    }
    MemorySource::new(files)
}

fn changed(before: &Pages, now: &Pages) -> Vec<(SourcePath, Option<Vec<u8>>)> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != now.get(*name))
        .map(|name| {
            let text = now.get(name).map(|page| page.text().into_bytes());
            (path(&format!("content/{name}.md")), text)
        })
        .collect()
}

fn sorted(mut checked: Checked) -> Checked {
    report::sort(&mut checked.diagnostics);
    checked
}

/// What a check with a cache finds, and whether it looked at all pages.
fn known(source: &dyn Source, cache: &Path) -> (Checked, bool) {
    let memo = Store::open(cache);
    let checked = sorted(check(&input(source, &memo)).unwrap());
    let whole = memo.counts().iter().any(|count| count.stage == Stage::Links);
    memo.close();
    (checked, whole)
}

fn whole(source: &dyn Source) -> Checked {
    sorted(check(&input(source, &Store::off())).unwrap())
}

fn page() -> impl Strategy<Value = Page> {
    (0u8..6, 0u8..20, vec(0u8..6, 0..4), vec(any::<u8>(), 0..5), 0u8..12).prop_map(
        |(title, front, headings, links, words)| Page { title, front, headings, links, words },
    )
}

/// Edits a page in one way.
fn edit(pages: &mut Pages, name: usize, how: u8, with: Page) {
    let name = NAMES[name % NAMES.len()];
    let Some(page) = pages.get_mut(name) else {
        pages.insert(name, with);
        return;
    };
    match how {
        0..=2 => page.words = with.words,
        3..=5 => page.headings = with.headings,
        6..=8 => page.links = with.links,
        9 | 10 => page.front = with.front,
        11 => page.title = with.title,
        12 => {
            pages.remove(name);
        }
        // It is called otherwise.
        13 => {
            let page = page.clone();
            pages.remove(name);
            let other = NAMES.iter().find(|other| !pages.contains_key(*other) && **other != name);
            pages.insert(other.copied().unwrap_or(name), page);
        }
        _ => *page = with,
    }
}

type Edits = Vec<Vec<(usize, u8, Page)>>;

fn edits() -> impl Strategy<Value = Edits> {
    vec(vec((0usize..6, 0u8..15, page()), 1..3), 1..6)
}

fn rules() -> RuleSet {
    let source = MemorySource::site(
        "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = House\n\
         -- styles/House/R.yml --\nextends: existence\nmessage: \"'%s'\"\ntokens: [pump]\n",
    );
    load(&LoadInput { source: &source, config: path(".vale.ini"), open: &|_| None }).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Each state is staged over the one before, then committed.
    #[test]
    fn what_edits_make_of_a_site_is_what_a_whole_check_finds(
        first in vec(page(), 5),
        edits in edits(),
        redirects in any::<bool>(),
    ) {
        let cache = tempfile::tempdir().unwrap();
        let mut pages: Pages = NAMES.iter().copied().zip(first).collect();
        let mut tree = Tree { files: source(&pages, redirects), id: "0".to_owned(), before: None };
        prop_assert_eq!(known(&tree, cache.path()).0, whole(&tree));
        for (at, step) in edits.into_iter().enumerate() {
            let mut next = pages.clone();
            for (name, how, with) in step {
                edit(&mut next, name, how, with);
            }
            if next.is_empty() {
                continue;
            }
            let changed = changed(&pages, &next);
            let mut staged = OverlaySource::new(&tree);
            for (path, bytes) in &changed {
                match bytes {
                    Some(bytes) => staged.set(path.clone(), Arc::from(bytes.as_slice())),
                    None => staged.remove(path.clone()),
                }
            }
            let files = source(&next, redirects);
            let expected = whole(&files);
            prop_assert_eq!(known(&staged, cache.path()).0, expected.clone());
            let difference = |(path, bytes): (SourcePath, Option<Vec<u8>>)| Difference {
                stays: tree.is_file(&path) && bytes.is_some(),
                path,
            };
            let before = (tree.id.clone(), changed.into_iter().map(difference).collect());
            tree = Tree { files, id: (at + 1).to_string(), before: Some(before) };
            prop_assert_eq!(known(&tree, cache.path()).0, expected);
            pages = next;
        }
    }

    /// What is left out because both sides have it changes nothing.
    #[test]
    fn what_is_new_does_not_depend_on_what_is_left_out(
        first in vec(page(), 5),
        edits in edits(),
    ) {
        let cache = tempfile::tempdir().unwrap();
        let pages: Pages = NAMES.iter().copied().zip(first).collect();
        let mut next = pages.clone();
        for (name, how, with) in edits.into_iter().flatten() {
            edit(&mut next, name, how, with);
        }
        let changed = changed(&pages, &next);
        let (rules, off) = (rules(), Store::off());
        let tree = Tree { files: source(&pages, false), id: "0".to_owned(), before: None };
        let mut staged = OverlaySource::new(&tree);
        for (path, bytes) in &changed {
            match bytes {
                Some(bytes) => staged.set(path.clone(), Arc::from(bytes.as_slice())),
                None => staged.remove(path.clone()),
            }
        }
        let change = |name: &str| {
            let file = path(&format!("content/{name}.md"));
            crate::history::FileChange {
                before: pages.contains_key(name).then(|| file.clone()),
                after: next.contains_key(name).then_some(file),
            }
        };
        let differs = |name: &&&str| pages.get(**name) != next.get(**name);
        let some: Vec<_> = NAMES.iter().filter(differs).map(|name| change(name)).collect();
        let all: Vec<_> = NAMES.iter().map(|name| change(name)).collect();
        let found = |changes: &[crate::history::FileChange], memo: &Store| {
            let bases = [Base { source: &tree as &dyn Source, changes }];
            let lint = LintInput { rules: &rules, today: "2026-11-29", memo };
            let found = check_changes(lint, &input(&staged, memo), &bases, &[]);
            let mut found = found.unwrap();
            report::sort(&mut found);
            found
        };
        let memo = Store::open(&cache.path().join("cache"));
        prop_assert_eq!(found(&some, &memo), found(&all, &off));
    }
}

#[test]
fn most_edits_of_one_page_need_no_look_at_the_others() {
    let plain = Page { title: 9, front: 9, headings: vec![0, 1], links: vec![7, 13, 6], words: 0 };
    let pages: Pages = NAMES.iter().map(|name| (*name, plain.clone())).collect();
    let edits: [fn(&mut Page); 6] = [
        |page| page.words = 1,
        |page| page.words = 9,
        |page| page.headings = vec![1, 5],
        |page| page.links = vec![245, 19],
        |page| page.front = 1,
        |page| page.title = 1,
    ];
    for change in edits {
        let cache = tempfile::tempdir().unwrap();
        let tree = Tree { files: source(&pages, false), id: "0".to_owned(), before: None };
        assert!(known(&tree, cache.path()).1, "the first time");
        let mut next = pages.clone();
        change(next.get_mut("a").unwrap());
        let mut staged = OverlaySource::new(&tree);
        staged.set(path("content/a.md"), Arc::from(next["a"].text().into_bytes()));
        let (checked, all) = known(&staged, cache.path());
        assert_eq!(checked, whole(&source(&next, false)));
        assert!(!all);
        assert_ne!(checked, known(&tree, cache.path()).0);
    }
}
