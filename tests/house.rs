//! Holds the house together: the direction of imports, the homes of crates, who may touch files,
//! environment, clock and output, the names of files, and the registers of diagnostic codes.
//!
//! The test reads tokens, not types: it sees every path that is written out (`crate::site`,
//! `super::super::site`, `git2::Repository`), which is how code reaches another room. It is a
//! test and not a list in `.clippy.toml` because the rules differ from room to room.
//!
//! Test code (`#[cfg(test)]`) keeps the direction of imports but is free of the other rules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is the report

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms in the direction of imports: a room imports only from columns to its left, never
/// from its own.
const COLUMNS: &[&[&str]] = &[
    &["base"],
    &["report", "config", "memo"],
    &["source"],
    &["history"],
    &["markdown"],
    &["site"],
    &["theme", "search", "lint", "review"],
    &["output"],
    &["pipeline"],
    &["serve"],
    &["cli"],
];

/// Crates that live in some rooms only.
const HOMES: &[(&str, &[&str])] = &[
    ("pulldown_cmark", &["markdown"]),
    ("syntect", &["markdown"]),
    ("onig", &["markdown"]),
    ("two_face", &["markdown"]),
    ("math_core", &["markdown"]),
    ("tera", &["theme"]),
    ("tantivy", &["search"]),
    ("git2", &["source", "history", "review"]),
    ("aho_corasick", &["lint"]),
    ("regex_automata", &["lint"]),
    ("fancy_regex", &["lint"]),
    ("spellbook", &["lint"]),
    ("jsonschema", &["lint"]),
    ("zip", &["lint"]),
    ("ureq", &["cli"]),
    ("rayon", &["pipeline"]),
    ("notify", &["serve"]),
    ("axum", &["serve"]),
    ("tokio", &["serve"]),
    ("tokio_io_timeout", &["serve"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
];

/// What reaches the world outside, and the beginnings of paths below `src` that may use it.
/// A word that begins with `.` is a call of a method, one that ends with `!` a macro.
const WORLD: &[(&[&str], &[&str])] = &[
    (
        &[
            "std::fs",
            ".canonicalize",
            ".read_dir",
            ".read_link",
            ".symlink_metadata",
            ".try_exists",
        ],
        // The room that reads files, the places that write them, and the commands.
        &["cli/", "source/", "output/writer", "output/disk", "memo/", "review/store", "serve/"],
    ),
    (&["std::env"], &["cli/", "main.rs"]),
    // The timings of stages are taken with a clock that `cli` hands over.
    (&["SystemTime::now", "Instant::now"], &["cli/", "serve/"]),
    (&["process::Command", "Command::new"], &["cli/", "review/"]),
    (&["process::exit", "process::abort"], &["cli/", "main.rs"]),
    (&["std::net"], &["cli/", "serve/"]),
    (&["print!", "println!", "eprint!", "eprintln!", "dbg!"], &["cli/"]),
    (&["io::stdin", "io::stdout", "io::stderr"], &["cli/"]),
];

/// What may stand at the top of the repository besides dotfiles.
const TOP: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "NOTICE",
    "README.md",
    "book.toml",
    "content",
    "rust-toolchain.toml",
    "src",
    "tests",
    "themes",
];

/// Built here and ignored by git.
const BUILT: &[&str] = &["target", "book"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "util",
    "utils",
    "utility",
    "utilities",
    "helper",
    "helpers",
    "manager",
    "managers",
    "common",
    "misc",
    "shared",
    "stuff",
];

#[test]
fn rooms_import_only_what_stands_to_their_left() {
    let house = House::read();
    let mut complaints = Vec::new();
    for file in &house.files {
        complaints.extend(file.direction());
    }
    none(complaints);
}

#[test]
fn crates_stay_in_their_homes() {
    let house = House::read();
    none(house.files.iter().flat_map(File::homes).collect());
}

#[test]
fn the_world_outside_is_touched_only_where_it_may_be() {
    let house = House::read();
    none(house.files.iter().flat_map(File::world).collect());
}

#[test]
fn every_room_is_in_the_table_and_in_the_map() {
    let house = House::read();
    let known: BTreeSet<&str> = COLUMNS.iter().flat_map(|column| column.iter().copied()).collect();
    let mut complaints = Vec::new();
    for file in &house.files {
        let Some((room, _)) = file.path.split_once('/') else {
            if !["lib.rs", "main.rs"].contains(&file.path.as_str()) {
                complaints.push(format!("src/{}: a file belongs into a room", file.path));
            }
            continue;
        };
        if !known.contains(room) {
            complaints.push(format!("src/{room}: no such room in the table of directions"));
        }
    }
    let lib = house.files.iter().find(|file| file.path == "lib.rs").expect("src/lib.rs");
    for (index, token) in lib.tokens.iter().enumerate() {
        if token.is("mod") {
            let name = lib.word(index + 1);
            if !known.contains(name) {
                complaints.push(format!("src/lib.rs:{}: `{name}` is no room", token.line));
            }
            if !lib.text.contains(&format!("[`{name}`]")) {
                complaints.push(format!("src/lib.rs: the map does not name `{name}`"));
            }
        }
    }
    none(complaints);
}

#[test]
fn files_are_named_for_what_is_in_them() {
    let house = House::read();
    let mut complaints = BTreeSet::new();
    for file in &house.files {
        for part in file.path.trim_end_matches(".rs").split('/') {
            if part.split('_').any(|word| EMPTY_NAMES.contains(&word)) {
                complaints.insert(format!("src/{}: `{part}` does not say what it is", file.path));
            }
        }
    }
    none(complaints.into_iter().collect());
}

#[test]
fn only_what_belongs_stands_at_the_top() {
    let mut complaints = Vec::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().expect("a name in Unicode");
        let name = name.as_str();
        if !name.starts_with('.') && !TOP.contains(&name) && !BUILT.contains(&name) {
            complaints.push(format!("{name}: not one of the entries that may stand at the top"));
        }
    }
    none(complaints);
}

