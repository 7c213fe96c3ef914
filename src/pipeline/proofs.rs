//! What the signatures of events are worth. `ssh-keygen` is asked once for each signature, on all threads;
//! what it said is kept under the bytes that it was asked about and the keys that it was given.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;

use crate::memo::{Fingerprint, Key, Stage, Store};
use crate::review::event::{Event, EventId};
use crate::review::store::{Loaded, Proof, SignatureOf, SigningError, Verdict, Verifier};

/// What signatures are checked with.
pub(super) struct ProofsInput<'a> {
    /// The events.
    pub changes: &'a [Loaded],
    /// The keys that people sign with.
    pub allowed: &'a [u8],
    /// The keys that are not to be used any more.
    pub revoked: Option<&'a [u8]>,
    /// When keys must be valid too.
    pub at: At,
    /// A folder for files that live as long as the call.
    pub temporary: &'a Path,
    /// What was found before.
    pub memo: &'a Store,
}

/// When keys must be valid, besides the moment at which an event says that it was written.
#[derive(Debug, Clone, Copy)]
pub(super) enum At {
    /// Now, in seconds since 1970: an event names its time itself, and whoever has an old key can name
    /// an old time.
    Now(i64),
    /// When the change was merged, which the history of the target tells. What was said later is
    /// judged by its own time.
    Merged(i64),
}

/// A signature with what it is of.
struct Signed<'a> {
    event: &'a Event,
    bytes: &'a [u8],
    signature: &'a SignatureOf,
}

/// What the signatures of events are worth.
///
/// # Errors
/// Where `ssh-keygen` cannot be run.
pub(super) fn proofs(input: &ProofsInput<'_>) -> Result<BTreeMap<EventId, Proof>, SigningError> {
    let mut found = BTreeMap::new();
    let mut all: Vec<Signed<'_>> = Vec::new();
    for loaded in input.changes {
        for (event, bytes) in loaded.events.iter().zip(&loaded.bytes) {
            found.insert(event.id, Proof::Unsigned);
            let signatures = loaded.signatures.get(&event.id).into_iter().flatten();
            all.extend(signatures.map(|signature| Signed { event, bytes, signature }));
        }
    }
    if all.is_empty() {
        return Ok(found);
    }
    let verifier = Verifier::new(input.temporary, input.allowed, input.revoked)?;
    let verdicts = verdicts(input, &verifier, &all)?;
    let now = keys_by_then(input, &verifier, &all, &verdicts)?;
    let when = match input.at {
        At::Now(_) => "by now",
        At::Merged(_) => "when it was merged",
    };
    let later = |event: &Event| matches!(input.at, At::Merged(merged) if event.time > merged);
    for (signed, verdict) in all.iter().zip(&verdicts) {
        let proof = match verdict {
            Verdict::Bad { why } => Proof::Invalid { why: why.clone() },
            Verdict::Good { key } => match now.get(&(signed.event.author.email.as_str(), key)) {
                Some(Verdict::Good { .. }) => Proof::Signed,
                // What was said after the merge is judged by its own time.
                _ if later(signed.event) => Proof::Signed,
                Some(Verdict::Bad { why }) => Proof::Invalid { why: format!("{why}, {when}") },
                None => Proof::Invalid { why: "the key is not known".to_owned() },
            },
        };
        // One that counts suffices.
        if found.get(&signed.event.id) != Some(&Proof::Signed) {
            found.insert(signed.event.id, proof);
        }
    }
    Ok(found)
}

/// What each signature was worth at the time that its event names.
fn verdicts(
    input: &ProofsInput<'_>,
    verifier: &Verifier,
    all: &[Signed<'_>],
) -> Result<Vec<Verdict>, SigningError> {
    let mut base = Fingerprint::new("signature");
    base.value(&input.allowed).value(&input.revoked);
    let base = base.finish();
    let verdict = |signed: &Signed<'_>| {
        let mut key = Fingerprint::new("signature of an event");
        key.hash(&base).text(&signed.event.id.to_string()).bytes(&signed.signature.text);
        let key = Key::new(Stage::Review, key.finish());
        let known = input.memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        if let Some(verdict) = known {
            return Ok(verdict);
        }
        let Signed { event, bytes, signature } = signed;
        let verdict = verifier.verdict(event, bytes, signature, event.time)?;
        if let Ok(bytes) = postcard::to_allocvec(&verdict) {
            input.memo.put(&key, &bytes);
        }
        Ok(verdict)
    };
    all.par_iter().map(verdict).collect()
}

/// What the keys of good signatures are worth now, or when the change was merged, by address and key.
/// Each key is asked about once, by one of its signatures.
fn keys_by_then<'a>(
    input: &ProofsInput<'_>,
    verifier: &Verifier,
    all: &[Signed<'a>],
    verdicts: &'a [Verdict],
) -> Result<HashMap<(&'a str, &'a String), Verdict>, SigningError> {
    let mut samples: HashMap<(&str, &String), &Signed<'_>> = HashMap::new();
    for (signed, verdict) in all.iter().zip(verdicts) {
        if let Verdict::Good { key } = verdict {
            samples.entry((signed.event.author.email.as_str(), key)).or_insert(signed);
        }
    }
    let samples: Vec<_> = samples.into_iter().collect();
    let (At::Now(time) | At::Merged(time)) = input.at;
    samples
        .into_par_iter()
        .map(|(of, Signed { event, bytes, signature })| {
            Ok((of, verifier.verdict(event, bytes, signature, time)?))
        })
        .collect()
}
