//! The versions beside the preview. One thread finds out which there are, and what pages they have;
//! each version that somebody asks for is made and served by a thread of its own. The builder only
//! passes questions on, so that no page of the preview waits for a version.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::sync::oneshot;

use super::answer::File;
use super::builder::{Answered, Message, Question, Reply, Shared, Tried, broken_page};
use crate::base::{ContentHash, Diagnostic, SitePath};
use crate::history::RepositoryFacts;
use crate::output::version::{VERSION_LISTS, VERSION_RECORD};
use crate::pipeline::{Answer, Beside, Live, Prepared, Preview, PreviewInput, Served, Shelf};

/// The beginning of the names of files that tell of other versions.
const MENUS: &str = "_copydesk/version";

/// What the thread is to do.
pub(super) enum Order {
    /// What there is may have changed.
    Look(RepositoryFacts),
    /// Somebody wants to know what pages the versions have.
    Shelf,
    /// Somebody wants a file of a version.
    Ask(String, Asked),
}

/// Somebody who waits for a file of a version.
pub(super) struct Asked {
    /// Its path below the folder of the version.
    path: SitePath,
    /// The path of the server that was asked for.
    spelled: String,
    reply: oneshot::Sender<Answered>,
}

/// What the thread has found out.
pub(super) enum Found {
    /// Which versions there are; none where that cannot be read.
    Versions(Option<Arc<Preview>>),
    /// What pages they have.
    Shelf(Arc<Preview>, Arc<Shelf>),
}

/// What the builder knows of the versions.
pub(super) struct Versions {
    orders: Option<Sender<Order>>,
    /// Which there are, once that is known.
    preview: Option<Option<Arc<Preview>>>,
    shelf: Option<Arc<Shelf>>,
    /// The shelf has been ordered.
    ordered: bool,
    /// The files that tell a version of the others, for one build of the preview.
    files: HashMap<usize, BTreeMap<SitePath, Arc<[u8]>>>,
    files_of: u64,
    waiting: Vec<Question>,
}

impl Versions {
    pub(super) fn new(orders: Option<Sender<Order>>) -> Self {
        Versions {
            orders,
            preview: None,
            shelf: None,
            ordered: false,
            files: HashMap::new(),
            files_of: 0,
            waiting: Vec::new(),
        }
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            drop(orders.send(order));
        }
    }

    /// The site has been joined anew.
    pub(super) fn look(&self, site: &Prepared<'_>) {
        if site.leads_to_versions() {
            self.order(Order::Look(site.facts().clone()));
        }
    }

    /// Nobody asks any more.
    pub(super) fn stop(&mut self) {
        self.orders = None;
    }

    /// Takes in what the thread has found out, and gives back who waited for it.
    pub(super) fn take(&mut self, found: Found) -> Vec<Question> {
        match found {
            Found::Versions(preview) => {
                self.preview = Some(preview);
                self.shelf = None;
                self.ordered = false;
            }
            Found::Shelf(of, shelf) => {
                let known = self.preview.as_ref().and_then(Option::as_ref);
                if known.is_some_and(|known| Arc::ptr_eq(known, &of)) {
                    self.shelf = Some(shelf);
                }
            }
        }
        self.files.clear();
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn wait(&mut self, question: Question) {
        self.waiting.push(question);
    }

    /// Passes a question on to a version.
    pub(super) fn ask(&self, name: String, path: SitePath, question: Question) {
        let Question { path: spelled, reply, .. } = question;
        self.order(Order::Ask(name, Asked { path, spelled, reply }));
    }

    /// What becomes of a question for a path at which the preview itself has nothing; none where no
    /// version has anything there either. `spelled` is the path as it was asked for.
    pub(super) fn answer(
        &mut self,
        site: &Prepared<'_>,
        build: u64,
        spelled: &str,
        path: &SitePath,
    ) -> Option<Tried> {
        if !site.leads_to_versions() || self.orders.is_none() {
            return None;
        }
        let Some(preview) = &self.preview else { return Some(Tried::NeedsVersions) };
        let preview = Arc::clone(preview.as_ref()?);
        let (at, below) = match preview.beside(path) {
            Some(Beside::Version(at, below)) => (at, below),
            Some(Beside::Alias(there)) => {
                let place = format!("{}{there}", site.site().base_path);
                return Some(Tried::Answered(Reply::Elsewhere(place)));
            }
            None => (preview.own(), path.clone()),
        };
        if below.as_str().starts_with(MENUS) && below.as_str() != VERSION_RECORD {
            if below.as_str().starts_with(VERSION_LISTS) && self.shelf.is_none() {
                if !std::mem::replace(&mut self.ordered, true) {
                    self.order(Order::Shelf);
                }
                return Some(Tried::NeedsVersions);
            }
            return self.menu_file(&preview, site, build, at, &below);
        }
        if at == preview.own() {
            None
        } else if below.is_root() {
            Some(Tried::Answered(Reply::Elsewhere(format!("{spelled}/"))))
        } else {
            let (name, _) = preview.version(at)?;
            Some(Tried::Version(name.to_owned(), below))
        }
    }

    /// A file that tells a version of the others.
    fn menu_file(
        &mut self,
        preview: &Preview,
        site: &Prepared<'_>,
        build: u64,
        at: usize,
        path: &SitePath,
    ) -> Option<Tried> {
        if self.files_of != build {
            self.files.clear();
            self.files_of = build;
        }
        let shelf = self.shelf.as_deref();
        let files = self.files.entry(at).or_insert_with(|| preview.files(shelf, site, at));
        let served = Served::new(Arc::clone(files.get(path)?), false);
        let file = Arc::new(File::new(path.as_str(), served));
        Some(Tried::Answered(Reply::File(file)))
    }
}

