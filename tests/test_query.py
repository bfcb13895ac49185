import numpy as np
import pytest
from shelf import library

from dashboard.query import LEANINGS, QueryError, understand
from dashboard.tracks import Track, Tracks
from index.ranking import Rules


def track(title="A track"):
    """A track that sounds exactly as a song of the library."""
    vector = np.full(16, 0.3, np.float32)
    return Track(title, vector, library().fingerprint, 2.0, {})


def understood(data, tracks=None):
    return understand(data, library(), tracks or Tracks())


def test_a_song_a_track_and_a_path_are_understood():
    tracks = Tracks()
    token = tracks.add(track())
    song, dropped = understood({"song": 4}), understood({"track": token}, tracks)
    assert (song.of.key, song.of.song, song.of.track) == ("4", 4, None)
    assert (dropped.of.key, dropped.of.song, dropped.of.track) == (token, None, tracks.get(token))
    path = understood({"path": [1, 8], "steps": 5, "route": 2})
    assert (path.path, path.steps, path.route) == ((1, 8), 5, 2)


def test_nothing_asked_is_nothing_to_answer():
    assert understood(None) is None
    assert understood({"rules": {}, "generation": "generation-1"}) is None


def test_more_and_less_name_songs_and_tracks_each_once():
    tracks = Tracks()
    token = tracks.add(track())
    query = understood({"song": 4, "more": [1, token, 1], "less": [2]}, tracks)
    assert [each.key for each in query.more] == ["1", token]
    assert [each.song for each in query.less] == [2]


def test_without_a_song_the_first_to_be_like_is_what_is_asked_about():
    query = understood({"more": [3, 5]})
    assert (query.of.song, [each.song for each in query.more]) == (3, [5])


def test_steps_and_route_are_held_within_bounds():
    query = understood({"path": [1, 8], "steps": 10**9, "route": -4})
    assert (query.steps, query.route) == (20, 0)


def test_rules_come_with_the_query():
    assert understood({"song": 4, "rules": {"per_artist": 2}}).rules == Rules(per_artist=2)


@pytest.mark.parametrize(
    "query",
    [{"song": 12}, {"song": -1}, {"song": True}, {"song": "4"}, {"song": 4.0}, {"song": None}, {"sing": 4}, [], "4", 4,
     {"track": "track-unknown"}, {"track": None}, {"track": "t" * 10**6}, {"track": ["track-1"]},
     {"song": 4, "moment": [3, 2]}, {"song": 4, "moment": [None, 2]}, {"song": 4, "moment": [1, 2, 3]},
     {"song": 4, "moment": "1"}, {"song": 4, "moment": [0, float("inf")]}, {"song": 4, "moment": [float("nan"), 3]},
     {"song": 4, "more": 3}, {"song": 4, "more": [99]}, {"song": 4, "more": [[1]]}, {"song": 4, "less": ["track-x"]},
     {"song": 4, "more": [1] * (LEANINGS + 1)}, {"less": [4]},
     {"path": [1]}, {"path": [1, 1]}, {"path": [1, 99]}, {"path": "1,2"}, {"path": [1, "x"]}, {"path": None},
     {"path": [1, 2], "steps": "many"}, {"path": [1, 2], "route": 1.5},
     {"song": 4, "rules": []}, {"song": 4, "rules": {"tempo": "fast"}}, {"song": 4, "built": "elsewhere"},
     {"song": 4, "built": {}}],
)  # fmt: skip
def test_whatever_the_browser_sends_is_understood_or_refused_with_a_sentence(query):
    with pytest.raises(QueryError, match=r"^[A-Z].*[.]$"):
        understood(query)


def test_an_address_of_an_older_build_leads_to_the_same_song(tmp_path):
    from shelf import write_library

    older = write_library(tmp_path)
    older.songs = older.songs.iloc[::-1].reset_index(drop=True)  # as if its songs had other numbers
    title = older.songs["title"][2]
    query = understand({"song": 2, "built": "before"}, library(), Tracks(), {"before": older}.get)
    assert library().songs["title"][query.of.song] == title != library().songs["title"][2]
    with pytest.raises(QueryError, match="built again"):
        understand({"song": 2, "built": "forgotten"}, library(), Tracks(), {"before": older}.get)


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
