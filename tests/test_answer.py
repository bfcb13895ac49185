import json
from itertools import pairwise

import numpy as np
import pytest
import sounds
from shelf import library
from spectrum import SpectrumEmbedder

from dashboard.answer import answer, lights, told
from dashboard.query import QueryError, understand
from dashboard.tracks import Track, Tracks
from index.build import build_library
from index.library import Library
from index.ranking import Rules


def asked(data, tracks=None):
    return answer(understand(data, library(), tracks or Tracks()), library())


@pytest.fixture
def dropped():
    """A song of the library dropped as a track; its tracks and token."""
    heard = SpectrumEmbedder().hear(library().audio_path(4))
    tracks = Tracks()
    track = Track("Mine", heard.vector, library().fingerprint, 2.0, {}, heard.segments, heard.starts)
    return tracks, tracks.add(track)


def test_a_song_is_answered_with_the_songs_most_like_it():
    assert asked({"song": 4}).matches == library().similar(4, 20)


def test_a_track_is_answered_with_the_songs_most_like_it(dropped):
    tracks, token = dropped
    assert asked({"track": token}, tracks).matches == library().similar_to(tracks.get(token).vector, 20)


def test_more_and_less_bend_the_question_and_stand_in_no_list(dropped):
    tracks, token = dropped
    found = asked({"song": 0, "more": [4], "less": [8]}).matches
    assert found == library().blend([0, 4], [8], 20)
    assert not {0, 4, 8} & {match.id for match in found}
    assert asked({"song": 0, "more": [token]}, tracks).matches != asked({"song": 0}).matches
    assert asked({"song": 0, "less": [token]}, tracks).matches != asked({"song": 0}).matches


def test_a_moment_is_answered_with_passages_and_where_they_start(dropped):
    tracks, token = dropped
    found, dropped_found = asked({"song": 4, "moment": [0, 2]}), asked({"track": token, "moment": [0, 2]}, tracks)
    passages = library().passages(4, 0, 2, 20)
    assert [(match.id, start) for match, start in zip(found.matches, found.starts, strict=True)] == [
        (passage.id, passage.start) for passage in passages
    ]
    assert dropped_found.matches[0].id == 4  # the same sound


def test_a_passage_is_to_be_heard_from_where_it_stands_in_the_other_song(tmp_path):
    tone = sounds.tone(440, 4)
    sounds.write(tmp_path / "songs" / "a.wav", np.concatenate([sounds.noise(8), tone]))
    sounds.write(tmp_path / "songs" / "b.wav", np.concatenate([tone, sounds.chord(900, 2000, seconds=8)]))
    build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library")
    other = Library.load(tmp_path / "library")
    found = answer(understand({"song": 1, "moment": [0, 2]}, other, Tracks()), other)
    assert ([match.id for match in found.matches], found.starts[0] >= 8) == ([0], True)


def test_a_path_goes_from_one_song_to_the_other_and_says_how_close_each_step_is():
    stops = asked({"path": [0, 11], "steps": 5}).path
    assert (stops[0].id, stops[-1].id) == (0, 11)
    assert [stop.id for stop in stops] == library().path(0, 11, 5)
    vectors = library().vectors()
    for before, after in pairwise(stops):
        cosine = float(vectors[before.id] @ vectors[after.id])
        assert after.similarity == pytest.approx(cosine, abs=0.5)  # hubs are held back in it


def test_rules_are_kept_and_the_one_that_empties_the_list_is_named():
    assert asked({"song": 4, "rules": {"per_artist": 1}}).matches == library().similar(4, 20, Rules(per_artist=1))
    found = asked({"song": 4, "rules": {"tempo": [10, 20], "per_artist": 1}})
    assert (found.matches, found.loosen) == ([], "tempo")


def test_the_map_is_told_ids_alone(dropped):
    tracks, token = dropped
    for query in ({"song": 4}, {"track": token}, {"path": [0, 11], "steps": 4}, {"song": 4, "moment": [0, 1]}):
        lit = lights(asked(query, tracks), query, library())
        assert lit["query"] == query
        assert len(lit["matches"]) == len(lit["similarities"]) == len(lit["starts"])
        assert len(json.dumps(lit)) < 2000
    assert lights(asked({"path": [0, 11], "steps": 4}), {"path": [0, 11], "steps": 4}, library())["path"][0] == 0


def test_a_track_stands_on_both_maps_where_the_same_song_does(dropped):
    tracks, token = dropped
    track = lights(asked({"track": token}, tracks), {}, library())["track"]
    assert track["title"] == "Mine"
    places = library().songs.loc[4, ["x", "y", "z", "u", "v"]].tolist()
    assert track["xyz"] + track["uv"] == pytest.approx(places, abs=1e-3)


def test_a_track_that_another_encoder_heard_is_to_be_dropped_again():
    tracks = Tracks()
    token = tracks.add(Track("Older", np.zeros(16, np.float32), "another", 1.0, {}))
    with pytest.raises(QueryError, match="Drop it again"):
        asked({"track": token}, tracks)


def test_what_the_library_refuses_is_a_sentence(dropped):
    tracks, _ = dropped
    vector = np.zeros(3, np.float32)  # of another encoder
    other = tracks.add(Track("Other", vector, library().fingerprint, 1.0, {}))
    with pytest.raises(QueryError, match=r"^[A-Z].*\.$"):
        asked({"track": other}, tracks)


def test_songs_are_told_in_the_order_asked():
    assert [song["id"] for song in told(library(), [5, 2, 9])] == [5, 2, 9]
