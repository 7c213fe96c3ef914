//! Parts of a page without what nobody sees of them: comments in raw HTML. What stood on both sides of
//! one is put together, so that the page is the same as if it had never been there.

use std::sync::Arc;

use crate::markdown::html_comments;
use crate::review::difference::{Kind, Part, Run, RunKind};

/// The parts that are shown.
pub(super) fn shown(parts: &[Arc<Part>]) -> Vec<Arc<Part>> {
    parts.iter().filter_map(of_part).collect()
}

/// A part; none where it is nothing but comments.
fn of_part(part: &Arc<Part>) -> Option<Arc<Part>> {
    if part.kind == Kind::Html {
        return of_html(part);
    }
    if part.kind.has_lines() {
        return Some(Arc::clone(part));
    }
    let runs = of_runs(&part.runs);
    if runs.is_empty() && !part.runs.is_empty() && part.kind == Kind::Paragraph {
        return None;
    }
    let parts = shown(&part.parts);
    let same = runs.len() == part.runs.len()
        && parts.len() == part.parts.len()
        && parts.iter().zip(&part.parts).all(|(one, other)| Arc::ptr_eq(one, other));
    match same {
        true => Some(Arc::clone(part)),
        false => Some(Arc::new(Part { runs, parts, ..Part::clone(part) })),
    }
}

/// A block of raw HTML, whose comments can go over several lines.
fn of_html(part: &Arc<Part>) -> Option<Arc<Part>> {
    let html = html_of(part);
    let comments = html_comments(&html);
    if comments.is_empty() {
        return Some(Arc::clone(part));
    }
    let mut rest = String::with_capacity(html.len());
    let mut done = 0;
    for comment in comments {
        rest.push_str(html.get(done..comment.start).unwrap_or_default());
        done = comment.end;
    }
    rest.push_str(html.get(done..).unwrap_or_default());
    let lines: Vec<Part> = rest
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .map(|line| Part::leaf(Kind::Line, vec![Run::text(line)]))
        .collect();
    (!lines.is_empty()).then(|| {
        let parts = lines.into_iter().map(Arc::new).collect();
        Arc::new(Part { parts, ..Part::clone(part) })
    })
}

/// The text of a block of raw HTML.
pub(super) fn html_of(part: &Part) -> String {
    let mut html = String::new();
    for line in &part.parts {
        for run in &line.runs {
            html.push_str(&run.text);
        }
        html.push('\n');
    }
    html
}

fn is_comment(run: &Run) -> bool {
    let covers =
        || matches!(html_comments(&run.text).as_slice(), [one] if *one == (0..run.text.len()));
    run.kind == RunKind::Html && covers()
}

/// The runs of a leaf. Of the white space on both sides of a comment one space stays, as a browser
/// shows it.
fn of_runs(runs: &[Run]) -> Vec<Run> {
    if !runs.iter().any(is_comment) {
        return runs.to_vec();
    }
    let mut out: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs.iter().filter(|run| !is_comment(run)) {
        let mut run = run.clone();
        let blank = match out.last() {
            None => true,
            Some(last) if last.kind == RunKind::Text => last.text.ends_with(' '),
            Some(last) => last.kind == RunKind::Break,
        };
        if run.kind == RunKind::Text && blank {
            run.text = run.text.trim_start_matches(' ').to_owned();
            if run.text.is_empty() {
                continue;
            }
        }
        match out.last_mut() {
            Some(last)
                if last.kind == RunKind::Text
                    && run.kind == RunKind::Text
                    && last.marks == run.marks =>
            {
                last.text.push_str(&run.text);
            }
            _ => out.push(run),
        }
    }
    while let Some(last) = out.last_mut()
        && last.kind == RunKind::Text
    {
        last.text.truncate(last.text.trim_end_matches(' ').len());
        if !last.text.is_empty() {
            break;
        }
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Run {
        Run::text(text)
    }

    fn html(text: &str) -> Run {
        Run { kind: RunKind::Html, ..Run::text(text) }
    }

    #[test]
    fn a_comment_leaves_nothing_behind() {
        for (with, without) in [
            (vec![text("one "), html("<!-- x -->"), text(" two")], vec![text("one two")]),
            (vec![text("one"), html("<!-- x -->"), text("two")], vec![text("onetwo")]),
            (vec![html("<!-- x -->"), text(" one")], vec![text("one")]),
            (vec![text("one "), html("<!-- x -->")], vec![text("one")]),
            (vec![html("<!-- x -->")], vec![]),
            (vec![text("a"), html("<br>"), text("b")], vec![text("a"), html("<br>"), text("b")]),
        ] {
            assert_eq!(of_runs(&with), without, "{with:?}");
        }
    }

    #[test]
    fn a_block_keeps_what_stands_beside_its_comments() {
        let block = |lines: &[&str]| {
            let lines = lines.iter().map(|line| Part::leaf(Kind::Line, vec![text(line)]));
            Arc::new(Part::of(Kind::Html, lines.collect()))
        };
        let with = block(&["<div> <!-- one", "two -->", "<p>x</p>", "</div>"]);
        assert_eq!(shown(&[with]), [block(&["<div>", "<p>x</p>", "</div>"])]);
        assert_eq!(shown(&[block(&["<!-- one", "two -->"])]), []);
        let open = block(&["<!-- takes along what follows"]);
        assert_eq!(shown(std::slice::from_ref(&open)), [open]);
    }
}
