//! From the dialect that Vale's rules are written in to the one that our engines take.
//!
//! Vale compiles patterns with a port of .NET's engine that also reads what Go's `regexp` does:
//! look-around of any length, references back, atomic groups, POSIX classes, `(?P<name>..)`.
//! `regex` and `fancy-regex` take nearly the same, but disagree about a few characters: which
//! escapes are letters, where a brace or bracket is itself, what `--` in a class means.

/// A translated pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translated {
    /// For the engine.
    pub pattern: String,
    /// A pattern without look-around and references that finds at least as much; empty where
    /// there is none.
    pub relaxed: String,
    /// Whether only an engine that backtracks can run it.
    pub backtracks: bool,
    /// Flags without a colon that are set outside of any group: in an alternation they hold for
    /// what follows too.
    pub carried: String,
}

/// Why a pattern cannot be translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Untranslatable(pub String);

struct Frame {
    look: bool,
    /// Where the group begins in the pattern.
    start: usize,
}

struct Translator<'a> {
    source: &'a str,
    at: usize,
    out: String,
    relaxed: String,
    /// How many look-arounds are open.
    muted: usize,
    frames: Vec<Frame>,
    backtracks: bool,
    carried: String,
    no_relaxed: bool,
}

/// Translates a pattern.
pub(super) fn translate(source: &str) -> Result<Translated, Untranslatable> {
    let mut translator = Translator {
        source,
        at: 0,
        out: String::with_capacity(source.len() + 8),
        relaxed: String::with_capacity(source.len()),
        muted: 0,
        frames: Vec::new(),
        backtracks: false,
        carried: String::new(),
        no_relaxed: false,
    };
    translator.run()?;
    Ok(Translated {
        pattern: translator.out,
        relaxed: if translator.no_relaxed { String::new() } else { translator.relaxed },
        backtracks: translator.backtracks,
        carried: translator.carried,
    })
}

fn wrong<T>(message: &str) -> Result<T, Untranslatable> {
    Err(Untranslatable(message.to_owned()))
}

