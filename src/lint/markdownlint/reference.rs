//! The page of the manual about these rules.

use super::{FormRule, RULES};

const INTRODUCTION: &str = "\
# markdownlint

`copydesk lint` runs the rules of markdownlint where a configuration of markdownlint is found, or where
`[lint] extends` names `markdownlint`. They look at each file as CommonMark with the tables and footnotes
of GitHub reads it: directives, includes, and variables are text to them. The yardstick is
markdownlint 0.42. See [Move from markdownlint](../how-to/move-from-markdownlint.md).

## Configuration

The nearest folder with one of these files counts, up to the top of the repository, with all such files
below it.

| File | What it holds |
|---|---|
| `.markdownlint.jsonc`, `.json`, `.yaml`, `.yml` | Rules. The first one that a folder has replaces what folders above it say |
| `.markdownlint-cli2.jsonc`, `.yaml` | Options. They are joined with those of the folders above |

| Key | Supported |
|---|---|
| Names, aliases, and tags of rules, in any case; `default` | Yes: `true`, `false`, `\"error\"`, `\"warning\"`, or parameters with `enabled` and `severity` |
| `extends` | Files of the repository, not packages of npm |
| `config`, `ignores`, `overrides`, `frontMatter`, `noInlineConfig` | Yes |
| `globs` | Yes, in the outermost folder: other files are left alone |
| `gitignore` | Always on |
| `customRules`, `markdownItPlugins`, `outputFormatters`, `fix` | No: nothing of a repository is run. [`lint/idle-markdownlint`](diagnostics.md#lint-idle-markdownlint) tells of each |
| `.markdownlint.cjs`, `.mjs`, and the like | No, as they are programs |

`[lint.rules]` in `book.toml` sets levels and parameters, too, and goes before:

```toml title=\"book.toml\"
[lint]
extends = [\"default\", \"markdownlint\"]

[lint.rules]
MD013 = \"off\"
MD033 = { level = \"warning\", allowed_elements = [\"br\"] }
```

## Comments

`markdownlint-disable`, `-enable`, `-disable-line`, `-disable-next-line`, `-disable-file`,
`-enable-file`, `-capture`, `-restore`, and `-configure-file` count as there. `copydesk-ignore` works for
these rules, too.

## Fixes

`copydesk lint --fix` mends what the rules can mend, under the same terms as any fix: a fix that would
change more than it says is not made, and mending twice changes nothing more. Fixes that make headings or
links of what was text are suggested: `--suggested` makes them, too.
[The lines that remain](../how-to/move-from-markdownlint.md#what-differs) are listed with their reasons.

## Rules
";

/// The page as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    for rule in RULES {
        section(&mut page, rule);
    }
    page
}

fn section(page: &mut String, rule: &FormRule) {
    let code = &rule.code;
    let names =
        |all: &[&str]| all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    page.push_str(&format!(
        "\n### `{id}` {{#{anchor}}}\n\n{summary}. {explanation}\n\nNames: {aliases}. Tags: {tags}.{fix}\n",
        id = code.id,
        anchor = code.id.to_lowercase(),
        summary = capital(code.summary),
        explanation = code.explanation,
        aliases = names(rule.aliases),
        tags = names(rule.tags),
        fix = match (rule.fixes, rule.suggested) {
            (false, _) => "",
            (true, false) => " With fixes.",
            (true, true) => " With fixes, which are suggested.",
        },
    ));
    if !rule.params.is_empty() {
        page.push_str("\n| Parameter | Default | Meaning |\n|---|---|---|\n");
        for param in rule.params {
            let (name, default) = (param.name, param.default.shown());
            page.push_str(&format!("| `{name}` | `{}` | {} |\n", bars(&default), param.doc));
            if let Some(words) = param.default.words() {
                page.truncate(page.len() - " |\n".len());
                page.push_str(&format!(" One of {}. |\n", names(words)));
            }
        }
    }
    let set = match rule.config {
        "" => String::new(),
        config => format!(" with `{config}`"),
    };
    let (wrong, right) = code.examples;
    for (title, example) in [("Wrong", wrong), ("Right", right)] {
        let fence = if example.contains("```") { "````" } else { "```" };
        let example = example.trim_end_matches('\n');
        page.push_str(&format!("\n{title}{set}:\n\n{fence}text\n{example}\n{fence}\n"));
    }
}

fn bars(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
