//! The parser's events become the tree.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{
    BlockQuoteKind, BrokenLink, BrokenLinkCallback, CodeBlockKind, CowStr, Event, LinkType,
    OffsetIter, Options, Parser, RefDefs, Tag, TagEnd,
};

use super::super::code::code_block;
use super::super::math;
use super::super::{
    Alert, AlertKind, Alignment, Anchor, Attributes, Directive, Heading, Link, LinkKind, LinkText,
    Node, NodeId, NodeKind, codes,
};
use super::containers::{Fences, Placed, Role, on_next_line};
use super::mapped::Mapped;
use super::words::Words;
use super::{Detail, depth, destination, html_links, ids};
use crate::base::{Diagnostic, is_external};
use crate::config::{RawHtml, Settings};

/// The tree and what is listed beside it.
#[derive(Debug, Default)]
pub struct Tree {
    /// The nodes in preorder.
    pub nodes: Vec<Node>,
    /// The headings.
    pub headings: Vec<Heading>,
    /// The links.
    pub links: Vec<Link>,
    /// The texts of links that may lead to other pages.
    pub link_texts: Vec<LinkText>,
    /// The anchors.
    pub anchors: Vec<Anchor>,
    /// The words of the prose.
    pub words: usize,
    /// Capitalised tags in raw HTML and where they stand.
    pub components: Vec<(String, Range<usize>)>,
}

/// Builds the tree of a text; where not all of it is wanted, its nodes hold neither text nor code.
/// An error is the place where it is nested too deeply.
pub fn build(
    text: &Mapped,
    fences: &Fences,
    options: Options,
    settings: &Settings,
    detail: Detail,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Tree, Range<usize>> {
    let parsed = fences.masked.as_deref().unwrap_or(&text.text);
    let mut undefined = Vec::new();
    let note = |broken: BrokenLink| {
        if matches!(broken.link_type, LinkType::Reference | LinkType::Collapsed) {
            undefined.push((broken.span, broken.reference.into_string()));
        }
        None
    };
    let parser = Parser::new_with_broken_link_callback(parsed, options, Some(note));
    let mut builder = Builder {
        text,
        fences,
        options,
        settings,
        detail,
        diagnostics,
        tree: Tree::default(),
        open: Vec::new(),
        depth: 0,
        words: Words::default(),
        images: 0,
        code: None,
        html: None,
        title: None,
        link_text: None,
        raw_heading: None,
        ids: Vec::new(),
        footnotes: BTreeMap::new(),
        definitions: BTreeMap::new(),
    };
    builder.run(parser.into_offset_iter())?;
    let tree = builder.finish();
    undefined_references(text, undefined, diagnostics);
    Ok(tree)
}

fn undefined_references(
    text: &Mapped,
    mut undefined: Vec<(Range<usize>, String)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    undefined.sort_by_key(|(range, _)| range.start);
    undefined.dedup();
    for (range, name) in undefined {
        // `matrix[0][1]` is no link.
        let before = text.text.get(..range.start).and_then(|before| before.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ']' | ')')) {
            continue;
        }
        let message = format!("there is no reference `{name}`");
        diagnostics.push(
            Diagnostic::new(&codes::UNDEFINED_REFERENCE, message)
                .at(text.span(range))
                .help(format!("add a line `[{name}]: target`, or write `\\[` for a bracket")),
        );
    }
}

/// What gets an id once all is read.
enum IdOf {
    Heading(usize),
    Term(usize),
}

/// The text of a heading or term while it is read.
#[derive(Default)]
struct Title {
    text: String,
    /// mdBook makes ids from what is shown as text, so without the text of images and with the
    /// numbers of footnotes.
    id_text: String,
}

struct OpenNode {
    id: NodeId,
    counts: bool,
}

/// A link text that is longer than this is no name of a page.
const LONGEST_LINK_TEXT: usize = 120;

/// A raw HTML heading's text may be this long; one that is longer was never closed.
const LONGEST_RAW_HEADING: usize = 1000;