impl<'a> Translator<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn emit(&mut self, text: &str) {
        self.out.push_str(text);
        if self.muted == 0 {
            self.relaxed.push_str(text);
        }
    }

    /// Something that only stands in the real pattern; `relaxed` gets what may stand for it.
    fn emit_real(&mut self, text: &str, relaxed: &str) {
        self.out.push_str(text);
        if self.muted == 0 {
            self.relaxed.push_str(relaxed);
        }
    }

    fn literal(&mut self, c: char) {
        if regex_syntax::is_meta_character(c) {
            let escaped = format!("\\{c}");
            self.emit(&escaped);
        } else {
            self.emit(c.encode_utf8(&mut [0; 4]));
        }
    }

    fn run(&mut self) -> Result<(), Untranslatable> {
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' => self.open()?,
                ')' => self.close()?,
                '{' => match quantifier(self.rest()) {
                    Some(len) => {
                        let text = format!("{{{}", self.rest().get(..len).unwrap_or_default());
                        self.at += len;
                        self.emit(&text);
                    }
                    None => self.emit("\\{"),
                },
                '}' => self.emit("\\}"),
                ']' => self.emit("\\]"),
                c => self.emit(c.encode_utf8(&mut [0; 4])),
            }
        }
        if self.frames.is_empty() { Ok(()) } else { wrong("a `(` is not closed") }
    }

    fn escape(&mut self, in_class: bool) -> Result<(), Untranslatable> {
        let Some(c) = self.next() else { return wrong("it ends with a backslash") };
        match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'n' | 'r' | 't' | 'f' | 'v' => {
                self.emit(&format!("\\{c}"));
            }
            'b' if in_class => self.emit("\\x08"),
            'b' | 'B' | 'A' | 'z' if !in_class => self.emit(&format!("\\{c}")),
            'Z' if !in_class => self.emit("\\z"),
            'G' if !in_class => {
                self.backtracks = true;
                self.emit_real("\\G", "");
            }
            'a' => self.emit("\\x07"),
            'e' => self.emit("\\x1B"),
            'c' => match self.next() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    let code = u32::from(letter.to_ascii_uppercase()) - 64;
                    self.emit(&format!("\\x{{{code:X}}}"));
                }
                _ => return wrong("`\\c` needs a letter"),
            },
            'u' => self.code_point(4)?,
            'x' => self.code_point(2)?,
            'p' | 'P' => self.property(c)?,
            'Q' if !in_class => {
                let rest = self.rest();
                let end = rest.find("\\E").unwrap_or(rest.len());
                let quoted = regex_syntax::escape(rest.get(..end).unwrap_or_default());
                self.at += end + 2.min(rest.len() - end);
                self.emit(&quoted);
            }
            'k' if !in_class => {
                let rest = self.rest();
                let end = match rest.chars().next() {
                    Some('<') => rest.find('>'),
                    Some('\'') => rest.get(1..).and_then(|name| name.find('\'')).map(|at| at + 1),
                    _ => None,
                };
                let Some(name) = end.and_then(|end| rest.get(1..end)) else {
                    return wrong("`\\k` needs the name of a group");
                };
                self.at += name.len() + 2;
                self.backtracks = true;
                self.emit_real(&format!("\\k<{name}>"), "(?s:.*)");
            }
            '0' => self.emit("\\x00"),
            '1'..='9' if !in_class => {
                self.backtracks = true;
                self.emit_real(&format!("\\{c}"), "(?s:.*)");
            }
            c => self.literal(c),
        }
        Ok(())
    }

    fn code_point(&mut self, digits: usize) -> Result<(), Untranslatable> {
        let rest = self.rest();
        let (hex, len) = match rest.strip_prefix('{') {
            Some(inner) => match inner.find('}') {
                Some(end) => (inner.get(..end).unwrap_or_default(), end + 2),
                None => return wrong("a `{` of a code point is not closed"),
            },
            None => (rest.get(..digits).unwrap_or_default(), digits),
        };
        match u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
            Some(c) => {
                self.at += len;
                self.emit(&format!("\\x{{{:X}}}", u32::from(c)));
                Ok(())
            }
            None => wrong("a code point is not written in hexadecimal digits"),
        }
    }

    /// `\p{L}`, `\pL`, and .NET's `\p{IsGreek}`, which is a block's name.
    fn property(&mut self, kind: char) -> Result<(), Untranslatable> {
        let rest = self.rest();
        let (name, len) = match rest.strip_prefix('{') {
            Some(inner) => match inner.find('}') {
                Some(end) => (inner.get(..end).unwrap_or_default(), end + 2),
                None => return wrong("a `{` of a property is not closed"),
            },
            None => match rest.chars().next() {
                Some(c) => (rest.get(..c.len_utf8()).unwrap_or_default(), c.len_utf8()),
                None => return wrong("`\\p` needs a property"),
            },
        };
        self.at += len;
        let name = name.strip_prefix("Is").unwrap_or(name);
        self.emit(&format!("\\{kind}{{{name}}}"));
        Ok(())
    }

    fn open(&mut self) -> Result<(), Untranslatable> {
        let start = self.out.len();
        if !self.eat("?") {
            self.emit("(");
            self.frames.push(Frame { look: false, start });
            return Ok(());
        }
        if self.eat("#") {
            let Some(end) = self.rest().find(')') else { return wrong("a comment is not closed") };
            self.at += end + 1;
            return Ok(());
        }
        for look in ["<=", "<!", "=", "!"] {
            if self.eat(look) {
                self.backtracks = true;
                self.out.push_str("(?");
                self.out.push_str(look);
                self.muted += 1;
                self.frames.push(Frame { look: true, start });
                return Ok(());
            }
        }
        if self.eat(">") {
            self.backtracks = true;
            self.emit_real("(?>", "(?:");
        } else if self.eat("(") {
            // A conditional: what it needs is for the engine to say.
            self.backtracks = true;
            self.no_relaxed = true;
            self.at -= 1;
            self.out.push_str("(?");
        } else if self.eat("P=") {
            let Some(end) = self.rest().find(')') else { return wrong("a `(` is not closed") };
            let name = self.rest().get(..end).unwrap_or_default().to_owned();
            self.at += end + 1;
            self.backtracks = true;
            self.emit_real(&format!("\\k<{name}>"), "(?s:.*)");
            return Ok(());
        } else if self.eat("P<") || self.eat("<") {
            self.named('>')?;
        } else if self.eat("'") {
            self.named('\'')?;
        } else {
            return self.flags(start);
        }
        self.frames.push(Frame { look: false, start });
        Ok(())
    }

    fn named(&mut self, end: char) -> Result<(), Untranslatable> {
        let rest = self.rest();
        let name = rest.find(end).and_then(|end| rest.get(..end)).unwrap_or_default();
        if name.contains('-') {
            return wrong("balancing groups are not supported");
        }
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return wrong("a group's name cannot be read");
        }
        self.at += name.len() + 1;
        // A group with a number for a name.
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            self.emit("(");
        } else {
            self.emit(&format!("(?P<{name}>"));
        }
        Ok(())
    }

    /// `(?i)`, `(?i:`, `(?:`.
    fn flags(&mut self, start: usize) -> Result<(), Untranslatable> {
        let rest = self.rest();
        let Some(end) = rest.find([':', ')']) else { return wrong("a `(` is not closed") };
        let flags = rest.get(..end).unwrap_or_default();
        if !flags.chars().all(|c| matches!(c, 'i' | 'm' | 'n' | 's' | 'x' | 'U' | '-')) {
            return wrong("a group's kind is not known");
        }
        // `n` takes the numbers from groups, which changes no match.
        let kept: String = flags.chars().filter(|c| *c != 'n').collect();
        let kept = kept.trim_end_matches('-');
        let scoped = rest.as_bytes().get(end) == Some(&b':');
        self.at += end + 1;
        if scoped {
            self.emit(&format!("(?{kept}:"));
            self.frames.push(Frame { look: false, start });
        } else if !kept.is_empty() {
            let flags = format!("(?{kept})");
            if self.frames.is_empty() {
                self.carried.push_str(&flags);
            }
            self.emit(&flags);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Untranslatable> {
        let Some(frame) = self.frames.pop() else { return wrong("a `)` closes nothing") };
        if !frame.look {
            self.emit(")");
            return Ok(());
        }
        self.muted = self.muted.saturating_sub(1);
        self.out.push(')');
        // Our engines refuse to repeat what takes no room. As often as one likes means it may be
        // missing, so that it says nothing; once or more means once.
        let optional = match self.rest().chars().next() {
            Some('?' | '*') => {
                self.at += 1;
                true
            }
            Some('+') => {
                self.at += 1;
                false
            }
            Some('{') => match self.rest().get(1..).and_then(quantifier) {
                Some(len) => {
                    let zero = self.rest().get(1..2) == Some("0");
                    self.at += len + 1;
                    zero
                }
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        self.eat("?");
        if optional {
            self.out.truncate(frame.start);
        }
        Ok(())
    }

    fn class(&mut self) -> Result<(), Untranslatable> {
        self.emit("[");
        if self.eat("^") {
            self.emit("^");
        }
        let mut first = true;
        // Whether the item before may begin a range, and whether a range was begun.
        let mut single = false;
        loop {
            let Some(c) = self.next() else { return wrong("a `[` is not closed") };
            match c {
                ']' if !first => break,
                '[' if self.rest().starts_with(':') && self.rest().contains(":]") => {
                    let end = self.rest().find(":]").unwrap_or_default() + 2;
                    let name = format!("[{}", self.rest().get(..end).unwrap_or_default());
                    self.at += end;
                    self.emit(&name);
                    single = false;
                }
                '-' if self.rest().starts_with('[') && self.rest().contains("]]") && !first => {
                    self.emit("--");
                    self.at += 1;
                    self.class()?;
                }
                '-' => {
                    let next = self.rest();
                    let shorthand = ["\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\p", "\\P", "[:"];
                    let range = single
                        && !next.starts_with(']')
                        && !shorthand.iter().any(|class| next.starts_with(class));
                    if range {
                        self.emit("-");
                        match self.next() {
                            Some('\\') => self.escape(true)?,
                            Some(end) => self.class_literal(end),
                            None => return wrong("a `[` is not closed"),
                        }
                        single = false;
                    } else {
                        self.emit("\\-");
                        single = false;
                    }
                }
                '\\' => {
                    let next = self.rest().chars().next();
                    self.escape(true)?;
                    single = !matches!(next, Some('w' | 'W' | 'd' | 'D' | 's' | 'S' | 'p' | 'P'));
                }
                c => {
                    self.class_literal(c);
                    single = true;
                }
            }
            first = false;
        }
        self.emit("]");
        Ok(())
    }

    fn class_literal(&mut self, c: char) {
        if matches!(c, '[' | ']' | '^' | '-' | '&' | '~' | '\\') {
            self.emit(&format!("\\{c}"));
        } else {
            self.emit(c.encode_utf8(&mut [0; 4]));
        }
    }
}

/// The length of `n}`, `n,}`, `n,m}` at the beginning of a text.
fn quantifier(rest: &str) -> Option<usize> {
    let end = rest.find('}')?;
    let inner = rest.get(..end)?;
    let (min, max) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (!min.is_empty() && digits(min) && digits(max)).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(source: &str) -> String {
        translate(source).unwrap().pattern
    }

    #[test]
    fn dialects_that_agree_are_left_alone() {
        for same in [
            "colou?rs?",
            r"\b[A-Z]{2,3}\d+\b",
            "(?i:beta)|alpha",
            r"[[:upper:]][[:digit:]]+",
            r"(?<!data )centre(?! on)",
            r"(?>a+)ab",
        ] {
            assert_eq!(pattern(same), same);
        }
    }

    #[test]
    fn brackets_and_braces_that_are_themselves() {
        assert_eq!(pattern("{x}"), r"\{x\}");
        assert_eq!(pattern("a]b"), r"a\]b");
        assert_eq!(pattern("[^[]"), r"[^\[]");
        assert_eq!(pattern(r"[\w-_]"), r"[\w\-_]");
        assert_eq!(pattern("[a-c-]"), r"[a-c\-]");
        assert_eq!(pattern("[-a]"), r"[\-a]");
        assert_eq!(pattern("[&&~~]"), r"[\&\&\~\~]");
        assert_eq!(pattern("[]a]"), r"[\]a]");
        assert_eq!(pattern("[a-z-[aeiou]]"), "[a-z--[aeiou]]");
    }

    #[test]
    fn escapes_that_mean_something_else_here() {
        assert_eq!(pattern(r"\<b\>"), "<b>");
        assert_eq!(pattern(r"\/\:\ "), "/: ");
        assert_eq!(pattern(r"\x{00B5}\u2013\xe4"), r"\x{B5}\x{2013}\x{E4}");
        assert_eq!(pattern(r"\p{IsGreek}\pL"), r"\p{Greek}\p{L}");
        assert_eq!(pattern(r"\Qa.b\E+"), r"a\.b+");
        assert_eq!(pattern(r"(?<a>tick|knock) \k<a>"), r"(?P<a>tick|knock) \k<a>");
    }

    #[test]
    fn repeated_look_around_is_resolved() {
        assert_eq!(pattern("a(?!b)?c"), "ac");
        assert_eq!(pattern("a(?=b)*?c"), "ac");
        assert_eq!(pattern("a(?!b)+c"), "a(?!b)c");
        assert_eq!(pattern("a(?!b){0,1}c"), "ac");
    }

    #[test]
    fn the_relaxed_pattern_finds_at_least_as_much() {
        let translated = translate(r"(?<!data )(\w+)-\1(?= USD)x").unwrap();
        assert_eq!(translated.relaxed, r"(\w+)-(?s:.*)x");
        assert!(translated.backtracks);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for bad in ["(pipe", "pi[pe", "pipe)", "a\\", "(?<a-b>x)", "(?y)x"] {
            assert!(translate(bad).is_err(), "{bad}");
        }
    }
}
