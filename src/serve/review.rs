//! The thread that makes the review of what is being written. It begins when somebody looks, waits for a
//! silence after each change, and gives up what a newer change has outdated: no page of the site waits
//! for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::answer::File;
use super::builder::{LIVE_FOLDER, escaped};
use crate::pipeline::{LivePages, LiveReview, LiveReviewInput, OpenedReview, ReviewSiteError};

/// The folder of the review, below the folder of the preview's own files.
pub(super) const FOLDER: &str = "review";

/// After a change, the review waits for so long a silence.
const REST: Duration = Duration::from_millis(300);

/// Who waits for so long gets a review, however much goes on changing.
const PATIENCE: Duration = Duration::from_secs(20);

/// What nobody has looked at for so long is let go.
const KEPT: Duration = Duration::from_secs(120);

/// The number of the state after which there is none.
pub(super) const ENDED: u64 = u64::MAX;

/// Opens the change that is reviewed.
pub type OpenReview<'a> = dyn Fn() -> Result<OpenedReview, Refused> + Sync + 'a;

/// Why there is nothing to review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What the thread is to do.
pub(super) enum Task {
    /// Somebody wants a file of the review.
    Show { path: String, reply: oneshot::Sender<Shown> },
    /// Something has changed.
    Outdated,
}

/// A file of the review, where there is one, and the number of the state that it was made from.
pub(super) type Shown = (Result<Arc<File>, Arc<File>>, u64);

/// Somebody who waits for a file.
struct Question {
    path: String,
    reply: oneshot::Sender<Shown>,
    asked: Instant,
}

/// The thread.
pub(super) struct ReviewThread<'a> {
    pub(super) open: &'a OpenReview<'a>,
    pub(super) input: LiveReviewInput<'a>,
    pub(super) tasks: Receiver<Task>,
    /// The number of the present state. Each change makes it larger.
    pub(super) now: Arc<AtomicU64>,
}

