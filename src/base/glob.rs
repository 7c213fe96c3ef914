//! Globs of files: `*.md`, `docs/**/*.{md,txt}`, `!*draft*`; and names with `*` for anything.
//!
//! In settings of ours as in those of Vale, `*` and `?` also stand for `/` where there is no `**`.
//! Where there is, they do not, and `**` stands for any number of folders.

use regex::Regex;

/// A compiled glob.
#[derive(Debug, Clone)]
pub struct Glob {
    regex: Regex,
    negated: bool,
}

impl Glob {
    /// Compiles a glob.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn new(pattern: &str) -> Result<Glob, String> {
        Glob::compiled(pattern, pattern.contains("**"))
    }

    /// Compiles a glob whose `*` and `?` never stand for `/`, as in a `.gitignore`.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn within_folders(pattern: &str) -> Result<Glob, String> {
        Glob::compiled(pattern, true)
    }

    fn compiled(pattern: &str, folders: bool) -> Result<Glob, String> {
        let (pattern, negated) = match pattern.strip_prefix('!') {
            Some(rest) => (rest.trim_start_matches('!'), true),
            None => (pattern, false),
        };
        let source = translate(pattern, folders)?;
        let regex = Regex::new(&source).map_err(|_| "it cannot be read".to_owned())?;
        Ok(Glob { regex, negated })
    }

    /// Whether it stands for a path.
    pub fn matches(&self, path: &str) -> bool {
        self.regex.is_match(path) != self.negated
    }
}

/// Whether a text is a pattern in which `*` stands for anything and all else for itself.
pub fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

fn translate(pattern: &str, folders: bool) -> Result<String, String> {
    let (any, one) = if folders { ("[^/]*", "[^/]") } else { ("(?s:.*)", "(?s:.)") };
    let mut out = String::from("^");
    let mut depth = 0;
    let mut chars = pattern.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '*' if pattern.get(at..).is_some_and(|rest| rest.starts_with("**")) => {
                chars.next();
                let opens =
                    at == 0 || pattern.get(..at).is_some_and(|before| before.ends_with('/'));
                if opens && chars.peek().is_some_and(|(_, c)| *c == '/') {
                    chars.next();
                    out.push_str("(?:.*/)?");
                } else {
                    out.push_str("(?s:.*)");
                }
            }
            '*' => out.push_str(any),
            '?' => out.push_str(one),
            '{' => {
                depth += 1;
                out.push_str("(?:");
            }
            '}' if depth > 0 => {
                depth -= 1;
                out.push(')');
            }
            ',' if depth > 0 => out.push('|'),
            '[' => {
                let rest = pattern.get(at + 1..).unwrap_or_default();
                let Some(end) = rest.char_indices().skip(1).find(|(_, c)| *c == ']') else {
                    return Err("a `[` is not closed".to_owned());
                };
                let class = rest.get(..end.0).unwrap_or_default();
                let (negated, class) = match class.strip_prefix(['!', '^']) {
                    Some(class) => ("^", class),
                    None => ("", class),
                };
                let class = class.replace('\\', "\\\\").replace('[', "\\[").replace('&', "\\&");
                out.push_str(&format!("[{negated}{class}]"));
                while chars.next_if(|(other, _)| *other <= at + 1 + end.0).is_some() {}
            }
            '\\' => match chars.next() {
                Some((_, c)) => out.push_str(&regex_syntax::escape(&c.to_string())),
                None => return Err("it ends with a backslash".to_owned()),
            },
            c => out.push_str(&regex_syntax::escape(&c.to_string())),
        }
    }
    if depth > 0 {
        return Err("a `{` is not closed".to_owned());
    }
    out.push('$');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Glob, is_like};

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).unwrap().matches(path)
    }

    #[test]
    fn stars_cross_folders_unless_doubled() {
        assert!(matches("*.md", "docs/a.md"));
        assert!(matches("docs/*.md", "docs/deep/a.md"));
        assert!(!matches("docs/*.md", "a.md"));
        assert!(matches("**/api/*.md", "docs/api/a.md"));
        assert!(!matches("**/api/*.md", "docs/api/v1/b.md"));
        assert!(matches("**/*.md", "a.md"));
        assert!(matches("docs/**", "docs/a/b.md"));
    }

    #[test]
    fn stars_stay_within_folders_where_they_must() {
        let matches =
            |pattern: &str, path: &str| Glob::within_folders(pattern).unwrap().matches(path);
        assert!(matches("docs/*.md", "docs/a.md") && !matches("docs/*.md", "docs/deep/a.md"));
        assert!(matches("**/a.md", "a.md") && matches("**/a.md", "x/y/a.md"));
        assert!(matches("docs/**", "docs/a/b.md") && !matches("docs/**", "docs"));
        assert!(matches(r"a\{b\,c\}", "a{b,c}") && !matches("a?c", "a/c"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, is) in [
            ("v*", "v1.2", true),
            ("v*-docs", "v1-docs", true),
            ("v*-docs", "v1", false),
            ("*/b/*x", "a/b/cx", true),
            ("a", "ab", false),
            ("release/*/docs", "release/1/docs", true),
            ("release/*/docs", "release/docs", false),
            ("*ab", "abab", true),
            ("*", "", true),
        ] {
            assert_eq!(is_like(pattern, text), is, "{pattern} {text}");
        }
    }

    #[test]
    fn braces_classes_and_negation() {
        assert!(matches("*.{md,txt}", "a.txt"));
        assert!(matches("chapter-[0-4]?.md", "chapter-01.md"));
        assert!(!matches("chapter-[0-4]?.md", "chapter-71.md"));
        assert!(!matches("[!a]*", "a.md"));
        assert!(!matches("!*draft*", "draft.md"));
        assert!(matches("!*draft*", "final.md"));
        assert!(!matches("*.md", "a.MD"));
        assert!(Glob::new("[a").is_err());
        assert!(Glob::new("{a").is_err());
    }
}
