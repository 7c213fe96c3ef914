//! Who is who: the people of a log after the mailmap.

use std::collections::HashMap;

use git2::{Mailmap, Signature, Time};

use super::files::Person;
use super::log::{Log, place};

/// The people of a log as the mailmap has them.
pub(super) struct Known {
    /// Everybody once.
    pub(super) people: Vec<Person>,
    /// For each person of the log, who it is.
    pub(super) of: Vec<u32>,
}

/// Applies the mailmap. Those with one address are one person, whatever the case of its letters,
/// and so are those with one name: nobody can tell them apart on a page. Where somebody has
/// several names or addresses, those used last count. `order` lists the log's commits from the
/// oldest to the youngest.
pub(super) fn known(log: &Log, order: &[(i64, u32)], mailmap: Option<&[u8]>) -> Known {
    let mailmap = mailmap
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| Mailmap::from_buffer(text).ok());
    let mapped: Vec<Person> =
        log.people.iter().map(|(name, email)| resolve(mailmap.as_ref(), name, email)).collect();

    // When each was used last; 0 for those of whom no commit speaks any more.
    let mut used = vec![0_usize; mapped.len()];
    let mut turn = 0;
    for (_, at) in order {
        let Some(commit) = log.commits.get(*at as usize) else { continue };
        for raw in commit.co_authors.iter().chain([&commit.author]) {
            turn += 1;
            if let Some(used) = used.get_mut(*raw as usize) {
                *used = turn;
            }
        }
    }
    let by_address = last_of_each(&used, |at| {
        let person = mapped.get(at)?;
        Some(match person.email.is_empty() {
            true => format!("\0{}", person.name),
            false => person.email.to_lowercase(),
        })
    });
    let by_name = last_of_each(&used, |at| {
        let person = mapped.get(*by_address.get(at)?)?;
        Some(match person.name.is_empty() {
            true => format!("\0{}", person.email.to_lowercase()),
            false => person.name.clone(),
        })
    });
    let mut people = Vec::new();
    let mut places: HashMap<usize, u32> = HashMap::new();
    let of = by_name
        .iter()
        .map(|at| {
            let last = by_address.get(*at).copied().unwrap_or(*at);
            *places.entry(last).or_insert_with(|| {
                people.extend(mapped.get(last).cloned());
                place(people.len() - 1)
            })
        })
        .collect();
    Known { people, of }
}

/// For each place, the place with the same key that was used last.
fn last_of_each(used: &[usize], key: impl Fn(usize) -> Option<String>) -> Vec<usize> {
    let mut last: HashMap<Option<String>, usize> = HashMap::new();
    let mut keys = Vec::with_capacity(used.len());
    for (at, turn) in used.iter().enumerate() {
        let key = key(at);
        let best = last.entry(key.clone()).or_insert(at);
        if used.get(*best).is_none_or(|best| best < turn) {
            *best = at;
        }
        keys.push(key);
    }
    keys.iter().enumerate().map(|(at, key)| last.get(key).copied().unwrap_or(at)).collect()
}

fn resolve(mailmap: Option<&Mailmap>, name: &str, email: &str) -> Person {
    let person = Person { name: name.to_owned(), email: email.to_owned() };
    let Some(mailmap) = mailmap else { return person };
    // A name that no signature may have has no entry in a mailmap either.
    let Ok(signature) = Signature::new(name, email, &Time::new(0, 0)) else { return person };
    match mailmap.resolve_signature(&signature) {
        Ok(signature) => Person {
            name: String::from_utf8_lossy(signature.name_bytes()).into_owned(),
            email: String::from_utf8_lossy(signature.email_bytes()).into_owned(),
        },
        Err(_) => person,
    }
}
