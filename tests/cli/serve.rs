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

pub(crate) struct Preview {
    process: Child,
    said: BufReader<ChildStderr>,
    port: u16,
}

impl Preview {
    pub(crate) fn start(sandbox: &Sandbox, arguments: &[&str]) -> Preview {
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

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
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

    pub(crate) fn status(&self, path: &str) -> u16 {
        self.ask("GET", path, "").0
    }

    pub(crate) fn body(&self, path: &str) -> String {
        let (status, answer) = self.ask("GET", path, "");
        assert_eq!(status, 200, "{path}: {answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    pub(crate) fn waits_for(&self, path: &str, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let (status, answer) = self.ask("GET", path, "");
            if status == 200 && answer.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "{path} never says {text}");
        }
    }

    pub(crate) fn ends(mut self) -> String {
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
        "/file:///etc/passwd",
    ] {
        assert_eq!(preview.status(path), 400, "{path}");
    }
    for path in [
        "/secret.txt",
        "/book.toml",
        "/.git/config",
        "//etc/passwd",
        "/content/a.md",
        "/nope",
        "/%252e%252e/secret.txt",
    ] {
        assert_eq!(preview.status(path), 404, "{path}");
    }
    assert_eq!(preview.status("/part"), 307);
    assert_eq!(preview.ask("GET", "/", "host: evil.example\r\n").0, 421);
    assert_eq!(preview.ask("GET", "/", "origin: http://evil.example\r\n").0, 403);
    assert_eq!(preview.ask("GET", "/x.svg", "sec-fetch-site: cross-site\r\n").0, 403);
    assert_eq!(preview.ask("POST", "/", "content-length: 0\r\n").0, 405);
    let large = format!("x-large: {}\r\n", "x".repeat(64 << 10));
    assert_eq!(preview.ask("GET", "/", &large).0, 431);
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    assert_eq!(preview.ask("GET", "/", &many).0, 431);
    assert_eq!(preview.ask("GET", &format!("/{}", "x".repeat(8 << 10)), "").0, 414);
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

#[cfg(unix)]
#[test]
fn links_lead_nowhere_else() {
    let sandbox = Sandbox::new(SITE);
    sandbox.write("../outside.txt", "secret");
    std::os::unix::fs::symlink(sandbox.path("outside.txt"), sandbox.site("content/o.txt")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("home"), sandbox.site("content/home")).unwrap();
    std::os::unix::fs::symlink("x.svg", sandbox.site("content/y.svg")).unwrap();
    sandbox.write("../home/note.txt", "secret");
    let preview = Preview::start(&sandbox, &[]);
    assert_eq!(preview.status("/o.txt"), 404);
    assert_eq!(preview.status("/home/note.txt"), 404);
    assert_eq!(preview.status("/y.svg"), 200);
    // A file that becomes such a link is no longer served.
    std::fs::remove_file(sandbox.site("content/x.svg")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("outside.txt"), sandbox.site("content/x.svg")).unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    while preview.status("/x.svg") != 404 {
        assert!(!preview.ask("GET", "/x.svg", "").1.contains("secret"));
        assert!(Instant::now() < end, "the link is served");
    }
    preview.ends();
}

/// A page with a finding that has a safe fix, and one about a word.
const PROSE: &str = "\
-- .vale.ini --
StylesPath = styles
Vocab = Words
[*.md]
BasedOnStyles = Vale
-- styles/config/vocabularies/Words/accept.txt --
Copydesk
-- book.toml --
[book]
title = \"T\"
[lint]
extends = [\"default\", \"vale\"]
-- content/index.md --
# Home

This is the the text with a quibblewock.
";

impl Preview {
    /// The state that the preview tells its pages, once all has been looked at.
    fn state(&self, wanted: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let port = self.port;
        let request =
            format!("GET /_copydesk/live/events HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        for line in BufReader::new(stream).lines() {
            let line = line.expect("the preview tells its state");
            if line.starts_with("data:") && line.contains(wanted) {
                return line;
            }
        }
        panic!("the preview never tells {wanted}");
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let headers = format!("content-length: {length}\r\n{headers}\r\n{body}");
        let port = self.port;
        let answer = self.send(&format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n{headers}"
        ));
        let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer)
    }
}

