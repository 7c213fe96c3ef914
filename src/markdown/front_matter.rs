//! Front matter: what a page says about itself before it begins.

use serde::{Deserialize, Serialize};

use crate::base::Span;
use crate::config::Set;

/// The front matter of a page. Every field is optional; a default stands for "not said".
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FrontMatter {
    /// Where it stands, fences included; none where there is none.
    pub span: Option<Span>,
    /// The page's title.
    pub title: Option<Set<String>>,
    /// One or two sentences for search engines and lists.
    pub description: Option<String>,
    /// The last part of the page's address.
    pub slug: Option<Set<String>>,
    /// Its place among its siblings; lighter ones come first.
    pub weight: Option<f64>,
    /// False for a page that is published but listed nowhere.
    pub nav: Option<bool>,
    /// True for a page that is only built with `--drafts`.
    pub draft: bool,
    /// A date, as written.
    pub date: Option<String>,
    /// Former addresses.
    pub aliases: Vec<Set<String>>,
    /// Tags.
    pub tags: Vec<String>,
    /// Who answers for the page.
    pub owners: Vec<String>,
    /// When it is to be reviewed again, as written.
    pub review_by: Option<Set<String>>,
    /// The image that stands for the page elsewhere, as written.
    pub image: Option<Set<String>>,
    /// `draft`, `deprecated`, `since 1.2` and the like.
    pub status: Option<String>,
    /// The template that renders it, `page.html` where not said.
    pub template: Option<Set<String>>,
    /// False for a page without its own table of contents.
    pub toc: Option<bool>,
    /// False for a page that search does not find.
    pub search: Option<bool>,
    /// `extra` and every key that is not ours, for templates and schemas.
    #[serde(with = "json")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// JSON as it is for people; as one text for formats that do not say what comes next, which could
/// not read it otherwise.
mod json {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Map, Value};

    pub(super) fn serialize<S: Serializer>(
        map: &Map<String, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return map.serialize(serializer);
        }
        if map.is_empty() {
            return serializer.serialize_str("");
        }
        let text = serde_json::to_string(map).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Map<String, Value>, D::Error> {
        if deserializer.is_human_readable() {
            return Map::deserialize(deserializer);
        }
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Map::new());
        }
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}
