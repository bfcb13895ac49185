"""The benchmark's scoring on vectors whose neighbours are known, and its listening with an ear that fails."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from benchmarks.contest import AS_LIBRARY, Rival, contestants, fusions
from benchmarks.environments import RivalError, run
from benchmarks.listen import SECONDS, listen, read, read_failed, write_failed
from benchmarks.retrieval import Hall
from benchmarks.scoring import Contestant, as_library, as_table, cosine, fused, judge, rankings, z_scored
from benchmarks.seeds import by_seed, pool
from index.bootstrap import mean_with_interval

GROUPS = np.repeat(list("abcd"), 6)


def blobs(spread: float, seed: int = 0) -> np.ndarray:
    """Songs of four groups in 20 dimensions, the groups the farther apart the smaller the spread."""
    rng = np.random.default_rng(seed)
    return np.repeat(rng.standard_normal((4, 20)), 6, axis=0) + spread * rng.standard_normal((24, 20))


def contestant(title: str, spread: float, variant: str = "") -> Contestant:
    return Contestant(title, variant, "cosine", cosine(blobs(spread)), 1.0)


def test_songs_that_stand_with_their_group_score_one_however_they_are_ranked() -> None:
    for name, similarity in rankings(blobs(0.01)).items():
        answers = Contestant("", "", name, similarity).answers(GROUPS)
        assert answers["p1"].mean() == answers["mean_ap"].mean() == 1, name


def test_a_contestant_is_measured_by_its_own_similarities() -> None:
    similarity = np.array([[9, 1, 5, 3], [1, 9, 2, 8], [5, 2, 9, 4], [3, 8, 4, 9.0]])
    before = similarity.copy()
    answers = Contestant("", "", "", similarity).answers(np.array(list("aabb")))
    assert answers["p1"].tolist() == [0, 0, 0, 0]
    assert answers["mean_ap"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 2, 1 / 2])
    assert (similarity == before).all()


def test_a_feature_on_a_large_scale_does_not_drown_the_others() -> None:
    vectors = np.column_stack([blobs(0.3), 1e6 * np.random.default_rng(1).standard_normal(24), np.full(24, 3.7)])
    raw, scaled = (Contestant("", "", "", cosine(each)).answers(GROUPS) for each in (vectors, z_scored(vectors)))
    assert scaled["mean_ap"].mean() > raw["mean_ap"].mean() + 0.2
    assert z_scored(vectors).shape == (24, 21)  # the one that is the same for all songs says nothing


def test_a_library_ranks_with_the_reference_its_encoder_brings() -> None:
    vectors, reference = blobs(0.5), blobs(0.5, seed=7)
    assert not np.allclose(as_library(vectors), as_library(vectors, reference), atol=0.01)


def test_two_that_hear_different_things_are_better_together() -> None:
    halves = [np.where(np.arange(20) < 10, blobs(0.8), 0), np.where(np.arange(20) < 10, 0, blobs(0.8))]
    alone = [Contestant("", "", "", cosine(half)) for half in halves]
    both = Contestant(
        "", "", "", fused(*(each.similarity * scale for each, scale in zip(alone, (1, 500), strict=True)))
    )
    own = [each.answers(GROUPS)["mean_ap"].mean() for each in alone]
    assert both.answers(GROUPS)["mean_ap"].mean() > max(own) + 0.02


def test_the_best_variant_counts_and_the_difference_is_to_the_highest_of_each_figure() -> None:
    everybody = [
        contestant("musicnn, mean pool", 3.0, "MTT"),
        contestant("musicnn, mean pool", 1.5, "MSD"),
        contestant("ours", 0.1),
    ]
    results = judge(everybody, GROUPS, "musicnn")
    assert [result.best for result in results] == [False, True, True]
    for name in ("p1", "mean_ap"):
        beaten = results[1].figures[name].value
        assert beaten >= results[0].figures[name].value
        assert results[2].differences[name].value == pytest.approx(results[2].figures[name].value - beaten)
        assert results[1].differences[name].value == 0


def test_the_table_has_one_row_a_title_its_best_variant() -> None:
    results = judge(
        [contestant("one", 3.0, "x"), contestant("one", 0.5, "y"), contestant("two", 0.1)], GROUPS, "musicnn"
    )
    rows = as_table(results, 0.25, "musicnn").splitlines()
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| one (y)", "| two", "| chance"]
    assert len({row.count("|") for row in rows}) == 1
    assert len(results) == 3 and results[2].figures["p1"].value == 1


def test_a_fusion_takes_ours_as_a_library_ranks_it_and_the_best_musicnn() -> None:
    everybody = [
        contestant("musicnn, mean pool", 3.0, "MTT"),
        contestant("musicnn, max pool", 0.1, "MSD"),
        contestant("ours", 0.1),
        contestant("ours, as a library ranks it", 0.1),
    ]
    assert [(each.title, each.variant) for each in fusions(everybody, GROUPS)] == [("ours + musicnn, max pool", "MSD")]


def seed_run(spreads: tuple[float, float, float], *others: Contestant) -> dict:
    """What the benchmark writes of musicnn's two networks and of ours, where the first song is alone in its group."""
    groups = np.array(["alone", *GROUPS[1:]])
    everybody = [contestant("musicnn", spreads[0], "MTT"), contestant("musicnn", spreads[1], "MSD")]
    results = judge([*everybody, contestant(f"ours{AS_LIBRARY}", spreads[2]), *others], groups, "musicnn")
    songs = [f"{group}/{i}" for i, group in enumerate(groups)]
    told = {"songs": songs, "asked": list(range(1, 24)), "results": [asdict(result) for result in results]}
    return json.loads(json.dumps(told))


