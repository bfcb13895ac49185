"""What clusters are called."""

import numpy as np
import pandas as pd

from index.naming import name_clusters
from index.words import WordIndex

DESCRIPTORS = ("bpm", "brightness", "loudness", "percussiveness")


def tags(n, **columns):
    plain = dict.fromkeys(["genre", "artist"], "") | dict.fromkeys(DESCRIPTORS, np.nan)
    return pd.DataFrame(plain | columns, index=range(n))


LABELS = np.repeat([0, 1, 2], [6, 4, 4])


def test_a_genre_of_one_cluster_alone_names_it():
    tempo = np.repeat([60.0, 100.0, 180.0], [6, 4, 4])
    names = name_clusters(LABELS, tags(14, genre=["Ambient"] * 5 + ["Rock"] * 9, bpm=tempo))
    assert names[0] == "Ambient"
    assert "Rock" not in names


def test_without_tags_a_cluster_is_named_by_what_sets_its_sound_apart():
    songs = tags(
        14,
        bpm=[80.0] * 6 + [170.0] * 4 + [110.0] * 4,
        brightness=[900.0] * 6 + [1500.0] * 8,
        percussiveness=[0.3] * 6 + [0.9] * 4 + [0.3] * 4,
    )
    slow, fast, _ = name_clusters(LABELS, songs)
    assert {"slow", "dark", "songs"} == set(slow.lower().replace(",", "").split())
    assert {"fast", "beats"} <= set(fast.lower().replace(",", "").split())


def test_without_tags_and_descriptors_a_cluster_is_named_after_its_artist():
    names = name_clusters(LABELS, tags(14, artist=["Ann"] * 5 + ["Bob"] * 9))
    assert names == ["Ann", "Bob", "Bob 2"]


def test_what_nothing_is_known_about_still_has_a_name():
    names = name_clusters(LABELS, tags(14))
    assert len(set(names)) == 3
    assert all(names)


def test_no_two_names_are_the_same():
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 40
    songs = tags(200, artist=rng.choice(["", "A", "B"], 200), genre=rng.choice(["", "Rock", "Pop"], 200))
    for descriptor in DESCRIPTORS:
        songs[descriptor] = rng.choice([np.nan, 1.0, 2.0, 3.0], 200)
    assert len(set(name_clusters(labels, songs))) == 40


def test_one_cluster_is_named_by_its_genre_too():
    assert name_clusters(np.zeros(3, int), tags(3, genre="Waltz")) == ["Waltz"]


def test_no_clusters_have_no_names():
    assert name_clusters(np.zeros(0, int), tags(0)) == []


def words(**scores):
    """Words by the scores that songs of the three clusters have in them, and some chance."""
    rng = np.random.default_rng(0)
    logits = np.array([*scores.values()], float).T[LABELS] + rng.normal(0, 0.1, (len(LABELS), len(scores)))
    names, ones = tuple(name.replace("_", " ") for name in scores), np.ones(len(scores), np.float32)
    return WordIndex(names, np.zeros((len(names), 16), np.float32), 0 * ones, 0 * ones, ones, logits.astype(np.float16))


def test_words_name_a_cluster_by_what_sets_it_apart():
    heard = words(slow=[2, 0, -1], piano=[1.5, -1, 0], guitar=[3, 3, 3], techno=[-1, 2, -1], synth=[0, 1.5, 0])
    assert name_clusters(LABELS, tags(14, bpm=60.0), heard)[:2] == ["Slow piano", "Techno, synth"]


def test_how_stands_before_what_and_no_word_is_said_twice():
    heard = words(female_vocal=[2, -1, -1], vocal=[1.5, -1, -1], loud=[1, -1, -1])
    assert name_clusters(LABELS, tags(14), heard)[0] == "Loud female vocal"


def test_the_genre_goes_before_words_and_descriptors_stand_in_for_them():
    heard = words(techno=[0, 2, 0])
    songs = tags(14, genre=["Ambient"] * 5 + ["Rock"] * 9, bpm=[100.0] * 6 + [60.0] * 4 + [170.0] * 4)
    assert name_clusters(LABELS, songs, heard) == ["Ambient", "Techno", "Fast songs"]


def test_clusters_that_lean_to_the_same_words_have_names_of_their_own():
    heard = words(slow=[-2, 1, 1], piano=[-2, 1, 1], harp=[-2, 0.9, 0.9])
    names = name_clusters(LABELS, tags(14), heard)
    said = [set(name.lower().replace(",", "").split()) for name in names]
    assert said[1] != said[2]  # not even in another order
    assert max(said[1:], key=len) <= {"slow", "piano", "harp"}


def test_a_word_that_is_hardly_there_names_nothing():
    """Nobody sings in any of these songs, however much less of it there is in the others."""
    heard = words(male_vocal=[-4, -7, -7], techno=[-1, 1, -1])
    names = name_clusters(LABELS, tags(14, bpm=[60.0] * 6 + [100.0] * 8), heard)
    assert names[:2] == ["Slow songs", "Techno"]
