import json

import pytest
from shelf import library

from dashboard import bodies
from dashboard.app import create_app

ADDRESS = bodies.CALLBACKS
HEALTH = {
    "output": "health.children",
    "outputs": {"id": "health", "property": "children"},
    "inputs": [{"id": "health-asked", "property": "data", "value": {"kind": None}}],
    "changedPropIds": ["health-asked.data"],
}


@pytest.fixture(scope="module")
def client():
    client = create_app(library()).server.test_client()
    client.get("/_dash-dependencies")
    return client


def nested(depth):
    return "[" * depth + "]" * depth


def test_a_question_of_the_page_is_answered(client):
    assert "findings" in client.post(ADDRESS, json=HEALTH).text


def test_a_body_beyond_the_limit_is_refused(client):
    for address in (ADDRESS, "/playlist", "/playlist/read", "/drop"):
        body = b" " * (bodies.largest(address) + 2)
        answer = client.post(address, data=body, content_type="application/json", headers={"X-Songboard": "test"})
        assert answer.status_code in (413, 503), address  # without an ear, nothing is dropped at all


@pytest.mark.parametrize("depth", [bodies.DEEPEST + 1, 5000, 500_000])
def test_a_body_nested_too_deeply_is_refused(client, depth):
    answer = client.post(ADDRESS, data=nested(depth), content_type="application/json")
    assert (answer.status_code, answer.text) == (400, "This request is nested too deeply.")


def test_depth_is_counted_through_lists_and_objects():
    assert [bodies.depth(value) for value in (1, [], {"a": [1, {}]}, json.loads(nested(40)))] == [0, 1, 3, 40]


@pytest.mark.parametrize("text", ["", "{", "nothing", '{"a": ' + "9" * 5000 + "}", "\xff\xfe"])
def test_what_is_no_json_is_refused(client, text):
    assert client.post(ADDRESS, data=text.encode("latin-1"), content_type="application/json").status_code == 400


def test_another_type_than_json_is_refused(client):
    assert client.post(ADDRESS, data=json.dumps(HEALTH), content_type="text/plain").status_code == 415


@pytest.mark.parametrize(
    "change",
    [
        {"output": "nowhere.children"},
        {"output": ["health.children"]},
        {"inputs": []},
        {"inputs": None},
        {"inputs": [{"id": "other", "property": "value"}]},
        {"inputs": HEALTH["inputs"] * 2},
        {"inputs": [{"id": ["health-asked"], "property": "data"}]},
        {"state": [{"id": "health-asked", "property": "data"}]},
        {"outputs": 4},
        {"outputs": [{"id": {}, "property": "children"}]},
        {"changedPropIds": 4},
        {"changedPropIds": [[]]},
    ],
)
def test_what_the_page_never_asks_is_refused(client, change):
    answer = client.post(ADDRESS, json=HEALTH | change)
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


@pytest.mark.parametrize("body", [4, "health.children", [], {}, [HEALTH]])
def test_what_is_no_question_at_all_is_refused(client, body):
    assert client.post(ADDRESS, json=body).status_code == 400
