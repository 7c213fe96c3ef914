//! `copydesk lint --external`: whether what pages link to on other sites is there.
//!
//! Never unless asked for: a check then depends on the network, and the pages of a branch say which
//! addresses are asked.

mod address;
#[cfg(feature = "sync")]
mod ask;
mod results;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::rules::Project;
use super::{Exit, Terminal};
use crate::base::{Diagnostic, SourcePath, is_like};
use crate::config::Settings;
use crate::lint::codes;
use crate::pipeline::{self, LintInput, LintReport};
use crate::source::Source;
use results::{Outcome, Results};

/// Options for links to other sites.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ExternalArguments {
    /// Also ask the servers of other sites whether what pages link to is there
    ///
    /// A server is asked one thing at a time. Addresses that `[lint] external-ignore` names are left
    /// alone. What was there is not asked again for a week.
    #[arg(long, conflicts_with_all = ["stdin", "fix", "since", "staged"])]
    external: bool,
    /// The file of what is known of other sites, read and written, such as one that CI keeps
    /// [default: `.copydesk/external.json`]
    #[arg(long, value_name = "FILE", requires = "external")]
    external_results: Option<PathBuf>,
    /// Also ask servers of this machine and of private networks
    #[arg(long, requires = "external")]
    external_private: bool,
}

impl ExternalArguments {
    /// Whether other sites are asked at all.
    pub(crate) fn asked(&self) -> bool {
        self.external
    }

    /// Asks, and adds what is found to a report. An error is one that has been told.
    pub(crate) fn check(
        &self,
        project: &Project,
        settings: &Settings,
        input: LintInput<'_>,
        (source, files): (&dyn Source, &[SourcePath]),
        report: &mut LintReport,
        terminal: &mut Terminal,
    ) -> Result<(), Exit> {
        let kept = match (&self.external_results, input.memo.folder()) {
            (Some(path), _) => Some(path.clone()),
            (None, Some(_)) => Some(project.home().join(super::build::CACHE).join(results::NAME)),
            (None, None) => None,
        };
        let known = kept.as_deref().map_or(Ok(Results::default()), Results::read);
        let known = known.map_err(|why| {
            terminal.error(&why, Some("remove the file, or name another one"));
            Exit::Failed
        })?;
        let ignored: Vec<&str> =
            settings.lint.external_ignore.iter().map(|pattern| pattern.value.as_str()).collect();
        let links = pipeline::links_to_other_sites(input, source, files);
        let mut results = Results::default();
        // Several links can lead to places of one page.
        let mut asked: BTreeSet<String> = BTreeSet::new();
        for address in links.keys() {
            let bare = address::without_fragment(address);
            if ignored.iter().any(|pattern| is_like(pattern, address)) {
                continue;
            }
            if !self.external_private && address::is_private(bare) {
                continue;
            }
            match known.get(bare, input.today) {
                Some(outcome) => results.keep(bare, outcome.clone()),
                None => drop(asked.insert(bare.to_owned())),
            }
        }
        let asked: Vec<String> = asked.into_iter().collect();
        terminal.say(&format!(
            "asking for {} addresses on other sites, {} known",
            asked.len(),
            results.len()
        ));
        for (address, outcome) in self.ask(&asked, terminal)? {
            results.add(&address, outcome);
        }
        let mut found = Vec::new();
        for (address, places) in &links {
            let Some(outcome) = results.outcome(address::without_fragment(address)) else {
                continue;
            };
            for place in places {
                found.extend(told(address, outcome).map(|said| said.at(place.clone())));
            }
        }
        pipeline::add_findings(input, source, found, report);
        if let Some(path) = kept
            && let Err(error) = results.write(&path)
        {
            let message = format!("cannot write `{}`: {error}", path.display());
            terminal.error(&message, Some("name a file that can be written"));
            return Err(Exit::Failed);
        }
        Ok(())
    }

    #[cfg(feature = "sync")]
    fn ask(&self, asked: &[String], _: &mut Terminal) -> Result<Vec<(String, Outcome)>, Exit> {
        Ok(ask::all(asked, self.external_private))
    }

    #[cfg(not(feature = "sync"))]
    fn ask(&self, _: &[String], terminal: &mut Terminal) -> Result<Vec<(String, Outcome)>, Exit> {
        terminal
            .error("this copydesk was built without `sync`, so it cannot ask other sites", None);
        Err(Exit::Failed)
    }
}

/// What is said of a link.
fn told(address: &str, outcome: &Outcome) -> Option<Diagnostic> {
    Some(match outcome {
        Outcome::Fine => return None,
        Outcome::Moved { to } => {
            Diagnostic::new(&codes::EXTERNAL_MOVED, format!("`{address}` has moved to `{to}`"))
                .help("link to the new address, if it is what is meant")
        }
        Outcome::Broken { why } => {
            Diagnostic::new(&codes::EXTERNAL_BROKEN, format!("`{address}` is not there: {why}"))
                .help("link to what took its place, or remove the link")
        }
        Outcome::Unreachable { why } => {
            let message = format!("`{address}` cannot be reached: {why}");
            Diagnostic::new(&codes::EXTERNAL_UNREACHABLE, message)
                .help("try again later; where the site is gone for good, remove the link")
        }
        Outcome::Refused { why } => {
            let message = format!("whether `{address}` is there cannot be told: {why}");
            Diagnostic::new(&codes::EXTERNAL_REFUSED, message)
                .help("look yourself, and name it in `[lint] external-ignore`")
        }
    })
}
