import json
import shutil

import pytest
import sounds
from shelf import library, titled
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from dashboard.radio import MOST_HEARD, following
from dashboard.tracks import Track
from index.build import BuildOptions, build_library
from index.filters import Filter
from index.library import Library
from index.ranking import Rules


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def listen(shelf: Library, song: int, turns: int) -> list[int]:
    heard = [song]
    for _ in range(turns):
        following_song = following(shelf, heard[-1], heard)
        if following_song is None:
            break
        heard.append(following_song)
    return heard


def test_the_radio_goes_on_with_the_nearest_song_not_heard():
    artists = library().songs["artist"]
    nearest = [match.id for match in library().similar(5)]
    others = [song for song in nearest if artists[song] != artists[5]]
    assert following(library(), 5, []) == nearest[0]
    assert following(library(), 5, [others[0], 5]) == nearest[0]
    assert following(library(), 5, [nearest[0], others[0], 5]) == nearest[1]


def test_no_song_comes_twice_and_no_artist_three_times_in_a_row():
    heard = listen(library(), 0, 20)
    artists = [library().songs["artist"][song] for song in heard]
    assert len(set(heard)) == len(heard) > 6
    assert not any(a and a == b == c for a, b, c in zip(artists, artists[1:], artists[2:], strict=False))


def test_a_copy_of_a_recording_heard_is_passed_over(tmp_path):
    songs = tmp_path / "songs"
    for number in range(4):
        sounds.write(
            songs / f"{number}.ogg",
            sounds.noise(2.0, number) if number % 2 else sounds.chord(200 + 90 * number, seconds=2.0),
        )
    shutil.copy(songs / "0.ogg", songs / "0 again.ogg")
    build_library(songs, SpectrumEmbedder(), tmp_path / "library", BuildOptions(clusters=2))
    heard = listen(Library.load(tmp_path / "library"), 0, 10)
    assert len({0, 1} & set(heard)) == 1  # both lie at the head of the list, for a space comes before a dot
    assert len(heard) > 2


def test_the_end_is_nothing_rather_than_a_song_again(client):
    everything = ",".join(map(str, range(len(library()))))
    assert client.get(f"/next?song=3&heard={everything}").json == {"song": None}


def test_the_radio_obeys_the_rules_of_the_list(client):
    artists = library().songs["artist"]
    tones = Rules(filter=Filter(artists=frozenset({"The Tones"})))
    assert {artists[following(library(), song, [], tones)] for song in range(12)} == {"The Tones"}
    other_album = Rules(same_album=False)
    assert artists[following(library(), titled("The Tones 1"), [], other_album)] != "The Tones"
    asked = json.dumps({"artists": ["Björk Noise"]})
    assert (
        artists[client.get("/next", query_string={"song": titled("The Tones 1"), "rules": asked}).json["song"]]
        == "Björk Noise"
    )
    heard = artists.index[artists == "The Tones"].tolist()
    assert following(library(), 5, heard, tones) is None


def test_the_radio_goes_on_from_a_dropped_track():
    heard = SpectrumEmbedder().hear(library().audio_path(5))
    track = Track("Mine", heard.vector, library().fingerprint, 2.0, {})
    nearest = [match.id for match in library().similar_to(heard.vector)]
    assert following(library(), track, []) == nearest[0] == 5
    assert following(library(), track, nearest[:1]) == nearest[1]


@pytest.mark.parametrize("rules", ["[1]", "{", '{"tempo": 3}', "[" * 100_000])
def test_rules_that_no_page_sends_are_refused_with_a_sentence(client, rules):
    answer = client.get("/next", query_string={"song": 1, "rules": rules})
    assert answer.status_code == 400 and answer.json["error"].endswith(".")


@pytest.mark.parametrize("query", ["", "song=x", "song=12", "song=-1", "song=1&heard=a", "song=1&heard=99"])
def test_a_question_that_makes_no_sense_gets_a_sentence(client, query):
    answer = client.get(f"/next?{query}")
    assert (answer.status_code, answer.json["error"][:24]) == (404, "This library has no song")


def test_what_was_heard_is_bounded(client):
    heard = ",".join(["1"] * (MOST_HEARD + 1))
    assert client.get(f"/next?song=1&heard={heard}").status_code == 400
