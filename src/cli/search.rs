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
    results: Vec<Hit>,
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
    ranking.limit = arguments.limit;
    let answered = prepared
        .search_index()
        .and_then(|index| index.answer(&query, &ranking).map(|answer| (index, answer)));
    let (index, answer) = match answered {
        Ok(answered) => answered,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let found = found(query, &index, &answer, settings.teaser, input.source.as_ref());
    let text = if arguments.json {
        serde_json::to_string_pretty(&found).unwrap_or_default() + "\n"
    } else {
        shown(&found, terminal.color_out())
    };
    if let Err(error) = terminal.out(text.as_bytes()) {
        terminal.error(&format!("cannot write to standard output: {error}"), None);
        return Exit::Failed;
    }
    if found.results.is_empty() {
        terminal.say(&format!("nothing found for `{}`", found.query));
        return Exit::Findings;
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
    Found { query, instead: answer.instead.clone(), results }
}

fn shown(found: &Found, color: bool) -> String {
    let style = |code: &str| if color { format!("\u{1b}[{code}m") } else { String::new() };
    let (bold, dim, plain) = (style("1"), style("2"), style("0"));
    let mut out = String::new();
    for (typed, instead) in &found.instead {
        out.push_str(&format!("nothing has `{typed}`; these are results for `{instead}`\n\n"));
    }
    for hit in &found.results {
        let trail: String = hit.trail.iter().map(|title| format!("{title} / ")).collect();
        let section =
            if hit.section.is_empty() { String::new() } else { format!(" > {}", hit.section) };
        out.push_str(&format!("{dim}{trail}{plain}{bold}{}{section}{plain}\n", hit.page));
        out.push_str(&format!("  {}:{}\n", hit.file, hit.line));
        if !hit.missing.is_empty() {
            out.push_str(&format!("  {dim}without: {}{plain}\n", hit.missing.join(", ")));
        }
        if !hit.snippet.is_empty() {
            let mut snippet = hit.snippet.clone();
            for (start, end) in hit.marks.iter().rev() {
                snippet.insert_str(*end, &plain);
                snippet.insert_str(*start, &bold);
            }
            out.push_str(&format!("  {snippet}\n"));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
