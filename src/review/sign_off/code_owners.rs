//! `CODEOWNERS`, as GitHub and GitLab read it: the last line that fits counts; of GitLab's sections,
//! each by itself.

use crate::base::Glob;

/// Where the file may stand, the first that is there counts.
pub const CODE_OWNERS: [&str; 4] =
    [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// The lines of a `CODEOWNERS`.
#[derive(Debug, Clone, Default)]
pub struct CodeOwners {
    sections: Vec<Vec<Line>>,
}

/// Files and their owners.
#[derive(Debug, Clone)]
struct Line {
    /// The files are those that any of them means.
    globs: Vec<Glob>,
    owners: Vec<String>,
}

impl CodeOwners {
    /// Reads it. What cannot be read names nobody.
    pub fn read(text: &str) -> CodeOwners {
        let mut sections = vec![Vec::new()];
        let mut default: Vec<String> = Vec::new();
        for line in text.lines() {
            let line = line.split(" #").next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('[') || line.starts_with("^[") {
                let rest = line.rsplit(']').next().unwrap_or_default();
                default = rest.split_whitespace().map(str::to_owned).collect();
                sections.push(Vec::new());
                continue;
            }
            // A blank in a path is written with a backslash.
            let line = line.replace("\\ ", "\u{0}");
            let mut words = line.split_whitespace().map(|word| word.replace('\u{0}', " "));
            let Some(glob) = words.next() else { continue };
            let mut owners: Vec<String> = words.collect();
            if owners.is_empty() {
                owners.clone_from(&default);
            }
            if let Some(section) = sections.last_mut() {
                section.push(Line { globs: globs(&glob), owners });
            }
        }
        CodeOwners { sections }
    }

    /// Who answers for a file, seen from the repository's top, as they are written.
    pub fn of(&self, path: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for section in &self.sections {
            let covers = |line: &&Line| line.globs.iter().any(|glob| glob.matches(path));
            let last = section.iter().rev().find(covers);
            found.extend(last.into_iter().flat_map(|line| &line.owners).map(String::as_str));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// As in a `.gitignore`: without a slash at any depth, a folder with all that is in it. What is special
/// in globs of ours only stands for itself.
fn globs(written: &str) -> Vec<Glob> {
    let bare = written.trim_matches('/');
    let mut plain = String::new();
    for c in bare.chars() {
        if matches!(c, '{' | '}' | ',' | '[' | ']' | '!' | '\\') {
            plain.push('\\');
        }
        plain.push(c);
    }
    let here = match written.trim_end_matches('/').contains('/') {
        true => plain,
        false => format!("**/{plain}"),
    };
    let below = format!("{here}/**");
    let globs = match (written.ends_with('/'), bare.rsplit('/').next()) {
        (true, _) => vec![below],
        // `docs/*` is what stands in the folder, and no more.
        (false, Some("*")) => vec![here],
        (false, _) => vec![here, below],
    };
    globs.iter().filter_map(|glob| Glob::within_folders(glob).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts() {
        let owners = CodeOwners::read(
            "# All\n* @all\n/docs/ @writers ops@example.org # tail\ndocs/api/*.md @dev\nnotes.md @n\n\
             docs/my\\ file.md @blank\n",
        );
        assert_eq!(owners.of("a.txt"), ["@all"]);
        assert_eq!(owners.of("docs/a/b.md"), ["@writers", "ops@example.org"]);
        assert_eq!(owners.of("docs/api/x.md"), ["@dev"]);
        assert_eq!(owners.of("docs/api/y/x.md"), ["@writers", "ops@example.org"]);
        assert_eq!(owners.of("deep/down/notes.md"), ["@n"]);
        assert_eq!(owners.of("docs/my file.md"), ["@blank"]);
    }

    #[test]
    fn sections_count_side_by_side() {
        let owners = CodeOwners::read("[Docs] @docs\ndocs/\n^[Code][2]\n*.md @code\n");
        assert_eq!(owners.of("docs/a.md"), ["@code", "@docs"]);
    }
}
