//! The content security policy of a page: the strict one that the theme and its scripts need,
//! widened by what the author's own HTML needs, and only that.

use std::collections::BTreeSet;

/// What every page gets.
pub(super) const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; media-src 'self'; \
     manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// What an image of a branch that is reviewed gets, for whoever opens it by itself.
pub(super) const IMAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The policy of a page that is our own: an error, an overlay.
#[derive(Debug, Default)]
struct Needs {
    script: BTreeSet<String>,
    style: BTreeSet<String>,
    image: BTreeSet<String>,
    media: BTreeSet<String>,
    frame: BTreeSet<String>,
    object: BTreeSet<String>,
    font: bool,
    connect: bool,
}

/// The policy for a page, by the elements that it holds.
pub(super) fn of(page: &[u8]) -> String {
    let needs = Needs::of(&String::from_utf8_lossy(page));
    let mut policy = String::from("default-src 'none'");
    let mut add = |name: &str, ours: &str, theirs: &BTreeSet<String>| {
        policy.push_str(&format!("; {name} {ours}"));
        for one in theirs {
            policy.push(' ');
            policy.push_str(one);
        }
    };
    let none = BTreeSet::new();
    let https: BTreeSet<String> = BTreeSet::from(["https:".to_owned()]);
    add("script-src", "'self'", &needs.script);
    add("style-src", "'self'", &needs.style);
    add("img-src", "'self' data:", &needs.image);
    // Scripts from elsewhere ask there, too.
    add("connect-src", "'self'", if needs.connect { &https } else { &none });
    add("font-src", "'self'", if needs.font { &https } else { &none });
    add("media-src", "'self'", &needs.media);
    if !needs.frame.is_empty() {
        add("frame-src", "'self'", &needs.frame);
    }
    if !needs.object.is_empty() {
        add("object-src", "'self'", &needs.object);
    }
    policy.push_str(
        "; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    );
    policy
}

impl Needs {
    fn of(page: &str) -> Needs {
        let mut needs = Needs::default();
        let mut rest = page;
        while let Some(at) = rest.find('<') {
            rest = rest.get(at + 1..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let Some((name, attributes, after)) = tag(rest) else { continue };
            rest = after;
            needs.tag(&name, &attributes);
        }
        needs
    }

    fn tag(&mut self, name: &str, attributes: &[(String, String)]) {
        let get = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        if get("style").is_some() || name == "style" {
            self.style.insert("'unsafe-inline'".to_owned());
        }
        if attributes.iter().any(|(name, _)| name.starts_with("on")) {
            self.script.insert("'unsafe-inline'".to_owned());
        }
        match name {
            "script" => match get("src") {
                Some(src) => {
                    if let Some(origin) = origin(src) {
                        self.script.insert(origin);
                        self.connect = true;
                    }
                }
                None if !get("type").is_some_and(|kind| kind.contains("json")) => {
                    self.script.insert("'unsafe-inline'".to_owned());
                }
                None => {}
            },
            "link" if get("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("stylesheet")) => {
                if let Some(origin) = get("href").and_then(origin) {
                    self.style.insert(origin);
                    self.font = true;
                }
            }
            "img" | "image" | "input" => {
                self.image.extend(get("src").or_else(|| get("href")).and_then(origin));
                self.image_set(get("srcset"));
            }
            "source" => {
                self.image_set(get("srcset"));
                self.media.extend(get("src").and_then(origin));
            }
            "video" | "audio" | "track" => {
                self.media.extend(get("src").and_then(origin));
                self.image.extend(get("poster").and_then(origin));
            }
            "iframe" => self
                .frame
                .extend(Some(get("src").and_then(origin).unwrap_or_else(|| "'self'".to_owned()))),
            "object" => self.object.extend(get("data").and_then(origin)),
            "embed" => self.object.extend(get("src").and_then(origin)),
            _ => {}
        }
    }

    fn image_set(&mut self, set: Option<&str>) {
        let sources = set.into_iter().flat_map(|set| set.split(','));
        self.image.extend(sources.filter_map(|one| origin(one.split_whitespace().next()?)));
    }
}

/// The origin of a URL that names a host; nothing else can widen the policy.
fn origin(url: &str) -> Option<String> {
    let url = url.trim();
    let (scheme, rest) = match url.strip_prefix("//") {
        Some(rest) => ("https", rest),
        None => url.split_once("://")?,
    };
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    (!host.is_empty() && host.chars().all(plain))
        .then(|| format!("{}://{host}", scheme.to_ascii_lowercase()))
}

/// Names and values.
type Attributes = Vec<(String, String)>;

/// The start tag at the beginning of a text that follows `<`: its name and its attributes in lower
/// case, with what comes after it.
fn tag(text: &str) -> Option<(String, Attributes, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
    let (name, mut rest) = text.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((name.to_ascii_lowercase(), attributes, after));
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c))?;
        let (key, after) = rest.split_at(end.max(1));
        rest = after.trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(quote) => after.get(1..)?.split_once(quote)?,
                None => after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
            };
        }
        attributes.push((key.to_ascii_lowercase(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_theme_get_the_strict_policy() {
        let page = b"<!doctype html><head><script src=\"a.js\" defer></script></head><body \
            data-x=\"<img src='http://no.example'>\"><!-- <iframe src=x> --><img src=a.png alt>";
        assert_eq!(of(page), STRICT);
    }

    #[test]
    fn what_the_author_wrote_widens_it_and_no_more() {
        let with = |html: &str| {
            let policy = of(html.as_bytes());
            let more = policy.split("; ").filter(|part| !STRICT.split("; ").any(|s| s == *part));
            more.map(str::to_owned).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            with("<img src=\"https://img.example/a.png?x\">"),
            "img-src 'self' data: https://img.example"
        );
        assert_eq!(with("<p style='color:red'>"), "style-src 'self' 'unsafe-inline'");
        assert_eq!(with("<script>go()</script>"), "script-src 'self' 'unsafe-inline'");
        assert_eq!(with("<script type=application/ld+json>{}</script>"), "");
        assert_eq!(with("<a href=x onclick=go()>"), "script-src 'self' 'unsafe-inline'");
        assert_eq!(
            with("<IFRAME src='https://video.example/x'></IFRAME>"),
            "frame-src 'self' https://video.example"
        );
        assert_eq!(with("<img src=\"https://a.example; script-src *\">"), "");
        assert_eq!(with("<img src='javascript://x'>"), "");
        assert_eq!(with("a < b <"), "");
    }
}
