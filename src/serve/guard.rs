//! What is refused before anybody looks at the request: other hosts (a page elsewhere whose name
//! was made to lead here), other origins, paths that are none.

use std::net::IpAddr;

use axum::http::header::{self, HeaderMap};
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, Uri};

use crate::base::SitePath;

/// Who may ask.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// The name or the address that is listened on.
    host: String,
    port: u16,
    remote: bool,
}

impl Guard {
    pub(super) fn new(host: &str, port: u16, remote: bool) -> Self {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        Guard { host, port, remote }
    }

    /// Why a request is refused, if it is.
    pub(super) fn refuses(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<StatusCode> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        if hosts.next().is_some() {
            return Some(StatusCode::BAD_REQUEST);
        }
        if !host.is_some_and(|host| self.is_ours(host)) {
            return Some(StatusCode::MISDIRECTED_REQUEST);
        }
        if uri.authority().is_some_and(|authority| !self.is_ours(authority.as_str())) {
            return Some(StatusCode::MISDIRECTED_REQUEST);
        }
        if headers
            .get_all(header::ORIGIN)
            .iter()
            .any(|origin| !self.is_our_origin(origin.as_bytes()))
        {
            return Some(StatusCode::FORBIDDEN);
        }
        // What a page elsewhere asks for without an origin: images, scripts, frames. It may lead
        // people here.
        let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let leads_here = method == Method::GET
            && said("sec-fetch-mode") == Some("navigate")
            && said("sec-fetch-dest") == Some("document");
        if matches!(said("sec-fetch-site"), Some("cross-site" | "same-site")) && !leads_here {
            return Some(StatusCode::FORBIDDEN);
        }
        None
    }

    fn is_our_origin(&self, origin: &[u8]) -> bool {
        let origin = std::str::from_utf8(origin).ok();
        origin.and_then(|o| o.strip_prefix("http://")).is_some_and(|host| self.is_ours(host))
    }

    /// Whether `host:port` names this server. An address cannot be made to lead elsewhere, a name
    /// can: of names only `localhost` and the one that was asked for are believed.
    fn is_ours(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        if authority.as_str().contains('@') || authority.port_u16().unwrap_or(80) != self.port {
            return false;
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let host = host.to_ascii_lowercase();
        if host == self.host || host == "localhost" {
            return true;
        }
        match host.parse::<IpAddr>() {
            Ok(address) => self.remote || address.is_loopback(),
            Err(_) => false,
        }
    }
}

/// The path that a request names, below the path of the site; the error says what to answer.
///
/// There is no way from a name to a file but the site's own list of names, so that this only sorts
/// out what can be no name at all.
pub(super) fn path(uri: &Uri) -> Result<String, StatusCode> {
    let raw = uri.path();
    // A second round of decoding is nobody's business: `%252e` is a name with a `%` in it.
    let decoded = percent_encoding::percent_decode_str(raw).decode_utf8();
    let decoded = decoded.map_err(|_| StatusCode::BAD_REQUEST)?;
    let bad = decoded.contains(['\0', '\\', '\u{fffd}'])
        || decoded.chars().any(char::is_control)
        || !decoded.starts_with('/')
        || decoded.split('/').any(|part| matches!(part, "." | ".."));
    if bad {
        return Err(StatusCode::BAD_REQUEST);
    }
    if raw.len() > 4096 {
        return Err(StatusCode::URI_TOO_LONG);
    }
    let inner = decoded.trim_start_matches('/').trim_end_matches('/');
    if !inner.is_empty() && SitePath::new(inner).is_err() {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, more: &[(&'static str, &str)]) -> Option<StatusCode> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        for (name, value) in more {
            headers.insert(*name, value.parse().unwrap());
        }
        let uri = "/".parse().unwrap();
        Guard::new("127.0.0.1", 3000, false).refuses(&Method::GET, &uri, &headers)
    }

    #[test]
    fn only_our_own_names_are_answered() {
        for host in ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000"] {
            assert_eq!(asked(host, &[]), None, "{host}");
        }
        for host in [
            "example.org",
            "example.org:3000",
            "localhost",
            "localhost:3001",
            "127.0.0.1.example.org:3000",
            "10.0.0.1:3000",
            "x@localhost:3000",
            "",
        ] {
            assert_eq!(asked(host, &[]), Some(StatusCode::MISDIRECTED_REQUEST), "{host}");
        }
    }

    #[test]
    fn pages_elsewhere_get_nothing() {
        let host = "localhost:3000";
        assert_eq!(asked(host, &[("origin", "http://localhost:3000")]), None);
        for origin in ["https://localhost:3000", "http://evil.example", "null"] {
            assert_eq!(asked(host, &[("origin", origin)]), Some(StatusCode::FORBIDDEN), "{origin}");
        }
        let cross = ("sec-fetch-site", "cross-site");
        assert_eq!(asked(host, &[cross]), Some(StatusCode::FORBIDDEN));
        let link = [cross, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        assert_eq!(asked(host, &link), None);
        let frame = [cross, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        assert_eq!(asked(host, &frame), Some(StatusCode::FORBIDDEN));
        assert_eq!(asked(host, &[("sec-fetch-site", "same-origin")]), None);
    }

    #[test]
    fn paths_that_lead_elsewhere_are_none() {
        let of = |uri: &str| path(&uri.parse().unwrap());
        assert_eq!(of("/a%20b/c.html?x=1").unwrap(), "/a b/c.html");
        assert_eq!(of("/").unwrap(), "/");
        assert_eq!(of("/%252e%252e/x").unwrap(), "/%2e%2e/x");
        for uri in [
            "/../x",
            "/a/../x",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a/%2e/b",
            "/a%2f..%2fb",
            "/..%5cx",
            "/a%00b",
            "/a%0ab",
            "//etc/passwd//x",
            "/%c0%ae%c0%ae/x",
        ] {
            assert_eq!(of(uri), Err(StatusCode::BAD_REQUEST), "{uri}");
        }
    }
}
