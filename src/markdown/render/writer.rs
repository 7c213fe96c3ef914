//! Walks the tree and writes HTML. No recursion but for the label of a directive: nesting cannot
//! exhaust the stack.

use std::fmt::Write as _;
use std::ops::Range;

use super::RenderInput;
use super::escape::{escape_attribute, escape_text, escape_url};
use super::footnotes::Footnotes;
use super::plain::{plain, text_of};
use super::raw_html::{self, Edit};
use crate::config::RawHtml;
use crate::markdown::directives::{self, Opening};
use crate::markdown::{
    Alert, AlertKind, Alignment, Directive, Document, Heading, Link, Node, NodeId, NodeKind,
    heading_id,
};
use crate::markdown::{math, unseen};

/// About as many characters fit beside each other on the narrowest screen that we support. A
/// table whose words alone need more scrolls there, and must be reachable with the keyboard.
const NARROW: usize = 28;

/// The HTML of a document that was parsed.
pub(super) fn write(input: &RenderInput<'_>) -> String {
    let mut writer = Writer::new(input);
    let end = NodeId::try_from(input.doc.nodes.len()).unwrap_or(NodeId::MAX);
    writer.walk(0..end);
    writer.footnotes_section();
    writer.out
}

/// What becomes of the children of a node.
enum Then {
    /// They are walked, then the node is closed.
    Children,
    /// They are not; the node is written already.
    Nothing,
}

pub(super) struct Writer<'a> {
    pub input: &'a RenderInput<'a>,
    pub out: String,
    doc: &'a Document,
    footnotes: Footnotes,
    /// The addresses in raw HTML: node, place in its text, entry in the links; sorted.
    attributes: Vec<(NodeId, usize, usize)>,
    /// The table that is being written.
    table: Table<'a>,
    /// A task's box that the next paragraph begins with.
    task: Option<bool>,
    /// How many images were written.
    images: usize,
}

#[derive(Default)]
struct Table<'a> {
    alignments: &'a [Alignment],
    in_head: bool,
    column: usize,
    cell: &'static str,
}

impl<'a> Writer<'a> {
    fn new(input: &'a RenderInput<'a>) -> Self {
        let doc = input.doc;
        let mut attributes: Vec<_> = doc
            .links
            .iter()
            .enumerate()
            .filter_map(|(index, link)| {
                link.attribute.as_ref().map(|place| (link.node, place.start as usize, index))
            })
            .collect();
        attributes.sort_unstable();
        Writer {
            input,
            out: String::with_capacity(doc.text.len() + doc.text.len() / 2),
            doc,
            footnotes: Footnotes::of(doc),
            attributes,
            table: Table::default(),
            task: None,
            images: 0,
        }
    }

