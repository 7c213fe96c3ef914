//! Finds an anchor in another version of its file.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::flat::{Flat, is_space, is_word, words};
use super::search::approximate;
use super::{CONTEXT, MAX_QUOTE};
use crate::base::LineIndex;
use crate::review::event::Anchor;

/// How a place was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The file is the same.
    Same,
    /// The text is the same, and it certainly is that text.
    Moved,
    /// The text, or all that stands around it, was edited since: this is the likely place.
    Edited,
    /// It is nowhere, or nobody can say where.
    Orphan,
}

/// Where an anchor stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// How it was found.
    pub how: How,
    /// Its bytes; none for an orphan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range<usize>>,
    /// The bytes are those of the quote. Where they are not, and the place has only moved, lines break
    /// otherwise.
    pub verbatim: bool,
    /// How much of the quote is left, in hundredths.
    pub likeness: u8,
    /// Where it stands, or would stand.
    pub near: usize,
}

impl Place {
    /// Nowhere.
    pub fn orphan() -> Place {
        Place { how: How::Orphan, range: None, verbatim: false, likeness: 0, near: 0 }
    }
}

/// What quote, prefix, suffix, and position weigh, as in Hypothesis.
const WEIGHTS: [f64; 4] = [50.0, 20.0, 20.0, 2.0];

/// More errors are another text, however long it is.
const MOST_ERRORS: usize = 256;

/// Steps of one search with errors: some hundredths of a second.
const STEPS: usize = 30_000_000;

/// More places of one quote are not weighed.
const MOST_OCCURRENCES: usize = 200;

/// More places with errors are not weighed.
const MOST_MATCHES: usize = 16;

/// More words of a stretch are not compared one by one.
const MOST_WORDS: usize = 20_000;

/// A quote of so many words and characters hardly stands anywhere by chance.
const TELLING: (usize, usize) = (4, 20);

/// So alike must a text be that stands where the quote stood.
const ALIKE_HERE: f64 = 0.5;

/// So alike where both sides say that it is the place.
const ALIKE_BETWEEN: f64 = 0.3;

/// So alike where it stands elsewhere.
const ALIKE_ELSEWHERE: f64 = 0.7;

/// A context that is that much alike is the same one.
const SAME_CONTEXT: f64 = 0.8;

/// Finds anchors of one version of a file in another version.
#[derive(Debug)]
pub struct Tracker<'a> {
    old: Option<Version<'a>>,
    new: Version<'a>,
    /// For each line of the old version, the line of the new one that it is.
    map: Vec<Option<usize>>,
    /// The same the other way round.
    back: Vec<Option<usize>>,
}

#[derive(Debug)]
struct Version<'a> {
    text: &'a str,
    flat: Flat,
    lines: LineIndex,
}

impl<'a> Version<'a> {
    fn new(text: &'a str) -> Self {
        Version { text, flat: Flat::new(text), lines: LineIndex::new(text) }
    }

    /// A line without white space at its ends, with its place.
    fn line(&self, line: usize) -> (Range<usize>, &'a str) {
        let range = self.lines.line_range(line);
        let text = self.text.get(range.clone()).unwrap_or_default();
        let start = range.start + text.len() - text.trim_start_matches(is_space).len();
        let text = text.trim_matches(is_space);
        (start..start + text.len(), text)
    }

    /// The lines of some bytes, the last one too.
    fn lines_of(&self, range: &Range<usize>) -> (usize, usize) {
        let last = range.end.saturating_sub(1).max(range.start);
        (self.lines.line(range.start), self.lines.line(last))
    }

    fn is_blank(&self, line: usize) -> bool {
        self.line(line).1.is_empty()
    }

    /// The place of some lines in the text as it is searched.
    fn flat_lines(&self, lines: &Range<usize>) -> Range<usize> {
        let start = self.lines.line_range(lines.start).start;
        let end = self.lines.line_range(lines.end.saturating_sub(1)).end;
        self.flat.range(&(start..end.max(start)))
    }
}

