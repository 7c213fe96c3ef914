//! Comments in files that switch rules: `<!-- markdownlint-disable MD013 -->` and its kin.

use super::config::{Setting, parse_comment};
use super::{RULES, named};

const WORD: &str = "markdownlint-";
const ACTIONS: [&str; 9] = [
    "disable-next-line",
    "disable-line",
    "disable-file",
    "disable",
    "enable-file",
    "enable",
    "capture",
    "restore",
    "configure-file",
];

/// A comment with what it asks for.
struct Comment<'a> {
    action: &'static str,
    parameter: &'a str,
}

/// The comments of a line, or of a text.
fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("<!--")).map(|o| at + o) {
        at = open + 4;
        let rest = text.get(at..).unwrap_or_default().trim_start();
        let Some(behind) = stripped(rest, WORD) else { continue };
        let action = ACTIONS.into_iter().find_map(|action| {
            let behind = stripped(behind, action)?;
            let ends = behind.starts_with("-->") || behind.starts_with(char::is_whitespace);
            ends.then_some((action, behind))
        });
        let Some((action, behind)) = action else { continue };
        let Some(close) = behind.find("-->") else { break };
        found.push(Comment { action, parameter: behind.get(..close).unwrap_or_default().trim() });
    }
    found
}

fn stripped<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..))?
}

/// Whether a text may hold comments for us.
pub(super) fn has_comments(text: &str) -> bool {
    text.contains("<!--") && {
        memchr::memmem::find(text.as_bytes(), WORD.as_bytes()).is_some()
            || text.to_ascii_lowercase().contains(WORD)
    }
}

/// What the comments of a text add to its configuration.
pub(super) fn configured(text: &str) -> Vec<Setting> {
    let all = comments(text);
    let texts = all.iter().filter(|comment| comment.action == "configure-file");
    texts.flat_map(|comment| parse_comment(comment.parameter)).collect()
}

fn apply(enabled: u64, on: bool, names: &str) -> u64 {
    let bits = match names {
        "" => (0..RULES.len()).fold(0, |bits, index| bits | 1 << index),
        names => names.split_whitespace().fold(0, |bits, name| bits | named(name)),
    };
    if on { enabled | bits } else { enabled & !bits }
}

/// By line, the rules that count on it, as bits in the order of [`RULES`].
pub(super) fn enabled(text: &str, enabled: u64) -> Vec<u64> {
    let mut state = enabled;
    let lines: Vec<Vec<Comment<'_>>> = text.split('\n').map(comments).collect();
    for comment in lines.iter().flatten() {
        match comment.action {
            "enable-file" => state = apply(state, true, comment.parameter),
            "disable-file" => state = apply(state, false, comment.parameter),
            _ => {}
        }
    }
    let mut captured = state;
    let mut by_line = Vec::with_capacity(lines.len());
    for line in &lines {
        for comment in line {
            match comment.action {
                "capture" => captured = state,
                "restore" => state = captured,
                "enable" => state = apply(state, true, comment.parameter),
                "disable" => state = apply(state, false, comment.parameter),
                _ => {}
            }
        }
        by_line.push(state);
    }
    for (number, line) in lines.iter().enumerate() {
        for comment in line {
            let about = match comment.action {
                "disable-line" => number,
                "disable-next-line" => number + 1,
                _ => continue,
            };
            if let Some(state) = by_line.get_mut(about) {
                *state = apply(*state, false, comment.parameter);
            }
        }
    }
    by_line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_count_from_their_line() {
        let all = apply(0, true, "");
        let without = apply(all, false, "MD013");
        let of = |text: &str| -> Vec<bool> {
            enabled(text, all).into_iter().map(|bits| bits == all).collect()
        };
        assert_eq!(of("a\n<!-- markdownlint-disable MD013 -->\nb"), [true, false, false]);
        assert_eq!(of("a <!-- markdownlint-disable-line -->\nb"), [false, true]);
        assert_eq!(
            of("<!--markdownlint-disable-next-line line-length-->\nb\nc"),
            [true, false, true]
        );
        assert_eq!(
            of("<!-- markdownlint-disable -->\na\n<!-- markdownlint-restore -->"),
            [false, false, true]
        );
        assert_eq!(of("a\n<!-- MARKDOWNLINT-DISABLE-FILE md013 -->"), [false, false]);
        assert_eq!(enabled("<!-- markdownlint-disable line_length -->", all), [without]);
        assert_eq!(enabled("<!-- markdownlint-enable MD013 -->", without), [all]);
        assert_eq!(
            of("<!-- markdownlint-disabled -->\n<!-- markdownlint-disable MD013"),
            [true, true]
        );
    }
}
