//! The accent colour of a site: checked, so that nothing but a colour gets into the style sheet,
//! and measured against the paper it stands on.

use crate::base::{Code, Diagnostic, Severity};
use crate::config;

/// A setting that is no colour.
pub(super) static BAD_COLOUR: Code = Code {
    id: "theme/bad-color",
    severity: Severity::Error,
    summary: "not a color",
    explanation: "`[theme] accent` and `accent-dark` take a colour as style sheets write it: \
                  `#1f55a5`, `rgb(31 85 165)`, `oklch(45% 0.13 258)`, or a name such as `teal`. \
                  The built-in accent is used instead.",
    examples: ("[theme]\naccent = \"#12345\"", "[theme]\naccent = \"#123456\""),
};

/// An accent that is hard to read.
pub(super) static LOW_CONTRAST: Code = Code {
    id: "theme/low-contrast",
    severity: Severity::Warning,
    summary: "the accent is hard to read on the page",
    explanation: "Links, the current page and focus outlines are drawn in the accent. WCAG asks \
                  for a contrast of at least 4.5 between text and its background. Choose a darker \
                  `accent`, or a lighter `accent-dark`.",
    examples: ("[theme]\naccent = \"#8ab4f8\"", "[theme]\naccent = \"#1f55a5\""),
};

/// The paper of each scheme, as `variables.css` has it.
const PAPER: Rgb = Rgb([0xfd, 0xfc, 0xfa]);
const PAPER_DARK: Rgb = Rgb([0x16, 0x18, 0x1c]);

/// The smallest contrast that text may have.
const ENOUGH: f64 = 4.5;

/// The rules that set the accent; empty where the site has none of its own. Where only the light
/// one is set, the dark one is the same colour, lightened until it reads well.
pub(super) fn accent_css(theme: &config::Theme, diagnostics: &mut Vec<Diagnostic>) -> String {
    let mut css = String::new();
    let light = check("accent", theme.accent.as_deref(), PAPER, diagnostics);
    let dark = check("accent-dark", theme.accent_dark.as_deref(), PAPER_DARK, diagnostics);
    let dark = dark.or_else(|| light.as_deref().map(lighten));
    if let Some(light) = light {
        css.push_str(&format!(":root{{--accent:{light}}}\n"));
    }
    if let Some(dark) = dark {
        css.push_str(&format!(
            "@media (prefers-color-scheme:dark){{:root[data-scheme=\"auto\"]{{--accent:{dark}}}}}\n\
             :root[data-scheme=\"dark\"]{{--accent:{dark}}}\n"
        ));
    }
    css
}

fn check(
    key: &str,
    value: Option<&str>,
    paper: Rgb,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let value = value?.trim();
    if !is_colour(value) {
        diagnostics.push(
            Diagnostic::new(&BAD_COLOUR, format!("`{value}` in `[theme] {key}` is not a color"))
                .help("write it as `#1f55a5`"),
        );
        return None;
    }
    if let Some(contrast) = hex(value).map(|colour| colour.contrast(paper))
        && contrast < ENOUGH
    {
        let scheme = if key == "accent" { "light" } else { "dark" };
        diagnostics.push(
            Diagnostic::new(
                &LOW_CONTRAST,
                format!(
                    "`{value}` in `[theme] {key}` has a contrast of {contrast:.1} on the {scheme} \
                     page, less than {ENOUGH}"
                ),
            )
            .help(if key == "accent" {
                "choose a darker one"
            } else {
                "choose a lighter one"
            }),
        );
    }
    Some(value.to_owned())
}

/// A colour that reads well on dark paper and is still known as the same.
fn lighten(colour: &str) -> String {
    let Some(Rgb(start)) = hex(colour) else {
        return format!("color-mix(in oklab,{colour} 60%,white)");
    };
    (0..=20_u16)
        .map(|step| Rgb(start.map(|c| lerp(c, step))))
        .find(|colour| colour.contrast(PAPER_DARK) >= 7.0)
        .unwrap_or(Rgb([0xff; 3]))
        .to_string()
}

/// `c` moved towards white by `step` twentieths.
fn lerp(c: u8, step: u16) -> u8 {
    let c = u16::from(c);
    u8::try_from(c + (255 - c) * step / 20).unwrap_or(255)
}

/// Whether a text is a colour of CSS: hexadecimal, a name, or one function of numbers.
fn is_colour(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix('#') {
        return matches!(digits.len(), 3 | 4 | 6 | 8)
            && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    let lower = text.to_ascii_lowercase();
    if let Some((function, rest)) = lower.split_once('(') {
        let Some(arguments) = rest.strip_suffix(')') else { return false };
        return FUNCTIONS.contains(&function)
            && arguments.bytes().any(|b| b.is_ascii_digit())
            && arguments.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b' ' | b'.' | b',' | b'%' | b'/' | b'-')
            });
    }
    NAMES.split(' ').any(|name| name == lower)
}

