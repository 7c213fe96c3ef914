//! `text/near-duplicate`

use std::collections::HashMap;

use crate::base::{Code, Diagnostic, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::across::{Across, AcrossRule, Fact, nothing};
use crate::lint::own::options::{OptionDefault, OptionSpec, Options};
use crate::markdown::{Document, NodeKind};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "text/near-duplicate",
        severity: Severity::Advice,
        summary: "a paragraph says nearly the same as one of another page",
        explanation: "What is said twice is changed once, and then two pages contradict each other. Say it on one page and link there, or keep it in a file that both include. Paragraphs are compared by the sequences of three words in them, those of all pages with little more work than reading them.",
        examples: (
            "-- a.md --\nBefore you install the server, make sure that the machine has four processors, sixteen gibibytes of memory, and a disk that is fast enough for the log of the database.\n-- b.md --\nBefore you install the server, make sure that the machine has two processors, sixteen gibibytes of memory, and a disk that is fast enough for the log of the database.\n",
            "-- a.md --\nBefore you install the server, make sure that the machine has four processors, sixteen gibibytes of memory, and a disk that is fast enough for the log of the database.\n-- b.md --\nSee what the [machine](a.md) must have.\n",
        ),
    },
    presets: &["strict"],
    options: &[
        OptionSpec {
            name: "words",
            default: OptionDefault::Whole(25),
            doc: "Shorter paragraphs are not compared.",
        },
        OptionSpec {
            name: "similarity",
            default: OptionDefault::Whole(70),
            doc: "So many in a hundred of the sequences of words must be the same.",
        },
    ],
    check: nothing,
};

/// The same for all pages.
pub(super) static ACROSS: AcrossRule = AcrossRule { rule: &RULE, gather, judge };

/// So many words make a sequence.
const SEQUENCE: usize = 3;
/// The smallest numbers of a paragraph under so many orders are what similar ones have in common:
/// those of a band all, for some band. At 0.7 that fails for one pair in two hundred.
const BANDS: usize = 12;
const ROWS: usize = 3;
/// A paragraph is compared with so many others that share a band.
const COMPARED: usize = 8;

fn gather(document: &Document, options: &Options<'_>) -> Vec<Fact> {
    let least = options.whole("words").max(SEQUENCE);
    let mut facts = Vec::new();
    for (at, node) in document.nodes.iter().enumerate() {
        if node.kind != NodeKind::Paragraph {
            continue;
        }
        let text = document.plain_text(u32::try_from(at).unwrap_or(u32::MAX)).to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        if words.len() < least {
            continue;
        }
        let mut numbers: Vec<u32> = words.windows(SEQUENCE).map(hash).collect();
        numbers.sort_unstable();
        numbers.dedup();
        facts.push(Fact { span: document.span(&node.range), text: String::new(), numbers });
    }
    facts
}

/// FNV-1a of 64 bits, folded: the same on every machine, as it is kept.
fn hash(words: &[&str]) -> u32 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0xff])) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    let folded = (state >> 32) ^ (state & 0xffff_ffff);
    u32::try_from(folded).unwrap_or(u32::MAX)
}

/// The smallest number under each order, by band.
fn bands(numbers: &[u32]) -> [[u32; ROWS]; BANDS] {
    let mut least = [[u32::MAX; ROWS]; BANDS];
    for number in numbers {
        let mut state = *number;
        for row in least.iter_mut().flatten() {
            // A step of a mixing function makes another order of each.
            state = state.wrapping_add(0x9e37_79b9);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x85eb_ca6b);
            mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
            *row = (*row).min(mixed ^ (mixed >> 16));
        }
    }
    least
}

/// How many in a hundred of what two have they both have. Both are sorted.
fn similarity(a: &[u32], b: &[u32]) -> usize {
    let (mut at, mut both) = (0, 0);
    for number in a {
        while b.get(at).is_some_and(|other| other < number) {
            at += 1;
        }
        both += usize::from(b.get(at) == Some(number));
    }
    let all = a.len() + b.len() - both;
    (both * 100).checked_div(all).unwrap_or(0)
}

fn judge(across: &Across<'_>, options: &Options<'_>) -> Vec<Diagnostic> {
    let least = options.whole("similarity").clamp(1, 100);
    let facts: Vec<(usize, &Fact)> = across.facts().collect();
    let mut seen: HashMap<(usize, [u32; ROWS]), Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (at, (page, fact)) in facts.iter().enumerate() {
        let mut best: Option<(usize, usize)> = None;
        for key in bands(&fact.numbers).into_iter().enumerate() {
            let others = seen.entry(key).or_default();
            for other in others.iter() {
                let Some((there, with)) = facts.get(*other).filter(|(there, _)| there != page)
                else {
                    continue;
                };
                let likeness = similarity(&fact.numbers, &with.numbers);
                let better = best.is_none_or(|(most, first)| {
                    (likeness, first) > (most, *other) && there != page
                });
                if likeness >= least && better {
                    best = Some((likeness, *other));
                }
            }
            if others.len() < COMPARED {
                others.push(at);
            }
        }
        let Some((likeness, (_, first))) =
            best.and_then(|(likeness, other)| Some((likeness, facts.get(other)?)))
        else {
            continue;
        };
        let nearly = if likeness == 100 { "the same" } else { "nearly the same" };
        let message = format!("`{}` says {nearly} in a paragraph", first.span.file);
        let said = Diagnostic::new(&RULE.code, message).at(fact.span.clone());
        let said = said.label(first.span.clone(), "here");
        found.push(said.help("say it on one page and link there, or include it in both"));
    }
    found
}
