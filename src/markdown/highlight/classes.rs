//! What class a scope of a grammar gives.
//!
//! Grammars name scopes after TextMate's convention, general before special:
//! `keyword.control.rust`. A scope is looked at when the rule is made ready that gives it.

/// The class of some text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    Plain,
    Keyword,
    Text,
    Comment,
    Constant,
    Name,
    Attribute,
    Inserted,
    Deleted,
    /// An operator: a keyword where it is a word, else plain.
    Operator,
}

impl Class {
    /// The class in HTML.
    pub fn name(self) -> &'static str {
        match self {
            Class::Plain => "",
            Class::Keyword | Class::Operator => "k",
            Class::Text => "s",
            Class::Comment => "c",
            Class::Constant => "n",
            Class::Name => "f",
            Class::Attribute => "a",
            Class::Inserted => "i",
            Class::Deleted => "d",
        }
    }

    /// The class that is written for a piece of text; none for plain text.
    pub fn of_text(self, text: &str) -> Option<Class> {
        match self {
            Class::Plain => None,
            Class::Operator => text.contains(char::is_alphabetic).then_some(Class::Keyword),
            class => Some(class),
        }
    }
}

/// What a scope does to the class below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Effect {
    /// Leaves it.
    Keep,
    /// Replaces it.
    Be(Class),
    /// Replaces it unless it is a string's: punctuation in a string is the string's.
    Punctuation,
    /// A string, unless it is a key, as in JSON.
    String,
}

impl Effect {
    pub fn over(self, below: Class) -> Class {
        match (self, below) {
            // Whatever stands in a comment or a line of a diff belongs to it.
            (_, Class::Comment | Class::Inserted | Class::Deleted) => below,
            (Effect::Keep, _) => below,
            (Effect::Be(class), _) => class,
            (Effect::Punctuation, Class::Text | Class::Attribute) => below,
            (Effect::Punctuation, _) => Class::Plain,
            (Effect::String, Class::Attribute) => below,
            (Effect::String, _) => Class::Text,
        }
    }
}

/// The effects, the first that fits; a pattern fits a scope that is it or begins with it and a
/// dot.
const TABLE: &[(&str, Effect)] = &[
    ("comment", Effect::Be(Class::Comment)),
    ("punctuation.definition.comment", Effect::Be(Class::Comment)),
    ("markup.inserted", Effect::Be(Class::Inserted)),
    ("markup.deleted", Effect::Be(Class::Deleted)),
    ("meta.diff.header", Effect::Be(Class::Comment)),
    ("meta.diff.range", Effect::Be(Class::Comment)),
    ("meta.diff.index", Effect::Be(Class::Comment)),
    ("meta.separator.diff", Effect::Be(Class::Comment)),
    // Keys, before strings and tags.
    ("meta.mapping.key", Effect::Be(Class::Attribute)),
    ("meta.structure.dictionary.key", Effect::Be(Class::Attribute)),
    ("entity.name.tag.yaml", Effect::Be(Class::Attribute)),
    ("entity.name.tag.toml", Effect::Be(Class::Attribute)),
    ("keyword.name.ini", Effect::Be(Class::Attribute)),
    ("support.type.property-name", Effect::Be(Class::Attribute)),
    ("meta.property-name", Effect::Be(Class::Attribute)),
    ("entity.other.attribute-name", Effect::Be(Class::Attribute)),
    // Strings.
    ("string.unquoted.plain", Effect::Keep),
    ("string.unquoted.argument", Effect::Keep),
    ("string", Effect::String),
    ("punctuation.definition.string", Effect::String),
    ("constant.character", Effect::String),
    ("constant.other.placeholder", Effect::String),
    ("markup.raw", Effect::String),
    ("markup.underline.link", Effect::String),
    ("meta.interpolation", Effect::Be(Class::Plain)),
    ("meta.template.expression", Effect::Be(Class::Plain)),
    ("meta.embedded", Effect::Be(Class::Plain)),
    ("source", Effect::Be(Class::Plain)),
    // Constants.
    ("constant.other.database-name", Effect::Keep),
    ("constant.other.table-name", Effect::Keep),
    ("constant", Effect::Be(Class::Constant)),
    ("support.constant", Effect::Be(Class::Constant)),
    ("entity.name.constant", Effect::Be(Class::Constant)),
    ("keyword.other.unit", Effect::Be(Class::Constant)),
    ("storage.type.numeric", Effect::Be(Class::Constant)),
    ("markup.list.numbered.bullet", Effect::Be(Class::Constant)),
    // Keywords.
    ("keyword.operator.word", Effect::Be(Class::Keyword)),
    ("keyword.operator", Effect::Be(Class::Operator)),
    ("keyword.other.special-method", Effect::Be(Class::Name)),
    ("keyword", Effect::Be(Class::Operator)),
    ("storage.modifier.lifetime", Effect::Keep),
    ("storage", Effect::Be(Class::Operator)),
    ("variable.language", Effect::Be(Class::Operator)),
    ("markup.heading", Effect::Be(Class::Keyword)),
    ("entity.name.section.markdown", Effect::Keep),
    ("entity.name.section", Effect::Be(Class::Name)),
    // Names.
    ("entity.section", Effect::Be(Class::Name)),
    ("entity.other.inherited-class", Effect::Be(Class::Name)),
    ("entity.name.label", Effect::Keep),
    ("entity.name.namespace", Effect::Keep),
    ("entity.name.module", Effect::Keep),
    ("entity.name.import", Effect::Keep),
    ("entity.name", Effect::Be(Class::Name)),
    ("support.function", Effect::Be(Class::Name)),
    ("support.macro", Effect::Be(Class::Name)),
    ("support.type", Effect::Be(Class::Name)),
    ("support.class", Effect::Be(Class::Name)),
    ("variable.function", Effect::Be(Class::Name)),
    ("variable.annotation", Effect::Be(Class::Attribute)),
    ("variable.parameter.option", Effect::Be(Class::Attribute)),
    ("punctuation.definition.parameter", Effect::Be(Class::Attribute)),
    ("meta.function-call.arguments", Effect::Keep),
    ("punctuation.definition.variable", Effect::Keep),
    ("punctuation.definition.constant", Effect::Keep),
    ("punctuation.definition.keyword", Effect::Keep),
    ("punctuation.definition.preprocessor", Effect::Keep),
    ("punctuation.definition.annotation", Effect::Keep),
    ("punctuation.definition.heading", Effect::Keep),
    ("punctuation.separator.decimal", Effect::Keep),
    ("punctuation", Effect::Punctuation),
];

/// The effect of a scope.
pub(super) fn effect_of(scope: &str) -> Effect {
    TABLE
        .iter()
        .find(|(pattern, _)| {
            scope.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
        .map_or(Effect::Keep, |&(_, effect)| effect)
}
