//! The template engine, and what it says in words of ours.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

use super::views::{MoreView, NavItem};
use super::{ThemeFile, builtin};
use crate::base::{Code, Diagnostic, LineIndex, Severity, SourcePath, Span, nearest};
use crate::markdown::escape_text;

/// A template that cannot be read.
pub static SYNTAX: Code = Code {
    id: "theme/syntax",
    severity: Severity::Error,
    summary: "a template cannot be read",
    explanation: "Templates are written in Tera's language, version 2. This one has a mistake: an \
                  unclosed tag, an unknown filter, function, component or block, or it includes a \
                  template that does not exist. The built-in template is used instead, and \
                  templates that only the site has are left out.",
    examples: (
        "{% if page.title %}{{ page.title }}",
        "{% if page.title %}{{ page.title }}{% endif %}",
    ),
};

/// A template that fails on a page.
pub static RENDER: Code = Code {
    id: "theme/render",
    severity: Severity::Error,
    summary: "a template failed on a page",
    explanation: "The template can be read, but it asked for something that is not there on this \
                  page, most often a field that is misspelt or that only some pages have. \
                  What the views hold is in the manual's reference of views. Test with `is defined` \
                  before use, or use `?.` and `or`, as in `page.extra?.author or \"\"`.",
    examples: ("{{ page.extra.author }}", "{{ page.extra?.author or \"\" }}"),
};

/// A template that does not exist.
pub(super) static UNKNOWN_TEMPLATE: Code = Code {
    id: "theme/unknown-template",
    severity: Severity::Error,
    summary: "there is no template of this name",
    explanation: "`template` in front matter names a template: `page.html`, `section.html`, or a \
                  file of the site's theme folder. The page is built with the usual one.",
    examples: ("template: wide", "template: page"),
};

/// The templates of a site.
#[derive(Debug, Clone)]
pub(super) struct Templates {
    tera: Tera,
    /// The built-in theme alone, for when an override fails on a page.
    builtin: Tera,
    /// The site's own, for the places of errors.
    own: BTreeMap<String, Own>,
}

#[derive(Debug, Clone)]
struct Own {
    path: SourcePath,
    text: String,
    /// How many bytes of the file stand before the text: those of a byte order mark.
    offset: usize,
}

impl Own {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.path.clone(), range.start + self.offset..range.end + self.offset)
    }
}

/// An error with its place in a template, where it has one.
struct Report {
    message: String,
    place: Option<(String, std::ops::Range<usize>)>,
}

