import pytest

from dashboard import rules
from index.filters import Filter
from index.ranking import Rules


def test_no_rules_restrict_nothing():
    assert rules.read(None) == rules.read({}) == Rules()
    assert rules.read({"tempo": None, "same_album": None}) == Rules()


def test_every_rule_of_the_page_is_one_of_the_library():
    read = rules.read(
        {"same_album": False, "per_artist": 2, "surprise": 0.5, "clusters": [1, 3], "genres": ["Jazz"], "artists": [""],
         "keys": ["Am"], "years": [1999, 2004], "tempo": [130, 90], "loudness": [-20, -9.5], "brightness": [500, 900]}
    )  # fmt: skip
    assert (read.same_album, read.per_artist, read.surprise) == (False, 2, 0.5)
    assert read.filter == Filter(
        clusters=frozenset({1, 3}), genres=frozenset({"Jazz"}), artists=frozenset({""}), keys=frozenset({"Am"}),
        years=(1999, 2004), tempo=(90, 130), loudness=(-20, -9.5), brightness=(500, 900),
    )  # fmt: skip


def test_rules_of_mixing_go_by_the_song_that_is_asked_about():
    given = {"same_tempo": 5, "mixing_key": True, "energy": "up"}
    found = rules.read(given, {"bpm": 100.0, "initial_key": "Am", "loudness": -12.0}).filter
    assert found.same_tempo == ((pytest.approx(50 / 1.05), 52.5), (pytest.approx(100 / 1.05), 105.0),
                                (pytest.approx(200 / 1.05), 210.0))  # fmt: skip
    assert {"Am", "C", "Dm", "Em"} <= found.mixing_key and "A" not in found.mixing_key
    assert found.energy == (-12.0, float("inf"))
    assert rules.read({"energy": "down"}, {"loudness": -12.0}).filter.energy == (float("-inf"), -12.0)
    assert rules.read({"mixing_key": False}, {}) == rules.read(given) == Rules()


def test_nothing_mixes_with_a_song_of_which_nothing_is_known_and_the_rule_can_be_loosened():
    found = rules.read({"same_tempo": 5, "mixing_key": True}, {"bpm": float("nan"), "initial_key": ""})
    assert (found.filter.same_tempo, found.filter.mixing_key) == ((), frozenset())
    assert rules.loosened(found, lambda looser: looser.filter.mixing_key is None) == "mixing_key"


def test_a_rule_nobody_knows_is_passed_over():
    assert rules.read({"from_the_future": 1}) == Rules()


@pytest.mark.parametrize(
    "given",
    ["closest", [], 1, {"same_album": 0}, {"per_artist": 0}, {"per_artist": True}, {"per_artist": 2.0},
     {"surprise": 2}, {"surprise": "much"}, {"surprise": float("nan")}, {"clusters": 3}, {"clusters": ["1"]},
     {"clusters": list(range(10**4))}, {"genres": [1]}, {"genres": ["x" * 10**4]}, {"keys": "Am"},
     {"same_tempo": 0}, {"same_tempo": 31}, {"same_tempo": "6"}, {"mixing_key": "Am"}, {"energy": 1},
     {"tempo": [90]}, {"tempo": [90, "fast"]}, {"tempo": [0, float("inf")]}, {"years": {"lo": 1}}],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_a_sentence(given):
    with pytest.raises(rules.RulesError, match=r"^[A-Z].*[.?] .*\.$|^[A-Z].*\.$"):
        rules.read(given)


def test_the_rule_that_keeps_everything_out_is_found():
    strict = rules.read({"same_album": False, "tempo": [1, 2]})
    assert rules.loosened(strict, lambda looser: looser.filter.tempo is None) == "tempo"
    assert rules.loosened(strict, lambda looser: looser.same_album) == "same_album"
    assert rules.loosened(strict, lambda looser: False) is None
    assert rules.loosened(Rules(), lambda looser: True) is None


def test_surprise_alone_restricts_nothing():
    assert not rules.are_set(rules.read({"surprise": 1}))
    assert rules.are_set(rules.read({"clusters": [1]}))
