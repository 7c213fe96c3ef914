//! The manual's reference of `book.toml`, from the registry.

use super::foreign;
use super::keys::{KEYS, Kind, Status};

const INTRODUCTION: &str = "\
# `book.toml`

`book.toml` is mdBook's file, and its keys mean here what they mean there. Copydesk's own keys \
stand in tables of their own, so that one file serves both. Paths are seen from the folder of \
`book.toml`. A `book.toml` that cannot be understood stops the build before anything is written; \
an unknown key is a warning.

Environment variables go before the file, and the command line before both. The name of a \
variable is `COPYDESK_` and the path of the key in capitals, with `__` for each dot and `_` for \
each hyphen: `COPYDESK_SITE__BASE_URL` is `site.base-url`. mdBook's `MDBOOK_` variables work for \
mdBook's keys. A value is read as JSON, else as text; `null` takes a key away.
";

const OURS: &str = "
## Copydesk's keys

| Key | Value | Default | Meaning | Since |
| --- | --- | --- | --- | --- |
";

const MDBOOK: &str = "
## mdBook's keys

*Honored*: means what it means in mdBook. *Ignored*: accepted, and makes no difference to \
readers. *Warned*: accepted with a warning, because readers would miss something.

| Key | Value | Default | Meaning | Here |
| --- | --- | --- | --- | --- |
";

const FOREIGN: &str = "
## Preprocessors and renderers

A build runs no programs. Each `[preprocessor.NAME]` and each `[output.NAME]` other than \
`[output.html]` is reported once, with what is lost; with `optional = true` in its table that is \
only advice.

| Table | Here |
| --- | --- |
";

/// The reference page: our keys, every key of mdBook's and what becomes of it, and what becomes of
/// mdBook's preprocessors and renderers.
pub fn reference_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str(OURS);
    for key in KEYS.iter().filter(|key| key.status == Status::Ours) {
        let cells =
            [&code(key.path), &key.kind.name(), &default_of(key.default), key.doc, key.since];
        row(&mut page, &cells);
    }
    page.push_str(MDBOOK);
    for key in KEYS.iter().filter(|key| key.status != Status::Ours) {
        let here = match key.status {
            Status::Ours | Status::Honored => "honored".to_owned(),
            Status::Alias(target) => format!("honored, as {}", code(target)),
            Status::Ignored(why) => format!("ignored: {why}"),
            Status::Warned { harmless: "" | "\"\"", lost } => format!("warned: {lost}"),
            Status::Warned { harmless, lost } => {
                format!("warned, unless it is {}: {lost}", code(harmless))
            }
        };
        let value = match key.kind {
            Kind::Open => "table".to_owned(),
            kind => kind.name(),
        };
        row(&mut page, &[&code(key.path), &value, &default_of(key.default), key.doc, &here]);
    }
    page.push_str(FOREIGN);
    for (table, text) in foreign::reference() {
        row(&mut page, &[&code(&table), &text]);
    }
    page
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn default_of(default: &str) -> String {
    if default.is_empty() { String::new() } else { code(default) }
}

fn row(page: &mut String, cells: &[&str]) {
    for cell in cells {
        page.push_str("| ");
        page.push_str(&cell.replace('|', "\\|"));
        page.push(' ');
    }
    page.push_str("|\n");
}
