//! Formulas in TeX become MathML Core, which browsers show without scripts. The crate `math-core`
//! translates; what it writes as inline style becomes attributes of MathML and classes here, as a
//! strict policy wants it.

use std::sync::LazyLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

/// How deep the parts of a formula may be nested. The translation is recursive, and a formula may
/// come from a stranger.
const DEEPEST: usize = 100;

/// The longest formula, in bytes.
const LONGEST: usize = 20_000;

/// Commands that many write and the crate does not have, with what they stand for.
const MACROS: [(&str, &str); 2] =
    [("substack", r"\begin{subarray}{c}#1\end{subarray}"), ("textcolor", r"{\color{#1}#2}")];

static CONVERTER: LazyLock<Option<LatexToMathML>> = LazyLock::new(|| {
    let macros = MACROS.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
    LatexToMathML::new(MathCoreConfig { macros, ..MathCoreConfig::default() }).ok()
});

/// The MathML of a formula, or what is wrong with it.
pub fn to_mathml(tex: &str, display: bool) -> Result<String, String> {
    if tex.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if depth(tex) > DEEPEST {
        return Err(format!("it is nested more than {DEEPEST} levels deep"));
    }
    let Some(converter) = &*CONVERTER else {
        return Err("the translation is not available".to_owned());
    };
    let kind = if display { MathDisplay::Block } else { MathDisplay::Inline };
    match converter.convert_with_local_state(tex, kind) {
        Ok(result) => Ok(without_styles(&result.mathml)),
        Err(error) => Err(lower_case(error.to_string().trim_end_matches('.'))),
    }
}

/// No less than how deep the translation has to go: what is open in braces, brackets and
/// environments, and commands that follow each other, of which each may be the argument of the one
/// before.
fn depth(tex: &str) -> usize {
    let (mut open, mut run, mut most) = (0_usize, 0_usize, 0_usize);
    let mut chars = tex.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let mut name = String::new();
                while let Some(letter) = chars.next_if(char::is_ascii_alphabetic) {
                    name.push(letter);
                }
                match name.as_str() {
                    "" => drop(chars.next()),
                    "begin" | "left" => open += 1,
                    "end" | "right" => open = open.saturating_sub(1),
                    _ => run += 1,
                }
            }
            '{' | '[' => open += 1,
            '}' | ']' => {
                open = open.saturating_sub(1);
                run = 0;
            }
            '^' | '_' | '\'' => run += 1,
            c if c.is_whitespace() => {}
            _ => run = 0,
        }
        // A command before a brace stays: its argument is in it.
        if c == '{' || c == '[' {
            open += usize::from(run > 0);
            run = 0;
        }
        most = most.max(open + run);
    }
    most
}

/// Messages of ours begin with a small letter.
fn lower_case(message: &str) -> String {
    let mut chars = message.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

/// The markup without inline styles.
fn without_styles(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len());
    let mut rest = mathml;
    while let Some((before, after)) = rest.split_once(" style=\"") {
        let Some((style, after)) = after.split_once('"') else { break };
        // Texts hold no quotation mark in front of which ` style=` could stand: they are escaped.
        out.push_str(before);
        let mut classes = Vec::new();
        for declaration in style.split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            match (name.trim(), value.trim()) {
                ("color", value) => attribute(&mut out, "mathcolor", value),
                ("background-color", value) => attribute(&mut out, "mathbackground", value),
                ("font-size", value) => attribute(&mut out, "mathsize", value),
                ("text-align", "left") => classes.push("ml"),
                ("text-align", "right") => classes.push("mr"),
                ("padding-left", "0") => classes.push("m0l"),
                ("padding-right", "0") => classes.push("m0r"),
                ("padding-left", "1em") => classes.push("m1l"),
                ("padding-top", "0") => classes.push("m0t"),
                ("width", "100%") => classes.push("mw"),
                ("width", "50%") => classes.push("mh"),
                ("border-right", value) => classes.push(line("mbr", "mdr", value)),
                ("border-left", value) => classes.push(line("mbl", "mdl", value)),
                ("border-top", value) => classes.push(line("mbt", "mdt", value)),
                ("font-variant-caps", _) => classes.push("msc"),
                // The rest are fine points of distance.
                _ => {}
            }
        }
        if !classes.is_empty() {
            attribute(&mut out, "class", &classes.join(" "));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn line(solid: &'static str, dashed: &'static str, value: &str) -> &'static str {
    if value.contains("dashed") { dashed } else { solid }
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(value);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tex: &str) -> String {
        to_mathml(tex, false).unwrap_or_else(|problem| panic!("{tex}: {problem}"))
    }

    #[test]
    fn formulas_become_mathml() {
        assert_eq!(shown("a^2"), "<math><msup><mi>a</mi><mn>2</mn></msup></math>");
        let display = to_mathml(r"\frac{1}{2}", true).unwrap();
        assert!(display.starts_with("<math display=\"block\"><mfrac>"), "{display}");
        assert!(shown(r"\text{<b>}").contains("&lt;b&gt;"));
    }

    #[test]
    fn styles_become_attributes_and_classes() {
        for tex in [
            r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
            r"\begin{array}{l|r} a & b \\ \hline c & d \end{array}",
            r"\begin{cases} a & b \\ c & d \end{cases}",
            r"{\color{red} x}",
            r"\begin{align} a &= b \tag{1} \end{align}",
            r"a\!b \quad \hspace{1em} \substack{a\\b}",
        ] {
            let mathml = shown(tex);
            assert!(!mathml.contains(" style="), "{mathml}");
        }
        assert!(shown(r"\begin{aligned} a &= b \end{aligned}").contains("class=\"mr m0r\""));
        assert!(shown(r"\textcolor{red}{x}").contains(" mathcolor=\"#"));
        assert!(shown(r"{\color{red} x}").contains(" mathcolor=\"#"));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let problem = to_mathml(r"\frac{1}", false).unwrap_err();
        assert!(problem.starts_with(|c: char| c.is_ascii_lowercase()), "{problem}");
        assert!(to_mathml(r"\nosuchcommand", false).is_err());
        assert!(to_mathml(&"{".repeat(5000), false).is_err());
        assert!(to_mathml(&r"\sqrt".repeat(3000), false).is_err());
        assert!(to_mathml(&r"\sqrt[".repeat(3000), false).is_err());
        assert!(to_mathml(&"a".repeat(30_000), false).is_err());
        // What people write is far from the limits.
        assert!(depth(r"\sum_{i=0}^{\infty} \frac{1}{\sqrt{\pi^{2}}}") < 10);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_fall(
            tex in r"(\\(frac|sqrt|left|right|begin\{array\}\{l\}|end\{array\}|text|hat|sum|over|middle|limits|tag)|[a{}\[\]()&^_'|. \\]){0,40}",
        ) {
            let _ = to_mathml(&tex, true);
        }
    }
}
