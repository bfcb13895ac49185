"""The one state of the page: what is asked, as it comes from the browser and as it is understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import rules
from dashboard.tracks import Track, Tracks
from index.library import Library, LibraryError
from index.ranking import Rules
from index.words import WordsError

LEANINGS = 50  # songs asked for more of, or less of, at most
STEPS = (3, 20)  # songs on a path, at least and at most
ROUTES = 99
USUAL_STEPS = 8
LONGEST_TOKEN = 80
LONGEST_WORDS = 200

MISUNDERSTOOD = "This question was not understood. Choose a song on the map or search for it by name."
FORGOTTEN = "This track has been forgotten. Drop it again to hear what it resembles."


class QueryError(Exception):
    """A question the library cannot answer; the message is a sentence for the page."""


@dataclass(frozen=True)
class Asked:
    """A song of the library or a dropped track: what matches are sought for."""

    key: str  # what the player calls it: "12" or "track-…"
    song: int | None  # its id, None for a dropped track
    track: Track | None


@dataclass(frozen=True)
class Query:
    """What is asked: the likeness of a song or track, or of a moment of it; words; or a path; and by which rules."""

    of: Asked | None = None
    words: str | None = None  # "slow piano, no drums"
    path: tuple[int, int] | None = None
    steps: int = USUAL_STEPS
    route: int = 0
    moment: tuple[float, float] | None = None  # seconds
    more: tuple[Asked, ...] = ()
    less: tuple[Asked, ...] = ()
    rules: Rules = rules.USUAL


def understand(
    data: Any, library: Library, tracks: Tracks, older: Callable[[str], Library | None] = lambda generation: None
) -> Query | None:
    """The query that plain data from the browser stands for, None when nothing is asked.

    It comes from the browser, so every shape of it is expected. An address may be older than the library: its
    "built" names the generation whose numbers it holds, and `older` gives that where it is still known. Raises
    QueryError.
    """
    if data is None:
        return None
    if not isinstance(data, dict):
        raise QueryError(MISUNDERSTOOD)
    if not data.keys() - {"rules", "generation", "built"}:
        return None
    numbered = _numbering(data.get("built"), library, older)

    def asked(key: Any) -> Asked:
        match key:
            case str() if len(key) <= LONGEST_TOKEN:
                track = tracks.get(key, library.fingerprint)
                if track is None:
                    raise QueryError(FORGOTTEN)
                return Asked(key, None, track)
            case int() if not isinstance(key, bool):
                song = numbered(key)
                return Asked(str(song), song, None)
            case _:
                raise QueryError(MISUNDERSTOOD)

    def allowed(of: Asked | None) -> Rules:
        try:
            return rules.read(data.get("rules"), None if of is None else sound_of(of, library))
        except rules.RulesError as error:
            raise QueryError(str(error)) from None

    more, less = (_leaning(data.get(name), asked) for name in ("more", "less"))
    match data:
        case {"path": path}:
            return Query(path=_ends(path, numbered), steps=_steps(data), route=_route(data), rules=allowed(None))
        case {"song": int(key)} | {"track": str(key)}:
            of = asked(key)
            return Query(of, moment=_moment(data.get("moment")), more=more, less=less, rules=allowed(of))
        case {"words": words}:
            return Query(words=_words(words, library), rules=allowed(None))
        case {"song": _} | {"track": _}:
            raise QueryError(MISUNDERSTOOD)
        case _ if more:
            return Query(more[0], more=more[1:], less=less, rules=allowed(more[0]))
        case _ if less:
            raise QueryError("Less like a song says nothing of what you want. Choose a song to start from.")
        case _:
            raise QueryError(MISUNDERSTOOD)


def sound_of(of: Asked, library: Library) -> Mapping[str, Any]:
    """The bpm, initial_key and loudness of a song or a track, by these names."""
    if of.track is not None:
        return of.track.descriptors
    assert of.song is not None
    return {name: library.songs[name].iat[of.song] for name in ("bpm", "initial_key", "loudness")}


def is_path(data: Any) -> bool:
    """Whether it is a path that was asked for, well or badly."""
    return isinstance(data, dict) and "path" in data


def _numbering(built: Any, library: Library, older: Callable[[str], Library | None]) -> Callable[[Any], int]:
    """What turns the number of a song, as the build `built` counts, into its id in the library."""
    if built is None or built == library.generation:
        return lambda song: _song(song, library)
    old = older(built) if isinstance(built, str) else None

    def moved(song: Any) -> int:
        if old is None:
            raise QueryError(
                "The library was built again since, and its songs may have other numbers now. "
                "Search for the song by its name."
            )
        path = old.songs["path"].iat[_song(song, old)]
        here = library.songs.index[library.songs["path"] == path]
        if not len(here):
            raise QueryError("This song is no longer in the library. Search for another one.")
        return int(here[0])

    return moved


def _song(song: Any, library: Library) -> int:
    if not isinstance(song, int) or isinstance(song, bool):
        raise QueryError(MISUNDERSTOOD)
    if not 0 <= song < len(library):
        raise QueryError(f"This library has no song {song}. Choose one on the map or search for it by name.")
    return song


def _words(given: Any, library: Library) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_WORDS:
        raise QueryError(f"Words are asked for in a line of at most {LONGEST_WORDS} letters.")
    try:
        library.understood(given)
    except WordsError as error:
        raise QueryError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    except LibraryError:  # which says where the library lies
        raise QueryError("This library has no words. Build it again with an encoder that knows some.") from None
    return given


def _leaning(given: Any, asked: Callable[[Any], Asked]) -> tuple[Asked, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise QueryError(MISUNDERSTOOD)
    if len(given) > LEANINGS:
        raise QueryError(f"At most {LEANINGS} songs can be asked for more of, or less of. Remove some.")
    return tuple({each.key: each for each in map(asked, given)}.values())


def _moment(given: Any) -> tuple[float, float] | None:
    match given:
        case None:
            return None
        case [int() | float() as start, int() | float() as end] if 0 <= start < end < rules.LARGEST:
            return float(start), float(end)
        case _:
            raise QueryError("This moment has no beginning or no end. Drag over the waveform to mark one.")


def _ends(given: Any, numbered: Callable[[Any], int]) -> tuple[int, int]:
    match given:
        case [start, end]:
            start, end = numbered(start), numbered(end)
        case _:
            raise QueryError("A path leads from one song to another. Choose both.")
    if start == end:
        raise QueryError("A path needs two different songs. Choose another one to arrive at.")
    return start, end


def _steps(data: dict[str, Any]) -> int:
    return max(STEPS[0], min(STEPS[1], _whole(data.get("steps"), USUAL_STEPS)))


def _route(data: dict[str, Any]) -> int:
    return max(0, min(ROUTES, _whole(data.get("route"), 0)))


def _whole(given: Any, usual: int) -> int:
    if given is None:
        return usual
    if not isinstance(given, int) or isinstance(given, bool):
        raise QueryError(MISUNDERSTOOD)
    return given
