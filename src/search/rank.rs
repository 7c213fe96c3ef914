//! The query plan: which pages answer a query, and in which order. The same for every index
//! ([`Lists`]); `themes/default/js/search-engine.js` follows it step by step, and
//! `content/explanation/search.md` tells it to users.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::index::{Field, OWN_FIELDS};
use super::lists::{Lists, Places};
use super::query::{self, Query, Resolved};

/// What can be set about ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// What a match counts in the title, the titles above, text, and code.
    pub boosts: [f64; 4],
    /// Whether the last word of a query may be the beginning of one.
    pub expand: bool,
    /// How many pages are answered.
    pub limit: usize,
}

impl Default for Ranking {
    fn default() -> Self {
        Ranking { boosts: [1.8, 1.0, 1.0, 0.3], expand: true, limit: 30 }
    }
}

/// How much more a section counts whose title is the query.
const TITLE: f64 = 2.0;
/// How much more a page counts whose title is the query, by what the words that they share say.
const NAMED: f64 = 0.5;
/// What the words of the query count on the page as a whole, beside its best section.
const PAGE: f64 = 1.0;
/// What a word counts there in each further section, from the one where it counts most.
const FURTHER: f64 = 0.5;
/// What a word counts that links in other pages call the page by, where they say all of the query.
const LINKED: f64 = 3.0;
/// A page that lacks more of what the words of the query say stands behind the others.
const MOST_LOST: f64 = 0.7;
/// What words side by side count.
const NEAR: f64 = 0.5;
/// Words farther apart than these are not near.
const FARTHEST: u32 = 6;
/// The pages that words side by side are looked for on.
const CLOSER: usize = 30;
/// Words in more sections than these are not looked at for being near: their places are many
/// bytes, and say little.
const NEAR_PLACES: u32 = 200;
/// How much more a section with what stands in quotes counts, and how much less one without.
const PHRASE: f64 = 0.75;
/// A word in more than this part of the sections says little.
const COMMON: f64 = 0.25;
/// So does a word in more sections than these, whose list would be long to fetch: it is in a file
/// of its own.
pub(super) const MOST_COMMON: f64 = 2_000.0;
/// With fewer answers than these, pages that lack most of what the words say follow.
const ENOUGH: usize = 10;

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Pages, best first.
    pub pages: Vec<PageHit>,
    /// Words that nothing was found for, and those that were looked for instead.
    pub instead: Vec<(String, String)>,
    /// What stands in quotes, but nowhere word for word: its words were looked for.
    pub unquoted: Vec<String>,
    /// The words of the index that were looked for.
    pub words: Vec<u32>,
}

/// A page that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct PageHit {
    /// Its number.
    pub page: u32,
    /// How well it answers.
    pub score: f64,
    /// The words that neither it nor links to it have.
    pub missing: Vec<String>,
    /// How many of them put it behind others: none where it has enough of what the words say.
    pub(super) behind: usize,
    /// How many identifiers it has in parts only.
    pub apart: usize,
    /// Its sections that answer, best first.
    pub sections: Vec<(u32, f64)>,
}

