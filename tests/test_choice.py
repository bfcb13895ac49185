"""What is kept of a training is what was better on songs held out, and the reason is told."""

from engine.choice import BEFORE, choose

SHIPPED = {"excerpt_recall": 0.9, "excerpt_recall_noise": 0.8, "album_p1": 0.5, "album_map": 0.4}


def changed(**by: float) -> dict[str, float]:
    return {name: value + by.get(name, 0.0) for name, value in SHIPPED.items()}


def test_an_ear_that_finds_excerpts_and_neighbours_better_is_kept_with_both_figures() -> None:
    kept, why = choose({BEFORE: SHIPPED, "transformer": changed(excerpt_recall=0.05, album_map=0.1)})
    assert kept == "transformer"
    assert "excerpt recall 0.90 -> 0.95" in why and "album map 0.40 -> 0.50" in why


def test_better_neighbours_are_not_paid_for_with_lost_excerpts() -> None:
    kept, why = choose({BEFORE: SHIPPED, "mean pooling": changed(album_p1=0.3, excerpt_recall_noise=-0.1)})
    assert kept == BEFORE and "nothing" in why


def test_an_ear_that_changed_nothing_is_not_kept() -> None:
    assert choose({BEFORE: SHIPPED, "transformer": SHIPPED})[0] == BEFORE


def test_songs_without_album_mates_are_judged_by_their_excerpts_alone() -> None:
    before = {"excerpt_recall": 0.9, "excerpt_recall_noise": 0.8}
    assert choose({BEFORE: before, "transformer": {**before, "excerpt_recall": 0.95}})[0] == "transformer"


def test_from_random_weights_the_best_stage_is_kept_and_never_the_random_ones() -> None:
    low = dict.fromkeys(SHIPPED, 0.1)
    measured = {"random weights": SHIPPED, "mean pooling": low, "transformer": {**low, "album_p1": 0.2}}
    assert choose(measured)[0] == "transformer"