/// The text between two others.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("{from} in {text}")).1;
    rest.split_once(to).unwrap().0
}

/// The wish to mend the finding of a code in a report.
fn wish(report: &str, code: &str, token: &str) -> String {
    let at = report.find(&format!("\"code\":\"{code}\"")).unwrap_or_else(|| panic!("{report}"));
    let finding = &report[at..];
    let (file, seen) =
        (between(finding, "\"file\":\"", "\""), between(finding, "\"seen\":\"", "\""));
    let (start, end) = (between(finding, "\"start\":", ","), between(finding, "\"end\":", ","));
    format!(
        "{{\"token\":\"{token}\",\"file\":\"{file}\",\"seen\":\"{seen}\",\"code\":\"{code}\",\
         \"start\":{start},\"end\":{end}}}"
    )
}

const REPORT: &str = "/_copydesk/live/report?path=%2F";
const FIX: &str = "/_copydesk/live/fix";

#[test]
fn what_the_baseline_knows_is_not_told() {
    let sandbox = Sandbox::new(SITE);
    sandbox.write("book.toml", "[lint]\nbaseline = \"known.txt\"\n");
    let known = "# Home\n\n[gone](gone.md) and the the end\n";
    sandbox.write("content/index.md", known);
    sandbox.run(&["lint", "baseline"]).ends(0);
    let preview = Preview::start(&sandbox, &[]);
    let state = preview.state("\"done\":true");
    assert!(state.contains("\"errors\":0,\"warnings\":0"), "{state}");
    let report = preview.body(REPORT);
    assert!(report.contains("\"page\":[],\"others\":[]"), "{report}");
    sandbox.write("content/index.md", format!("{known}\n[other](other.md)\n"));
    preview.waits_for(REPORT, "other.md");
    assert!(!preview.body(REPORT).contains("gone.md`"), "what is known stays known");
    preview.ends();
}

#[test]
fn findings_of_prose_are_counted_and_mended() {
    let sandbox = Sandbox::new(PROSE);
    let preview = Preview::start(&sandbox, &[]);
    let state = preview.state("\"done\":true");
    let token = between(&state, "\"token\":\"", "\"").to_owned();
    let report = preview.body(REPORT);
    assert!(report.contains("style/doubled-word"), "{report}");
    let ours =
        format!("content-type: application/json\r\norigin: http://127.0.0.1:{}\r\n", preview.port);
    let body = wish(&report, "style/doubled-word", &token);
    // Who may not, may not.
    let json = "content-type: application/json\r\n";
    assert_eq!(preview.post(FIX, json, &body).0, 403, "without an origin");
    let other = format!("{json}origin: http://evil.example\r\n");
    assert_eq!(preview.post(FIX, &other, &body).0, 403, "from another one");
    let site = format!("{ours}sec-fetch-site: same-site\r\n");
    assert_eq!(preview.post(FIX, &site, &body).0, 403, "from another port");
    let text = ours.replace("application/json", "text/plain");
    assert_eq!(preview.post(FIX, &text, &body).0, 415, "as a form can");
    let guessed = wish(&report, "style/doubled-word", "guessed");
    assert_eq!(preview.post(FIX, &ours, &guessed).0, 403, "without the token");
    assert_eq!(preview.post(FIX, &ours, "{}").0, 400);
    assert_eq!(preview.post(FIX, &ours, &body.replace("content/", "../")).0, 400);
    assert_eq!(preview.post(FIX, &ours, &" ".repeat(1 << 20)).0, 413);
    assert_eq!(preview.status(FIX), 405);
    let page = || sandbox.read("site/content/index.md");
    assert!(page().contains("the the"), "nothing has changed");
    // A click mends what was seen, once.
    assert_eq!(preview.post(FIX, &ours, &body).0, 200);
    assert!(page().contains("This is the text"), "{}", page());
    let (status, answer) = preview.post(FIX, &ours, &body);
    assert_eq!(status, 409, "{answer}");
    preview.waits_for("/", "This is the text");
    // A word is accepted, and its finding goes.
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let report = preview.body(REPORT);
        if !report.contains("Vale.Spelling") {
            break;
        }
        assert!(Instant::now() < end, "{report}");
        let body = wish(&report, "Vale.Spelling", &token);
        let (status, answer) = preview.post("/_copydesk/live/accept", &ours, &body);
        assert!(matches!(status, 200 | 409), "{answer}");
    }
    let words = sandbox.read("site/styles/config/vocabularies/Words/accept.txt");
    assert!(words.starts_with("Copydesk\nquibblewock\n"), "{words}");
    preview.state("\"warnings\":0");
    let said = preview.ends();
    assert!(said.contains("1 error") || said.contains("1 warning"), "{said}");
}

