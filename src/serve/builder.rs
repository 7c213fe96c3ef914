//! The one thread that makes files. Everything else sends it messages and waits.
//!
//! It makes what is asked for first, then takes in what has changed, then looks at the rest of the
//! site. A response is always made from one state of the site: what was made from an older state
//! is forgotten when a newer one is there.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::answer::File;
use super::lint::{self, Linted, PageFindings, Task, Wish, Wished};
use super::review::{self, OpenReview, ReviewThread, Shown};
use super::status::{Counts, Findings, Found, Now, Status};
use super::versions::{self, Versions};
use super::watch::{Folders, Seen};
use super::{ServeOptions, Told};
use crate::base::{Diagnostic, SitePath, SourcePath};
use crate::history::RepositoryFacts;
use crate::output::SEARCH_FOLDER;
use crate::pipeline::{
    self, Answer, BuildError, BuildInput, Changed, Live, LiveLint, LiveReviewInput, PreviewInput,
    SearchExport, Served, SiteFindings, Taken, UpdateError,
};

/// Where the preview has its own files, from the top of the server.
pub const LIVE_FOLDER: &str = "_copydesk/live";

/// Files that were made are kept up to so many bytes.
const MOST_KEPT: usize = 96 << 20;

/// A file larger than this is not kept.
const MOST_KEPT_FILE: usize = 4 << 20;

/// After a change, the search waits for so long a silence.
const SEARCH_REST: Duration = Duration::from_millis(300);

/// Files that change while they are read are looked at again after so long.
const MOVED_REST: Duration = Duration::from_millis(20);

/// What has changed is told within this time. If not, it was missed, and all files are looked at.
const TOLD_WITHIN: Duration = Duration::from_millis(100);

/// Who asks for files that keep changing waits no longer than this; less where what has changed
/// cannot be taken in.
const MOVED_PATIENCE: Duration = Duration::from_secs(20);
const BROKEN_PATIENCE: Duration = Duration::from_secs(1);

/// What the builder is told.
pub(super) enum Message {
    /// Somebody wants a file.
    Ask { path: String, reply: oneshot::Sender<Answered> },
    /// Somebody wants the findings of a page.
    Report { path: String, reply: oneshot::Sender<String> },
    /// Somebody wants a file of the review.
    Review { path: String, reply: oneshot::Sender<Shown> },
    /// A finding is to be mended.
    Mend { wish: Wish, reply: oneshot::Sender<Wished> },
    /// A word is to be accepted.
    Accept { wish: Wish, reply: oneshot::Sender<Wished> },
    /// What has been found in prose so far.
    Linted(Linted),
    /// What has been found in the prose of a page.
    PageLinted { ticket: u64, page: PageFindings },
    /// Something has changed on the disk.
    Changed(Seen),
    /// What is known of the versions beside the site.
    Beside(versions::Found),
    /// The process is to end.
    Stop,
}

/// What came of the question for a file, and the build that says so.
pub(super) type Answered = (Reply, u64);

/// What came of the question for a file.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    File(Arc<File>),
    /// There is none; the page that says so.
    Absent(Option<Arc<File>>),
    /// It stands at another path.
    Elsewhere(String),
    /// There is no site.
    Broken(Arc<File>),
}

/// What the connections see of the builder.
pub(super) struct Shared {
    /// What a page has to know to change files; none where nobody may.
    token: Option<String>,
    send: Mutex<Sender<Message>>,
    /// The files that were made from the present state, by path.
    kept: RwLock<Kept>,
    statuses: watch::Sender<Arc<Status>>,
}

#[derive(Default)]
struct Kept {
    build: u64,
    files: HashMap<String, Arc<File>>,
    size: usize,
}

impl Kept {
    fn retain(&mut self, stays: impl Fn(&str, &File) -> bool) {
        let size = &mut self.size;
        self.files.retain(|path, file| {
            let stays = stays(path, file);
            *size -= if stays { 0 } else { file.size() };
            stays
        });
    }
}

