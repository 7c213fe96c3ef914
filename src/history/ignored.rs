//! The commits that do not count as changes, in the format of `git blame --ignore-revs-file`.

use git2::Oid;

use super::codes::IGNORED_REVISION;
use super::log::raw_id;
use crate::base::{Diagnostic, SourcePath, Span};

/// Commits that do not count as changes: a new format of all pages, a change of licence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoredRevisions(Vec<[u8; 20]>);

impl IgnoredRevisions {
    /// Reads a list: one whole commit id a line; `#` begins a comment. Lines of another form are
    /// told and left out. `path` is where the list stands.
    pub fn parse(path: &SourcePath, bytes: &[u8]) -> (IgnoredRevisions, Vec<Diagnostic>) {
        let mut ids = Vec::new();
        let mut diagnostics = Vec::new();
        let mut start = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let before_comment = line.split(|byte| *byte == b'#').next().unwrap_or_default();
            let id = before_comment.trim_ascii();
            let indent = before_comment.len() - before_comment.trim_ascii_start().len();
            match std::str::from_utf8(id).ok().filter(|id| id.len() == 40).map(Oid::from_str) {
                Some(Ok(id)) => ids.push(raw_id(id)),
                _ if id.is_empty() => {}
                _ => {
                    let text = String::from_utf8_lossy(id);
                    let message = format!("`{}` is no commit id", text.escape_debug());
                    let at = start + indent;
                    diagnostics.push(
                        Diagnostic::new(&IGNORED_REVISION, message)
                            .at(Span::new(path.clone(), at..at + id.len()))
                            .help("write the whole id, as `git log --format=%H` shows it"),
                    );
                }
            }
            start += line.len();
        }
        ids.sort_unstable();
        ids.dedup();
        (IgnoredRevisions(ids), diagnostics)
    }

    /// The ids, sorted.
    pub(super) fn ids(&self) -> &[[u8; 20]] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_format_of_git_blame() {
        let text = b"# Format everything\n1111111111111111111111111111111111111111\n\n  \
                     ABCDEF1111111111111111111111111111111111 # with a reason\r\nabc123\n\xff#\n";
        let path = SourcePath::new(".git-blame-ignore-revs").unwrap();
        let (ignored, told) = IgnoredRevisions::parse(&path, text);
        assert_eq!(ignored.ids().len(), 2);
        assert_eq!(ignored.ids()[1][0], 0xab);
        let told: Vec<_> =
            told.iter().map(|d| (d.message.as_str(), &text[d.labels[0].span.range()])).collect();
        assert_eq!(told[0], ("`abc123` is no commit id", b"abc123".as_slice()));
        assert_eq!(told[1].1, b"\xff");
        assert_eq!(told.len(), 2);
    }
}
