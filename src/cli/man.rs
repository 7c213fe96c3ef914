//! `copydesk man`: the manual pages, as man(1) reads them.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{Exit, Terminal};
use crate::base::nearest;

/// Writes the manual page of the program, or of one of its commands.
///
/// The page goes to standard output, in the form that man(1) reads.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArguments {
    /// The command that the page is about. Without one, the page is about the whole program.
    command: Vec<String>,
}

pub(crate) fn run(arguments: &ManArguments, terminal: &mut Terminal) -> Exit {
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    for name in &arguments.command {
        let Some(found) = command.find_subcommand(name) else {
            let names = command.get_subcommands().map(clap::Command::get_name);
            let help = match nearest(name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`copydesk --help` lists all commands".to_owned(),
            };
            terminal.error(&format!("there is no command `{name}`"), Some(&help));
            return Exit::Failed;
        };
        command = found.clone();
    }
    let mut page = Vec::new();
    match write_page(command, &mut page).and_then(|()| terminal.out(&page)) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

fn write_page(command: clap::Command, out: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command)
        .source(concat!("copydesk ", env!("CARGO_PKG_VERSION")))
        .manual("Copydesk Manual");
    man.render(out)?;
    // What counts for every command, in the sections where readers of manual pages look for it.
    let mut more = Roff::new();
    section(&mut more, "EXIT STATUS", EXIT_STATUS);
    section(&mut more, "ENVIRONMENT", ENVIRONMENT);
    section(&mut more, "FILES", FILES);
    more.to_writer(out)
}

fn section(page: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    page.control("SH", [heading]);
    for (term, text) in entries {
        page.control("TP", []);
        page.text([bold(*term)]);
        page.text([roman(*text)]);
    }
}

const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "All is well."),
    ("1", "There are findings at or above the failing level."),
    (
        "2",
        "It could not be done: the arguments are wrong, a file cannot be read or written, or \
         book.toml has errors. Nothing was touched.",
    ),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("NO_COLOR", "Turns color off where it is set and not empty."),
    (
        "COPYDESK_TABLE__KEY",
        "Sets a key of book.toml: COPYDESK_SITE__BASE_URL sets base-url of the table site. \
         mdBook's MDBOOK_ variables work too.",
    ),
];

const FILES: &[(&str, &str)] = &[
    ("book.toml", "The settings of a site."),
    ("theme/", "The templates, styles and words that a site changes."),
];