#[test]
fn registers_of_codes_are_sorted_and_complete() {
    let house = House::read();
    let mut complaints = Vec::new();
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut rooms: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in &house.files {
        rooms.entry(file.room()).or_default().push(file);
    }
    for (room, files) in rooms {
        let declared: Vec<Declared> = files.iter().flat_map(|file| file.codes()).collect();
        let mut listed = BTreeSet::new();
        for (file, line, names) in files.iter().flat_map(|file| file.registers()) {
            let ids: Vec<&str> = names
                .iter()
                .filter_map(|name| declared.iter().find(|code| code.name == *name))
                .map(|code| code.id.as_str())
                .collect();
            for pair in ids.windows(2) {
                if pair[0] >= pair[1] {
                    complaints.push(format!(
                        "src/{file}:{line}: `{}` stands before `{}`",
                        pair[0], pair[1]
                    ));
                }
            }
            listed.extend(names);
        }
        for code in &declared {
            let place = format!("src/{}:{}", code.file, code.line);
            if !listed.contains(&code.name) {
                complaints.push(format!("{place}: `{}` is in no `CODES` of `{room}`", code.id));
            }
            let plain = |part: &str| {
                !part.is_empty()
                    && part
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            if !code.id.split_once('/').is_some_and(|(area, name)| plain(area) && plain(name)) {
                complaints
                    .push(format!("{place}: `{}` is not of the form `area/problem`", code.id));
            }
            if let Some(other) = owners.insert(code.id.clone(), place.clone()) {
                complaints.push(format!("{place}: `{}` is declared at {other} too", code.id));
            }
        }
    }
    none(complaints);
}

fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{} against the house:\n{}", complaints.len(), {
        complaints.join("\n")
    });
}

/// The folder of the package, as cargo says when the test runs.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

struct House {
    files: Vec<File>,
}

impl House {
    fn read() -> House {
        let src = root().join("src");
        let mut files = Vec::new();
        let mut folders = vec![src.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path == src.join("build.rs") {
                    // Cargo's build script: it runs before there is a house.
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    files.push(File::new(&relative(&path, &src), &text));
                }
            }
        }
        assert!(files.len() > 10, "the house at {} is empty", src.display());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut house = House { files };
        house.mark_test_files();
        house
    }

    /// A module that its parent declares under `#[cfg(test)]` is test code, with all below it.
    fn mark_test_files(&mut self) {
        let roots: Vec<Vec<String>> =
            self.files.iter().flat_map(|file| file.test_modules.clone()).collect();
        for file in &mut self.files {
            if roots.iter().any(|root| file.module.starts_with(root)) {
                file.tokens.iter_mut().for_each(|token| token.test = true);
            }
        }
    }
}

fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap().to_str().expect("a path in Unicode").replace('\\', "/")
}

/// A diagnostic's code as it is declared.
struct Declared {
    file: String,
    line: usize,
    name: String,
    id: String,
}

struct File {
    /// Below `src`.
    path: String,
    /// Its module, as `["markdown", "document"]`.
    module: Vec<String>,
    text: String,
    tokens: Vec<Token>,
    /// The modules that it declares for tests only, where they are files of their own.
    test_modules: Vec<Vec<String>>,
}

impl File {
    fn new(path: &str, text: &str) -> File {
        let mut module: Vec<String> =
            path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        let mut file = File {
            path: path.to_owned(),
            module,
            text: text.to_owned(),
            tokens: lex(text),
            test_modules: Vec::new(),
        };
        file.mark_tests();
        file.mark_depth();
        file
    }

    fn room(&self) -> &str {
        self.path.split_once('/').map_or("", |(room, _)| room)
    }

    fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| token.word.as_str())
    }

    /// The token `back` places before `index`.
    fn before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |at| self.word(at))
    }

    /// Whether the tokens from `index` on are these.
    fn reads(&self, index: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(offset, word)| self.word(index + offset) == *word)
    }

    fn place(&self, token: &Token) -> String {
        format!("src/{}:{}", self.path, token.line)
    }

    /// Marks the item behind each `#[cfg(test)]`.
    fn mark_tests(&mut self) {
        let mut index = 0;
        while index < self.tokens.len() {
            if !self.reads(index, &["#", "[", "cfg", "(", "test", ")", "]"]) {
                index += 1;
                continue;
            }
            let mut end = index + 7;
            let mut depth = 0usize;
            while end < self.tokens.len() {
                match self.word(end) {
                    "{" => depth += 1,
                    "}" => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            break;
                        }
                    }
                    ";" if depth == 0 => {
                        if self.before(end, 2) == "mod" {
                            let mut module = self.module.clone();
                            module.push(self.word(end - 1).to_owned());
                            self.test_modules.push(module);
                        }
                        break;
                    }
                    _ => {}
                }
                end += 1;
            }
            let last = (end + 1).min(self.tokens.len());
            self.tokens[index..last].iter_mut().for_each(|token| token.test = true);
            index = last;
        }
    }

    /// Notes for each token in how many inline modules it stands.
    fn mark_depth(&mut self) {
        let mut braces = Vec::new();
        let mut depth = 0;
        for index in 0..self.tokens.len() {
            self.tokens[index].depth = depth;
            match self.word(index) {
                "{" => {
                    let inline = self.before(index, 2) == "mod";
                    depth += usize::from(inline);
                    braces.push(inline);
                }
                "}" => depth -= usize::from(braces.pop().unwrap_or(false)),
                _ => {}
            }
        }
    }

    /// The rooms that the file names, with the token that does.
    fn imports(&self) -> Vec<(&Token, String)> {
        let mut found = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            // Only the beginning of a path counts.
            if self.before(index, 1) == ":" && self.before(index, 2) == ":" {
                continue;
            }
            let rest = if token.is("crate") || (self.path == "main.rs" && token.is("copydesk")) {
                index + 1
            } else if token.is("super") {
                let mut supers = 1;
                let mut at = index + 1;
                while self.reads(at, &[":", ":", "super"]) {
                    supers += 1;
                    at += 3;
                }
                if supers < self.module.len() + token.depth {
                    continue;
                }
                at
            } else {
                continue;
            };
            if !self.reads(rest, &[":", ":"]) {
                continue;
            }
            if self.word(rest + 2) != "{" {
                found.push((token, self.word(rest + 2).to_owned()));
                continue;
            }
            // `crate::{a::b, c::{d, e}}`: the words at the beginning of each branch.
            let (mut at, mut depth, mut first) = (rest + 3, 1, true);
            while depth > 0 && at < self.tokens.len() {
                match self.word(at) {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 1 => first = true,
                    word if first && depth == 1 => {
                        found.push((&self.tokens[at], word.to_owned()));
                        first = false;
                    }
                    _ => {}
                }
                at += 1;
            }
        }
        found
    }

    fn direction(&self) -> Vec<String> {
        let column = |room: &str| COLUMNS.iter().position(|column| column.contains(&room));
        let room = self.room();
        if self.path == "lib.rs" {
            return Vec::new(); // the map names every room
        }
        let mut complaints = Vec::new();
        for (token, other) in self.imports() {
            let place = self.place(token);
            if other == room {
                continue;
            }
            match (column(room), column(&other)) {
                (None, _) if self.path == "main.rs" => {
                    if other != "cli" {
                        complaints.push(format!("{place}: the binary calls `cli`, not `{other}`"));
                    }
                }
                (_, None) => complaints.push(format!("{place}: `{other}` is no room")),
                (Some(mine), Some(theirs)) if theirs < mine => {}
                _ => complaints.push(format!("{place}: `{room}` may not import `{other}`")),
            }
        }
        complaints
    }

    fn homes(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            // A later part of a path names something of its own: `crate::theme::tera`.
            let rooted = self.before(index, 1) == ":" && self.before(index, 2) == ":";
            let before = self.before(index, if rooted { 3 } else { 1 });
            let declared = ["use", "extern"].contains(&before);
            if token.test || (rooted && !declared && is_name(before)) {
                continue;
            }
            let Some((name, homes)) = HOMES.iter().find(|(name, _)| token.is(name)) else {
                continue;
            };
            let path = declared || self.reads(index + 1, &[":", ":"]);
            if path && !homes.contains(&self.room()) {
                complaints.push(format!(
                    "{}: `{name}` lives in {}",
                    self.place(token),
                    homes.join(", ")
                ));
            }
        }
        complaints
    }

    fn world(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for (words, rooms) in WORLD {
            if rooms.iter().any(|room| self.path.starts_with(room)) {
                continue;
            }
            for (index, token) in self.tokens.iter().enumerate() {
                if token.test {
                    continue;
                }
                for word in *words {
                    if self.uses(index, word) {
                        complaints.push(format!(
                            "{}: `{word}` is for {}",
                            self.place(token),
                            rooms.join(", ")
                        ));
                    }
                }
            }
        }
        complaints
    }

    /// Whether `word` of [`WORLD`] stands at `index`.
    fn uses(&self, index: usize, word: &str) -> bool {
        if let Some(method) = word.strip_prefix('.') {
            return self.reads(index, &[".", method, "("]);
        }
        if let Some(name) = word.strip_suffix('!') {
            return self.reads(index, &[name, "!"]);
        }
        let Some((first, second)) = word.split_once("::") else { return false };
        if self.reads(index, &[first, ":", ":", second]) {
            return true;
        }
        // `use std::{fs, io}`
        self.reads(index, &[first, ":", ":", "{"]) && {
            let mut depth = 0;
            let mut found = false;
            for at in index + 3..self.tokens.len() {
                match self.word(at) {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    name if depth == 1
                        && name == second
                        && ["{", ","].contains(&self.word(at - 1)) =>
                    {
                        found = true;
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            found
        }
    }

    /// `static NAME: Code = Code { id: "..." ..`
    fn codes(&self) -> Vec<Declared> {
        let mut codes = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            if token.is("static")
                && !token.test
                && self.reads(index + 2, &[":", "Code", "=", "Code", "{"])
            {
                let end = (index + 7..self.tokens.len())
                    .find(|at| self.word(*at) == ";")
                    .unwrap_or(self.tokens.len());
                let id = (index + 7..end).find(|at| self.reads(*at, &["id", ":"]));
                codes.push(Declared {
                    file: self.path.clone(),
                    line: token.line,
                    name: self.word(index + 1).to_owned(),
                    id: id.map_or("", |at| self.word(at + 2)).trim_matches('"').to_owned(),
                });
            }
        }
        codes
    }

    /// `static CODES: &[&Code] = &[&A, &b::C];` with the last words of the paths.
    fn registers(&self) -> Vec<(String, usize, Vec<String>)> {
        let mut registers = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            if token.is("static") && self.word(index + 1) == "CODES" {
                let start = (index..self.tokens.len()).find(|at| self.word(*at) == "=");
                let mut names = Vec::new();
                for at in start.unwrap_or(self.tokens.len())..self.tokens.len() {
                    match self.word(at) {
                        ";" => break,
                        "," | "]" if is_name(self.before(at, 1)) => {
                            names.push(self.word(at - 1).to_owned());
                        }
                        _ => {}
                    }
                }
                registers.push((self.path.clone(), token.line, names));
            }
        }
        registers
    }
}

