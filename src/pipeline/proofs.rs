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
    /// Now: keys must be valid now too.
    pub now: i64,
    /// A folder for files that live as long as the call.
    pub temporary: &'a Path,
    /// What was found before.
    pub memo: &'a Store,
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
    let now = keys_by_now(input, &verifier, &all, &verdicts)?;
    for (signed, verdict) in all.iter().zip(&verdicts) {
        let proof = match verdict {
            Verdict::Bad { why } => Proof::Invalid { why: why.clone() },
            Verdict::Good { key } => match now.get(&(signed.event.author.email.as_str(), key)) {
                Some(Verdict::Good { .. }) => Proof::Signed,
                Some(Verdict::Bad { why }) => Proof::Invalid { why: format!("{why}, by now") },
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

/// What the keys of good signatures are worth now, by address and key. An event names its time itself:
/// whoever has an old key can name an old time. Each key is asked about once, by one of its signatures.
fn keys_by_now<'a>(
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
    samples
        .into_par_iter()
        .map(|(of, Signed { event, bytes, signature })| {
            Ok((of, verifier.verdict(event, bytes, signature, input.now)?))
        })
        .collect()
}
