//! Where front matter ends, as markdownlint sees it, and what comments hold.

/// The length of the front matter of a text, with the blank lines behind it.
pub(super) fn front_matter(text: &str) -> usize {
    let first = text.split('\n').next().unwrap_or_default();
    let (marks, exact): (&[&str], bool) = match first.trim_end() {
        "---" => (&["---"], true),
        "+++" => (&["+++", "..."], true),
        "{" => (&["}"], true),
        _ => (&[], false),
    };
    if !exact {
        return 0;
    }
    let mut at = first.len() + 1;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        if let Some(mark) = marks.iter().find(|mark| line.trim_end() == **mark) {
            let behind = rest.get(mark.len()..).unwrap_or_default();
            let space = behind.len() - behind.trim_start().len();
            if space == behind.len() {
                return text.len();
            }
            let newline = behind.get(..space).and_then(|space| space.rfind('\n'));
            if let Some(newline) = newline {
                return at + mark.len() + newline + 1;
            }
        }
        at += line.len() + 1;
    }
    0
}

/// The text with dots for what comments hold, byte by byte, so that places stay what they are; none
/// where it has no comments.
pub(super) fn without_comments(text: &str) -> Option<String> {
    let mut at = 0;
    let mut out: Option<Vec<u8>> = None;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("<!--")).map(|o| at + o) {
        let Some(close) = text.get(open + 2..).and_then(|rest| rest.find("-->")) else { break };
        let close = open + 2 + close;
        let start = open + 4;
        if close > start {
            let content = text.get(start..close).unwrap_or_default();
            let line = text.get(..open).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
            let block = text.get(line..open).is_some_and(|before| before.trim().is_empty());
            let cells = content.contains('\n') && text.contains('|');
            let valid = block
                || !(cells
                    || content.starts_with('>')
                    || content.starts_with("->")
                    || content.ends_with('-')
                    || content.contains("--"));
            if valid {
                let bytes = out.get_or_insert_with(|| text.as_bytes().to_vec());
                let mut trailing = false;
                for byte in bytes.get_mut(start..close).unwrap_or_default().iter_mut().rev() {
                    match *byte {
                        b'\n' | b'\r' => trailing = true,
                        // Spaces at ends of lines would be some.
                        b' ' if !trailing => {}
                        b' ' => *byte = b'.',
                        _ => {
                            *byte = b'.';
                            trailing = false;
                        }
                    }
                }
            }
        }
        at = close + 3;
    }
    out.and_then(|bytes| String::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_ends_behind_its_blank_lines() {
        let rest = |text: &'static str| &text[front_matter(text)..];
        assert_eq!(rest("---\na: b\n---\n\n\n# A\n"), "# A\n");
        assert_eq!(rest("---\na: b\n---\n  x\n"), "  x\n");
        assert_eq!(rest("---\na: b\n--- x\n"), "---\na: b\n--- x\n");
        assert_eq!(rest("+++\na\n...\nb"), "b");
        assert_eq!(rest("{\n\"a\": 1\n}\nb"), "b");
        assert_eq!(rest("---\na\n---"), "");
        assert_eq!(rest("text\n---\n"), "text\n---\n");
    }

    #[test]
    fn comments_hold_dots() {
        let clean = |text: &str| without_comments(text);
        assert_eq!(clean("a"), None);
        assert_eq!(clean("<!-- ä\nb  -->c").as_deref(), Some("<!-- ..\n.  -->c"));
        assert_eq!(clean("x <!-- a -- b -->"), None);
        assert_eq!(clean("<!-- a"), None);
    }
}
