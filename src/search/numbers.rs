//! Numbers as text: one character for most, so that a script reads them without decoding, and
//! UTF-8 and gzip keep them small.
//!
//! A number below 55,000 is the character `number + 35`, without `\` and the surrogates. A larger
//! one is a character of the private use area, from U+E000, for each 50,000 above, and the rest.

/// The first number that takes two characters.
const LARGE: u32 = 55_000;
/// What a step of the first of two characters is worth.
const STEP: u32 = 50_000;
const FIRST: u32 = 35;
const BACKSLASH: u32 = 92;
const PRIVATE: u32 = 0xe000;
/// The largest number that can be written; larger ones are written as this.
pub(super) const MOST: u32 = LARGE + STEP * 6_400 - 1;

/// Appends a number.
#[inline]
pub(super) fn push(out: &mut String, number: u32) {
    let number = number.min(MOST);
    if let Some(above) = number.checked_sub(LARGE) {
        out.extend(char::from_u32(PRIVATE + above / STEP));
        push(out, above % STEP);
        return;
    }
    let code = number + FIRST;
    out.extend(char::from_u32(code + u32::from(code >= BACKSLASH)));
}

/// Reads numbers from text.
#[derive(Debug, Clone)]
pub(super) struct Numbers<'a> {
    rest: std::str::Chars<'a>,
}

impl<'a> Numbers<'a> {
    /// The numbers of a text.
    pub(super) fn of(text: &'a str) -> Self {
        Numbers { rest: text.chars() }
    }

    /// The next bytes as they are; none where there are fewer.
    pub(super) fn take_bytes(&mut self, count: u32) -> &'a str {
        let Some((taken, rest)) = self.rest.as_str().split_at_checked(count as usize) else {
            return "";
        };
        self.rest = rest.chars();
        taken
    }

    /// The next number as it is written.
    pub(super) fn take_number(&mut self) -> &'a str {
        let all = self.rest.as_str();
        self.next();
        all.get(..all.len() - self.rest.as_str().len()).unwrap_or_default()
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest.as_str()
    }
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let code = u32::from(self.rest.next()?);
        if let Some(steps) = code.checked_sub(PRIVATE) {
            return Some(LARGE + steps * STEP + self.next()?);
        }
        (code - u32::from(code > BACKSLASH)).checked_sub(FIRST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges() {
        for number in [0, 56, 57, 58, 92, 93, 54_999, 55_000, 104_999, 105_000, 9_999_999, MOST] {
            let mut text = String::new();
            push(&mut text, number);
            assert!(!text.contains(['"', '\\', ' ', '\n']), "{number}");
            assert_eq!(Numbers::of(&text).collect::<Vec<_>>(), [number]);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(numbers in proptest::collection::vec(0..=MOST, 0..40)) {
            let mut text = String::new();
            for number in &numbers {
                push(&mut text, *number);
            }
            proptest::prop_assert_eq!(Numbers::of(&text).collect::<Vec<_>>(), &numbers[..]);
            let mut written = Numbers::of(&text);
            for number in numbers {
                let mut one = String::new();
                push(&mut one, number);
                proptest::prop_assert_eq!(written.clone().take_bytes(one.len() as u32), &one);
                proptest::prop_assert_eq!(written.take_number(), one);
            }
            proptest::prop_assert_eq!(written.take_bytes(1), "");
        }
    }
}
