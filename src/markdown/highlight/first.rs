//! Where a regular expression of a grammar can match at all.
//!
//! A context of a grammar has up to hundreds of expressions, and most of them cannot match at a
//! given place because of the character that stands there. [`Start`] says which characters an
//! expression can begin with; an expression that is not understood can begin with any. All that
//! counts is that a [`Start`] never excludes a place where the expression matches.
//!
//! The syntax is Oniguruma's, as its document `doc/RE` describes it.

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    const NONE: Bytes = Bytes([0; 4]);
    const ALL: Bytes = Bytes([u64::MAX; 4]);
    /// What characters outside of ASCII begin with.
    const OTHER: Bytes = Bytes([0, 0, u64::MAX, u64::MAX]);

    pub fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }

    fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    fn join(&mut self, other: Bytes) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn or(mut self, other: Bytes) -> Bytes {
        self.join(other);
        self
    }

    fn count_ascii(&self) -> u32 {
        let [a, b, ..] = self.0;
        a.count_ones() + b.count_ones()
    }

    fn of(bytes: impl IntoIterator<Item = u8>) -> Bytes {
        let mut set = Bytes::NONE;
        bytes.into_iter().for_each(|byte| set.add(byte));
        set
    }

    /// All ASCII bytes that a function picks.
    fn ascii(pick: fn(&u8) -> bool) -> Bytes {
        Bytes::of((0..128).filter(pick))
    }

    /// What a character begins with.
    fn char(c: char, ignore_case: bool) -> Bytes {
        let Some(byte) = u8::try_from(c).ok().filter(u8::is_ascii) else {
            return if ignore_case { Bytes::ALL } else { Bytes::OTHER };
        };
        if ignore_case && byte.is_ascii_alphabetic() {
            // Some letters outside of ASCII are the same as one of ASCII, but for case.
            let mut set = Bytes::of([byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]);
            set.join(Bytes::OTHER);
            set
        } else {
            Bytes::of([byte])
        }
    }

    /// The complement; characters outside of ASCII may always be in it.
    fn not(self) -> Bytes {
        let [a, b, ..] = self.0;
        Bytes([!a, !b, u64::MAX, u64::MAX])
    }
}

/// Where an expression can match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// The bytes that can stand at the place.
    pub bytes: Bytes,
    /// Those of them that can stand there where no word begins or ends.
    within: Bytes,
    /// It can match at the end of the text.
    pub end: bool,
    /// Only at the beginning of the text, which is one line.
    pub line_start: bool,
    seconds: Seconds,
}

impl Start {
    /// The start of an expression of which nothing is known.
    fn anywhere() -> Start {
        Start {
            bytes: Bytes::ALL,
            within: Bytes::ALL,
            end: true,
            line_start: false,
            seconds: Seconds::default(),
        }
    }

    /// Reads an expression.
    pub fn of(expression: &str) -> Start {
        let mut parser = Parser { rest: expression, extended: false, ignore_case: false, depth: 0 };
        match parser.alternatives() {
            Some(node) if parser.rest.is_empty() => Start {
                bytes: if node.pass { Bytes::ALL } else { node.bytes },
                within: if node.pass_within { Bytes::ALL } else { node.within },
                end: node.pass || node.end,
                line_start: node.line_start,
                seconds: if node.pass { Seconds::default() } else { node.seconds },
            },
            _ => Start::anywhere(),
        }
    }

    /// Whether it can begin with a byte, which is in [`Start::bytes`], where another one follows;
    /// `boundary` where a word may begin or end there.
    pub fn fits(&self, first: u8, second: Option<u8>, boundary: bool) -> bool {
        (boundary || self.within.contains(first))
            && match self.seconds.after(first) {
                None => true,
                Some(seconds) => second.is_some_and(|second| seconds.contains(second)),
            }
    }
}

/// Which bytes can follow those that an expression begins with, for those of which it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Seconds(Vec<(u8, Bytes)>);

impl Seconds {
    /// What follows is only kept for so few bytes: a class of letters says nothing.
    const MOST: u32 = 4;

    fn after(&self, first: u8) -> Option<&Bytes> {
        let at = self.0.binary_search_by_key(&first, |(byte, _)| *byte).ok()?;
        self.0.get(at).map(|(_, seconds)| seconds)
    }