pub(super) struct Builder<'a> {
    pub(super) text: &'a Mapped,
    fences: &'a Fences,
    options: Options,
    settings: &'a Settings,
    detail: Detail,
    diagnostics: &'a mut Vec<Diagnostic>,
    pub(super) tree: Tree,
    open: Vec<OpenNode>,
    depth: usize,
    words: Words,
    /// How many images are open.
    images: usize,
    /// The info string and the code of the open code block.
    code: Option<(Option<String>, String)>,
    /// The pieces of the open block of raw HTML; text where it is not that of the range.
    html: Option<Vec<(Range<usize>, Option<String>)>>,
    title: Option<Title>,
    /// The text of the open link.
    link_text: Option<String>,
    /// The heading in raw HTML that is open.
    pub(super) raw_heading: Option<usize>,
    ids: Vec<(IdOf, String)>,
    footnotes: BTreeMap<String, usize>,
    /// Where the destinations of reference definitions stand, by where the definitions begin.
    definitions: BTreeMap<usize, Option<Range<usize>>>,
}

/// The size of a text is limited, so that this never cuts.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn narrow(range: &Range<usize>) -> Range<u32> {
    range.start as u32..range.end as u32
}

fn wide(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

impl<'a> Builder<'a> {
    fn run<'t, F: BrokenLinkCallback<'t>>(
        &mut self,
        mut events: OffsetIter<'t, F>,
    ) -> Result<(), Range<usize>> {
        while let Some((event, range)) = events.next() {
            self.event(event, range, events.reference_definitions())?;
        }
        Ok(())
    }

    fn event(
        &mut self,
        event: Event,
        range: Range<usize>,
        definitions: &RefDefs,
    ) -> Result<(), Range<usize>> {
        match event {
            Event::Start(tag) => self.start(tag, range, definitions)?,
            Event::End(tag) => {
                let end = range.end;
                self.end(range);
                // A fence that the parser sees as the blank line that ended raw HTML.
                let fences = self.fences;
                if tag == TagEnd::HtmlBlock
                    && let Some((at, fence)) = fences.placed.range(end..).next()
                    && fence.after_html
                    && on_next_line(&self.text.text, end, *at)
                {
                    self.fence(fence, definitions)?;
                }
            }
            Event::Text(text) => self.text_node(text, range),
            Event::Code(code) => {
                self.say(&code);
                self.leaf(NodeKind::Code(self.held(code)), &range);
            }
            Event::InlineMath(tex) => self.math(false, tex, range),
            Event::DisplayMath(tex) => self.math(true, tex, range),
            Event::Html(_) => match &mut self.html {
                Some(pieces) => pieces.push((range, None)),
                None => self.inline_html(self.slice(&range).to_owned(), range),
            },
            Event::InlineHtml(html) => self.inline_html(html.into_string(), range),
            Event::FootnoteReference(name) => {
                let next = self.footnotes.len() + 1;
                let number = *self.footnotes.entry(name.to_string()).or_insert(next);
                if let Some(title) = &mut self.title {
                    title.id_text.push_str(&number.to_string());
                }
                self.leaf(NodeKind::FootnoteReference(name.into_string().into()), &range);
            }
            Event::SoftBreak => {
                self.space(true);
                self.leaf(NodeKind::SoftBreak, &range);
            }
            Event::HardBreak => {
                self.space(false);
                self.leaf(NodeKind::HardBreak, &range);
            }
            Event::Rule => self.rule(range, definitions)?,
            Event::TaskListMarker(done) => self.task(done),
        }
        Ok(())
    }

    fn slice(&self, range: &Range<usize>) -> &'a str {
        self.text.text.get(range.clone()).unwrap_or_default()
    }

    fn push(&mut self, kind: NodeKind, range: &Range<usize>) -> NodeId {
        #[allow(clippy::cast_possible_truncation)]
        let id = self.tree.nodes.len() as NodeId;
        self.tree.nodes.push(Node { kind, range: narrow(range), end: id + 1 });
        id
    }

    fn open(&mut self, kind: NodeKind, range: &Range<usize>, counts: bool) -> NodeId {
        let id = self.push(kind, range);
        self.open.push(OpenNode { id, counts });
        self.depth += usize::from(counts);
        id
    }

    /// Closes the node that was opened last: sets where its subtree ends and widens its parent
    /// to hold it.
    fn close(&mut self) -> Option<NodeId> {
        let OpenNode { id, counts } = self.open.pop()?;
        self.depth -= usize::from(counts);
        let end = self.tree.nodes.len();
        let node = self.tree.nodes.get_mut(id as usize)?;
        node.end = NodeId::try_from(end).unwrap_or(NodeId::MAX);
        let range = node.range.clone();
        self.widen(&range);
        Some(id)
    }

    fn widen(&mut self, child: &Range<u32>) {
        let parent = self.open.last().map(|open| open.id as usize);
        if let Some(parent) = parent.and_then(|parent| self.tree.nodes.get_mut(parent)) {
            parent.range.start = parent.range.start.min(child.start);
            parent.range.end = parent.range.end.max(child.end);
        }
    }

    pub(super) fn leaf(&mut self, kind: NodeKind, range: &Range<usize>) -> NodeId {
        let id = self.push(kind, range);
        self.widen(&narrow(range));
        id
    }

    /// Text that is shown, wherever it comes from.
    fn say(&mut self, text: &str) {
        if self.images == 0 {
            self.words.text(text);
            if let Some(link_text) = &mut self.link_text {
                link_text.push_str(text);
            }
        }
        if let Some(title) = &mut self.title {
            title.text.push_str(text);
            if self.images == 0 {
                title.id_text.push_str(text);
            }
        }
        self.raw_heading_text(text);
    }

    pub(super) fn raw_heading_text(&mut self, text: &str) {
        let Some(index) = self.raw_heading else { return };
        let Some(heading) = self.tree.headings.get_mut(index) else { return };
        heading.text.push_str(text);
        if heading.text.len() > LONGEST_RAW_HEADING {
            heading.text.clear();
            self.raw_heading = None;
        }
    }

    /// A line break; a hard one is no text in ids.
    fn space(&mut self, soft: bool) {
        self.words.gap();
        if let Some(link_text) = &mut self.link_text {
            link_text.push(' ');
        }
        if let Some(title) = &mut self.title {
            title.text.push(' ');
            if soft {
                title.id_text.push(' ');
            }
        }
        self.raw_heading_text(" ");
    }

    fn text_node(&mut self, text: CowStr, range: Range<usize>) {
        if let Some(pieces) = &mut self.html {
            // Indentation of raw HTML, of which a tab gave only a part.
            pieces.push((range, Some(text.into_string())));
            return;
        }
        let written = self.slice(&range);
        let (text, range) = match written_length(written, &text) {
            Some(length) => (text, range.start..range.start + length),
            // A slip of the parser, as around a carriage return in a heading.
            None => (written.to_owned().into(), range),
        };
        match &mut self.code {
            Some((_, code)) => code.push_str(&text),
            None => self.say(&text),
        }
        self.leaf(NodeKind::Text(self.held(text)), &range);
    }

    /// A text as a node holds it.
    fn held(&self, text: CowStr) -> Box<str> {
        match self.detail {
            Detail::Whole => text.into_string().into(),
            Detail::Links => Box::default(),
        }
    }

    fn math(&mut self, display: bool, tex: CowStr, range: Range<usize>) {
        if let Some(title) = &mut self.title {
            title.text.push_str(&tex);
            title.id_text.push_str(&tex);
        }
        if let Err(problem) = math::to_mathml(&tex, display) {
            let shown: String = tex.trim().chars().take(40).collect();
            let problem = Diagnostic::new(
                &codes::FORMULA,
                format!("the formula `{shown}` cannot be read: {problem}"),
            );
            let help = "mend its TeX, or put it in backticks if it is no formula";
            self.diagnostics.push(problem.at(self.text.span(range.clone())).help(help));
        }
        self.words.gap();
        self.leaf(NodeKind::Math(display, tex.into_string().into()), &range);
    }

    fn task(&mut self, done: bool) {
        for open in self.open.iter().rev() {
            if let Some(node) = self.tree.nodes.get_mut(open.id as usize)
                && let NodeKind::Item(task) = &mut node.kind
            {
                *task = Some(done);
                return;
            }
        }
    }

    fn start(
        &mut self,
        tag: Tag,
        range: Range<usize>,
        definitions: &RefDefs,
    ) -> Result<(), Range<usize>> {
        let counts = depth::counts(&tag);
        if counts && self.depth >= self.settings.markdown.max_depth {
            return Err(range);
        }
        let mut is_inline = false;
        let kind = match tag {
            Tag::Paragraph | Tag::MetadataBlock(_) => NodeKind::Paragraph,
            Tag::Heading { level, id, classes, attrs } => {
                self.raw_heading = None;
                let id = id.map(CowStr::into_string).or_else(|| {
                    let attribute = attrs.iter().find(|(key, _)| &**key == "id");
                    attribute.and_then(|(_, value)| value.as_deref().map(str::to_owned))
                });
                self.title = Some(Title::default());
                self.tree.headings.push(Heading {
                    node: NodeId::try_from(self.tree.nodes.len()).unwrap_or(NodeId::MAX),
                    level: level as u8,
                    id: id.unwrap_or_default(),
                    classes: classes.into_iter().map(CowStr::into_string).collect(),
                    attributes: attrs
                        .into_iter()
                        .filter(|(key, _)| &**key != "id")
                        .map(|(key, value)| (key.into_string(), value.map(CowStr::into_string)))
                        .collect(),
                    text: String::new(),
                    range: narrow(&range),
                });
                NodeKind::Heading(count(self.tree.headings.len() - 1))
            }
            Tag::BlockQuote(None) => NodeKind::BlockQuote,
            Tag::BlockQuote(Some(kind)) => NodeKind::Alert(Box::new(Alert {
                kind: match kind {
                    BlockQuoteKind::Note => AlertKind::Note,
                    BlockQuoteKind::Tip => AlertKind::Tip,
                    BlockQuoteKind::Important => AlertKind::Important,
                    BlockQuoteKind::Warning => AlertKind::Warning,
                    BlockQuoteKind::Caution => AlertKind::Caution,
                },
                attributes: Attributes::default(),
            })),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => Some(info.into_string()),
                    CodeBlockKind::Indented => None,
                };
                self.code = Some((info, String::new()));
                NodeKind::CodeBlock(Box::default())
            }
            Tag::HtmlBlock => {
                self.html = Some(Vec::new());
                NodeKind::HtmlBlock
            }
            Tag::List(start) => NodeKind::List(start),
            Tag::Item => NodeKind::Item(None),
            Tag::FootnoteDefinition(name) => {
                NodeKind::FootnoteDefinition(name.into_string().into())
            }
            Tag::DefinitionList => NodeKind::DefinitionList,
            Tag::DefinitionListTitle => {
                self.title = Some(Title::default());
                self.tree.anchors.push(Anchor { id: String::new(), range: narrow(&range) });
                NodeKind::DefinitionTerm(count(self.tree.anchors.len() - 1))
            }
            Tag::DefinitionListDefinition => NodeKind::DefinitionDetails,
            Tag::Table(columns) => NodeKind::Table(columns.iter().map(alignment).collect()),
            Tag::TableHead => NodeKind::TableHead,
            Tag::TableRow => NodeKind::TableRow,
            Tag::TableCell => NodeKind::TableCell,
            tag => {
                is_inline = true;
                match tag {
                    Tag::Strong => NodeKind::Strong,
                    Tag::Strikethrough => NodeKind::Strikethrough,
                    Tag::Link { link_type, dest_url, title, id } => {
                        self.link_text = Some(String::new());
                        let link = (link_type, dest_url, title, id);
                        NodeKind::Link(self.link(LinkKind::Link, link, &range, definitions))
                    }
                    Tag::Image { link_type, dest_url, title, id } => {
                        self.images += 1;
                        let link = (link_type, dest_url, title, id);
                        NodeKind::Image(self.link(LinkKind::Image, link, &range, definitions))
                    }
                    // Superscript and subscript are not turned on.
                    _ => NodeKind::Emphasis,
                }
            }
        };
        if !is_inline {
            self.words.gap();
        }
        self.open(kind, &range, counts);
        Ok(())
    }

    fn end(&mut self, range: Range<usize>) {
        if let Some(pieces) = self.html.take() {
            self.html_block(pieces);
        }
        let Some(id) = self.close() else { return };
        let Some(node) = self.tree.nodes.get_mut(id as usize) else { return };
        match &mut node.kind {
            NodeKind::Heading(index) => {
                let index = *index as usize;
                let title = self.title.take().unwrap_or_default();
                if let Some(heading) = self.tree.headings.get_mut(index) {
                    heading.text = title.text.trim().to_owned();
                    if heading.id.is_empty() {
                        let of = IdOf::Heading(index);
                        self.ids.push((of, title.id_text));
                    }
                }
            }
            NodeKind::DefinitionTerm(index) => {
                let of = IdOf::Term(*index as usize);
                let title = self.title.take().unwrap_or_default();
                self.ids.push((of, title.id_text));
            }
            NodeKind::CodeBlock(_) => self.code_end(id, &range),
            NodeKind::Image(index) => {
                let index = *index;
                self.images -= 1;
                self.inline_destination(id, index);
                return;
            }
            NodeKind::Link(index) => {
                let index = *index;
                self.inline_destination(id, index);
                self.end_link_text(index);
                return;
            }
            NodeKind::Emphasis | NodeKind::Strong | NodeKind::Strikethrough => return,
            _ => {}
        }
        self.words.gap();
    }

    fn code_end(&mut self, id: NodeId, range: &Range<usize>) {
        let Some((info, code)) = self.code.take() else { return };
        let (block, problems) = code_block(info.as_deref(), &code, self.settings);
        if !problems.is_empty() {
            let line = self.slice(range).lines().next().unwrap_or_default();
            let written = line.trim_start_matches(['`', '~']).trim_start();
            let at = range.start + (line.len() - written.len());
            let exact = info.as_deref().is_some_and(|info| written.starts_with(info));
            for problem in problems {
                let place = if exact {
                    at + problem.range.start..at + problem.range.end
                } else {
                    at..range.start + line.len()
                };
                let place = self.text.span(place);
                self.diagnostics.push(
                    Diagnostic::new(&codes::FENCE_INFO, problem.message)
                        .at(place)
                        .help(problem.help),
                );
            }
        }
        if let Some(id) = &block.options.id {
            self.tree.anchors.push(Anchor { id: id.clone(), range: narrow(range) });
        }
        if let (Detail::Whole, Some(node)) = (self.detail, self.tree.nodes.get_mut(id as usize)) {
            node.kind = NodeKind::CodeBlock(Box::new(block));
        }
    }

    /// Lists a link whose children are still to come.
    fn link(
        &mut self,
        kind: LinkKind,
        (link_type, dest, title, id): (LinkType, CowStr, CowStr, CowStr),
        range: &Range<usize>,
        definitions: &RefDefs,
    ) -> u32 {
        let mut dest = dest.into_string();
        let dest_range = match link_type {
            LinkType::Autolink => Some(range.start + 1..range.end.saturating_sub(1)),
            LinkType::Email => {
                dest.insert_str(0, "mailto:");
                Some(range.start + 1..range.end.saturating_sub(1))
            }
            LinkType::Inline | LinkType::WikiLink { .. } => None,
            _ => definitions.get(&id).and_then(|definition| {
                let text = &self.text.text;
                self.definitions
                    .entry(definition.span.start)
                    .or_insert_with(|| destination::definition(text, definition.span.clone()))
                    .clone()
                    .filter(|at| agrees(text, at, &dest))
            }),
        };
        self.tree.links.push(Link {
            node: NodeId::try_from(self.tree.nodes.len()).unwrap_or(NodeId::MAX),
            kind,
            dest,
            title: title.into_string(),
            range: narrow(range),
            dest_range: dest_range.as_ref().map(narrow),
            attribute: None,
        });
        // Inline ones are found when their text has ended.
        count(self.tree.links.len() - 1)
    }

    /// Finds where the destination of a link is written that was just closed.
    fn inline_destination(&mut self, id: NodeId, link: u32) {
        let text = &self.text.text;
        let nodes = &self.tree.nodes;
        let (Some(node), Some(link)) =
            (nodes.get(id as usize), self.tree.links.get_mut(link as usize))
        else {
            return;
        };
        if link.dest_range.is_some()
            || text.as_bytes().get((node.range.end as usize).saturating_sub(1)) != Some(&b')')
        {
            return;
        }
        // The last node of the subtree ends last or is in one that does.
        let mut text_end = node.range.start as usize + 1;
        let mut child = id + 1;
        while child < node.end
            && let Some(found) = nodes.get(child as usize)
        {
            text_end = text_end.max(found.range.end as usize);
            child = found.end.max(child + 1);
        }
        let found = destination::inline(text, text_end, node.range.end as usize);
        link.dest_range = found.filter(|at| agrees(text, at, &link.dest)).as_ref().map(narrow);
    }

    /// Keeps the text of a link that was just closed.
    fn end_link_text(&mut self, link: u32) {
        let Some(text) = self.link_text.take() else { return };
        let words: Vec<&str> = text.split_whitespace().filter(|word| !is_icon(word)).collect();
        let text = words.join(" ");
        if text.is_empty() || text.len() > LONGEST_LINK_TEXT || is_external(&text) {
            return;
        }
        let link = self.tree.links.get(link as usize).filter(|link| leads_to_page(&link.dest));
        if let Some(link) = link {
            self.tree.link_texts.push(LinkText { dest: link.dest.clone(), text });
        }
    }

    fn inline_html(&mut self, html: String, range: Range<usize>) {
        let id = self.leaf(NodeKind::Html(html.into()), &range);
        if self.settings.markdown.html != RawHtml::Escape {
            html_links::read(self, &[id]);
        }
    }

    /// The pieces of a block of raw HTML become nodes, those that touch one node.
    fn html_block(&mut self, pieces: Vec<(Range<usize>, Option<String>)>) {
        let mut nodes = Vec::new();
        let mut pieces = pieces.into_iter().peekable();
        while let Some((mut range, text)) = pieces.next() {
            let text = match text {
                Some(text) => text,
                None => {
                    // The parser leaves out carriage returns.
                    while let Some((next, None)) = pieces.peek()
                        && matches!(self.text.text.get(range.end..next.start), Some("" | "\r"))
                    {
                        range.end = next.end;
                        pieces.next();
                    }
                    self.slice(&range).to_owned()
                }
            };
            nodes.push(self.leaf(NodeKind::Html(text.into()), &range));
        }
        if self.settings.markdown.html != RawHtml::Escape {
            html_links::read(self, &nodes);
        }
    }

    /// A thematic break, or the fence that was shown to the parser as one.
    fn rule(&mut self, range: Range<usize>, definitions: &RefDefs) -> Result<(), Range<usize>> {
        let fences = self.fences;
        let Some(fence) = fences.placed.get(&range.start) else {
            self.leaf(NodeKind::ThematicBreak, &range);
            return Ok(());
        };
        self.fence(fence, definitions)
    }

    fn fence(&mut self, fence: &Placed, definitions: &RefDefs) -> Result<(), Range<usize>> {
        let range = fence.range.clone();
        self.words.gap();
        let (kind, opening) = match &fence.role {
            Role::Shown => {
                self.open(NodeKind::Paragraph, &range, false);
                let text = self.slice(&range).to_owned();
                self.say(&text);
                self.leaf(NodeKind::Text(text.into()), &range);
                self.close();
                return Ok(());
            }
            Role::Close => {
                let top = self.open.last().and_then(|o| self.tree.nodes.get_mut(o.id as usize));
                if let Some(node) = top
                    && matches!(node.kind, NodeKind::Directive(_) | NodeKind::Alert(_))
                {
                    node.range.end = narrow(&range).end;
                    self.close();
                }
                return Ok(());
            }
            Role::Alert(kind, opening) => {
                let alert = Alert { kind: *kind, attributes: opening.attributes.clone() };
                (NodeKind::Alert(Box::new(alert)), opening)
            }
            Role::Directive(kind, opening) => {
                let name = kind.name.to_owned();
                let directive = Directive { name, attributes: opening.attributes.clone() };
                (NodeKind::Directive(Box::new(directive)), opening)
            }
        };
        if self.depth >= self.settings.markdown.max_depth {
            return Err(range);
        }
        if let Some(id) = &opening.attributes.id {
            let range = narrow(&opening.attributes_range);
            self.tree.anchors.push(Anchor { id: id.clone(), range });
        }
        self.open(kind, &range, true);
        if let Some(label) = &opening.label {
            self.label(label.clone(), definitions)?;
        }
        Ok(())
    }

    /// A label is parsed as the inlines that it is, whatever it begins with: behind a word.
    fn label(&mut self, range: Range<usize>, definitions: &RefDefs) -> Result<(), Range<usize>> {
        const WORD: &str = "a ";
        self.open(NodeKind::DirectiveLabel, &range, true);
        let text = format!("{WORD}{}", self.slice(&range));
        let resolve = |broken: BrokenLink| {
            let found = definitions.get(&broken.reference)?;
            let title = found.title.as_deref().unwrap_or_default().to_owned();
            Some((CowStr::from(found.dest.to_string()), CowStr::from(title)))
        };
        let parser = Parser::new_with_broken_link_callback(&text, self.options, Some(resolve));
        for (event, at) in parser.into_offset_iter() {
            let place = (range.start + at.start).saturating_sub(WORD.len())
                ..(range.start + at.end).saturating_sub(WORD.len());
            match event {
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                Event::Text(text) if at.start < WORD.len() => {
                    let text = text.get(WORD.len()..).unwrap_or_default().to_owned();
                    if !text.is_empty() {
                        self.text_node(text.into(), range.start..place.end);
                    }
                }
                event => self.event(event, place, definitions)?,
            }
        }
        self.close();
        self.words.gap();
        Ok(())
    }

    fn finish(mut self) -> Tree {
        while self.close().is_some() {}
        let mut unique = ids::Ids::default();
        for (of, text) in self.ids {
            let id = unique.unique(ids::from_text(&text));
            match of {
                IdOf::Heading(index) => {
                    if let Some(heading) = self.tree.headings.get_mut(index) {
                        heading.id = id;
                    }
                }
                IdOf::Term(index) => {
                    if let Some(anchor) = self.tree.anchors.get_mut(index) {
                        anchor.id = id;
                    }
                }
            }
        }
        for heading in &mut self.tree.headings {
            if heading.text.trim().len() < heading.text.len() {
                heading.text = heading.text.trim().to_owned();
            }
        }
        self.tree.words = self.words.count();
        self.tree
    }
}

