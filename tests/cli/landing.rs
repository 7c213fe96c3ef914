//! The whole way of a branch: opened, commented on, approved page by page, edited, merged, and proved from
//! a fresh clone. And what is not proved.

use serde_json::Value;

use super::sandbox::Outcome;
use super::team::Team;

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
[review]
waive = [\"lead\"]
defer = [\"lead\"]
[review.roles]
editor = [\"editor@example.org\"]
dev = [\"dev@example.org\"]
qa = [\"qa@example.org\"]
lead = [\"lead@example.org\"]
[[review.stages]]
id = \"editor\"
roles = [\"editor\"]
digest = \"prose\"
[[review.stages]]
id = \"dev\"
roles = [\"dev\"]
[[review.stages]]
id = \"qa\"
roles = [\"qa\"]
after = [\"editor\", \"dev\"]
digest = \"render\"
-- docs/index.md --
# Home
-- docs/a.md --
# A

Water flows through pump a.
-- docs/b.md --
# B

Water flows through pump b.
-- docs/c.md --
# C

Water flows through pump c.
-- docs/d.md --
# D

Water flows through pump d.
-- docs/e.md --
# E

Water flows through pump e.
-- docs/f.md --
# F

Water flows through pump f.
";

/// The writer has a branch `topic` that edits some pages, and opens it.
fn opened(pages: &[&str], signed: bool) -> Team {
    let team = Team::new(SITE, &["editor", "dev", "qa"], signed);
    team.git("site", &["checkout", "--quiet", "-b", "topic"]);
    for page in pages {
        edit(&team, page, "quickly");
    }
    team.push("quickly");
    team.review("site", &["open", "--title", "Quick pumps"]).ends(0);
    team.review("site", &["sync"]).ends(0);
    team
}

/// The writer says how water flows on a page.
fn edit(team: &Team, page: &str, how: &str) {
    let title = page.to_uppercase();
    let text = format!("# {title}\n\nWater flows {how} through pump {page}.\n");
    team.sandbox.write(&format!("docs/{page}.md"), text);
}

/// Everybody approves all that is open.
fn approved(team: &Team) {
    for who in ["editor", "dev", "qa"] {
        team.on_topic(who, &["approve", "--all"]).ends(0);
    }
    team.review("site", &["sync"]).ends(0);
}

/// The writer squashes the branch into `main`, where `more` can be done before it is committed.
fn squash(team: &Team, more: impl Fn(&Team)) {
    team.git("site", &["checkout", "--quiet", "main"]);
    team.git("site", &["merge", "--quiet", "--squash", "topic"]);
    more(team);
    team.push("Quick pumps (#1)");
}

/// A clone that nobody has worked in, with the events fetched by plain git.
fn fresh(team: &Team, name: &str) {
    team.git("site", &["clone", "--quiet", "../hub", &format!("../{name}")]);
    let refs = "refs/copydesk/changes/*:refs/copydesk/changes/*";
    team.git(name, &["fetch", "--quiet", "origin", refs]);
}

fn json(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap()
}

#[test]
fn the_story_of_a_branch() {
    story(false);
}

#[test]
fn the_story_of_a_branch_with_signatures() {
    story(true);
}

fn story(signed: bool) {
    let team = opened(&["a", "b", "c", "d", "e", "f"], signed);
    // The editor comments, suggests, and approves four pages, one of them as it will be.
    team.on_topic("editor", &["comment", "docs/a.md:3", "-m", "How quickly?"]).ends(0);
    let suggest = ["suggest", "docs/b.md:3:13-19", "--replace", "fast"];
    team.on_topic("editor", &suggest).ends(0);
    team.on_topic("editor", &["approve", "a.md", "c.md", "d.md"]).ends(0).says("approved 3 pages");
    team.on_topic("editor", &["approve", "b.md", "--with-suggestions"])
        .ends(0)
        .says("once your suggestions are applied");
    // The developer rejects one.
    team.on_topic("dev", &["approve", "a.md", "b.md", "c.md", "d.md"]).ends(0);
    team.on_topic("dev", &["reject", "e.md", "-m", "It does not."]).ends(0);
    assert_eq!(
        team.cells(),
        [
            "docs/a.md approved approved open",
            "docs/b.md suggested approved waiting",
            "docs/c.md approved approved open",
            "docs/d.md approved approved open",
            "docs/e.md open rejected waiting",
            "docs/f.md open open waiting",
        ]
    );
    team.review("site", &["merge-check", "--no-forecast"]).ends(1);

    // The writer edits two pages, and rebases onto a target that went on.
    team.git("site", &["checkout", "--quiet", "main"]);
    team.sandbox.add("-- docs/index.md --\n# Home\n\nTo [pump a](a.md).\n");
    team.push("Home");
    team.git("site", &["checkout", "--quiet", "topic"]);
    edit(&team, "a", "at two litres a second");
    edit(&team, "e", "slowly");
    team.push("Say how quickly");
    team.git("site", &["rebase", "--quiet", "main"]);
    team.git("site", &["push", "--quiet", "--force", "origin", "topic"]);
    // Exactly the cells are open again that this touched.
    assert_eq!(
        team.cells(),
        [
            "docs/a.md reopened reopened waiting",
            "docs/b.md suggested approved waiting",
            "docs/c.md approved approved open",
            "docs/d.md approved approved open",
            "docs/e.md open reopened waiting",
            "docs/f.md open open waiting",
        ]
    );
    // Applied, the suggestion needs no second round of the editor.
    team.review("site", &["apply", "--all"]).ends(0);
    team.git("site", &["push", "--quiet", "origin", "topic"]);
    assert_eq!(team.cells()[1], "docs/b.md approved reopened waiting");
    for who in ["editor", "dev", "qa"] {
        team.on_topic(who, &["approve", "--all"]).ends(0);
    }
    for line in team.cells() {
        assert!(line.ends_with(".md approved approved approved"), "{line}");
    }
    let check = team.review("site", &["merge-check", "--no-forecast"]).ends(0);
    match signed {
        true => check.keeps_quiet_about("advisory"),
        false => check.says("sign-offs are advisory"),
    };

    team.review("site", &["land", "--branch", "topic"]).ends(2).says("has not come to main");
    squash(&team, |_| {});
    let commit = team.git("site", &["rev-parse", "HEAD"]);
    let landed = team.review("site", &["land", "--json"]).ends(0).says("landed on main");
    let land = &json(&landed)["landings"][0];
    assert_eq!(land["landed"]["commit"], commit.as_str());
    assert_eq!(land["landed"]["tree"], team.git("site", &["rev-parse", "HEAD^{tree}"]).as_str());
    assert_eq!(land["approved"]["commit"], team.git("site", &["rev-parse", "topic"]).as_str());
    assert_eq!(land["how"], "same-files");
    assert_eq!(land["pages"].as_array().unwrap().len(), 6);
    for page in land["pages"].as_array().unwrap() {
        assert_eq!(page["approved"], page["landed"]);
        assert_eq!(page["writers"], serde_json::json!(["writer@example.org"]));
    }
    // Once is enough.
    let again = team.review("site", &["land", "--branch", "topic"]).ends(0);
    again.says("as writer has recorded");
    team.review("site", &["land"]).ends(0).says("nothing that is open for review");
    team.review("site", &["sync"]).ends(0).says("1 event to it");
    // The branch is gone.
    team.git("site", &["push", "--quiet", "origin", ":topic"]);

    // Whoever clones it proves it, once the events are there.
    team.git("site", &["clone", "--quiet", "../hub", "../fresh"]);
    team.review("fresh", &["verify"]).ends(2).says("no events are here");
    let refs = "refs/copydesk/changes/*:refs/copydesk/changes/*";
    team.git("fresh", &["fetch", "--quiet", "origin", refs]);
    let proof = team.review("fresh", &["verify", &commit]).ends(0);
    let proof = proof.says("proved: 6 pages as signed off").says("editor <editor@example.org>");
    match signed {
        true => proof.says("and signed").keeps_quiet_about("advisory"),
        false => proof.says("advisory, as nothing is signed"),
    };
    let proof = json(&team.review("fresh", &["verify", "--json"]).ends(0));
    let landing = &proof["landings"][0];
    assert_eq!(landing["sign_off"]["advisory"], !signed);
    assert_eq!(landing["landed"]["commit"], commit.as_str());
    let rows = landing["sign_off"]["pages"].as_array().unwrap();
    assert_eq!(rows.len(), 6);
    for row in rows {
        for (cell, who) in row["cells"].as_array().unwrap().iter().zip(["editor", "dev", "qa"]) {
            assert_eq!(cell["state"], "approved", "{row}");
            assert_eq!(cell["by"][0]["author"]["email"], format!("{who}@example.org"));
        }
    }
    // Neither does a clone that lacks history guess, nor is more proved than was signed off.
    let hub = format!("file://{}", team.sandbox.path("hub").display());
    team.git("site", &["clone", "--quiet", "--depth", "1", &hub, "../shallow"]);
    team.git("shallow", &["fetch", "--quiet", "--depth", "1", "origin", refs]);
    team.review("shallow", &["verify"]).ends(2).says("--unshallow");
    edit(&team, "c", "backwards");
    team.push("Nobody looks");
    team.git("fresh", &["pull", "--quiet"]);
    team.review("fresh", &["verify"]).ends(1).says("no landing of it is known").says("docs/c.md");
    team.review("fresh", &["verify", &format!("{commit}^..{commit}")]).ends(0);
    team.review("fresh", &["verify", &format!("{commit}^..")]).ends(1).says("not proved");
}

#[test]
fn a_squash_of_other_words_is_not_what_was_signed_off() {
    let team = opened(&["a", "b"], false);
    approved(&team);
    squash(&team, |team| edit(team, "b", "backwards"));
    // The branch is not what landed, and the pages are not what was approved.
    team.review("site", &["land", "--branch", "topic"]).ends(2).says("has not come to main");
    let range = ["land", "HEAD^..HEAD", "--branch", "topic"];
    let refused = team.review("site", &range).ends(1);
    refused.says("is not what was signed off").says("docs/b.md");
    fresh(&team, "fresh");
    team.review("fresh", &["verify"]).ends(1).says("not proved");
}

#[test]
fn a_page_that_comes_along_is_not_signed_off() {
    let team = opened(&["a"], false);
    approved(&team);
    squash(&team, |team| edit(team, "f", "backwards"));
    team.review("site", &["land"]).ends(1).says("docs/f.md").says("is not what was signed off");
    team.review("site", &["verify"]).ends(1).says("no landing of it is known").says("docs/a.md");
}

#[test]
fn merges_and_rebases_are_found() {
    // A merge commit.
    let team = opened(&["a", "b"], false);
    approved(&team);
    team.git("site", &["checkout", "--quiet", "main"]);
    team.git("site", &["merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic"]);
    team.push("Later");
    let landed = json(&team.review("site", &["land", "--json"]).ends(0));
    assert_eq!(landed["landings"][0]["how"], "merged");
    team.review("site", &["verify", "HEAD^"]).ends(0);
    // A commit of the branch came with it.
    team.review("site", &["verify", "topic"]).ends(0);

    // One by one, onto a target that went on.
    let team = opened(&["a"], false);
    edit(&team, "a", "slowly");
    team.push("slowly");
    edit(&team, "b", "slowly");
    team.push("slowly too");
    approved(&team);
    team.git("site", &["checkout", "--quiet", "main"]);
    edit(&team, "f", "backwards");
    team.push("on the target");
    team.git("site", &["checkout", "--quiet", "-b", "copy", "topic"]);
    team.git("site", &["rebase", "--quiet", "main"]);
    team.git("site", &["checkout", "--quiet", "main"]);
    team.git("site", &["merge", "--quiet", "--ff-only", "copy"]);
    let landed = json(&team.review("site", &["land", "--json"]).ends(0));
    let landing = &landed["landings"][0];
    assert_eq!(landing["before"]["commit"], team.git("site", &["rev-parse", "HEAD~3"]).as_str());
    for commit in ["HEAD", "HEAD~1", "HEAD~2"] {
        team.review("site", &["verify", commit]).ends(0).says("proved: 2 pages");
    }
    team.review("site", &["verify", "HEAD~3"]).ends(1);
    team.review("site", &["verify", "HEAD~3..HEAD"]).ends(0);
}

#[test]
fn where_git_does_not_tell_somebody_names_the_commits() {
    let team = opened(&["a", "b"], false);
    approved(&team);
    team.git("site", &["checkout", "--quiet", "main"]);
    team.git("site", &["merge", "--quiet", "--ff-only", "topic"]);
    team.review("site", &["land", "--branch", "topic"]).ends(2).says("BEFORE..COMMIT");
    team.review("site", &["land", "HEAD^..HEAD", "--branch", "topic"]).ends(0);
    team.review("site", &["verify"]).ends(0);
}

#[test]
fn a_branch_that_is_gone_is_known_by_its_pages() {
    let team = opened(&["a", "b"], false);
    approved(&team);
    squash(&team, |_| {});
    team.git("site", &["push", "--quiet", "origin", ":topic"]);
    team.git("site", &["branch", "--quiet", "-D", "topic"]);
    let landed = json(&team.review("site", &["land", "--json"]).ends(0));
    assert_eq!(landed["landings"][0]["how"], "same-pages");
    assert_eq!(landed["landings"][0]["approved"], Value::Null);
    team.review("site", &["verify"]).ends(0).says("proved: 2 pages");
}

#[test]
fn a_key_that_expired_since_then_proves_and_one_that_was_revoked_does_not() {
    let mut team = opened(&["a"], true);
    // All of it happens in January.
    team.time = Some(1_767_400_000);
    for who in ["editor", "dev", "qa"] {
        team.on_topic(who, &["approve", "--all"]).ends(0);
    }
    team.review("site", &["sync"]).ends(0);
    squash(&team, |_| {});
    team.review("site", &["land"]).ends(0);
    team.time = None;
    let allowed = team.sandbox.read("site/allowed_signers");
    let expired = allowed.replace(" namespaces", " valid-before=\"20260201\",namespaces");
    team.sandbox.write("allowed_signers", expired);
    team.push("Keys of the year");
    team.review("site", &["verify", "HEAD^"]).ends(0).says("and signed");
    // The approval is not older than the key.
    let expired = allowed.replace(" namespaces", " valid-before=\"20260101\",namespaces");
    team.sandbox.write("allowed_signers", expired);
    team.push("Keys of last year");
    team.review("site", &["verify", "HEAD~2"]).ends(1).says("does not count");
    let revoked = team.sandbox.path("keys/qa.pub");
    team.sandbox.write("revoked", std::fs::read(revoked).unwrap());
    team.sandbox.write("allowed_signers", allowed);
    let book = team.sandbox.read("site/book.toml");
    let book = book.replace("[review]\n", "[review]\nrevoked-signers = \"revoked\"\n");
    team.sandbox.write("book.toml", book);
    team.push("Revoked");
    let refused = team.review("site", &["verify", "HEAD~3"]).ends(1);
    refused.says("the key was revoked").says("qa: open");
}

#[test]
fn a_landing_without_a_signature_ends_no_review() {
    let team = opened(&["a"], true);
    approved(&team);
    squash(&team, |_| {});
    team.git("site", &["config", "--unset", "user.signingKey"]);
    team.review("site", &["land"]).ends(2).says("asks for signatures");
    team.review("site", &["verify"]).ends(1).says("no landing of it is known");
}

#[test]
fn nobody_can_name_a_time_before_there_were_rules() {
    let team = Team::new("-- docs/index.md --\n# Home\n", &["editor", "dev", "qa"], false);
    let first = team.git("site", &["rev-parse", "HEAD"]);
    team.sandbox.add(SITE);
    team.push("rules");
    team.git("site", &["checkout", "--quiet", "-b", "topic"]);
    edit(&team, "a", "backwards");
    team.push("backwards");
    team.review("site", &["open"]).ends(0);
    squash(&team, |_| {});
    let land = |range: &str| team.review("site", &["land", range, "--branch", "topic"]);
    land("HEAD^..HEAD").ends(1).says("is not what was signed off");
    land(&format!("{first}..HEAD")).ends(1).says("is not what was signed off");
    team.review("site", &["verify", &format!("{first}..HEAD^")]).ends(0).says("nothing in it");
    team.review("site", &["verify"]).ends(1);
}

#[test]
fn an_approval_with_suggestions_is_about_these_alone() {
    let team = opened(&["a", "b"], false);
    let with = ["approve", "a.md", "--with-suggestions"];
    team.on_topic("editor", &with).ends(2).says("you have no open suggestion on these pages");
    // A suggestion of somebody else counts for them.
    team.on_topic("dev", &["suggest", "docs/a.md:3:7-11", "--replace", "runs"]).ends(0);
    team.on_topic("editor", &with).ends(2).says("you have no open suggestion on these pages");
    team.on_topic("editor", &["suggest", "docs/a.md:1:3-3", "--replace", "Pump a"]).ends(0);
    team.on_topic("editor", &["suggest", "docs/b.md:1:3-3", "--replace", "Pump b"]).ends(0);
    team.on_topic("editor", &with).ends(0);
    team.on_topic("editor", &["approve", "b.md"]).ends(0);
    let approve = ["approve", "a.md", "b.md", "--with-suggestions"];
    team.on_topic("dev", &approve).ends(0);
    assert_eq!(
        team.cells(),
        ["docs/a.md suggested suggested waiting", "docs/b.md approved approved open"]
    );
    // Both suggestions make a page that neither has seen; each alone what its author wants.
    let mine = json(&team.review("site", &["status", "--json"]).ends(0));
    let by = |who: &str| -> String {
        let threads = mine["threads"].as_array().unwrap().iter();
        let mut found = threads
            .filter(|thread| thread["author"]["name"] == who && thread["path"] == "docs/a.md");
        found.next().unwrap()["id"].as_str().unwrap().to_owned()
    };
    team.review("site", &["apply", &by("editor")]).ends(0);
    team.git("site", &["push", "--quiet", "origin", "topic"]);
    assert_eq!(team.cells()[0], "docs/a.md approved reopened waiting");
    team.review("site", &["apply", &by("dev")]).ends(0);
    team.git("site", &["push", "--quiet", "origin", "topic"]);
    assert_eq!(team.cells()[0], "docs/a.md reopened reopened waiting");
}

#[test]
fn what_was_put_off_and_what_is_old_is_due() {
    let team = Team::new(SITE, &["editor", "dev", "qa", "lead"], false);
    let book = team.sandbox.read("site/book.toml");
    let every = "[review.review-every]\n\"docs/**\" = 100\n\"docs/[def].md\" = false\n\
                 [review.owners]\n\"docs/**\" = [\"@editor\"]\n\"docs/c.md\" = [\"@dev\"]\n";
    let first = "[[review.stages]]\nid = \"editor\"";
    team.sandbox.write("book.toml", book.replace(first, &format!("{every}{first}")));
    team.push("policy");
    team.git("site", &["checkout", "--quiet", "-b", "topic"]);
    edit(&team, "a", "quickly");
    edit(&team, "b", "quickly");
    team.push("quickly");
    team.review("site", &["open"]).ends(0);
    team.review("site", &["sync"]).ends(0);
    for who in ["editor", "dev"] {
        team.on_topic(who, &["approve", "--all"]).ends(0);
    }
    let defer = ["defer", "b.md", "--stage", "qa", "-m", "Today", "--until", "2026-12-24"];
    team.on_topic("lead", &defer).ends(0);
    team.on_topic("qa", &["approve", "a.md"]).ends(0);
    team.review("site", &["sync"]).ends(0);
    squash(&team, |_| {});
    team.review("site", &["land"]).ends(0);

    let due = |time: i64, arguments: &[&str]| -> Outcome {
        let mut command = team.at("site", env!("CARGO_BIN_EXE_copydesk"));
        command.args(["review", "due"]).args(arguments).env("SOURCE_DATE_EPOCH", time.to_string());
        Outcome::of(&mut command)
    };
    let now = i64::try_from(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(),
    )
    .unwrap();
    let found = due(now, &[]).ends(1);
    found.says("@dev").says("docs/c.md").says("never signed off").keeps_quiet_about("docs/a.md");
    let all = json(&due(now + 101 * 86_400, &["--json"]).ends(1));
    let pages: Vec<&str> = all["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page["path"].as_str().unwrap())
        .collect();
    for page in ["docs/a.md", "docs/b.md", "docs/c.md", "docs/index.md"] {
        assert!(pages.contains(&page), "{all}");
    }
    assert!(!pages.contains(&"docs/d.md"), "{all}");
    let by_owner = due(now + 101 * 86_400, &["--owner", "@dev"]).ends(1);
    by_owner.says("docs/c.md").keeps_quiet_about("docs/b.md");
    // Renamed, the page takes its review along.
    team.git("site", &["mv", "docs/a.md", "docs/z.md"]);
    team.push("renamed");
    due(now, &[]).ends(1).keeps_quiet_about("docs/z.md");
}
