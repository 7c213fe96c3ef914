//! The form of a text: its blocks and inlines as CommonMark and the tables and footnotes of GitHub
//! read them, with nothing but their kinds and places. Front matter, includes, variables and
//! directives are no part of it. What rules about form look at.

use std::ops::Range;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd,
};

/// Deeper text is not read, as rules walk up.
const MAX_DEPTH: usize = 200;

/// A table is read on so often at most.
const MAX_JOINS: usize = 3;

/// How a link or an image is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkForm {
    /// `[text](target)`
    Inline,
    /// `[text][label]`
    Full,
    /// `[label][]`
    Collapsed,
    /// `[label]`
    Shortcut,
    /// `<https://example.org>`
    Autolink,
}

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// Text between blank lines, also that of a tight list.
    Paragraph,
    /// A heading of a level, with an underline or without.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Whether a line is drawn below it.
        setext: bool,
    },
    /// A quote.
    BlockQuote,
    /// A list.
    List {
        /// Whether its items have numbers.
        ordered: bool,
    },
    /// An item of a list.
    Item,
    /// Code between fences, or indented.
    CodeBlock {
        /// Whether it has fences.
        fenced: bool,
    },
    /// A block of HTML.
    HtmlBlock,
    /// What a footnote says.
    FootnoteDefinition,
    /// A line across the page.
    Rule,
    /// A table.
    Table,
    /// A row of a table; the first one is its head.
    TableRow,
    /// A cell.
    TableCell,
    /// Characters.
    Text,
    /// Code in a line.
    Code,
    /// A tag or a comment in a line.
    Html,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// A link.
    Link(LinkForm),
    /// An image.
    Image(LinkForm),
    /// A mark that leads to a footnote.
    FootnoteReference,
    /// The end of a line within a paragraph.
    Break,
}

impl FormKind {
    /// Whether it is part of a line.
    pub fn is_inline(self) -> bool {
        use FormKind::{Break, Code, Emphasis, FootnoteReference, Html, Image, Link, Strong, Text};
        matches!(
            self,
            Text | Code | Html | Emphasis | Strong | Link(_) | Image(_) | FootnoteReference | Break
        )
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormNode {
    /// What it is.
    pub kind: FormKind,
    /// Where it stands. Of blocks the parser says where they begin, and where they end at the
    /// latest, blank lines included.
    pub range: Range<usize>,
    /// What it lies in.
    pub parent: Option<usize>,
    /// The index behind its last descendant.
    pub end: usize,
}

/// A reference without a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undefined {
    /// Where it stands, with its brackets.
    pub range: Range<usize>,
    /// How it is written.
    pub form: LinkForm,
    /// What it refers to.
    pub label: String,
}

/// What a definition of a reference says. Of several with the same label the first one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Where it stands.
    pub range: Range<usize>,
    /// The target.
    pub target: String,
}

/// The form of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Its parts in preorder.
    pub nodes: Vec<FormNode>,
    /// The references that are not defined, in order.
    pub undefined: Vec<Undefined>,
    /// The definitions of references, in order.
    pub definitions: Vec<Definition>,
}

/// Reads the form of a text; none where it is nested too deeply.
pub fn form(text: &str) -> Option<Form> {
    let mut form = parsed(text)?;
    // The parser ends a table at a row that is a single pipe; GitHub reads on.
    let mut read: Option<String> = None;
    for _ in 0..MAX_JOINS {
        let lone = lone_pipes(&form, read.as_deref().unwrap_or(text));
        if lone.is_empty() {
            break;
        }
        let mut bytes = read.unwrap_or_else(|| text.to_owned()).into_bytes();
        for at in lone {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = b'x';
            }
        }
        let joined = String::from_utf8(bytes).ok()?;
        form = parsed(&joined)?;
        read = Some(joined);
    }
    Some(form)
}

/// The pipes that are all that a line says directly behind a table, up to the next blank line.
fn lone_pipes(form: &Form, text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for table in form.nodes.iter().filter(|node| node.kind == FormKind::Table) {
        let mut at = table.range.end;
        let before = found.len();
        for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
            let content = line.trim_start_matches([' ', '\t', '>']);
            let is_lone = content.trim_end() == "|";
            if content.trim_end().is_empty() || (found.len() == before && !is_lone) {
                break;
            }
            if is_lone {
                found.push(at + line.len() - content.len());
            }
            at += line.len();
        }
    }
    found
}

