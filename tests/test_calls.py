"""What players get, asked by a library of theirs, py-opensonic, from a real server."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
from libopensonic import Connection
from libopensonic.errors import CredentialError, DataNotFoundError, SonicError
from served import served
from shelf import library, titled

from dashboard.access import Access
from dashboard.api import DESCRIPTION
from dashboard.calls import CALLS
from dashboard.catalogue import catalogue
from index.ranking import Rules

DESCRIBED = json.loads(DESCRIPTION.read_text())
PLAIN = "caf\u00e9 horse battery"  # py-opensonic writes letters beyond Latin-1 as no server can read them


@pytest.fixture(scope="module")
def port():
    with served(library(), access=Access(PLAIN)) as port:
        yield port


@pytest.fixture(scope="module")
def player(port):
    with playing(port) as player:
        yield player


@contextlib.contextmanager
def playing(port, password=PLAIN, **options):
    player = Connection("http://127.0.0.1", "me", password, port, **options)
    yield player
    player.cleanup()


def key(song):
    return catalogue(library()).keys[song]


@pytest.mark.parametrize("options", [{}, {"legacy_auth": True}, {"use_get": True}, {"use_views": False}])
def test_a_player_signs_in_each_way_it_knows(port, options):
    with playing(port, **options) as player:
        assert player.ping()


def test_a_player_learns_what_is_added(player):
    names = {extension.name for extension in player.get_open_subsonic_extensions()}
    assert names == {"sonicSimilarity", "formPost"}


def test_a_player_gets_similar_songs_in_the_order_of_the_library(player):
    found = player.get_sonic_similar_tracks(key(3), count=5)
    best = library().similar(3, 5)
    assert [match.entry.id for match in found] == [key(match.id) for match in best]
    assert [match.similarity for match in found] == pytest.approx([max(0, m.similarity) for m in best], abs=1e-4)


def test_a_player_finds_a_path(player):
    found = player.find_sonic_path(key(3), key(7), count=5)
    assert [match.entry.id for match in found] == [key(song) for song in library().path(3, 7, 5)]
    to_the_first = {match.id: match.similarity for match in library().similar(3, 99, Rules(hide_duplicates=False))}
    expected = [1, *(max(0, to_the_first[song]) for song in library().path(3, 7, 5)[1:])]
    assert [match.similarity for match in found] == pytest.approx(expected, abs=1e-4)
    assert [match.entry.id for match in player.find_sonic_path(key(3), key(3))] == [key(3)]


def test_a_player_hears_the_file(player):
    sent = player.stream(key(3))
    assert asyncio.run_coroutine_threadsafe(sent.read(), player._loop).result() == library().audio_path(3).read_bytes()


def test_a_player_finds_songs_albums_and_artists(player):
    found = player.search3("bjork")
    assert [song.id for song in found.song] == [key(song) for song in library().find("bjork")]
    assert [artist.name for artist in found.artist] == ["Björk Noise"]
    assert {album.artist for album in found.album} == {"Björk Noise"}
    everything = player.search3("", song_count=5, song_offset=10)
    assert [song.id for song in everything.song] == [key(10), key(11)]
    assert player.search3("nobody").song in (None, [])


def test_a_player_browses_from_artist_to_album_to_song(player):
    artists = [artist for letter in player.get_artists().index for artist in letter.artist]
    assert [artist.name for artist in artists] == ["[Unknown Artist]", "Björk Noise", "The Tones"]
    albums = player.get_artist(artists[2].id).album
    assert [album.name for album in albums] == ["Pure"]
    songs = player.get_album(albums[0].id).song
    assert [song.title for song in songs] == ["The Tones 1", "The Tones 2", "The Tones 3", "The Tones 4"]
    assert player.get_song(songs[0].id) == songs[0]
    assert (songs[0].duration, songs[0].year, songs[0].bpm, songs[0].content_type) == (2, 2001, 120, "audio/ogg")


def test_a_player_lists_albums_and_songs(player):
    by_name = player.get_album_list2("alphabeticalByName")
    assert [album.name for album in by_name] == ["Pure", "Pure", "Rough"]
    assert len(player.get_album_list2("random", size=2)) == 2
    assert len(player.get_album_list2("byYear", from_year=2002, to_year=2000)) == 3
    assert not player.get_album_list2("byYear", from_year=1990, to_year=2000)
    assert len({song.id for song in player.get_random_songs(size=100)}) == len(library())
    assert not player.get_random_songs(from_year=1990, to_year=2000)
    assert not player.get_genres()
    assert not player.get_playlists()


def test_an_older_player_gets_songs_like_a_song_an_album_or_an_artist(player):
    assert [song.id for song in player.get_similar_songs(key(3), 4)] == [key(m.id) for m in library().similar(3, 4)]
    (artist,) = player.search3("tones").artist
    like = [titled(f"The Tones {number}") for number in range(1, 5)]
    expected = [key(match.id) for match in library().blend(like, [], 3)]
    assert [song.id for song in player.get_similar_songs2(artist.id, 3)] == expected


def test_a_player_is_refused_in_the_numbers_of_the_protocol(port, player):
    with pytest.raises(DataNotFoundError, match="no such song"):
        player.get_song("so-0")
    with pytest.raises(DataNotFoundError):
        player.stream("so-0")
    with pytest.raises(SonicError, match="no call"):
        player.get_podcasts()
    with playing(port, "wrong") as other, pytest.raises(CredentialError, match="Wrong username or password"):
        other.ping()


def test_the_page_for_people_names_every_call_and_every_route():
    page = (Path(__file__).parent.parent / "docs" / "players.md").read_text()
    assert [call for call in CALLS if f"`{call}`" not in page] == []
    routes = [f"`{method.upper()} {path}`" for path, each in DESCRIBED["paths"].items() for method in each]
    assert [route for route in routes if route not in page] == []
