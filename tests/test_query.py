import numpy as np
import pytest
from shelf import library

from dashboard.query import QueryError, answer, position
from dashboard.tracks import Track, Tracks


def track(title="A track", song=0):
    """A track that sounds exactly as a song of the library."""
    vector = np.full(16, 0.3, np.float32)
    return Track(title, vector, library().place(vector), 2.0, {})


def test_a_song_is_answered_with_the_songs_most_like_it():
    found = answer({"song": 4}, library(), Tracks())
    assert (found.key, found.song, found.track) == ("4", 4, None)
    assert found.matches == library().similar(4, 20)
    assert 4 not in [match.id for match in found.matches]


def test_a_track_is_answered_with_the_songs_most_like_it():
    tracks = Tracks()
    token = tracks.add(track())
    found = answer({"track": token}, library(), tracks)
    assert (found.key, found.song, found.track) == (token, None, tracks.get(token))
    assert found.matches == library().similar_to(tracks.get(token).vector, 20)


def test_nothing_asked_is_nothing_answered():
    assert answer(None, library(), Tracks()) is None


@pytest.mark.parametrize(
    "query",
    [{"song": 12}, {"song": -1}, {"song": True}, {"song": "4"}, {"song": 4.0}, {"song": None}, {}, [], "4", 4,
     {"track": "track-unknown"}, {"track": None}],
)  # fmt: skip
def test_whatever_the_browser_sends_is_answered_or_refused_with_a_sentence(query):
    with pytest.raises(QueryError, match=r"^[A-Z].*\.$"):
        answer(query, library(), Tracks())


def test_a_song_stands_at_its_point_and_a_track_at_its_own():
    tracks = Tracks()
    token = tracks.add(track())
    songs = library().songs
    stands = position(answer({"song": 5}, library(), tracks), library())
    np.testing.assert_allclose(stands, songs.loc[5, ["x", "y", "z"]].astype(float), rtol=1e-6)
    assert position(answer({"track": token}, library(), tracks), library()) is tracks.get(token).xyz


def test_only_the_last_tracks_are_remembered_and_use_keeps_them():
    tracks = Tracks(remembered=3)
    tokens = [tracks.add(track(str(number))) for number in range(3)]
    assert tracks.get(tokens[0]).title == "0"  # used: now the youngest
    tracks.add(track("3"))
    assert len(tracks) == 3
    assert tracks.get(tokens[1]) is None
    assert tracks.get(tokens[0]).title == "0"


def test_tokens_cannot_be_guessed():
    tracks = Tracks()
    tokens = {tracks.add(track()) for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) > 20
