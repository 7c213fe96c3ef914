//! `copydesk explain`: what a diagnostic means.

use super::{Exit, Terminal};
use crate::base::nearest;
use crate::{pipeline, report};

/// What a diagnostic means, why it matters, and what to do about it.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArguments {
    /// The code, as reports print it: `link/missing-page`. Without one, all codes are listed.
    code: Option<String>,
}

pub(crate) fn run(arguments: &ExplainArguments, terminal: &mut Terminal) -> Exit {
    let codes = pipeline::codes();
    let mut text = Vec::new();
    let written = match &arguments.code {
        None => {
            for code in &codes {
                text.extend_from_slice(format!("{:<32} {}\n", code.id, code.summary).as_bytes());
            }
            Ok(())
        }
        Some(name) => match codes.iter().find(|code| code.id == name) {
            Some(code) => report::explain(code, &mut text, terminal.color_out(), terminal.width()),
            None => {
                let near = nearest(name, codes.iter().map(|code| code.id));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`copydesk explain` lists all codes".to_owned(),
                };
                terminal.error(&format!("there is no diagnostic `{name}`"), Some(&help));
                return Exit::Failed;
            }
        },
    };
    match written.and_then(|()| terminal.out(&text)) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}