/// A place that may be the one.
#[derive(Debug, Clone)]
struct Candidate {
    /// In the new version as it is searched.
    range: Range<usize>,
    quote: f64,
    prefix: f64,
    suffix: f64,
    near: f64,
    /// It stands where the text stood.
    here: bool,
    /// It certainly is the text.
    certain: bool,
}

impl Candidate {
    fn score(&self) -> f64 {
        let [quote, prefix, suffix, near] = WEIGHTS;
        self.quote * quote + self.prefix * prefix + self.suffix * suffix + self.near * near
    }

    fn is_whole(&self) -> bool {
        self.quote >= 1.0
    }
}

/// An anchor with what is looked for.
struct Wanted<'a> {
    anchor: &'a Anchor,
    /// The quote as it is searched.
    quote: String,
    prefix: String,
    suffix: String,
    /// Where it stands in the old version, where that is known.
    old: Option<Old>,
}

struct Old {
    /// In the old version as it is searched.
    flat: Range<usize>,
    first: usize,
    last: usize,
    /// Whole lines were chosen.
    whole: bool,
    /// The lines between those before and behind it that are still there.
    hunk: Range<usize>,
    /// The same in the new version.
    image: Range<usize>,
}

impl<'a> Tracker<'a> {
    /// Compares two versions. Without the old one, anchors are found by what they keep.
    pub fn new(old: Option<&'a str>, new: &'a str) -> Self {
        let (old, new) = (old.map(Version::new), Version::new(new));
        let (mut map, mut back) = (Vec::new(), vec![None; new.lines.lines()]);
        if let Some(old) = &old {
            map = vec![None; old.lines.lines()];
            let lines = |version: &Version<'a>| -> Vec<&'a str> {
                (0..version.lines.lines()).map(|line| version.line(line).1).collect()
            };
            let ops = capture_diff_slices(Algorithm::Histogram, &lines(old), &lines(&new));
            for op in ops {
                let DiffOp::Equal { old_index, new_index, len } = op else { continue };
                for step in 0..len {
                    let (from, to) = (old_index + step, new_index + step);
                    if let (Some(map), Some(back)) = (map.get_mut(from), back.get_mut(to)) {
                        (*map, *back) = (Some(to), Some(from));
                    }
                }
            }
        }
        Tracker { old, new, map, back }
    }

    /// Finds an anchor that was made in the old version.
    pub fn find(&self, anchor: &Anchor) -> Place {
        let exact = &anchor.quote.exact;
        let known =
            self.old.as_ref().filter(|old| old.text.get(anchor.range()) == Some(exact.as_str()));
        if known.is_some_and(|old| old.text == self.new.text) {
            return self.found(anchor, How::Same, anchor.range(), 1.0);
        }
        let quote = match exact.len() {
            0..=MAX_QUOTE => Flat::new(exact).text,
            _ => String::new(),
        };
        if quote.is_empty() {
            return self.orphan(anchor, None);
        }
        let old = known.map(|old| self.locate(old, anchor));
        let (prefix, suffix) = match (&old, &self.old) {
            (Some(place), Some(old)) => (
                old.flat.before(place.flat.start, CONTEXT).trim().to_owned(),
                old.flat.behind(place.flat.end, CONTEXT).trim().to_owned(),
            ),
            _ => (Flat::new(&anchor.quote.prefix).text, Flat::new(&anchor.quote.suffix).text),
        };
        let wanted = Wanted { anchor, quote, prefix, suffix, old };
        let candidates = self.candidates(&wanted);
        let best = candidates.iter().max_by(|a, b| a.score().total_cmp(&b.score()));
        let Some(best) = best else { return self.orphan(anchor, wanted.old.as_ref()) };
        let range = self.new.flat.source(&best.range);
        if best.is_whole() {
            let how = if best.certain { How::Moved } else { How::Edited };
            return self.found(anchor, how, range, 1.0);
        }
        self.found(anchor, How::Edited, range, best.quote)
    }

