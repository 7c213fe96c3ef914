//! The preview: the site over HTTP on the writer's own machine, kept up to date while its files
//! change.
//!
//! - [`builder`]: the one thread that makes files; everything else waits for it
//! - [`watch`]: what has changed on the disk
//! - [`http`]: connections, and what is refused before anybody looks at it
//! - [`lint`]: the thread that looks at prose, and applies fixes that are asked for
//! - [`versions`]: the versions beside the preview, each made by a thread of its own
//! - [`answer`]: what is sent: types, policies, parts, compression
//! - [`status`]: what the open pages are told
//! - [`review`]: the thread that makes the review of what is being written

mod answer;
mod builder;
mod guard;
mod http;
mod lint;
mod policy;
mod review;
mod status;
mod versions;
mod watch;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::Duration;

use crate::base::Diagnostic;
use crate::history::RepositoryFacts;
use crate::pipeline::BuildInput;

use builder::{Asked, Builder};
use http::Server;

/// The port that is tried first where none is asked for. mdBook's is the same.
pub const PORT: u16 = 3000;

/// So many ports are tried where none is asked for.
const PORTS: u16 = 50;

/// How and where the preview is served.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The address or the name to listen on.
    pub host: String,
    /// The port; the first free one from [`PORT`] on where there is none.
    pub port: Option<u16>,
    /// Whether an address may be listened on that other machines reach.
    pub remote: bool,
    /// How a link opens a file in the writer's editor: a URL with `{path}`, `{line}` and
    /// `{column}`.
    pub editor: Option<String>,
    /// The day, as `2026-11-25`: suppressions can expire.
    pub today: String,
}

/// What the preview tells the terminal.
#[derive(Debug)]
pub enum Told<'a> {
    /// It listens.
    Listening {
        /// Where.
        url: &'a str,
        /// The port that was taken.
        taken: Option<u16>,
    },
    /// A change has been taken in.
    Updated {
        /// The files, where they are known.
        files: &'a [String],
        /// How long it took.
        took: Duration,
    },
    /// How much is wrong with the site, once all of it has been looked at: errors, warnings, and
    /// pieces of advice.
    Found([usize; 3]),
    /// There is nothing to build; the last good site is served.
    Broken(&'a [Diagnostic]),
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is one that other machines reach, and nobody has allowed that.
    #[error("`{0}` can be reached from other machines")]
    Remote(String),
    /// There is no such address.
    #[error("there is no address `{0}`")]
    Address(String),
    /// Nothing can listen there.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The system refuses what a server needs.
    #[error("cannot serve: {0}")]
    System(#[from] std::io::Error),
}

impl ServeError {
    /// What can be done about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            ServeError::Remote(_) => Some(
                "with `--allow-remote` everybody who reaches this machine can read the site, \
                 drafts included",
            ),
            ServeError::Listen { .. } => Some("ask for another one with `--port`"),
            _ => None,
        }
    }
}

/// Serves a site until the process is told to end.
///
/// `facts` says what git knows of the repository now, `review` opens the change that is reviewed.
///
/// # Errors
/// Where nothing can be served at all.
pub fn serve(
    options: &ServeOptions,
    input: BuildInput<'_>,
    facts: &dyn Fn() -> RepositoryFacts,
    review: &OpenReview<'_>,
    tell: &dyn Fn(Told<'_>),
) -> Result<(), ServeError> {
    let (listener, taken) = listen(options)?;
    let address = listener.local_addr()?;
    let (send, receive) = mpsc::channel();
    let server = Server::start(listener, options, send.clone())?;
    // The watcher comes first: what changes while the site is read is told afterwards.
    let watcher = watch::start(&input, send)?;
    let mut builder =
        Builder::new(input, server.shared(), options, Asked { facts, review, tell }, watcher);
    builder.begin(&url(&options.host, address.port()), taken);
    builder.run(receive);
    server.stop();
    Ok(())
}

fn url(host: &str, port: u16) -> String {
    let host = match host.parse::<IpAddr>() {
        Ok(address) if address.is_unspecified() => "localhost".to_owned(),
        Ok(IpAddr::V6(address)) => format!("[{address}]"),
        _ => host.to_owned(),
    };
    format!("http://{host}:{port}")
}

/// Listens; the port that was taken is named where another one had to do.
fn listen(options: &ServeOptions) -> Result<(TcpListener, Option<u16>), ServeError> {
    use std::net::ToSocketAddrs;
    let host = options.host.trim_start_matches('[').trim_end_matches(']');
    let found = (host, 0).to_socket_addrs().ok().map(Iterator::collect::<Vec<SocketAddr>>);
    let addresses = found.filter(|found| !found.is_empty());
    let addresses = addresses.ok_or_else(|| ServeError::Address(options.host.clone()))?;
    if !options.remote && addresses.iter().any(|address| !address.ip().is_loopback()) {
        return Err(ServeError::Remote(options.host.clone()));
    }
    // `localhost` is both; browsers try both, so one is enough, and the older one always works.
    let ip = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    let Some(ip) = ip.map(SocketAddr::ip) else {
        return Err(ServeError::Address(options.host.clone()));
    };
    let failed = |port: u16, error| ServeError::Listen {
        address: SocketAddr::new(ip, port).to_string(),
        error,
    };
    if let Some(port) = options.port {
        return match TcpListener::bind((ip, port)) {
            Ok(listener) => Ok((listener, None)),
            Err(error) => Err(failed(port, error)),
        };
    }
    let mut last = None;
    for port in PORT..PORT + PORTS {
        match TcpListener::bind((ip, port)) {
            Ok(listener) => return Ok((listener, (port != PORT).then_some(PORT))),
            Err(error) => last = Some(error),
        }
    }
    Err(failed(PORT, last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into())))
}

pub use builder::LIVE_FOLDER;
pub use review::{OpenReview, Refused};
