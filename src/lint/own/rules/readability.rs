//! `style/readability`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/readability",
        severity: Severity::Advice,
        summary: "a page is hard to read",
        explanation: "The grade is the number of school years that a text asks for, by the formula of Flesch and Kincaid, from the length of sentences and words. Set `grade` for a folder in `[[lint.paths]]`. Pages with fewer words than `least` are not judged.",
        examples: ("", ""),
    },
    presets: &[],
    options: &[
        OptionSpec { name: "grade", default: OptionDefault::Whole(12), doc: "The highest grade." },
        OptionSpec {
            name: "least",
            default: OptionDefault::Whole(100),
            doc: "The fewest words of a page that is judged.",
        },
    ],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    let (mut words, mut sentences, mut syllables) = (0_u32, 0_u32, 0_u32);
    let prose = |kind| matches!(kind, Kind::Body | Kind::Quote);
    for text in page.texts.iter().filter(|text| prose(text.kind)) {
        sentences += u32::try_from(text.sentences().len()).unwrap_or(0);
        for word in text.words().iter().filter(|word| word.lower.contains(char::is_alphabetic)) {
            words += 1;
            syllables += groups(&word.lower);
        }
    }
    let least = u32::try_from(options.whole("least")).unwrap_or(u32::MAX);
    if words < least.max(1) || sentences == 0 {
        return;
    }
    let (words, sentences, syllables) =
        (f64::from(words), f64::from(sentences), f64::from(syllables));
    let grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59;
    let limit = f64::from(u32::try_from(options.whole("grade")).unwrap_or(u32::MAX));
    if grade > limit {
        findings.at(0..0, format!("this page asks for grade {grade:.1}"));
        findings.help(format!("shorter sentences and words bring it to grade {limit}"));
    }
}

/// Syllables, by groups of vowels without a silent `e`.
fn groups(word: &str) -> u32 {
    let mut count = 0;
    let mut before = false;
    for c in word.chars() {
        let vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        count += u32::from(vowel && !before);
        before = vowel;
    }
    if word.ends_with('e') && !word.ends_with("le") {
        count = count.saturating_sub(1);
    }
    count.max(1)
}
