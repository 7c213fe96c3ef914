//! Holds the generated pages of the manual equal to the code that they describe, so that they
//! cannot rot.
//!
//! `COPYDESK_UPDATE_REFERENCE=1 cargo test --test reference` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is the report

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command};
use copydesk::markdown::FrontMatter;
use copydesk::markdown::directives::{DirectiveKind, LabelUse, REGISTRY};

/// A page of `content/reference/` that is made from code.
struct Page {
    file: &'static str,
    title: &'static str,
    description: &'static str,
    weight: u32,
    body: String,
}

fn pages() -> Vec<Page> {
    vec![
        Page {
            file: "directives.md",
            title: "Directives",
            description: "Every directive with its label, its attributes, and an example.",
            weight: 2,
            body: directives(),
        },
        Page {
            file: "book-toml.md",
            title: "book.toml",
            description: "Every setting, and what becomes of mdBook's.",
            weight: 6,
            body: copydesk::config::reference_markdown(),
        },
        Page {
            file: "template-views.md",
            title: "Template views",
            description: "Every value that a template sees.",
            weight: 7,
            body: copydesk::theme::reference_markdown(),
        },
        Page {
            file: "command-line.md",
            title: "Command line",
            description: "Every command with its arguments and options.",
            weight: 8,
            body: command_line(),
        },
        Page {
            file: "diagnostics.md",
            title: "Diagnostics",
            description: "Every message, with its cause and cure.",
            weight: 11,
            body: copydesk::report::reference_markdown(&diagnostics()),
        },
        Page {
            file: "markdownlint.md",
            title: "markdownlint",
            description: "What of markdownlint is supported, and every rule of it.",
            weight: 15,
            body: copydesk::lint::markdownlint::reference_markdown(),
        },
    ]
}

/// The codes of our own: rules of markdownlint have a page of theirs.
fn diagnostics() -> Vec<&'static copydesk::base::Code> {
    copydesk::pipeline::codes().into_iter().filter(|code| code.id.contains('/')).collect()
}

impl Page {
    fn path(&self) -> PathBuf {
        root().join("content/reference").join(self.file)
    }

    fn text(&self) -> String {
        let Page { title, description, weight, body, .. } = self;
        let body: Vec<String> = body.trim().lines().map(without_includes).collect();
        format!(
            "---\ntitle: {title}\ndescription: {description}\nweight: {weight}\n---\n\n\
             <!-- Generated from the code. Do not edit: see `tests/reference.rs`. -->\n\n{}\n",
            body.join("\n")
        )
    }
}

