//! The languages by the names that authors give them.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use syntect::parsing::SyntaxReference;

use super::SYNTAXES;

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Found {
    /// A language.
    Syntax(&'static SyntaxReference),
    /// A session: a language behind prompts, and output.
    Session(&'static SyntaxReference, &'static [&'static str]),
    /// Text without any colours, on purpose.
    Plain,
    /// Nothing that we know.
    Unknown,
}

/// The names of all grammars, in their order.
pub fn languages() -> Vec<String> {
    SYNTAXES.syntaxes().iter().map(|syntax| syntax.name.clone()).collect()
}

/// Whether a language is known. Text that is plain on purpose (`text`, `output`) is.
pub fn knows(language: &str) -> bool {
    !matches!(find(language), Found::Unknown)
}

/// The prompts of a shell. A lone `#` is a comment more often than root's prompt.
const SHELL_PROMPTS: &[&str] = &["$ ", "% ", "> "];
const PYTHON_PROMPTS: &[&str] = &[">>> ", "... "];
const POWERSHELL_PROMPTS: &[&str] = &["PS> ", "PS C:\\> ", "> "];

/// Names that mean text as it is.
const PLAIN: &[&str] = &[
    "ascii",
    "no-highlight",
    "nohighlight",
    "none",
    "output",
    "plain",
    "plaintext",
    "text",
    "txt",
];

/// Names that are neither the name of a grammar nor an extension that it lists, or that would
/// find another one; sorted. The second is an extension or the name of a grammar.
const ALIASES: &[(&str, &str)] = &[
    ("actionscript3", "ActionScript"),
    ("apache", "Apache Conf"),
    ("apacheconf", "Apache Conf"),
    ("arduino", "C++"),
    ("asm", "x86_64 Assembly"),
    ("aspnet", "HTML (ASP)"),
    ("aspx", "HTML (ASP)"),
    ("aspx-csharp", "HTML (ASP)"),
    ("azcopy", "sh"),
    ("azurecli", "sh"),
    ("azurecli-interactive", "sh"),
    ("azurepowershell", "PowerShell"),
    ("azurepowershell-interactive", "PowerShell"),
    ("batch", "Batch File"),
    ("c#", "C#"),
    ("cjs", "JavaScript"),
    ("cron", "Crontab"),
    ("csharp", "C#"),
    ("cshtml", "HTML"),
    ("cuda", "C++"),
    ("delphi", "Pascal"),
    ("django", "Jinja2"),
    ("docker", "Dockerfile"),
    ("docker-compose", "YAML"),
    ("dos", "Batch File"),
    ("dotenv", "DotENV"),
    ("elisp", "Lisp"),
    ("emacs-lisp", "Lisp"),
    ("env", "DotENV"),
    ("erb", "HTML (Rails)"),
    ("fs", "F#"),
    ("fsharp", "F#"),
    ("geojson", "JSON"),
    ("gitconfig", "Git Config"),
    ("golang", "Go"),
    ("h", "C"),
    ("handlebars", "HTML"),
    ("hbs", "HTML"),
    ("html+jinja", "HTML (Jinja2)"),
    ("html5", "HTML"),
    ("ino", "C++"),
    ("ipython", "Python"),
    ("ipython3", "Python"),
    ("java-properties", "Java Properties"),
    ("javascript", "JavaScript"),
    ("jinja-html", "HTML (Jinja2)"),
    ("js", "JavaScript"),
    ("json5", "JSON"),
    ("jsonc", "JSON"),
    ("jsonl", "JSON"),
    ("ksh", "sh"),
    ("latex", "LaTeX"),
    ("mdx", "Markdown"),
    ("mjs", "JavaScript"),
    ("mk", "Makefile"),
    ("mongodb", "JavaScript"),
    ("mysql", "SQL"),
    ("ndjson", "JSON"),
    ("node", "JavaScript"),
    ("objc", "Objective-C"),
    ("objc++", "Objective-C++"),
    ("objectivec", "Objective-C"),
    ("octave", "MATLAB"),
    ("pgsql", "SQL"),
    ("plist", "XML"),
    ("plpgsql", "SQL"),
    ("plsql", "SQL"),
    ("posh", "PowerShell"),
    ("postgres", "SQL"),
    ("postgresql", "SQL"),
    ("powershell-interactive", "PowerShell"),
    ("ps", "PowerShell"),
    ("pwsh", "PowerShell"),
    ("py", "Python"),
    ("py2", "Python"),
    ("python2", "Python"),
    ("python3", "Python"),
    ("razor", "HTML"),
    ("regex", "Regular Expression"),
    ("regexp", "Regular Expression"),
    ("scheme", "Lisp"),
    ("service", "INI"),
    ("shell", "sh"),
    ("sqlite", "SQL"),
    ("ssh-config", "SSH Config"),
    ("sshconfig", "SSH Config"),
    ("systemd", "INI"),
    ("t-sql", "SQL"),
    ("tex", "LaTeX"),
    ("tofu", "Terraform"),
    ("tsql", "SQL"),
    ("udiff", "Diff"),
    ("vimscript", "VimL"),
    ("webmanifest", "JSON"),
    ("xsl", "XML"),
];

/// Names of sessions; sorted.
const SESSIONS: &[(&str, &str, &[&str])] = &[
    ("bash-session", "sh", SHELL_PROMPTS),
    ("console", "sh", SHELL_PROMPTS),
    ("ps1con", "PowerShell", POWERSHELL_PROMPTS),
    ("pycon", "Python", PYTHON_PROMPTS),
    ("python-console", "Python", PYTHON_PROMPTS),
    ("python-repl", "Python", PYTHON_PROMPTS),
    ("sh-session", "sh", SHELL_PROMPTS),
    ("shell-session", "sh", SHELL_PROMPTS),
    ("shellsession", "sh", SHELL_PROMPTS),
    ("terminal", "sh", SHELL_PROMPTS),
];

/// Grammars that can keep the parser busy for ever, and what takes their place. Contexts of the
/// first two hand a place in the text to each other without reading on, where a comment begins
/// behind an expression (`x /*`, or `["x"]` and a comment in the next line), which syntect 5.3
/// does not notice (its issue 460); the third embeds the first. TypeScript's grammar knows all of
/// JavaScript and JSX, and never changes one context for another without reading.
const ENDLESS: &[(&str, &str)] = &[
    ("JavaScript", "TypeScriptReact"),
    ("JavaScript (Babel)", "TypeScriptReact"),
    ("Svelte", "HTML"),
];

/// What names stand for that were asked for: each block of code has one, and they are looked up among
/// the names and endings of all grammars.
static FOUND: LazyLock<RwLock<HashMap<String, Found>>> = LazyLock::new(RwLock::default);

/// So many names are kept; anything can stand behind a fence.
const MOST_FOUND: usize = 1_000;

/// What a name stands for, whatever its case.
pub(super) fn find(language: &str) -> Found {
    if let Some(found) = FOUND.read().unwrap_or_else(PoisonError::into_inner).get(language) {
        return *found;
    }
    let found = look_up(language);
    let mut known = FOUND.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < MOST_FOUND {
        known.insert(language.to_owned(), found);
    }
    found
}

fn look_up(language: &str) -> Found {
    let name = language.to_ascii_lowercase();
    if PLAIN.binary_search(&name.as_str()).is_ok() {
        return Found::Plain;
    }
    if let Ok(at) = SESSIONS.binary_search_by(|(key, ..)| (*key).cmp(&name))
        && let Some((_, token, prompts)) = SESSIONS.get(at)
        && let Some(syntax) = SYNTAXES.find_syntax_by_token(token)
    {
        return Found::Session(syntax, prompts);
    }
    let alias = ALIASES.binary_search_by(|(key, _)| (*key).cmp(&name)).ok();
    let token = alias.and_then(|at| ALIASES.get(at)).map_or(name.as_str(), |(_, token)| token);
    // By name first: `C` is an extension of C++ too.
    let syntax = SYNTAXES
        .syntaxes()
        .iter()
        .find(|syntax| syntax.name.eq_ignore_ascii_case(token))
        .or_else(|| SYNTAXES.find_syntax_by_token(token));
    let syntax = syntax.and_then(|syntax| {
        match ENDLESS.iter().find(|(endless, _)| *endless == syntax.name) {
            Some((_, instead)) => SYNTAXES.find_syntax_by_name(instead),
            None => Some(syntax),
        }
    });
    match syntax {
        Some(syntax) if syntax.name == "Plain Text" => Found::Plain,
        Some(syntax) => Found::Syntax(syntax),
        None => Found::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_lead_somewhere() {
        assert!(PLAIN.is_sorted());
        assert!(ALIASES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SESSIONS.is_sorted_by(|a, b| a.0 < b.0));
        for (name, token) in ALIASES {
            assert!(SYNTAXES.find_syntax_by_token(token).is_some(), "{name} -> {token}");
        }
        for (name, instead) in ENDLESS {
            assert!(SYNTAXES.find_syntax_by_name(name).is_some(), "{name}");
            assert!(SYNTAXES.find_syntax_by_name(instead).is_some(), "{instead}");
        }
        for (name, token, _) in SESSIONS {
            assert!(SYNTAXES.find_syntax_by_token(token).is_some(), "{name} -> {token}");
        }
    }

    #[test]
    fn names_of_every_day_are_known() {
        for name in [
            "sh",
            "shell",
            "console",
            "bash",
            "zsh",
            "js",
            "ts",
            "tsx",
            "jsx",
            "yml",
            "yaml",
            "golang",
            "go",
            "csharp",
            "cs",
            "c#",
            "c++",
            "cpp",
            "C",
            "ps1",
            "powershell",
            "powershell-interactive",
            "azurecli",
            "text",
            "output",
            "rust",
            "RUST",
            "rs",
            "toml",
            "json",
            "jsonc",
            "html",
            "css",
            "scss",
            "sql",
            "dockerfile",
            "docker",
            "makefile",
            "make",
            "diff",
            "ini",
            "xml",
            "java",
            "kotlin",
            "swift",
            "ruby",
            "php",
            "perl",
            "lua",
            "r",
            "haskell",
            "elixir",
            "nginx",
            "graphql",
            "protobuf",
            "hcl",
            "terraform",
            "vue",
            "svelte",
            "http",
            "fsharp",
            "dart",
            "zig",
            "nix",
            "markdown",
            "md",
            "python",
            "latex",
            "cmake",
        ] {
            assert!(knows(name), "{name}");
        }
        for name in ["", "mermaid", "no such language", "{note}"] {
            assert!(!knows(name), "{name}");
        }
        let name = |language| match find(language) {
            Found::Syntax(syntax) => syntax.name.as_str(),
            _ => "",
        };
        assert_eq!(name("C"), "C");
        assert_eq!(name("h"), "C");
        assert_eq!(name("fs"), "F#");
        assert_eq!(name("R"), "R");
        assert_eq!(name("d"), "D");
        assert_eq!(name("js"), "TypeScriptReact");
        assert_eq!(name("jsx"), "TypeScriptReact");
    }
}