const FUNCTIONS: &[&str] =
    &["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color"];

/// The named colours of CSS.
const NAMES: &str = "aliceblue antiquewhite aqua aquamarine azure beige bisque black \
    blanchedalmond blue blueviolet brown burlywood cadetblue chartreuse chocolate coral \
    cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen \
    darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon \
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink \
    deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro \
    ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory \
    khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan \
    lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen \
    lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen \
    magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen \
    mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream \
    mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid \
    palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum \
    powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen \
    seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan \
    teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen";

/// An opaque colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

/// A colour of three or six hexadecimal digits.
fn hex(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#')?;
    let long: String = match digits.len() {
        3 => digits.chars().flat_map(|c| [c, c]).collect(),
        6 => digits.to_owned(),
        _ => return None,
    };
    let number = u32::from_str_radix(&long, 16).ok()?;
    let [_, r, g, b] = number.to_be_bytes();
    Some(Rgb([r, g, b]))
}

impl Rgb {
    /// Relative luminance, as WCAG 2 defines it.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast between two colours, from 1 to 21.
    fn contrast(self, other: Rgb) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::theme::builtin;

    fn css(accent: &str, dark: Option<&str>) -> (String, Vec<String>) {
        let mut diagnostics = Vec::new();
        let theme = config::Theme {
            accent: Some(accent.to_owned()),
            accent_dark: dark.map(str::to_owned),
            ..config::Theme::default()
        };
        let css = accent_css(&theme, &mut diagnostics);
        (css, diagnostics.into_iter().map(|d| d.code.into_owned()).collect())
    }

    #[test]
    fn only_colours_get_in() {
        for good in ["#123", "#123456", "teal", "Teal", "rgb(1, 2, 3)", "oklch(45% .1 258 / 50%)"] {
            assert!(is_colour(good), "{good}");
        }
        for bad in [
            "",
            "#12",
            "#12345g",
            "url(x)",
            "red;}",
            "red}body{display:none",
            "var(--x)",
            "tael",
            "rgb(1,2,3)}",
            "rgb(calc(1))",
            "rgb()",
            "expression(1)",
            "/**/red",
            "rgb(1 2 3",
        ] {
            assert!(!is_colour(bad), "{bad}");
            assert_eq!(css(bad, None), (String::new(), vec!["theme/bad-color".to_owned()]));
        }
    }

    #[test]
    fn the_dark_accent_follows_the_light_one() {
        let (text, found) = css("#7a1f3d", None);
        assert!(found.is_empty());
        assert!(text.starts_with(":root{--accent:#7a1f3d}\n"), "{text}");
        let dark = text.rsplit("--accent:").next().unwrap().trim_end_matches(['}', '\n']);
        assert!(hex(dark).unwrap().contrast(PAPER_DARK) >= 7.0, "{dark}");
        let (text, _) = css("#7a1f3d", Some("#ffaacc"));
        assert_eq!(text.matches("--accent:#ffaacc").count(), 2);
        assert_eq!(css("#8ab4f8", None).1, ["theme/low-contrast"]);
        assert_eq!(css("#1f55a5", Some("#1f55a5")).1, ["theme/low-contrast"]);
    }

    /// The variables of the rules of `variables.css` that set `--paper`, in order.
    fn schemes() -> Vec<BTreeMap<String, String>> {
        let text = builtin::STYLES[0].1;
        text.split('{')
            .map(|part| part.split('}').next().unwrap_or_default())
            .filter(|rule| rule.contains("--paper:"))
            .map(|rule| {
                rule.split(';')
                    .filter_map(|line| line.split_once(':'))
                    .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn text_is_readable_in_both_schemes() {
        let schemes = schemes();
        assert_eq!(schemes.len(), 3);
        assert_eq!(schemes[1], schemes[2], "dark by the system and by choice are the same");
        assert_eq!(hex(&schemes[0]["--paper"]), Some(PAPER));
        assert_eq!(hex(&schemes[1]["--paper"]), Some(PAPER_DARK));
        for scheme in &schemes {
            let colour = |name: &str| hex(&scheme[name]).unwrap();
            for ground in ["--paper", "--raised"] {
                for role in
                    ["--ink", "--muted", "--accent", "--red", "--green", "--amber", "--violet"]
                {
                    let enough = if role == "--ink" { 7.0 } else { ENOUGH };
                    let contrast = colour(role).contrast(colour(ground));
                    assert!(contrast >= enough, "{role} on {ground}: {contrast:.2}");
                }
            }
        }
    }
}
