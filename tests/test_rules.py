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


def test_a_rule_nobody_knows_is_passed_over():
    assert rules.read({"from_the_future": 1}) == Rules()


@pytest.mark.parametrize(
    "given",
    ["closest", [], 1, {"same_album": 0}, {"per_artist": 0}, {"per_artist": True}, {"per_artist": 2.0},
     {"surprise": 2}, {"surprise": "much"}, {"surprise": float("nan")}, {"clusters": 3}, {"clusters": ["1"]},
     {"clusters": list(range(10**4))}, {"genres": [1]}, {"genres": ["x" * 10**4]}, {"keys": "Am"},
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
