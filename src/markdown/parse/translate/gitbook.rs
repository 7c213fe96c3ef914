//! GitBook's blocks, `{% hint style="info" %}`, and the few that Jekyll and Liquid share with it.

use super::super::opaque::Ranges;
use super::arguments::Arguments;
use super::{Block, Mark, alert, alert_block, label, lines, link};

/// Finds what has an equal.
pub(super) fn find(text: &str, code: &Ranges, marks: &mut Vec<Mark>) {
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{%")).map(|o| at + o) {
        at = open + 2;
        // `{{% … %}}` is Hugo's.
        if text.get(..open).is_some_and(|before| before.ends_with('{')) {
            continue;
        }
        if let Some(range) = code.find(open) {
            at = range.end.max(at);
            continue;
        }
        let body = text.get(at..).unwrap_or_default();
        let Some(length) = body.find("%}") else { break };
        let content = body.get(..length).unwrap_or_default();
        if content.contains('\n') {
            continue;
        }
        let range = open..at + length + 2;
        let trimmed = content.trim_start_matches(['-', ' ', '\t']);
        let start = at + content.len() - trimmed.len();
        let name = trimmed.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
        let Some(name) = trimmed.get(..name) else { continue };
        let end = at + content.trim_end_matches(['-', ' ', '\t']).len();
        let arguments = Arguments::read(text, (start + name.len()).min(end)..end);
        at = range.end;
        if !lines::can_hold_block(text, range.start) {
            continue;
        }
        if let Some(closed) = name.strip_prefix("end").filter(|name| !name.is_empty()) {
            marks.push(Mark::close(range, format!("gitbook {closed}")));
            continue;
        }
        let plain = |name| Block::Directive { name, label: Vec::new(), open: false };
        let block = match name {
            "hint" => {
                let style = arguments.named(&["style"]).and_then(|range| text.get(range));
                alert_block(text, style.and_then(alert).unwrap_or("note"), None)
            }
            "tabs" => plain("tabs"),
            "tab" => {
                let label = label(text, arguments.named(&["title"]));
                if label.is_empty() {
                    continue;
                }
                Block::Directive { name: "tab", label, open: false }
            }
            "embed" | "file" => {
                let Some(url) = arguments.named(&["url", "src"]) else { continue };
                // A file has a path that Markdown wants a text for.
                marks.push(Mark::replace(range, link(Vec::new(), url)));
                continue;
            }
            "code" | "content-ref" | "raw" | "stepper" | "step" | "columns" | "column" => {
                Block::Nothing
            }
            _ => continue,
        };
        marks.push(Mark::open(range, format!("gitbook {name}"), block));
    }
}
