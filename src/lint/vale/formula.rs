//! Formulas of `metric` rules: numbers, names, `+ - * /`, comparisons and a few functions.

use std::collections::BTreeMap;

/// A formula that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Formula {
    Number(f64),
    Name(String),
    Negate(Box<Formula>),
    Not(Box<Formula>),
    Binary(&'static str, Box<Formula>, Box<Formula>),
    Call(String, Vec<Formula>),
}

/// Names of counts that a formula may use, beside those of elements.
const NAMES: [&str; 8] = [
    "characters",
    "complex_words",
    "long_words",
    "paragraphs",
    "polysyllabic_words",
    "sentences",
    "syllables",
    "words",
];
/// Counts of elements; those that a page does not have are zero.
const ELEMENTS: [&str; 17] = [
    "blockquote",
    "figure",
    "heading_h1",
    "heading_h2",
    "heading_h3",
    "heading_h4",
    "heading_h5",
    "heading_h6",
    "iframe",
    "list",
    "noscript",
    "pre",
    "script",
    "style",
    "table_cell",
    "table_header",
    "table_caption",
];

/// Operators by how loosely they bind, the loosest first.
const LEVELS: [&[&str]; 6] =
    [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];

/// Reads a formula.
pub(crate) fn parse(text: &str) -> Result<Formula, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let formula = parser.level(0)?;
    match parser.peek() {
        None => Ok(formula),
        Some(token) => Err(format!("`{token}` is not expected here")),
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = if first.is_ascii_digit() {
            let digits = |c: char| c.is_ascii_digit() || c == '.';
            rest.find(|c| !digits(c)).unwrap_or(rest.len())
        } else if first.is_alphabetic() || first == '_' {
            let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
            rest.find(|c| !name(c)).unwrap_or(rest.len())
        } else if ["<=", ">=", "==", "!=", "&&", "||"].iter().any(|op| rest.starts_with(op)) {
            2
        } else if "+-*/%<>!(),".contains(first) {
            1
        } else {
            return Err(format!("`{first}` means nothing in a formula"));
        };
        let (token, after) = rest.split_at(len);
        tokens.push(token.to_owned());
        rest = after.trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [String],
    at: usize,
}

/// Deeper formulas are refused.
const MAX_TOKENS: usize = 1000;

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn level(&mut self, level: usize) -> Result<Formula, String> {
        if self.tokens.len() > MAX_TOKENS {
            return Err("the formula is too long".to_owned());
        }
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) =
            self.peek().and_then(|token| operators.iter().find(|op| **op == token).copied())
        {
            self.at += 1;
            let right = self.level(level + 1)?;
            left = Formula::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Formula, String> {
        match self.peek() {
            Some("-") => {
                self.at += 1;
                Ok(Formula::Negate(Box::new(self.unary()?)))
            }
            Some("+") => {
                self.at += 1;
                self.unary()
            }
            Some("!") => {
                self.at += 1;
                Ok(Formula::Not(Box::new(self.unary()?)))
            }
            _ => self.atom(),
        }
    }

    fn atom(&mut self) -> Result<Formula, String> {
        let Some(token) = self.peek().map(str::to_owned) else {
            return Err("the formula ends too early".to_owned());
        };
        self.at += 1;
        if token == "(" {
            let inner = self.level(0)?;
            self.close()?;
            return Ok(inner);
        }
        if let Ok(number) = token.parse::<f64>() {
            return Ok(Formula::Number(number));
        }
        if !token.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Err(format!("`{token}` is not expected here"));
        }
        let name = match token.strip_prefix("heading.") {
            Some(level) => format!("heading_{level}"),
            None => token,
        };
        if self.peek() == Some("(") {
            self.at += 1;
            let mut arguments = Vec::new();
            while self.peek() != Some(")") {
                arguments.push(self.level(0)?);
                if self.peek() == Some(",") {
                    self.at += 1;
                }
            }
            self.close()?;
            return match (name.strip_prefix("math."), arguments.len()) {
                (Some("sqrt" | "log" | "log10" | "abs" | "floor" | "ceil" | "exp"), 1)
                | (Some("pow" | "min" | "max"), 2) => Ok(Formula::Call(name, arguments)),
                _ => Err(format!("there is no function `{name}` of this kind")),
            };
        }
        if NAMES.contains(&name.as_str()) || ELEMENTS.contains(&name.as_str()) {
            return Ok(Formula::Name(name));
        }
        Err(format!("there is no count `{name}`"))
    }

    fn close(&mut self) -> Result<(), String> {
        if self.peek() == Some(")") {
            self.at += 1;
            Ok(())
        } else {
            Err("a `)` is missing".to_owned())
        }
    }
}

impl Formula {
    /// The value, with counts by name; truth is 1.
    pub(crate) fn value(&self, counts: &BTreeMap<String, f64>) -> f64 {
        let truth = |truth: bool| if truth { 1.0 } else { 0.0 };
        match self {
            Formula::Number(number) => *number,
            Formula::Name(name) => counts.get(name).copied().unwrap_or(0.0),
            Formula::Negate(inner) => -inner.value(counts),
            Formula::Not(inner) => truth(inner.value(counts) == 0.0),
            Formula::Binary(operator, left, right) => {
                let (left, right) = (left.value(counts), right.value(counts));
                match *operator {
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left * right,
                    "/" => left / right,
                    "%" => left % right,
                    "<" => truth(left < right),
                    ">" => truth(left > right),
                    "<=" => truth(left <= right),
                    ">=" => truth(left >= right),
                    "==" => truth((left - right).abs() < f64::EPSILON),
                    "!=" => truth((left - right).abs() >= f64::EPSILON),
                    "&&" => truth(left != 0.0 && right != 0.0),
                    _ => truth(left != 0.0 || right != 0.0),
                }
            }
            Formula::Call(name, arguments) => {
                let argument = |index: usize| arguments.get(index).map_or(0.0, |a| a.value(counts));
                match name.as_str() {
                    "math.sqrt" => argument(0).sqrt(),
                    "math.log" => argument(0).ln(),
                    "math.log10" => argument(0).log10(),
                    "math.abs" => argument(0).abs(),
                    "math.floor" => argument(0).floor(),
                    "math.ceil" => argument(0).ceil(),
                    "math.exp" => argument(0).exp(),
                    "math.pow" => argument(0).powf(argument(1)),
                    "math.min" => argument(0).min(argument(1)),
                    _ => argument(0).max(argument(1)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> f64 {
        let counts = BTreeMap::from([("words".to_owned(), 8.0), ("heading_h1".to_owned(), 2.0)]);
        parse(text).unwrap().value(&counts)
    }

    #[test]
    fn operators_bind_as_usual() {
        assert_eq!(value("1 + 2 * 3 - -4"), 11.0);
        assert_eq!(value("(words / heading.h1) + math.sqrt(words * 2)"), 8.0);
        assert_eq!(value("words > 7 && list == 0"), 1.0);
        assert_eq!(value("!(words >= 9)"), 1.0);
    }

    #[test]
    fn mistakes_are_told() {
        for bad in ["", "words / (sentences", "words +", "wrods", "math.nope(1)", "1 2", "a ? b"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
