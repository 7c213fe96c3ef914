//! Progress on a terminal, for builds that take a while.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::build::seconds;
use crate::base::SitePath;
use crate::memo::StageCount;
use crate::pipeline::Progress;

/// One line at the bottom of the terminal, gone when the build is done. It appears only once a
/// build has lasted a moment, so that quick ones stay quiet.
pub(crate) struct TerminalProgress {
    bar: Mutex<ProgressBar>,
    stages: Mutex<Vec<(&'static str, Instant)>>,
    /// What went on beside the stages.
    beside: Mutex<Vec<(&'static str, Duration)>>,
    began: Instant,
    /// The pages that took longest to render, and some more.
    slowest: Mutex<Vec<(Duration, SitePath)>>,
}

/// How many slow pages are named.
const SLOWEST: usize = 10;

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
        TerminalProgress {
            bar: Mutex::new(bar),
            stages: Mutex::default(),
            beside: Mutex::default(),
            began: Instant::now(),
            slowest: Mutex::default(),
        }
    }

    /// What each stage took, what the cache knew, and which pages were slowest, for people.
    pub(crate) fn report(&self, counts: &[StageCount]) -> String {
        let mut text = String::new();
        for (stage, took) in self.timings() {
            let _ = writeln!(text, "{stage:<12} {:>8}", seconds(took));
        }
        if let Ok(beside) = self.beside.lock()
            && !beside.is_empty()
        {
            text.push_str("\nbeside them\n");
            for (name, took) in beside.iter() {
                let _ = writeln!(text, "{name:<12} {:>8}", seconds(*took));
            }
        }
        if !counts.is_empty() {
            text.push_str("\nfrom the cache\n");
            for StageCount { stage, hits, misses } in counts {
                let _ = writeln!(text, "{:<12} {hits:>8} of {}", stage.name(), hits + misses);
            }
        }
        let Ok(mut slowest) = self.slowest.lock() else { return text };
        slowest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        if !slowest.is_empty() {
            text.push_str("\nslowest pages\n");
            for (took, path) in slowest.iter().take(SLOWEST) {
                let _ = writeln!(text, "{:>8}  {path}", seconds(*took));
            }
        }
        text
    }

    /// What each stage took, the last one until now.
    fn timings(&self) -> Vec<(&'static str, Duration)> {
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

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn beside(&self, name: &'static str, begun: Duration) {
        if let Ok(mut beside) = self.beside.lock() {
            beside.push((name, self.began.elapsed().saturating_sub(begun)));
        }
    }

    fn rendered(&self, path: &SitePath, begun: Duration) {
        let took = self.began.elapsed().saturating_sub(begun);
        let Ok(mut slowest) = self.slowest.lock() else { return };
        slowest.push((took, path.clone()));
        if slowest.len() > SLOWEST * 50 {
            slowest.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
            slowest.truncate(SLOWEST);
        }
    }
}
