"""Passages: the seconds that sound alike are found, in time, in every other song."""

import numpy as np
import pytest

from index import passages
from index.filters import Filter
from index.library import Library, LibraryError
from index.passages import Passages, pairs
from index.ranking import Rules

SECONDS = 2.0


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def shelf(songs=12, length=20, seed=0, starts=None):
    """Songs of unrelated segments, every two seconds: nothing in them is alike unless a test sees to it."""
    segments = unit(np.random.default_rng(seed).standard_normal((songs, length, 16)))
    starts = np.arange(length) * SECONDS if starts is None else starts
    return segments, np.tile(starts, songs).astype(np.float32)


def find(segments, starts, moment, offsets, most=5):
    counts = np.full(len(segments), segments.shape[1])
    held = Passages(segments.reshape(-1, 16).astype(np.float16), starts, counts, SECONDS)
    return held.find(moment.astype(np.float32), np.asarray(offsets), np.arange(len(segments)), most)


def test_a_moment_is_found_at_its_second_in_another_song():
    segments, starts = shelf()
    segments[7, 13] = segments[2, 4]
    ids, similarities, begins = find(segments, starts, segments[2, 4:5], [0.0])
    assert ids[:2].tolist() == [2, 7]
    assert similarities[:2] == pytest.approx([1, 1], abs=2e-3)
    assert begins[:2].tolist() == [8, 26]
    assert similarities[2] < 0.9


def test_a_long_moment_is_a_sequence_and_not_a_bag():
    segments, starts = shelf()
    segments[5, 10:13] = segments[0, 3:6]
    segments[9, 10:13] = segments[0, [5, 4, 3]]  # the same backwards
    ids, similarities, begins = find(segments, starts, segments[0, 3:6], [0, 2, 4])
    assert ids[:2].tolist() == [0, 5]
    assert begins[:2].tolist() == [6, 20]
    assert similarities[1] > 0.99
    assert dict(zip(ids.tolist(), similarities.tolist(), strict=True)).get(9, 0) < 0.7


def test_the_best_passage_of_every_song_is_exactly_the_best():
    segments, starts = shelf(songs=40, length=15)
    moment, offsets = segments[0, 2:5], [0.0, 2.0, 4.0]
    windows = np.stack([segments[:, i : i + 13] @ moment[i] for i in range(3)]).mean(axis=0)  # [songs, windows]
    ids, similarities, begins = find(segments, starts, moment, offsets, most=40)
    assert ids.tolist() == np.argsort(-windows.max(axis=1)).tolist()
    assert similarities == pytest.approx(windows.max(axis=1)[ids], abs=2e-3)
    assert begins.tolist() == (windows.argmax(axis=1)[ids] * SECONDS).tolist()


def test_seconds_count_and_not_the_order_of_segments():
    """In a long song not every segment was heard: what follows four seconds later is not what follows next."""
    segments, starts = shelf(songs=2, starts=np.arange(20) * 2 * SECONDS)
    segments[1, 8:10] = segments[0, 3:5]
    _, similarities, begins = find(segments, starts, segments[0, 3:5], [0.0, 4.0], most=2)
    assert similarities == pytest.approx([1, 1], abs=2e-3)
    assert begins.tolist() == [12, 32]


def test_a_song_shorter_than_the_moment_holds_no_such_passage():
    segments, starts = shelf(songs=3, length=3)
    assert len(find(segments, starts, np.ones((5, 16)), np.arange(5) * SECONDS)[0]) == 0
    assert len(find(segments, starts, np.ones((3, 16)), np.arange(3) * SECONDS)[0]) == 3


@pytest.mark.parametrize(
    ("start", "end", "heard"),
    [(4, 6, [2]), (4.9, 9.2, [2, 3, 4]), (5.5, 6.1, [2]), (0, 40, 8), (41, 50, []), (6, 6, [])],
)
def test_a_moment_is_made_of_the_segments_that_mostly_lie_in_it(start, end, heard):
    segments, starts = shelf(songs=1)
    held = Passages(segments[0].astype(np.float16), starts, np.array([20]), SECONDS)
    moment, offsets = held.moment(*held.of(0), start, end)
    if isinstance(heard, int):
        assert len(moment) == heard
        assert (offsets[0], offsets[-1]) == (0, 38)
    else:
        assert moment == pytest.approx(segments[0, heard], abs=1e-3)
        assert offsets.tolist() == [2 * (number - heard[0]) for number in heard]


