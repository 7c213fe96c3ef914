//! `copydesk review outline`: the change as Markdown, to paste where it is discussed.

use super::side::ChangeArguments;
use crate::cli::{Exit, Terminal};
use crate::review::{OutlineInput, outline};

/// Prints the change as Markdown, with links to the changed pages on a preview.
#[derive(Debug, clap::Args)]
pub(crate) struct OutlineArguments {
    #[command(flatten)]
    change: ChangeArguments,
    /// Where the changed site can be seen; without it pages are named and not linked
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

pub(crate) fn run(arguments: &OutlineArguments, terminal: &mut Terminal) -> Exit {
    let Some(open) = arguments.change.open(terminal) else { return Exit::Failed };
    let compared = match open.compare() {
        Ok(compared) => compared,
        Err(failure) => {
            failure.tell(Some(open.new.as_ref()), terminal);
            return Exit::Failed;
        }
    };
    let base_url = arguments.base_url.as_ref().map(|url| format!("{}/", url.trim_end_matches('/')));
    let text = outline(&OutlineInput {
        change: &compared.change,
        base_url: base_url.as_deref(),
        clean_urls: compared.clean_urls,
    });
    open.memo.close();
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}