/// Answers a query.
///
/// # Errors
/// Where the index cannot be read.
pub(super) fn answer<L: Lists>(
    index: &L,
    text: &str,
    ranking: &Ranking,
) -> Result<Answer, L::Error> {
    let mut query = query::parse(text, ranking.expand);
    let phrases = phrases(index, &query)?;
    // What nothing has in these very words is looked for in any.
    let nowhere: Vec<bool> = phrases.iter().map(|(_, sections)| sections.is_empty()).collect();
    query.unquote(&nowhere);
    let phrases: Vec<(String, HashSet<u32>)> =
        phrases.into_iter().filter(|(_, sections)| !sections.is_empty()).collect();
    let mut words: Vec<Resolved> = Vec::new();
    for typed in &query.words {
        words.extend(query::resolve(index, typed)?);
    }
    let stats = index.stats();
    let common = common(&words, stats.sections);

    // What each word scores in each section.
    let mut scores: Vec<BTreeMap<u32, f64>> = Vec::new();
    let mut titles: HashMap<u32, Titled> = HashMap::new();
    let says: Vec<f64> = words.iter().map(|word| says(word, stats.sections)).collect();
    for ((word, common), says) in words.iter().zip(&common).zip(&says) {
        let mut best: BTreeMap<u32, f64> = BTreeMap::new();
        let mut titled: HashSet<u32> = HashSet::new();
        for (number, factor) in &word.words {
            let mut own: BTreeMap<u32, f64> = BTreeMap::new();
            let in_titles = *common || word.long.contains(number);
            for (field, boost) in OWN_FIELDS.into_iter().zip(ranking.boosts) {
                if in_titles && matches!(field, Field::Body | Field::Code) {
                    continue;
                }
                for (section, score, length) in index.list(*number, field)? {
                    *own.entry(section).or_default() += boost * f64::from(score);
                    if field == Field::Title && !word.extra && titled.insert(section) {
                        let title = titles.entry(section).or_default();
                        title.shared += 1;
                        title.length = super::bm25::length(length);
                        title.says += says;
                    }
                }
            }
            for (section, score) in own {
                let best = best.entry(section).or_default();
                *best = best.max(score * factor);
            }
        }
        scores.push(best);
    }

    let linked = linked(index, &words)?;
    let plan = Plan {
        common: &common,
        words: &words,
        says: &says,
        scores: &scores,
        titles: &titles,
        linked: &linked,
        phrases: &phrases,
    };
    let mut sections: BTreeMap<u32, f64> = BTreeMap::new();
    for section in scores.iter().flat_map(|scores| scores.keys()) {
        sections.entry(*section).or_insert_with(|| plan.section(*section, 0.0));
    }
    for page in linked.iter().flat_map(|pages| pages.keys()) {
        // It answers, although none of its sections may have a word.
        sections.entry(stats.first_of(*page)).or_default();
    }
    let mut pages: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for section in sections.keys() {
        pages.entry(stats.page_of(*section)).or_default().push(*section);
    }
    for word in &query.without {
        for form in index.beginning(word)?.into_iter().take(1) {
            if *form.text != **word {
                continue;
            }
            for field in OWN_FIELDS {
                for (section, ..) in index.list(form.word, field)? {
                    pages.remove(&stats.page_of(section));
                }
            }
        }
    }
    let mut hits: Vec<PageHit> = Vec::new();
    for (page, of_page) in &pages {
        hits.extend(plan.page((*page, stats.first_of(*page)), of_page, &sections));
    }
    sort(&mut hits);
    let full = hits.iter().take_while(|hit| hit.behind == 0).count();
    if full >= ENOUGH {
        hits.truncate(full);
    }

    // Words side by side, on the pages that answer best.
    let near = near(index, &words, &common)?;
    if !near.is_empty() {
        for hit in hits.iter_mut().take(CLOSER) {
            let Some(of_page) = pages.get(&hit.page) else { continue };
            for section in of_page {
                let bonus = plan.nearness(*section, &near);
                if bonus > 0.0 {
                    sections.insert(*section, plan.section(*section, bonus));
                }
            }
            if let Some(better) =
                plan.page((hit.page, stats.first_of(hit.page)), of_page, &sections)
            {
                *hit = better;
            }
        }
        let count = hits.len().min(CLOSER);
        if let Some(first) = hits.get_mut(..count) {
            sort(first);
        }
    }
    hits.truncate(ranking.limit);
    Ok(Answer {
        pages: hits,
        instead: words
            .iter()
            .filter_map(|word| Some((word.text.clone(), word.instead.clone()?)))
            .collect(),
        unquoted: query.unquoted,
        words: words.iter().flat_map(|word| word.words.iter().map(|(word, _)| *word)).collect(),
    })
}

