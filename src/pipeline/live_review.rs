//! The review of what is being written: the same pages as those of the folder, made one by one for
//! whoever looks at them, until something changes.

use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::change::ChangeInput;
use super::check::CheckInput;
use super::review_site::{ReviewPages, ReviewSiteError, ReviewSiteInput, with_pages};
use crate::base::SourcePath;
use crate::config::Overrides;
use crate::history::Ends;
use crate::memo::Store;
use crate::review::threads::PlacedThread;
use crate::source::Source;

/// A change that is open for a review.
pub struct OpenedReview {
    /// The folder of `book.toml`, seen from the top of both sides.
    pub root: SourcePath,
    /// Where both sides parted.
    pub ends: Ends,
    /// The site as it was there.
    pub old: Box<dyn Source>,
    /// The site as it is.
    pub new: Box<dyn Source>,
    /// What was said about the branch, with its places in the new side.
    pub threads: Vec<PlacedThread>,
    /// What a reader of the overview must know besides.
    pub notes: Vec<String>,
}

/// What both sides are read with.
#[derive(Clone, Copy)]
pub struct LiveReviewInput<'a> {
    /// Environment variables that settings can come from.
    pub variables: &'a [(String, String)],
    /// Show drafts too.
    pub drafts: bool,
    /// The day, as `2026-11-25`: suppressions can expire.
    pub today: &'a str,
    /// What was made before.
    pub memo: &'a Store,
}

/// Makes reviews with threads of its own, so that nothing else waits for theirs.
pub struct LiveReview {
    /// None where the system has no thread left; then the work is shared.
    pool: Option<ThreadPool>,
}

/// The pages of a review, until it is outdated.
pub struct LivePages<'r, 'a, 'w>(&'r ReviewPages<'a, 'w>);

impl LivePages<'_, '_, '_> {
    /// A file of the review by its path from the top; none where there is no such file.
    ///
    /// # Errors
    /// The page cannot be made.
    pub fn file(&self, path: &str) -> Result<Option<Arc<[u8]>>, ReviewSiteError> {
        self.0.file(path)
    }
}

impl Default for LiveReview {
    fn default() -> Self {
        LiveReview::new()
    }
}

impl LiveReview {
    /// Begins its threads: half of what the machine has, as the site comes first.
    pub fn new() -> LiveReview {
        let count = rayon::current_num_threads().div_ceil(2);
        let name = |at| format!("review {at}");
        LiveReview {
            pool: ThreadPoolBuilder::new().num_threads(count).thread_name(name).build().ok(),
        }
    }

    /// Makes the review of a change, and hands over its pages. As soon as `stop` says so, nothing more
    /// is done.
    ///
    /// # Errors
    /// Where a side cannot be read, or where it was stopped.
    pub fn show<T>(
        &self,
        opened: &OpenedReview,
        input: LiveReviewInput<'_>,
        stop: &(dyn Fn() -> bool + Sync),
        then: impl FnOnce(&LivePages<'_, '_, '_>) -> T,
    ) -> Result<T, ReviewSiteError> {
        let side = |source| CheckInput {
            source,
            root: opened.root.clone(),
            variables: input.variables.to_vec(),
            overrides: Overrides::default(),
            drafts: input.drafts,
            except: Vec::new(),
            memo: input.memo,
            versions: None,
        };
        let change = ChangeInput {
            old: side(opened.old.as_ref()),
            new: side(opened.new.as_ref()),
            files: &opened.ends.files,
            trust_theme: false,
        };
        let input = ReviewSiteInput {
            change,
            ends: &opened.ends,
            preview: None,
            live: true,
            today: input.today,
            threads: &opened.threads,
            notes: &opened.notes,
        };
        let made = with_pages(&input, self.pool.as_ref(), stop, |pages| then(&LivePages(pages)));
        made.map(|(_, _, value)| value)
    }
}
