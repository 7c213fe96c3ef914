//! Feeds every grammar with code of other languages, cut and shuffled, and names the grammar and
//! the code on which it does not end. A grammar that reads without getting anywhere would hang a
//! build; syntect cannot interrupt it.
//!
//!     cargo run --release --example highlight_soak -- [ROUNDS] [LANGUAGE...] < CODE
//!
//! Standard input is any text with much code in it, such as some Markdown files one after another.
//! The exit code is 1 where a grammar hangs.

#![allow(clippy::print_stdout, clippy::print_stderr)] // a program whose product is text

use std::io::Read;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use copydesk::markdown::highlight;

/// Far longer than the few milliseconds that a block of this size takes.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut languages: Vec<String> = arguments.collect();
    if languages.is_empty() {
        languages = highlight::languages();
    }
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        eprintln!("cannot read standard input: {error}");
        return ExitCode::from(2);
    }
    let lines: Vec<&str> = text.lines().filter(|line| line.len() < 300).collect();
    if lines.is_empty() {
        eprintln!("standard input holds no lines");
        return ExitCode::from(2);
    }
    let mut hangs = 0;
    for language in &languages {
        // Every language sees the same blocks.
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..rounds {
            let code = block(&lines, &mut random);
            let (done, wait) = mpsc::channel();
            let (name, given) = (language.clone(), code.clone());
            std::thread::spawn(move || {
                let _ = done.send(highlight::highlight(&name, &given).len());
            });
            if wait.recv_timeout(PATIENCE).is_err() {
                println!("{language} hangs on:\n{code}\n---");
                hangs += 1;
                break;
            }
        }
    }
    println!("{} languages, {rounds} blocks each: {hangs} hang", languages.len());
    ExitCode::from(u8::from(hangs > 0))
}

/// A few lines from anywhere, some of them cut.
fn block(lines: &[&str], random: &mut Random) -> String {
    let mut code = String::new();
    for _ in 0..1 + random.below(12) {
        let mut line = lines[random.below(lines.len())];
        if random.below(3) == 0 {
            let cut = random.below(line.len() + 1);
            line = line.get(cut..).or_else(|| line.get(..cut)).unwrap_or(line);
        }
        code.push_str(line);
        code.push('\n');
    }
    code
}

/// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators".
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        value as usize % limit.max(1)
    }
}