/// Includes work in code, too. Here they are shown: a backslash covers all of them on a line.
fn without_includes(line: &str) -> String {
    let line = line.replace("\\{{#", "{{#");
    match line.find("{{#") {
        Some(at) if line[at..].contains("}}") => format!("{}\\{}", &line[..at], &line[at..]),
        _ => line,
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn generated_pages_say_what_the_code_says() {
    let update = std::env::var_os("COPYDESK_UPDATE_REFERENCE").is_some();
    let mut stale = Vec::new();
    for page in pages() {
        let text = page.text();
        if update {
            fs::write(page.path(), &text).unwrap();
        } else if fs::read_to_string(page.path()).unwrap_or_default() != text {
            stale.push(page.file);
        }
    }
    let schema = root().join("content/reference/template-views.schema.json");
    let text = format!("{:#}\n", copydesk::theme::schema());
    if update {
        fs::write(schema, text).unwrap();
    } else if fs::read_to_string(schema).unwrap_or_default() != text {
        stale.push("template-views.schema.json");
    }
    assert!(
        stale.is_empty(),
        "these pages of content/reference differ from the code: {}\n\
         bring them up to date with\n\n    \
         COPYDESK_UPDATE_REFERENCE=1 cargo test --test reference\n",
        stale.join(", ")
    );
}

#[test]
fn the_page_of_front_matter_lists_every_key_and_no_other() {
    let fields = serde_json::to_value(FrontMatter::default()).unwrap();
    let mut keys: Vec<&str> = fields.as_object().unwrap().keys().map(String::as_str).collect();
    keys.retain(|key| *key != "span");
    keys.sort_unstable();

    let page = fs::read_to_string(root().join("content/reference/front-matter.md")).unwrap();
    let section = page.split("\n## Keys\n").nth(1).expect("a section `Keys`");
    let section = section.split("\n## ").next().unwrap();
    let mut listed: Vec<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    listed.sort_unstable();
    assert_eq!(listed, keys);
}

#[test]
fn the_manual_names_the_version_that_it_describes() {
    let version = env!("CARGO_PKG_VERSION");
    let settings = fs::read_to_string(root().join("book.toml")).unwrap();
    assert!(settings.contains(&format!("version = \"{version}\"")), "[vars] in book.toml");

    // Code cannot use variables, so it writes the version out: `copydesk 0.1.0`, `--tag v0.1.0`.
    let mut checked = 0;
    for file in markdown_files(&root().join("content")) {
        let text = fs::read_to_string(&file).unwrap();
        for mark in ["copydesk ", "copydesk-", "--tag v"] {
            for (at, _) in text.match_indices(mark) {
                let rest = &text[at + mark.len()..];
                let number: String =
                    rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                let number = number.trim_end_matches('.');
                if number.split('.').count() == 3 {
                    assert_eq!(number, version, "in {}", file.display());
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 0, "no page names a version");
}

#[test]
fn the_tutorial_shows_what_its_first_build_says() {
    let tutorial = fs::read_to_string(root().join("content/tutorial.md")).unwrap();
    let site = tempfile::tempdir().unwrap();
    let mut files = 0;
    for (at, _) in tutorial.match_indices("markdown title=\"content/") {
        let before = &tutorial[..at];
        let fence = &before[before.rfind('\n').unwrap() + 1..];
        let (name, rest) = tutorial[at..].split_once('\n').unwrap();
        let name = name.trim_start_matches("markdown title=\"").trim_end_matches('"');
        let (text, _) = rest.split_once(&format!("\n{fence}\n")).unwrap();
        let path = site.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
        files += 1;
    }
    assert_eq!(files, 3, "the tutorial has three pages");

    let build = std::process::Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["build", "--quiet", "--color", "never"])
        .current_dir(site.path())
        .output()
        .unwrap();
    let said = String::from_utf8(build.stderr).unwrap();
    assert_eq!(build.status.code(), Some(1), "{said}");
    let (_, shown) = tutorial.split_once("$ copydesk build\n").unwrap();
    let (shown, _) = shown.split_once("\n\nbuilt ").unwrap();
    assert!(said.contains(shown), "the tutorial shows\n{shown}\nbut the build says\n{said}");
}

fn markdown_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(markdown_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files.sort();
    files
}

const DIRECTIVES: &str = "\
# Directives

This page lists every directive. For when to use which, see
[the how-to guide](../how-to/use-directives.md). For how each one looks, see
[Markdown](markdown.md#directives).

```markdown
:::name[label]{#id .class key=\"value\"}
Content
:::
```

Every directive takes an id and classes. Attributes are optional. The closing line has at least as
many colons as the opening one.

## Alerts

`note`, `tip`, `important`, `warning`, and `caution` are alerts, as `> [!NOTE]` and the like are.
The label is the title; without it, the title is the word itself.

```markdown
:::note[Before you begin]
Save your work.
:::
```
";

fn directives() -> String {
    let mut page = String::from(DIRECTIVES);
    // A child follows its parent.
    for kind in REGISTRY.iter().filter(|kind| kind.parent.is_none()) {
        directive(&mut page, kind);
        for child in REGISTRY.iter().filter(|child| child.parent == Some(kind.name)) {
            directive(&mut page, child);
        }
    }
    page
}

fn directive(page: &mut String, kind: &DirectiveKind) {
    let name = kind.name;
    writeln!(page, "\n## {name}\n\n{}\n", sentence(kind.summary)).unwrap();
    let label = match kind.label {
        LabelUse::None => "none",
        LabelUse::Optional => "optional",
        LabelUse::Required => "required",
    };
    writeln!(page, "Label: {label}.").unwrap();
    if let Some(parent) = kind.parent {
        writeln!(page, "\nIt stands directly in [`{parent}`](#{parent}).").unwrap();
    }
    if !kind.attributes.is_empty() {
        page.push_str("\n| Attribute | Values | Meaning |\n|---|---|---|\n");
        for attribute in kind.attributes {
            let values: Vec<String> =
                attribute
                    .values
                    .iter()
                    .map(|value| {
                        if value.is_empty() { "no value".to_owned() } else { format!("`{value}`") }
                    })
                    .collect();
            let values = if values.is_empty() { "any text".to_owned() } else { values.join(", ") };
            writeln!(page, "| `{}` | {values} | {} |", attribute.key, sentence(attribute.summary))
                .unwrap();
        }
    }
    // Parent and child share an example.
    if kind.parent.is_none() {
        writeln!(page, "\n```markdown\n{}\n```", kind.example.trim_end()).unwrap();
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

const COMMAND_LINE: &str = "\
# Command line

This page lists every command with its arguments and options. `copydesk --help` and
`copydesk COMMAND --help` show the same in the terminal.

What a command produces goes to standard output. Everything that is said about it goes to standard
error. Color and progress appear only on a terminal, and `NO_COLOR` turns color off. See also
[Exit codes](exit-codes.md).
";

fn command_line() -> String {
    let mut page = String::from(COMMAND_LINE);
    let mut program = copydesk::cli::command();
    program.build();
    page.push_str("\n## Options of every command\n\n");
    arguments(&mut page, program.get_arguments().filter(|arg| arg.is_global_set()));
    for command in program.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        subcommand(&mut page, command, "copydesk", 2);
    }
    page
}

/// A command and those below it; `above` is how it is called, and `level` that of its heading.
fn subcommand(page: &mut String, command: &mut Command, above: &str, level: usize) {
    let usage = command.render_usage().to_string();
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string);
    let name = format!("{above} {}", command.get_name());
    writeln!(page, "\n{} {name}\n", "#".repeat(level)).unwrap();
    for paragraph in about.as_deref().unwrap_or_default().split("\n\n") {
        // In prose, `--strict` would get a dash.
        let words = paragraph.split_whitespace().map(|word| {
            let end = word.trim_end_matches([',', '.', ';', ':']).len();
            match word.split_at(end) {
                (option, rest) if option.starts_with("--") => format!("`{option}`{rest}"),
                _ => word.to_owned(),
            }
        });
        writeln!(page, "{}\n", sentence(&words.collect::<Vec<_>>().join(" "))).unwrap();
    }
    writeln!(page, "```text\n{}\n```\n", usage.trim_start_matches("Usage: ").trim()).unwrap();
    arguments(page, command.get_arguments().filter(|arg| !arg.is_global_set()));
    for command in command.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        subcommand(page, command, &name, level + 1);
    }
}

fn arguments<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    page.push_str("| Argument | Default | Meaning |\n|---|---|---|\n");
    for arg in arguments {
        if matches!(arg.get_id().as_str(), "help" | "version") {
            continue;
        }
        let mut help =
            arg.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ");
        // An argument without a fixed default says in its help what counts then.
        let mut default = String::new();
        let told = help.rfind(" [default: ").map(|at| help.split_off(at));
        if let Some(told) = told {
            default = told.trim_start_matches(" [default: ").trim_end_matches(']').to_owned();
        } else if takes_value(arg)
            && let Some(value) = arg.get_default_values().first()
        {
            default = format!("`{}`", value.to_string_lossy());
        }
        let mut meaning = sentence(&help);
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|_| takes_value(arg))
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !values.is_empty() {
            write!(meaning, " One of {}.", values.join(", ")).unwrap();
        }
        let cells = [form(arg), default, meaning].map(|cell| cell.replace('|', "\\|"));
        writeln!(page, "| {} |", cells.join(" | ")).unwrap();
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

/// `-o`, `--out DIR`, or `ROOT`.
fn form(arg: &Arg) -> String {
    let value = arg
        .get_value_names()
        .and_then(<[_]>::first)
        .map_or_else(|| arg.get_id().to_string().to_uppercase(), ToString::to_string);
    if arg.is_positional() {
        return format!("`{value}`");
    }
    let short = arg.get_short().map(|short| format!("`-{short}`"));
    let long = arg.get_long().map(|long| {
        if takes_value(arg) { format!("`--{long} {value}`") } else { format!("`--{long}`") }
    });
    short.into_iter().chain(long).collect::<Vec<_>>().join(", ")
}
