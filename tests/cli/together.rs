//! What the cache holds, and several commands that use one cache at once.

use std::process::{Child, Stdio};

use crate::sandbox::{Outcome, Sandbox, same_trees, tree};

fn site(pages: usize) -> Sandbox {
    let sandbox = Sandbox::new("-- content/index.md --\n# Home\n\nWelcome to the lighthouse.\n");
    for page in 0..pages {
        let next = (page + 1) % pages;
        let text = format!(
            "# Page {page}\n\nOn to [the next](page-{next}.md), past n{page}.\n\n\
             ```rust\nfn page_{page}() {{}}\n```\n"
        );
        sandbox.write(&format!("content/page-{page}.md"), text);
    }
    sandbox.commit_all();
    sandbox
}

#[test]
fn commands_that_share_a_cache_do_not_disturb_each_other() {
    let sandbox = site(60);
    sandbox.write(".vale.ini", "MinAlertLevel = suggestion\n[*.md]\nVale.Repetition = YES\n");
    let start = |arguments: &[&str]| -> Child {
        let mut command = sandbox.command();
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    };
    for round in 0..6 {
        // The first round has no cache yet; each other one meets one that is not up to date.
        sandbox
            .write("content/page-7.md", format!("# Page 7\n\nRound{round} of the lighthouse.\n"));
        let commands: [&[&str]; 6] = [
            &["build", "--quiet", "--out", "../left"],
            &["search", "--json", "lighthouse"],
            &["lint", "--format", "json", "--fail-on", "error"],
            &["build", "--quiet", "--out", "../right"],
            &["build", "--quiet", "--out", "../revision", "--rev", "HEAD"],
            &["search", "--json", "lighthouse"],
        ];
        let children: Vec<(&[&str], Child)> =
            commands.iter().map(|arguments| (*arguments, start(arguments))).collect();
        let mut found = Vec::new();
        for (arguments, child) in children {
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{arguments:?} in round {round}: {stderr}");
            if arguments.contains(&"search") {
                found.push(String::from_utf8(output.stdout).unwrap());
            }
        }
        assert!(found.windows(2).all(|two| two[0] == two[1]), "{found:?}");
        assert!(found[0].contains("page-7.html"), "{found:?}");

        sandbox.run(&["build", "--quiet", "--out", "../clean", "--no-cache"]).ends(0);
        let clean = tree(&sandbox.path("clean"));
        same_trees(&tree(&sandbox.path("left")), &clean);
        same_trees(&tree(&sandbox.path("right")), &clean);
        // Whoever wrote last, what is kept is what the next build needs.
        sandbox.run(&["build", "--quiet", "--out", "../left"]).ends(0);
        same_trees(&tree(&sandbox.path("left")), &clean);
    }
}

#[test]
fn a_revision_has_a_cache_where_a_file_is_called_head() {
    let sandbox = site(2);
    sandbox.write("HEAD", "not of git\n");
    sandbox.run(&["build", "--rev", "HEAD", "--out", "../out"]).ends(0);
    assert!(sandbox.site(".copydesk").is_dir());
    // The folder of a repository is git's alone.
    let git = sandbox.site(".git").display().to_string();
    sandbox.run(&["build", &git, "--rev", "HEAD", "--out", "../bare"]).ends(0);
    assert!(!sandbox.site(".git/.copydesk").exists());
}

#[test]
fn the_print_view_is_rendered_when_a_page_changes() {
    let sandbox = site(3);
    sandbox.write("content/notes.txt", "one");
    let why = || -> Outcome {
        let arguments = ["build", "--quiet", "--out", "../out", "--why", "print.html"];
        sandbox.run(&arguments).ends(0)
    };
    why();
    // What was written a moment ago is not believed yet, and rendered once more.
    why();
    sandbox.write("content/notes.txt", "two");
    why().says("nothing changed");
    sandbox.write("content/page-1.md", "# Page 1\n\nOther words.\n");
    why().says("the pages of the site");
    assert!(sandbox.read("out/print.html").contains("Other words"));
}

/// The print view is put around its pages without its template seeing them, unless that could matter: a
/// template of the site may look into the body, and a title may hold what stands for it.
#[test]
fn a_print_view_is_whole_whatever_is_around_it() {
    let pages = "-- docs/a.md --\n# A\n\nOne *word*.\n-- docs/b.md --\n# B\n\nAnother.\n";
    let book = "-- book.toml --\n[book]\nsrc = \"docs\"\ntitle = \"T\"\n";
    let sandbox = Sandbox::new(&format!("{book}{pages}"));
    sandbox.build(&[]).ends(0);
    let body = |html: &str| {
        let (start, end) = (html.find("<section").unwrap(), html.rfind("</section>").unwrap());
        html[start..end].to_owned()
    };
    let usual = sandbox.read("out/print.html");
    assert!(body(&usual).contains("One <em>word</em>.") && body(&usual).contains("Another."));
    assert!(usual.ends_with("</html>\n") || usual.ends_with("</html>"), "{usual}");

    sandbox.add(&book.replace("\"T\"", "\"\\u0000body\\u0000\""));
    sandbox.build(&[]).ends(0);
    assert_eq!(body(&sandbox.read("out/print.html")), body(&usual));

    sandbox.add(book);
    sandbox.add("-- theme/print.html --\n<i>{{ page.body | length }}</i>{{ page.body | safe }}\n");
    sandbox.build(&[]).ends(0);
    let own = sandbox.read("out/print.html");
    let (length, rest) = own.strip_prefix("<i>").unwrap().split_once("</i>").unwrap();
    assert_eq!(body(rest), body(&usual));
    assert!(length.parse::<usize>().unwrap() > body(rest).chars().count() - 20, "{own}");
}
