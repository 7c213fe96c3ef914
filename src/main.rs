//! The binary: hands the arguments to [`copydesk::cli`].

fn main() -> std::process::ExitCode {
    copydesk::cli::run(std::env::args_os())
}
