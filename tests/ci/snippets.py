"""Checks what the manual tells people to put into CI, as far as that goes without a forge.

Each code block of `content/how-to` that is titled with the name of a file of GitHub Actions, GitLab
CI or pre-commit is checked against the schema of that file, and workflows with actionlint, too. Then
the commands in them that call Copydesk are run, by the same shell and with the same variables, in a
repository with a branch: one that is clean, and one that breaks a link.

Usage: snippets.py COPYDESK, in an environment with `requirements.txt`, and `npm ci` done here.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
BLOCK = re.compile(r'^( *)(`{3,})yaml title="([^"]+)"\n(.*?)^\1\2 *$', re.MULTILINE | re.DOTALL)
# What GitHub would put in place of its expressions.
EXPRESSIONS = {
    "github.base_ref": "main",
    "steps.pages.outputs.base_url": "https://docs.example.com/",
}


def snippets():
    """Title, place and text of each block that has a title."""
    for page in sorted((ROOT / "content" / "how-to").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            yield block[3], f"{page.stem}-{line}", block[4]


def run(command, **options):
    """Runs a command; its output stands in the error where it is expected to go well."""
    done = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    return done.returncode, done.stdout


def must(command, **options):
    code, output = run(command, **options)
    if code != 0:
        sys.exit(f"{' '.join(map(str, command))} ends with {code}:\n{output}")
    return output


class Forge:
    """A repository with a remote, and a branch in it."""

    BOOK = '[book]\ntitle = "Manual"\nsrc = "content"\n'
    CLEAN = "# Manual\n\nThe [second page](second.md) tells more.\n"
    BROKEN = CLEAN + "\nSo does [a third one](third.md).\n"

    def __init__(self, folder, copydesk):
        self.clone = folder / "clone"
        self.environment = {
            "PATH": f"{Path(copydesk).parent}:{BIN}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
        }
        for name in ("AUTHOR", "COMMITTER"):
            self.environment[f"GIT_{name}_NAME"] = "Ada"
            self.environment[f"GIT_{name}_EMAIL"] = "ada@example.org"
        must(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder / "origin.git"])
        must(["git", "clone", "--quiet", folder / "origin.git", self.clone], env=self.environment)
        self.write("book.toml", self.BOOK)
        self.write(".gitignore", ".copydesk\nbook\n_site\npublic\ngl-code-quality-report.json\n")
        self.write("content/index.md", self.CLEAN)
        self.write("content/second.md", "# Second page\n\nIt leads [back](index.md).\n")
        self.commit()
        self.git("push", "--quiet", "origin", "HEAD:main")
        self.git("checkout", "--quiet", "-b", "change")

    def write(self, path, text):
        file = self.clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def git(self, *arguments):
        return must(["git", *arguments], cwd=self.clone, env=self.environment)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")

    def branch(self, text):
        """The branch changes the first page to this."""
        self.write("content/index.md", text)
        self.commit()

    def shell(self, script, variables):
        """Runs a script as forges do."""
        environment = {**self.environment, **{key: str(value) for key, value in variables.items()}}
        return run(["bash", "-eo", "pipefail", "-c", script], cwd=self.clone, env=environment)


def expressions(text):
    """A text with what GitHub would put in place of its expressions."""
    return re.sub(r"\$\{\{ *([^}]*?) *\}\}", lambda found: EXPRESSIONS[found[1]], str(text))


def github_scripts(workflow):
    """The scripts of a workflow that call Copydesk, with their variables."""
    for job in workflow["jobs"].values():
        for step in job.get("steps", []):
            script = step.get("run", "")
            if re.search(r"^ *copydesk ", script, re.MULTILINE):
                variables = {**job.get("env", {}), **step.get("env", {})}
                yield expressions(script), {k: expressions(v) for k, v in variables.items()}


def gitlab_scripts(pipeline):
    """The scripts of a pipeline that call Copydesk."""
    variables = {
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_PAGES_URL": "https://docs.example.com/",
    }
    for name, job in pipeline.items():
        if not name.startswith(".") and isinstance(job, dict):
            yield "\n".join(job.get("script", [])), variables


def tried(title, script, variables, forge):
    """Runs a script on both branches."""
    lints = "copydesk lint" in script
    for text, expected in ((forge.CLEAN, 0), (forge.BROKEN, 1)):
        forge.branch(text)
        code, output = forge.shell(script, variables)
        if code != expected:
            sys.exit(f"{title}: ends with {code}, not {expected}:\n{script}\n{output}")
        if lints and "--format github" in script and ("::error" in output) != (expected == 1):
            sys.exit(f"{title}: no annotation where one belongs:\n{output}")
        if lints and "--format gitlab" in script:
            report = json.loads((forge.clone / "gl-code-quality-report.json").read_text())
            if len(report) != expected:
                sys.exit(f"{title}: {len(report)} findings in the report, not {expected}")
    print(f"  runs: {script.strip().splitlines()[-1]}")


def hooks(forge):
    """Runs the hook that uses the installed program, as pre-commit does."""
    command = ["pre-commit", "try-repo", str(ROOT), "copydesk-lint-system", "--all-files"]
    for text, expected in ((forge.CLEAN, 0), (forge.BROKEN, 1)):
        forge.branch(text)
        code, output = run(command, cwd=forge.clone, env=forge.environment)
        if code != expected:
            sys.exit(f"the hook ends with {code}, not {expected}:\n{output}")
    print("  runs: the hook copydesk-lint-system")


def main():
    copydesk = Path(sys.argv[1]).resolve()
    seen = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        forge = Forge(folder, copydesk)
        for title, place, text in snippets():
            file = folder / "snippets" / place / Path(title).name
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            if title.startswith(".github/workflows/"):
                must([BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", file])
                must(["node", HERE / "workflows.mjs", file])
                scripts = github_scripts(yaml.safe_load(text))
            elif title == ".gitlab-ci.yml":
                schema = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
                must([BIN / "check-jsonschema", *schema, file])
                scripts = gitlab_scripts(yaml.safe_load(text))
            elif title == ".pre-commit-config.yaml":
                must([BIN / "pre-commit", "validate-config", file])
                known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
                named = [hook["id"] for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]]
                unknown = set(named) - {hook["id"] for hook in known}
                if unknown:
                    sys.exit(f"{place}: there is no hook {unknown}")
                scripts = []
            else:
                continue
            print(f"{place}: {title}")
            seen[title] = seen.get(title, 0) + 1
            for script, variables in scripts:
                tried(f"{place}: {title}", script, variables, forge)
        must([BIN / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"])
        hooks(forge)
    for title in (".github/workflows/docs.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"):
        if title not in seen:
            sys.exit(f"the manual has no {title}: this test looks in the wrong place")


main()
