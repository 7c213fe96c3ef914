//! What is sent: a file of the site with its type, its policy, its tag, whole or in part.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Response, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::builder::LIVE_FOLDER;
use super::policy;
use crate::base::{ContentHash, SourcePath};
use crate::pipeline::Served;

/// The number of the build that a response is made from.
pub(super) const BUILD: HeaderName = HeaderName::from_static("copydesk-build");

/// Less than this is not worth compressing.
const LEAST_COMPRESSED: usize = 1024;

/// A file, ready to be sent.
#[derive(Debug)]
pub(super) struct File {
    bytes: Bytes,
    kind: &'static str,
    text: bool,
    tag: String,
    policy: String,
    of: Option<SourcePath>,
    packed: OnceLock<Bytes>,
}

impl File {
    /// A file of the site; a page gets the script of the preview.
    pub(super) fn new(path: &str, served: Served) -> File {
        let (kind, text) = kind(path);
        let policy = if kind.starts_with("text/html") || kind == "image/svg+xml" {
            policy::of(&served.bytes)
        } else {
            policy::STRICT.to_owned()
        };
        let bytes = match served.page {
            true => Bytes::from(with_script(&served.bytes)),
            false => Bytes::from_owner(served.bytes),
        };
        let tag = format!("\"{}\"", ContentHash::of(&bytes).short());
        File { bytes, kind, text, tag, policy, of: served.of, packed: OnceLock::new() }
    }

    /// A file of the review, which shows text of a stranger: what it holds widens no policy, and an
    /// image that is opened by itself may do nothing at all.
    pub(super) fn of_review(path: &str, bytes: &[u8]) -> File {
        let (kind, text) = kind(path);
        let is_page = kind.starts_with("text/html");
        let bytes = match is_page {
            true => Bytes::from(with_script(bytes)),
            false => Bytes::copy_from_slice(bytes),
        };
        let policy = if is_page { policy::STRICT } else { policy::IMAGE };
        let tag = format!("\"{}\"", ContentHash::of(&bytes).short());
        let policy = policy.to_owned();
        File { bytes, kind, text, tag, policy, of: None, packed: OnceLock::new() }
    }

    /// The page that it stands and falls with; none where any change may touch it.
    pub(super) fn of(&self) -> Option<&SourcePath> {
        self.of.as_ref()
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    fn packed(&self) -> &Bytes {
        self.packed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            let packed = encoder.write_all(&self.bytes).and_then(|()| encoder.finish());
            Bytes::from(packed.unwrap_or_default())
        })
    }

    /// The answer to a request for the file, as it is in a build.
    pub(super) fn respond(
        &self,
        status: StatusCode,
        method: &Method,
        asked: &HeaderMap,
        build: u64,
    ) -> Response<Body> {
        let mut headers = HeaderMap::new();
        set(&mut headers, header::ETAG, &self.tag);
        set(&mut headers, header::CONTENT_SECURITY_POLICY, &self.policy);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(BUILD, HeaderValue::from(build));
        if self.text {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        let (mut status, mut body) = (status, self.bytes.clone());
        if status == StatusCode::OK && self.is_known(asked) {
            status = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
            let size = self.bytes.len();
            match part(asked, &self.tag, size) {
                Part::Some(from, to) if status == StatusCode::OK => {
                    set(&mut headers, header::CONTENT_RANGE, &format!("bytes {from}-{to}/{size}"));
                    status = StatusCode::PARTIAL_CONTENT;
                    body = self.bytes.slice(from..=to);
                }
                Part::Impossible if status == StatusCode::OK => {
                    set(&mut headers, header::CONTENT_RANGE, &format!("bytes */{size}"));
                    status = StatusCode::RANGE_NOT_SATISFIABLE;
                    body = Bytes::new();
                }
                _ if self.is_packed(asked) => {
                    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                    body = self.packed().clone();
                }
                _ => {}
            }
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let is_empty = status == StatusCode::NOT_MODIFIED || method == Method::HEAD;
        let body = if is_empty { Body::empty() } else { Body::from(body) };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// Whether who asks has it already.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
        known.is_some_and(|known| {
            known
                .split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.tag)
        })
    }

    fn is_packed(&self, asked: &HeaderMap) -> bool {
        let accepts = || {
            let accepts = asked.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
            accepts.split(',').find_map(|coding| {
                let mut parts = coding.split(';').map(str::trim);
                let name = parts.next()?;
                let refused = parts.any(|part| part.replace(' ', "").starts_with("q=0"));
                (name.eq_ignore_ascii_case("gzip") && !refused).then_some(())
            })
        };
        self.text && self.bytes.len() >= LEAST_COMPRESSED && accepts().is_some()
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The part of a file that is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// From the first byte to the last one.
    Some(usize, usize),
    Impossible,
}

/// Reads `Range`. Of several ranges the whole file is the answer, which is allowed.
fn part(asked: &HeaderMap, tag: &str, size: usize) -> Part {
    let Some(range) = asked.get(header::RANGE).and_then(|range| range.to_str().ok()) else {
        return Part::Whole;
    };
    if asked.get(header::IF_RANGE).is_some_and(|known| known.as_bytes() != tag.as_bytes()) {
        return Part::Whole;
    }
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Part::Whole;
    };
    let (from, to) = (from.trim(), to.trim());
    let last = size.saturating_sub(1);
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to.min(last)),
        (Ok(from), Err(_)) if to.is_empty() => (from, last),
        (Err(_), Ok(count)) if from.is_empty() && count > 0 => (size.saturating_sub(count), last),
        (Err(_), Ok(_)) if from.is_empty() => return Part::Impossible,
        _ => return Part::Whole,
    };
    if from < size { Part::Some(from, to) } else { Part::Impossible }
}

