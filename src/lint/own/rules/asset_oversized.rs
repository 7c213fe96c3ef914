//! `assets/oversized`

use std::collections::{BTreeMap, HashSet};

use crate::base::{Code, Diagnostic, Severity, SourcePath};
use crate::lint::own::OwnRule;
use crate::lint::own::across::{Across, AcrossRule, Fact, linked_file, nothing};
use crate::lint::own::options::{OptionDefault, OptionSpec, Options};
use crate::markdown::{Document, LinkKind};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "assets/oversized",
        severity: Severity::Advice,
        summary: "an image that a page shows is a large file",
        explanation: "A picture of several megabytes keeps readers waiting, and those with a slow connection do not see it at all. Make it as wide as it is shown, and write it as WebP, or as SVG where it is a drawing. It is looked for where all files are checked.",
        examples: ("", ""),
    },
    presets: &["strict"],
    options: &[OptionSpec {
        name: "kilobytes",
        default: OptionDefault::Whole(1000),
        doc: "Larger files are reported; a kilobyte has 1000 bytes.",
    }],
    check: nothing,
};

/// The same for all pages.
pub(super) static ACROSS: AcrossRule = AcrossRule { rule: &RULE, gather, judge };

fn gather(document: &Document, _: &Options<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for link in document.links.iter().filter(|link| link.kind == LinkKind::Image) {
        if let Some((text, false)) = linked_file(&document.source, &link.dest) {
            facts.push(Fact { span: document.span(&link.range), text, numbers: Vec::new() });
        }
    }
    facts
}

fn judge(across: &Across<'_>, options: &Options<'_>) -> Vec<Diagnostic> {
    let most = options.whole("kilobytes").saturating_mul(1000);
    let files: HashSet<&str> = across.files.iter().map(SourcePath::as_str).collect();
    // Told once, where it is shown first.
    let mut shown: BTreeMap<&str, &Fact> = BTreeMap::new();
    for (_, fact) in across.facts().filter(|(_, fact)| files.contains(fact.text.as_str())) {
        shown.entry(&fact.text).or_insert(fact);
    }
    let mut found = Vec::new();
    for (path, fact) in shown {
        let bytes = SourcePath::new(path).ok().and_then(|path| (across.read)(&path));
        let Some(size) = bytes.map(|bytes| bytes.len()).filter(|size| *size > most) else {
            continue;
        };
        let size = match size / 1000 {
            kilobytes if kilobytes < 1000 => format!("{kilobytes} kB"),
            kilobytes => format!("{}.{} MB", kilobytes / 1000, kilobytes % 1000 / 100),
        };
        let message = format!("`{path}` has {size}");
        let said = Diagnostic::new(&RULE.code, message).at(fact.span.clone());
        found.push(said.help("make it smaller: fewer pixels, WebP, or SVG for a drawing"));
    }
    found
}
