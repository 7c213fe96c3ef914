//! A document, or HTML, becomes blocks of prose with the scopes that Vale gives them.
//!
//! Vale walks the HTML that a page is rendered to. A block ends where an element ends that is no
//! inline one; its scope comes from the first element with a scope that was opened since the block
//! before it ended. So the first paragraph of a list item is list, and the second one is body
//! text. This walk keeps those rules but not the text of the rendered page: words stay together
//! through markup, and every part knows its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::block::{Block, Origin, PieceText, asterisks};
use super::controls::Timeline;
use super::html::{Element, HtmlPart, VOID, is_block, is_inline, parts};
use super::urls;
use crate::markdown::{Document, NodeKind, unescape};

/// What is left out and what is asked for.
#[derive(Debug, Clone)]
pub(crate) struct ExtractOptions<'a> {
    /// Elements whose text is no prose.
    pub skipped: &'a [String],
    /// Inline elements whose text is masked.
    pub masked: &'a [String],
    /// Classes whose elements are left out.
    pub classes: &'a [String],
    /// The styles of the file, which comments speak of.
    pub styles: &'a [String],
    /// The extension of the file with its dot, last part of every scope.
    pub extension: &'a str,
    /// Whether a rule asks for links, code and emphasis by themselves.
    pub inlines: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    /// The blocks in the order in which they end.
    pub blocks: Vec<Block>,
    /// Body, lists and quotes in one text, with two line breaks behind each.
    pub summary: PieceText,
    /// How many paragraphs the summary has.
    pub paragraphs: usize,
    /// How many there are of each kind: `heading.h1`, `list`, `pre`.
    pub counts: BTreeMap<String, usize>,
    /// Which rules are switched off where; places in the text that was walked.
    pub timeline: Timeline,
}

/// The prose of a document.
pub(crate) fn of_document(document: &Document, options: &ExtractOptions) -> Prose {
    let mut walk = Walk::new(&document.text, options);
    let mut open: Vec<(u32, Closing)> = Vec::new();
    for (index, node) in document.nodes.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        while let Some((_, closing)) = open.pop_if(|(end, _)| *end <= index) {
            walk.close(closing);
        }
        let range = node.range.start as usize..node.range.end as usize;
        let mut element = |walk: &mut Walk, names: &[&'static str]| {
            for name in names {
                walk.start(name, false);
                open.push((node.end, Closing::Element(name)));
            }
        };
        match &node.kind {
            NodeKind::Paragraph | NodeKind::DirectiveLabel => element(&mut walk, &["p"]),
            NodeKind::Heading(heading) => {
                let level = document.headings.get(*heading as usize).map_or(1, |h| h.level);
                let names = ["h1", "h2", "h3", "h4", "h5", "h6"];
                let name = names.get(usize::from(level.saturating_sub(1))).copied();
                element(&mut walk, &[name.unwrap_or("h6")]);
            }
            NodeKind::BlockQuote => element(&mut walk, &["blockquote"]),
            NodeKind::Alert(_) | NodeKind::Directive(_) => element(&mut walk, &["div"]),
            NodeKind::List(number) => {
                element(&mut walk, &[if number.is_some() { "ol" } else { "ul" }]);
            }
            NodeKind::Item(_) | NodeKind::FootnoteDefinition(_) => element(&mut walk, &["li"]),
            NodeKind::Table(_) => element(&mut walk, &["table"]),
            NodeKind::TableHead => {
                walk.header = true;
                element(&mut walk, &["thead", "tr"]);
            }
            NodeKind::TableRow => {
                walk.header = false;
                element(&mut walk, &["tr"]);
            }
            NodeKind::TableCell => {
                let name = if walk.header { "th" } else { "td" };
                element(&mut walk, &[name]);
            }
            NodeKind::DefinitionList => element(&mut walk, &["dl"]),
            NodeKind::DefinitionTerm(_) => element(&mut walk, &["dt"]),
            NodeKind::DefinitionDetails => element(&mut walk, &["dd"]),
            NodeKind::CodeBlock(_) => element(&mut walk, &["pre", "code"]),
            NodeKind::HtmlBlock => {
                walk.in_html_block = true;
                open.push((node.end, Closing::Html));
            }
            NodeKind::ThematicBreak => walk.flush(),
            NodeKind::Emphasis => element(&mut walk, &["em"]),
            NodeKind::Strong => element(&mut walk, &["strong"]),
            NodeKind::Strikethrough => element(&mut walk, &["del"]),
            NodeKind::Link(link) => {
                let dest = document.links.get(*link as usize).map_or("", |link| &link.dest);
                walk.start_link(dest);
                open.push((node.end, Closing::Element("a")));
            }
            NodeKind::Image(_) => {
                walk.image = Some(PieceText::default());
                open.push((node.end, Closing::Image));
            }
            NodeKind::Text(text) => walk.text(text, range),
            NodeKind::Code(code) => walk.code(code, range),
            NodeKind::Math(_, _) => walk.gap(),
            NodeKind::Html(_) => walk.html_node(range),
            NodeKind::FootnoteReference(_) => walk.gap(),
            NodeKind::SoftBreak | NodeKind::HardBreak => walk.line_break(range),
        }
    }
    while let Some((_, closing)) = open.pop() {
        walk.close(closing);
    }
    walk.finish()
}