/// Whether a word stands for an icon or an emoji, as `:rocket:` does.
fn is_icon(word: &str) -> bool {
    let name = word.strip_prefix(':').and_then(|word| word.strip_suffix(':'));
    name.is_some_and(|name| {
        let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
        !name.is_empty() && name.chars().all(in_name)
    })
}

/// Whether a link may lead to another page of the site.
fn leads_to_page(dest: &str) -> bool {
    let dest = dest.trim();
    !dest.is_empty() && !dest.starts_with('#') && !is_external(dest)
}

/// How many bytes at the beginning of `written` stand for `text`: the parser sometimes counts
/// white space to the text before it. None where they cannot stand for it.
fn written_length(written: &str, text: &str) -> Option<usize> {
    if written.starts_with(text) {
        return Some(text.len());
    }
    let first = text.chars().next().unwrap_or_default();
    let length = match first {
        '‘' | '’' | '“' | '”' => usize::from(written.starts_with(['"', '\''])),
        '…' if written.starts_with("...") => 3,
        '–' | '—' => written.bytes().take_while(|b| *b == b'-').count(),
        // Indentation of which a tab gave only a part.
        ' ' if written.is_empty() => return Some(0),
        _ => 0,
    };
    match length {
        0 if written.starts_with('&') => written.find(';').map(|end| end + 1),
        0 => None,
        length => Some(length),
    }
}

fn agrees(text: &str, at: &Range<usize>, dest: &str) -> bool {
    text.get(at.clone()).is_some_and(|written| destination::agrees(written, dest))
}

fn count(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn alignment(alignment: &pulldown_cmark::Alignment) -> Alignment {
    match alignment {
        pulldown_cmark::Alignment::None => Alignment::None,
        pulldown_cmark::Alignment::Left => Alignment::Left,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::Right,
    }
}

/// The range of a node, in the type that texts are cut with.
pub(super) fn range_of(node: &Node) -> Range<usize> {
    wide(&node.range)
}