    fn locate(&self, old: &Version<'_>, anchor: &Anchor) -> Old {
        let (first, last) = old.lines_of(&anchor.range());
        let whole = anchor.start <= old.line(first).0.start && anchor.end >= old.line(last).0.end;
        let mapped = |line: &usize| self.map.get(*line).copied().flatten().is_some();
        let before = (0..first).rev().find(mapped);
        let behind = (last + 1..self.map.len()).find(mapped);
        let image = |line: usize| self.map.get(line).copied().flatten();
        Old {
            flat: old.flat.range(&anchor.range()),
            first,
            last,
            whole,
            hunk: before.map_or(0, |line| line + 1)..behind.unwrap_or(self.map.len()),
            image: before.and_then(image).map_or(0, |line| line + 1)
                ..behind.and_then(image).unwrap_or(self.back.len()),
        }
    }

    fn found(&self, anchor: &Anchor, how: How, range: Range<usize>, likeness: f64) -> Place {
        let verbatim = self.new.text.get(range.clone()) == Some(anchor.quote.exact.as_str());
        // Between 0 and 100 by construction.
        let likeness = (likeness.clamp(0.0, 1.0) * 100.0).round() as u8;
        Place { how, near: range.start, range: Some(range), verbatim, likeness }
    }

    fn orphan(&self, anchor: &Anchor, old: Option<&Old>) -> Place {
        let lines = self.new.lines.lines();
        let line = match old {
            Some(old) => old.image.start,
            None => anchor.line.saturating_sub(1).min(lines),
        };
        let near = self.new.lines.line_range(line).start.min(self.new.text.len());
        Place { how: How::Orphan, range: None, verbatim: false, likeness: 0, near }
    }

    fn candidates(&self, wanted: &Wanted<'_>) -> Vec<Candidate> {
        let mut found = Vec::new();
        let exact = self.where_lines_say(wanted);
        let whole = self.new.flat.occurrences(&wanted.quote, MOST_OCCURRENCES);
        let free: Vec<&Range<usize>> = whole
            .iter()
            .filter(|range| exact.as_ref() != Some(*range) && !self.is_taken(wanted, range))
            .collect();
        if let Some(range) = &exact {
            let mut candidate = self.weigh(wanted, range.clone(), 1.0);
            candidate.certain = self.is_certain_here(wanted, range, whole.len());
            found.push(candidate);
        }
        let mut copies: Vec<Candidate> =
            free.iter().map(|range| self.weigh(wanted, (*range).clone(), 1.0)).collect();
        self.settle(wanted, &mut copies, whole.len(), exact.is_some());
        found.extend(copies);
        if exact.is_none() {
            found.extend(self.nearly(wanted));
        }
        found
    }

    /// Where the text stands when each line is where comparing lines says.
    fn where_lines_say(&self, wanted: &Wanted<'_>) -> Option<Range<usize>> {
        let (place, old) = (wanted.old.as_ref()?, self.old.as_ref()?);
        let at = |line: usize, offset: usize| {
            let image = self.map.get(line).copied().flatten()?;
            let within = offset.checked_sub(old.line(line).0.start)?;
            Some(self.new.line(image).0.start + within)
        };
        let range = wanted.anchor.range();
        let bytes = at(place.first, range.start)?..at(place.last, range.end)?;
        let flat = self.new.flat.range(&bytes);
        (self.new.flat.text.get(flat.clone())? == wanted.quote).then_some(flat)
    }

    /// Whether a text that comparing lines found is certainly that text.
    fn is_certain_here(&self, wanted: &Wanted<'_>, range: &Range<usize>, times: usize) -> bool {
        let (Some(place), Some(old)) = (&wanted.old, &self.old) else { return false };
        let before = old.flat.occurrences(&wanted.quote, MOST_OCCURRENCES).len();
        if before == 1 && times == 1 {
            return true;
        }
        let (first, last) = self.new.lines_of(&self.new.flat.source(range));
        let above = beside(old, place.first, true)
            .map(|line| self.map.get(line).copied().flatten())
            == beside(&self.new, first, true).map(Some);
        let below = beside(old, place.last, false)
            .map(|line| self.map.get(line).copied().flatten())
            == beside(&self.new, last, false).map(Some);
        match (above, below) {
            (true, true) => true,
            (false, false) => false,
            // Of several, one may have gone.
            _ => before == times,
        }
    }