/// The prose of an HTML page.
pub(crate) fn of_html(text: &str, options: &ExtractOptions) -> Prose {
    let mut walk = Walk::new(text, options);
    walk.html(0..text.len());
    walk.finish()
}

enum Closing {
    Element(&'static str),
    Html,
    Image,
}

/// An inline element that is open.
struct OpenInline {
    name: String,
    /// Where its text begins in the block.
    start: usize,
    masked: bool,
    /// Where it points, for a link.
    dest: Option<String>,
}

struct Walk<'a> {
    source: &'a str,
    options: &'a ExtractOptions<'a>,
    prose: Prose,
    text: PieceText,
    /// Something that is no text stood behind the last of it.
    gap: bool,
    /// Names of the block elements opened since the last block ended.
    history: Vec<String>,
    /// Inline elements that are open in this block.
    inlines: Vec<OpenInline>,
    /// The inline element opened last in this block.
    last: String,
    /// The element that is skipped, and how often it is open.
    skip: Option<(String, usize)>,
    header: bool,
    image: Option<PieceText>,
    in_html_block: bool,
    /// Lines of a block of HTML that were not read yet.
    pending: Option<Range<usize>>,
    scopes: BTreeMap<String, Arc<str>>,
}

impl<'a> Walk<'a> {
    fn new(source: &'a str, options: &'a ExtractOptions<'a>) -> Self {
        Walk {
            source,
            options,
            prose: Prose::default(),
            text: PieceText::default(),
            gap: false,
            history: Vec::new(),
            inlines: Vec::new(),
            last: String::new(),
            skip: None,
            header: false,
            image: None,
            in_html_block: false,
            pending: None,
            scopes: BTreeMap::new(),
        }
    }

    fn close(&mut self, closing: Closing) {
        match closing {
            Closing::Element(name) => self.end(name),
            Closing::Html => {
                self.in_html_block = false;
                self.pending_html();
                self.flush();
            }
            Closing::Image => {
                if let Some(alt) = self.image.take() {
                    self.alt(alt);
                }
                self.gap = true;
            }
        }
    }

    fn is_skipped_name(&self, name: &str) -> bool {
        self.options.skipped.iter().any(|skipped| skipped == name)
    }

    /// An element begins. `hidden` where its class says that it is left out.
    fn start(&mut self, name: &str, hidden: bool) {
        if let Some((skipped, depth)) = &mut self.skip {
            if skipped == name {
                *depth += 1;
            }
            return;
        }
        let block = is_block(name);
        if self.is_skipped_name(name) || (hidden && block) {
            if block {
                self.flush();
            }
            *self.prose.counts.entry(name.to_owned()).or_default() += 1;
            self.skip = Some((name.to_owned(), 1));
            self.gap = true;
            return;
        }
        if block {
            self.flush();
            self.history.push(name.to_owned());
            return;
        }
        if !is_inline(name) {
            // An element that we do not know separates words, no more.
            self.space();
            return;
        }
        self.open_inline(name, hidden, None);
    }