impl Shared {
    pub(super) fn new(send: Sender<Message>, token: Option<String>) -> Self {
        Shared {
            token,
            send: Mutex::new(send),
            kept: RwLock::default(),
            statuses: watch::Sender::default(),
        }
    }

    pub(super) fn send(&self, message: Message) -> Option<()> {
        self.send.lock().unwrap_or_else(PoisonError::into_inner).send(message).ok()
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A file that has been made already, and the build that it is of.
    pub(super) fn known(&self, path: &str) -> Option<(Arc<File>, u64)> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.files.get(path).map(|file| (Arc::clone(file), kept.build))
    }

    pub(super) fn build(&self) -> u64 {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).build
    }

    pub(super) fn statuses(&self) -> watch::Receiver<Arc<Status>> {
        self.statuses.subscribe()
    }

    fn keep(&self, path: &str, file: &Arc<File>) {
        if file.size() > MOST_KEPT_FILE {
            return;
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.size > MOST_KEPT {
            kept.retain(|_, _| false);
        }
        kept.size += file.size();
        if let Some(before) = kept.files.insert(path.to_owned(), Arc::clone(file)) {
            kept.size -= before.size();
        }
    }

    /// Begins another build, and forgets the files that may be others in it: all, or those that do
    /// not belong to pages other than `changed`.
    fn begin(&self, build: u64, changed: Option<&BTreeSet<SourcePath>>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.build = build;
        kept.retain(|_, file| {
            changed.is_some_and(|changed| file.of().is_some_and(|page| !changed.contains(page)))
        });
    }
}

/// Somebody who waits for a file.
pub(super) struct Question {
    pub(super) path: String,
    pub(super) reply: oneshot::Sender<Answered>,
    asked: Instant,
}

/// What the linter has to look at once the site has been looked at.
enum Unlinted {
    Files(BTreeSet<SourcePath>),
    All,
}

/// What came of the try to answer a question.
pub(super) enum Tried {
    Answered(Reply),
    /// The files of the search have to be made first.
    NeedsSearch,
    /// Files are being changed.
    Moved,
    /// Which versions there are, or what pages they have, must be known first.
    NeedsVersions,
    /// The version of this name has it, at this path below its folder.
    Version(String, SitePath),
}

/// Whom the builder asks and tells.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What git knows of the repository now.
    pub(super) facts: &'a dyn Fn() -> RepositoryFacts,
    /// Opens the change that is reviewed.
    pub(super) review: &'a OpenReview<'a>,
    /// The terminal.
    pub(super) tell: &'a dyn Fn(Told<'_>),
}

