//! Signatures: `ssh-keygen -Y` over the bytes of an event, exactly as they are kept.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{SignatureOf, Store, StoreError};
use crate::history::day_of;
use crate::review::event::Event;

/// What signatures are made for, so that one made for anything else proves nothing here.
pub const NAMESPACE: &str = "copydesk";

/// Signs events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key: a file, or `key::` and a public key that an agent holds.
    key: String,
    /// The folder for a public key that has to be a file.
    folder: PathBuf,
}

/// Why a signature could not be made, or does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// `ssh-keygen` could not be run.
    #[error("`ssh-keygen` cannot be run: {0}")]
    Program(String),
    /// It says no.
    #[error("`ssh-keygen` does not sign: {0}")]
    Refused(String),
    /// A file could not be written.
    #[error("cannot write `{path}`: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// What a signature is worth.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Proof {
    /// The author signed it, with a key that may be used.
    Signed,
    /// Nobody signed it.
    Unsigned,
    /// There is a signature, and it does not count.
    Invalid {
        /// Why.
        why: String,
    },
}

/// What one signature of an event is worth at some time.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Verdict {
    /// The author made it, with a key that may be used.
    Good {
        /// What tells the key from others.
        key: String,
    },
    /// It does not count.
    Bad {
        /// Why.
        why: String,
    },
}

impl Signer {
    /// Signs with the key that git signs with where `gpg.format` is `ssh`, or that
    /// `copydesk.signingKey` names. None where git knows of none.
    pub fn of(store: &Store) -> Option<Signer> {
        let ssh = store.git_setting("gpg.format").is_some_and(|format| format == "ssh");
        let own = store.git_setting("copydesk.signingkey");
        let key = own.or_else(|| store.git_setting("user.signingkey").filter(|_| ssh))?;
        Some(Signer { key, folder: store.git_folder().join("copydesk") })
    }

    /// The signature of some bytes.
    ///
    /// # Errors
    /// Where `ssh-keygen` cannot be run, or does not sign.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, SigningError> {
        let literal = match self.key.strip_prefix("key::") {
            Some(key) => Some(key),
            None => self.key.starts_with("ssh-").then_some(self.key.as_str()),
        };
        let file = match literal {
            Some(key) => {
                let path = self.folder.join("signing-key.pub");
                let written = fs::create_dir_all(&self.folder)
                    .and_then(|()| fs::write(&path, format!("{key}\n")));
                written.map_err(|error| SigningError::File {
                    path: path.clone(),
                    why: error.to_string(),
                })?;
                path
            }
            None => PathBuf::from(&self.key),
        };
        let mut command = Command::new("ssh-keygen");
        command.args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"]).arg(file);
        let (ok, out, err) = run(&mut command, bytes)?;
        match ok && out.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
            true => Ok(out),
            false => Err(SigningError::Refused(err)),
        }
    }
}

/// Says what signatures are worth by a list of keys that may be used.
pub struct Verifier {
    folder: PathBuf,
    revoked: bool,
    next: AtomicUsize,
}

