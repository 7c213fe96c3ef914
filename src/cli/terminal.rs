//! Standard output and standard error, and what they can show.

use std::io::{self, IsTerminal, Write};

use super::{Exit, GlobalArguments};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The two streams. The product of a command goes to standard output, everything that is said
/// about it to standard error.
pub(crate) struct Terminal {
    color: ColorChoice,
    quiet: bool,
}

impl Terminal {
    pub(crate) fn new(arguments: &GlobalArguments) -> Self {
        Terminal { color: arguments.color, quiet: arguments.quiet }
    }

    /// Whether only findings and errors are wanted.
    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Whether somebody watches standard error.
    pub(crate) fn watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    fn color(&self, terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                terminal
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
            }
        }
    }

    /// Whether standard output gets colour.
    pub(crate) fn color_out(&self) -> bool {
        self.color(io::stdout().is_terminal())
    }

    /// Whether standard error gets colour.
    pub(crate) fn color_err(&self) -> bool {
        self.color(io::stderr().is_terminal())
    }

    /// The width of the terminal behind standard error, in columns.
    pub(crate) fn width(&self) -> usize {
        terminal_size::terminal_size_of(io::stderr())
            .map_or(100, |(width, _)| usize::from(width.0))
            .clamp(40, 140)
    }

    /// Writes the product. A reader that went away is no failure.
    pub(crate) fn out(&mut self, bytes: &[u8]) -> io::Result<()> {
        forgive_broken_pipe(io::stdout().lock().write_all(bytes))
    }

    /// Writes about the product.
    pub(crate) fn err(&mut self, bytes: &[u8]) {
        // Where standard error is gone there is nobody left to tell.
        drop(io::stderr().lock().write_all(bytes));
    }

    /// An error that is no problem of a file: what the environment said.
    pub(crate) fn error(&mut self, message: &str, help: Option<&str>) {
        let (red, bold, reset) =
            if self.color_err() { ("\x1b[1;31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
        let mut text = format!("{red}error{reset}{bold}: {message}{reset}\n");
        if let Some(help) = help {
            text.push_str(&format!("  {bold}= help:{reset} {help}\n"));
        }
        self.err(text.as_bytes());
    }

    /// Says that the product could not be written, and how the command ends by that.
    pub(crate) fn output_failed(&mut self, error: &io::Error) -> Exit {
        self.error(&format!("cannot write to standard output: {error}"), None);
        Exit::Failed
    }

    /// A line that `--quiet` leaves out.
    pub(crate) fn say(&mut self, line: &str) {
        if !self.quiet {
            self.err(format!("{line}\n").as_bytes());
        }
    }
}

fn forgive_broken_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