impl Templates {
    /// The built-in templates with those of the site that can be read.
    pub(super) fn load(
        overrides: &[(&ThemeFile, &str)],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Templates {
        let mut builtin = Tera::new();
        builtin.register_filter("json", json);
        builtin.register_filter("fill", fill);
        builtin.register_filter("breakable", breakable);
        if let Err(error) = builtin.add_raw_templates(builtin::TEMPLATES.iter().copied()) {
            // A test loads them, so this is never seen.
            diagnostics.push(Diagnostic::new(&SYNTAX, format!("the built-in theme: {error}")));
        }

        let mut own: BTreeMap<String, Own> = overrides
            .iter()
            .map(|(file, text)| {
                let offset = file.bytes.len().saturating_sub(text.len());
                let own = Own { path: file.path.clone(), text: (*text).to_owned(), offset };
                (file.name.clone(), own)
            })
            .collect();
        // Each round takes out at least one template, so this ends.
        loop {
            let mut tera = builtin.clone();
            let Err(error) = tera.add_raw_templates(texts(&own)) else {
                return Templates { tera, builtin, own };
            };
            let reports = reports(&error, &own);
            let mut guilty = BTreeSet::new();
            for report in &reports {
                let Some((name, range)) = &report.place else { continue };
                let Some(template) = own.get(name) else { continue };
                guilty.insert(name.clone());
                diagnostics.push(
                    Diagnostic::new(&SYNTAX, format!("`{name}`: {}", report.message))
                        .at(template.span(range.clone()))
                        .help(instead(name)),
                );
            }
            if guilty.is_empty() {
                // The error stands in a template that misses what another one took away, or it
                // is one of several together.
                let culprit = own
                    .iter()
                    .find(|(name, template)| {
                        builtin.clone().add_raw_template(name, &template.text).is_err()
                    })
                    .or_else(|| own.iter().find(|(name, _)| mentions(&reports, name)))
                    .or_else(|| own.iter().next());
                let Some((name, template)) = culprit else {
                    return Templates { tera: builtin.clone(), builtin, own };
                };
                let message = reports.first().map(|r| r.message.clone()).unwrap_or_default();
                diagnostics.push(
                    Diagnostic::new(&SYNTAX, format!("`{name}` does not fit in: {message}"))
                        .at(template.span(0..0))
                        .help(instead(name)),
                );
                guilty.insert(name.clone());
            }
            own.retain(|name, _| !guilty.contains(name));
        }
    }

    /// The template of a name, with or without `.html`.
    pub(super) fn find(&self, name: &str) -> Result<String, Box<Diagnostic>> {
        let full = if name.ends_with(".html") { name.to_owned() } else { format!("{name}.html") };
        if self.is_for_pages(&full) {
            return Ok(full);
        }
        let mut names: Vec<&str> =
            self.tera.get_template_names().filter(|name| self.is_for_pages(name)).collect();
        names.sort_unstable();
        let help = match nearest(&full, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: `{}`", names.join("`, `")),
        };
        let message = format!("there is no template `{full}`");
        Err(Box::new(Diagnostic::new(&UNKNOWN_TEMPLATE, message).help(help)))
    }

    /// The site's own templates that rendering with `name` can reach: file and text. A template
    /// reaches those whose names it quotes, and those that define components.
    pub(super) fn reached(&self, name: &str) -> Vec<(&SourcePath, &str)> {
        let text_of = |name: &str| match self.own.get(name) {
            Some(own) => Some(own.text.as_str()),
            None => builtin::template(name),
        };
        let known = || {
            let built_in = builtin::TEMPLATES.iter().map(|(name, _)| *name);
            self.own.keys().map(String::as_str).chain(built_in)
        };
        let defines = |name: &&str| text_of(name).is_some_and(|text| text.contains("component"));
        let mut reached: BTreeSet<&str> =
            known().filter(|known| *known == name || defines(known)).collect();
        let mut open: Vec<&str> = reached.iter().copied().collect();
        while let Some(name) = open.pop() {
            let Some(text) = text_of(name) else { continue };
            for other in known() {
                let quoted = |quote: char| text.contains(&format!("{quote}{other}{quote}"));
                if !reached.contains(other) && (quoted('"') || quoted('\'') || quoted('`')) {
                    reached.insert(other);
                    open.push(other);
                }
            }
        }
        reached
            .into_iter()
            .filter_map(|name| self.own.get(name))
            .map(|own| (&own.path, own.text.as_str()))
            .collect()
    }

    fn is_for_pages(&self, name: &str) -> bool {
        matches!(name, "page.html" | "section.html" | "404.html" | "print.html")
            || (self.own.contains_key(name) && builtin::template(name).is_none())
    }

    /// Whether no template of the site has to do with the navigation.
    pub(super) fn has_builtin_nav(&self) -> bool {
        !self.own.contains_key("nav.html")
            && !self.own.contains_key("components.html")
            && !self.own.values().any(|own| mentions_nav(&own.text))
    }

    /// Renders the built-in list of the navigation.
    pub(super) fn nav_list(
        &self,
        items: &[NavItem],
        more: Option<&MoreView>,
        all: &str,
    ) -> Option<String> {
        let mut context = Context::new();
        context.insert_value("items", Value::try_from_serializable(items).ok()?);
        context.insert_value("more", Value::try_from_serializable(&more).ok()?);
        context.insert("all", all);
        context.insert("depth", &0);
        self.builtin.render_component("nav_items", &context, None, true).ok()
    }

    /// Renders a view with the built-in template for its kind of page.
    pub(super) fn render_builtin(&self, template: &str, view: &impl Serialize) -> Option<String> {
        let template = builtin::template(template).map_or("page.html", |_| template);
        let context = Context::from_serialize(view).ok()?;
        self.builtin.render(template, &context).ok()
    }

    /// Renders a view; `page` says for which page, in messages, and `room` how many bytes it
    /// will have, more or less.
    pub(super) fn render(
        &self,
        template: &str,
        view: &impl Serialize,
        page: &str,
        room: usize,
    ) -> Result<String, Box<Diagnostic>> {
        Context::from_serialize(view)
            .and_then(|context| {
                let mut html = Vec::with_capacity(room);
                self.tera.render_to(template, &context, &mut html)?;
                String::from_utf8(html).map_err(tera::Error::message)
            })
            .map_err(|error| {
                let mut found = reports(&error, &self.own).into_iter();
                let report = found.next().unwrap_or(Report { message: String::new(), place: None });
                let (name, span) = match &report.place {
                    Some((name, range)) => (
                        name.as_str(),
                        self.own.get(name).map(|template| template.span(range.clone())),
                    ),
                    None => (template, None),
                };
                let message = format!("`{name}` failed on `{page}`: {}", report.message);
                let problem = Diagnostic::new(&RENDER, message)
                    .help("the fields that templates see are in the manual's reference of views");
                Box::new(match span {
                    Some(span) => problem.at(span),
                    None => problem,
                })
            })
    }
}

/// Whether a template may use the navigation: the view, or the component. It may say yes where
/// the answer is no.
fn mentions_nav(template: &str) -> bool {
    template.match_indices("nav").any(|(at, _)| {
        let before = template.get(..at).and_then(|before| before.chars().next_back());
        let after = template.get(at + 3..).and_then(|after| after.chars().next());
        let is_tag = matches!(before, Some('<' | '/'))
            && !after.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !is_tag && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn texts(own: &BTreeMap<String, Own>) -> impl Iterator<Item = (&str, &str)> {
    own.iter().map(|(name, own)| (name.as_str(), own.text.as_str()))
}

fn instead(name: &str) -> &'static str {
    match builtin::template(name) {
        Some(_) => "the built-in template is used instead",
        None => "the template is left out",
    }
}

fn mentions(reports: &[Report], name: &str) -> bool {
    reports.iter().any(|report| {
        let message = &report.message;
        message.contains(&format!("`{name}`"))
            || message.contains(&format!("'{name}'"))
            || message.contains(&format!("\"{name}\""))
    })
}

/// What an error of the engine says, and where.
fn reports(error: &tera::Error, own: &BTreeMap<String, Own>) -> Vec<Report> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => vec![Report {
            message: in_our_words(report.message()),
            place: Some((report.filename().to_owned(), report.span().range.clone())),
        }],
        ErrorKind::MissingParent { current, parent } => vec![Report {
            message: format!("it extends `{parent}`, which does not exist"),
            place: Some((current.clone(), 0..0)),
        }],
        ErrorKind::CircularExtend { tpl, .. } => vec![Report {
            message: "it extends itself, directly or through others".to_owned(),
            place: Some((tpl.clone(), 0..0)),
        }],
        ErrorKind::CircularInclude { tpl, .. } => vec![Report {
            message: "it includes itself, directly or through others".to_owned(),
            place: Some((tpl.clone(), 0..0)),
        }],
        kind => written_reports(&kind.to_string(), own),
    }
}

/// Some errors come as text only, one or more reports of the form
/// `error: message`, ` --> name:line:column`, and the line itself.
fn written_reports(text: &str, own: &BTreeMap<String, Own>) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for line in text.lines() {
        if let Some(message) = line.strip_prefix("error: ") {
            reports.push(Report { message: in_our_words(message), place: None });
        } else if let Some(place) = line.trim_start().strip_prefix("--> ")
            && let Some(report) = reports.last_mut()
            && report.place.is_none()
        {
            report.place = written_place(place, own);
        }
    }
    if reports.is_empty() {
        let message = in_our_words(text.lines().next().unwrap_or_default());
        reports.push(Report { message, place: None });
    }
    reports
}