/// The builder.
pub(super) struct Builder<'a> {
    /// What the site is built from; taken once the first site is there.
    input: Option<BuildInput<'a>>,
    live: Option<Live<'a>>,
    /// What the linter works with.
    lints: (&'a crate::memo::Store, SourcePath),
    source: &'a dyn crate::source::Source,
    shared: Arc<Shared>,
    editor: Option<String>,
    asked: Asked<'a>,
    folders: Option<Arc<Folders>>,
    build: u64,
    /// What the review is made with, and its tasks.
    variables: Vec<(String, String)>,
    drafts: bool,
    today: String,
    reviews: Option<Sender<review::Task>>,
    /// Counts what the review may be another one after.
    state: Arc<AtomicU64>,
    /// What has changed and could not be taken in yet.
    pending: Seen,
    /// Why the site is not that of the files as they are.
    broken: Vec<Diagnostic>,
    /// Findings have been told since the last change.
    told: bool,
    counts: Counts,
    /// How the findings of the build are told, and what is told of the whole site, once all of it
    /// has been looked at.
    telling: Option<SiteFindings<'a>>,
    found: Option<Vec<Diagnostic>>,
    /// What the linter has found, and its tasks.
    linted: Linted,
    lint: Option<Sender<Task>>,
    /// Files that the linter has not been told of: those that have changed, or all.
    unlinted: Unlinted,
    /// Who waits for what is found in a page, and which page it is.
    reports: HashMap<u64, (String, oneshot::Sender<String>)>,
    tickets: u64,
    /// Counts changes of what is found.
    findings: u64,
    /// What a page has to know to change files; none where nobody may.
    token: Option<String>,
    /// Who waits for the files of the search.
    searching: Vec<Question>,
    /// Who waits for files that are being changed.
    later: Vec<Question>,
    /// Somebody has asked for the search.
    search_wanted: bool,
    /// The build that the search was last made from.
    searched: u64,
    changed_at: Instant,
    /// Since when files are known to have changed that nobody has told yet.
    moved: Option<Instant>,
    versions: Versions,
    /// What these are made from, and their orders, until their thread begins.
    beside: Option<(PreviewInput<'a>, Receiver<versions::Order>)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        input: BuildInput<'a>,
        shared: Arc<Shared>,
        options: &ServeOptions,
        asked: Asked<'a>,
        folders: Option<Arc<Folders>>,
    ) -> Self {
        let lints = (input.memo, input.root.clone());
        let (orders, beside) = input.repository.as_ref().map_or((None, None), |repository| {
            let (orders, receive) = std::sync::mpsc::channel();
            let beside = PreviewInput {
                source: input.source,
                root: input.root.clone(),
                dir: repository.dir.clone(),
                base: repository.base.clone(),
                variables: input.variables.clone(),
                drafts: input.drafts,
                memo: input.memo,
            };
            (Some(orders), Some((beside, receive)))
        });
        let token = shared.token().filter(|_| input.source.folder().is_some()).map(str::to_owned);
        Builder {
            source: input.source,
            lints,
            variables: input.variables.clone(),
            drafts: input.drafts,
            today: options.today.clone(),
            reviews: None,
            state: Arc::default(),
            input: Some(input),
            live: None,
            shared,
            editor: options.editor.clone(),
            asked,
            folders,
            build: 0,
            pending: Seen::default(),
            broken: Vec::new(),
            told: false,
            counts: Counts::default(),
            telling: None,
            found: None,
            linted: Linted::default(),
            lint: None,
            unlinted: Unlinted::All,
            reports: HashMap::new(),
            tickets: 0,
            findings: 0,
            token,
            searching: Vec::new(),
            later: Vec::new(),
            search_wanted: false,
            searched: 0,
            changed_at: Instant::now(),
            moved: None,
            versions: Versions::new(orders),
            beside,
        }
    }

    /// Makes the first site, and says where it is served.
    pub(super) fn begin(&mut self, url: &str, taken: Option<u16>) {
        self.rebuild();
        let base = self.live.as_ref().map(|live| live.prepared().site().base_path.clone());
        let url = format!("{url}{}", base.as_deref().unwrap_or("/"));
        (self.asked.tell)(Told::Listening { url: &url, taken });
        if !self.broken.is_empty() {
            (self.asked.tell)(Told::Broken(&self.broken));
        }
    }

    /// Serves until it is told to stop.
    pub(super) fn run(&mut self, messages: Receiver<Message>) {
        std::thread::scope(|scope| {
            let (tasks, receive) = std::sync::mpsc::channel();
            self.lint = Some(tasks);
            let (memo, root) = self.lints.clone();
            let (source, shared) = (self.source, Arc::clone(&self.shared));
            let today = self.today.clone();
            scope.spawn(move || {
                let lint = LiveLint::new(source, memo, root, today);
                lint::run(lint, source, &receive, &shared);
            });
            let (tasks, receive) = std::sync::mpsc::channel();
            self.reviews = Some(tasks);
            let (variables, today) = (self.variables.clone(), self.today.clone());
            let (open, drafts) = (self.asked.review, self.drafts);
            let now = Arc::clone(&self.state);
            scope.spawn(move || {
                let input = LiveReviewInput { variables: &variables, drafts, today: &today, memo };
                ReviewThread { open, input, tasks: receive, now }.run();
            });
            if let Some((input, orders)) = self.beside.take() {
                let shared = Arc::clone(&self.shared);
                scope.spawn(move || versions::run(&input, &orders, &shared));
            }
            let (made, search) = std::sync::mpsc::channel::<SearchExport>();
            let mut making = false;
            loop {
                let mut asks = std::mem::take(&mut self.later);
                let idle = self.pending_is_empty() && !self.has_work();
                let wants_search = self.search_wanted && !making && self.searched != self.build;
                let waits = wants_search || making || !asks.is_empty();
                let mut next = match (idle, waits) {
                    (false, _) => messages.try_recv(),
                    (true, false) => messages.recv().map_err(|_| TryRecvError::Disconnected),
                    (true, true) => messages.recv_timeout(MOVED_REST).map_err(|e| match e {
                        RecvTimeoutError::Timeout => TryRecvError::Empty,
                        RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                    }),
                };
                let (mut reports, mut wishes, mut reviews) = (Vec::new(), Vec::new(), Vec::new());
                // All that has come in meanwhile: a change counts for whoever asks after it.
                loop {
                    match next {
                        Ok(Message::Ask { path, reply }) => {
                            asks.push(Question { path, reply, asked: Instant::now() });
                        }
                        Ok(Message::Report { path, reply }) => reports.push((path, reply)),
                        Ok(Message::Review { path, reply }) => reviews.push((path, reply)),
                        Ok(Message::Mend { wish, reply }) => wishes.push((wish, reply)),
                        Ok(Message::Accept { wish, reply }) => {
                            self.order(Task::Accept { wish, reply });
                        }
                        Ok(Message::Linted(linted)) => self.take_linted(linted),
                        Ok(Message::PageLinted { ticket, page }) => {
                            self.answer_report(ticket, &page)
                        }
                        Ok(Message::Changed(seen)) => self.pending.merge(seen),
                        Ok(Message::Beside(found)) => asks.extend(self.versions.take(found)),
                        Ok(Message::Stop) | Err(TryRecvError::Disconnected) => {
                            // The other threads end when nobody has tasks for them.
                            self.lint = None;
                            self.reviews = None;
                            self.state.store(review::ENDED, Ordering::Release);
                            self.versions.stop();
                            return;
                        }
                        Err(TryRecvError::Empty) => break,
                    }
                    next = messages.try_recv();
                }
                if !self.pending_is_empty() {
                    self.rebuild();
                }
                asks.into_iter().for_each(|question| self.take_question(question));
                reports.into_iter().for_each(|(path, reply)| self.begin_report(path, reply));
                wishes.into_iter().for_each(|(wish, reply)| self.mend(wish, reply));
                for (path, reply) in reviews {
                    self.order_review(review::Task::Show { path, reply });
                }
                if let Ok(export) = search.try_recv() {
                    making = false;
                    self.take_search(export);
                }
                let rested = !self.searching.is_empty() || self.changed_at.elapsed() > SEARCH_REST;
                if self.search_wanted
                    && !making
                    && self.searched != self.build
                    && rested
                    && let Some(live) = &self.live
                {
                    making = true;
                    self.searched = self.build;
                    let (task, made) = (live.search_task(), made.clone());
                    scope.spawn(move || drop(made.send(task.run())));
                }
                self.work();
            }
        });
    }

    fn pending_is_empty(&self) -> bool {
        self.pending.files.is_empty() && !self.pending.repository && !self.pending.anything
    }

    fn has_work(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.waiting() > 0) || !self.told
    }

    /// Looks at a part of the site that nobody has asked for.
    fn work(&mut self) {
        let Some(live) = &mut self.live else {
            self.told = true;
            return;
        };
        if live.work() || self.told {
            return;
        }
        self.told = true;
        self.found = self.telling.as_mut().map(|telling| telling.of_site(live.found().cloned()));
        self.counts = Counts::of(self.found.iter().flatten());
        self.findings += 1;
        let task = match std::mem::replace(&mut self.unlinted, Unlinted::Files(BTreeSet::new())) {
            Unlinted::All => Some(Task::Begin(live.files())),
            Unlinted::Files(files) if files.is_empty() => None,
            Unlinted::Files(files) => Some(Task::Change(files)),
        };
        match task {
            Some(task) => {
                self.linted.done = false;
                self.order(task);
            }
            None => self.tell_found(),
        }
        self.publish_status();
    }

    fn order(&self, task: Task) {
        if let Some(lint) = &self.lint {
            drop(lint.send(task));
        }
    }

    fn order_review(&self, task: review::Task) {
        if let Some(reviews) = &self.reviews {
            drop(reviews.send(task));
        }
    }

    /// Says how much is found in all, once all has been looked at.
    fn tell_found(&self) {
        if self.broken.is_empty() && self.told && self.linted.done {
            (self.asked.tell)(Told::Found((self.counts + self.linted.counts).into()));
        }
    }

    fn take_linted(&mut self, linted: Linted) {
        // What is told on the way holds no list.
        let gravest = match linted.done {
            true => linted.gravest,
            false => std::mem::take(&mut self.linted.gravest),
        };
        self.linted = Linted { gravest, ..linted };
        self.findings += 1;
        self.tell_found();
        self.publish_status();
    }

    /// Has the files of a page looked at; the answer to who asks comes after that.
    fn begin_report(&mut self, path: String, reply: oneshot::Sender<String>) {
        let page = self.site_path(&path);
        let files = page.and_then(|page| self.findings().files_of(page.as_str()));
        let Some(files) = files else {
            drop(reply.send(self.report(&path, &PageFindings::default())));
            return;
        };
        let ticket = self.tickets;
        self.tickets += 1;
        self.reports.insert(ticket, (path, reply));
        self.order(Task::Page { files, ticket });
    }

    fn answer_report(&mut self, ticket: u64, page: &PageFindings) {
        if let Some((path, reply)) = self.reports.remove(&ticket) {
            drop(reply.send(self.report(&path, page)));
        }
    }

    /// Has a finding mended: the fix is the build's, or the linter's.
    fn mend(&self, wish: Wish, reply: oneshot::Sender<Wished>) {
        let known = self.live.as_ref().and_then(|live| {
            live.found().find(|found| wish.means(found)).and_then(|found| found.fix.clone())
        });
        self.order(Task::Mend { wish, known, reply });
    }

    /// Takes in what has changed.
    fn rebuild(&mut self) {
        let started = Instant::now();
        let seen = std::mem::take(&mut self.pending);
        let files: Vec<String> = seen.files.iter().map(ToString::to_string).collect();
        let result = match (&mut self.live, self.input.take()) {
            (Some(live), _) => {
                let changed = Changed {
                    files: seen.files.clone(),
                    repository: seen.repository.then(|| (self.asked.facts)()),
                    anything: seen.anything,
                };
                live.update(&changed)
            }
            (None, Some(input)) => {
                let again = input.clone();
                match Live::start(input) {
                    Ok(live) => {
                        self.live = Some(live);
                        Ok(Taken::Site)
                    }
                    Err(error) => {
                        self.input = Some(again);
                        Err(error.into())
                    }
                }
            }
            (None, None) => return,
        };
        self.changed_at = Instant::now();
        self.moved = None;
        self.state.fetch_add(1, Ordering::AcqRel);
        self.order_review(review::Task::Outdated);
        match result {
            Ok(taken) => {
                if let Some(telling) = &mut self.telling {
                    telling.change(&seen.files);
                }
                let changed = match (&mut self.unlinted, taken) {
                    (Unlinted::Files(files), Taken::Pages(changed)) => {
                        files.extend(seen.files);
                        changed
                    }
                    (_, Taken::Pages(changed)) => changed,
                    (_, Taken::Theme) => None,
                    (unlinted, Taken::Site) => {
                        *unlinted = Unlinted::All;
                        self.telling = self.live.as_ref().map(|live| {
                            let (memo, root) = &self.lints;
                            let settings = live.prepared().settings();
                            SiteFindings::new(self.source, memo, root, settings, self.today.clone())
                        });
                        None
                    }
                };
                if let (Some(live), None) = (&self.live, &changed) {
                    self.versions.look(live.prepared());
                }
                self.broken.clear();
                self.build += 1;
                self.shared.begin(self.build, changed.as_ref());
                self.told = false;
                self.learn();
                self.publish_status();
                if self.build > 1 {
                    (self.asked.tell)(Told::Updated { files: &files, took: started.elapsed() });
                }
            }
            Err(error) => {
                let found = match error {
                    UpdateError::Theme(found) | UpdateError::Build(BuildError::Config(found)) => {
                        found
                    }
                    UpdateError::Build(BuildError::Source(error)) => {
                        vec![Diagnostic::new(&pipeline::UNREADABLE, error.to_string())]
                    }
                };
                let again = self.broken == found;
                self.broken = found;
                // The next change may be the one that mends it, and whatever came with this one
                // is not taken in yet.
                if let Some(live) = &mut self.live {
                    live.doubt();
                }
                self.shared.begin(self.build, None);
                if !again && self.build > 0 {
                    (self.asked.tell)(Told::Broken(&self.broken));
                }
                self.publish_status();
            }
        }
    }

    /// Watches what the site has turned out to be made of.
    fn learn(&self) {
        let (Some(folders), Some(live)) = (&self.folders, &self.live) else { return };
        let prepared = live.prepared();
        let top = self.source.folder().unwrap_or_else(|| std::path::Path::new(""));
        let output = top.join(prepared.root().as_str()).join(&prepared.settings().build.build_dir);
        let pages = prepared.site().pages.iter();
        let included = pages.flat_map(|page| page.outline.includes.iter().cloned());
        folders.learn(included, output);
    }

    fn findings(&self) -> Findings<'_> {
        Findings { source: self.source, editor: self.editor.as_deref(), live: self.live.as_ref() }
    }

    fn publish_status(&self) {
        let done = self.told;
        let now = Now {
            build: self.build,
            done: done && self.linted.done,
            counts: self.counts + self.linted.counts,
            findings: self.findings,
            token: self.token.as_deref(),
            review: self.state.load(Ordering::Acquire),
        };
        let status = self.findings().status(now, &self.broken);
        self.shared.statuses.send_replace(Arc::new(status));
    }

    fn report(&self, path: &str, page: &PageFindings) -> String {
        match self.site_path(path) {
            Some(path) => {
                let found = Found {
                    number: self.findings,
                    linted: page,
                    gravest: &self.linted.gravest,
                    telling: self.telling.as_ref(),
                    of_site: self.found.as_deref(),
                };
                self.findings().report(path.as_str(), found)
            }
            None => "{}".to_owned(),
        }
    }

    /// The path of the site that a path of the server names.
    fn site_path(&self, path: &str) -> Option<SitePath> {
        let base = self.live.as_ref().map_or("/", |live| &live.prepared().site().base_path);
        let below = path.strip_prefix(base)?;
        let below = match below.is_empty() || below.ends_with('/') {
            true => format!("{below}index.html"),
            false => below.to_owned(),
        };
        SitePath::new(below).ok()
    }

    fn take_question(&mut self, question: Question) {
        match self.answer(&question.path) {
            Tried::Answered(reply) => drop(question.reply.send((reply, self.build))),
            Tried::NeedsSearch => self.searching.push(question),
            Tried::NeedsVersions => self.versions.wait(question),
            Tried::Version(name, path) => self.versions.ask(name, path, question),
            Tried::Moved => {
                let is_broken = !self.broken.is_empty();
                let patience = if is_broken { BROKEN_PATIENCE } else { MOVED_PATIENCE };
                match question.asked.elapsed() > patience {
                    true => drop(question.reply.send((self.broken_page(), self.build))),
                    false => self.later.push(question),
                }
            }
        }
    }

    /// Tries to answer a question.
    fn answer(&mut self, path: &str) -> Tried {
        if let Some((file, _)) = self.shared.known(path) {
            return Tried::Answered(Reply::File(file));
        }
        let Some(live) = &self.live else { return Tried::Answered(self.broken_page()) };
        let base = live.prepared().site().base_path.clone();
        let Some(site_path) = self.site_path(path) else {
            let elsewhere = path == "/" || format!("{path}/") == base;
            let reply = if elsewhere { Reply::Elsewhere(base) } else { Reply::Absent(None) };
            return Tried::Answered(reply);
        };
        if site_path.as_str().starts_with(SEARCH_FOLDER) {
            self.search_wanted = true;
        }
        match self.make(&site_path) {
            Answer::File(served) => {
                let file = Arc::new(File::new(site_path.as_str(), served));
                self.shared.keep(path, &file);
                Tried::Answered(Reply::File(file))
            }
            Answer::Search => Tried::NeedsSearch,
            Answer::Moved => Tried::Moved,
            Answer::Absent => {
                if let Some(live) = &self.live
                    && let Some(tried) =
                        self.versions.answer(live.prepared(), self.build, path, &site_path)
                {
                    return tried;
                }
                let index = SitePath::new(format!("{site_path}/index.html")).ok();
                if !path.ends_with('/')
                    && let Some(index) = index
                    && let Answer::File(_) = self.make(&index)
                {
                    return Tried::Answered(Reply::Elsewhere(format!("{path}/")));
                }
                let not_found = SitePath::new("404.html").map(|path| self.make(&path));
                let Ok(Answer::File(served)) = not_found else {
                    return Tried::Answered(Reply::Absent(None));
                };
                let file = File::new("404.html", served);
                Tried::Answered(Reply::Absent(Some(Arc::new(file))))
            }
        }
    }

    /// Makes a file. Where something has changed that nobody has told yet, that is waited for, and
    /// so is git while it writes. What is never told was missed: then all files are looked at.
    fn make(&mut self, path: &SitePath) -> Answer {
        let Some(live) = &mut self.live else { return Answer::Absent };
        let answer = live.file(path);
        if !matches!(answer, Answer::Moved) {
            return answer;
        }
        let since = self.moved.get_or_insert_with(Instant::now).elapsed();
        let waits = self
            .folders
            .as_ref()
            .is_some_and(|folders| since < TOLD_WITHIN || folders.git_writes());
        if waits {
            return answer;
        }
        self.pending.anything = true;
        self.rebuild();
        match &mut self.live {
            Some(live) if self.broken.is_empty() => live.file(path),
            _ => Answer::Moved,
        }
    }

    /// A page that says why there is none.
    fn broken_page(&self) -> Reply {
        Reply::Broken(broken_page(&self.broken))
    }

    fn take_search(&mut self, export: SearchExport) {
        if let Some(live) = &mut self.live {
            live.set_search(export);
            self.shared.forget_search();
        }
        let waiting = std::mem::take(&mut self.searching);
        waiting.into_iter().for_each(|question| self.take_question(question));
    }
}

/// A page that says why there is no site.
pub(super) fn broken_page(found: &[Diagnostic]) -> Arc<File> {
    let mut list = String::new();
    for diagnostic in found {
        list.push_str(&escaped(&format!("{}: {}\n", diagnostic.code, diagnostic.message)));
        if let Some(help) = &diagnostic.help {
            list.push_str(&escaped(&format!("    {help}\n")));
        }
    }
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>The site cannot be built</title>\n\
         <link rel=\"stylesheet\" href=\"/{LIVE_FOLDER}/live.css\">\n\
         <link rel=\"icon\" href=\"data:,\">\n</head>\n\
         <body class=\"copydesk-broken\">\n<main id=\"main\">\n<h1>The site cannot be built</h1>\n\
         <pre>{list}</pre>\n</main>\n</body>\n</html>\n"
    );
    let served = Served::new(Arc::from(page.into_bytes()), true);
    Arc::new(File::new("broken.html", served))
}

impl Shared {
    /// Forgets the files of the search, as there are newer ones.
    fn forget_search(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|path, _| !path.contains(SEARCH_FOLDER));
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