impl Verifier {
    /// `allowed` is a file of signers as `ssh-keygen` reads it (see `ALLOWED SIGNERS` in its manual),
    /// `revoked` one of keys that are not to be used any more. Both are written into a folder of their
    /// own below `folder`, which goes with the verifier.
    ///
    /// # Errors
    /// Where that cannot be written.
    pub fn new(
        folder: &Path,
        allowed: &[u8],
        revoked: Option<&[u8]>,
    ) -> Result<Verifier, SigningError> {
        let failed = |path: &Path, error: std::io::Error| SigningError::File {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let mut number = 0;
        let folder = loop {
            let path = folder.join(format!("copydesk-verify-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 100 => {
                    number += 1;
                }
                Err(error) => return Err(failed(&path, error)),
            }
        };
        let verifier = Verifier { folder, revoked: revoked.is_some(), next: AtomicUsize::new(0) };
        let mut files = vec![("allowed", allowed)];
        files.extend(revoked.map(|revoked| ("revoked", revoked)));
        for (name, bytes) in files {
            let path = verifier.folder.join(name);
            fs::write(&path, bytes).map_err(|error| failed(&path, error))?;
        }
        Ok(verifier)
    }

    /// What a signature of an event is worth by the keys that are valid at a time, in seconds since
    /// 1970.
    ///
    /// # Errors
    /// Where `ssh-keygen` cannot be run: that proves nothing in either direction.
    pub fn verdict(
        &self,
        event: &Event,
        bytes: &[u8],
        signature: &SignatureOf,
        time: i64,
    ) -> Result<Verdict, SigningError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{number}.sig"));
        fs::write(&path, &signature.text)
            .map_err(|error| SigningError::File { path: path.clone(), why: error.to_string() })?;
        let asked = self.asked(event, bytes, &path, time);
        drop(fs::remove_file(&path));
        asked.map(|asked| match asked {
            Ok(said) => Verdict::Good { key: key_of(&said).unwrap_or_else(|| signature.digest()) },
            Err(why) => Verdict::Bad { why },
        })
    }

    /// What `ssh-keygen` says of a signature that is good, or why it is not.
    fn asked(
        &self,
        event: &Event,
        bytes: &[u8],
        signature: &Path,
        time: i64,
    ) -> Result<Result<Vec<u8>, String>, SigningError> {
        let ask = |revoked: bool| {
            let mut command = Command::new("ssh-keygen");
            command.args(["-Y", "verify", "-n", NAMESPACE, "-f"]).arg(self.folder.join("allowed"));
            command.args(["-I", event.author.email.trim()]).arg("-s").arg(signature);
            command.arg(format!("-Overify-time={}", stamp(time)));
            if revoked {
                command.arg("-r").arg(self.folder.join("revoked"));
            }
            run(&mut command, bytes)
        };
        let (ok, out, err) = ask(self.revoked)?;
        Ok(match ok {
            true => Ok(out),
            // It does not say that a key was revoked: without that list, the signature is good.
            false if self.revoked && ask(false)?.0 => Err("the key was revoked".to_owned()),
            false => Err(reason(&err, &event.author.email)),
        })
    }
}

/// The fingerprint of the key in what `ssh-keygen` says of a signature that is good:
/// `Good "copydesk" signature for ada@example.org with ED25519 key SHA256:…`.
fn key_of(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let (_, key) = said.trim_end().rsplit_once(" key ")?;
    let is_one = key.starts_with("SHA256:") && !key.contains(char::is_whitespace);
    is_one.then(|| key.to_owned())
}

impl Drop for Verifier {
    fn drop(&mut self) {
        // A folder that stays behind does no harm.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// What `ssh-keygen` says, in words of ours where that is more than it says.
fn reason(said: &str, email: &str) -> String {
    let said = said.to_lowercase();
    if said.contains("expired") || said.contains("not yet valid") {
        "the key is not valid at this time".to_owned()
    } else if said.contains("incorrect signature") || said.contains("invalid format") {
        "the signature is not of these bytes".to_owned()
    } else {
        format!("no key that `{email}` may sign with made the signature")
    }
}

/// A time as `ssh-keygen` reads it: `20261130120000Z`.
fn stamp(time: i64) -> String {
    let day = day_of(time);
    let seconds = time.rem_euclid(86_400);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{}{hours:02}{minutes:02}{:02}Z", day.replace('-', ""), seconds % 60)
}

/// Runs a program with bytes on its standard input.
fn run(command: &mut Command, input: &[u8]) -> Result<(bool, Vec<u8>, String), SigningError> {
    let failed = |error: std::io::Error| SigningError::Program(error.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that reads nothing has said no, and says why.
        drop(stdin.write_all(input));
    }
    let output = child.wait_with_output().map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines().filter(|line| !line.trim().is_empty());
    let said = lines.next_back().unwrap_or_default().trim().to_owned();
    Ok((output.status.success(), output.stdout, said))
}

impl From<SigningError> for StoreError {
    fn from(error: SigningError) -> Self {
        StoreError::Signing(error)
    }
}
