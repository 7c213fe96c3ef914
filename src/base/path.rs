//! Checked paths. Operating-system paths exist only at the edge (`source`, `output`'s writer,
//! `cli`); everything between speaks of these: relative, `/`-separated, Unicode, without empty,
//! `.` or `..` components, so that no path can lead out of its root.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is no checked path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `..` leads above the root.
    #[error("`{0}` leads out of the folder")]
    Escapes(String),
    /// Absolute paths have no place in a site.
    #[error("`{0}` is an absolute path")]
    Absolute(String),
    /// An empty component, or a character that no portable path holds.
    #[error("`{0}` is not a portable path")]
    Malformed(String),
}

/// Whether a text is in form beyond doubt: no component of it is empty, begins with a dot, or holds
/// what none may hold. Nearly all paths are so, and the cache holds very many.
fn is_plain(text: &str) -> bool {
    let mut last = b'/';
    for byte in text.bytes() {
        if byte == 0 || byte == b'\\' || (last == b'/' && (byte == b'/' || byte == b'.')) {
            return false;
        }
        last = byte;
    }
    last != b'/'
}

fn check(text: &str) -> Result<(), PathError> {
    if is_plain(text) {
        return Ok(());
    }
    if text.starts_with('/') {
        return Err(PathError::Absolute(text.to_owned()));
    }
    if text.is_empty() {
        return Ok(());
    }
    for component in text.split('/') {
        match component {
            ".." => return Err(PathError::Escapes(text.to_owned())),
            "" | "." => return Err(PathError::Malformed(text.to_owned())),
            _ if component.contains(['\0', '\\']) => {
                return Err(PathError::Malformed(text.to_owned()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Joins and resolves `.`, `..` and empty components. `relative` that starts with `/` counts
/// from the root.
fn resolve(folder: &str, relative: &str) -> Result<String, PathError> {
    let (mut parts, relative): (Vec<&str>, &str) = match relative.strip_prefix('/') {
        Some(rest) => (Vec::new(), rest),
        None => (folder.split('/').filter(|part| !part.is_empty()).collect(), relative),
    };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(PathError::Escapes(relative.to_owned()));
                }
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    check(&joined)?;
    Ok(joined)
}

macro_rules! checked_path {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks a text that must already be in form.
            ///
            /// # Errors
            /// When it is absolute, leads out of its root, or has empty or `.` components, a
            /// backslash or a NUL.
            pub fn new(text: impl AsRef<str>) -> Result<Self, PathError> {
                check(text.as_ref())?;
                Ok(Self(Arc::from(text.as_ref())))
            }

            /// The root itself.
            pub fn root() -> Self {
                Self(Arc::from(""))
            }

            /// The path as text, without a slash at either end.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether this is the root.
            pub fn is_root(&self) -> bool {
                self.0.is_empty()
            }

            /// `relative` seen from this folder, with `.` and `..` resolved; a leading `/`
            /// counts from the root.
            ///
            /// # Errors
            /// When it leads out of the root or is no portable path.
            pub fn join(&self, relative: &str) -> Result<Self, PathError> {
                resolve(&self.0, relative).map(|path| Self(Arc::from(path)))
            }

            /// The folder that holds this; the root's is the root.
            #[must_use]
            pub fn parent(&self) -> Self {
                Self(Arc::from(self.parent_str()))
            }

            /// The same as text, without a copy of it.
            pub fn parent_str(&self) -> &str {
                self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
            }

            /// The last component; empty for the root.
            pub fn file_name(&self) -> &str {
                self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
            }

            /// The last component without its extension.
            pub fn file_stem(&self) -> &str {
                let name = self.file_name();
                match name.rsplit_once('.') {
                    Some((stem, _)) if !stem.is_empty() => stem,
                    _ => name,
                }
            }

            /// What follows the last dot of the last component, without the dot.
            pub fn extension(&self) -> Option<&str> {
                match self.file_name().rsplit_once('.') {
                    Some((stem, extension)) if !stem.is_empty() => Some(extension),
                    _ => None,
                }
            }

            /// The rest below `folder`, or none where this is not in it. A path is in itself.
            pub fn strip_prefix(&self, folder: &Self) -> Option<Self> {
                if folder.is_root() {
                    return Some(self.clone());
                }
                let rest = self.0.strip_prefix(&*folder.0)?;
                if rest.is_empty() {
                    return Some(Self::root());
                }
                rest.strip_prefix('/').map(|rest| Self(Arc::from(rest)))
            }

            /// Whether this is `folder` or lies below it.
            pub fn starts_with(&self, folder: &Self) -> bool {
                folder.is_root()
                    || self.0.strip_prefix(&*folder.0)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }

            /// The components, from the top.
            pub fn components(&self) -> impl Iterator<Item = &str> {
                self.0.split('/').filter(|part| !part.is_empty())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl From<$name> for String {
            fn from(path: $name) -> Self {
                path.0.as_ref().to_owned()
            }
        }

        impl TryFrom<String> for $name {
            type Error = PathError;

            fn try_from(text: String) -> Result<Self, PathError> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// Checked as any other text is, and copied once.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a checked path")
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::new(text).map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }
    };
}

checked_path! {
    /// A file or folder of a source, seen from the source's top (the repository's top where
    /// there is a repository).
    SourcePath
}

checked_path! {
    /// A file or folder of the published site, seen from the site's root.
    SitePath
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out() {
        for bad in ["/etc", "../x", "a/../../x", "a//b", "./a", "a\\b", "a\0b", "a/"] {
            assert!(SourcePath::new(bad).is_err(), "{bad:?}");
        }
        let folder = SourcePath::new("docs/a").unwrap();
        assert_eq!(folder.join("../b.md").unwrap().as_str(), "docs/b.md");
        assert_eq!(folder.join("/b.md").unwrap().as_str(), "b.md");
        assert_eq!(folder.join("./x//y").unwrap().as_str(), "docs/a/x/y");
        assert_eq!(folder.join("../..").unwrap(), SourcePath::root());
        assert!(matches!(folder.join("../../../x"), Err(PathError::Escapes(_))));
        assert!(folder.join("..\\..\\x").is_err());
    }

    #[test]
    fn what_is_kept_is_checked_when_it_is_read() {
        for good in ["", "a", ".a/b..c/...", "docs/a b/c.md", "\u{e9}/x"] {
            let path = SourcePath::new(good).unwrap();
            let bytes = postcard::to_allocvec(&path).unwrap();
            assert_eq!(bytes, postcard::to_allocvec(good).unwrap());
            assert_eq!(postcard::from_bytes::<SourcePath>(&bytes).unwrap(), path);
            let text = serde_json::to_string(&path).unwrap();
            assert_eq!(serde_json::from_str::<SourcePath>(&text).unwrap(), path);
        }
        for bad in ["/etc", "..", "a/..", "./a", "a/", "a//b", "a\\b", "a\0b"] {
            let bytes = postcard::to_allocvec(bad).unwrap();
            assert!(postcard::from_bytes::<SourcePath>(&bytes).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn parts_of_a_path() {
        let path = SitePath::new("a/b.tar.gz").unwrap();
        assert_eq!(path.parent().as_str(), "a");
        assert_eq!(path.file_name(), "b.tar.gz");
        assert_eq!(path.file_stem(), "b.tar");
        assert_eq!(path.extension(), Some("gz"));
        assert_eq!(SitePath::new(".nojekyll").unwrap().extension(), None);
        assert_eq!(SitePath::new("x").unwrap().parent(), SitePath::root());
        let folder = SitePath::new("a").unwrap();
        assert_eq!(path.strip_prefix(&folder).unwrap().as_str(), "b.tar.gz");
        assert!(SitePath::new("ab/c").unwrap().strip_prefix(&folder).is_none());
        assert!(!SitePath::new("ab").unwrap().starts_with(&folder));
    }
}
