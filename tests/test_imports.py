"""The walls of the house: who may import whom, what each room may load, and how long a file may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
OURS = {"cli", "opening", "progress", "refusing", "report", "stopping", "training", "engine", "index", "dashboard"}
ALLOWED = {
    "engine": {"engine"},
    "index": {"index"},
    "dashboard": {"dashboard", "index"},
    "cli": {"dashboard", "engine", "index", "opening", "progress", "refusing", "report", "stopping", "training"},
    "progress": {"engine", "index"},
    "opening": {"engine", "index", "refusing"},
    "refusing": set(),
    "report": {"index", "progress"},
    "stopping": {"index"},
    "training": {"engine", "index", "progress"},
}
FOREIGN = {
    "engine": {"faiss", "pandas", "dash", "plotly", "flask"},
    "index": {"torch", "dash", "plotly", "flask"},
    "dashboard": {"torch", "librosa"},
    "cli": {"dash", "plotly"},
    "progress": {"torch", "pandas", "dash"},
    "opening": {"torch", "pandas", "dash"},
    "refusing": {"torch", "pandas", "dash"},
    "report": {"torch", "pandas", "dash"},
    "stopping": {"torch", "pandas", "dash"},
    "training": {"torch", "pandas", "dash"},
}
SOURCES = [
    path for room in sorted(OURS) for path in [ROOT / f"{room}.py", *ROOT.glob(f"{room}/**/*.py")] if path.exists()
]


def imports(tree: ast.AST, package: str) -> Iterator[tuple[str, bool]]:
    """Every module's first name that the code imports, and whether that happens inside a function."""
    inside = {id(node) for outer in ast.walk(tree) if isinstance(outer, ast.FunctionDef) for node in ast.walk(outer)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or package] if node.level == 0 else [package]
        else:
            continue
        for name in names:
            yield name.partition(".")[0], id(node) in inside


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_room_imports_only_what_it_may_know(path):
    where = path.relative_to(ROOT)
    room = where.parts[0].removesuffix(".py")
    for name, inside_a_function in imports(ast.parse(path.read_text()), room):
        if where.as_posix() == "dashboard/__main__.py" and name == "engine":
            assert inside_a_function, "dashboard/__main__.py may import engine only when a track is dropped in"
        elif where.as_posix() == "cli.py" and name == "dashboard":
            assert inside_a_function, "cli.py may import dashboard only to give a map away"
        elif name in OURS:
            assert name in ALLOWED[room], f"{where} imports {name}"
        assert name not in FOREIGN[room], f"{where} imports {name}"


@pytest.mark.parametrize(
    "module", ["dashboard.app", "index.library", "index.build", "engine.audio", "engine.descriptors"]
)
def test_importing_it_loads_no_torch(module):
    loaded = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT).returncode == 0


def test_what_we_import_is_what_setup_cfg_asks_for():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = [lines for name, lines in setup["options.extras_require"].items() if name not in ("dev", "bench")]
    lines = "\n".join([setup["options"]["install_requires"], *extras]).strip().splitlines()
    asked = {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}
    names = {name for path in SOURCES for name, _ in imports(ast.parse(path.read_text()), path.parent.name)}
    names -= OURS | set(sys.stdlib_module_names)
    owners = packages_distributions()
    used = {canonicalize_name(owners.get(name, [name])[0]) for name in names}
    assert used == asked


def test_no_file_is_longer_than_300_lines():
    folders = [".", "engine", "index", "dashboard", "assets", "tests", "benchmarks"]
    files = [path for folder in folders for path in (ROOT / folder).glob("*" if folder == "." else "**/*")]
    lengths = {path: len(path.read_text().splitlines()) for path in files if path.suffix in {".py", ".js", ".css"}}
    assert {path.name: lines for path, lines in lengths.items() if lines > 300} == {}