    /// The bytes of one character, all of them followed by the same.
    fn all(first: Bytes, seconds: Bytes) -> Seconds {
        if seconds == Bytes::ALL || first.count_ascii() > Seconds::MOST {
            return Seconds::default();
        }
        let ascii = (0..128).filter(|byte| first.contains(*byte));
        Seconds(ascii.map(|byte| (byte, seconds)).collect())
    }

    /// What is known where it may be the one or the other.
    fn or(mut self, own: Bytes, other: Seconds, others: Bytes) -> Seconds {
        self.0.retain_mut(|(byte, seconds)| match other.after(*byte) {
            Some(more) => {
                seconds.join(*more);
                true
            }
            None => !others.contains(*byte),
        });
        self.0.extend(other.0.into_iter().filter(|(byte, _)| !own.contains(*byte)));
        self.0.sort_unstable_by_key(|(byte, _)| *byte);
        self
    }
}

/// What a part of an expression says of the place where it begins to match.
#[derive(Debug, Clone)]
struct Node {
    /// The bytes that it can begin with.
    bytes: Bytes,
    /// Those of them that it can begin with where no word begins or ends.
    within: Bytes,
    /// It can match at the end without reading anything, and nothing else than the end is asked.
    end: bool,
    /// It can match without saying anything about what stands there, so what follows counts too.
    pass: bool,
    /// The same, where no word begins or ends.
    pass_within: bool,
    /// It never reads anything.
    zero: bool,
    /// It reads one character and is done.
    one: bool,
    line_start: bool,
    seconds: Seconds,
}

impl Node {
    /// Reads nothing and says nothing.
    fn nothing() -> Node {
        Node {
            bytes: Bytes::NONE,
            within: Bytes::NONE,
            end: false,
            pass: true,
            pass_within: true,
            zero: true,
            one: false,
            line_start: false,
            seconds: Seconds(Vec::new()),
        }
    }

    /// May be anything.
    fn unknown() -> Node {
        Node { bytes: Bytes::ALL, within: Bytes::ALL, end: true, zero: false, ..Node::nothing() }
    }

    /// Asks for the beginning or end of a word.
    fn boundary() -> Node {
        Node { pass_within: false, ..Node::nothing() }
    }

    fn reads(bytes: Bytes) -> Node {
        Node {
            bytes,
            within: bytes,
            pass: false,
            pass_within: false,
            zero: false,
            one: true,
            ..Node::nothing()
        }
    }

    /// Asks for the end of the text, or one of these bytes.
    fn ends(bytes: Bytes) -> Node {
        Node { end: true, zero: true, one: false, ..Node::reads(bytes) }
    }

    /// Whether it matches only where a word begins or ends.
    fn is_bound(&self) -> bool {
        !self.pass_within && self.within == Bytes::NONE
    }

    fn then(self, next: Node) -> Node {
        let next_is_bound = next.is_bound();
        let mut both = self;
        if both.one && !next.pass && !next.end {
            // Of what is said of one place, the last is what the next character begins with.
            both.seconds = Seconds::all(both.bytes, next.bytes);
        } else if both.pass {
            both.seconds = match both.bytes {
                Bytes::NONE => next.seconds,
                bytes => both.seconds.or(bytes, next.seconds, next.bytes),
            };
        }
        both.one = both.zero && both.pass && next.one && both.bytes == Bytes::NONE;
        if both.pass {
            both.bytes.join(next.bytes);
            both.end |= next.end;
            if both.pass_within {
                both.within.join(next.within);
            }
            both.pass = next.pass;
            both.pass_within &= next.pass_within;
        }
        if both.zero {
            both.line_start |= next.line_start;
            if next_is_bound {
                both.within = Bytes::NONE;
            }
        }
        both.zero &= next.zero;
        both
    }

    fn or(self, other: Node) -> Node {
        Node {
            seconds: self.seconds.or(self.bytes, other.seconds, other.bytes),
            bytes: self.bytes.or(other.bytes),
            within: self.within.or(other.within),
            end: self.end || other.end,
            pass: self.pass || other.pass,
            pass_within: self.pass_within || other.pass_within,
            zero: self.zero && other.zero,
            one: self.one && other.one,
            line_start: self.line_start && other.line_start,
        }
    }

