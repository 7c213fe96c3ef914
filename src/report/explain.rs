//! What a code means: for a terminal, and for the manual.

use std::io;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use crate::base::{Code, Severity};

/// Lines of prose longer than this are hard to read, however wide the terminal.
const MAX_WIDTH: usize = 88;

/// The narrowest width that is reckoned with.
const MIN_WIDTH: usize = 30;

const CODE: Style = AnsiColor::Cyan.on_default();
const BOLD: Style = Style::new().effects(Effects::BOLD);

/// Writes what a code means: its summary, the explanation, an example that causes it and the same
/// put right.
///
/// # Errors
/// When `out` cannot be written to.
pub fn explain(code: &Code, out: &mut dyn io::Write, color: bool, width: usize) -> io::Result<()> {
    let page = Page { color, width: width.clamp(MIN_WIDTH, MAX_WIDTH) };
    let severity = match code.severity {
        Severity::Error => AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
        Severity::Warning => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
        Severity::Advice => AnsiColor::BrightBlue.on_default().effects(Effects::BOLD),
    };
    let head = format!("{}[{}]", code.severity.word(), code.id);
    let summary = format!(": {}", code.summary);
    writeln!(out, "{}{}", page.styled(&head, severity), page.styled(&summary, BOLD))?;
    page.markdown(code.explanation, out)?;
    let (wrong, right) = code.examples;
    for (title, example) in [("Wrong:", wrong), ("Right:", right)] {
        if !example.is_empty() {
            writeln!(out, "\n{}\n", page.styled(title, BOLD))?;
            page.verbatim(example, out)?;
        }
    }
    Ok(())
}

struct Page {
    color: bool,
    width: usize,
}

impl Page {
    fn styled(&self, text: &str, style: Style) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn verbatim(&self, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        for line in text.trim_end().lines() {
            match line.is_empty() {
                true => writeln!(out)?,
                false => writeln!(out, "    {}", self.styled(line, CODE))?,
            }
        }
        Ok(())
    }

    /// Markdown as explanations use it: paragraphs, lists, headings, fenced code, inline code.
    /// Anything else stays as it is written, which is readable too.
    fn markdown(&self, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let mut lines = text.lines().peekable();
        let mut after_blank = true;
        while let Some(line) = lines.next() {
            if line.trim().is_empty() {
                after_blank = true;
                continue;
            }
            let begins = std::mem::take(&mut after_blank);
            if let Some(fence) = fence(line) {
                let code: Vec<&str> =
                    lines.by_ref().take_while(|line| !line.trim().starts_with(fence)).collect();
                writeln!(out)?;
                self.verbatim(&code.join("\n"), out)?;
                continue;
            }
            if line.starts_with('#') {
                let title = line.trim_start_matches('#').trim();
                writeln!(out, "\n{}", self.styled(title, BOLD))?;
                continue;
            }
            let (mark, first) = item(line);
            let mut words: Vec<&str> = first.split_whitespace().collect();
            while let Some(next) = lines.next_if(|next| continues(next)) {
                words.extend(next.split_whitespace());
            }
            // The items of a list stand together.
            if begins || mark.is_none() {
                writeln!(out)?;
            }
            self.paragraph(&words, mark.unwrap_or_default(), out)?;
        }
        Ok(())
    }

    /// Words in lines, `mark` before the first and as much space before the others.
    fn paragraph(&self, words: &[&str], mark: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let indent = " ".repeat(mark.chars().count());
        let mut text = String::new();
        let mut column = 0;
        for word in words {
            let length = word.chars().count();
            if column == 0 {
                text.push_str(mark);
                column = indent.len();
            } else if column + 1 + length > self.width {
                text.push('\n');
                text.push_str(&indent);
                column = indent.len();
            } else {
                text.push(' ');
                column += 1;
            }
            text.push_str(word);
            column += length;
        }
        writeln!(out, "{}", self.inline(&text))
    }

    /// Inline code coloured; without colour it keeps its backticks.
    fn inline(&self, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let mut out = String::new();
        let mut is_code = false;
        for c in text.chars() {
            match c {
                '`' => {
                    is_code = !is_code;
                    out.push_str(&match is_code {
                        true => format!("{CODE}"),
                        false => format!("{CODE:#}"),
                    });
                }
                // A colour does not run into the indentation of the next line.
                '\n' if is_code => out.push_str(&format!("{CODE:#}\n{CODE}")),
                c => out.push(c),
            }
        }
        if is_code {
            out.push_str(&format!("{CODE:#}"));
        }
        out
    }
}

/// The fence that a line opens.
fn fence(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence))
}

/// The mark of a list item and the rest of its line.
fn item(line: &str) -> (Option<&str>, &str) {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let marks = [(0, "- "), (0, "* "), (digits, ". ")];
    for (skip, mark) in marks {
        if (mark != ". " || digits > 0)
            && line.get(skip..).is_some_and(|rest| rest.starts_with(mark))
        {
            let (mark, rest) = line.split_at(skip + mark.len());
            return (Some(mark), rest);
        }
    }
    (None, line)
}

/// Whether a line goes on with the paragraph or item before it.
fn continues(line: &str) -> bool {
    !line.trim().is_empty()
        && fence(line).is_none()
        && !line.starts_with('#')
        && item(line).0.is_none()
}

const INTRODUCTION: &str = "\
# Diagnostics

Every problem that Copydesk finds has a code, which stands in brackets in its reports. \
`copydesk explain CODE` shows the same text as this page. An *error* fails a build or a lint; a \
*warning* fails with `--strict`; *advice* never fails.
";

/// The manual's reference of diagnostics: every code, by area.
pub fn reference_markdown(codes: &[&Code]) -> String {
    let mut codes: Vec<&Code> = codes.to_vec();
    codes.sort_by_key(|code| code.id);
    codes.dedup_by_key(|code| code.id);
    let mut page = String::from(INTRODUCTION);
    let mut area = "";
    for code in codes {
        let (of, _) = code.id.split_once('/').unwrap_or(("other", code.id));
        if of != area {
            area = of;
            page.push_str(&format!("\n## {area}\n"));
        }
        page.push_str(&format!(
            "\n### `{id}` {{#{anchor}}}\n\n*{severity}*: {summary}.\n\n{explanation}\n",
            id = code.id,
            anchor = code.id.replace('/', "-"),
            severity = capital(code.severity.word()),
            summary = code.summary,
            explanation = code.explanation.trim_end(),
        ));
        let (wrong, right) = code.examples;
        for (title, example) in [("Wrong", wrong), ("Right", right)] {
            if !example.is_empty() {
                let fence = fence_for(example);
                let example = example.trim_end();
                page.push_str(&format!("\n{title}:\n\n{fence}text\n{example}\n{fence}\n"));
            }
        }
    }
    page
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A fence longer than any that stands in the code.
fn fence_for(code: &str) -> String {
    let longest = code
        .lines()
        .map(|line| line.trim_start().chars().take_while(|c| *c == '`').count())
        .max()
        .unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}