/// A name, a text with its quotes, or one character of punctuation.
#[derive(Debug)]
struct Token {
    word: String,
    line: usize,
    test: bool,
    depth: usize,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        self.word == word
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The tokens of Rust code, without comments and white space.
fn lex(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let (mut index, mut line) = (0, 1);
    while index < chars.len() {
        let start = index;
        let c = at(index);
        if c.is_whitespace() {
            index += 1;
        } else if c == '/' && at(index + 1) == '/' {
            while index < chars.len() && at(index) != '\n' {
                index += 1;
            }
        } else if c == '/' && at(index + 1) == '*' {
            let mut depth = 0;
            while index < chars.len() {
                match (at(index), at(index + 1)) {
                    ('/', '*') => {
                        depth += 1;
                        index += 2;
                    }
                    ('*', '/') => {
                        depth -= 1;
                        index += 2;
                        if depth == 0 {
                            break;
                        }
                    }
                    _ => index += 1,
                }
            }
        } else if let Some(end) = text_end(&chars, index) {
            index = end;
            tokens.push(token(&chars[start..index], line));
        } else if c.is_alphabetic() || c == '_' {
            while at(index).is_alphanumeric() || at(index) == '_' {
                index += 1;
            }
            tokens.push(token(&chars[start..index], line));
        } else if c == '\'' {
            // A character or a lifetime; neither says anything here.
            if at(index + 1) == '\\' {
                index += 3;
                while index < chars.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            } else if at(index + 2) == '\'' {
                index += 3;
            } else {
                index += 1;
            }
        } else {
            index += 1;
            tokens.push(token(&chars[start..index], line));
        }
        let end = index.min(chars.len());
        line += chars[start..end].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn token(chars: &[char], line: usize) -> Token {
    Token { word: chars.iter().collect(), line, test: false, depth: 0 }
}

/// One past the end of the string literal at `index`, if there is one.
fn text_end(chars: &[char], index: usize) -> Option<usize> {
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut open = index;
    let prefixed = matches!(at(open), 'b' | 'c');
    open += usize::from(prefixed);
    let raw = at(open) == 'r';
    open += usize::from(raw);
    let mut hashes = 0;
    while raw && at(open) == '#' {
        hashes += 1;
        open += 1;
    }
    if at(open) != '"' {
        return None;
    }
    let mut end = open + 1;
    while end < chars.len() {
        match at(end) {
            '\\' if !raw => end += 2,
            '"' if (1..=hashes).all(|offset| at(end + offset) == '#') => {
                return Some(end + 1 + hashes);
            }
            _ => end += 1,
        }
    }
    Some(chars.len())
}

/// The rules themselves, on code that breaks them: without this a slip in the reading of tokens
/// would let everything pass.
mod the_test_itself {
    use super::File;

    #[test]
    fn sees_every_way_to_reach_another_room() {
        for code in [
            "use crate::search::Index;",
            "use crate::{base::Span, search::{Index, query}};",
            "fn f() { crate::search::run() }",
            "use super::super::search::Index;",
            "mod inner { use super::super::super::search::Index; }",
            "pub use crate::search;",
        ] {
            let complaints = File::new("theme/views.rs", code).direction();
            assert_eq!(complaints.len(), 1, "{code}: {complaints:?}");
            assert_eq!(complaints[0], "src/theme/views.rs:1: `theme` may not import `search`");
        }
    }

    #[test]
    fn lets_pass_what_stands_to_the_left() {
        for code in [
            "use crate::base::Span; use crate::{markdown::Document, site::Site};",
            "use super::search::Mode; // a module of this room",
            "mod inner { use super::super::strings; }",
            "/// See [`crate::search`].\nfn f() {}",
            "const A: &str = \"use crate::search::Index;\";",
            "const A: &str = r#\"\"crate::search::Index\"#; const B: char = '\"';",
            "fn f<'a>(x: &'a str) -> &'a str { x } /* crate::search::Index */",
        ] {
            let complaints = File::new("theme/views.rs", code).direction();
            assert!(complaints.is_empty(), "{code}: {complaints:?}");
        }
        let same = File::new("config/mod.rs", "use crate::report::Format;").direction();
        assert_eq!(same, ["src/config/mod.rs:1: `config` may not import `report`"]);
        let binary = File::new("main.rs", "fn main() { copydesk::pipeline::build() }").direction();
        assert_eq!(binary, ["src/main.rs:1: the binary calls `cli`, not `pipeline`"]);
    }

    #[test]
    fn sees_crates_away_from_home() {
        let code = "use git2::Repository;\n#[derive(clap::Parser)] struct A;\nuse ::rayon as r;";
        let complaints = File::new("site/mod.rs", code).homes();
        assert_eq!(
            complaints,
            [
                "src/site/mod.rs:1: `git2` lives in source, history, review",
                "src/site/mod.rs:2: `clap` lives in cli",
                "src/site/mod.rs:3: `rayon` lives in pipeline",
            ]
        );
        assert!(File::new("source/git.rs", "use git2::Repository;").homes().is_empty());
        let own = "let tera = 1; self.tera.render(); crate::theme::tera::new()";
        assert!(File::new("output/mod.rs", own).homes().is_empty());
    }

    #[test]
    fn sees_the_world_outside() {
        for (code, word) in [
            ("use std::fs;", "std::fs"),
            ("use std::{collections::BTreeMap, fs};", "std::fs"),
            ("fn f() { std::env::var(\"HOME\"); }", "std::env"),
            ("fn f() { let t = Instant::now(); }", "Instant::now"),
            ("fn f() { let t = std::time::SystemTime::now(); }", "SystemTime::now"),
            ("fn f() { println!(\"x\"); }", "println!"),
            ("fn f(p: &Path) { p.canonicalize(); }", ".canonicalize"),
        ] {
            let complaints = File::new("markdown/parse.rs", code).world();
            assert_eq!(complaints.len(), 1, "{code}: {complaints:?}");
            assert!(complaints[0].starts_with(&format!("src/markdown/parse.rs:1: `{word}`")));
            let tested = format!("#[cfg(test)] mod tests {{ {code} }}");
            assert!(File::new("markdown/parse.rs", &tested).world().is_empty(), "{tested}");
            let after = format!("#[cfg(test)] mod tests {{ fn a() {{}} }} {code}");
            assert_eq!(File::new("markdown/parse.rs", &after).world().len(), 1, "{after}");
        }
        let fine = "use std::{io, fmt}; use std::path::Path; env!(\"CARGO_PKG_VERSION\");";
        assert!(File::new("markdown/parse.rs", fine).world().is_empty());
    }

    #[test]
    fn reads_registers_of_codes() {
        let code = "pub static A: Code = Code { id: \"link/b\", severity: Severity::Error };\n\
                    pub static CODES: &[&Code] = &[&A, &other::B];";
        let file = File::new("site/codes.rs", code);
        let codes: Vec<_> = file.codes().into_iter().map(|code| (code.name, code.id)).collect();
        assert_eq!(codes, [("A".to_owned(), "link/b".to_owned())]);
        assert_eq!(
            file.registers(),
            [("site/codes.rs".to_owned(), 2, vec!["A".into(), "B".into()])]
        );
    }

    #[test]
    fn knows_modules_that_are_for_tests_only() {
        let file = File::new("site/mod.rs", "#[cfg(test)]\nmod tests;\nmod links;");
        assert_eq!(file.test_modules, [["site", "tests"]]);
    }
}