#[test]
fn where_others_may_read_nobody_may_write() {
    let sandbox = Sandbox::new(PROSE);
    let preview = Preview::start(&sandbox, &["--allow-remote"]);
    let state = preview.state("\"done\":true");
    assert!(state.contains("\"token\":null"), "{state}");
    let ours =
        format!("content-type: application/json\r\norigin: http://127.0.0.1:{}\r\n", preview.port);
    let body = wish(&preview.body(REPORT), "style/doubled-word", "");
    assert_eq!(preview.post(FIX, &ours, &body).0, 403);
    preview.ends();
}

#[test]
fn a_template_that_fails_leaves_the_last_site() {
    let sandbox = Sandbox::new(SITE);
    sandbox.write("theme/footer.html", "<footer>mine</footer>\n");
    let preview = Preview::start(&sandbox, &[]);
    preview.waits_for("/a.html", "<footer>mine</footer>");
    sandbox.write("theme/footer.html", "<footer>{{ no such </footer>\n");
    let state = preview.state("theme/syntax");
    assert!(state.contains("\"broken\":[{"), "{state}");
    assert!(preview.body("/a.html").contains("<footer>mine</footer>"));
    sandbox.write("theme/footer.html", "<footer>{{ nobody.knows.this }}</footer>\n");
    preview.state("theme/render");
    assert!(preview.body("/a.html").contains("<footer>mine</footer>"));
    sandbox.write("theme/footer.html", "<footer>mended</footer>\n");
    preview.waits_for("/a.html", "<footer>mended</footer>");
    preview.state("\"broken\":[]");
    preview.ends();
}

#[test]
fn too_many_connections_are_told_so() {
    const PLACES: usize = 512;
    const MORE: usize = 1000;
    let sandbox = Sandbox::new(SITE);
    let preview = Preview::start(&sandbox, &[]);
    assert_eq!(preview.status("/"), 200);
    let connect = || TcpStream::connect(("127.0.0.1", preview.port)).unwrap();
    let mut idle: Vec<TcpStream> = (0..PLACES).map(|_| connect()).collect();
    let mut told = 0;
    for _ in 0..MORE {
        let mut stream = connect();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut answer = [0; 12];
        match stream.read_exact(&mut answer) {
            Ok(()) => {
                assert_eq!(&answer, b"HTTP/1.1 503");
                told += 1;
            }
            // It has got a place of one that was here before: those of the first requests.
            Err(_) => idle.push(stream),
        }
    }
    assert!(told >= MORE - 8, "only {told} of {MORE} were refused");
    drop(idle);
    let end = Instant::now() + Duration::from_secs(20);
    while preview.status("/") != 200 {
        assert!(Instant::now() < end, "nobody is let in any more");
    }
    preview.ends();
}

