"""openapi.json is true: schemathesis asks the running server what it describes, well and badly."""

import json
import subprocess
import sys

import pytest
from served import served
from shelf import library
from spectrum import SpectrumEmbedder

from dashboard.api import DESCRIPTION
from dashboard.app import create_app

DESCRIBED = json.loads(DESCRIPTION.read_text())
GETS = {path: each["get"] for path, each in DESCRIBED["paths"].items() if "get" in each}
# Not to be described are songs that there are not, tracks without sound and generations that are gone. Every bound of
# every parameter takes a minute: without `enabled = false` that is tried, too.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 404, 405, 410, 415, 422]
[[operations]]
include-path-regex = "similar|passages|query|path"
phases.coverage.enabled = false
"""
ASKED = ["--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--generation-deterministic", "--no-color",
         "--suppress-health-check", "all",
         "--exclude-checks", "positive_data_acceptance,allow_header_conformance"]  # fmt: skip


def listen(path, _):
    return next(SpectrumEmbedder().embed([path]))


def test_every_answer_and_every_refusal_is_as_described(tmp_path):
    (tmp_path / "settings.toml").write_text(SETTINGS)
    with served(library(), listen) as port:
        address = f"http://127.0.0.1:{port}/api/v1/openapi.json"
        schemathesis = [sys.executable, "-m", "schemathesis.cli", "--config-file", "settings.toml", "run", address]
        told = subprocess.run([*schemathesis, *ASKED], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("path", GETS)
def test_its_examples_are_answered(path):
    client = create_app(library()).server.test_client()
    examples = {each["name"]: each["example"] for each in GETS[path].get("parameters", []) if "example" in each}
    answer = client.get(path.format(**examples), query_string=examples)
    assert answer.status_code == 200, answer.text
    if path.endswith("openapi.json"):
        assert answer.json == DESCRIBED
