//! The binary: hands the arguments to [`copydesk::cli`].

/// A build makes and drops many small texts on all threads, which this allocator does in less time
/// than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    copydesk::cli::run(std::env::args_os())
}
