//! Servers are asked: several at a time, each of them one thing after the other, and with patience.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use ureq::Agent;

use super::address::{host, is_private, is_same, joined};
use super::results::Outcome;

/// So many servers at a time.
const SERVERS: usize = 16;
/// Between two questions to a server.
const PAUSE: Duration = Duration::from_millis(200);
/// A server that is busy, or does not answer, is asked so often.
const TRIES: u32 = 3;
/// The wait before it is asked again is twice as long each time.
const PATIENCE: Duration = Duration::from_secs(1);
/// A server that asks for more patience does not get it.
const MOST_PATIENCE: Duration = Duration::from_secs(10);
const REDIRECTS: usize = 10;

/// What an address must not hold as it is.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^');

/// Asks for addresses. Those of private networks are followed to only where that is allowed.
pub(super) fn all(addresses: &[String], private: bool) -> Vec<(String, Outcome)> {
    let mut hosts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for address in addresses {
        hosts.entry(host(address)).or_default().push(address);
    }
    let threads = hosts.len().min(SERVERS);
    // The servers with the most questions first, as they take longest.
    let mut hosts: Vec<Vec<&str>> = hosts.into_values().collect();
    hosts.sort_by_key(|addresses| std::cmp::Reverse(addresses.len()));
    let waiting = Mutex::new(VecDeque::from(hosts));
    let answers = Mutex::new(Vec::new());
    let asker = Asker { agent: agent(), private };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(addresses) = next else { break };
                    for (at, address) in addresses.into_iter().enumerate() {
                        if at > 0 {
                            rest(PAUSE);
                        }
                        let outcome = asker.patiently(address);
                        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                        answers.push((address.to_owned(), outcome));
                    }
                }
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[allow(clippy::disallowed_methods)] // there is no event: that time passes is what is wanted
fn rest(time: Duration) {
    std::thread::sleep(time);
}

fn agent() -> Agent {
    Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_global(Some(Duration::from_secs(30)))
        .user_agent(concat!("copydesk/", env!("CARGO_PKG_VERSION"), " (checks links)"))
        .build()
        .into()
}

/// What a server answers in the end.
struct Answer {
    status: u16,
    /// Where it was led to.
    at: String,
    /// Whether every step there was for good.
    permanent: bool,
    /// How long it wants not to be asked.
    wait: Option<Duration>,
}

struct Asker {
    agent: Agent,
    private: bool,
}

impl Asker {
    /// Asks again where the server is busy or does not answer.
    fn patiently(&self, address: &str) -> Outcome {
        let mut pause = PATIENCE;
        for left in (0..TRIES).rev() {
            let answer = self.asked(address);
            let wait = match &answer {
                Ok(answer) if answer.status == 429 || answer.status >= 500 => answer.wait,
                Ok(answer) => return outcome(address, answer),
                Err(Refusal::Final(outcome)) => return outcome.clone(),
                Err(Refusal::Failed(_)) => None,
            };
            if left == 0 {
                return match answer {
                    Ok(answer) if answer.status == 429 => {
                        Outcome::Refused { why: "the server is asked too often".to_owned() }
                    }
                    Ok(answer) => {
                        Outcome::Unreachable { why: format!("it answers with {}", answer.status) }
                    }
                    Err(Refusal::Failed(why)) => Outcome::Unreachable { why },
                    Err(Refusal::Final(outcome)) => outcome,
                };
            }
            rest(wait.unwrap_or(pause).min(MOST_PATIENCE));
            pause *= 2;
        }
        Outcome::Fine
    }

    /// Asks for the head of what is there and, where a server does not like that, for the whole.
    fn asked(&self, address: &str) -> Result<Answer, Refusal> {
        match self.followed(address, false) {
            Ok(answer) if answer.status < 400 || answer.status == 429 => Ok(answer),
            Err(Refusal::Final(outcome)) => Err(Refusal::Final(outcome)),
            _ => self.followed(address, true),
        }
    }

    fn followed(&self, address: &str, whole: bool) -> Result<Answer, Refusal> {
        let mut at = address.to_owned();
        let mut permanent = true;
        for _ in 0..=REDIRECTS {
            let escaped = utf8_percent_encode(&at, ESCAPED).to_string();
            let request = if whole { self.agent.get(&escaped) } else { self.agent.head(&escaped) };
            let response = request.call().map_err(|error| match error {
                ureq::Error::BadUri(_) | ureq::Error::Http(_) => Refusal::Final(Outcome::Refused {
                    why: "it is no address that can be asked for".to_owned(),
                }),
                error => Refusal::Failed(error.to_string()),
            })?;
            let status = response.status().as_u16();
            let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
            match header("location").filter(|_| (300..400).contains(&status)) {
                Some(to) => {
                    permanent &= matches!(status, 301 | 308);
                    at = joined(&at, to);
                    if !self.private && is_private(&at) {
                        let why = "it leads into a private network".to_owned();
                        return Err(Refusal::Final(Outcome::Refused { why }));
                    }
                }
                None => {
                    let wait = header("retry-after").and_then(|wait| wait.parse().ok());
                    let wait = wait.map(Duration::from_secs);
                    return Ok(Answer { status, at, permanent, wait });
                }
            }
        }
        let why = format!("it leads on more than {REDIRECTS} times");
        Err(Refusal::Final(Outcome::Broken { why }))
    }
}

enum Refusal {
    /// Asking again is of no use.
    Final(Outcome),
    Failed(String),
}

fn outcome(address: &str, answer: &Answer) -> Outcome {
    match answer.status {
        200..=399 if answer.permanent && !is_same(address, &answer.at) => {
            Outcome::Moved { to: answer.at.clone() }
        }
        200..=399 => Outcome::Fine,
        // Some servers answer so to all that is no browser.
        status @ (401 | 403 | 407 | 451 | 999) => {
            Outcome::Refused { why: format!("the server answers with {status}") }
        }
        status => Outcome::Broken { why: format!("the server answers with {status}") },
    }
}
