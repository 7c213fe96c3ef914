//! `copydesk search`: what readers would find.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;

use super::progress::TerminalProgress;
use super::{Exit, Terminal, build, input};
use crate::base::{LineIndex, SourcePath};
use crate::config::Overrides;
use crate::pipeline::{self, BuildError, BuildInput};
use crate::report;
use crate::search::{Answer, SearchIndex, Snippet};
use crate::source::Source;

/// Searches the site as its readers do, and says where each result stands in the sources.
///
/// Ends 0 when something was found and 1 when nothing was.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArguments {
    /// What to look for, written as readers write it: words, `"words that follow each other"`,
    /// `-without`
    #[arg(required = true)]
    query: Vec<String>,
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder
    /// above the working directory that holds a `book.toml`]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Search this git revision
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// How many pages to list
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 10)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Found {
    query: String,
    /// What was typed, and what was looked for instead.
    instead: Vec<(String, String)>,
    /// What stood in quotes, but nowhere word for word.
    unquoted: Vec<String>,
    results: Vec<Hit>,
    /// Whether there are more.
    more: bool,
}

#[derive(Serialize)]
struct Hit {
    url: String,
    page: String,
    trail: Vec<String>,
    section: String,
    score: f64,
    missing: Vec<String>,
    snippet: String,
    /// Bytes of the snippet that were looked for, from and to.
    marks: Vec<(usize, usize)>,
    file: String,
    line: usize,
}

