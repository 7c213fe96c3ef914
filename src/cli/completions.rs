//! `copydesk completions`: what a shell needs to complete commands, options and their values.

use clap::builder::PossibleValuesParser;
use clap_complete::{Generator, Shell};

use super::{Exit, Terminal};
use crate::pipeline;

/// Writes a script that completes commands and options in a shell.
///
/// The script goes to standard output. Save it where the shell looks for completions.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that reads the script
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments, terminal: &mut Terminal) -> Exit {
    // The command itself takes any text as a code, so that it can answer a mistyped one.
    let codes = PossibleValuesParser::new(pipeline::codes().iter().map(|code| code.id));
    let mut command = super::command().mut_subcommand("explain", |explain| {
        explain.mut_arg("code", |code| code.value_parser(codes).hide_possible_values(true))
    });
    command.set_bin_name("copydesk");
    command.build();
    let mut script = Vec::new();
    let written = arguments.shell.try_generate(&command, &mut script);
    match written.and_then(|()| terminal.out(&script)) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}
