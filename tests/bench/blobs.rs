//! The objects of a repository, read from one `git cat-file --batch`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

/// The running process.
pub struct Blobs {
    git: std::process::Child,
    input: std::process::ChildStdin,
    output: BufReader<std::process::ChildStdout>,
}

impl Blobs {
    /// Starts it.
    pub fn open(repository: &str) -> Blobs {
        let mut child = Command::new("git")
            .args(["-C", repository, "cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Blobs {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            git: child,
        }
    }

    /// Ends it.
    pub fn close(mut self) {
        drop(self.input);
        self.git.wait().unwrap();
    }

    /// The bytes of an object; none where there is no such object.
    pub fn read(&mut self, id: &str) -> Vec<u8> {
        writeln!(self.input, "{id}").unwrap();
        let mut head = String::new();
        self.output.read_line(&mut head).unwrap();
        let Some(size) = head.trim().rsplit(' ').next().and_then(|size| size.parse().ok()) else {
            return Vec::new();
        };
        let mut bytes = vec![0; size];
        self.output.read_exact(&mut bytes).unwrap();
        self.output.read_exact(&mut [0]).unwrap();
        bytes
    }
}
