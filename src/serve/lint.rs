//! The thread that looks for findings in prose, and that writes what a person has asked for with a
//! click. It works beside the builder, so that no page waits for it.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::oneshot;

use super::builder::{Message, Shared};
use crate::base::{ContentHash, Diagnostic, Fix, SourcePath};
use crate::pipeline::{LiveLint, apply_fix};
use crate::source::{FolderSource, Source};

/// While a large site is looked at, its counts are told again after so long.
const TELL_AGAIN: Duration = Duration::from_millis(500);

/// So many findings are told for the list of all pages.
const MOST_TOLD: usize = 200;

/// What the thread is to do.
pub(super) enum Task {
    /// The site has these files, and anything may have changed.
    Begin(BTreeSet<SourcePath>),
    /// These files have changed, and nothing else.
    Change(BTreeSet<SourcePath>),
    /// Somebody looks at a page that these files make.
    Page { files: Vec<SourcePath>, ticket: u64 },
    /// A finding is to be mended, with the fix that the build knows, if it is one of the build's.
    Mend { wish: Wish, known: Option<Fix>, reply: oneshot::Sender<Wished> },
    /// A word is to be accepted.
    Accept { wish: Wish, reply: oneshot::Sender<Wished> },
}

/// What somebody has asked for with a click: the finding as the page shows it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Wish {
    /// The token of this preview.
    pub(super) token: String,
    /// The file of the finding.
    pub(super) file: SourcePath,
    /// What the bytes of the file hashed to when the finding was shown.
    pub(super) seen: String,
    pub(super) code: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Wish {
    /// Whether a finding is the one that is meant.
    pub(super) fn means(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.code == self.code
            && diagnostic.span().is_some_and(|span| {
                span.file == self.file && (span.start, span.end) == (self.start, self.end)
            })
    }
}

/// What came of a wish; the error says why nothing was done.
pub(super) type Wished = Result<(), String>;

/// What has been found in the files of the site so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Linted {
    /// Errors, warnings, advice.
    pub(super) counts: [usize; 3],
    /// The gravest of them.
    pub(super) gravest: Vec<Diagnostic>,
    /// All files have been looked at.
    pub(super) done: bool,
}

/// What was found in the files of a page.
#[derive(Debug, Default)]
pub(super) struct PageFindings {
    pub(super) found: Vec<Diagnostic>,
    /// Codes of findings about words that can be accepted.
    pub(super) words: BTreeSet<String>,
}

const CHANGED: &str = "the file has changed meanwhile; look again";

/// Works until nobody sends tasks any more.
pub(super) fn run(
    mut lint: LiveLint<'_>,
    source: &dyn Source,
    tasks: &Receiver<Task>,
    shared: &Shared,
) {
    let mut told = Instant::now();
    let mut working = false;
    loop {
        let task = match working {
            true => tasks.try_recv(),
            false => tasks.recv().map_err(|_| TryRecvError::Disconnected),
        };
        match task {
            Ok(Task::Begin(files)) => {
                lint.begin(files);
                working = true;
            }
            Ok(Task::Change(files)) => {
                lint.change(files);
                working = true;
            }
            Ok(Task::Page { files, ticket }) => {
                let found = lint.files(&files);
                let codes: BTreeSet<String> = found.iter().map(|d| d.code.to_string()).collect();
                let words = codes.into_iter().filter(|code| lint.word_list(code).is_some());
                let words = words.collect();
                shared.send(Message::PageLinted { ticket, page: PageFindings { found, words } });
                working |= lint.has_work();
            }
            Ok(Task::Mend { wish, known, reply }) => {
                drop(reply.send(mend(&mut lint, source, &wish, known)));
            }
            Ok(Task::Accept { wish, reply }) => {
                drop(reply.send(accept(&mut lint, source, &wish)));
            }
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                working = lint.work();
                if !working || told.elapsed() > TELL_AGAIN {
                    told = Instant::now();
                    let gravest = if working { Vec::new() } else { lint.gravest(MOST_TOLD) };
                    let linted = Linted { counts: lint.counts(), gravest, done: !working };
                    shared.send(Message::Linted(linted));
                }
            }
        }
    }
}

/// Applies the fix of a finding to the file that it was found in.
fn mend(lint: &mut LiveLint<'_>, source: &dyn Source, wish: &Wish, known: Option<Fix>) -> Wished {
    let fix = known.or_else(|| lint.fix(&wish.file, &wish.seen, |found| wish.means(found)));
    let fix = fix.ok_or(CHANGED)?;
    let files = apply_fix(source, &fix)?;
    let folder = writable(source)?;
    let is_as_seen = files
        .iter()
        .all(|file| file.path != wish.file || ContentHash::of(&file.before).short() == wish.seen);
    if !is_as_seen {
        return Err(CHANGED.to_owned());
    }
    for file in files {
        folder.replace(&file.path, &file.before, &file.after).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Adds the word that a finding is about to the words of the project.
fn accept(lint: &mut LiveLint<'_>, source: &dyn Source, wish: &Wish) -> Wished {
    let list = lint.word_list(&wish.code).ok_or("there is no list for this word")?;
    let read = |path: &SourcePath| source.read(path).map_err(|error| error.to_string());
    let page = read(&wish.file)?;
    let word = page.get(wish.start..wish.end).and_then(|word| std::str::from_utf8(word).ok());
    let is_word = |word: &&str| !word.is_empty() && !word.contains(char::is_whitespace);
    let word = word.filter(is_word).filter(|_| ContentHash::of(&page).short() == wish.seen);
    let word = word.ok_or(CHANGED)?;
    let folder = writable(source)?;
    let written = if source.is_file(&list.path) {
        let before = read(&list.path)?;
        folder.replace(&list.path, &before, &with_word(&before, word, list.patterns))
    } else {
        folder.create(&list.path, &with_word(b"", word, list.patterns), &lint.config())
    };
    written.map_err(|error| error.to_string())
}

/// A list of words with one more at its end. Its lines may be patterns.
fn with_word(list: &[u8], word: &str, patterns: bool) -> Vec<u8> {
    let end = if memchr::memmem::find(list, b"\r\n").is_some() { "\r\n" } else { "\n" };
    let mut after = list.to_vec();
    if !after.is_empty() && !after.ends_with(b"\n") {
        after.extend(end.as_bytes());
    }
    for letter in word.chars() {
        if patterns && letter.is_ascii_punctuation() && !"'-_".contains(letter) {
            after.push(b'\\');
        }
        after.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    after.extend(end.as_bytes());
    after
}

/// The folder that the files lie in.
fn writable(source: &dyn Source) -> Result<FolderSource, String> {
    let folder = source.folder().ok_or("a revision cannot be changed")?;
    FolderSource::open(folder).map(|(folder, _)| folder).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_added_at_the_end() {
        assert_eq!(with_word(b"", "kubectl", true), b"kubectl\n");
        assert_eq!(with_word(b"a\nb", "it's", true), b"a\nb\nit's\n");
        assert_eq!(with_word(b"a\r\n", "C++", true), b"a\r\nC\\+\\+\r\n");
        assert_eq!(with_word(b"", "C++", false), b"C++\n");
    }
}
