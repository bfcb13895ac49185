"""Every song's nearest at once, as the list of each song would give them."""

import numpy as np
from shelf import library

from index.nearest import nearest


def test_each_row_is_the_list_of_its_song_filled_up_where_it_is_shorter():
    shelf, told = library(), []
    ids, similarities = nearest(shelf, 20, lambda done, total: told.append((done, total)))
    for song in range(len(shelf)):
        matches = shelf.similar(song, 20)
        assert ids[song, : len(matches)].tolist() == [match.id for match in matches]
        assert np.allclose(similarities[song, : len(matches)], [match.similarity for match in matches])
        assert (ids[song, len(matches) :] == len(shelf)).all() and len(matches) < 12
    assert told[-1] == (len(shelf), len(shelf))
