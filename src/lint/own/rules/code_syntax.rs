//! `markdown/code-syntax`

use saphyr_parser::Parser;
use serde::de::IgnoredAny;

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/code-syntax",
        severity: Severity::Advice,
        summary: "a code block is not the JSON, YAML, or TOML that it says it is",
        explanation: "Readers copy such code into files. A comma too many costs each of them the time that mending it once would take. Parts of a file are fine: entries without the braces around them, several documents, what stands in for something (`...`, `{{ name }}`, `<name>`). JSON with comments is `jsonc`.",
        examples: (
            "```json\n{ \"port\": 80, }\n```\n",
            "```json\n{ \"port\": 80 }\n```\n\n```toml\nport = 80\n```\n",
        ),
    },
    presets: &["strict"],
    options: &[],
    check,
};

/// What says that code is no whole file.
const STAND_INS: [&str; 7] = ["...", "\u{2026}", "{{", "{%", "<%", "${", "# ["];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for node in &page.document.nodes {
        let NodeKind::CodeBlock(block) = &node.kind else { continue };
        if block.options.diff_marks || STAND_INS.iter().any(|mark| block.code.contains(mark)) {
            continue;
        }
        let (name, problem) = match block.language.to_ascii_lowercase().as_str() {
            "json" => ("JSON", json(&block.code)),
            "yaml" | "yml" => ("YAML", yaml(&block.code)),
            "toml" => ("TOML", toml(&block.code)),
            _ => continue,
        };
        let Some((line, why)) = problem else { continue };
        // `<name>` is no value in any of them.
        let at = block.code.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        if at.contains('<') && at.contains('>') {
            continue;
        }
        let start = node.range.start as usize;
        let fence = page.written(start..node.range.end as usize).lines().next();
        let fence = fence.map_or(0, str::len);
        findings.at(start..start + fence, format!("this is no {name}: {why} in line {line}"));
        findings.help("mend the code, or write `text` behind the fence");
    }
}

/// The line, from 1, and what is wrong there.
type Problem = Option<(usize, String)>;

fn json(code: &str) -> Problem {
    let stream = |code: &str| {
        let values = serde_json::Deserializer::from_str(code).into_iter::<IgnoredAny>();
        values.filter_map(Result::err).next()
    };
    let error = stream(code)?;
    // Entries of an object, or of a list, with what may follow them.
    let part = code.trim().trim_end_matches(',');
    if stream(&format!("{{{part}}}")).is_none() || stream(&format!("[{part}]")).is_none() {
        return None;
    }
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    Some((error.line().max(1), why.to_owned()))
}

fn yaml(code: &str) -> Problem {
    let mut parser = Parser::new_from_str(code);
    // So many events at most as the code has characters, and what begins and ends it.
    for _ in 0..code.len() * 4 + 16 {
        match parser.next_event() {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                return Some((error.marker().line().max(1), error.info().to_owned()));
            }
            None => break,
        }
    }
    None
}

fn toml(code: &str) -> Problem {
    let error = code.parse::<::toml::Table>().err()?;
    let at = error.span().map_or(0, |span| span.start).min(code.len());
    let line = code.get(..at).unwrap_or(code).matches('\n').count() + 1;
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    Some((line, message))
}