    /// Whether a text belongs to another text of the old version.
    fn is_taken(&self, wanted: &Wanted<'_>, range: &Range<usize>) -> bool {
        let Some(place) = &wanted.old else { return false };
        let (first, last) = self.new.lines_of(&self.new.flat.source(range));
        (first..=last)
            .filter(|line| !self.new.is_blank(*line))
            .filter_map(|line| self.back.get(line).copied().flatten())
            // Of several lines, some may be where they were.
            .any(|line| place.first == place.last || line < place.first || line > place.last)
    }

    /// Says which of several copies of the quote certainly is the one, if any.
    fn settle(&self, wanted: &Wanted<'_>, copies: &mut [Candidate], times: usize, here: bool) {
        let once = match self.old.as_ref().filter(|_| wanted.old.is_some()) {
            Some(old) => old.flat.occurrences(&wanted.quote, 2).len() == 1,
            None => wanted.anchor.quote.times <= 1,
        };
        let telling = is_telling(&wanted.quote);
        let context = |candidate: &Candidate| candidate.prefix + candidate.suffix;
        let mut sums: Vec<f64> = copies.iter().map(context).collect();
        sums.sort_by(|a, b| b.total_cmp(a));
        let runner_up = sums.get(1).copied().unwrap_or(0.0);
        for candidate in copies {
            if self.has_grown(wanted, &candidate.range) {
                continue;
            }
            let (prefix, suffix) = (candidate.prefix, candidate.suffix);
            let both = prefix >= SAME_CONTEXT && suffix >= SAME_CONTEXT;
            let one = prefix >= SAME_CONTEXT || suffix >= SAME_CONTEXT;
            let ahead = context(candidate) - runner_up >= 0.5;
            candidate.certain = !here
                && match times {
                    1 => once && telling || both || one && telling || one && candidate.here,
                    _ => both && ahead,
                };
        }
    }

    /// Whether whole lines were chosen, and something was written before or behind them in their line.
    fn has_grown(&self, wanted: &Wanted<'_>, range: &Range<usize>) -> bool {
        let (Some(place), Some(old)) = (&wanted.old, &self.old) else { return false };
        let bytes = self.new.flat.source(range);
        let (first, last) = self.new.lines_of(&bytes);
        let begins = self.new.line(first).0.start == bytes.start;
        let ends = self.new.line(last).0.end == bytes.end;
        let word = |text: &str| words(text).into_iter().map(|(_, word)| word.to_owned()).next();
        let last_word = |text: &str| words(text).pop().map(|(_, word)| word.to_owned());
        let same_before = || {
            last_word(old.flat.before(place.flat.start, CONTEXT))
                == last_word(self.new.flat.before(range.start, CONTEXT))
        };
        let same_behind = || {
            word(old.flat.behind(place.flat.end, CONTEXT))
                == word(self.new.flat.behind(range.end, CONTEXT))
        };
        place.whole && !((begins || same_before()) && (ends || same_behind()))
    }

    /// Texts that are nearly the quote.
    fn nearly(&self, wanted: &Wanted<'_>) -> Vec<Candidate> {
        let mut steps = STEPS;
        let mut found = Vec::new();
        let errors = MOST_ERRORS.min(wanted.quote.chars().count() / 2);
        let Some(place) = &wanted.old else {
            let text = &self.new.flat.text;
            for near in approximate(text, &wanted.quote, errors, &mut steps) {
                found.extend(self.accepted(wanted, near.range));
            }
            return found;
        };
        found.extend(self.image(place).and_then(|range| self.accepted(wanted, range)));
        let mut matches = Vec::new();
        let regions = std::iter::once(place.image.clone()).chain(self.free_lines());
        for lines in regions.filter(|lines| !lines.is_empty()) {
            let region = self.new.flat_lines(&lines);
            let text = self.new.flat.text.get(region.clone()).unwrap_or_default();
            for near in approximate(text, &wanted.quote, errors, &mut steps) {
                let range = region.start + near.range.start..region.start + near.range.end;
                matches.push((near.errors, range));
            }
        }
        matches.sort_by_key(|(errors, range)| (*errors, range.start));
        matches.dedup();
        matches.truncate(MOST_MATCHES);
        found.extend(matches.into_iter().filter_map(|(_, range)| self.accepted(wanted, range)));
        found
    }

