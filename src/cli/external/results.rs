//! What is known of addresses on other sites, in a file that CI can keep from run to run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::history::day_of;

/// The file in the cache.
pub(super) const NAME: &str = "external.json";
/// What was there is not asked again for so long.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What a server says of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum Outcome {
    /// It is there.
    Fine,
    /// It is elsewhere for good.
    Moved { to: String },
    /// It is not there.
    Broken { why: String },
    /// The server cannot be asked.
    Unreachable { why: String },
    /// The server does not say.
    Refused { why: String },
}

/// An outcome with the last day on which it is believed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Known {
    #[serde(flatten)]
    outcome: Outcome,
    /// As `2026-12-01`; none where it is asked again each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// By address.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Results {
    links: BTreeMap<String, Known>,
}

impl Results {
    /// Reads a file; nothing where there is none.
    pub(super) fn read(path: &Path) -> Result<Results, String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Results::default());
            }
            Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
        };
        serde_json::from_str(&text)
            .map_err(|error| format!("`{}` holds no results: {error}", path.display()))
    }

    /// Writes a file, which is the old one or the new one at any time.
    pub(super) fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        let beside = path.with_extension("json.new");
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        drop(file);
        std::fs::rename(&beside, path)
    }

    /// What is known and still believed on a day.
    pub(super) fn get(&self, address: &str, today: &str) -> Option<&Known> {
        self.links.get(address).filter(|known| known.until.as_deref().is_some_and(|u| today <= u))
    }

    pub(super) fn outcome(&self, address: &str) -> Option<&Outcome> {
        self.links.get(address).map(|known| &known.outcome)
    }

    pub(super) fn keep(&mut self, address: &str, known: Known) {
        self.links.insert(address.to_owned(), known);
    }

    /// Adds what a server said just now.
    pub(super) fn add(&mut self, address: &str, outcome: Outcome) {
        let lasts = !matches!(outcome, Outcome::Broken { .. } | Outcome::Unreachable { .. });
        let until = lasts.then(|| {
            let end = SystemTime::now() + KEPT;
            let since = end.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            day_of(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
        });
        self.keep(address, Known { outcome, until });
    }

    pub(super) fn len(&self) -> usize {
        self.links.len()
    }
}
