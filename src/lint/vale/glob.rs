//! The globs of section names: `*.md`, `docs/**/*.{md,txt}`, `!*draft*`.
//!
//! Without `**`, `*` and `?` also stand for `/`. With `**` they do not, and `**` stands for any
//! number of folders.

use regex::Regex;

/// A compiled glob.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    regex: Regex,
    negated: bool,
}

impl Glob {
    /// Compiles a glob. An error says what is wrong with it.
    pub(crate) fn new(pattern: &str) -> Result<Glob, String> {
        let (pattern, negated) = match pattern.strip_prefix('!') {
            Some(rest) => (rest.trim_start_matches('!'), true),
            None => (pattern, false),
        };
        let source = translate(pattern)?;
        let regex = Regex::new(&source).map_err(|_| "it cannot be read".to_owned())?;
        Ok(Glob { regex, negated })
    }

    /// Whether it stands for a path.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.regex.is_match(path) != self.negated
    }
}

fn translate(pattern: &str) -> Result<String, String> {
    let folders = pattern.contains("**");
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
    use super::Glob;

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
