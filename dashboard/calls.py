"""What players can ask: each call takes its parameters and the library, and gives what stands in the answer."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from flask import Response

from dashboard import audio
from dashboard.answer import PAIR
from dashboard.catalogue import Album, catalogue
from dashboard.entries import album_told, artist_told, songs_told
from index.filters import Filter
from index.library import Library

Asked = Mapping[str, str]

MISSING, UNKNOWN, GENERIC = 10, 70, 0  # the protocol's numbers of errors
MOST = 500  # songs or albums of a list
MOST_FOUND = 10_000  # of a search: some players take the whole library by it, page by page
LONGEST_PATH = 100
LONGEST_TEXT = 200  # characters of what is searched for
EXTENSIONS = ("sonicSimilarity", "formPost")
USER = {"username": "songboard", "streamRole": True, "downloadRole": True, "adminRole": False, "folder": [0]}


class CallError(Exception):
    """A call that is refused, with the protocol's own number and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def song(asked: Asked, library: Library) -> dict[str, Any]:
    """One song."""
    return {"song": songs_told(library, [_song(asked, "id", library)])[0]}


def sonic_similar(asked: Asked, library: Library) -> dict[str, Any]:
    """The songs most like one, best first."""
    matches = library.similar(_song(asked, "id", library), _whole(asked, "count", 10, MOST))
    return _sonic(library, [match.id for match in matches], [match.similarity for match in matches])


def sonic_path(asked: Asked, library: Library) -> dict[str, Any]:
    """Songs that lead from one to another, each with its similarity to the first."""
    start, end = (_song(asked, name, library) for name in ("startSongId", "endSongId"))
    songs = library.path(start, end, max(2, _whole(asked, "count", 25, LONGEST_PATH)))
    others = library.similar(start, len(songs), replace(PAIR, filter=Filter(only=frozenset(songs))))
    similarity = {match.id: match.similarity for match in others} | {start: 1.0}
    return _sonic(library, songs, [similarity[song] for song in songs])


def similar(name: str) -> Callable[[Asked, Library], dict[str, Any]]:
    """The same for players that know no better: the songs most like a song, an album's or an artist's."""

    def call(asked: Asked, library: Library) -> dict[str, Any]:
        held, key = catalogue(library), _given(asked, "id")
        if key in held.artists:
            like = [song for album in held.artists[key].albums for song in album.songs if held.player_of(song) == key]
            like = like or [song for album in held.artists[key].albums for song in album.songs]
        elif key in held.albums:
            like = list(held.albums[key].songs)
        else:
            like = [_song(asked, "id", library)]
        matches = library.blend(like[:MOST], [], _whole(asked, "count", 50, MOST))
        return {name: {"song": songs_told(library, [match.id for match in matches])}}

    return call


def search(asked: Asked, library: Library) -> dict[str, Any]:
    """Artists, albums and songs that hold every word; all of them for an empty query."""
    held = catalogue(library)
    words = _given(asked, "query")[:LONGEST_TEXT].replace('"', " ").split()
    text = " ".join(word.rstrip("*") for word in words).strip()
    songs: Sequence[int] = library.find(text, len(library)) if text else range(len(library))
    return {
        "searchResult3": {
            "artist": [artist_told(each) for each in _page(asked, "artist", held.find_artists(text))],
            "album": [album_told(each, library.created) for each in _page(asked, "album", held.find_albums(text))],
            "song": songs_told(library, _page(asked, "song", songs)),
        }
    }


def artists(asked: Asked, library: Library) -> dict[str, Any]:
    """All artists, by the letter they begin with."""
    letters: dict[str, list[dict[str, Any]]] = {}
    for artist in sorted(catalogue(library).artists.values(), key=lambda artist: artist.name.casefold()):
        letter = artist.name[0].upper()
        letters.setdefault(letter if letter.isalpha() else "#", []).append(artist_told(artist))
    index = [{"name": letter, "artist": artists} for letter, artists in letters.items()]
    return {"artists": {"ignoredArticles": "", "index": index}}


def artist(asked: Asked, library: Library) -> dict[str, Any]:
    """One artist with the albums."""
    found = catalogue(library).artists.get(_given(asked, "id"))
    if found is None:
        raise CallError(UNKNOWN, "This library has no such artist.")
    return {"artist": artist_told(found) | {"album": [album_told(each, library.created) for each in found.albums]}}


def album(asked: Asked, library: Library) -> dict[str, Any]:
    """One album with its songs."""
    found = catalogue(library).albums.get(_given(asked, "id"))
    if found is None:
        raise CallError(UNKNOWN, "This library has no such album.")
    return {"album": album_told(found, library.created) | {"song": songs_told(library, found.songs)}}


def albums(asked: Asked, library: Library) -> dict[str, Any]:
    """A list of albums. Nobody counts what is played, so the lists that would go by that are by name, too."""
    listed = sorted(catalogue(library).albums.values(), key=lambda album: album.name.casefold())
    match _given(asked, "type"):
        case "random":
            random.shuffle(listed)
        case "alphabeticalByArtist":
            listed.sort(key=lambda album: album.artist.casefold())
        case "byYear":
            listed = _between(listed, *(_whole(asked, name) for name in ("fromYear", "toYear")))
        case "byGenre":
            genre = _given(asked, "genre")
            listed = [album for album in listed if album.genre == genre]
        case "starred":
            listed = []
    start = _whole(asked, "offset", 0)
    page = listed[start : start + _whole(asked, "size", 10, MOST)]
    return {"albumList2": {"album": [album_told(each, library.created) for each in page]}}


