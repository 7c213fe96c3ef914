//! Every diagnostic there is.

use crate::base::Code;
use crate::{config, history, lint, markdown, review, site, source, theme};

/// The codes of all rooms, sorted.
pub fn codes() -> Vec<&'static Code> {
    let rooms: [&[&'static Code]; 11] = [
        config::CODES,
        source::CODES,
        history::CODES,
        markdown::CODES,
        site::CODES,
        theme::CODES,
        lint::CODES,
        review::CODES,
        super::prepare::CODES,
        super::search::CODES,
        super::versions::CODES,
    ];
    let mut codes: Vec<&'static Code> =
        rooms.iter().flat_map(|room| room.iter().copied()).collect();
    codes.extend(lint::own::codes());
    codes.extend(lint::markdownlint::codes());
    codes.sort_by_key(|code| code.id);
    codes
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn codes_are_unique_and_explained() {
        let codes = codes();
        for pair in codes.windows(2) {
            assert_ne!(pair[0].id, pair[1].id);
        }
        for code in codes {
            // Rules of markdownlint keep their names.
            let Some((area, problem)) = code.id.split_once('/') else {
                assert!(code.id.starts_with("MD") && code.id.len() == 5, "{}", code.id);
                continue;
            };
            let plain = |text: &str| {
                !text.is_empty()
                    && text
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            assert!(plain(area) && plain(problem), "{}", code.id);
            assert!(!code.summary.is_empty() && !code.summary.ends_with('.'), "{}", code.id);
            assert!(code.explanation.len() > 40, "{} is hardly explained", code.id);
        }
    }
}