/// `name:line:column`, counted from 1.
fn written_place(
    place: &str,
    own: &BTreeMap<String, Own>,
) -> Option<(String, std::ops::Range<usize>)> {
    let mut parts = place.rsplitn(3, ':');
    let column: usize = parts.next()?.trim().parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let text = own.get(name).map_or("", |own| own.text.as_str());
    let range = LineIndex::new(text).line_range(line.saturating_sub(1));
    let start = text
        .get(range.clone())
        .and_then(|line| line.char_indices().nth(column.saturating_sub(1)))
        .map_or(range.start, |(at, _)| range.start + at);
    Some((name.to_owned(), start..start))
}

/// A message of the engine as diagnostics word them: lower case, no full stop.
fn in_our_words(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `{{ value | json }}`: a value as JSON, for `data-` attributes.
fn json(value: Value, _: Kwargs, _: &State) -> tera::TeraResult<String> {
    serde_json::to_string(&value).map_err(tera::Error::message)
}

/// `{{ text | breakable }}`: a text, escaped, whose long identifiers may break behind `_`, `.`,
/// `:` and `/`, and before the capitals of `camelCase`, instead of anywhere.
pub(super) fn breakable(text: String, _: Kwargs, _: &State) -> Value {
    /// Shorter words fit into the navigation.
    const LONG: usize = 18;
    let mut html = String::with_capacity(text.len() + 16);
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            html.push(' ');
        }
        if word.len() < LONG {
            escape_text(&mut html, word);
            continue;
        }
        let mut from = 0;
        let mut before = ' ';
        for (at, character) in word.char_indices() {
            let is_hump = before.is_lowercase() && character.is_uppercase();
            if is_hump || matches!(before, '_' | '.' | ':' | '/') {
                escape_text(&mut html, word.get(from..at).unwrap_or_default());
                html.push_str("<wbr>");
                from = at;
            }
            before = character;
        }
        escape_text(&mut html, word.get(from..).unwrap_or_default());
    }
    Value::safe_string(&html)
}