/// What the parser makes of a text.
fn parsed(text: &str) -> Option<Form> {
    let mut undefined = Vec::new();
    let note = |broken: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        let form = match broken.link_type {
            LinkType::Reference | LinkType::ReferenceUnknown => LinkForm::Full,
            LinkType::Collapsed | LinkType::CollapsedUnknown => LinkForm::Collapsed,
            _ => LinkForm::Shortcut,
        };
        let label = broken.reference.into_string();
        undefined.push(Undefined { range: broken.span, form, label });
        None
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(note));
    let mut definitions: Vec<Definition> = parser
        .reference_definitions()
        .iter()
        .map(|(_, def)| Definition { range: def.span.clone(), target: def.dest.to_string() })
        .collect();
    definitions.sort_by_key(|definition| definition.range.start);
    let mut reader = Reader::default();
    for (event, range) in parser.into_offset_iter() {
        if !reader.event(event, range, text) {
            return None;
        }
    }
    undefined.sort_by_key(|one| one.range.start);
    undefined.dedup();
    // Of `[a][b](c)` the parser asks for `b` before it sees that this is a link.
    let links = reader.nodes.iter().filter(|node| matches!(node.kind, FormKind::Link(_)));
    let links: Vec<usize> = links.map(|node| node.range.start).collect();
    undefined.retain(|one| {
        let at = links.partition_point(|start| *start <= one.range.start);
        one.form != LinkForm::Full || links.get(at).is_none_or(|start| *start >= one.range.end)
    });
    Some(Form { nodes: reader.nodes, undefined, definitions })
}

#[derive(Default)]
struct Reader {
    nodes: Vec<FormNode>,
    open: Vec<usize>,
    /// Whether the innermost open node is a paragraph that the parser leaves out.
    tight: bool,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, range: Range<usize>, text: &str) -> bool {
        match event {
            Event::Start(tag) => {
                let kind = kind(&tag, &range, text);
                self.before(kind, &range);
                self.open(kind, range);
                return self.open.len() <= MAX_DEPTH;
            }
            Event::End(tag) => {
                let inline =
                    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image);
                if !inline {
                    self.loosen();
                }
                self.close();
            }
            // What blocks of code and HTML hold is no text.
            Event::Text(_) if self.is_verbatim() => {}
            Event::Text(_) => self.leaf(FormKind::Text, range),
            Event::Code(_) => self.leaf(FormKind::Code, range),
            Event::Html(_) => {}
            Event::InlineHtml(_) => self.leaf(FormKind::Html, range),
            Event::FootnoteReference(_) => self.leaf(FormKind::FootnoteReference, range),
            Event::SoftBreak | Event::HardBreak => self.leaf(FormKind::Break, range),
            Event::Rule => self.leaf(FormKind::Rule, range),
            _ => {}
        }
        true
    }

    fn is_verbatim(&self) -> bool {
        let holder = self.open.last().and_then(|at| self.nodes.get(*at)).map(|node| node.kind);
        matches!(holder, Some(FormKind::CodeBlock { .. } | FormKind::HtmlBlock))
    }

    fn leaf(&mut self, kind: FormKind, range: Range<usize>) {
        self.before(kind, &range);
        self.open(kind, range);
        self.close();
    }

    /// Opens or ends the paragraph of a tight list.
    fn before(&mut self, kind: FormKind, range: &Range<usize>) {
        if !kind.is_inline() {
            self.loosen();
            return;
        }
        let holder = self.open.last().and_then(|at| self.nodes.get(*at)).map(|node| node.kind);
        if matches!(
            holder,
            Some(FormKind::Item | FormKind::FootnoteDefinition | FormKind::BlockQuote)
        ) {
            self.open(FormKind::Paragraph, range.clone());
            self.tight = true;
        }
        if self.tight
            && let Some(paragraph) = self.paragraph()
        {
            paragraph.range.end = paragraph.range.end.max(range.end);
        }
    }

    /// The paragraph that holds what is open, which lies in it or is it.
    fn paragraph(&mut self) -> Option<&mut FormNode> {
        let nodes = &self.nodes;
        let is = |at: &&usize| nodes.get(**at).is_some_and(|n| n.kind == FormKind::Paragraph);
        let at = *self.open.iter().rev().find(is)?;
        self.nodes.get_mut(at)
    }

    fn loosen(&mut self) {
        if std::mem::take(&mut self.tight) {
            self.close();
        }
    }

    fn open(&mut self, kind: FormKind, range: Range<usize>) {
        let at = self.nodes.len();
        self.nodes.push(FormNode { kind, range, parent: self.open.last().copied(), end: at + 1 });
        self.open.push(at);
    }

    fn close(&mut self) {
        let end = self.nodes.len();
        if let Some(node) = self.open.pop().and_then(|at| self.nodes.get_mut(at)) {
            node.end = end;
        }
    }
}