    /// Stretches of lines that are new.
    fn free_lines(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (line, known) in self.back.iter().enumerate() {
            if known.is_some() {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == line => run.end += 1,
                _ => runs.push(line..line + 1),
            }
        }
        runs
    }

    /// What stands between the words around the quote, where lines were edited: found by comparing
    /// word by word.
    fn image(&self, place: &Old) -> Option<Range<usize>> {
        let old = self.old.as_ref()?;
        let (from, to) = (old.flat_lines(&place.hunk), self.new.flat_lines(&place.image));
        let before = words(old.flat.text.get(from.clone())?);
        let behind = words(self.new.flat.text.get(to.clone())?);
        if behind.is_empty() || before.len() + behind.len() > MOST_WORDS {
            return None;
        }
        let ops = capture_diff_slices(
            Algorithm::Myers,
            &texts(old.flat.text.get(from.clone())?),
            &texts(self.new.flat.text.get(to.clone())?),
        );
        let mut map: Vec<Option<usize>> = vec![None; before.len()];
        for op in ops {
            let DiffOp::Equal { old_index, new_index, len } = op else { continue };
            for step in 0..len {
                if let Some(slot) = map.get_mut(old_index + step) {
                    *slot = Some(new_index + step);
                }
            }
        }
        let inside = |at: usize| (place.flat.start..place.flat.end).contains(&(from.start + at));
        let first = before.iter().position(|(at, _)| inside(*at))?;
        let last = before.iter().rposition(|(at, _)| inside(*at))?;
        let begin = match map.get(first).copied().flatten() {
            Some(image) => image,
            None => map.get(..first)?.iter().rev().flatten().next().map_or(0, |at| at + 1),
        };
        let end = match map.get(last).copied().flatten() {
            Some(image) => image + 1,
            None => map.get(last + 1..)?.iter().flatten().next().copied().unwrap_or(behind.len()),
        };
        let start = behind.get(begin)?.0;
        let (at, word) = behind.get(end.checked_sub(1)?)?;
        let end = at + word.len();
        (start < end).then(|| to.start + start..to.start + end)
    }

    /// A place with its weights, where it is alike enough.
    fn accepted(&self, wanted: &Wanted<'_>, range: Range<usize>) -> Option<Candidate> {
        let range = self.rounded(wanted, self.new.flat.whole_words(range));
        let text = self.new.flat.text.get(range.clone())?;
        let likeness = likeness(&wanted.quote, text);
        let candidate = self.weigh(wanted, range, likeness);
        let between = candidate.prefix >= SAME_CONTEXT && candidate.suffix >= SAME_CONTEXT;
        let beside = candidate.prefix >= SAME_CONTEXT || candidate.suffix >= SAME_CONTEXT;
        let least = match (candidate.here, between, beside) {
            (true, true, _) => ALIKE_BETWEEN,
            (true, ..) | (false, _, true) => ALIKE_HERE,
            (false, ..) => ALIKE_ELSEWHERE,
        };
        let long = wanted.quote.chars().count() >= TELLING.1 || candidate.here || beside;
        // Copies have been weighed.
        let accepted =
            likeness < 1.0 && likeness >= least && long && !self.is_claimed(wanted, text, likeness);
        accepted.then_some(candidate)
    }

