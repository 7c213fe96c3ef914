//! The preview as a process: what it serves, what it takes in, and whom it refuses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, tree};

/// The element that a page of the preview has more than the published one.
const SCRIPT: &str = "<script src=\"/_copydesk/live/live.js\" defer></script>\n";

const SITE: &str = "\
-- book.toml --
[book]
title = \"T\"
-- content/index.md --
# Home

[A](a.md), ![x](x.svg)
-- content/a.md --
# A

words
-- content/part/index.md --
# Part
-- content/x.svg --
<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>
";

struct Preview {
    process: Child,
    said: BufReader<ChildStderr>,
    port: u16,
}

impl Preview {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Preview {
        let mut process = sandbox
            .command()
            .args(["serve", "--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "the preview ended");
            if let Some(rest) = line.strip_prefix("serving http://127.0.0.1:") {
                break rest.split('/').next().unwrap().parse().unwrap();
            }
        };
        Preview { process, said, port }
    }

    /// Sends bytes as they are, and reads the answer to its end.
    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // Who is refused early may find the connection closed.
        drop(stream.write_all(request.as_bytes()));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
        let port = self.port;
        let host = if headers.contains("host:") {
            String::new()
        } else {
            format!("host: 127.0.0.1:{port}\r\n")
        };
        let answer = self
            .send(&format!("{method} {path} HTTP/1.1\r\n{host}connection: close\r\n{headers}\r\n"));
        let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer)
    }

    fn status(&self, path: &str) -> u16 {
        self.ask("GET", path, "").0
    }

    fn body(&self, path: &str) -> String {
        let (status, answer) = self.ask("GET", path, "");
        assert_eq!(status, 200, "{path}: {answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    fn waits_for(&self, path: &str, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let (status, answer) = self.ask("GET", path, "");
            if status == 200 && answer.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "{path} never says {text}");
        }
    }

    fn ends(mut self) -> String {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        assert!(self.process.wait().unwrap().success(), "{said}");
        said
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn what_is_served_is_what_is_built_but_for_one_element() {
    let sandbox = Sandbox::new(SITE);
    sandbox.build(&[]).ends(0);
    let preview = Preview::start(&sandbox, &[]);
    for (path, bytes) in tree(&sandbox.path("out")) {
        if path.starts_with('.') || path == "404.html" || path.contains("manifest") {
            continue;
        }
        let served = preview.body(&format!("/{path}")).replacen(SCRIPT, "", 1);
        assert_eq!(served, String::from_utf8_lossy(&bytes), "{path}");
    }
    preview.ends();
}

#[test]
fn changes_are_taken_in() {
    let sandbox = Sandbox::new(SITE);
    let preview = Preview::start(&sandbox, &[]);
    assert!(preview.body("/a.html").contains("words"));
    sandbox.write("content/a.md", "# A\n\nother words\n");
    preview.waits_for("/a.html", "other words");
    sandbox.write("content/a.md", "# Another title\n");
    preview.waits_for("/", "Another title");
    sandbox.write("content/new/b.md", "# B is new\n");
    preview.waits_for("/new/b.html", "B is new");
    sandbox.write("book.toml", "[book\n");
    sandbox.write("content/a.md", "# Not yet\n");
    assert!(preview.status("/a.html") > 0);
    sandbox.write("book.toml", "[book]\ntitle = \"Mended\"\n");
    preview.waits_for("/a.html", "Not yet");
    preview.waits_for("/a.html", "Mended");
    preview.ends();
}

#[test]
fn strangers_are_refused() {
    let sandbox = Sandbox::new(SITE);
    sandbox.write("secret.txt", "secret");
    let preview = Preview::start(&sandbox, &[]);
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/a/..%5c..%5csecret.txt",
        "/%00",
        "/a%00.html",
        "/%c0%ae%c0%ae/secret.txt",
        "/content/../../secret.txt",
    ] {
        assert_eq!(preview.status(path), 400, "{path}");
    }
    for path in
        ["/secret.txt", "/book.toml", "/.git/config", "//etc/passwd", "/content/a.md", "/nope"]
    {
        assert_eq!(preview.status(path), 404, "{path}");
    }
    assert_eq!(preview.status("/part"), 307);
    assert_eq!(preview.ask("GET", "/", "host: evil.example\r\n").0, 421);
    assert_eq!(preview.ask("GET", "/", "origin: http://evil.example\r\n").0, 403);
    assert_eq!(preview.ask("GET", "/x.svg", "sec-fetch-site: cross-site\r\n").0, 403);
    assert_eq!(preview.ask("POST", "/", "content-length: 0\r\n").0, 405);
    let large = format!("x-large: {}\r\n", "x".repeat(64 << 10));
    assert_eq!(preview.ask("GET", "/", &large).0, 431);
    let (status, answer) = preview.ask("GET", "/x.svg", "range: bytes=0-3\r\n");
    assert_eq!((status, answer.ends_with("<svg")), (206, true), "{answer}");
    assert!(!preview.ask("HEAD", "/", "").1.contains("<html"));
    preview.ends();
}

#[test]
fn other_machines_are_let_in_on_request_only() {
    let sandbox = Sandbox::new(SITE);
    let refused = sandbox.run(&["serve", "--host", "0.0.0.0", "--port", "0"]);
    refused.ends(2).says("--allow-remote");
}
