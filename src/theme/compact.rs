//! Makes the built-in style sheets and scripts smaller, when Copydesk is compiled. Only ours: they
//! keep to what is said here, and a site's own files are published as they are.

/// A style sheet without comments and without white space that means nothing.
///
/// White space beside a `+`, `-`, `*`, `>`, `~` or a parenthesis may mean something inside
/// `calc()` and in selectors, so only that around `{`, `}`, `;` and `,` and after `:` goes.
pub(super) fn css(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            push_space(&mut out);
        } else if c == '"' || c == '\'' {
            let end = string_end(rest, c);
            let (string, after) = rest.split_at(end);
            out.push_str(string);
            rest = after;
        } else if c.is_whitespace() {
            push_space(&mut out);
            rest = rest.trim_start();
        } else {
            if matches!(c, '{' | '}' | ';' | ',') {
                while out.ends_with(' ') {
                    out.pop();
                }
                if c == '}' {
                    while out.ends_with(';') {
                        out.pop();
                    }
                }
            }
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out
}

/// One space, where the text so far does not end with something after which none is needed.
fn push_space(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',', ':']) {
        out.push(' ');
    }
}

/// Where the string that begins with `quote` ends.
fn string_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// A script without indentation, empty lines, comments that have a line of their own, and spaces
/// that mean nothing. Line ends stay: they end statements. Ours have no strings or templates over
/// several lines.
pub(super) fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if !line.is_empty() && !line.starts_with("//") {
            js_line(line, &mut out);
            out.push('\n');
        }
    }
    out
}

/// A line of a script. What may be a string or a regular expression is left as it is.
fn js_line(line: &str, out: &mut String) {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let begun = out.len();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let before = out.get(begun..).unwrap_or_default();
        let last = before.chars().next_back();
        let end = match c {
            '"' | '\'' => string_end(rest, c),
            '/' if rest.starts_with("//") => rest.len(),
            '/' if may_be_expression(before) => expression_end(rest),
            ' ' => {
                rest = rest.trim_start_matches(' ');
                let next = rest.chars().next();
                let means = match (last, next) {
                    (Some(a), Some(b)) => {
                        (is_word(a) && is_word(b))
                            || (a == b && matches!(a, '+' | '-'))
                            || a == '/'
                            || (a == '<' && b == '!')
                    }
                    _ => false,
                };
                if means {
                    out.push(' ');
                }
                continue;
            }
            c => c.len_utf8(),
        };
        let (kept, after) = rest.split_at(end);
        out.push_str(kept);
        rest = after;
    }
}

/// Whether a `/` behind this begins a regular expression: it divides only behind a value.
fn may_be_expression(before: &str) -> bool {
    let before = before.trim_end();
    let word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').next();
    match before.chars().next_back() {
        Some(')' | ']') => false,
        _ => matches!(word, None | Some("" | "return" | "typeof" | "case")),
    }
}

/// Where the regular expression ends that a text begins with.
fn expression_end(text: &str) -> usize {
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::builtin;

    #[test]
    fn keeps_what_means_something() {
        assert_eq!(css("a  >  b { color : red ; }\n\n/* x */ c d{}"), "a > b{color :red}c d{}");
        assert_eq!(css("a{width:calc( 1px  +  2px )}"), "a{width:calc( 1px + 2px )}");
        assert_eq!(css(r#"a{content:"  /* no */ \"; }  "}"#), r#"a{content:"  /* no */ \"; }  "}"#);
        assert_eq!(css("a/* x */b{}"), "a b{}");
        assert_eq!(css("a::before { margin: 0 -1px }"), "a::before{margin:0 -1px}");
        assert_eq!(css(".a :is(b, c) :target { x: y }"), ".a :is(b,c) :target{x:y}");
        assert_eq!(css("'open"), "'open");
        assert_eq!(css("/* open"), "");
    }

    proptest::proptest! {
        #[test]
        fn strings_survive(before in "[a-z{};: /*]{0,20}", string in "[a-z{};: /*\u{e4}]{0,20}") {
            let comment_is_open = before.rsplit_once("/*").is_some_and(|(_, rest)| !rest.contains("*/"));
            proptest::prop_assume!(!before.contains("/*") || !comment_is_open);
            let quoted = format!("\"{string}\"");
            let compact = css(&format!("{before}{quoted}"));
            proptest::prop_assert!(compact.ends_with(&quoted), "{compact}");
        }
    }

    #[test]
    fn scripts_keep_the_spaces_that_mean_something() {
        for (text, compact) in [
            ("var a = b + c;", "var a=b+c;"),
            ("if (a) return \" x = \\\" y \" + 'it is';", "if(a)return\" x = \\\" y \"+'it is';"),
            ("a + +b - -c + ++d", "a+ +b- -c+ ++d"),
            ("x = a / b / c", "x=a/ b/ c"),
            ("x = /[/ ]+ \" \\/ /g in y", "x=/[/ ]+ \" \\/ /g in y"),
            ("return / a = b/.test(c , d)", "return/ a = b/.test(c,d)"),
            ("f(a) / 2 + b[1] / 2", "f(a)/ 2+b[1]/ 2"),
            ("a < !b && typeof c === 'd e'", "a< !b&&typeof c==='d e'"),
        ] {
            assert_eq!(js(text), format!("{compact}\n"));
        }
    }

    #[test]
    fn scripts_keep_their_lines() {
        assert_eq!(js("  a()\n\n  // note\n  b(\"//\") // c\n"), "a()\nb(\"//\")// c\n");
        let [engine, search] = builtin::SEARCH;
        for script in
            [builtin::BOOT, builtin::SCRIPT, builtin::MORE, builtin::REDIRECT, engine, search]
        {
            assert!(!script.contains('`') && !script.contains("/*"), "{script:.60}");
            assert!(!script.lines().any(|line| line.ends_with('\\')));
        }
    }
}
