//! Who has several addresses, by the `.mailmap` of the target: nobody approves with one address what they
//! wrote with another, or counts for two.

use std::collections::BTreeMap;

/// The addresses of a `.mailmap`. Where a line tells people apart by their names too, that is not looked
/// at: who may be the same person is.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    /// By an address, the one that stands for the person; both in lower case.
    of: BTreeMap<String, String>,
}

impl Aliases {
    /// Reads a `.mailmap`. What cannot be read says nothing.
    pub fn read(text: &str) -> Aliases {
        let mut of = BTreeMap::new();
        for line in text.lines().map(|line| line.split('#').next().unwrap_or_default()) {
            let mut addresses = line.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
            let mut next = || addresses.next().map(|(address, _)| address.trim().to_lowercase());
            if let (Some(proper), Some(other)) = (next(), next()) {
                of.insert(other, proper);
            }
        }
        Aliases { of }
    }

    /// The address that stands for the person who has one, in lower case.
    pub fn person<'a>(&'a self, address: &'a str) -> &'a str {
        self.of.get(address).map_or(address, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_of_a_line_stands_for_the_second() {
        let aliases = Aliases::read(
            "# people\nAda <ada@example.org>\nAda <ada@example.org> <ADA@home.example> # at home\n\
             Bob B. <bob@example.org> bob <bob@old.example>\n<cy@example.org> <cy@old.example>\n\
             broken <x\n",
        );
        for (address, person) in [
            ("ada@home.example", "ada@example.org"),
            ("ada@example.org", "ada@example.org"),
            ("bob@old.example", "bob@example.org"),
            ("cy@old.example", "cy@example.org"),
            ("eve@example.org", "eve@example.org"),
        ] {
            assert_eq!(aliases.person(address), person);
        }
    }
}