fn kind(tag: &Tag<'_>, range: &Range<usize>, text: &str) -> FormKind {
    let form = |link: LinkType| match link {
        LinkType::Reference | LinkType::ReferenceUnknown => LinkForm::Full,
        LinkType::Collapsed | LinkType::CollapsedUnknown => LinkForm::Collapsed,
        LinkType::Shortcut | LinkType::ShortcutUnknown => LinkForm::Shortcut,
        LinkType::Autolink | LinkType::Email => LinkForm::Autolink,
        _ => LinkForm::Inline,
    };
    match tag {
        Tag::Heading { level, .. } => {
            let written = text.get(range.clone()).unwrap_or_default();
            FormKind::Heading {
                level: u8::try_from(*level as usize).unwrap_or(6),
                setext: !written.trim_start_matches(' ').starts_with('#')
                    || written.trim_end().contains('\n'),
            }
        }
        Tag::BlockQuote(_) => FormKind::BlockQuote,
        Tag::List(first) => FormKind::List { ordered: first.is_some() },
        Tag::Item => FormKind::Item,
        Tag::CodeBlock(block) => {
            FormKind::CodeBlock { fenced: matches!(block, CodeBlockKind::Fenced(_)) }
        }
        Tag::HtmlBlock => FormKind::HtmlBlock,
        Tag::FootnoteDefinition(_) => FormKind::FootnoteDefinition,
        Tag::Table(_) => FormKind::Table,
        Tag::TableHead | Tag::TableRow => FormKind::TableRow,
        Tag::TableCell => FormKind::TableCell,
        Tag::Emphasis => FormKind::Emphasis,
        Tag::Strong => FormKind::Strong,
        Tag::Link { link_type, .. } => FormKind::Link(form(*link_type)),
        Tag::Image { link_type, .. } => FormKind::Image(form(*link_type)),
        _ => FormKind::Paragraph,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let form = form(text).unwrap();
        let show = |node: &FormNode| format!("{:?} {:?}", node.kind, &text[node.range.clone()]);
        form.nodes.iter().map(show).collect()
    }

    #[test]
    fn items_of_tight_lists_have_paragraphs() {
        assert_eq!(
            shown("- a *b*\n  c\n  - d\n- e\n"),
            [
                "List { ordered: false } \"- a *b*\\n  c\\n  - d\\n- e\\n\"",
                "Item \"- a *b*\\n  c\\n  - d\\n\"",
                "Paragraph \"a *b*\\n  c\"",
                "Text \"a \"",
                "Emphasis \"*b*\"",
                "Text \"b\"",
                "Break \"\\n\"",
                "Text \"c\"",
                "List { ordered: false } \"- d\\n\"",
                "Item \"- d\\n\"",
                "Paragraph \"d\"",
                "Text \"d\"",
                "Item \"- e\\n\"",
                "Paragraph \"e\"",
                "Text \"e\"",
            ]
        );
    }

    #[test]
    fn a_pipe_alone_does_not_end_a_table() {
        let rows = |text: &str| {
            let form = form(text).unwrap();
            form.nodes.iter().filter(|node| node.kind == FormKind::TableRow).count()
        };
        assert_eq!(rows("| a |\n|---|\n| b |\n|\n| c |\n"), 4);
        assert_eq!(rows("> | a |\n> |---|\n> |\n> |\n> | c |\n\n|\n| d |\n"), 4);
        assert_eq!(rows("| a |\n|---|\n\n|\n| c |\n"), 1);
    }

    #[test]
    fn references_and_definitions_are_listed() {
        let form = form("[a] [b][c] [d][] [e][f](g)\n\n[a]: /x\n").unwrap();
        let undefined: Vec<_> = form.undefined.iter().map(|u| (u.form, u.label.as_str())).collect();
        assert_eq!(undefined, [(LinkForm::Full, "c"), (LinkForm::Collapsed, "d")]);
        assert_eq!(form.definitions[0].target, "/x");
        assert_eq!(form.nodes[1].kind, FormKind::Link(LinkForm::Shortcut));
        assert!(super::form(&"> ".repeat(300)).is_none());
    }
}
