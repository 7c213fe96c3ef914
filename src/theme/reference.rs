//! What templates see, told from the types themselves: as JSON Schema, and as a page of the
//! manual.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::views::{PageView, RedirectView, VERSION, VersionsPageView};

/// The JSON Schema of the views, one definition for each type.
pub fn schema() -> Value {
    let mut generator = SchemaGenerator::default();
    generator.subschema_for::<PageView<'static>>();
    generator.subschema_for::<RedirectView<'static>>();
    generator.subschema_for::<VersionsPageView<'static>>();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("The views of Copydesk's templates, version {VERSION}"),
        "$defs": generator.take_definitions(true),
    })
}

/// The manual's reference of views, in Markdown: each type with its fields.
pub fn reference_markdown() -> String {
    let schema = schema();
    let empty = Map::new();
    let types = schema.get("$defs").and_then(Value::as_object).unwrap_or(&empty);
    // First what templates get, then what that is made of, each where it is first used.
    let mut order = ["PageView", "RedirectView", "VersionsPageView"].map(str::to_owned).to_vec();
    let mut at = 0;
    while let Some(name) = order.get(at).cloned() {
        let mut used = Vec::new();
        if let Some(definition) = types.get(&name) {
            references(definition, &mut used);
        }
        for name in used {
            if !order.contains(&name) {
                order.push(name);
            }
        }
        at += 1;
    }

    let mut out = format!(
        "# Views of templates\n\nWhat a template sees: one view, version {VERSION}. URLs are \
         relative to the page that is rendered, and ready for an attribute. Texts are plain unless \
         a field says HTML; the engine escapes them. The same is there as a \
         [JSON Schema](template-views.schema.json).\n"
    );
    for name in &order {
        let Some(definition) = types.get(name) else { continue };
        let about = definition.get("description").and_then(Value::as_str).unwrap_or_default();
        out.push_str(&format!("\n## {name}\n\n{}\n\n", one_line(about)));
        out.push_str("| field | type | what it is |\n|---|---|---|\n");
        let fields = definition.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for (field, definition) in fields {
            let about = definition.get("description").and_then(Value::as_str).unwrap_or_default();
            let kind = type_name(definition);
            out.push_str(&format!(
                "| `{field}` | {kind} | {} |\n",
                one_line(about).replace('|', "\\|")
            ));
        }
    }
    out
}

fn one_line(text: &str) -> String {
    // Links to Rust items mean nothing in the manual.
    text.split_whitespace()
        .map(|word| match word.split_once("`](") {
            Some((name, rest)) if name.starts_with("[`") => {
                let after = rest.rsplit(')').next().unwrap_or_default();
                format!("`{}`{after}", name.trim_start_matches("[`"))
            }
            _ => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The names of the types that a definition refers to, in order.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(target) if key == "$ref" => {
                        found.extend(target.rsplit('/').next().map(str::to_owned));
                    }
                    value => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// A type in words, with links to those that are described on the page.
fn type_name(definition: &Value) -> String {
    if let Some(target) = definition.get("$ref").and_then(Value::as_str) {
        let name = target.rsplit('/').next().unwrap_or_default();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for key in ["anyOf", "allOf", "oneOf"] {
        if let Some(options) = definition.get(key).and_then(Value::as_array) {
            return options.iter().map(type_name).collect::<Vec<_>>().join(" or ");
        }
    }
    let of = |kind: &str| match kind {
        "array" => match definition.get("items") {
            Some(items) => format!("list of {}", type_name(items)),
            None => "list".to_owned(),
        },
        "object" => match definition.get("additionalProperties") {
            Some(values) if values.is_object() => format!("map of {}", type_name(values)),
            _ => "map".to_owned(),
        },
        "string" => "text".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "null" => "none".to_owned(),
        other => other.to_owned(),
    };
    match definition.get("type") {
        Some(Value::String(kind)) => of(kind),
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).map(of).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_listed_and_described() {
        let schema = schema();
        let page = reference_markdown();
        let types = schema["$defs"].as_object().unwrap();
        assert!(types.contains_key("PageView") && types.contains_key("SiteView"));
        for (name, definition) in types {
            assert!(page.contains(&format!("\n## {name}\n")), "{name}");
            for (field, definition) in definition["properties"].as_object().unwrap() {
                let row = page.lines().find(|line| line.starts_with(&format!("| `{field}` |")));
                assert!(row.is_some(), "{name}.{field}");
                let about = definition["description"].as_str().unwrap_or_default();
                assert!(!about.is_empty(), "{name}.{field} is not described");
            }
        }
        assert!(page.contains("| `items` | list of [NavItem](#navitem) |"), "{page}");
        assert!(page.contains("| `next` | [PageLink](#pagelink) or none |"), "{page}");
        assert!(!page.contains("](super"), "{page}");
    }
}
