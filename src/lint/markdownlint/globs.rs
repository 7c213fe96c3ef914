//! Globs of markdownlint-cli2: `*` stays within a folder, `**` does not.

use super::patterns::Pattern;

/// A glob, seen from a folder.
#[derive(Debug)]
pub(super) struct Glob {
    pattern: Option<Pattern>,
    /// Whether it takes files out.
    pub negated: bool,
}

impl Glob {
    pub(super) fn new(text: &str) -> Glob {
        let (text, negated) = match text.strip_prefix(['!', '#']) {
            Some(text) => (text, true),
            None => (text, false),
        };
        let text = text.trim_start_matches("./");
        // A folder stands for all that is in it.
        let source = format!("^(?:{})(?:/.*)?$", translated(text.trim_end_matches('/')));
        Glob { pattern: Pattern::new(&source), negated }
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(path))
    }
}

fn translated(glob: &str) -> String {
    let mut out = String::new();
    let mut chars = glob.chars().peekable();
    let mut braces = 0usize;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.peek() == Some(&'*') => {
                chars.next();
                if chars.peek() == Some(&'/') {
                    chars.next();
                    out.push_str("(?:.*/)?");
                } else {
                    out.push_str(".*");
                }
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '[' => {
                let class: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let (not, class) = match class.strip_prefix(['!', '^']) {
                    Some(class) => ("^", class),
                    None => ("", class.as_str()),
                };
                out.push_str(&format!("[{not}{}]", class.replace('\\', r"\\").replace('[', r"\[")));
            }
            c if c.is_alphanumeric() || c == '/' || !c.is_ascii() => out.push(c),
            c => {
                out.push('\\');
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_in_their_folder() {
        for (glob, path, matches) in [
            ("**/*.md", "a.md", true),
            ("**/*.md", "a/b/c.md", true),
            ("*.md", "a/b.md", false),
            ("a", "a/b.md", true),
            ("a/", "a/b.md", true),
            ("./a/*.{md,markdown}", "a/b.markdown", true),
            ("!a/**", "a/b.md", true),
            ("**/[ab].md", "x/b.md", true),
            ("node_modules", "x/node_modules/a.md", false),
        ] {
            assert_eq!(Glob::new(glob).matches(path), matches, "{glob} {path}");
        }
        assert!(Glob::new("!a").negated);
    }
}