def test_seeds_are_pooled_song_by_song_and_the_best_variant_is_that_over_all_of_them() -> None:
    runs = [seed_run((3.0, 1.5, 0.1)), seed_run((0.1, 1.5, 0.1))]  # over both, the first variant is the better
    pooled = {(each.title, each.variant): each for each in pool(runs)}
    alone = [run["results"][0]["figures"]["mean_ap"]["value"] for run in runs]
    assert pooled["musicnn", "MTT"].figures["mean_ap"].value == pytest.approx(np.mean(alone))
    ours = pooled[f"ours{AS_LIBRARY}", ""]
    assert len(ours.answers["p1"]) == 2 * 23
    assert ours.figures["p1"] == mean_with_interval(np.array(ours.answers["p1"]), np.tile(GROUPS[1:], 2))
    best = max(pooled["musicnn", name].figures["mean_ap"].value for name in ("MTT", "MSD"))
    assert ours.differences["mean_ap"].value == pytest.approx(ours.figures["mean_ap"].value - best)


def test_who_did_not_hear_the_songs_of_every_seed_is_not_pooled() -> None:
    late = contestant("bliss", 1.0)
    assert "bliss" not in {each.title for each in pool([seed_run((1.0, 1.0, 0.1), late), seed_run((1.0, 1.0, 0.1))])}


def test_each_seed_has_a_row_of_its_own_figures() -> None:
    runs = [seed_run((0.1, 3.0, 0.1)), seed_run((3.0, 3.0, 0.1))]
    head, _, *rows = by_seed(["first", "second"], runs, pool(runs)).splitlines()
    assert head == f"| | songs, groups | musicnn | ours{AS_LIBRARY} |"
    for name, measured, row in zip(["first", "second"], runs, rows, strict=True):
        best, ours = 0, 2  # musicnn's MTT is the better over both seeds
        told = [measured["results"][which]["answers"] for which in (best, ours)]
        figures = [f"{np.mean(each['p1']):.2f}, {np.mean(each['mean_ap']):.2f}" for each in told]
        assert row == f"| {name} | 24, 5 | {figures[0]} | {figures[1]} |"


def test_vectors_are_laid_side_by_side_and_in_the_order_of_the_songs(tmp_path: Path) -> None:
    vectors = blobs(0.01)
    heard = {
        f"{i}": {"left": vector[:10], "right": vector[10:], SECONDS: np.array(2.0)} for i, vector in enumerate(vectors)
    }
    rival = Rival("it", "it", {"it": {"both": ["left", "right"]}})
    order = [f"{i}" for i in reversed(range(24))]
    first = next(contestants(rival, heard, order, tmp_path / "it.npz"))
    np.testing.assert_allclose(first.similarity, cosine(z_scored(vectors[::-1])), atol=1e-9)
    assert first.seconds == 2


