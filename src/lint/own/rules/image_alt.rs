//! `images/alt-text`

use std::ops::Range;

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::{NodeKind, html_tags};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "images/alt-text",
        severity: Severity::Warning,
        summary: "an image has no useful alternative text",
        explanation: "The alternative text is what people who cannot see the image get, and what stands there when it does not load. Say what the image shows; `image` and the name of the file say nothing. An image that only decorates stands in HTML with `alt=\"\"`, which is right there; an `<img>` without `alt` is not.",
        examples: (
            "![image](login.png)\n",
            "![The login form with a link to reset the password](login.png)\n",
        ),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for (index, node) in page.document.nodes.iter().enumerate() {
        let NodeKind::Image(link) = &node.kind else { continue };
        let Some(link) = page.document.links.get(*link as usize) else { continue };
        let node_id = u32::try_from(index).unwrap_or(u32::MAX);
        let alt = page.document.plain_text(node_id);
        let range = node.range.start as usize..node.range.end as usize;
        // What templates put there cannot be told.
        if page.written(range.clone()).contains("{{") {
            continue;
        }
        let message = match alt.trim() {
            "" => Some(NONE.to_owned()),
            alt => useless(alt, &link.dest),
        };
        tell(range, message, findings);
    }
    for tag in html_tags(page.document) {
        if tag.closing || tag.name != "img" || page.written(tag.range.clone()).contains('{') {
            continue;
        }
        let says = |name: &str, values: &[&str]| {
            tag.attribute(name).is_some_and(|value| values.contains(&value))
        };
        if says("aria-hidden", &["true"]) || says("role", &["presentation", "none"]) {
            continue;
        }
        let named = ["aria-label", "aria-labelledby"]
            .iter()
            .any(|name| tag.attribute(name).is_some_and(|value| !value.trim().is_empty()));
        let message = match tag.attribute("alt").map(str::trim) {
            None => (!named).then(|| NONE.to_owned()),
            // It only decorates.
            Some("") => None,
            Some(alt) => useless(alt, tag.attribute("src").unwrap_or_default()),
        };
        tell(tag.range, message, findings);
    }
}

const NONE: &str = "this image has no alternative text";

fn tell(range: Range<usize>, message: Option<String>, findings: &mut Findings<'_>) {
    if let Some(message) = message {
        findings.at(range, message);
        findings.help("say what the image shows");
    }
}

/// What is wrong with an alternative text that says nothing about an image.
fn useless(alt: &str, address: &str) -> Option<String> {
    let file = address.rsplit('/').next().unwrap_or_default();
    let file = file.split(['?', '#']).next().unwrap_or_default();
    if EMPTY.contains(&alt.to_lowercase().as_str()) {
        Some(format!("the alternative text `{alt}` says nothing about the image"))
    } else if alt.contains('.') && (alt == file || names_image(alt)) {
        Some(format!("the alternative text `{alt}` is the name of a file"))
    } else {
        None
    }
}

const EMPTY: [&str; 14] = [
    "image",
    "img",
    "screenshot",
    "picture",
    "photo",
    "alt",
    "alt text",
    "alt_text",
    "image.png",
    "alt-text",
    "text",
    "image alt text",
    "screen shot",
    "untitled",
];

fn names_image(alt: &str) -> bool {
    let ending = alt.rsplit('.').next().unwrap_or_default().to_lowercase();
    !alt.contains(char::is_whitespace)
        && ["png", "jpg", "jpeg", "gif", "svg", "webp"].contains(&ending.as_str())
}
