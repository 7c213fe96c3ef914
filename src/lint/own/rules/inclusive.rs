//! `style/inclusive`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::phrases;
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/inclusive",
        severity: Severity::Advice,
        summary: "a word leaves people out",
        explanation: "These words carry a meaning that has nothing to do with the matter. The alternatives say the same more exactly.",
        examples: ("Add the host to the whitelist.\n", "Add the host to the allowlist.\n"),
    },
    presets: &["inclusive"],
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[]),
        doc: "Words of the list that are not reported.",
    }],
    check,
};

const WORDS: &[(&str, &str)] = &[
    ("whitelist", "allowlist"),
    ("whitelisted", "allowed"),
    ("whitelisting", "allowing"),
    ("blacklist", "denylist"),
    ("blacklisted", "blocked"),
    ("blacklisting", "blocking"),
    ("master/slave", "primary/replica"),
    ("slave", "replica"),
    ("slaves", "replicas"),
    ("sanity check", "check"),
    ("sanity-check", "check"),
    ("grandfathered", "exempt"),
    ("man-hours", "hours of work"),
    ("manpower", "people"),
    ("dummy value", "placeholder value"),
    ("blind to", "unaware of"),
    ("crippled", "limited"),
];

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    phrases(
        page,
        findings,
        WORDS,
        |found| !options.lists("allow", found),
        |found, instead| {
            (format!("`{found}` leaves people out or misleads"), format!("write `{instead}`"))
        },
    );
}
