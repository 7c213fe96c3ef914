//! `links/plain-http`

use crate::base::{Applicability, Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "links/plain-http",
        severity: Severity::Advice,
        summary: "a link leads to `http://`",
        explanation: "What is fetched without encryption can be read and changed on the way, and browsers warn of it. Nearly every site answers to `https://`. Addresses of one's own machine and network, and those kept for examples, are left alone.",
        examples: (
            "See [the standard](http://standards.org/tls).\n",
            "See [the standard](https://standards.org/tls).\n",
        ),
    },
    presets: &["strict"],
    options: &[],
    check,
};

const SCHEME: &str = "http://";

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for link in &page.document.links {
        let scheme = link.dest.get(..SCHEME.len());
        let rest = link.dest.get(SCHEME.len()..).unwrap_or_default();
        if !scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) || is_private(rest) {
            continue;
        }
        let range = link.dest_range.as_ref().unwrap_or(&link.range);
        let range = range.start as usize..range.end as usize;
        findings.at(range.clone(), "the link is not encrypted");
        findings.help("write `https://`, if the site answers to it");
        let written = page.written(range.clone());
        let lead = written.len() - written.trim_start_matches('<').len();
        if written.get(lead..).is_some_and(|dest| dest.starts_with(SCHEME)) {
            let start = range.start + lead;
            findings.replace(start..start + SCHEME.len(), "https://", Applicability::Suggested);
        }
    }
}

/// Whether an address, behind its scheme, is one of the own machine or network, or one that is kept for
/// examples (RFC 2606, RFC 6761, RFC 1918).
fn is_private(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with('[') {
        return true;
    }
    let host =
        host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let numbers: Vec<Option<u8>> = host.split('.').map(|part| part.parse().ok()).collect();
    let private = match numbers.as_slice() {
        [Some(10 | 127 | 0), _, _, _] | [Some(192), Some(168), _, _] => true,
        [Some(172), Some(second), _, _] => (16..32).contains(second),
        _ => false,
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let kept =
        ["localhost", "example", "test", "invalid", "local", "internal", "lan"].contains(&last);
    // Namespaces of XML and placeholders are no addresses that anybody opens.
    let sample = ["example.com", "example.org", "example.net"]
        .iter()
        .any(|name| host == *name || host.ends_with(&format!(".{name}")));
    private || kept || sample || !host.contains('.') || host.contains(['<', '{', '$', '%'])
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn addresses_that_nobody_encrypts() {
        for address in [
            "localhost:8065/x",
            "127.0.0.1/",
            "[::1]:80",
            "10.1.2.3",
            "172.20.0.1/a",
            "user@192.168.0.9",
            "mattermost.example.com/a",
            "printer.local",
            "server",
            "<your-host>.org",
        ] {
            assert!(is_private(address), "{address}");
        }
        for address in ["standards.org", "172.32.0.1", "example.com.org/", "a.b:80?x"] {
            assert!(!is_private(address), "{address}");
        }
    }
}
