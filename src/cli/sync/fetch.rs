//! Archives from the network, and Vale's list of packages.

use serde::Deserialize;

/// Larger archives are not read.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// A package that is known by name.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub name: String,
    pub url: String,
}

/// Fetches the list of packages.
pub(super) fn list(url: &str) -> Result<Vec<Listed>, String> {
    let bytes = get(url).map_err(|why| format!("the list of packages cannot be had: {why}"))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("the list of packages at `{url}` cannot be read: {error}"))
}

/// The name of a package: the last part of its address, without `.zip`.
pub(super) fn name_of(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    last.strip_suffix(".zip").unwrap_or(last).to_owned()
}

/// Whether what comes from an address can be trusted to be what was asked for: it is encrypted, or
/// does not leave this machine.
fn is_safe(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    if lower.starts_with("https://") {
        return true;
    }
    let Some(rest) = lower.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| {
        authority.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    })
}

/// Fetches what is at an address. Redirects are followed to addresses of the same kind only.
#[cfg(feature = "sync")]
pub(super) fn get(url: &str) -> Result<Vec<u8>, String> {
    use std::time::Duration;

    if !is_safe(url) {
        return Err(format!("`{url}` is not an address that begins with `https://`"));
    }
    let encrypted = url.to_ascii_lowercase().starts_with("https://");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .https_only(encrypted)
        // From this machine nothing leads elsewhere.
        .max_redirects(if encrypted { 10 } else { 0 })
        .timeout_connect(Some(Duration::from_secs(15)))
        .timeout_global(Some(Duration::from_secs(180)))
        .user_agent(concat!("copydesk/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let failed = |error: ureq::Error| match error {
        ureq::Error::StatusCode(code) => format!("`{url}` answers with {code}"),
        ureq::Error::BodyExceedsLimit(_) => format!("`{url}` holds more than 64 MiB"),
        other => format!("`{url}` cannot be fetched: {other}"),
    };
    let mut response = agent.get(url).call().map_err(failed)?;
    let status = response.status().as_u16();
    if !(200..300).contains(&status) {
        return Err(format!("`{url}` answers with {status}"));
    }
    response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(failed)
}

/// Says that nothing can be fetched.
#[cfg(not(feature = "sync"))]
pub(super) fn get(url: &str) -> Result<Vec<u8>, String> {
    let why = if is_safe(url) { "this copydesk was built without `sync`" } else { "no address" };
    Err(format!("`{url}` cannot be fetched: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_packages_and_are_safe_or_not() {
        assert_eq!(name_of("https://a.example/x/Google.zip?v=1#y"), "Google");
        assert_eq!(name_of("https://a.example/x/latest/"), "latest");
        for safe in ["https://a.example/b.zip", "http://127.0.0.1:80/b", "http://localhost"] {
            assert!(is_safe(safe), "{safe}");
        }
        let unsafe_ones = [
            "http://a.example/b.zip",
            "http://127.0.0.1.a.example/",
            "http://localhost@a.example/",
            "file:///etc/passwd",
            "ftp://a.example/b.zip",
        ];
        for not in unsafe_ones {
            assert!(!is_safe(not), "{not}");
        }
    }
}
