//! `style/inclusive`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::rules::phrases::{ALLOW, Phrases};

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
    options: &[ALLOW],
    check: |page, options, findings| PHRASES.check(page, options, findings),
};

static PHRASES: Phrases = Phrases::new(
    &[
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
    ],
    |found, instead| {
        (format!("`{found}` leaves people out or misleads"), format!("write `{instead}`"))
    },
);