impl ReviewThread<'_> {
    /// Works until nobody sends tasks any more.
    pub(super) fn run(self) {
        let mut review = None;
        let mut waiting: Vec<Question> = Vec::new();
        let mut changed = None;
        while self.wait(&mut waiting, &mut changed) {
            let number = self.now.load(Ordering::Acquire);
            let since = first(&waiting);
            let outdated = || match self.now.load(Ordering::Acquire) {
                ENDED => true,
                now => now != number && since.is_some_and(|since| since.elapsed() < PATIENCE),
            };
            let opened = match (self.open)() {
                Ok(opened) => opened,
                Err(refused) => {
                    answer(&mut waiting, number, |_| Err(refused_page(&refused)));
                    continue;
                }
            };
            let review = review.get_or_insert_with(LiveReview::new);
            let shown = review.show(&opened, self.input, &outdated, |pages| {
                answer(&mut waiting, number, |path| file(pages, path));
                changed = self.keep_answering(pages, number, &mut waiting);
            });
            match shown {
                // Whoever still waits, waits for the next one.
                Ok(()) | Err(ReviewSiteError::Stopped) => {}
                Err(error) => {
                    let refused = Refused { message: error.to_string(), help: None };
                    answer(&mut waiting, number, |_| Err(refused_page(&refused)));
                }
            }
        }
    }

    /// Waits for somebody who wants something, and for a silence after the last change; false where
    /// the end has come.
    fn wait(&self, waiting: &mut Vec<Question>, changed: &mut Option<Instant>) -> bool {
        loop {
            waiting.retain(|question| !question.reply.is_closed());
            let rest = changed.map_or(Duration::ZERO, |at| REST.saturating_sub(at.elapsed()));
            let next = match first(waiting) {
                None => self.tasks.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) if since.elapsed() > PATIENCE => return true,
                Some(_) => self.tasks.recv_timeout(rest),
            };
            match next {
                Ok(Task::Show { path, reply }) => {
                    waiting.push(Question { path, reply, asked: Instant::now() });
                }
                Ok(Task::Outdated) => *changed = Some(Instant::now()),
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    /// Answers from a review as long as it is that of the present state, and somebody looks. Says when
    /// it was outdated.
    fn keep_answering(
        &self,
        pages: &LivePages<'_, '_, '_>,
        number: u64,
        waiting: &mut Vec<Question>,
    ) -> Option<Instant> {
        loop {
            match self.tasks.recv_timeout(KEPT) {
                Ok(Task::Show { path, reply }) => {
                    waiting.push(Question { path, reply, asked: Instant::now() });
                    if self.now.load(Ordering::Acquire) != number {
                        return Some(Instant::now());
                    }
                    answer(waiting, number, |path| file(pages, path));
                }
                Ok(Task::Outdated) => return Some(Instant::now()),
                Err(_) => return None,
            }
        }
    }
}

/// Since when somebody waits.
fn first(waiting: &[Question]) -> Option<Instant> {
    waiting.iter().map(|question| question.asked).min()
}

/// Answers everybody who waits.
fn answer(
    waiting: &mut Vec<Question>,
    number: u64,
    made: impl Fn(&str) -> Result<Arc<File>, Arc<File>>,
) {
    for question in waiting.drain(..).filter(|question| !question.reply.is_closed()) {
        drop(question.reply.send((made(&question.path), number)));
    }
}

fn file(pages: &LivePages<'_, '_, '_>, path: &str) -> Result<Arc<File>, Arc<File>> {
    match pages.file(path) {
        Ok(Some(bytes)) => Ok(Arc::new(File::of_review(path, &bytes))),
        Ok(None) => Err(absent_page()),
        Err(error) => Err(refused_page(&Refused { message: error.to_string(), help: None })),
    }
}

/// A page that says why there is no review.
fn refused_page(refused: &Refused) -> Arc<File> {
    let help = refused.help.as_ref().map(|help| format!("<p>{}</p>\n", escaped(help)));
    let text = format!("<p>{}</p>\n{}", escaped(&refused.message), help.unwrap_or_default());
    page("There is nothing to review", &text, "")
}

/// A page that says that a page is not in the review.
fn absent_page() -> Arc<File> {
    let text = format!(
        "<p>No reader sees anything else on it.</p>\n\
         <p><a href=\"/{LIVE_FOLDER}/{FOLDER}/index.html\">What changes</a></p>\n"
    );
    page("This page does not differ", &text, "")
}

/// A page for whoever waits long. The preview asks again for it, and a browser without scripts does too.
pub(super) fn waiting_page() -> Arc<File> {
    let again = "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>\n";
    let text = "<p data-copydesk-wait>Both versions of the site are being read.</p>\n";
    page("The review is being made", text, again)
}

fn page(title: &str, text: &str, head: &str) -> Arc<File> {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\" class=\"no-js\" data-scheme=\"auto\">\n<head>\n\
         <meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{head}\
         <script src=\"/{LIVE_FOLDER}/{FOLDER}/assets/boot.js\"></script>\n\
         <link rel=\"stylesheet\" href=\"/{LIVE_FOLDER}/{FOLDER}/assets/review.css\">\n\
         <script src=\"/{LIVE_FOLDER}/{FOLDER}/assets/review.js\" defer></script>\n\
         <link rel=\"icon\" href=\"data:,\">\n</head>\n<body class=\"review\">\n\
         <main id=\"main\" tabindex=\"-1\">\n<h1>{title}</h1>\n{text}</main>\n</body>\n</html>\n"
    );
    Arc::new(File::of_review("index.html", html.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_branch_is_text() {
        let refused = Refused {
            message: "there is no revision `<img src=x>`".to_owned(),
            help: Some("fetch it & look".to_owned()),
        };
        let html = String::from_utf8(refused_page(&refused).bytes().to_vec()).unwrap();
        assert!(html.contains("there is no revision `&lt;img src=x&gt;`"), "{html}");
        assert!(html.contains("fetch it &amp; look"), "{html}");
    }
}