    fn open_inline(&mut self, name: &str, hidden: bool, dest: Option<String>) {
        let listed = |name: &str| self.options.masked.iter().any(|masked| masked == name);
        // Vale takes emphasis that follows code for code. Where a project masks emphasis that
        // keeps its text; where it does not, it must not lose it.
        let as_code = matches!(name, "em" | "b") && self.last == "code";
        let masked = hidden || (listed(name) && (!as_code || listed("code")));
        self.last = if as_code { "code".to_owned() } else { name.to_owned() };
        let start = self.text.text.len();
        self.inlines.push(OpenInline { name: name.to_owned(), start, masked, dest });
    }

    fn start_link(&mut self, dest: &str) {
        if self.skip.is_none() {
            self.open_inline("a", false, Some(dest.to_owned()));
        }
    }

    /// An element ends.
    fn end(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skip {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skip = None;
                    self.gap = true;
                    if is_block(name) {
                        self.history.clear();
                    }
                }
            }
            return;
        }
        if is_block(name) {
            self.flush();
            self.history.clear();
        } else if is_inline(name) {
            self.end_inline(name);
        } else {
            self.space();
        }
    }

    fn end_inline(&mut self, name: &str) {
        let Some(at) = self.inlines.iter().rposition(|open| open.name == name) else { return };
        let open = self.inlines.remove(at);
        let range = open.start.min(self.text.text.len())..self.text.text.len();
        let inner = self.text.text.get(range.clone()).unwrap_or_default();
        if open.dest.as_deref().is_some_and(|dest| !inner.is_empty() && inner.trim() == dest) {
            self.text.mask(range.clone());
        }
        let scope = match name {
            "a" => "link",
            "em" | "i" => "emphasis",
            "strong" | "b" => "strong",
            _ => return,
        };
        if self.options.inlines && self.image.is_none() {
            let text = self.text.slice(range);
            self.push_inline(scope, text);
        }
    }

    fn push_inline(&mut self, scope: &str, text: PieceText) {
        if text.text.trim().is_empty() || self.prose.timeline.current().off {
            return;
        }
        let scope = self.scope(scope);
        self.push(text, scope, false);
    }

    fn push(&mut self, text: PieceText, scope: Arc<str>, body: bool) {
        let mut controls = Arc::clone(self.prose.timeline.current());
        if controls.off {
            // Its text was all written before that.
            controls = Arc::new(controls.but_on());
        }
        let block = Block { text, scope, origin: Origin::Body, body, controls };
        self.prose.blocks.push(block);
    }

    fn scope(&mut self, name: &str) -> Arc<str> {
        if let Some(scope) = self.scopes.get(name) {
            return Arc::clone(scope);
        }
        let scope: Arc<str> = Arc::from(format!("{name}{}", self.options.extension));
        self.scopes.insert(name.to_owned(), Arc::clone(&scope));
        scope
    }

    fn is_silent(&self) -> bool {
        self.skip.is_some() || self.prose.timeline.current().off
    }

    /// Text with its place.
    fn text(&mut self, text: &str, range: Range<usize>) {
        let verbatim = self.source.get(range.clone()) == Some(text);
        // Vale reads this entity as a plain apostrophe.
        let text =
            if !verbatim && self.source.get(range.clone()) == Some("&rsquo;") { "'" } else { text };
        if let Some(image) = &mut self.image {
            image.push(text, range, verbatim);
            return;
        }
        if self.is_silent() {
            self.gap = true;
            return;
        }
        let mut text = text;
        let mut range = range;
        let before = self.text.text.chars().next_back();
        if std::mem::take(&mut self.gap) && before.is_none_or(char::is_whitespace) && verbatim {
            // What stood between was no text: its two spaces are one.
            let trimmed = text.trim_start_matches(' ');
            range.start += text.len() - trimmed.len();
            text = trimmed;
        }
        if self.inlines.iter().any(|open| open.masked) {
            self.text.push(&asterisks(text), range, false);
        } else {
            self.text.push(text, range, verbatim);
        }
    }

    fn code(&mut self, code: &str, range: Range<usize>) {
        if self.image.is_some() || self.is_silent() || self.is_skipped_name("code") {
            self.gap = true;
            return;
        }
        let inner = {
            let written = self.source.get(range.clone()).unwrap_or_default();
            written.find(code).map(|at| range.start + at..range.start + at + code.len())
        };
        self.gap = false;
        let is_masked = self.options.masked.iter().any(|name| name == "code")
            || self.inlines.iter().any(|open| open.masked);
        match &inner {
            Some(inner) if !is_masked => self.text.push(code, inner.clone(), true),
            _ if is_masked => self.text.push(&asterisks(code), range.clone(), false),
            _ => self.text.push(code, range.clone(), false),
        }
        self.last = "code".to_owned();
        if self.options.inlines {
            let mut text = PieceText::default();
            match inner {
                Some(inner) => text.push(code, inner, true),
                None => text.push(code, range, false),
            }
            self.push_inline("code", text);
        }
    }

    fn line_break(&mut self, range: Range<usize>) {
        if let Some(image) = &mut self.image {
            image.push(" ", range, false);
        } else if !self.is_silent() {
            let verbatim = self.source.get(range.clone()) == Some("\n");
            self.text.push("\n", range, verbatim);
            self.gap = false;
        }
    }

    /// Something that is no text.
    fn gap(&mut self) {
        self.gap = true;
    }

    /// Words on both sides are two.
    fn space(&mut self) {
        if let Some(last) = self.text.text.chars().next_back()
            && !last.is_whitespace()
            && let Some(source) = self.text.source(self.text.text.len()..self.text.text.len())
        {
            self.text.push(" ", source, false);
            self.gap = true;
        }
    }

    /// A node of raw HTML. The lines of a block are read together, as tags go on over line ends.
    fn html_node(&mut self, range: Range<usize>) {
        if !self.in_html_block {
            return self.html(range);
        }
        match &mut self.pending {
            Some(pending) if pending.end == range.start => pending.end = range.end,
            _ => {
                self.pending_html();
                self.pending = Some(range);
            }
        }
    }

    fn pending_html(&mut self) {
        if let Some(range) = self.pending.take() {
            self.html(range);
        }
    }

    /// Raw HTML at a place.
    fn html(&mut self, range: Range<usize>) {
        let base = range.start;
        let html = self.source.get(range).unwrap_or_default();
        for part in parts(html) {
            match part {
                HtmlPart::Start(element) => self.element(&element, html, base),
                HtmlPart::End(name) => {
                    if !VOID.contains(&name.as_str()) {
                        self.end(&name);
                    }
                }
                HtmlPart::Comment(content, whole) => {
                    let comment = html.get(content).unwrap_or_default().trim();
                    let styles = self.options.styles;
                    self.prose.timeline.take(base + whole.end, comment, styles);
                    self.gap = true;
                }
                HtmlPart::Text(text) => {
                    let range = base + text.start..base + text.end;
                    self.html_text(html.get(text).unwrap_or_default(), range);
                }
            }
        }
    }

    fn element(&mut self, element: &Element, html: &str, base: usize) {
        let value = |range: &Option<Range<usize>>| {
            range.clone().and_then(|range| html.get(range)).map(unescape)
        };
        match element.name.as_str() {
            "img" => {
                if let (Some(alt), Some(range)) = (value(&element.alt), &element.alt) {
                    let mut text = PieceText::default();
                    let verbatim = html.get(range.clone()) == Some(&*alt);
                    text.push(&alt, base + range.start..base + range.end, verbatim);
                    if self.skip.is_none() {
                        self.alt(text);
                    }
                }
                self.gap = true;
            }
            "br" => {
                self.line_break(base + element.range.start..base + element.range.end);
            }
            name => {
                let classes = value(&element.class).unwrap_or_default();
                let hidden = classes
                    .split_ascii_whitespace()
                    .any(|class| self.options.classes.iter().any(|hidden| hidden == class));
                if VOID.contains(&name) {
                    if is_block(name) {
                        self.flush();
                    }
                    self.gap = true;
                } else if name == "a" && self.skip.is_none() {
                    let dest = value(&element.href).map(|dest| dest.into_owned());
                    self.open_inline("a", hidden, dest);
                } else {
                    self.start(name, hidden);
                }
            }
        }
    }

    /// Text of raw HTML, whose entities are not resolved yet.
    fn html_text(&mut self, text: &str, range: Range<usize>) {
        if text.trim().is_empty() && self.text.text.is_empty() {
            return;
        }
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find('&')) {
            let open = at + found;
            let rest = text.get(open..).unwrap_or_default();
            let end = rest.find(';').map_or(1, |end| end + 1);
            let entity = rest.get(..end).unwrap_or_default();
            let decoded = unescape(entity);
            if *decoded == *entity {
                // No entity: the sign itself.
                self.text_part(text, at..open + 1, range.start);
                at = open + 1;
                continue;
            }
            self.text_part(text, at..open, range.start);
            self.text(&decoded, range.start + open..range.start + open + end);
            at = open + end;
        }
        self.text_part(text, at..text.len(), range.start);
    }

    fn text_part(&mut self, text: &str, part: Range<usize>, base: usize) {
        if let Some(slice) = text.get(part.clone())
            && !slice.is_empty()
        {
            self.text(slice, base + part.start..base + part.end);
        }
    }

    fn alt(&mut self, text: PieceText) {
        if text.text.trim().is_empty() || self.is_silent() || self.is_skipped_name("alt") {
            return;
        }
        self.push(text, Arc::from("text.attr.alt"), false);
    }

    /// The block that is being put together ends.
    fn flush(&mut self) {
        self.inlines.clear();
        self.last.clear();
        self.gap = false;
        let text = std::mem::take(&mut self.text);
        let trimmed = text.text.trim();
        if trimmed.is_empty() || is_display_math(trimmed) {
            if !trimmed.is_empty() {
                *self.prose.counts.entry("pre".to_owned()).or_default() += 1;
            }
            return;
        }
        let start = text.text.len() - text.text.trim_start().len();
        let mut text = text.slice(start..start + trimmed.len());
        for url in urls::find(&text.text).into_iter().rev() {
            text.mask(url);
        }
        let named = self.history.iter().find_map(|name| scope_of(name));
        if let Some(scope) = named {
            let kind = scope.strip_prefix("text.").unwrap_or(scope);
            *self.prose.counts.entry(kind.to_owned()).or_default() += 1;
        }
        if named.is_none_or(|scope| matches!(scope, "text.list" | "text.blockquote")) {
            self.prose.paragraphs += 1;
            let whole = 0..text.text.len();
            self.prose.summary.copy(&text, whole);
            if let Some(end) = text.source(text.text.len()..text.text.len()) {
                self.prose.summary.push("\n\n", end, false);
            }
        }
        let scope = self.scope(named.unwrap_or("text"));
        self.push(text, scope, named.is_none());
    }

    fn finish(mut self) -> Prose {
        self.flush();
        self.prose
    }
}

fn scope_of(element: &str) -> Option<&'static str> {
    Some(match element {
        "th" => "text.table.header",
        "td" => "text.table.cell",
        "caption" => "text.table.caption",
        "li" => "text.list",
        "blockquote" => "text.blockquote",
        "figcaption" => "text.figure.caption",
        "h1" => "text.heading.h1",
        "h2" => "text.heading.h2",
        "h3" => "text.heading.h3",
        "h4" => "text.heading.h4",
        "h5" => "text.heading.h5",
        "h6" => "text.heading.h6",
        _ => return None,
    })
}

/// `$$ ... $$` on lines of their own is TeX.
fn is_display_math(text: &str) -> bool {
    text.len() >= 4 && text.starts_with("$$") && text.ends_with("$$")
}
