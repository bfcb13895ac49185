"""What every command says of itself, as a page: `make docs` writes docs/commands.md with it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]  # for `python tests/manual.py`

import click  # noqa: E402
from click.testing import CliRunner  # noqa: E402

PAGE = ROOT / "docs" / "commands.md"
WIDTH = 100
HEAD = """# Commands

What each says of itself with `--help`. This page is made by `make docs`, and a test compares it with the program. After
`make install`, `songboard` in `.venv/bin` is `python cli.py`, from any folder.
"""


def page() -> str:
    """docs/commands.md as it should be."""
    from cli import main as cli
    from dashboard.__main__ import main as dashboard

    parts = [HEAD, _told(cli, "python cli.py")]
    parts += [_told(cli, "python cli.py", name) for name in sorted(cli.commands)]
    return "\n".join([*parts, _told(dashboard, "python -m dashboard")])


def _told(command: click.Command, program: str, *words: str) -> str:
    """What a command answers to --help, under what is typed for it."""
    said = CliRunner().invoke(command, [*words, "--help"], prog_name=program, terminal_width=WIDTH).output
    return f"## `{' '.join([program, *words])}`\n\n```text\n{said}```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written.")
