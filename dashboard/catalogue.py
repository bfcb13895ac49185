"""A library as players browse it: songs, albums and artists, by keys that hold from one build to the next."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from index.finding import Finder
from index.library import Library

NO_ALBUM, NO_ARTIST = "[Unknown Album]", "[Unknown Artist]"  # as other servers call them


@dataclass(frozen=True)
class Album:
    """Songs of one album, in its order."""

    key: str
    name: str
    artist: str  # whose it is
    songs: tuple[int, ...]
    length: float  # seconds
    year: int  # 0 where it is not known
    genre: str  # "" where it is not known


@dataclass(frozen=True)
class Artist:
    """Somebody who plays on some albums or has made them."""

    key: str
    name: str
    albums: tuple[Album, ...]


class Catalogue:
    """The songs of a library by key, and the albums and artists that their tags tell of.

    Players remember keys for months while songs get other numbers, so a key is made of what stays: where a song lies,
    what an album is called and whose it is.
    """

    def __init__(self, library: Library) -> None:
        table = library.songs[["path", "artist", "albumartist", "album", "track", "length", "year", "genre"]]
        columns = {name: table[name].tolist() for name in table}
        self.keys = [key("so", path) for path in columns["path"]]  # by the number of the song
        self.songs = {each: song for song, each in enumerate(self.keys)}
        self._players = [name or NO_ARTIST for name in columns["artist"]]
        named: dict[tuple[str, str], list[int]] = defaultdict(list)
        for song, (name, owner) in enumerate(zip(columns["album"], columns["albumartist"], strict=True)):
            named[name or NO_ALBUM, owner or self._players[song]].append(song)
        # An album in several folders has one for each disc, and which comes first only their names tell.
        places = [
            (str(PurePosixPath(path).parent), track, path)
            for path, track in zip(columns["path"], columns["track"], strict=True)
        ]
        self.albums: dict[str, Album] = {}
        self._album_of: dict[int, Album] = {}
        for (name, artist), songs in named.items():
            album = Album(
                key("al", name, artist),
                name,
                artist,
                tuple(sorted(songs, key=places.__getitem__)),
                sum(columns["length"][song] for song in songs),
                columns["year"][songs[0]],
                columns["genre"][songs[0]],
            )
            self.albums[album.key] = album
            self._album_of |= dict.fromkeys(songs, album)
        on: dict[str, dict[str, Album]] = defaultdict(dict)
        for album in self.albums.values():
            for name in (album.artist, *(self._players[song] for song in album.songs)):
                on[name][album.key] = album
        artists = [Artist(artist_key(name), name, tuple(albums.values())) for name, albums in on.items()]
        self.artists = {artist.key: artist for artist in artists}

    def album_of(self, song: int) -> Album:
        """The album that a song is on."""
        return self._album_of[song]

    def player_of(self, song: int) -> str:
        """The key of the artist who plays a song."""
        return artist_key(self._players[song])

    def find_albums(self, text: str) -> list[Album]:
        """The albums whose name and artist hold every word, best first; all of them where there is no word."""
        albums = list(self.albums.values())
        return [albums[at] for at in self._album_finder.find(text, len(albums))] if text else albums

    def find_artists(self, text: str) -> list[Artist]:
        """The artists whose name holds every word, best first; all of them where there is no word."""
        artists = list(self.artists.values())
        return [artists[at] for at in self._artist_finder.find(text, len(artists))] if text else artists

    @cached_property
    def _album_finder(self) -> Finder:
        return Finder([album.name for album in self.albums.values()], [album.artist for album in self.albums.values()])

    @cached_property
    def _artist_finder(self) -> Finder:
        return Finder([artist.name for artist in self.artists.values()], [""] * len(self.artists))


@lru_cache(maxsize=2)  # the generations that are shown
def catalogue(library: Library) -> Catalogue:
    """The catalogue of a library."""
    return Catalogue(library)


def artist_key(name: str) -> str:
    """What stands for an artist."""
    return key("ar", name)


def key(kind: str, *names: str) -> str:
    """What stands for a thing, "so-…", in what players ask: of the same names always the same."""
    text = "\n".join(names).encode("utf-8", "surrogatepass")
    return f"{kind}-{hashlib.blake2b(text, digest_size=8).hexdigest()}"