/// `{{ text | fill(count=3) }}`: a text with its `{count}` filled in.
pub(super) fn fill(text: String, kwargs: Kwargs, _: &State) -> tera::TeraResult<String> {
    Ok(kwargs
        .iter()
        .fold(text, |text, (key, value)| text.replace(&format!("{{{key}}}"), &value.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_uses_the_navigation() {
        for template in ["{{ nav.items }}", "{{ <nav_items items={x}/> }}", "{% set x = nav %}"] {
            assert!(mentions_nav(template), "{template}");
        }
        assert!(!mentions_nav("<nav aria-label=\"x\">{{ unavailable }}</nav>"));
    }

    #[test]
    fn long_identifiers_may_break_at_their_joints() {
        let mut tera = Tera::new();
        tera.register_filter("breakable", breakable);
        tera.add_raw_template("x.html", "{{ text | breakable }}").unwrap();
        let shown = |text: &str| {
            let mut context = Context::new();
            context.insert("text", text);
            tera.render("x.html", &context).unwrap()
        };
        assert_eq!(shown("about_Calculated_Properties"), "about_<wbr>Calculated_<wbr>Properties");
        assert_eq!(shown("a_b <i> & more"), "a_b &lt;i&gt; &amp; more");
        assert_eq!(
            shown("std::collections::HashMap"),
            "std:<wbr>:<wbr>collections:<wbr>:<wbr>Hash<wbr>Map"
        );
        assert_eq!(
            shown("PSCommandNotFoundSuggestion"),
            "PSCommand<wbr>Not<wbr>Found<wbr>Suggestion"
        );
        assert_eq!(shown("not too longWord"), "not too longWord");
    }
}
