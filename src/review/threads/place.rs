//! Where threads stand in the branch as it is now.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

use super::{Rules, Thread, threads};
use crate::base::{LineIndex, SourcePath};
use crate::history::FileChange;
use crate::review::anchor::{How, Place, Tracker};
use crate::review::event::{Anchor, Event};

/// So much of a file must be in another one for it to be that file under another name.
const SAME_FILE: f64 = 0.5;

/// What threads are looked for in.
pub struct PlaceInput<'a> {
    /// The events of the change, in order.
    pub events: &'a [Event],
    /// What counts.
    pub rules: &'a Rules<'a>,
    /// The files that the branch changes, with renames.
    pub files: &'a [FileChange],
    /// The bytes of a file of the branch as it is now; none where there is no such file.
    pub read: &'a dyn Fn(&SourcePath) -> Option<Arc<[u8]>>,
    /// The bytes that git keeps under an id; none where they are not here.
    pub blob: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

/// A thread and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlacedThread {
    /// The thread.
    #[serde(flatten)]
    pub thread: Thread,
    /// The file that it stands in now; that in which it was begun, where it is nowhere; none for a
    /// thread on the change as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<SourcePath>,
    /// The line of that file, from 1; for an orphan where it would stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// How it was found; none for a thread on a file or the change as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl PlacedThread {
    /// Whether it belongs to a text that cannot be found any more.
    pub fn is_orphan(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.how == How::Orphan)
    }
}

/// The threads of a change with their places, by file and place, those of the change as a whole first.
pub fn place_threads(input: &PlaceInput<'_>) -> Vec<PlacedThread> {
    let mut groups: BTreeMap<(SourcePath, String), Vec<Thread>> = BTreeMap::new();
    let mut placed = Vec::new();
    for thread in threads(input.events, input.rules) {
        match &thread.anchor {
            None => placed.push(PlacedThread { thread, path: None, line: None, place: None }),
            Some(anchor) => {
                let key = (anchor.path.clone(), anchor.blob.clone());
                groups.entry(key).or_default().push(thread);
            }
        }
    }
    for ((path, blob), threads) in groups {
        let old = (input.blob)(&blob).and_then(|bytes| String::from_utf8(bytes).ok());
        let files = Files::of(input, &path, old.as_deref());
        let trackers: Vec<(&SourcePath, LineIndex, Tracker<'_>)> = files
            .texts
            .iter()
            .map(|(path, text)| (path, LineIndex::new(text), Tracker::new(old.as_deref(), text)))
            .collect();
        for thread in threads {
            placed.push(placed_in(thread, &path, &trackers));
        }
    }
    placed.sort_by(|a, b| {
        let key = |one: &PlacedThread| {
            let near = one.place.as_ref().map(|place| place.near);
            (one.path.clone(), near, one.thread.time, one.thread.id)
        };
        key(a).cmp(&key(b))
    });
    placed
}

fn placed_in(
    thread: Thread,
    path: &SourcePath,
    trackers: &[(&SourcePath, LineIndex, Tracker<'_>)],
) -> PlacedThread {
    let Some(anchor) = &thread.anchor else {
        return PlacedThread { thread, path: None, line: None, place: None };
    };
    if is_whole_file(anchor) {
        let path = trackers.first().map_or(path, |(path, ..)| *path).clone();
        return PlacedThread { thread, path: Some(path), line: None, place: None };
    }
    let mut found: Option<PlacedThread> = None;
    for (path, lines, tracker) in trackers {
        let place = tracker.find(anchor);
        let better = found.as_ref().is_none_or(PlacedThread::is_orphan)
            && (found.is_none() || place.how != How::Orphan);
        if better {
            let line = lines.line(place.near) + 1;
            found = Some(PlacedThread {
                thread: thread.clone(),
                path: Some((*path).clone()),
                line: Some(line),
                place: Some(place),
            });
        }
    }
    found.unwrap_or_else(|| PlacedThread {
        path: Some(path.clone()),
        line: None,
        place: Some(Place::orphan()),
        thread,
    })
}

/// Whether an anchor is about a file and no text in it.
fn is_whole_file(anchor: &Anchor) -> bool {
    anchor.quote.exact.is_empty() && anchor.start == anchor.end
}

/// The files in which a text of a file may stand now: itself, and what it was renamed to.
struct Files {
    texts: Vec<(SourcePath, String)>,
}

impl Files {
    fn of(input: &PlaceInput<'_>, path: &SourcePath, old: Option<&str>) -> Files {
        let mut texts = Vec::new();
        let mut add = |path: &SourcePath| {
            let text = (input.read)(path).and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
            if let Some(text) = text
                && texts.iter().all(|(known, _)| known != path)
            {
                texts.push((path.clone(), text));
            }
        };
        let renamed = input.files.iter().filter(|change| change.before.as_ref() == Some(path));
        let renamed: Vec<&SourcePath> =
            renamed.filter_map(|change| change.after.as_ref()).filter(|to| *to != path).collect();
        add(path);
        for to in renamed {
            add(to);
        }
        if let (true, Some(old)) = (texts.is_empty(), old) {
            // The branch may have added it under one name and given it another one since.
            let others = input.files.iter().filter_map(|change| change.after.as_ref());
            let alike = others.filter_map(|other| {
                let bytes = (input.read)(other)?;
                let text = String::from_utf8(bytes.to_vec()).ok()?;
                let alike = alike(old, &text);
                (alike >= SAME_FILE).then_some((alike, other, text))
            });
            let best = alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
            texts.extend(best.map(|(_, path, text)| (path.clone(), text)));
        }
        Files { texts }
    }
}

/// How many lines two texts have in common.
fn alike(a: &str, b: &str) -> f64 {
    let lines = |text: &str| -> HashSet<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let (a, b) = (lines(a), lines(b));
    a.intersection(&b).count() as f64 / a.len().max(b.len()).max(1) as f64
}