    fn node(&self, id: NodeId) -> Option<&'a Node> {
        self.doc.nodes.get(id as usize)
    }

    /// Writes some nodes that are whole subtrees.
    fn walk(&mut self, nodes: Range<NodeId>) {
        let mut open: Vec<NodeId> = Vec::new();
        let mut at = nodes.start;
        loop {
            while let Some(&top) = open.last() {
                let Some(node) = self.node(top) else { break };
                if node.end > at && at < nodes.end {
                    break;
                }
                open.pop();
                self.close(top, node, open.last().copied());
            }
            if at >= nodes.end {
                break;
            }
            let Some(node) = self.node(at) else { break };
            match self.open(at, node, open.last().copied()) {
                Then::Children => {
                    open.push(at);
                    at += 1;
                }
                // `max` keeps a damaged tree finite.
                Then::Nothing => at = node.end.max(at + 1),
            }
        }
    }

    /// Begins a line unless one has just begun.
    pub(super) fn fresh_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// A number in decimal digits.
    pub(super) fn number(&mut self, number: u64) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{number}");
    }

    /// ` id="..."` with the page's prefix.
    pub(super) fn id_attribute(&mut self, id: &str) {
        self.out.push_str(" id=\"");
        escape_attribute(&mut self.out, self.input.id_prefix);
        escape_attribute(&mut self.out, id);
        self.out.push('"');
    }

    fn fragment(&mut self, id: &str) {
        self.out.push('#');
        escape_url(&mut self.out, self.input.id_prefix);
        escape_url(&mut self.out, id);
    }

    fn block(&mut self, tag: &str) {
        self.fresh_line();
        self.out.push_str(tag);
    }

    fn open(&mut self, id: NodeId, node: &'a Node, parent: Option<NodeId>) -> Then {
        match &node.kind {
            NodeKind::Paragraph => {
                let is_shown = self.input.settings.markdown.html == RawHtml::Escape;
                let is_spot = !is_shown && unseen::is_spot(&self.doc.nodes, id);
                self.block(if is_spot { "<p class=\"spot\">" } else { "<p>" });
                if let Some(done) = self.task.take() {
                    self.checkbox(done);
                }
            }
            NodeKind::Heading(index) => self.open_heading(id, *index),
            NodeKind::BlockQuote => self.block("<blockquote>\n"),
            NodeKind::Alert(alert) => self.open_alert(id, alert),
            NodeKind::List(None) => self.block("<ul>\n"),
            NodeKind::List(Some(1)) => self.block("<ol>\n"),
            NodeKind::List(Some(first)) => {
                self.block("<ol start=\"");
                self.number(*first);
                self.out.push_str("\">\n");
            }
            NodeKind::Item(None) => self.block("<li>"),
            NodeKind::Item(Some(done)) => {
                self.block("<li class=\"task\">");
                let first = self.node(id + 1).filter(|_| node.end > id + 1);
                match first.map(|first| &first.kind) {
                    Some(NodeKind::Paragraph) => self.task = Some(*done),
                    _ => self.checkbox(*done),
                }
            }
            NodeKind::CodeBlock(block) => {
                self.code_block(block);
                return Then::Nothing;
            }
            NodeKind::HtmlBlock => {
                self.html_block(id, node);
                return Then::Nothing;
            }
            NodeKind::Table(alignments) => self.open_table(id, node, alignments),
            NodeKind::TableHead => {
                self.table.in_head = true;
                self.table.column = 0;
                self.out.push_str("<thead><tr>");
            }
            NodeKind::TableRow => {
                self.table.column = 0;
                self.out.push_str("<tr>");
            }
            NodeKind::TableCell => self.open_cell(id, node),
            NodeKind::ThematicBreak => {
                self.block("<hr />\n");
                return Then::Nothing;
            }
            // Written at the end of the page.
            NodeKind::FootnoteDefinition(_) => return Then::Nothing,
            NodeKind::DefinitionList => self.block("<dl>\n"),
            NodeKind::DefinitionTerm(anchor) => {
                self.block("<dt");
                let doc = self.doc;
                if let Some(anchor) = doc.anchors.get(*anchor as usize)
                    && !anchor.id.is_empty()
                {
                    self.id_attribute(&anchor.id);
                }
                self.out.push('>');
            }
            NodeKind::DefinitionDetails => self.block("<dd>"),
            NodeKind::Directive(directive) => self.open_directive(id, directive),
            NodeKind::DirectiveLabel => return self.open_label(parent),
            NodeKind::Text(text) => escape_text(&mut self.out, text),
            NodeKind::Code(code) => self.inline_code(code),
            NodeKind::Html(html) => {
                match self.input.settings.markdown.html {
                    RawHtml::Escape => raw_html::write_escaped(&mut self.out, html),
                    RawHtml::Allow | RawHtml::Sanitize => {
                        let mut edits = Vec::new();
                        self.address_edits(id, 0, &mut edits);
                        self.raw(html, edits);
                    }
                }
                return Then::Nothing;
            }
            NodeKind::Emphasis => self.out.push_str("<em>"),
            NodeKind::Strong => self.out.push_str("<strong>"),
            NodeKind::Strikethrough => self.out.push_str("<del>"),
            NodeKind::Link(index) => self.open_link(id, node, *index),
            NodeKind::Image(index) => {
                self.image(id, node, *index);
                return Then::Nothing;
            }
            NodeKind::FootnoteReference(label) => self.footnote_reference(label),
            NodeKind::Math(display, tex) => {
                let class = if *display { "math display" } else { "math" };
                let (tag, mathml) = match math::to_mathml(tex, *display) {
                    Ok(mathml) => ("span", Some(mathml)),
                    // Told when the page was read.
                    Err(_) => ("code", None),
                };
                self.out.push_str(&format!("<{tag} class=\"{class}\">"));
                match mathml {
                    Some(mathml) => self.out.push_str(&mathml),
                    None => escape_text(&mut self.out, tex),
                }
                self.out.push_str(&format!("</{tag}>"));
            }
            NodeKind::SoftBreak => self.out.push('\n'),
            NodeKind::HardBreak => self.out.push_str("<br />\n"),
        }
        Then::Children
    }

    fn close(&mut self, id: NodeId, node: &'a Node, parent: Option<NodeId>) {
        match &node.kind {
            NodeKind::Paragraph => self.out.push_str("</p>\n"),
            NodeKind::Heading(index) => self.close_heading(id, *index),
            NodeKind::BlockQuote => self.out.push_str("</blockquote>\n"),
            NodeKind::Alert(_) => self.block("</div>\n"),
            NodeKind::List(None) => self.out.push_str("</ul>\n"),
            NodeKind::List(Some(_)) => self.out.push_str("</ol>\n"),
            NodeKind::Item(_) => {
                if let Some(done) = self.task.take() {
                    self.checkbox(done);
                }
                self.out.push_str("</li>\n");
            }
            NodeKind::Table(_) => {
                self.table = Table::default();
                self.out.push_str("</tbody></table></div>\n");
            }
            NodeKind::TableHead => {
                self.table.in_head = false;
                self.out.push_str("</tr></thead><tbody>\n");
            }
            NodeKind::TableRow => self.out.push_str("</tr>\n"),
            NodeKind::TableCell => {
                self.out.push_str(self.table.cell);
                self.table.column += 1;
            }
            NodeKind::DefinitionList => self.out.push_str("</dl>\n"),
            NodeKind::DefinitionTerm(_) => self.out.push_str("</dt>\n"),
            NodeKind::DefinitionDetails => self.out.push_str("</dd>\n"),
            NodeKind::Directive(directive) => self.close_directive(id, directive),
            NodeKind::DirectiveLabel => self.close_label(parent),
            NodeKind::Emphasis => self.out.push_str("</em>"),
            NodeKind::Strong => self.out.push_str("</strong>"),
            NodeKind::Strikethrough => self.out.push_str("</del>"),
            NodeKind::Link(_) => self.out.push_str("</a>"),
            NodeKind::CodeBlock(_)
            | NodeKind::HtmlBlock
            | NodeKind::ThematicBreak
            | NodeKind::FootnoteDefinition(_)
            | NodeKind::Text(_)
            | NodeKind::Code(_)
            | NodeKind::Html(_)
            | NodeKind::Image(_)
            | NodeKind::FootnoteReference(_)
            | NodeKind::Math(..)
            | NodeKind::SoftBreak
            | NodeKind::HardBreak => {}
        }
    }

    // Headings. The permalink stands behind the text, inside the heading, and is empty: the
    // theme draws its sign. So copying a heading copies its text alone, and a reader of a
    // screen reader hears the text and one short word.

    fn heading(&self, index: u32) -> Option<&'a Heading> {
        self.doc.headings.get(index as usize)
    }

    fn open_heading(&mut self, _id: NodeId, index: u32) {
        let Some(heading) = self.heading(index) else {
            // A damaged document; what stands in it is shown all the same.
            self.block("<p>");
            return;
        };
        self.block("<h");
        self.number(u64::from(heading.level.clamp(1, 6)));
        if !heading.id.is_empty() {
            self.id_attribute(&heading.id);
        }
        if !heading.classes.is_empty() {
            self.out.push_str(" class=\"");
            for (class, index) in heading.classes.iter().zip(0..) {
                if index > 0 {
                    self.out.push(' ');
                }
                escape_attribute(&mut self.out, class);
            }
            self.out.push('"');
        }
        for (name, value) in &heading.attributes {
            if !is_harmless(name) {
                continue;
            }
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape_attribute(&mut self.out, value.as_deref().unwrap_or_default());
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close_heading(&mut self, _id: NodeId, index: u32) {
        let Some(heading) = self.heading(index) else {
            self.out.push_str("</p>\n");
            return;
        };
        if !heading.id.is_empty() {
            self.out.push_str("<a class=\"anchor\" href=\"");
            self.fragment(&heading.id);
            self.out.push_str("\" aria-label=\"");
            escape_attribute(&mut self.out, &self.input.words.permalink);
            self.out.push_str("\"></a>");
        }
        self.out.push_str("</h");
        self.number(u64::from(heading.level.clamp(1, 6)));
        self.out.push_str(">\n");
    }

    // Alerts and directives.

    fn has_label(&self, id: NodeId) -> bool {
        let Some(node) = self.node(id) else { return false };
        node.end > id + 1
            && self.node(id + 1).is_some_and(|child| child.kind == NodeKind::DirectiveLabel)
    }

    fn open_alert(&mut self, id: NodeId, alert: &Alert) {
        let words = self.input.words;
        let (class, word) = match alert.kind {
            AlertKind::Note => ("note", &words.note),
            AlertKind::Tip => ("tip", &words.tip),
            AlertKind::Important => ("important", &words.important),
            AlertKind::Warning => ("warning", &words.warning),
            AlertKind::Caution => ("caution", &words.caution),
        };
        let labelled = self.has_label(id);
        self.block("<div");
        if let Some(id) = &alert.attributes.id {
            self.id_attribute(id);
        }
        self.out.push_str(" class=\"alert ");
        self.out.push_str(class);
        for class in &alert.attributes.classes {
            self.out.push(' ');
            escape_attribute(&mut self.out, class);
        }
        self.out.push_str("\" role=\"note\"");
        if labelled {
            // Its own title may not say what kind of alert it is; the icon says it to the eye.
            self.out.push_str(" aria-label=\"");
            escape_attribute(&mut self.out, word);
            self.out.push('"');
        }
        self.out.push_str(">\n");
        if !labelled {
            self.out.push_str("<p class=\"alert-title\">");
            escape_text(&mut self.out, word);
            self.out.push_str("</p>\n");
        }
    }

    fn open_directive(&mut self, id: NodeId, directive: &Directive) {
        self.fresh_line();
        let Some(kind) = directives::find(&directive.name) else {
            self.out.push_str("<div>\n");
            return;
        };
        let opening = Opening {
            directive,
            has_label: self.has_label(id),
            id_prefix: self.input.id_prefix,
            words: self.input.words,
        };
        (kind.markup.open)(&opening, &mut self.out);
    }

    fn close_directive(&mut self, id: NodeId, directive: &Directive) {
        self.fresh_line();
        let Some(kind) = directives::find(&directive.name) else {
            self.out.push_str("</div>\n");
            return;
        };
        if kind.markup.label_last
            && self.has_label(id)
            && let Some(label) = self.node(id + 1)
        {
            self.out.push_str(kind.markup.label.0);
            self.walk(id + 2..label.end);
            self.out.push_str(kind.markup.label.1);
        }
        self.out.push_str(kind.markup.close);
    }

    /// What stands around a label, and whether it comes last.
    fn label_markup(&self, parent: Option<NodeId>) -> ((&'static str, &'static str), bool) {
        let kind = parent.and_then(|parent| self.node(parent)).map(|node| &node.kind);
        match kind {
            Some(NodeKind::Alert(_)) => (("<p class=\"alert-title\">", "</p>\n"), false),
            Some(NodeKind::Directive(directive)) => match directives::find(&directive.name) {
                // A directive without a label that has one all the same: it stays readable.
                Some(kind) if kind.markup.label.0.is_empty() => (("<p>", "</p>\n"), false),
                Some(kind) => (kind.markup.label, kind.markup.label_last),
                None => (("<p>", "</p>\n"), false),
            },
            _ => (("<p>", "</p>\n"), false),
        }
    }

    fn open_label(&mut self, parent: Option<NodeId>) -> Then {
        let ((before, _), last) = self.label_markup(parent);
        if last {
            return Then::Nothing;
        }
        self.out.push_str(before);
        Then::Children
    }

    fn close_label(&mut self, parent: Option<NodeId>) {
        let ((_, after), _) = self.label_markup(parent);
        self.out.push_str(after);
    }

    // Lists of tasks.

    fn checkbox(&mut self, done: bool) {
        let words = self.input.words;
        let (checked, word) = match done {
            true => (" checked=\"\"", &words.task_done),
            false => ("", &words.task_open),
        };
        self.out.push_str("<input disabled=\"\" type=\"checkbox\"");
        self.out.push_str(checked);
        self.out.push_str(" aria-label=\"");
        escape_attribute(&mut self.out, word);
        self.out.push_str("\"/>\n");
    }

    // Tables.

    fn open_table(&mut self, id: NodeId, node: &Node, alignments: &'a [Alignment]) {
        self.table = Table { alignments, ..Table::default() };
        self.block("<div class=\"table\"");
        // A group and no region: a page may have many tables, and each region is a landmark.
        if self.is_wide(id, node) {
            self.out.push_str(" role=\"group\" tabindex=\"0\" aria-label=\"");
            escape_attribute(&mut self.out, &self.input.words.table);
            self.out.push('"');
        }
        self.out.push_str("><table>");
    }

    /// Whether the words of a table, at their narrowest, are too wide for a small screen.
    fn is_wide(&self, id: NodeId, table: &Node) -> bool {
        /// What the padding of a cell takes, in characters.
        const PADDING: usize = 3;
        let mut widths: Vec<usize> = Vec::new();
        let mut column = 0;
        let mut at = id + 1;
        while at < table.end {
            let Some(node) = self.node(at) else { break };
            match node.kind {
                NodeKind::TableHead | NodeKind::TableRow => {
                    column = 0;
                    at += 1;
                }
                NodeKind::TableCell => {
                    let text = text_of(self.doc, at..node.end);
                    let longest =
                        text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
                    if column == widths.len() {
                        widths.push(0);
                    }
                    if let Some(width) = widths.get_mut(column) {
                        *width = longest.max(*width);
                    }
                    column += 1;
                    at = node.end.max(at + 1);
                }
                _ => at += 1,
            }
        }
        widths.iter().map(|width| width + PADDING).sum::<usize>() > NARROW
    }

    fn open_cell(&mut self, id: NodeId, node: &Node) {
        // The empty corner of a table is no heading of anything.
        let empty = node.end <= id + 1;
        let (open, close) = match self.table.in_head && !empty {
            true => ("<th", "</th>"),
            false => ("<td", "</td>"),
        };
        self.table.cell = close;
        self.out.push_str(open);
        let class = match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::None) | None => "",
        };
        self.out.push_str(class);
        self.out.push('>');
    }

    // Links and images.

    fn link(&self, index: u32) -> Option<&'a Link> {
        self.doc.links.get(index as usize)
    }

    /// Where a link leads, and whether that is nowhere.
    fn address(&self, index: usize) -> (String, bool) {
        let target = self.input.targets.get(index);
        let broken = target.is_some_and(|target| target.broken);
        let Some(link) = self.doc.links.get(index) else { return (String::new(), broken) };
        let prefix = self.input.id_prefix;
        if let Some(fragment) = link.dest.strip_prefix('#').filter(|_| !prefix.is_empty()) {
            return (format!("#{prefix}{fragment}"), broken);
        }
        let url = match target {
            Some(target) if !target.url.is_empty() || !target.broken => target.url.clone(),
            _ => link.dest.clone(),
        };
        if self.input.settings.markdown.html == RawHtml::Escape && runs(&url) {
            return (String::new(), broken);
        }
        (url, broken)
    }

    fn open_link(&mut self, id: NodeId, node: &Node, index: u32) {
        let (url, broken) = self.address(index as usize);
        self.out.push_str("<a href=\"");
        escape_url(&mut self.out, &url);
        self.out.push('"');
        let title = self.link(index).map_or("", |link| &link.title);
        self.title(title, broken, &self.input.words.broken_link);
        if !broken && let Some(about) = self.term(id, node, index) {
            self.out.push_str(" class=\"term\" data-about=\"");
            escape_attribute(&mut self.out, &about);
            self.out.push('"');
        }
        self.out.push('>');
    }

    /// What the word means that a link to its place in a glossary consists of.
    fn term(&self, id: NodeId, node: &Node, index: u32) -> Option<String> {
        let terms = &self.input.settings.terms;
        if terms.is_empty() {
            return None;
        }
        let (_, fragment) = self.link(index)?.dest.split_once('#')?;
        let text = text_of(self.doc, id + 1..node.end);
        if fragment.is_empty() || heading_id(&text) != fragment {
            return None;
        }
        let (_, term) = terms.iter().find(|(name, _)| name.eq_ignore_ascii_case(text.trim()))?;
        let parts = [&term.expands, &term.definition].into_iter().flatten();
        let parts: Vec<String> = parts.map(|part| plain(part)).filter(|p| !p.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(": "))
    }

    fn title(&mut self, title: &str, broken: bool, word: &str) {
        let title = if title.is_empty() && broken { word } else { title };
        if !title.is_empty() {
            self.out.push_str(" title=\"");
            escape_attribute(&mut self.out, title);
            self.out.push('"');
        }
        if broken {
            self.out.push_str(" class=\"broken\"");
        }
    }

    fn image(&mut self, id: NodeId, node: &Node, index: u32) {
        let (url, broken) = self.address(index as usize);
        self.out.push_str("<img src=\"");
        escape_url(&mut self.out, &url);
        self.out.push_str("\" alt=\"");
        self.alternative_text(id + 1..node.end);
        self.out.push('"');
        let title = self.link(index).map_or("", |link| &link.title);
        self.title(title, broken, &self.input.words.broken_image);
        if let Some((width, height)) =
            self.input.targets.get(index as usize).and_then(|target| target.size)
        {
            self.out.push_str(" width=\"");
            self.number(u64::from(width));
            self.out.push_str("\" height=\"");
            self.number(u64::from(height));
            self.out.push('"');
        }
        // The first image is likely on the first screen, where waiting for the layout before
        // loading it only costs time.
        if self.images > 0 {
            self.out.push_str(" loading=\"lazy\"");
        }
        self.images += 1;
        self.out.push_str(" decoding=\"async\" />");
    }

    fn alternative_text(&mut self, nodes: Range<NodeId>) {
        for id in nodes {
            match self.node(id).map(|node| &node.kind) {
                Some(NodeKind::Text(text) | NodeKind::Code(text)) => {
                    escape_attribute(&mut self.out, text);
                }
                Some(NodeKind::Math(_, tex)) => escape_attribute(&mut self.out, tex),
                Some(NodeKind::SoftBreak | NodeKind::HardBreak) => self.out.push(' '),
                Some(NodeKind::FootnoteReference(label)) => {
                    if let Some(number) = self.footnotes.mention(label) {
                        self.out.push('[');
                        self.number(number as u64);
                        self.out.push(']');
                    }
                }
                _ => {}
            }
        }
    }

    // Raw HTML.

    /// The edits of the addresses in a piece of raw HTML that begins at `offset`.
    fn address_edits(&self, id: NodeId, offset: usize, edits: &mut Vec<Edit>) {
        let first = self.attributes.partition_point(|&(node, ..)| node < id);
        let own = self.attributes.get(first..).unwrap_or_default();
        for &(_, _, index) in own.iter().take_while(|&&(node, ..)| node == id) {
            let Some(place) = self.doc.links.get(index).and_then(|link| link.attribute.clone())
            else {
                continue;
            };
            let fragment = self.doc.links.get(index).is_some_and(|link| link.dest.starts_with('#'));
            let prefixed = fragment && !self.input.id_prefix.is_empty();
            if self.input.targets.get(index).is_none() && !prefixed {
                continue;
            }
            let range = offset + place.start as usize..offset + place.end as usize;
            edits.push(Edit { range, value: self.address(index).0 });
        }
    }

    fn raw(&mut self, html: &str, mut edits: Vec<Edit>) {
        if !self.input.id_prefix.is_empty() {
            edits.extend(raw_html::prefix_ids(html, self.input.id_prefix));
            edits.sort_by_key(|edit| edit.range.start);
        }
        raw_html::write(&mut self.out, html, &edits);
    }

    fn html_block(&mut self, id: NodeId, node: &'a Node) {
        // One text, as a tag may go over several lines and so over several nodes.
        let mut html = String::new();
        let mut edits = Vec::new();
        for child in id + 1..node.end {
            if let Some(NodeKind::Html(piece)) = self.node(child).map(|node| &node.kind) {
                self.address_edits(child, html.len(), &mut edits);
                html.push_str(piece);
            }
        }
        if self.input.settings.markdown.html != RawHtml::Escape {
            self.raw(&html, edits);
            return;
        }
        let mut text = String::new();
        raw_html::write_escaped(&mut text, &html);
        if !text.trim().is_empty() {
            self.block("<p>");
            self.out.push_str(text.trim());
            self.out.push_str("</p>\n");
        }
    }

    // Footnotes.

    fn footnote_reference(&mut self, label: &str) {
        let Some((number, note, reference)) = self.footnotes.refer(label) else {
            self.out.push_str("[^");
            escape_text(&mut self.out, label);
            self.out.push(']');
            return;
        };
        self.out.push_str("<sup class=\"footnote-ref\"><a");
        self.id_attribute(&reference);
        self.out.push_str(" href=\"");
        self.fragment(&note);
        self.out.push_str("\" role=\"doc-noteref\">");
        self.number(number as u64);
        self.out.push_str("</a></sup>");
    }

    /// Every footnote, in the order of its first reference; then those without one.
    fn footnotes_section(&mut self) {
        // A note may refer to others, even to earlier ones: each is written for itself, and
        // links back are added when all references are known.
        let page = std::mem::take(&mut self.out);
        let mut written: Vec<String> = Vec::new();
        loop {
            if written.len() == self.footnotes.notes.len() && !self.footnotes.number_next(self.doc)
            {
                break;
            }
            let Some(note) = self.footnotes.notes.get(written.len()) else { break };
            let id = note.node;
            let end = self.node(id).map_or(id, |node| node.end);
            self.walk(id + 1..end);
            written.push(std::mem::take(&mut self.out));
        }
        self.out = page;
        if written.is_empty() {
            return;
        }
        self.block("<section class=\"footnotes\">\n<h2 class=\"visually-hidden\">");
        escape_text(&mut self.out, &self.input.words.footnotes);
        self.out.push_str("</h2>\n<ol>\n");
        let notes = std::mem::take(&mut self.footnotes.notes);
        for ((note, html), number) in notes.iter().zip(&written).zip(1_u64..) {
            self.out.push_str("<li");
            self.id_attribute(&note.id);
            self.out.push_str(">\n");
            // Links back stand in the last paragraph, where there is one.
            let last = self.doc.children(note.node).last();
            let ends_in_text = last
                .and_then(|last| self.node(last))
                .is_some_and(|last| last.kind == NodeKind::Paragraph);
            match html.strip_suffix("</p>\n").filter(|_| ends_in_text) {
                Some(html) => {
                    self.out.push_str(html);
                    self.links_back(&note.references, number);
                    self.out.push_str("</p>\n");
                }
                None => {
                    self.out.push_str(html);
                    if !note.references.is_empty() {
                        self.block("<p>");
                        self.links_back(&note.references, number);
                        self.out.push_str("</p>\n");
                    }
                }
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</section>\n");
    }

    fn links_back(&mut self, references: &[String], number: u64) {
        for (reference, count) in references.iter().zip(1_u64..) {
            if !self.out.ends_with("<p>") {
                self.out.push(' ');
            }
            self.out.push_str("<a class=\"footnote-back\" href=\"");
            self.fragment(reference);
            self.out.push_str("\" role=\"doc-backlink\" aria-label=\"");
            escape_attribute(&mut self.out, &self.input.words.footnote_back);
            self.out.push(' ');
            self.number(number);
            if count > 1 {
                self.out.push('-');
                self.number(count);
            }
            // The variation selector keeps phones from drawing an emoji.
            self.out.push_str("\">\u{21a9}\u{fe0e}");
            if count > 1 {
                self.out.push_str("<sup>");
                self.number(count);
                self.out.push_str("</sup>");
            }
            self.out.push_str("</a>");
        }
    }
}

/// Whether an attribute of a heading can be written as it is: a name, no event handler, no
/// inline style, nothing that is written already.
fn is_harmless(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    !name.is_empty()
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
        && !lower.starts_with("on")
        && !matches!(lower.as_str(), "style" | "id" | "class")
}

/// Whether a URL runs something when it is followed.
fn runs(url: &str) -> bool {
    let head: String = url
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take("javascript:".len())
        .flat_map(char::to_lowercase)
        .collect();
    ["javascript:", "vbscript:"].iter().any(|scheme| head.starts_with(scheme))
}
