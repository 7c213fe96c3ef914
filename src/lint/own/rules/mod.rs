//! The rules, one file each.

mod american_spelling;
mod article;
mod asset_oversized;
mod asset_unused;
mod bold_note;
mod broken_emphasis;
mod casual;
mod code_language;
mod code_syntax;
mod conflict_marker;
mod doubled_word;
mod duplicate_id;
mod first_person;
mod front_matter_forbidden_key;
mod front_matter_missing_key;
mod front_matter_review_due;
mod front_matter_schema;
mod future;
mod gendered;
mod heading_empty;
mod heading_level_jump;
mod heading_punctuation;
mod heading_repeated;
mod heading_sentence_case;
mod heading_several_titles;
mod image_alt;
mod inclusive;
mod link_own_site;
mod link_plain_http;
mod link_url_text;
mod link_vague_text;
mod long_sentence;
mod may;
mod misspelling;
mod near_duplicate;
mod passive;
mod phrases;
mod placeholder;
mod readability;
mod reversed_link;
mod select;
mod serial_comma;
mod small_number;
mod spaced_link;
mod stray_backtick;
mod tab_label;
mod term_acronym;
mod term_preferred;
mod term_product_case;
mod thousands;
mod ui_label;
mod ui_path;
mod verb_form;

use super::OwnRule;
use super::across::AcrossRule;

/// Every rule, sorted by code.
pub static RULES: &[&OwnRule] = &[
    &asset_oversized::RULE,
    &asset_unused::RULE,
    &tab_label::RULE,
    &front_matter_forbidden_key::RULE,
    &front_matter_missing_key::RULE,
    &front_matter_review_due::RULE,
    &front_matter_schema::RULE,
    &heading_empty::RULE,
    &heading_level_jump::RULE,
    &heading_punctuation::RULE,
    &heading_repeated::RULE,
    &heading_sentence_case::RULE,
    &heading_several_titles::RULE,
    &image_alt::RULE,
    &link_own_site::RULE,
    &link_plain_http::RULE,
    &link_url_text::RULE,
    &link_vague_text::RULE,
    &broken_emphasis::RULE,
    &code_language::RULE,
    &code_syntax::RULE,
    &conflict_marker::RULE,
    &duplicate_id::RULE,
    &reversed_link::RULE,
    &spaced_link::RULE,
    &stray_backtick::RULE,
    &american_spelling::RULE,
    &article::RULE,
    &bold_note::RULE,
    &casual::RULE,
    &doubled_word::RULE,
    &first_person::RULE,
    &future::RULE,
    &gendered::RULE,
    &inclusive::RULE,
    &long_sentence::RULE,
    &may::RULE,
    &misspelling::RULE,
    &passive::RULE,
    &placeholder::RULE,
    &readability::RULE,
    &select::RULE,
    &serial_comma::RULE,
    &small_number::RULE,
    &thousands::RULE,
    &ui_label::RULE,
    &ui_path::RULE,
    &verb_form::RULE,
    &term_acronym::RULE,
    &term_preferred::RULE,
    &term_product_case::RULE,
    &near_duplicate::RULE,
];

/// Those that look at all pages together, sorted by code.
pub static ACROSS: &[&AcrossRule] =
    &[&asset_oversized::ACROSS, &asset_unused::ACROSS, &tab_label::ACROSS, &near_duplicate::ACROSS];
