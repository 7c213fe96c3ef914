//! Many readers of a preview, for `serve_load.py`: each goes from page to page on one connection.
//!
//!     serve_load PORT CLIENTS SECONDS PAUSE < addresses
//!
//! `PAUSE`, in milliseconds, is how long a reader rests between two pages, on average. Prints JSON:
//! how long each answer took in milliseconds, until its last byte was there; what failed; and for
//! each build which branch its pages name. All readers share one thread, so that the preview has
//! the rest of the machine.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Who waits longer has not been answered.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("PORT CLIENTS SECONDS PAUSE, please");
    let port: u16 = next()?.parse()?;
    let clients: u64 = next()?.parse()?;
    let seconds: f64 = next()?.parse()?;
    let pause: f64 = next()?.parse()?;
    let mut addresses = String::new();
    std::io::stdin().read_to_string(&mut addresses)?;
    let addresses: Arc<[String]> = addresses.lines().map(str::to_owned).collect();
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut results = Results::default();
    runtime.block_on(async {
        let readers: Vec<_> = (0..clients)
            .map(|number| {
                let reader = Reader {
                    port,
                    addresses: Arc::clone(&addresses),
                    pause,
                    random: (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
                    results: Results::default(),
                };
                tokio::spawn(reader.run(end))
            })
            .collect();
        for reader in readers {
            results.join(reader.await?);
        }
        Ok::<_, tokio::task::JoinError>(())
    })?;
    println!(
        "{}",
        serde_json::json!({
            "times": results.times, "failed": results.failed, "sides": results.sides,
        })
    );
    Ok(())
}

#[derive(Default)]
struct Results {
    /// Milliseconds.
    times: Vec<f64>,
    failed: Vec<String>,
    /// By build, the branches that its pages name.
    sides: BTreeMap<String, BTreeSet<String>>,
}

impl Results {
    fn join(&mut self, other: Results) {
        self.times.extend(other.times);
        self.failed.extend(other.failed);
        for (build, sides) in other.sides {
            self.sides.entry(build).or_default().extend(sides);
        }
    }

    fn add(&mut self, address: &str, answer: &Answer) {
        let body = &answer.body;
        if answer.status != 200 || !body.trim_ascii_end().ends_with(b"</html>") {
            self.failed.push(format!("{address}: {}", answer.status));
        }
        // An edit ends a page with two lines that name it.
        let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
        let edits: BTreeSet<_> = words_after(body, b"edit-").filter(is_number).collect();
        if edits.len() > 1 {
            self.failed.push(format!("{address}: parts of several edits"));
        }
        // Each page of two branches names its own at its beginning and at its end.
        let sides = words_after(body, b"side-").filter(|side| ["one", "two"].contains(side));
        let sides = sides.map(str::to_owned);
        self.sides.entry(answer.build.clone()).or_default().extend(sides);
    }
}

/// The letters or digits that follow each occurrence of a text.
fn words_after<'t>(text: &'t [u8], wanted: &[u8]) -> impl Iterator<Item = &'t str> {
    let size = wanted.len();
    let places: Vec<usize> = memchr::memmem::find_iter(text, wanted).collect();
    places.into_iter().filter_map(move |at| {
        let rest = text.get(at + size..)?;
        let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric());
        std::str::from_utf8(rest.get(..end.unwrap_or(rest.len()))?).ok()
    })
}

struct Answer {
    status: u16,
    build: String,
    body: Vec<u8>,
}

struct Reader {
    port: u16,
    addresses: Arc<[String]>,
    pause: f64,
    random: u64,
    results: Results,
}

impl Reader {
    async fn run(mut self, end: Instant) -> Results {
        let mut open = None;
        self.rest(self.pause).await;
        while Instant::now() < end {
            let at = (self.random() * self.addresses.len() as f64) as usize;
            let Some(address) = self.addresses.get(at).cloned() else { break };
            match timeout(PATIENCE, self.ask(&address, open.take())).await {
                Ok(Ok((answer, stream, took))) => {
                    self.results.times.push(took.as_secs_f64() * 1e3);
                    self.results.add(&address, &answer);
                    open = Some(stream);
                }
                Ok(Err(error)) => self.results.failed.push(format!("{address}: {error}")),
                Err(_) => self.results.failed.push(format!("{address}: no answer")),
            }
            let pause = self.pause * (0.5 + self.random());
            sleep(Duration::from_secs_f64(pause / 1e3)).await;
        }
        self.results
    }

    /// Begins at another moment than the others.
    async fn rest(&mut self, most: f64) {
        sleep(Duration::from_secs_f64(most * self.random() / 1e3)).await;
    }

    async fn ask(
        &self,
        address: &str,
        open: Option<TcpStream>,
    ) -> std::io::Result<(Answer, TcpStream, Duration)> {
        let mut stream = match open {
            Some(stream) => stream,
            None => TcpStream::connect(("127.0.0.1", self.port)).await?,
        };
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!("GET {address} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::with_capacity(64 << 10);
        let (head, size) = loop {
            if let Some(head) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
                let text = String::from_utf8_lossy(bytes.get(..head).unwrap_or_default());
                let size = field(&text, "content-length").and_then(|size| size.parse().ok());
                let size: usize = size.unwrap_or_default();
                if bytes.len() >= head + 4 + size {
                    break (text.into_owned(), head + 4);
                }
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        };
        let took = begun.elapsed();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let build = field(&head, "copydesk-build").unwrap_or_default().to_owned();
        let answer = Answer { status: status.unwrap_or(0), build, body: bytes.split_off(size) };
        Ok((answer, stream, took))
    }

    /// A number from 0 up to 1 (xorshift).
    fn random(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
