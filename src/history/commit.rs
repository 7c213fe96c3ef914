//! A commit as git stores it, read without asking for more than is needed here.

use git2::Oid;

/// Somebody as a commit names them, before any mailmap.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RawPerson {
    pub(super) name: String,
    pub(super) email: String,
}

/// What a commit says.
#[derive(Debug)]
pub(super) struct RawCommit {
    pub(super) tree: Oid,
    pub(super) parents: Vec<Oid>,
    /// When it was committed, in seconds since 1970, UTC.
    pub(super) time: i64,
    pub(super) author: RawPerson,
    /// Whom lines `Co-authored-by: Name <email>` name, anywhere in the message: a squash leaves
    /// them in the middle.
    pub(super) co_authors: Vec<RawPerson>,
}

impl RawCommit {
    /// Reads the bytes of a commit object; none where they are not of its form.
    pub(super) fn parse(bytes: &[u8]) -> Option<RawCommit> {
        let mut rest = bytes;
        let (mut tree, mut parents) = (None, Vec::new());
        let (mut author, mut committer, mut encoding) = (None, None, None);
        while let Some((line, after)) = line(rest) {
            rest = after;
            if line.is_empty() {
                break;
            }
            let space = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
            let (key, value) = line.split_at(space);
            let value = value.get(1..).unwrap_or_default();
            match key {
                b"tree" => tree = Some(id(value)?),
                b"parent" => parents.push(id(value)?),
                b"author" => author = Some(value),
                b"committer" => committer = Some(value),
                b"encoding" => encoding = Some(value),
                // Signatures and their folded lines.
                _ => {}
            }
        }
        let decode = |bytes: &[u8]| decode(bytes, encoding);
        let author = author?;
        Some(RawCommit {
            tree: tree?,
            parents,
            time: time(committer.unwrap_or(author)),
            author: person(author, &decode).unwrap_or_else(|| RawPerson {
                name: decode(author.trim_ascii()),
                email: String::new(),
            }),
            co_authors: co_authors(rest, &decode),
        })
    }
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    Some((bytes.get(..end)?, bytes.get(end + 1..).unwrap_or_default()))
}

fn id(hex: &[u8]) -> Option<Oid> {
    Oid::from_str(std::str::from_utf8(hex).ok()?).ok()
}

/// `Name <email>` and what follows.
fn person(bytes: &[u8], decode: &dyn Fn(&[u8]) -> String) -> Option<RawPerson> {
    let open = bytes.iter().position(|byte| *byte == b'<')?;
    let (name, rest) = bytes.split_at(open);
    let close = rest.iter().position(|byte| *byte == b'>')?;
    let email = rest.get(1..close)?;
    Some(RawPerson { name: decode(name.trim_ascii()), email: decode(email.trim_ascii()) })
}

/// The seconds in `Name <email> 1700000000 +0100`; 0 where there are none.
fn time(bytes: &[u8]) -> i64 {
    let after = bytes.rsplit(|byte| *byte == b'>').next().unwrap_or_default();
    let digits = after.trim_ascii().split(|byte| *byte == b' ').next().unwrap_or_default();
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Those whom a message names beside the author of its commit.
pub(super) fn co_authors(message: &[u8], decode: &dyn Fn(&[u8]) -> String) -> Vec<RawPerson> {
    const TRAILER: &[u8] = b"co-authored-by:";
    let mut found = Vec::new();
    let mut rest = message;
    while let Some((line, after)) = line(rest) {
        rest = after;
        if line.get(..TRAILER.len()).is_some_and(|key| key.eq_ignore_ascii_case(TRAILER))
            && let Some(value) = line.get(TRAILER.len()..)
            && let Some(person) = person(value, decode)
            && !found.contains(&person)
        {
            found.push(person);
        }
    }
    found
}

/// The text of bytes that are UTF-8, or what the commit says they are; Latin-1 is what old
/// commits meant that say nothing.
fn decode(bytes: &[u8], encoding: Option<&[u8]>) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let latin = encoding.is_none_or(|name| {
                let name = name.to_ascii_lowercase();
                name.contains(&b'1') && (name.starts_with(b"iso") || name.starts_with(b"latin"))
                    || name == b"windows-1252"
            });
            if latin {
                bytes.iter().map(|byte| char::from(*byte)).collect()
            } else {
                String::from_utf8_lossy(bytes).into_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
                        parent 1111111111111111111111111111111111111111\n";

    fn parse(rest: &[u8]) -> Option<RawCommit> {
        RawCommit::parse(&[HEAD.as_bytes(), rest].concat())
    }

    fn who(name: &str, email: &str) -> RawPerson {
        RawPerson { name: name.to_owned(), email: email.to_owned() }
    }

    #[test]
    fn reads_what_a_commit_says() {
        let commit = parse(
            b"author Ada Lovelace <ada@example.org> 1700000000 +0100\n\
              committer Bot <bot@example.org> 1700000100 +0000\n\
              gpgsig -----BEGIN\n author Eve <eve@example.org> 1 +0000\n\n\
              Subject\n\nCo-authored-by: Grace <grace@example.org>\n\nmore\n\
              CO-AUTHORED-BY:  Alan  <alan@example.org> \n\
              co-authored-by: nobody\n Co-authored-by: Not At Start <n@example.org>\n\
              Co-authored-by: Grace <grace@example.org>",
        )
        .unwrap();
        assert_eq!(commit.parents.len(), 1);
        assert_eq!(commit.time, 1_700_000_100);
        assert_eq!(commit.author, who("Ada Lovelace", "ada@example.org"));
        let both = [who("Grace", "grace@example.org"), who("Alan", "alan@example.org")];
        assert_eq!(commit.co_authors, both);
    }

    #[test]
    fn survives_what_no_commit_should_say() {
        let commit = parse(b"author Nobody\ncommitter \xff <> soon\n\n").unwrap();
        assert_eq!((commit.author, commit.time), (who("Nobody", ""), 0));
        assert!(parse(b"committer A <a> 1 +0000\n").is_none());
        assert!(parse(b"").is_none() && RawCommit::parse(b"tree x\n").is_none());
    }

    #[test]
    fn old_names_are_latin_1() {
        let author = b"author J\xfcrgen <j@example.org> 1 +0000\n";
        assert_eq!(parse(author).unwrap().author.name, "J\u{fc}rgen");
        let said = [author.as_slice(), b"encoding ISO-8859-1\n"].concat();
        assert_eq!(parse(&said).unwrap().author.name, "J\u{fc}rgen");
        let other = [author.as_slice(), b"encoding KOI8-R\n"].concat();
        assert_eq!(parse(&other).unwrap().author.name, "J\u{fffd}rgen");
    }
}
