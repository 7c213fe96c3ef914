//! Language tags, and the direction in which a language is written.

use super::Direction;

/// Languages written from right to left: those that mdBook lists, and others of today.
const RIGHT_TO_LEFT: &[&str] = &[
    "ae", "ar", "ara", "arc", "ave", "ckb", "div", "dv", "egy", "fa", "fas", "he", "heb", "iw",
    "ks", "ku", "kur", "nqo", "pal", "per", "phn", "ps", "pus", "sam", "sd", "snd", "syc", "syr",
    "ug", "uig", "ur", "urd", "yi", "yid",
];

/// Scripts written from right to left.
const RIGHT_TO_LEFT_SCRIPTS: &[&str] =
    &["adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"];

/// A language tag in the form that HTML's `lang` takes: `_` becomes `-`, an encoding such as
/// `.UTF-8` goes. None where it is no tag at all.
pub(super) fn normalise(text: &str) -> Option<String> {
    let tag = text.split('.').next().unwrap_or_default().replace('_', "-");
    let mut parts = tag.split('-');
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let first = parts.next()?;
    (is_part(first) && first.chars().all(|c| c.is_ascii_alphabetic()) && parts.all(is_part))
        .then_some(tag)
}

/// The direction in which the language of a tag is written: its script says, where it has one.
pub(super) fn direction(tag: &str) -> Direction {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let script = parts.find(|part| part.len() == 4 && part.chars().all(|c| c.is_alphabetic()));
    let right_to_left = match script {
        Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script),
        None => RIGHT_TO_LEFT.contains(&language),
    };
    if right_to_left { Direction::Rtl } else { Direction::Ltr }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (given, expected) in [
            ("en", Some("en")),
            ("pt-BR", Some("pt-BR")),
            ("en_US.UTF-8", Some("en-US")),
            ("zh-Hant-TW", Some("zh-Hant-TW")),
            ("", None),
            ("en us", None),
            ("\"><script>", None),
            ("-", None),
        ] {
            assert_eq!(normalise(given).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn directions() {
        for (tag, expected) in [
            ("ar", Direction::Rtl),
            ("ar-EG", Direction::Rtl),
            ("he", Direction::Rtl),
            ("az-Arab", Direction::Rtl),
            ("ku-Latn-TR", Direction::Ltr),
            ("en", Direction::Ltr),
            ("", Direction::Ltr),
        ] {
            assert_eq!(direction(tag), expected, "{tag}");
        }
    }
}