pub(crate) fn run(arguments: &SearchArguments, terminal: &mut Terminal) -> Exit {
    let revision = arguments.rev.as_deref();
    let Some(input) = input::open(arguments.root.as_deref(), revision, None, terminal) else {
        return Exit::Failed;
    };
    let progress = TerminalProgress::new(terminal.watched() && !terminal.quiet());
    let memo = build::memo(arguments.rev.is_some(), &input);
    let prepared = pipeline::prepare(BuildInput {
        source: input.source.as_ref(),
        root: input.root.clone(),
        variables: input::variables(),
        overrides: Overrides::default(),
        facts: input.facts,
        // Results show nothing of what git knows.
        repository: None,
        drafts: false,
        except: Vec::new(),
        memo: &memo,
        progress: &progress,
        version: None,
        beside_versions: false,
    });
    progress.clear();
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(BuildError::Config(diagnostics)) => {
            let said = report::summary(&diagnostics);
            terminal.error(
                &format!("`book.toml` cannot be read: {said}"),
                Some("`copydesk build` tells more"),
            );
            return Exit::Failed;
        }
        Err(BuildError::Source(error)) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let settings = &prepared.settings().search;
    let query = arguments.query.join(" ");
    let mut ranking = pipeline::search::ranking(settings);
    // One more tells whether there are more.
    ranking.limit = arguments.limit.saturating_add(1);
    let answered = prepared
        .search_index()
        .and_then(|index| index.answer(&query, &ranking).map(|answer| (index, answer)));
    let (index, mut answer) = match answered {
        Ok(answered) => answered,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let more = answer.pages.len() > arguments.limit;
    answer.pages.truncate(arguments.limit);
    let found =
        Found { more, ..found(query, &index, &answer, settings.teaser, input.source.as_ref()) };
    let text = if arguments.json {
        serde_json::to_string_pretty(&found).unwrap_or_default() + "\n"
    } else {
        shown(&found, terminal.color_out(), terminal.width())
    };
    if let Err(error) = terminal.out(text.as_bytes()) {
        terminal.error(&format!("cannot write to standard output: {error}"), None);
        return Exit::Failed;
    }
    if found.results.is_empty() {
        terminal.say(&format!("nothing found for `{}`", found.query));
        return Exit::Findings;
    }
    if found.more && !arguments.json {
        terminal.say(&format!("there are more pages: `--limit {}`", arguments.limit * 2));
    }
    Exit::Clean
}

fn found(
    query: String,
    index: &SearchIndex,
    answer: &Answer,
    teaser: usize,
    source: &dyn Source,
) -> Found {
    let mut lines: HashMap<SourcePath, LineIndex> = HashMap::new();
    let results = answer
        .pages
        .iter()
        .filter_map(|hit| {
            let (best, _) = hit.sections.first()?;
            let (page, section) = index.section(*best)?;
            let Snippet { text, marks } = index.snippet(*best, answer, teaser);
            let file = &section.place.file;
            let known = lines.entry(file.clone()).or_insert_with(|| {
                let bytes = source.read(file).unwrap_or_default();
                LineIndex::new(&String::from_utf8_lossy(&bytes))
            });
            let anchor =
                if section.id.is_empty() { String::new() } else { format!("#{}", section.id) };
            Some(Hit {
                url: format!("{}{anchor}", page.url),
                page: page.title.clone(),
                trail: page.trail.clone(),
                section: section.title.clone(),
                score: hit.score,
                missing: hit.missing.clone(),
                snippet: text,
                marks: marks.into_iter().map(|mark| (mark.start, mark.end)).collect(),
                file: file.to_string(),
                line: known.line(section.place.start) + 1,
            })
        })
        .collect();
    Found {
        query,
        instead: answer.instead.clone(),
        unquoted: answer.unquoted.clone(),
        results,
        more: false,
    }
}

fn shown(found: &Found, color: bool, width: usize) -> String {
    let style = |code: &'static str| if color { code } else { "" };
    let (bold, dim, place, plain) =
        (style("\u{1b}[1m"), style("\u{1b}[2m"), style("\u{1b}[36m"), style("\u{1b}[0m"));
    let mut out = String::new();
    for words in &found.unquoted {
        out.push_str(&format!("nothing has `{words}` word for word; these have the words\n\n"));
    }
    for (typed, instead) in &found.instead {
        out.push_str(&format!("nothing has `{typed}`; these are results for `{instead}`\n\n"));
    }
    for hit in &found.results {
        let trail: String = hit.trail.iter().map(|title| format!("{title} / ")).collect();
        let section =
            if hit.section.is_empty() { String::new() } else { format!(" > {}", hit.section) };
        out.push_str(&format!("{dim}{trail}{plain}{bold}{}{section}{plain}\n", hit.page));
        out.push_str(&format!("  {place}{}:{}{plain}\n", hit.file, hit.line));
        if !hit.missing.is_empty() {
            out.push_str(&format!("  {dim}without: {}{plain}\n", hit.missing.join(", ")));
        }
        for line in lines(&hit.snippet, &hit.marks, width.saturating_sub(2), (bold, plain)) {
            out.push_str(&format!("  {line}\n"));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// A text in lines of at most `width` characters, broken at spaces, with what is marked in a style.
fn lines(
    text: &str,
    marks: &[(usize, usize)],
    width: usize,
    (on, off): (&str, &str),
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    let mut at = 0;
    for word in text.split(' ') {
        let count = word.chars().count();
        if length > 0 && length + 1 + count > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        let mut done = 0;
        for (start, end) in marks {
            // A mark stands within a word, or begins or ends in it.
            let start = start.saturating_sub(at).min(word.len());
            let end = end.saturating_sub(at).min(word.len());
            if start >= end || start < done {
                continue;
            }
            line.push_str(word.get(done..start).unwrap_or_default());
            line.push_str(on);
            line.push_str(word.get(start..end).unwrap_or_default());
            line.push_str(off);
            done = end;
        }
        line.push_str(word.get(done..).unwrap_or_default());
        length += count;
        at += word.len() + 1;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_broken_into_lines() {
        let text = "one two-three four";
        assert_eq!(lines(text, &[], 9, ("[", "]")), ["one", "two-three", "four"]);
        assert_eq!(
            lines(text, &[(0, 3), (8, 13), (14, 18)], 80, ("[", "]")),
            ["[one] two-[three] [four]"]
        );
        assert_eq!(lines(text, &[(4, 18)], 13, ("[", "]")), ["one [two-three]", "[four]"]);
        assert!(lines("", &[], 9, ("[", "]")).is_empty());
    }
}