/// Those first that have enough of what the words say (see [`MOST_LOST`]), then identifiers as a whole, then best, then in the order of the
/// navigation.
fn sort(hits: &mut [PageHit]) {
    hits.sort_by(|a, b| {
        a.behind
            .cmp(&b.behind)
            .then_with(|| a.apart.cmp(&b.apart))
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| a.page.cmp(&b.page))
    });
}

/// What the title of a section and the query share.
#[derive(Debug, Clone, Copy, Default)]
struct Titled {
    /// How many words.
    shared: u32,
    /// How many words the title has.
    length: u32,
    /// What the words say that they share.
    says: f64,
}

/// How much a word says: the less, the more sections it stands in, as in BM25. What adds to its
/// parts says nothing of its own.
fn says(word: &Resolved, sections: u32) -> f64 {
    if word.extra {
        return 0.0;
    }
    let with = f64::from(word.weight.min(sections));
    (1.0 + (f64::from(sections) - with + 0.5) / (with + 0.5)).ln()
}

/// Which words say little, because they stand in many sections. Where all do, none but those with
/// long lists, and of these the rarest counts.
fn common(words: &[Resolved], sections: u32) -> Vec<bool> {
    let counts = |word: &Resolved| !word.extra && !word.words.is_empty();
    let above = |most: f64| -> Vec<bool> {
        let is_common =
            |word: &Resolved| word.exact && !word.extra && f64::from(word.weight) > most;
        words.iter().map(is_common).collect()
    };
    let has_rare = |common: &[bool]| words.iter().zip(common).any(|(word, is)| !is && counts(word));
    let common = above((f64::from(sections) * COMMON).min(MOST_COMMON));
    if has_rare(&common) {
        return common;
    }
    let mut common = above(MOST_COMMON);
    if !has_rare(&common) {
        let rarest = (0..).zip(words).filter(|(_, word)| counts(word));
        if let Some((at, _)) = rarest.min_by_key(|(_, word)| word.weight)
            && let Some(rarest) = common.get_mut::<usize>(at)
        {
            *rarest = false;
        }
    }
    common
}

struct Plan<'a> {
    common: &'a [bool],
    words: &'a [Resolved],
    says: &'a [f64],
    scores: &'a [BTreeMap<u32, f64>],
    titles: &'a HashMap<u32, Titled>,
    linked: &'a [HashMap<u32, f64>],
    phrases: &'a [(String, HashSet<u32>)],
}

