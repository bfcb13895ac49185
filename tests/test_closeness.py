import numpy as np
import pytest
from shelf import library

from dashboard.closeness import MEANINGS, Scale, scale


def test_words_fall_with_similarity_and_each_has_a_meaning():
    words = [Scale(0.4, 0.3, 0.1).word(similarity) for similarity in (1, 0.4, 0.39, 0.3, 0.1, 0.09, -1)]
    assert words == ["very close", "very close", "close", "close", "related", "far", "far"]
    assert set(words) == set(MEANINGS)


def test_the_bar_grows_with_similarity_and_is_whole_for_the_same_recording():
    shares = [Scale(0.4, 0.3, 0.1).share(similarity) for similarity in np.linspace(-1, 1, 50)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert Scale(0.4, 0.3, 0.1).share(0.4) == pytest.approx(0.75)


def test_the_scale_is_that_of_the_library():
    measured = scale(library())
    assert 0 < measured.related <= measured.close <= measured.very_close <= 0.9
    random = [match.similarity for song in range(12) for match in library().similar(song, 12)]
    assert np.mean([measured.word(similarity) == "far" for similarity in random]) > 0.5
