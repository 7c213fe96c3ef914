//! `copydesk explain`: what a diagnostic means.

use super::rules::{Project, nearest_config};
use super::{Exit, Terminal};
use crate::base::nearest;
use crate::lint::markdownlint::{self, FormRule};
use crate::lint::own::{self, OwnRule};
use crate::{pipeline, report};

/// What a diagnostic means, why it matters, and what to do about it.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArguments {
    /// The code, as reports print it: `link/missing-page`, or the name of a rule: `House.Words`.
    /// Without one, all codes are listed.
    code: Option<String>,
}

pub(crate) fn run(arguments: &ExplainArguments, terminal: &mut Terminal) -> Exit {
    let codes = pipeline::codes();
    let mut text = Vec::new();
    let written = match &arguments.code {
        None => {
            for code in &codes {
                text.extend_from_slice(format!("{:<32} {}\n", code.id, code.summary).as_bytes());
            }
            Ok(())
        }
        Some(name) => match codes.iter().find(|code| is_called(code.id, name)) {
            Some(code) => {
                let explained =
                    report::explain(code, &mut text, terminal.color_out(), terminal.width());
                if let Some(rule) = own::find(name) {
                    text.extend_from_slice(settings(rule).as_bytes());
                }
                if let Some(rule) = markdownlint::find(name) {
                    text.extend_from_slice(parameters(rule).as_bytes());
                }
                explained
            }
            None if name.contains('.') => return explain_rule(name, terminal),
            None => {
                let near = nearest(name, codes.iter().map(|code| code.id));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`copydesk explain` lists all codes".to_owned(),
                };
                terminal.error(&format!("there is no diagnostic `{name}`"), Some(&help));
                return Exit::Failed;
            }
        },
    };
    finish(written.and_then(|()| terminal.out(&text)), terminal)
}

/// Whether a code has a name: its id, or an alias of a rule of markdownlint.
fn is_called(id: &str, name: &str) -> bool {
    id == name || markdownlint::find(name).is_some_and(|rule| rule.code.id == id)
}

/// How a rule of markdownlint is called and set.
fn parameters(rule: &FormRule) -> String {
    let (names, tags) = (rule.aliases.join(", "), rule.tags.join(", "));
    let mut text = format!("\nNames: {names}\nTags: {tags}\n");
    for param in rule.params {
        let (name, default) = (param.name, param.default.shown());
        text.push_str(&format!("Parameter: {name} = {default}\n    {}\n", param.doc));
        if let Some(words) = param.default.words() {
            text.push_str(&format!("    One of {}.\n", words.join(", ")));
        }
    }
    text
}

/// How a rule of our own is switched on and set.
fn settings(rule: &OwnRule) -> String {
    let mut text = match rule.presets {
        [] => "\nNo preset holds it.\n".to_owned(),
        presets => format!("\nPreset: {}\n", presets.join(", ")),
    };
    for option in rule.options {
        let (name, default) = (option.name, option.default.shown());
        text.push_str(&format!("Option: {name} = {default}\n    {}\n", option.doc));
    }
    text
}

fn finish(written: std::io::Result<()>, terminal: &mut Terminal) -> Exit {
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

/// What a rule of the project says, and what switched it on or off.
fn explain_rule(name: &str, terminal: &mut Terminal) -> Exit {
    let Some(config) = nearest_config(None) else {
        let help = "rules of styles are explained where there is a `.vale.ini`";
        terminal.error(&format!("there is no diagnostic `{name}`"), Some(help));
        return Exit::Failed;
    };
    let Some(project) = Project::open(&config, terminal) else { return Exit::Failed };
    let Some(rules) = project.rules(terminal) else { return Exit::Failed };
    let infos = rules.infos();
    let Some(info) = infos.iter().find(|info| info.name == name) else {
        let near = nearest(name, infos.iter().map(|info| info.name.as_str()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`copydesk rules` lists the rules of this project".to_owned(),
        };
        terminal.error(&format!("no style that is used here has a rule `{name}`"), Some(&help));
        return Exit::Failed;
    };
    let mut text = format!("{}: {}\n\n", info.name, info.message);
    if !info.description.is_empty() {
        text.push_str(&format!("{}\n\n", info.description));
    }
    text.push_str(&format!("check    {}\nlevel    {}\n", info.kind, info.level.word()));
    if let Some(span) = &info.span {
        text.push_str(&format!("file     {}\n", project.place(span)));
    }
    if !info.link.is_empty() {
        text.push_str(&format!("docs     {}\n", info.link));
    }
    for setting in &info.settings {
        let place = project.place(&setting.span);
        text.push_str(&format!("set by   {place} ([{}] {})\n", setting.files, setting.what));
    }
    let shown: String =
        text.lines().map(|line| format!("{}\n", report::harmless(line).trim_end())).collect();
    finish(terminal.out(shown.as_bytes()), terminal)
}