impl Plan<'_> {
    fn score(&self, word: usize, section: u32) -> f64 {
        self.scores.get(word).and_then(|scores| scores.get(&section)).copied().unwrap_or_default()
    }

    fn title(&self, section: u32) -> Titled {
        self.titles.get(&section).copied().unwrap_or_default()
    }

    /// How many words the query has.
    fn count(&self) -> u32 {
        let count = self.words.iter().filter(|word| !word.extra).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// How much of the longer one the title of a section and the query share, at most 1.
    fn covered(&self, section: u32) -> f64 {
        let Titled { shared, length, .. } = self.title(section);
        f64::from(shared) / f64::from(length.max(self.count()).max(1))
    }

    /// How much a section is called by the query, at most 1: the mean of how much of its title is
    /// in the query, and how much of what the query says is in the title.
    fn called(&self, section: u32) -> f64 {
        let Titled { shared, length, says } = self.title(section);
        if length == 0 {
            return 0.0;
        }
        let of_title = (f64::from(shared) / f64::from(length)).min(1.0);
        let of_query = (says / self.says.iter().sum::<f64>()).min(1.0);
        (of_title * of_query).sqrt()
    }

    fn section(&self, section: u32, bonus: f64) -> f64 {
        let mut score = 0.0;
        for word in 0..self.words.len() {
            score += self.score(word, section);
        }
        score += bonus;
        let covered = self.covered(section);
        score *= 1.0 + TITLE * covered * covered;
        for (_, sections) in self.phrases {
            score *= if sections.contains(&section) { 1.0 + PHRASE } else { 1.0 - PHRASE };
        }
        score
    }

    /// A page, whose first section is `first`, with those that have words of the query; none where
    /// it has no word but common ones.
    fn page(
        &self,
        (page, first): (u32, u32),
        of_page: &[u32],
        sections: &BTreeMap<u32, f64>,
    ) -> Option<PageHit> {
        let mut missing = Vec::new();
        let mut total = 0.0;
        let (mut lost, mut wanted) = (0.0, 0.0);
        let mut linked = 0.0;
        let mut has = false;
        let mut apart = 0;
        for (word, resolved) in self.words.iter().enumerate() {
            let mut here: Vec<f64> =
                of_page.iter().map(|section| self.score(word, *section)).collect();
            here.sort_by(|a, b| b.total_cmp(a));
            let best = here.first().copied().unwrap_or_default();
            let mut counts = 1.0;
            for score in here {
                total += score * counts;
                counts *= FURTHER;
            }
            let says = self.says.get(word).copied().unwrap_or_default();
            wanted += says;
            let called = self.linked.get(word).and_then(|pages| pages.get(&page)).copied();
            linked += says * called.unwrap_or_default();
            if self.common.get(word) == Some(&true) {
                continue;
            }
            if best > 0.0 {
                has = true;
                continue;
            }
            // Links name a page by an identifier; they do not put it there.
            apart += usize::from(resolved.extra);
            if called.is_some() {
                has = true;
                continue;
            }
            lost += says;
            if !resolved.extra && !missing.contains(&resolved.text) {
                missing.push(resolved.text.clone());
            }
        }
        let wanted = if wanted > 0.0 { wanted } else { 1.0 };
        let lost = lost / wanted;
        let mut behind = if lost > MOST_LOST { missing.len() } else { 0 };
        for (phrase, with) in self.phrases {
            if of_page.iter().any(|section| with.contains(section)) {
                has = true;
            } else {
                missing.push(phrase.clone());
                behind += 1;
            }
        }
        if !has {
            return None;
        }
        let mut hits: Vec<(u32, f64)> = of_page
            .iter()
            .filter_map(|section| Some((*section, *sections.get(section)?)))
            .collect();
        hits.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let best = hits.first().map_or(0.0, |(_, score)| *score);
        let score = (best + PAGE * total + LINKED * linked * linked / wanted)
            * (1.0 - lost).sqrt()
            * (1.0 + NAMED * self.called(first));
        Some(PageHit { page, score, missing, behind, apart, sections: hits })
    }

    /// What words side by side add to a section.
    fn nearness(&self, section: u32, near: &[Pair]) -> f64 {
        let mut bonus = 0.0;
        for Pair { first, places } in near {
            let second = first + 1;
            let mut closest = 0.0f64;
            for (a, b) in places {
                closest = closest.max(closeness(a.in_section(section), b.in_section(section)));
            }
            bonus += NEAR * self.score(*first, section).min(self.score(second, section)) * closest;
        }
        bonus
    }
}

/// 1 for a place of the second right behind one of the first, less with distance, 0 from
/// [`FARTHEST`] on.
fn closeness(first: &[(u32, u32)], second: &[(u32, u32)]) -> f64 {
    let mut closest = u32::MAX;
    let mut from = 0;
    for (a, _) in first {
        // Both are in order: what lies too far before this place does so for the next ones.
        while second.get(from).is_some_and(|(b, _)| b + FARTHEST < *a) {
            from += 1;
        }
        for (b, _) in second.get(from..).unwrap_or_default() {
            let apart = if b > a { b - a } else { a - b + 1 };
            closest = closest.min(apart);
            if *b > a + FARTHEST {
                break;
            }
        }
    }
    if closest < FARTHEST { 1.0 / f64::from(closest) } else { 0.0 }
}