    /// Whether another line of the old version that is gone is more like a text than the quote.
    fn is_claimed(&self, wanted: &Wanted<'_>, text: &str, likeness: f64) -> bool {
        let (Some(place), Some(old)) = (&wanted.old, &self.old) else { return false };
        place.whole
            && place
                .hunk
                .clone()
                .filter(|line| *line < place.first || *line > place.last)
                .filter(|line| self.map.get(*line).copied().flatten().is_none())
                .map(|line| old.line(line).1)
                .filter(|line| !line.is_empty())
                .take(200)
                .any(|line| self::likeness(line, text) > likeness + 0.1)
    }

    /// Whole lines stay whole lines, where not much is missing of them.
    fn rounded(&self, wanted: &Wanted<'_>, range: Range<usize>) -> Range<usize> {
        if wanted.old.as_ref().is_some_and(|place| !place.whole) {
            return range;
        }
        let bytes = self.new.flat.source(&range);
        let (first, last) = self.new.lines_of(&bytes);
        let (head, tail) = (self.new.line(first).0, self.new.line(last).0);
        let (mut start, mut end) = (bytes.start, bytes.end);
        if bytes.start.saturating_sub(head.start)
            <= head.end.min(bytes.end) - bytes.start.min(head.end)
        {
            start = head.start.min(bytes.start);
        }
        if tail.end.saturating_sub(bytes.end)
            <= bytes.end - tail.start.max(bytes.start).min(bytes.end)
        {
            end = tail.end.max(bytes.end);
        }
        self.new.flat.range(&(start..end))
    }

    fn weigh(&self, wanted: &Wanted<'_>, range: Range<usize>, quote: f64) -> Candidate {
        let bytes = self.new.flat.source(&range);
        let (first, last) = self.new.lines_of(&bytes);
        let before = self.new.flat.before(range.start, wanted.prefix.chars().count() + 1);
        let behind = self.new.flat.behind(range.end, wanted.suffix.chars().count() + 1);
        let apart = wanted.anchor.line.saturating_sub(1).abs_diff(first) as f64;
        Candidate {
            quote,
            prefix: context(&wanted.prefix, before.trim()),
            suffix: context(&wanted.suffix, behind.trim()),
            near: (1.0 - apart / self.new.lines.lines().max(1) as f64).max(0.0),
            here: wanted
                .old
                .as_ref()
                .is_some_and(|place| place.image.start <= first && last < place.image.end),
            certain: false,
            range,
        }
    }
}

/// Whether a text hardly stands anywhere by chance.
fn is_telling(text: &str) -> bool {
    let count = texts(text).iter().filter(|word| word.starts_with(is_word)).count();
    count >= TELLING.0 && text.chars().count() >= TELLING.1
}

/// The line above or below a line that holds something.
fn beside(version: &Version<'_>, line: usize, above: bool) -> Option<usize> {
    match above {
        true => (0..line).rev().find(|line| !version.is_blank(*line)),
        false => (line + 1..version.lines.lines()).find(|line| !version.is_blank(*line)),
    }
}

/// How much of one text is in another one, 0 to 1.
fn likeness(a: &str, b: &str) -> f64 {
    let (a_length, b_length) = (a.chars().count(), b.chars().count());
    if a_length.max(b_length) > 4 * a_length.min(b_length) {
        return 0.0;
    }
    if a_length * b_length <= 4_000_000 {
        return strsim::normalized_levenshtein(a, b);
    }
    // Long ones word by word.
    let (a, b) = (texts(a), texts(b));
    let same: usize = capture_diff_slices(Algorithm::Myers, &a, &b)
        .iter()
        .map(|op| if let DiffOp::Equal { len, .. } = op { *len } else { 0 })
        .sum();
    same as f64 / a.len().max(b.len()).max(1) as f64
}

fn texts(text: &str) -> Vec<&str> {
    words(text).into_iter().map(|(_, word)| word).collect()
}

/// How alike two contexts are. Texts of one language are a quarter alike by chance.
fn context(old: &str, new: &str) -> f64 {
    if old.is_empty() || new.is_empty() {
        return if old.is_empty() == new.is_empty() { 1.0 } else { 0.0 };
    }
    let alike = strsim::normalized_levenshtein(old, new);
    ((alike - 0.25) / 0.75).max(0.0)
}