#[test]
fn slow_clients_are_let_go() {
    let sandbox = Sandbox::new(SITE);
    sandbox.write("content/large.bin", vec![7; 48 << 20]);
    let preview = Preview::start(&sandbox, &[]);
    let port = preview.port;
    let start = |request: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    // One never ends its head, one never sends its body, one never reads its answer.
    let head = start("GET / HTTP/1.1\r\nhost: 127");
    let slow = || {
        start(&format!(
            "POST {FIX} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}\r\n\
         content-type: application/json\r\ncontent-length: 9\r\nconnection: close\r\n\r\n{{"
        ))
    };
    let body = slow();
    let reader = start(&format!("GET /large.bin HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n"));
    let rest = |mut stream: TcpStream| {
        let mut all = Vec::new();
        drop(stream.read_to_end(&mut all));
        all
    };
    let text = |stream| String::from_utf8_lossy(&rest(stream)).into_owned();
    let head = text(head);
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 408"), "{head}");
    let body = text(body);
    assert!(body.starts_with("HTTP/1.1 408"), "{body}");
    // Once another one has been let go, it has had more than its time.
    assert!(text(slow()).starts_with("HTTP/1.1 408"));
    let got = rest(reader).len();
    assert!(got < 48 << 20, "all of {got} bytes came");
    assert_eq!(preview.status("/"), 200);
    preview.ends();
}

/// The review of the files in a folder, as a person says things about them.
#[test]
fn the_review_follows_files_and_what_is_said() {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.git(&["config", "user.name", "Ada"]);
    sandbox.git(&["config", "user.email", "ada@example.org"]);
    // What is said stands in the repository, which is elsewhere for a further working tree.
    sandbox.git(&["worktree", "add", "--quiet", "-b", "topic", "../tree"]);
    for folder in ["site", "tree"] {
        let branch = format!("of-{folder}");
        let run = |program: &str, arguments: &[&str]| {
            let mut command = sandbox.isolated(program);
            command.current_dir(sandbox.path(folder)).args(arguments);
            assert!(command.output().unwrap().status.success(), "{program} {arguments:?}");
        };
        run("git", &["checkout", "--quiet", "-b", &branch, "main"]);
        let root = sandbox.path(folder).display().to_string();
        let preview = Preview::start(&sandbox, &[&root]);
        let review = |page: &str| format!("/_copydesk/live/review/{page}");
        let (index, page) = (review("index.html"), review("pages/content/a.md.html"));
        assert!(preview.body(&index).contains("No page says anything else."));
        assert_eq!(preview.status(&page), 404);
        std::fs::write(sandbox.path(folder).join("content/a.md"), "# A\n\nother words\n").unwrap();
        preview.waits_for(&page, "other </ins>words");
        assert!(preview.body(&index).contains("pages/content/a.md.html"));
        run(
            "git",
            &["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-am", "a"],
        );
        let program = env!("CARGO_BIN_EXE_copydesk");
        run(program, &["review", "open"]);
        run(program, &["review", "comment", "content/a.md:3", "-m", "Which words?"]);
        preview.waits_for(&page, "Which words?");
        preview.ends();
    }
}

#[test]
fn a_review_of_strangers_gets_the_strict_policy() {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.write("content/a.md", "# A\n\n<p style=\"color: red\" onclick=\"x()\">other</p>\n");
    let preview = Preview::start(&sandbox, &[]);
    let (_, page) = preview.ask("GET", "/_copydesk/live/review/pages/content/a.md.html", "");
    assert!(page.contains("other") && !page.contains("unsafe-inline"), "{page}");
    // The page itself is the author's own.
    assert!(preview.ask("GET", "/a.html", "").1.contains("unsafe-inline"));
    for path in ["files/new/book.toml", "files/new/../book.toml", "assets/none.js", "pages/x.html"]
    {
        assert!(preview.status(&format!("/_copydesk/live/review/{path}")) >= 400, "{path}");
    }
    assert_eq!(preview.status("/_copydesk/live/review"), 307);
    assert_eq!(preview.ask("POST", "/_copydesk/live/review/index.html", "").0, 405);
    assert_eq!(
        preview.ask("GET", "/_copydesk/live/review/index.html", "host: evil.example\r\n").0,
        421
    );
    preview.ends();
}