/// For each word the pages that links in other pages call by it, and how much of it they say.
fn linked<L: Lists>(index: &L, words: &[Resolved]) -> Result<Vec<HashMap<u32, f64>>, L::Error> {
    let mut linked = Vec::with_capacity(words.len());
    for word in words {
        let mut pages: HashMap<u32, f64> = HashMap::new();
        for (number, factor) in &word.words {
            for section in index.linked(*number)? {
                let says = pages.entry(index.stats().page_of(section)).or_default();
                *says = says.max(*factor);
            }
        }
        linked.push(pages);
    }
    Ok(linked)
}

/// A word of the query and the one behind it.
struct Pair {
    first: usize,
    /// Where both stand in titles and in text.
    places: [(Places, Places); 2],
}

/// The places of words that follow each other in the query.
fn near<L: Lists>(index: &L, words: &[Resolved], common: &[bool]) -> Result<Vec<Pair>, L::Error> {
    let fit: Vec<Option<u32>> = words
        .iter()
        .zip(common)
        .map(|(word, common)| {
            let fits = !common && !word.extra && word.weight <= NEAR_PLACES;
            word.words.first().map(|(word, _)| *word).filter(|_| fits)
        })
        .collect();
    let mut near = Vec::new();
    for (at, pair) in fit.windows(2).enumerate() {
        let [Some(first), Some(second)] = *pair else { continue };
        let places = |field| -> Result<(Places, Places), L::Error> {
            Ok((index.places(first, field)?, index.places(second, field)?))
        };
        near.push(Pair { first: at, places: [places(Field::Title)?, places(Field::Body)?] });
    }
    Ok(near)
}

/// For each phrase the sections that have it.
fn phrases<L: Lists>(index: &L, query: &Query) -> Result<Vec<(String, HashSet<u32>)>, L::Error> {
    let mut found = Vec::new();
    for phrase in &query.phrases {
        let mut forms = Vec::new();
        for text in phrase {
            forms.extend(
                index.beginning(text)?.into_iter().take(1).filter(|form| *form.text == **text),
            );
        }
        let mut sections = HashSet::new();
        if forms.len() == phrase.len() {
            for field in [Field::Title, Field::Body] {
                // Where the phrase could begin, by section, after each of its words.
                let mut starts: Option<HashMap<u32, HashSet<u32>>> = None;
                for (form, offset) in forms.iter().zip(0u32..) {
                    let mut next: HashMap<u32, HashSet<u32>> = HashMap::new();
                    for (section, places) in index.places(form.word, field)?.iter() {
                        for (place, number) in places {
                            let Some(start) = place.checked_sub(offset) else { continue };
                            let fits = starts.as_ref().is_none_or(|starts| {
                                starts.get(&section).is_some_and(|at| at.contains(&start))
                            });
                            if *number == form.number && fits {
                                next.entry(section).or_default().insert(start);
                            }
                        }
                    }
                    starts = Some(next);
                }
                sections.extend(starts.into_iter().flat_map(HashMap::into_keys));
            }
        }
        found.push((format!("\"{}\"", phrase.join(" ")), sections));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(weight: u32) -> Resolved {
        Resolved { words: vec![(weight, 1.0)], weight, exact: true, ..Resolved::default() }
    }

    fn commons(weights: &[u32], sections: u32) -> Vec<bool> {
        common(&weights.iter().copied().map(word).collect::<Vec<_>>(), sections)
    }

    #[test]
    fn words_in_many_sections_are_common_beside_rarer_ones() {
        assert_eq!(commons(&[30, 20], 100), [true, false]);
        assert_eq!(commons(&[2_001, 20], 100_000), [true, false]);
    }

    #[test]
    fn where_all_words_are_common_the_shorter_lists_count_and_at_least_one() {
        assert_eq!(commons(&[30, 40], 100), [false, false]);
        assert_eq!(commons(&[2_500, 3_000, 2_500], 10_000), [false, true, true]);
        assert_eq!(commons(&[1_500, 3_000, 1_600], 5_000), [false, true, false]);
    }
}