def test_among_many_songs_those_with_a_likely_part_are_searched(monkeypatch):
    monkeypatch.setattr(passages, "SCANNED", 60)
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((30, 4, 16))  # every tenth song has the same four parts, played otherwise
    segments = unit(np.repeat(centres[np.arange(300) % 30], 5, axis=1) + 0.5 * rng.standard_normal((300, 20, 16)))
    _, starts = shelf(songs=300)
    ids, _, _ = find(segments, starts, segments[0, 6:7], [0.0], most=10)
    everything = (segments @ segments[0, 6]).max(axis=1)
    assert len(set(ids.tolist()) & set(np.argsort(-everything)[:10].tolist())) >= 9


def test_two_songs_share_their_most_alike_moments_each_from_other_seconds():
    segments, starts = shelf(songs=2)
    segments[1, 15], segments[1, 3] = segments[0, 2], unit(segments[0, 9] + 0.2 * segments[0, 1])
    segments[0, 18] = unit(segments[0, 2] + 0.1 * segments[0, 18])  # the same moment of the other song is taken already
    found = pairs(segments[0], starts[:20], segments[1], starts[20:], SECONDS)
    assert [(moment.start_a, moment.start_b) for moment in found[:2]] == [(4, 30), (18, 6)]
    assert found[0].similarity == pytest.approx(1, abs=1e-6)
    assert found[1].similarity > found[2].similarity
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert abs(found[one].start_a - found[other].start_a) >= SECONDS
        assert abs(found[one].start_b - found[other].start_b) >= SECONDS
    assert len(pairs(segments[0, :1], starts[:1], segments[1], starts[20:], SECONDS)) == 1


@pytest.fixture
def library(shared_library) -> Library:
    """Four songs of noise, 0 to 3, and four of tones, 4 to 7, two seconds each."""
    return Library.load(shared_library)


def test_a_library_finds_passages_as_the_rules_allow(library):
    found = library.passages(5, 0, 1, 8)
    assert 5 not in [passage.id for passage in found]
    assert found[0].id in {4, 6, 7}
    assert all(passage.end - passage.start == pytest.approx(1) for passage in found)
    assert [passage.similarity for passage in found] == sorted((p.similarity for p in found), reverse=True)
    noise = library.passages(5, 0, 1, 8, Rules(filter=Filter(artists=frozenset({"Björk Noise"}))))
    assert {passage.id for passage in noise} <= {0, 1, 2, 3}
    assert library.passages(5, 0, 1, 8, Rules(same_album=False)) == noise
    assert len(library.passages(5, 0, 1, 1)) == 1
    assert library.passages(5, 30, 40) == []


def test_a_dropped_track_finds_passages_and_moments_as_its_twin_does(library):
    segments, starts = library.segments[10:12], library.segment_starts[10:12]  # of song 5
    outside = library.passages_like(segments, starts, 0, 1, 8)
    assert outside[0].id == 5
    assert [passage.id for passage in outside[1:]] == [passage.id for passage in library.passages(5, 0, 1, 7)]
    assert library.moments_with(segments, starts, 6) == library.moments(5, 6)


def test_segments_of_another_encoder_are_a_sentence(library):
    with pytest.raises(LibraryError, match="not of this library's encoder, spectrum"):
        library.passages_like(np.ones((2, 5)), np.arange(2), 0, 1)
    with pytest.raises(LibraryError, match="holds no song 99"):
        library.passages(99, 0, 1)


def test_in_real_songs_the_nearest_passage_of_another_song_is_mostly_of_the_same_album(real_library):
    library = real_library
    folder = library.songs["path"].str.rpartition("/")[0].tolist()
    alike, similarities = [], []
    for song in range(len(library)):
        starts = library.segment_starts[library.segment_songs == song]
        for start in starts[:: max(1, len(starts) // 3)][:3].tolist():
            (best,) = library.passages(song, start, start + 7.5, 1)
            alike.append(folder[best.id] == folder[song])
            similarities.append(best.similarity)
    assert np.mean(alike) > 0.5  # by chance it is a quarter
    assert np.percentile(similarities, 95) - np.percentile(similarities, 5) > 0.2


def test_the_typical_seconds_of_a_song_are_those_most_like_all_of_it():
    segments, starts = shelf(songs=2)
    segments[1, [0, 4, 8, 12, 13, 14, 18]] = segments[1, 12]  # what comes again, and lasts longest from second 24 on
    held = Passages(segments.reshape(-1, 16).astype(np.float16), starts, np.array([20, 20, 0]), SECONDS)
    assert held.typical(1, 7.0) == 24.0
    assert held.typical(1, 1000.0) == 0.0 and held.typical(2, 7.0) == 0.0
