"""Intervals: that they hold what they should, and that songs of a group are not counted as if each were news."""

import numpy as np

from index.bootstrap import Figure, mean_with_interval


def answers(groups: int, each: int, alike: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers of mean 0 from so many groups, which share a part of it."""
    rng = np.random.default_rng(seed)
    shared = np.repeat(rng.standard_normal(groups), each)
    own = rng.standard_normal(groups * each)
    return alike * shared + (1 - alike) * own, np.repeat(np.arange(groups), each)


def test_the_figure_is_the_mean_and_lies_in_its_interval() -> None:
    values, groups = answers(10, 5, 0.5, 0)
    figure = mean_with_interval(values, groups)
    assert figure.value == values.mean() and figure.low < figure.value < figure.high
    assert mean_with_interval(values, groups) == figure


def test_nine_of_ten_intervals_and_more_hold_the_truth() -> None:
    figures = [mean_with_interval(*answers(30, 4, 0.6, seed)) for seed in range(60)]
    assert sum(figure.low <= 0 <= figure.high for figure in figures) >= 54


def test_songs_that_repeat_each_other_make_no_interval_narrower() -> None:
    values, groups = answers(12, 1, 1.0, 1)
    once = mean_with_interval(values, groups)
    tenfold = mean_with_interval(np.repeat(values, 10), np.repeat(groups, 10))
    assert np.allclose([once.low, once.high], [tenfold.low, tenfold.high])


def test_a_difference_song_by_song_is_surer_than_either_figure() -> None:
    values, groups = answers(12, 3, 0.9, 2)
    better = values + 0.1 + answers(12, 3, 0.0, 3)[0] * 0.01
    difference, figure = mean_with_interval(better - values, groups), mean_with_interval(better, groups)
    assert difference.low > 0 and figure.high - figure.low > 5 * (difference.high - difference.low)


def test_one_group_has_no_interval() -> None:
    assert mean_with_interval(np.array([0.0, 1.0]), np.array(["a", "a"])) == Figure(0.5)
