//! `terms/product-case`

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "terms/product-case",
        severity: Severity::Warning,
        summary: "the name of a product is not written as its makers write it",
        explanation: "Readers notice a name that is written wrongly. The list holds well-known names whose capitals are certain, and every term of `[terms]` with capitals. Addresses, code, and names of files are not looked at; `allow` takes out names.",
        examples: ("Sign in with Github.\n", "Sign in with GitHub.\n"),
    },
    presets: &["default"],
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[]),
        doc: "Names that may be written in any case.",
    }],
    check,
};

/// Names that are no other word in any case.
const NAMES: [&str; 32] = [
    "GitHub",
    "GitLab",
    "JavaScript",
    "TypeScript",
    "PostgreSQL",
    "MySQL",
    "YouTube",
    "LinkedIn",
    "macOS",
    "iOS",
    "WordPress",
    "OpenAPI",
    "GraphQL",
    "PowerShell",
    "MongoDB",
    "SQLite",
    "Elasticsearch",
    "Kubernetes",
    "Bitbucket",
    "OAuth",
    "WebSocket",
    "WebAssembly",
    "DigitalOcean",
    "CircleCI",
    "PayPal",
    "StackOverflow",
    "OpenSSL",
    "RabbitMQ",
    "CloudFront",
    "Zendesk",
    "NGINX",
    "Node.js",
];
/// Ways to write that are their makers' too, or ordinary words in lower case.
const ALSO: [&str; 5] = ["websocket", "Nginx", "nginx", "StackOverflow", "stackoverflow"];

static BY_LOWER: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| NAMES.iter().map(|name| (name.to_lowercase(), *name)).collect());

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    for text in page.texts.iter().filter(|text| text.kind != Kind::Alt) {
        for word in text.words() {
            let own = page.terms.cased.get(&*word.lower).and_then(|list| {
                list.iter().find(|term| term.words.len() == 1).map(|term| term.preferred.as_str())
            });
            let Some(right) = own.or_else(|| BY_LOWER.get(&*word.lower).copied()) else { continue };
            let written = text.get(word.range.clone());
            // `MACOS` in a heading of capitals; a name in an address, a path or with a sigil.
            let shouted = written.chars().all(|c| !c.is_lowercase());
            let start = word.range.start;
            let before = text.str().get(..start).and_then(|b| b.chars().next_back());
            let after = text.str().get(word.range.end..).and_then(|a| a.chars().next());
            let joined = |c: Option<char>| {
                c.is_some_and(|c| {
                    matches!(c, '@' | '/' | '\\' | '#' | '_' | '-' | '.' | '~' | ':' | '$' | '=')
                })
            };
            // An item or cell of one word in lower case is a package, a container, a shell; so is
            // what is run, and a value in quotes.
            let named = written.chars().all(|c| !c.is_uppercase())
                && (text.words().len() == 1
                    || before_word(text.str(), start) == "run"
                    || before.is_some_and(|c| matches!(c, '"' | '\'')));
            let sigil =
                joined(before) || after.is_some_and(|c| matches!(c, '/' | '_' | '\\' | '=' | '('));
            if written == right
                || shouted
                || named
                || sigil
                || ALSO.contains(&written)
                || options.lists("allow", right)
            {
                continue;
            }
            findings.text(text, word.range.clone(), format!("`{written}` is written `{right}`"));
            findings.help(format!("write `{right}`"));
            findings.replace(text.source(word.range.clone()), right, Applicability::Suggested);
        }
    }
}

/// The word before a place.
fn before_word(text: &str, at: usize) -> &str {
    text.get(..at).and_then(|before| before.split_whitespace().next_back()).unwrap_or_default()
}
