//! The command line: one file per command. Here, and only here, the arguments, the environment,
//! the clock and the terminal enter.

mod baseline;
mod build;
mod ci;
mod completions;
mod exit;
mod explain;
mod external;
mod fix;
mod gate;
mod hook;
mod init;
mod input;
mod lint;
mod man;
mod mv;
mod progress;
mod review;
mod rules;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod sync;
mod terminal;
mod versions;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use exit::Exit;
use terminal::{ColorChoice, Terminal};

/// Documentation from a writer's branch to the published site.
#[derive(Debug, Parser)]
#[command(name = "copydesk", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    global: GlobalArguments,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct GlobalArguments {
    /// When to use color.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Print findings and errors only.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArguments),
    Build(build::BuildArguments),
    #[cfg(feature = "serve")]
    Serve(serve::ServeArguments),
    Explain(explain::ExplainArguments),
    Completions(completions::CompletionsArguments),
    Man(man::ManArguments),
    Search(search::SearchArguments),
    Lint(lint::LintArguments),
    Rules(rules::RulesArguments),
    Review(review::ReviewArguments),
    Mv(mv::MvArguments),
}

/// Runs the command that the arguments name, and says how it ended.
///
/// A file that grows over the limit of the process (`ulimit -f`) would end it by a signal; it
/// becomes an error of the writer instead, which then leaves the old site as it is.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = Arguments::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Clean,
                _ => Exit::Failed,
            };
            // Nothing is left to do when even the help cannot be written.
            drop(error.print());
            return exit.into();
        }
    };
    #[cfg(unix)]
    {
        let seen = std::sync::Arc::default();
        // Where the signal cannot be caught, the process ends by it as it would have.
        drop(signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen));
    }
    let mut terminal = Terminal::new(&arguments.global);
    let exit = match arguments.command {
        Command::Init(arguments) => init::run(&arguments, &mut terminal),
        Command::Build(arguments) => build::run(&arguments, &mut terminal),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(&arguments, &mut terminal),
        Command::Explain(arguments) => explain::run(&arguments, &mut terminal),
        Command::Completions(arguments) => completions::run(&arguments, &mut terminal),
        Command::Man(arguments) => man::run(&arguments, &mut terminal),
        Command::Search(arguments) => search::run(&arguments, &mut terminal),
        Command::Lint(arguments) => lint::run(&arguments, &mut terminal),
        Command::Rules(arguments) => rules::run(&arguments, &mut terminal),
        Command::Review(arguments) => review::run(&arguments, &mut terminal),
        Command::Mv(arguments) => mv::run(&arguments, &mut terminal),
    };
    exit.into()
}

/// The command line as clap knows it, for the manual's reference and its test.
pub fn command() -> clap::Command {
    Arguments::command()
}
