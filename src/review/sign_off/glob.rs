//! Globs of files: `*` and `?` within a name, `**` over folders, `{a,b}` either.

/// Whether a path fits a glob, both seen from the same folder. A glob that ends in `/` is all below
/// a folder.
pub(super) fn fits(glob: &str, path: &str) -> bool {
    if let Some((before, rest)) = glob.split_once('{')
        && let Some((choices, after)) = rest.split_once('}')
    {
        let choices = choices.split(',');
        return choices.take(64).any(|choice| fits(&format!("{before}{choice}{after}"), path));
    }
    let glob = match glob.strip_suffix('/') {
        Some(folder) => format!("{folder}/**"),
        None => glob.to_owned(),
    };
    let globs: Vec<&str> = glob.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = path.split('/').collect();
    folders(&globs, &parts)
}

/// Row by row, so that no glob takes long.
fn folders(globs: &[&str], parts: &[&str]) -> bool {
    let mut row: Vec<bool> = (0..=parts.len()).map(|at| at == 0).collect();
    for (index, glob) in globs.iter().enumerate() {
        let mut next = vec![false; parts.len() + 1];
        if *glob == "**" {
            // At the end it stands for at least one name: `a/**` is all below `a`, not `a`.
            let last = index + 1 == globs.len();
            let mut any = false;
            for (at, slot) in next.iter_mut().enumerate() {
                *slot = any || (!last && row.get(at) == Some(&true));
                any |= row.get(at) == Some(&true);
            }
        } else {
            for (at, part) in parts.iter().enumerate() {
                if row.get(at) == Some(&true)
                    && name(glob, part)
                    && let Some(slot) = next.get_mut(at + 1)
                {
                    *slot = true;
                }
            }
        }
        row = next;
    }
    row.last() == Some(&true)
}

fn name(glob: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<bool> = (0..=text.len()).map(|at| at == 0).collect();
    for c in glob.chars() {
        let mut next = vec![false; text.len() + 1];
        let mut any = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let before = at.checked_sub(1).and_then(|at| row.get(at)) == Some(&true);
            any |= row.get(at) == Some(&true);
            let here = at.checked_sub(1).and_then(|at| text.get(at));
            *slot = match c {
                '*' => any,
                '?' => before,
                c => before && here == Some(&c),
            };
        }
        row = next;
    }
    row.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn globs_fit_what_they_say() {
        for (glob, path, expected) in [
            ("docs/**", "docs/a/b.md", true),
            ("docs/**", "docs", false),
            ("docs/", "docs/a.md", true),
            ("docs/*.md", "docs/a.md", true),
            ("docs/*.md", "docs/a/b.md", false),
            ("**/*.md", "a.md", true),
            ("**/*.md", "a/b/c.md", true),
            ("docs/**/x?.md", "docs/x1.md", true),
            ("docs/{admin,ops}/**", "docs/ops/a.md", true),
            ("docs/{admin,ops}/**", "docs/dev/a.md", false),
            ("*", "a/b", false),
            ("a.md", "a.md", true),
        ] {
            assert_eq!(fits(glob, path), expected, "{glob} {path}");
        }
        assert!(!fits(&"*a".repeat(200), &"a".repeat(2000).replace("aa", "ab")));
    }
}