/// The type of a file by its name, and whether it is text.
fn kind(path: &str) -> (&'static str, bool) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    // Browsers guess where the encoding is not said; everything that is ours is UTF-8.
    let known = match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => ("text/html; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "md" | "markdown" => ("text/markdown; charset=utf-8", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "csv" => ("text/csv; charset=utf-8", true),
        "xml" => ("application/xml", true),
        "svg" => ("image/svg+xml", true),
        "wasm" => ("application/wasm", true),
        _ => ("", false),
    };
    if !known.0.is_empty() {
        return known;
    }
    match mime_guess::from_ext(extension).first_raw() {
        // Only what is said to be a page may be one.
        Some(kind) if kind.contains("html") => ("text/plain; charset=utf-8", true),
        Some(kind) => (kind, kind.starts_with("text/")),
        None => ("application/octet-stream", false),
    }
}

/// A page with the script of the preview at the end of its head.
fn with_script(page: &[u8]) -> Vec<u8> {
    let script = format!("<script src=\"/{LIVE_FOLDER}/live.js\" defer></script>\n");
    let at = memchr::memmem::find(page, b"</head>").unwrap_or(page.len());
    let (head, rest) = page.split_at(at);
    [head, script.as_bytes(), rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn parts_of_files() {
        let of = |range: &str| part(&headers(&[(header::RANGE, range)]), "\"a\"", 100);
        assert_eq!(of("bytes=0-9"), Part::Some(0, 9));
        assert_eq!(of("bytes=90-"), Part::Some(90, 99));
        assert_eq!(of("bytes=-10"), Part::Some(90, 99));
        assert_eq!(of("bytes=-1000"), Part::Some(0, 99));
        assert_eq!(of("bytes=5-1000"), Part::Some(5, 99));
        assert_eq!(of("bytes=100-"), Part::Impossible);
        assert_eq!(of("bytes=-0"), Part::Impossible);
        assert_eq!(of("bytes=9-5"), Part::Whole);
        assert_eq!(of("bytes=0-1,3-4"), Part::Whole);
        assert_eq!(of("lines=0-1"), Part::Whole);
        let other = headers(&[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, "\"b\"")]);
        assert_eq!(part(&other, "\"a\"", 100), Part::Whole);
    }

    #[test]
    fn types_of_files() {
        assert_eq!(kind("a/b.html").0, "text/html; charset=utf-8");
        assert_eq!(kind("a/b.JS").0, "text/javascript; charset=utf-8");
        assert_eq!(kind("a.xhtml").0, "text/plain; charset=utf-8");
        assert_eq!(kind("a.png").0, "image/png");
        assert_eq!(kind("a.woff2").0, "font/woff2");
        assert_eq!(kind("a.b/c").0, "application/octet-stream");
        assert_eq!(kind("CNAME").0, "application/octet-stream");
    }

    #[test]
    fn pages_get_one_element_more() {
        let page = with_script(b"<head><title>x</title></head><body></head>");
        let text = String::from_utf8(page).unwrap();
        assert_eq!(
            text,
            "<head><title>x</title><script src=\"/_copydesk/live/live.js\" defer></script>\n\
             </head><body></head>"
        );
        assert!(with_script(b"no head").ends_with(b"</script>\n"));
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let served = Served::new(Arc::from(&b"body { }"[..]), false);
        let file = File::new("a.css", served);
        let first = file.respond(StatusCode::OK, &Method::GET, &HeaderMap::new(), 3);
        assert_eq!(first.headers()[BUILD], "3");
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let known = headers(&[(header::IF_NONE_MATCH, &tag)]);
        let second = file.respond(StatusCode::OK, &Method::GET, &known, 4);
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        let other = headers(&[(header::IF_NONE_MATCH, "\"x\", W/\"y\"")]);
        assert_eq!(file.respond(StatusCode::OK, &Method::GET, &other, 4).status(), StatusCode::OK);
    }

    use std::sync::Arc;
}
