//! Fenced code: what the words after the fence ask for.

use std::ops::Range;

use super::CodeBlock;
use crate::config::Settings;

/// The code block of an info string (none for indented code) and its code, and what is wrong
/// with the info string, as ranges of it.
pub fn code_block(
    info: Option<&str>,
    code: String,
    _settings: &Settings,
) -> (CodeBlock, Vec<(Range<usize>, String)>) {
    let language = info
        .and_then(|info| info.split([' ', '\t', ',']).find(|word| !word.is_empty()))
        .unwrap_or_default()
        .to_owned();
    let block =
        CodeBlock { info: info.map(str::to_owned), language, code, ..CodeBlock::default() };
    (block, Vec::new())
}
