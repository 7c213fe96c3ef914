//! Bytes become text: byte order mark cut, bad UTF-8 and NUL bytes shown as U+FFFD, positions kept.

use std::ops::Range;

use super::super::codes;
use super::mapped::{Mapped, MappedBuilder};
use crate::base::{Code, Diagnostic, PieceMap, SourcePath, Span};

const REPLACEMENT: &str = "\u{fffd}";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// How many places one diagnostic points at; a file that is no text at all has millions.
const SHOWN: usize = 10;

/// The text of a file.
pub fn decode(file: &SourcePath, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Mapped {
    let start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let body = bytes.get(start..).unwrap_or_default();
    if start == 0
        && !body.contains(&0)
        && let Ok(text) = std::str::from_utf8(body)
    {
        let pieces = PieceMap::identity(file.clone(), text.len());
        return Mapped { file: file.clone(), text: text.to_owned(), pieces };
    }
    let mut out = MappedBuilder::default();
    let mut bad = Places::default();
    let mut nul = Places::default();
    let mut at = start;
    for chunk in body.utf8_chunks() {
        for part in chunk.valid().split_inclusive('\0') {
            let text = part.strip_suffix('\0').unwrap_or(part);
            out.verbatim(text, file, at..at + text.len());
            if text.len() < part.len() {
                let place = at + text.len()..at + part.len();
                out.stand_in(REPLACEMENT, &Span::new(file.clone(), place.clone()));
                nul.add(place);
            }
            at += part.len();
        }
        let invalid = chunk.invalid().len();
        if invalid > 0 {
            out.stand_in(REPLACEMENT, &Span::new(file.clone(), at..at + invalid));
            bad.add(at..at + invalid);
            at += invalid;
        }
    }
    if bad.count > 0 {
        let help = if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            "it looks like UTF-16: save the file as UTF-8"
        } else {
            "save the file as UTF-8"
        };
        diagnostics.push(bad.diagnostic(&codes::NOT_UTF8, file, "is not UTF-8").help(help));
    }
    if nul.count > 0 {
        let help = "remove the NUL bytes; the file may be damaged, or in UTF-16";
        diagnostics.push(nul.diagnostic(&codes::NUL, file, "holds NUL bytes").help(help));
    }
    out.finish(file.clone())
}

#[derive(Default)]
struct Places {
    first: Vec<Range<usize>>,
    count: usize,
}

impl Places {
    fn add(&mut self, place: Range<usize>) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(place);
        }
    }

    fn diagnostic(self, code: &'static Code, file: &SourcePath, what: &str) -> Diagnostic {
        let places = if self.count == 1 { "place" } else { "places" };
        let message = format!("`{file}` {what} ({} {places})", self.count);
        self.first.into_iter().fold(Diagnostic::new(code, message), |diagnostic, place| {
            diagnostic.at(Span::new(file.clone(), place))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (Mapped, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mapped = decode(&SourcePath::new("a.md").unwrap(), bytes, &mut diagnostics);
        assert_eq!(mapped.pieces.len(), mapped.text.len());
        (mapped, diagnostics)
    }

    #[test]
    fn good_text_stays_as_it_is() {
        let (mapped, diagnostics) = decoded("a\r\nä".as_bytes());
        assert_eq!(mapped.text, "a\r\nä");
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn the_byte_order_mark_is_cut_and_counted() {
        let (mapped, diagnostics) = decoded(b"\xef\xbb\xbfab");
        assert_eq!(mapped.text, "ab");
        assert_eq!(mapped.span(1..2).range(), 4..5);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn bad_bytes_are_shown_and_reported_where_they_stand() {
        let (mapped, diagnostics) = decoded(b"a\xff\xc3(b\0c");
        assert_eq!(mapped.text, "a\u{fffd}\u{fffd}(b\u{fffd}c");
        let b = mapped.text.find('b').unwrap();
        assert_eq!(mapped.span(b..b + 1).range(), 4..5);
        let c = mapped.text.find('c').unwrap();
        assert_eq!(mapped.span(c..c + 1).range(), 6..7);
        let codes: Vec<_> = diagnostics.iter().map(|d| (&*d.code, d.labels.len())).collect();
        assert_eq!(codes, [("text/not-utf8", 2), ("text/nul", 1)]);
        assert_eq!(diagnostics[0].span().unwrap().range(), 1..2);
        assert_eq!(diagnostics[1].span().unwrap().range(), 5..6);
    }

    #[test]
    fn a_file_full_of_bad_bytes_is_one_diagnostic() {
        let (_, diagnostics) = decoded(&[0xff; 5000]);
        assert_eq!(diagnostics.len(), 1);
        assert!(diagnostics[0].message.contains("5000 places"));
        assert_eq!(diagnostics[0].labels.len(), SHOWN);
    }
}
