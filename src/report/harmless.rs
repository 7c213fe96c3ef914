//! Text from files and file names, made safe to print: nothing that a terminal obeys, nothing
//! that changes the order of what is read, nothing that hides.

use std::borrow::Cow;

/// What is shown in place of a character that must not reach a terminal.
pub(super) fn stand_in(c: char) -> Option<char> {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('\u{2421}'),
        // C1 controls, some of which begin commands to a terminal.
        '\u{80}'..='\u{9f}'
        // Marks, embeddings, overrides and isolates of direction.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Line and paragraph separators.
        | '\u{2028}' | '\u{2029}'
        // Characters that cannot be seen.
        | '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        // No characters at all; the `human` format uses one for itself.
        | '\u{fffe}' | '\u{ffff}' | '\u{10fffe}' | '\u{10ffff}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// Text that is safe to print on a terminal: controls are shown as pictures (`␛`), invisible
/// characters and those that change direction as `�`. Line ends and tabs become spaces.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| stand_in(c).is_none()) {
        return Cow::Borrowed(text);
    }
    let replaced = text.chars().map(|c| match c {
        '\n' | '\t' => ' ',
        c => stand_in(c).unwrap_or(c),
    });
    Cow::Owned(replaced.collect())
}

/// As [`harmless`], in at most `max` characters.
pub(super) fn short(text: &str, max: usize) -> String {
    // Nearly every text is, and reports have hundreds of thousands.
    if text.len() <= max && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    let mut kept: String = chars.by_ref().take(max).collect();
    if chars.next().is_some() {
        kept.pop();
        kept.push('…');
    }
    harmless(&kept).into_owned()
}

/// As [`short`], but lines stay lines.
pub(super) fn short_lines(text: &str, max: usize) -> String {
    let mut chars = text.chars();
    let mut kept: String = chars.by_ref().take(max).collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept.lines().map(harmless).collect::<Vec<_>>().join("\n")
}
