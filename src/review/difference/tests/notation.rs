//! A difference in a few lines.
//!
//! ```text
//! = 2                             two blocks are the same
//! + paragraph: new words          inserted
//! - paragraph: old words          deleted
//! ~ paragraph: [-old-]{+new+}     changed; what is the same is cut
//! * paragraph: {*a|**a***}        reformatted: as it was, as it is
//! < paragraph: words              moved away, and
//! > = paragraph: words            here
//! + list around                   a new block around others
//! ```

use super::*;

pub(super) fn write(difference: &Difference) -> String {
    let mut out = String::new();
    row(&mut out, &difference.edits, 0);
    if difference.is_empty() {
        out.clear();
        out.push_str("nothing\n");
    }
    out
}

fn row(out: &mut String, edits: &[Edit], depth: usize) {
    let mut equal = 0;
    for edit in edits {
        if let Edit::Equal { .. } = edit {
            equal += 1;
            continue;
        }
        flush(out, &mut equal, depth);
        indent(out, depth);
        match edit {
            Edit::Inserted { block, .. } => line(out, "+", block),
            Edit::Deleted { block, .. } => line(out, "-", block),
            Edit::MovedAway { block, .. } => line(out, "<", block),
            Edit::MovedHere { edit, .. } => match &**edit {
                Edit::Equal { block } => line(out, ">", block),
                Edit::Changed(inner) => {
                    out.push_str("> ");
                    changed(out, inner, depth);
                }
                other => panic!("{other:?}"),
            },
            Edit::Changed(inner) => changed(out, inner, depth),
            Edit::Wrapped { block, edits, .. } | Edit::Unwrapped { block, edits, .. } => {
                let mark = if matches!(edit, Edit::Wrapped { .. }) { '+' } else { '-' };
                writeln!(out, "{mark} {} around", name(block.kind)).unwrap();
                row(out, edits, depth + 1);
            }
            Edit::Equal { .. } => {}
        }
    }
    flush(out, &mut equal, depth);
}

fn flush(out: &mut String, equal: &mut usize, depth: usize) {
    if *equal > 0 {
        indent(out, depth);
        writeln!(out, "= {equal}").unwrap();
        *equal = 0;
    }
}

fn indent(out: &mut String, depth: usize) {
    out.push_str(&"  ".repeat(depth));
}

fn name(kind: Kind) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

fn line(out: &mut String, mark: &str, part: &Part) {
    let mut text = String::new();
    all(&mut text, part);
    writeln!(out, "{mark} {}: {}", name(part.kind), text.trim()).unwrap();
}

fn all(out: &mut String, part: &Part) {
    if !out.is_empty() {
        out.push_str(" / ");
    }
    out.push_str(&runs(&part.runs));
    for part in &part.parts {
        all(out, part);
    }
}

fn changed(out: &mut String, changed: &Changed, depth: usize) {
    let mark = if changed.reformatted { '*' } else { '~' };
    write!(out, "{mark} {}", name(changed.new.kind)).unwrap();
    if changed.old.kind != changed.new.kind {
        write!(out, " (was {})", name(changed.old.kind)).unwrap();
    }
    for (name, old, new) in changed.properties() {
        write!(out, " ({name}: {} -> {})", old.unwrap_or("none"), new.unwrap_or("none")).unwrap();
    }
    match &changed.inner {
        Inner::Words(pieces) => {
            out.push_str(": ");
            for (piece, at) in pieces.iter().zip(0..) {
                match piece {
                    Piece::Equal { runs: same } => {
                        out.push_str(&context(&runs(same), at > 0, at + 1 < pieces.len()));
                    }
                    Piece::Inserted { runs: new } => write!(out, "{{+{}+}}", runs(new)).unwrap(),
                    Piece::Deleted { runs: old } => write!(out, "[-{}-]", runs(old)).unwrap(),
                    Piece::Reformatted { old, new } => {
                        write!(out, "{{*{}|{}*}}", runs(old), runs(new)).unwrap();
                    }
                }
            }
            out.push('\n');
        }
        Inner::Blocks(edits) => {
            out.push('\n');
            row(out, edits, depth + 1);
        }
    }
}

/// What is the same, but for its ends.
fn context(text: &str, before: bool, after: bool) -> String {
    const NEAR: usize = 12;
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= 2 * NEAR + 3 {
        return text.to_owned();
    }
    let head = if before { chars[..NEAR].iter().collect() } else { String::new() };
    let tail = if after { chars[chars.len() - NEAR..].iter().collect() } else { String::new() };
    format!("{head}...{tail}")
}

fn runs(list: &[Run]) -> String {
    let mut out = String::new();
    for run in list {
        let mut text = match &run.kind {
            RunKind::Text => run.text.clone(),
            RunKind::Break => "\\".to_owned(),
            RunKind::Image { to, .. } => format!("![{}]({to})", run.text),
            RunKind::Html => run.text.clone(),
            RunKind::Footnote => format!("[^{}]", run.text),
            RunKind::Math { .. } => format!("${}$", run.text),
        };
        for mark in run.marks.iter().rev() {
            text = match mark {
                Mark::Strong => format!("**{text}**"),
                Mark::Emphasis => format!("_{text}_"),
                Mark::Strikethrough => format!("~~{text}~~"),
                Mark::Code => format!("`{text}`"),
                Mark::Link { to, .. } => format!("[{text}]({to})"),
                Mark::Html(tag) => format!("{tag}{text}</>"),
            };
        }
        out.push_str(&text);
    }
    out
}
