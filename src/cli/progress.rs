//! Progress on a terminal, for builds that take a while.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;

/// One line at the bottom of the terminal, gone when the build is done. It appears only once a
/// build has lasted a moment, so that quick ones stay quiet.
pub(crate) struct TerminalProgress {
    bar: Mutex<ProgressBar>,
    stages: Mutex<Vec<(&'static str, Instant)>>,
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
        TerminalProgress { bar: Mutex::new(bar), stages: Mutex::new(Vec::new()) }
    }

    /// What each stage took, the last one until now.
    pub(crate) fn timings(&self) -> Vec<(&'static str, Duration)> {
        let Ok(stages) = self.stages.lock() else { return Vec::new() };
        let ends = stages.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        stages.iter().zip(ends).map(|((name, began), end)| (*name, end - *began)).collect()
    }

    pub(crate) fn clear(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for TerminalProgress {
    fn stage(&self, name: &'static str, total: usize) {
        if let Ok(mut stages) = self.stages.lock() {
            stages.push((name, Instant::now()));
        }
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
