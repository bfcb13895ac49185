"""More like these and less like those, as a listener means it."""

import numpy as np
import pytest
from spectrum import SpectrumEmbedder
from test_ranking import Shelf

from index.blend import blended
from index.library import Library, LibraryError
from index.ranking import Rules, rank

ALL = Rules(hide_duplicates=False, csls=False)


@pytest.fixture
def library(shared_library) -> Library:
    """Four songs of noise, 0 to 3, and four of tones, 4 to 7."""
    return Library.load(shared_library)


def test_the_blend_lies_between_what_is_wanted_and_away_from_what_is_not():
    axes = np.eye(3, dtype=np.float32)
    query = blended(axes[:2], axes[2:])
    assert query @ query == pytest.approx(1)
    assert query[0] == pytest.approx(query[1])
    assert query[0] > 0 > query[2]


def test_what_cancels_out_leaves_the_first_song():
    axes = np.eye(2, dtype=np.float32)
    assert blended(np.stack([axes[0], -axes[0]]), axes[:0]).tolist() == axes[0].tolist()


def test_one_song_is_the_same_as_asking_for_it(library):
    assert library.blend([5], [], 8) == library.similar(5, 8)


def test_neither_what_is_wanted_nor_what_is_not_is_listed(library):
    ids = {match.id for match in library.blend([4, 5], [6, 0], 8, ALL)}
    assert ids == {1, 2, 3, 7}


def test_another_file_of_a_song_that_is_not_wanted_is_not_listed():
    degrees = np.radians([0, 40, 40.1, 60])
    shelf = Shelf(np.stack([np.cos(degrees), np.sin(degrees)], axis=1).astype(np.float32))

    def like_the_first(unwanted):
        asked = shelf.vectors[0], shelf.index, shelf.sieve, shelf.neighbourhoods, Rules(csls=False)
        return [match.id for match in rank(*asked, 5, [0], unwanted)]

    assert like_the_first([]) == [1, 3]
    assert like_the_first([1]) == [3]


def test_less_like_a_song_moves_songs_like_it_down(library):
    def places(less):
        ids = [match.id for match in library.blend([0, 4], less, 8, ALL)]
        return [ids.index(id) for id in (5, 6)]

    assert sum(places([7])) > sum(places([3]))


def test_a_track_from_outside_blends_as_its_twin_in_the_library(library):
    vector = SpectrumEmbedder().hear(library.audio_path(5)).vector
    inside, outside = library.blend([0, 5], [2], 8, ALL), library.blend([0, vector], [2], 8, ALL)
    assert [match.id for match in outside if match.id != 5] == [match.id for match in inside]


def test_albums_of_all_that_is_wanted_can_be_left_out(library):
    assert library.blend([0, 4], [], 8, Rules(same_album=False)) == []


def test_nothing_to_be_like_is_a_sentence(library):
    with pytest.raises(LibraryError, match="name at least one song"):
        library.blend([], [3])
    with pytest.raises(LibraryError, match="holds no song 99"):
        library.blend([1], [99])
