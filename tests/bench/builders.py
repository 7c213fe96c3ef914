"""The tools that `compare_build.py` runs: which layout of the corpus each reads, its command, and
what must go before it builds cold.

To add a tool: a `Builder` in BUILDERS, and where it needs a layout of its own, one in
`make_corpus.py`.
"""
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

# Settings of Copydesk, as environment variables, that switch off what the fastest peers do not do.
WITHOUT_FACTS_AND_SEARCH = {
    'COPYDESK_GIT__FACTS': 'false',
    'COPYDESK_OUTPUT__HTML__SEARCH__ENABLE': 'false',
}
# What Copydesk keeps between builds, below the folder of the site.
CACHE = '.copydesk'
NO_CACHE = '--no-cache'


@dataclass
class Builder:
    name: str
    title: str
    program: str
    layout: str
    # Given the program, the folder of the layout and the output folder.
    command: Callable[[str, Path, Path], list]
    # Whether code is highlighted at build time.
    highlights: bool
    env: dict = field(default_factory=dict)
    # What a former build leaves in the folder of the layout.
    leftovers: tuple = ()
    # Where the output is, in the folder of the layout, if the tool decides that itself.
    own_output: str | None = None
    # Exit codes of a build that has published everything.
    exits: tuple = (0,)
    # Whether it keeps something between builds that is measured, too.
    incremental: bool = False
    # The largest corpus that it builds in a few minutes.
    largest: int | None = None

    def environment(self, home):
        """What every tool gets: nothing that the user of this machine has configured."""
        kept = {name: os.environ[name] for name in ('PATH', 'LANG', 'TMPDIR') if name in os.environ}
        return {**kept, 'HOME': str(home), 'GIT_CONFIG_GLOBAL': os.devnull,
                'GIT_CONFIG_NOSYSTEM': '1', **self.env}

    def output(self, root, out):
        return root / self.own_output if self.own_output else out

    def clear(self, root, out):
        """Makes the next build a cold one."""
        for path in (self.output(root, out), *(root / name for name in self.leftovers)):
            if path.is_dir():
                shutil.rmtree(path)


def copydesk(program, root, out):
    return [program, 'build', root, '--out', out]


def hugo(config):
    return lambda program, root, out: [
        program, 'build', '--source', root, '--config', root / config, '--destination', out]


def mdbook(program, root, out):
    return [program, 'build', root, '--dest-dir', out]


def zensical(program, root, _):
    return [program, 'build', '--config-file', root / 'mkdocs-prune.yml']


def zola(config):
    return lambda program, root, out: [
        program, '--root', root, '--config', root / config, 'build', '--output-dir', out]


BUILDERS = [
    Builder('copydesk-pages', 'Copydesk, pages alone (git facts and search off)', 'copydesk',
            'plain', copydesk, True, env=WITHOUT_FACTS_AND_SEARCH, leftovers=(CACHE,),
            # 1: published, and the pages hold links that lead nowhere.
            exits=(0, 1), incremental=True),
    Builder('copydesk', 'Copydesk, everything on', 'copydesk', 'plain', copydesk, True,
            leftovers=(CACHE,), exits=(0, 1), incremental=True),
    Builder('hugo', 'Hugo, minimal templates, highlighting', 'hugo', 'hugo', hugo('hugo.toml'),
            True, leftovers=('resources',)),
    Builder('hugo-plain', 'Hugo, minimal templates, no highlighting', 'hugo', 'hugo',
            hugo('hugo-nohl.toml'), False, leftovers=('resources',)),
    Builder('zola', 'Zola, minimal templates, highlighting', 'zola', 'zola', zola('zola.toml'),
            True),
    Builder('zola-search', 'Zola, minimal templates, highlighting and search', 'zola', 'zola',
            zola('zola-search.toml'), True),
    Builder('mdbook', 'mdBook, search off (highlights in the browser)', 'mdbook', 'mdbook', mdbook,
            False, env={'MDBOOK_OUTPUT__HTML__SEARCH__ENABLE': 'false'}, largest=2_000),
    Builder('mdbook-search', 'mdBook, search on (highlights in the browser)', 'mdbook', 'mdbook',
            mdbook, False, largest=2_000),
    Builder('zensical', 'Zensical, pruned navigation, highlighting and search', 'zensical',
            'mkdocs', zensical, True, leftovers=('.cache',), own_output='site', largest=2_000),
]


def version(program):
    """What a program says of its version, or none where it does not run."""
    for argument in ('--version', 'version'):
        try:
            done = subprocess.run([program, argument], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60, check=False)
        except OSError:
            return None
        if done.returncode == 0:
            return done.stdout.strip().splitlines()[-1]
    return None


def has_option(program, option):
    done = subprocess.run([program, 'build', '--help'], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    return option in done.stdout
