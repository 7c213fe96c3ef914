//! `copydesk lint --external` as a process, with a server on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::loopback;
use super::sandbox::Sandbox;

type Asked = Arc<Mutex<Vec<String>>>;

/// A server that answers by method and path with a status and perhaps an address, each answer of a
/// list in turn and the last one from then on; with 404 to what it does not know.
fn server(answers: &[(&str, &[&str])]) -> (u16, Asked) {
    let asked: Asked = Arc::default();
    let log = Arc::clone(&asked);
    let mut answers: BTreeMap<String, Vec<String>> = answers
        .iter()
        .map(|(path, all)| {
            ((*path).to_owned(), all.iter().rev().map(|one| (*one).to_owned()).collect())
        })
        .collect();
    let port = loopback::serve(move |method, path| {
        log.lock().unwrap().push(format!("{method} {path}"));
        let key = [format!("{method} {path}"), path.to_owned()];
        let known = key.iter().find(|key| answers.contains_key(*key)).cloned();
        let answer = known.and_then(|key| answers.get_mut(&key)).map(|all| match all.len() {
            1 => all[0].clone(),
            _ => all.pop().unwrap(),
        });
        let answer = answer.unwrap_or_else(|| "404".to_owned());
        let (status, to) = answer.split_once(' ').unwrap_or((&answer, ""));
        let to = if to.is_empty() { String::new() } else { format!("\r\nLocation: {to}") };
        (format!("{status} Answer{to}"), Vec::new())
    });
    (port, asked)
}

fn codes(output: &str) -> Vec<String> {
    let mut codes: Vec<String> = output
        .lines()
        .filter_map(|line| {
            Some(line.split(":external/").nth(1)?.split([':', ' ', ']']).next()?.to_owned())
        })
        .collect();
    codes.sort();
    codes
}

#[test]
fn what_is_not_there_is_told_and_what_is_there_is_kept() {
    let (port, asked) = server(&[
        ("/fine", &["200"]),
        ("HEAD /get-only", &["405"]),
        ("GET /get-only", &["200"]),
        ("/moved", &["301 /fine"]),
        ("/for-now", &["302 /fine"]),
        ("/busy", &["503", "503", "200"]),
        ("/secret", &["403"]),
        ("/loop", &["302 /loop"]),
    ]);
    let at = format!("http://127.0.0.1:{port}");
    let sandbox = Sandbox::new(&format!(
        "-- book.toml --\n[book]\ntitle = \"x\"\n[lint]\nexternal-ignore = [\"*/ignored*\"]\n\
         -- content/index.md --\n# A\n\n[a]({at}/fine) [b]({at}/get-only) [c]({at}/moved)\n\
         [d]({at}/for-now#x) [e]({at}/busy) [f]({at}/secret) [g]({at}/gone) [h]({at}/ignored/x)\n\
         [i]({at}/loop) [j](mailto:a@b.example)\n\
         -- content/b.md --\n# B\n\n<a href=\"{at}/gone#y\">k</a>\n"
    ));
    let run = |more: &[&str]| {
        let mut arguments = vec!["lint", "--format", "line"];
        arguments.extend(more);
        sandbox.run(&arguments)
    };
    let quiet = run(&[]);
    assert!(codes(&quiet.stdout).is_empty(), "{}", quiet.stdout);
    assert!(asked.lock().unwrap().is_empty(), "nothing is asked unasked");
    let private = run(&["--external"]);
    assert!(codes(&private.stdout).is_empty(), "{}", private.stdout);
    assert!(asked.lock().unwrap().is_empty(), "private networks are left alone");

    let first = run(&["--external", "--external-private"]);
    let expected = ["broken", "broken", "broken", "moved", "refused"];
    assert_eq!(codes(&first.stdout), expected, "{}{}", first.stdout, first.stderr);
    assert!(first.stdout.contains(&format!("has moved to `{at}/fine`")), "{}", first.stdout);
    let count = asked.lock().unwrap().len();
    assert!(asked.lock().unwrap().iter().all(|path| !path.contains("ignored")));

    // What was there is known, what was not is asked again.
    let second = run(&["--external", "--external-private"]);
    assert_eq!(codes(&second.stdout), expected);
    let again: Vec<String> = asked.lock().unwrap().split_off(count);
    assert!(
        again.iter().all(|path| path.ends_with("/gone") || path.ends_with("/loop")),
        "{again:?}"
    );
    assert!(!again.is_empty());

    let kept =
        ["--external", "--external-private", "--no-cache", "--external-results", "kept.json"];
    assert_eq!(codes(&run(&kept).stdout), expected);
    let results = sandbox.read("site/kept.json");
    assert!(results.contains("/get-only\": {\n      \"is\": \"fine\""), "{results}");
    assert_eq!(run(&["--external", "--staged"]).code, 2);
}
