//! Addresses of other sites: their parts, whether they lie in a private network, and where one that
//! is seen from another leads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address without the place in the page.
pub(super) fn without_fragment(address: &str) -> &str {
    address.split('#').next().unwrap_or_default()
}

/// Scheme with `://`, host with port, and the rest.
fn parts(address: &str) -> Option<(&str, &str, &str)> {
    let at = address.find("://")? + 3;
    let (scheme, rest) = address.split_at(at);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    Some((scheme, host, rest))
}

/// The host with its port, in small letters.
pub(super) fn host(address: &str) -> String {
    let host = parts(address).map_or("", |(_, host, _)| host);
    host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether an address names this machine or a private network. What the name of a host stands for
/// is not looked up.
pub(super) fn is_private(address: &str) -> bool {
    let host = host(address);
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.trim_end_matches('.');
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => is_private_v4(ip),
        Ok(IpAddr::V6(ip)) => is_private_v6(ip),
        // Numbers that are no address as it is usually written may be one all the same.
        Err(_)
            if name.is_empty()
                || name.bytes().all(|b| b.is_ascii_hexdigit() || b"x.".contains(&b)) =>
        {
            !name.contains('.')
                || name.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        }
        Err(_) => {
            !name.contains('.')
                || [".localhost", ".local", ".internal", ".home.arpa"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
    }
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || first == 0
        // Shared by the customers of a provider (RFC 6598).
        || (first == 100 && (64..128).contains(&second))
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return is_private_v4(ip);
    }
    let first = ip.segments().first().copied().unwrap_or(0);
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
}

/// Where an address leads that is seen from another one.
#[cfg(any(feature = "sync", test))]
pub(super) fn joined(from: &str, to: &str) -> String {
    let lower = to.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return to.to_owned();
    }
    let Some((scheme, host, rest)) = parts(from) else { return to.to_owned() };
    if to.starts_with("//") {
        return format!("{}{to}", scheme.trim_end_matches("//"));
    }
    if to.starts_with('/') {
        return format!("{scheme}{host}{to}");
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if to.starts_with('?') {
        return format!("{scheme}{host}{path}{to}");
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{scheme}{host}{folder}/{to}")
}

/// Whether two addresses are the same but for a slash at the end and the place in the page.
#[cfg(any(feature = "sync", test))]
pub(super) fn is_same(a: &str, b: &str) -> bool {
    without_fragment(a).trim_end_matches('/') == without_fragment(b).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_known() {
        for private in [
            "http://127.0.0.1:80/x",
            "http://localhost",
            "https://a.localhost/",
            "http://u@10.0.0.1/",
            "http://192.168.1.1",
            "http://169.254.169.254/latest",
            "http://[::1]:8080/",
            "http://[fd00::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://100.64.0.1",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://router/",
            "http://a.internal./x",
        ] {
            assert!(is_private(private), "{private}");
        }
        for public in [
            "https://a.example/",
            "http://1.1.1.1/",
            "https://[2606:4700::1]/x",
            "https://127.0.0.1.a.example",
            "https://cafe.de/",
        ] {
            assert!(!is_private(public), "{public}");
        }
    }

    #[test]
    fn addresses_join() {
        let from = "https://a.example/b/c?d";
        for (to, joined_to) in [
            ("https://x.example/", "https://x.example/"),
            ("//x.example/y", "https://x.example/y"),
            ("/y", "https://a.example/y"),
            ("y", "https://a.example/b/y"),
            ("?y", "https://a.example/b/c?y"),
        ] {
            assert_eq!(joined(from, to), joined_to);
        }
        assert_eq!(joined("https://a.example", "y"), "https://a.example/y");
        assert!(is_same("https://a.example/b/", "https://a.example/b#c"));
        assert!(!is_same("https://a.example/b", "https://a.example/b?c"));
        assert_eq!(host("https://u:p@A.example:80/x"), "a.example:80");
    }
}
