//! Progress on a terminal, for builds that take a while.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;

/// One line at the bottom of the terminal, gone when the build is done. It appears only once a
/// build has lasted a moment, so that quick ones stay quiet.
pub(crate) struct TerminalProgress {
    bar: Mutex<ProgressBar>,
}

impl TerminalProgress {
    pub(crate) fn new(shown: bool) -> Self {
        let bar = ProgressBar::with_draw_target(
            None,
            if shown {
                ProgressDrawTarget::stderr_with_hz(10)
            } else {
                ProgressDrawTarget::hidden()
            },
        );
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
            bar.set_style(style.progress_chars("━━ "));
        }
        TerminalProgress { bar: Mutex::new(bar) }
    }

    pub(crate) fn clear(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for TerminalProgress {
    fn stage(&self, name: &'static str, total: usize) {
        if let Ok(bar) = self.bar.lock() {
            bar.set_length(total as u64);
            bar.set_position(0);
            bar.set_message(name);
            if bar.elapsed() > Duration::from_millis(500) {
                bar.tick();
            }
        }
    }

    fn advance(&self) {
        if let Ok(bar) = self.bar.lock() {
            if bar.elapsed() > Duration::from_millis(500) {
                bar.inc(1);
            } else {
                bar.set_position(bar.position() + 1);
            }
        }
    }
}
