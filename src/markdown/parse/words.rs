//! How many words the prose of a page has.

/// Counts words over pieces of text that may split a word.
#[derive(Debug, Default)]
pub struct Words {
    count: usize,
    in_word: bool,
}

impl Words {
    /// The next piece of the same line of text.
    pub fn text(&mut self, text: &str) {
        // Nearly all text is, and every page is counted through.
        if text.is_ascii() {
            for byte in text.bytes() {
                let is_word = byte.is_ascii_alphanumeric();
                let is_space = matches!(byte, b' ' | b'\t'..=b'\r');
                self.count += usize::from(is_word && !self.in_word);
                self.in_word = is_word || (self.in_word && !is_space);
            }
            return;
        }
        for character in text.chars() {
            if is_ideograph(character) {
                // Scripts without spaces: a character stands for a word.
                self.count += 1;
                self.in_word = false;
            } else if character.is_alphanumeric() {
                self.count += usize::from(!self.in_word);
                self.in_word = true;
            } else if character.is_whitespace() {
                self.in_word = false;
            }
        }
    }

    /// Whatever comes next is another word.
    pub fn gap(&mut self) {
        self.in_word = false;
    }

    /// The number of words so far.
    pub fn count(&self) -> usize {
        self.count
    }
}

fn is_ideograph(character: char) -> bool {
    matches!(u32::from(character), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xf900..=0xfaff | 0x20000..=0x323af)
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn count(pieces: &[&str]) -> usize {
        let mut words = Words::default();
        for piece in pieces {
            words.text(piece);
        }
        words.count()
    }

    #[test]
    fn words_are_counted_across_pieces() {
        assert_eq!(count(&["don", "’", "t stop — ", "`--flag`", " 42"]), 4);
        assert_eq!(count(&["中文 text かな"]), 5);
        assert_eq!(count(&["- …"]), 0);
    }
}