@pytest.fixture
def rivals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of songs, and made-up rivals that read them as numbers; the file that one of them writes."""
    songs = tmp_path / "songs"
    songs.mkdir()
    for name, text in {"one": "1 2", "two": "3 4", "three": "5", "four": "nan 1", "five": "6 7"}.items():
        (songs / name).write_text(text)
    package = tmp_path / "package" / "benchmarks" / "rivals"
    package.mkdir(parents=True)
    (package / "careful.py").write_text(
        "import numpy as np\n"
        "def ear(log):\n"
        "    def hear(path):\n"
        "        with open(log, 'a') as file: print(path.name, file=file)\n"
        "        return {'numbers': np.array(path.read_text().split(), float)}\n"
        "    return hear\n"
    )
    (package / "crashing.py").write_text(
        "import os, numpy as np\n"
        "def ear(which):\n"
        "    return lambda path: {'n': np.ones(3)} if path.name not in which else os.abort()\n"
    )
    import benchmarks.rivals

    monkeypatch.setattr(benchmarks.rivals, "__path__", [*benchmarks.rivals.__path__, str(package)])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "package"))
    return tmp_path / "it.npz"


def test_a_song_that_fails_is_named_with_the_reason_and_the_others_are_heard(rivals: Path) -> None:
    log = rivals.with_suffix(".txt")
    listen("careful", rivals.parent / "songs", rivals, ["one", "missing", "two", "three", "four", "five"], [str(log)])
    heard, failed = read(rivals), read_failed(rivals)
    assert {name: song["numbers"].tolist() for name, song in heard.items()} == {
        "one": [1, 2],
        "two": [3, 4],
        "five": [6, 7],
    }
    assert set(failed) == {"missing", "three", "four"}
    assert "FileNotFoundError" in failed["missing"] and "1 numbers" in failed["three"] and "finite" in failed["four"]


def test_a_second_run_hears_only_what_is_new(rivals: Path) -> None:
    log = rivals.with_suffix(".txt")
    for paths in (["one"], ["one", "three"], ["two", "three", "one"]):
        listen("careful", rivals.parent / "songs", rivals, paths, [str(log)])
    assert log.read_text().split() == ["one", "three", "two"]
    assert list(read(rivals)) == ["one", "two"]


def test_a_song_that_ends_the_process_is_passed_over_and_named(rivals: Path) -> None:
    begun: list[str] = []
    run(sys.executable, "crashing", rivals.parent / "songs", rivals, ["one", "two", "five"], ["two"], begun.append)
    assert list(read(rivals)) == ["one", "five"] and list(read_failed(rivals)) == ["two"]
    assert "SIGABRT" in read_failed(rivals)["two"] and begun == ["one", "two", "five"]


def test_a_rival_that_ends_at_every_song_is_left_out_and_no_song_is_blamed(rivals: Path) -> None:
    paths = ["one", "two", "three", "four", "five"]
    with pytest.raises(RivalError, match="does not run on this machine"):
        run(sys.executable, "crashing", rivals.parent / "songs", rivals, paths, [" ".join(paths)], lambda path: None)
    assert read_failed(rivals) == {}


def test_songs_that_one_fails_on_are_left_out_for_all_and_who_fails_on_many_is_left_out(tmp_path: Path) -> None:
    paths = [f"{i}" for i in range(12)]
    hall = Hall(tmp_path, tmp_path, tmp_path, sys.executable, paths)
    well, once, often = (Rival(name, name, {}) for name in ("well", "once", "often"))
    for rival, songs in {well: ["11"], once: ["3", "11"], often: ["4", "5", "11"]}.items():
        write_failed(hall.file(rival), dict.fromkeys(songs, "broken"))
    taking_part, common = hall.agree([well, once, often])
    assert taking_part == [well, once] and hall.left_out == {
        "often": "failed on 2 of 11 songs"
    }  # 11 is the file's fault
    assert common == [path for path in paths if path not in ("3", "11")]
