"""Which words may be trusted: figures on rankings whose answer is known."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from engine.teacher.audible import audible

SONGS = 60
RNG = np.random.default_rng(0)
TEACHER = RNG.uniform(0, 1, (SONGS, 4))


def test_who_ranks_as_the_teacher_does_hears_every_word_whatever_the_scale():
    figures = audible(np.exp(7 * TEACHER) - 3, TEACHER)
    np.testing.assert_allclose(figures.rank, 1)
    np.testing.assert_allclose(figures.auc, 1)
    assert figures.heard().all()


def test_who_ranks_the_other_way_round_hears_none():
    figures = audible(-TEACHER, TEACHER)
    np.testing.assert_allclose(figures.rank, -1)
    np.testing.assert_allclose(figures.auc, 0, atol=1e-12)
    assert not figures.heard().any()


def test_who_guesses_is_right_half_of_the_time_and_hears_none():
    teacher = RNG.uniform(0, 1, (4000, 3))
    figures = audible(RNG.normal(size=teacher.shape), teacher)
    np.testing.assert_allclose(figures.auc, 0.5, atol=0.06)
    np.testing.assert_allclose(figures.rank, 0, atol=0.06)
    assert not figures.heard().any()


def test_figures_are_those_of_scipy_and_scikit_learn():
    student = (TEACHER + RNG.normal(size=TEACHER.shape)).round(1)  # with ties
    figures = audible(student, TEACHER)
    for word in range(TEACHER.shape[1]):
        top = TEACHER[:, word] >= np.sort(TEACHER[:, word])[-SONGS // 10]
        assert figures.rank[word] == pytest.approx(spearmanr(student[:, word], TEACHER[:, word]).statistic)
        assert figures.auc[word] == pytest.approx(roc_auc_score(top, student[:, word]))
        assert figures.surest[word] == pytest.approx(TEACHER[top, word].mean())


def test_words_the_teacher_is_never_sure_of_are_left_out_however_well_ranked():
    teacher = TEACHER * [1, 1, 0.01, 1]
    assert audible(teacher, teacher).heard().tolist() == [True, True, False, True]


@pytest.mark.parametrize("mute", ["student", "teacher"])
def test_a_word_said_of_all_songs_alike_is_not_heard(mute):
    student, teacher = TEACHER.copy(), TEACHER.copy()
    (student if mute == "student" else teacher)[:, 1] = 0.5
    figures = audible(student, teacher)
    assert np.isnan(figures.rank[1]) and np.isnan(figures.auc[1])
    assert figures.heard().tolist() == [True, False, True, True]


def test_too_few_songs_and_scores_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="cannot compare"):
        audible(TEACHER[:4], TEACHER[:4])
    with pytest.raises(ValueError, match="cannot compare"):
        audible(TEACHER[:, :3], TEACHER)