def genres(asked: Asked, library: Library) -> dict[str, Any]:
    """All genres."""
    songs = Counter(library.songs["genre"])
    albums = Counter(album.genre for album in catalogue(library).albums.values())
    told = [{"value": name, "songCount": n, "albumCount": albums[name]} for name, n in songs.most_common() if name]
    return {"genres": {"genre": told}}


def by_genre(asked: Asked, library: Library) -> dict[str, Any]:
    """The songs of a genre."""
    songs = np.flatnonzero(library.passing(Filter(genres=frozenset({_given(asked, "genre")})))).tolist()
    start = _whole(asked, "offset", 0)
    return {"songsByGenre": {"song": songs_told(library, songs[start : start + _whole(asked, "count", 10, MOST)])}}


def by_chance(asked: Asked, library: Library) -> dict[str, Any]:
    """Songs by chance, of a genre or of some years where that is asked."""
    years = (_whole(asked, "fromYear", 0), _whole(asked, "toYear", 9999)) if {"fromYear", "toYear"} & {*asked} else None
    among = library.passing(Filter(genres=frozenset({asked["genre"]}) if "genre" in asked else None, years=years))
    songs = np.flatnonzero(among).tolist()
    chosen = random.sample(songs, min(_whole(asked, "size", 10, MOST), len(songs)))
    return {"randomSongs": {"song": songs_told(library, chosen)}}


def stream(asked: Asked, library: Library) -> Response:
    """The sound of a song, as its file holds it."""
    return audio.from_there_on(_song(asked, "id", library), library)


def always(**answer: Any) -> Callable[[Asked, Library], dict[str, Any]]:
    """A call whose answer is the same in every library."""
    return lambda asked, library: answer


CALLS: dict[str, Callable[[Asked, Library], dict[str, Any] | Response]] = {
    "ping": always(),
    "getOpenSubsonicExtensions": always(
        openSubsonicExtensions=[{"name": name, "versions": [1]} for name in EXTENSIONS]
    ),
    "getLicense": always(license={"valid": True}),
    "getMusicFolders": always(musicFolders={"musicFolder": [{"id": 0, "name": "Songs"}]}),
    "getUser": always(user=USER),
    "getPlaylists": always(playlists={"playlist": []}),
    "getStarred2": always(starred2={"artist": [], "album": [], "song": []}),
    "getSong": song,
    "getSonicSimilarTracks": sonic_similar,
    "findSonicPath": sonic_path,
    "getSimilarSongs": similar("similarSongs"),
    "getSimilarSongs2": similar("similarSongs2"),
    "search3": search,
    "getArtists": artists,
    "getArtist": artist,
    "getAlbum": album,
    "getAlbumList2": albums,
    "getGenres": genres,
    "getSongsByGenre": by_genre,
    "getRandomSongs": by_chance,
    "stream": stream,
    "download": stream,
}
OPEN = frozenset({"getOpenSubsonicExtensions"})  # what the protocol wants answered to everybody


def _sonic(library: Library, songs: Sequence[int], similarities: Iterable[float]) -> dict[str, Any]:
    """Songs with how similar they are, from 0 to 1."""
    found = zip(songs_told(library, songs), similarities, strict=True)
    return {
        "sonicMatch": [{"entry": entry, "similarity": round(max(0.0, similarity), 4)} for entry, similarity in found]
    }


def _between(albums: list[Album], first: int, last: int) -> list[Album]:
    """The albums of some years in their order, which goes back where the first year is the later one."""
    low, high = sorted((first, last))
    found = [album for album in albums if album.year and low <= album.year <= high]
    return sorted(found, key=lambda album: album.year, reverse=first > last)


def _page(asked: Asked, kind: str, found: Sequence[Any]) -> Sequence[Any]:
    start = _whole(asked, f"{kind}Offset", 0)
    return found[start : start + _whole(asked, f"{kind}Count", 20, MOST_FOUND)]


def _song(asked: Asked, name: str, library: Library) -> int:
    key = _given(asked, name)
    if key not in catalogue(library).songs:
        raise CallError(UNKNOWN, "This library has no such song.")
    return catalogue(library).songs[key]


def _given(asked: Asked, name: str) -> str:
    if name not in asked:
        raise CallError(MISSING, f"Required parameter is missing: {name}.")
    return asked[name]


def _whole(asked: Asked, name: str, usual: int | None = None, most: int = 10**9) -> int:
    """A whole number, no more than `most` whatever is asked; without a `usual` one it must be given."""
    given = _given(asked, name) if usual is None else asked.get(name, str(usual))
    if not (given.isascii() and given.isdecimal()):
        raise CallError(GENERIC, f"{name} is a whole number, 0 or more.")
    return min(int(given.lstrip("0")[:20] or "0"), most)
