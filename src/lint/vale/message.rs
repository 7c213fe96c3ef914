//! Messages with verbs, as Go's `fmt` reads them: `%s`, `%d`, `%[2]s`, `%%`. Arguments that are left
//! over are dropped, missing ones are empty.

/// A message with its verbs filled in and its line breaks made spaces.
pub(crate) fn format(template: &str, arguments: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let verb = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = verb.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (index, verb_rest) = index_of(verb);
        match verb_rest.chars().next() {
            Some('s' | 'd' | 'v' | 'q') => {
                let position = index.unwrap_or(next);
                next = position + 1;
                out.push_str(arguments.get(position).copied().unwrap_or_default());
                rest = verb_rest.get(1..).unwrap_or_default();
            }
            _ => {
                // No verb: a percent sign that was not doubled.
                out.push('%');
                rest = verb;
            }
        }
    }
    out.push_str(rest);
    if out.contains('\n') { out.replace('\n', " ") } else { out }
}

/// `[2]` at the beginning of a verb, from 0.
fn index_of(verb: &str) -> (Option<usize>, &str) {
    let index = verb.strip_prefix('[').and_then(|inner| {
        let end = inner.find(']')?;
        let number: usize = inner.get(..end)?.parse().ok()?;
        Some((number.checked_sub(1)?, inner.get(end + 1..)?))
    });
    match index {
        Some((index, rest)) => (Some(index), rest),
        None => (None, verb),
    }
}

/// `'a'`, `'a' or 'b'`, `'a', 'b', or 'c'`.
pub(crate) fn alternatives(options: &[String]) -> String {
    let quoted: Vec<String> = options.iter().map(|option| format!("'{option}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} or {two}"),
        [all @ .., last] => format!("{}, or {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_filled_in() {
        assert_eq!(format("Not '%s' but '%s'.", &["a"]), "Not 'a' but ''.");
        assert_eq!(format("'%[2]s' for '%[1]s' (%[2]s)", &["a", "b"]), "'b' for 'a' (b)");
        assert_eq!(format("100%% of %d, 5% off", &["3"]), "100% of 3, 5% off");
        assert_eq!(format("a\nb %s\n", &["x\ny"]), "a b x y ");
        assert_eq!(format("%", &[]), "%");
        assert_eq!(format("%[x]s", &["a"]), "%[x]s");
    }

    #[test]
    fn alternatives_are_joined() {
        let owned =
            |all: &[&str]| alternatives(&all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(owned(&["a"]), "'a'");
        assert_eq!(owned(&["a", "b"]), "'a' or 'b'");
        assert_eq!(owned(&["a", "b", "c"]), "'a', 'b', or 'c'");
    }
}
