"""The words: every one said by the teacher, no tag in two of them, and what a song's words are made of."""

from collections import Counter

import numpy as np
import pytest

from engine.vocabulary import TAGS, WORDS, merge


def probabilities(**said: float) -> np.ndarray:
    """Tags [100] of which only the named are heard."""
    tags = np.zeros(len(TAGS), np.float32)
    for tag, probability in said.items():
        tags[TAGS.index(tag.replace("_", ":", 1).replace("_", " "))] = probability
    return tags


def heard(tags: np.ndarray) -> dict[str, float]:
    return {word: float(value) for word, value in zip(WORDS, merge(tags), strict=True) if value}


def test_there_are_a_hundred_tags_and_sixty_odd_words():
    assert len(TAGS) == len(set(TAGS)) == 100
    assert 60 <= len(WORDS) < 70


def test_every_word_is_made_of_the_teachers_tags_and_no_tag_is_in_two_words():
    used = Counter(tag for tags in WORDS.values() for tag in tags)
    assert set(used) <= set(TAGS)
    assert max(used.values()) == 1


def test_words_are_what_one_would_type():
    assert all(word == word.lower().strip() and ":" not in word for word in WORDS)


@pytest.mark.parametrize(
    "tag, word",
    [
        ("mtt_woman", "female vocal"),
        ("msd_female_vocalists", "female vocal"),
        ("mtt_male_voice", "male vocal"),
        ("mtt_no_vocals", "instrumental"),
        ("msd_instrumental", "instrumental"),
        ("mtt_choral", "choir"),
        ("msd_heavy_metal", "metal"),
        ("mtt_piano", "piano"),
    ],
)
def test_synonyms_are_one_word(tag, word):
    assert heard(probabilities(**{tag: 0.5})).keys() == {word}


def test_a_word_that_every_tag_says_is_as_sure_as_they_are_and_what_one_of_two_says_counts_half():
    assert heard(probabilities(mtt_rock=0.5, msd_rock=0.5)) == pytest.approx({"rock": 0.5})
    assert heard(probabilities(msd_rock=0.5)) == pytest.approx({"rock": 0.25})


def test_opinions_and_decades_without_a_sound_are_no_words():
    assert heard(probabilities(msd_sexy=1, msd_catchy=1, msd_beautiful=1, msd_00s=1)) == {}


def test_words_of_a_song_are_the_mean_of_its_segments_words():
    tags = np.random.default_rng(0).uniform(size=(2, 5, 100)).astype(np.float16)  # [songs, segments, 100]
    assert merge(tags).shape == (2, 5, len(WORDS))
    np.testing.assert_allclose(merge(tags).mean(1), merge(tags.astype(np.float32).mean(1)), atol=1e-5)