    fn optional(self) -> Node {
        Node { pass: true, pass_within: true, zero: false, one: false, line_start: false, ..self }
    }

    /// As often as it likes, but once.
    fn repeated(self) -> Node {
        Node { one: false, ..self }
    }
}

/// Groups may nest this deep.
const MAX_DEPTH: usize = 60;

struct Parser<'a> {
    rest: &'a str,
    extended: bool,
    ignore_case: bool,
    depth: usize,
}

/// A set of a character class, and whether it is exactly that.
#[derive(Clone, Copy)]
struct Set {
    bytes: Bytes,
    exact: bool,
}

impl Set {
    const ANY: Set = Set { bytes: Bytes::ALL, exact: false };

    fn exact(mut bytes: Bytes) -> Set {
        bytes.join(Bytes::OTHER);
        Set { bytes, exact: true }
    }

    fn not(self) -> Set {
        if self.exact { Set::exact(self.bytes.not()) } else { Set::ANY }
    }
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// What stands before a character, which is eaten too.
    fn until(&mut self, end: char) -> Option<&str> {
        let (before, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(before)
    }

    fn alternatives(&mut self) -> Option<Node> {
        let mut all = self.sequence()?;
        while self.eat("|") {
            all = all.or(self.sequence()?);
        }
        Some(all)
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut all = Node::nothing();
        loop {
            if self.extended {
                self.skip_space();
            }
            match self.peek() {
                None | Some('|' | ')') => return Some(all),
                Some(_) => {
                    let node = self.atom()?;
                    all = all.then(self.quantified(node)?);
                }
            }
        }
    }

    fn skip_space(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    fn quantified(&mut self, mut node: Node) -> Option<Node> {
        loop {
            if self.extended {
                self.skip_space();
            }
            if self.eat("?") || self.eat("*") {
                node = node.optional();
            } else if self.eat("+") {
                node = node.repeated();
            } else if self.rest.starts_with('{') {
                let Some((inside, rest)) = self.rest.get(1..).and_then(|r| r.split_once('}'))
                else {
                    return Some(node);
                };
                let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
                let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
                if !is_digits(least) || !is_digits(most) || inside.is_empty() || inside == "," {
                    // A brace that means itself.
                    return Some(node);
                }
                node = match least.is_empty() || least.parse() == Ok(0_u32) {
                    true => node.optional(),
                    false => node.repeated(),
                };
                self.rest = rest;
            } else {
                return Some(node);
            }
        }
    }

    fn atom(&mut self) -> Option<Node> {
        Some(match self.next()? {
            '(' => self.group()?,
            '[' => Node::reads(self.class()?.bytes),
            '.' => Node::reads(Bytes::ALL),
            '^' => Node { line_start: true, ..Node::nothing() },
            '$' => Node::ends(Bytes::of(*b"\n")),
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            c => Node::reads(Bytes::char(c, self.ignore_case)),
        })
    }

    fn group(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let (extended, ignore_case) = (self.extended, self.ignore_case);
        let node = self.group_inside()?;
        // Settings inside a group end with it, unless it is nothing but settings.
        if let Some(node) = node {
            (self.extended, self.ignore_case) = (extended, ignore_case);
            if !self.eat(")") {
                return None;
            }
            self.depth -= 1;
            return Some(node);
        }
        self.depth -= 1;
        Some(Node::nothing())
    }

    /// The inside of a group up to its parenthesis; none for settings, parenthesis and all.
    #[allow(clippy::option_option)]
    fn group_inside(&mut self) -> Option<Option<Node>> {
        if !self.eat("?") {
            return Some(Some(self.alternatives()?));
        }
        if self.eat(":") || self.eat(">") {
            return Some(Some(self.alternatives()?));
        }
        if self.eat("=") {
            let inside = self.alternatives()?;
            let line_start = inside.line_start;
            let ahead = match (inside.pass, inside.is_bound()) {
                (false, _) => inside,
                (true, true) => Node::boundary(),
                (true, false) => Node::nothing(),
            };
            return Some(Some(Node { zero: true, one: false, line_start, ..ahead }));
        }
        if self.eat("!") || self.eat("<=") || self.eat("<!") {
            self.alternatives()?;
            return Some(Some(Node::nothing()));
        }
        if self.eat("#") {
            self.until(')')?;
            return Some(None);
        }
        if self.eat("<") {
            let name = self.until('>')?;
            if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return None;
            }
            return Some(Some(self.alternatives()?));
        }
        let mut on = true;
        loop {
            match self.next()? {
                '-' => on = false,
                'x' => self.extended = on,
                'i' => self.ignore_case = on,
                'm' => {}
                ':' => return Some(Some(self.alternatives()?)),
                ')' => return Some(None),
                _ => return None,
            }
        }
    }

    /// What stands behind a backslash outside of a class.
    fn escape(&mut self) -> Option<Node> {
        let c = self.peek()?;
        let node = match c {
            'b' => Node::boundary(),
            'B' => Node::nothing(),
            'A' => Node { line_start: true, ..Node::nothing() },
            'Z' => Node::ends(Bytes::of(*b"\n")),
            'z' => Node::ends(Bytes::NONE),
            // These may read several characters.
            'R' | 'X' | 'N' | 'O' => Node::reads(Bytes::ALL).repeated(),
            '1'..='9' => Node::unknown(),
            'k' | 'g' => {
                self.until('>')?;
                return Some(Node::unknown());
            }
            'G' | 'K' | 'y' | 'Y' => return None,
            _ => return Some(Node::reads(self.escaped_set()?.bytes)),
        };
        self.next();
        Some(node)
    }

    /// The characters that an escape stands for.
    fn escaped_set(&mut self) -> Option<Set> {
        Some(match self.next()? {
            'w' => Set::exact(Bytes::ascii(is_word)),
            'W' => Set::exact(Bytes::ascii(is_word)).not(),
            's' => Set::exact(Bytes::ascii(is_space)),
            'S' => Set::exact(Bytes::ascii(is_space)).not(),
            'd' => Set::exact(Bytes::ascii(u8::is_ascii_digit)),
            'D' => Set::exact(Bytes::ascii(u8::is_ascii_digit)).not(),
            'h' => Set::exact(Bytes::ascii(u8::is_ascii_hexdigit)),
            'H' => Set::exact(Bytes::ascii(u8::is_ascii_hexdigit)).not(),
            class @ ('p' | 'P') => {
                if !self.eat("{") {
                    return None;
                }
                let ignore_case = self.ignore_case;
                let name = self.until('}')?;
                let (name, negated) = match name.strip_prefix('^') {
                    Some(name) => (name, class == 'p'),
                    None => (name, class == 'P'),
                };
                let set = property(name, ignore_case);
                if negated { set.not() } else { set }
            }
            c => {
                let c = self.escaped_char(c)?;
                let exact = c.is_ascii();
                Set { bytes: Bytes::char(c, self.ignore_case), exact }
            }
        })
    }

    /// The character that an escape stands for.
    fn escaped_char(&mut self, c: char) -> Option<char> {
        Some(match c {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            'e' => '\u{1b}',
            'x' => {
                let digits = if self.eat("{") { self.until('}')?.to_owned() } else { self.hex(2) };
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            'u' => char::from_u32(u32::from_str_radix(&self.hex(4), 16).ok()?)?,
            c if c.is_ascii_alphanumeric() => return None,
            c => c,
        })
    }

    fn hex(&mut self, most: usize) -> String {
        let digits: String =
            self.rest.chars().take(most).take_while(char::is_ascii_hexdigit).collect();
        self.rest = self.rest.get(digits.len()..).unwrap_or_default();
        digits
    }

    /// A class, behind its opening bracket.
    fn class(&mut self) -> Option<Set> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let negated = self.eat("^");
        if self.rest.starts_with(']') {
            return None;
        }
        let mut set = Set { bytes: Bytes::NONE, exact: true };
        let add = |set: &mut Set, more: Set| {
            set.bytes.join(more.bytes);
            set.exact &= more.exact;
        };
        loop {
            let c = self.next()?;
            match c {
                ']' => break,
                '&' if self.rest.starts_with('&') => {
                    // What stands so far holds the intersection, but not exactly.
                    set.exact = false;
                    set.bytes = if set.bytes == Bytes::NONE { Bytes::ALL } else { set.bytes };
                    self.next();
                }
                '[' if self.rest.starts_with(':') => {
                    let (name, rest) = self.rest.get(1..)?.split_once(":]")?;
                    add(&mut set, posix(name, self.ignore_case));
                    self.rest = rest;
                }
                '[' => {
                    let inner = self.class()?;
                    add(&mut set, inner);
                }
                c => {
                    let first = match c {
                        '\\' if self.peek().is_some_and(|c| "wWsSdDhHpP".contains(c)) => {
                            let escaped = self.escaped_set()?;
                            add(&mut set, escaped);
                            continue;
                        }
                        '\\' => self.class_char()?,
                        c => c,
                    };
                    let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
                    if !is_range {
                        let exact = first.is_ascii();
                        let bytes = Bytes::char(first, self.ignore_case);
                        add(&mut set, Set { bytes, exact });
                        continue;
                    }
                    self.next();
                    let last = match self.next()? {
                        '\\' if self.peek().is_some_and(|c| "wWsSdDhHpP".contains(c)) => {
                            return None;
                        }
                        '\\' => self.class_char()?,
                        '[' => return None,
                        c => c,
                    };
                    let mut range = Bytes::NONE;
                    for byte in 0..128_u8 {
                        if (first..=last).contains(&char::from(byte)) {
                            range.join(Bytes::char(char::from(byte), self.ignore_case));
                        }
                    }
                    let foreign = self.ignore_case && !last.is_ascii();
                    add(&mut set, if foreign { Set::ANY } else { Set::exact(range) });
                }
            }
        }
        self.depth -= 1;
        Some(if negated { set.not() } else { set })
    }

    /// A single character behind a backslash in a class, where `\b` is the backspace.
    fn class_char(&mut self) -> Option<char> {
        match self.next()? {
            'b' => Some('\u{8}'),
            c => self.escaped_char(c),
        }
    }
}

/// A property of characters: what it is among those of ASCII.
fn property(name: &str, ignore_case: bool) -> Set {
    let pick: fn(&u8) -> bool = match name {
        "L" | "Letter" | "Alpha" | "Alphabetic" => u8::is_ascii_alphabetic,
        "Lu" | "Uppercase_Letter" | "Ll" | "Lowercase_Letter" if ignore_case => {
            u8::is_ascii_alphabetic
        }
        "Lu" | "Uppercase_Letter" => u8::is_ascii_uppercase,
        "Ll" | "Lowercase_Letter" => u8::is_ascii_lowercase,
        "N" | "Number" | "Nd" | "Decimal_Number" | "Digit" => u8::is_ascii_digit,
        // No character of ASCII is a title case letter, a modifier, a mark, or a letter of no case.
        "Lt" | "Lm" | "Lo" | "M" | "Mn" | "Mc" | "Nl" if !ignore_case => |_| false,
        _ => return Set::ANY,
    };
    Set::exact(Bytes::ascii(pick))
}

fn posix(name: &str, ignore_case: bool) -> Set {
    let pick: fn(&u8) -> bool = match name {
        "alpha" => u8::is_ascii_alphabetic,
        "alnum" => u8::is_ascii_alphanumeric,
        "digit" => u8::is_ascii_digit,
        "xdigit" => u8::is_ascii_hexdigit,
        "word" => is_word,
        "space" => is_space,
        "blank" => |byte| matches!(byte, b' ' | b'\t'),
        "upper" | "lower" if ignore_case => u8::is_ascii_alphabetic,
        "upper" => u8::is_ascii_uppercase,
        "lower" => u8::is_ascii_lowercase,
        _ => return Set::ANY,
    };
    Set::exact(Bytes::ascii(pick))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ASCII characters that an expression can begin with; `$` behind a space for the end.
    fn starts(expression: &str) -> String {
        let start = Start::of(expression);
        let mut shown: String =
            (33..127).filter(|byte| start.bytes.contains(*byte)).map(char::from).collect();
        if start.end {
            shown.push_str(" $");
        }
        shown
    }

    #[test]
    fn what_expressions_begin_with() {
        assert_eq!(starts("abc|d+"), "ad");
        assert_eq!(starts("a?b*c"), "abc");
        assert_eq!(starts("a{0,2}b{3}c"), "ab");
        assert_eq!(starts(r"\b(?:if|else)\b"), "ei");
        assert_eq!(
            starts(
                r"(?x) # a comment
            ( x y | [z] )  "
            ),
            "xz"
        );
        assert_eq!(starts("(?i:a)b"), "Aa");
        assert_eq!(starts("(?i)a|b"), "ABab");
        assert_eq!(starts(r"(?<=x)\.(?!y)"), ".");
        assert_eq!(starts(r"(?=[{(])\s*x"), "({");
        assert_eq!(starts(r"\s*\d"), "0123456789");
        assert_eq!(starts(r"[a-c&&b]"), "abc");
        assert_eq!(starts(r"[^!-~]"), "");
        assert_eq!(starts(r"[^\w\W]"), "");
        assert_eq!(starts(r"\x41|\x{42}|\u0043"), "ABC");
        assert_eq!(starts(r"[\]\-x-z]"), "-]xyz");
        assert_eq!(starts(r"[[:digit:]_]"), "0123456789_");
        assert_eq!(starts(r"[\p{Nd}_]"), "0123456789_");
        assert_eq!(starts(r"(?=\p{Lu})[^\P{Lu}D-Z]").len(), 26);
        assert_eq!(starts(r"[^\P{Lu}D-Z]"), "ABC");
        assert_eq!(starts(r"[^\p{^Lu}D-Z]"), "ABC");
        assert_eq!(starts(r"(?=\s|$)"), " $");
        assert_eq!(starts("{a"), "{");
        assert_eq!(starts("a{,b"), "a");
    }

    #[test]
    fn where_expressions_can_stand() {
        assert!(Start::of(r"^\s*a").line_start);
        assert!(Start::of("(?:^|^ )a").line_start);
        assert!(!Start::of("^a|b").line_start);
        assert!(!Start::of("(?:^)?a").line_start);
    }

    #[test]
    fn what_stands_within_words() {
        let within = |expression: &str| {
            let start = Start::of(expression);
            let fits = |byte: &u8| start.bytes.contains(*byte) && start.fits(*byte, None, false);
            let found: String = (33..127).filter(fits).map(char::from).collect();
            found
        };
        assert_eq!(within(r"(?<!\.)\b(a)"), "");
        assert_eq!(within(r"a\b"), "a");
        assert_eq!(within(r"(?:(:)\s*)?\ba"), ":");
        assert_eq!(within(r"(?=(?!t)(?::)?(?:\ba\b)*\bb)"), ":");
        assert_eq!(within(r"(?=a)\b"), "");
        assert_eq!(within(r"(?=a|b*)\bb"), "");
        assert_eq!(within(r"(?=\ba)b"), "");
        assert_eq!(within(r"\ba|b"), "b");
        assert_eq!(within(r"(?:\b)?a"), "a");
    }

    #[test]
    fn what_stands_second() {
        let seconds = |expression: &str, first: u8| {
            let start = Start::of(expression);
            let fits = |byte: &u8| start.fits(first, Some(*byte), true);
            let found: String = (33..127).filter(fits).map(char::from).collect();
            if found.len() == 94 { "any".to_owned() } else { found }
        };
        assert_eq!(seconds(r"\b(break|case|continue|b=)\b", b'b'), "=r");
        assert_eq!(seconds(r"\b(break|case|continue)\b", b'c'), "ao");
        assert_eq!(seconds(r"/\*", b'/'), "*");
        assert_eq!(seconds(r"(a)(?:b|c)", b'a'), "bc");
        assert_eq!(seconds(r"(?=ab|ac)", b'a'), "bc");
        for open in
            ["a", "a+b", "a{1,2}b", "a?b", "ab?", "ab|a", r"a\b", "a$", "a|ab", r"a(?=b|)c", "a?ab"]
        {
            assert_eq!(seconds(open, b'a'), "any", "{open}");
        }
        assert_eq!(seconds("(?:a|bx?)c", b'b'), "any");
        assert_eq!(seconds("(?i)ab", b'A'), "Bb");
        assert!(Start::of("(?i)as").fits(b'a', Some("ſ".as_bytes()[0]), true));
    }

    #[test]
    fn what_is_not_understood_can_stand_anywhere() {
        for expression in [r"\Ga", r"a\K", "", "a*", r"(?~a)", r"\1", "(?=a*)b?", "(", "[a", "*"] {
            assert_eq!(Start::of(expression), Start::anywhere(), "{expression}");
        }
        assert_eq!(starts(r"\p{Greek}").len(), 94);
        assert_eq!(starts("[^[:punct:]]").len(), 94);
    }
}