/// Does what is ordered, until nobody orders any more.
pub(super) fn run(input: &PreviewInput<'_>, orders: &Receiver<Order>, shared: &Shared) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let mut known: Option<(Arc<Preview>, RepositoryFacts)> = None;
        // Each version that is served, with what it is made from.
        let mut served: HashMap<String, (ContentHash, Sender<Asked>)> = HashMap::new();
        for order in orders {
            match order {
                Order::Look(facts) => {
                    let preview = Preview::of(input, &facts).map(Arc::new);
                    // What has another commit or another look ends with its questions, and is made
                    // again when it is asked for.
                    served.retain(|name, (made_from, _)| {
                        let preview = preview.as_ref();
                        let now = preview.and_then(|preview| preview.version(preview.find(name)?));
                        now.is_some_and(|(_, now)| now == *made_from)
                    });
                    known = preview.clone().map(|preview| (preview, facts));
                    shared.send(Message::Beside(Found::Versions(preview)));
                }
                Order::Shelf => {
                    let Some((preview, facts)) = known.clone() else { continue };
                    let stop = &stop;
                    scope.spawn(move || {
                        let shelf = preview.shelf(input, &facts, &|| stop.load(Ordering::Relaxed));
                        shared.send(Message::Beside(Found::Shelf(preview, Arc::new(shelf))));
                    });
                }
                Order::Ask(name, asked) => {
                    // Where there is none any more, who asked is told to come again.
                    let Some((preview, _)) = &known else { continue };
                    let Some(at) = preview.find(&name) else { continue };
                    let Some((_, made_from)) = preview.version(at) else { continue };
                    let (_, ask) = served.entry(name).or_insert_with(|| {
                        let (ask, questions) = channel::<Asked>();
                        let preview = Arc::clone(preview);
                        scope.spawn(move || serve(input, &preview, at, &questions, shared));
                        (made_from, ask)
                    });
                    drop(ask.send(asked));
                }
            }
        }
        drop(served);
        stop.store(true, Ordering::Relaxed);
    });
}

/// Makes a version, and answers questions for its files.
fn serve(
    input: &PreviewInput<'_>,
    preview: &Preview,
    at: usize,
    questions: &Receiver<Asked>,
    shared: &Shared,
) {
    let made = preview.with(input, at, &mut |live| {
        for asked in questions {
            let reply = answer(live, &asked.path, &asked.spelled);
            drop(asked.reply.send((reply, shared.build())));
        }
    });
    if let Err(found) = made {
        for asked in questions {
            drop(asked.reply.send((broken(&found), shared.build())));
        }
    }
}

fn broken(found: &[Diagnostic]) -> Reply {
    Reply::Broken(broken_page(found))
}

fn answer(live: &mut Live<'_>, path: &SitePath, spelled: &str) -> Reply {
    // A page of a version is shown as it is published: the preview's own script has nothing to tell
    // of it.
    let mut file = |path: &SitePath| {
        let mut answer = live.file(path);
        if matches!(answer, Answer::Search) {
            let made = live.search_task().run();
            live.set_search(made);
            answer = live.file(path);
        }
        match answer {
            Answer::File(served) => {
                let served = Served { page: false, ..served };
                Some(Arc::new(File::new(path.as_str(), served)))
            }
            Answer::Absent | Answer::Search | Answer::Moved => None,
        }
    };
    if let Some(found) = file(path) {
        return Reply::File(found);
    }
    let index = SitePath::new(format!("{path}/index.html")).ok();
    if !spelled.ends_with('/') && index.is_some_and(|index| file(&index).is_some()) {
        return Reply::Elsewhere(format!("{spelled}/"));
    }
    Reply::Absent(SitePath::new("404.html").ok().and_then(|page| file(&page)))
}
