"""Which songs may be looked at: by cluster, tag and what a person can name of their sound. The map's legend is one."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from index.labels import albums_of

CHOICES = {  # field: column, here and below
    "clusters": "cluster",
    "genres": "genre",
    "artists": "artist",
    "keys": "initial_key",
    "mixing_key": "initial_key",
}
RANGES = {"years": "year", "tempo": "bpm", "loudness": "loudness", "brightness": "brightness", "energy": "loudness"}
REMEMBERED = 32  # masks; one is a byte a song


@dataclass(frozen=True)
class Filter:
    """What a song must be to pass; None lets everything through. A song with no value lies in no range."""

    clusters: frozenset[int] | None = None
    genres: frozenset[str] | None = None  # "" is a song without one, here and below
    artists: frozenset[str] | None = None
    keys: frozenset[str] | None = None  # "Am", "F#"
    years: tuple[float, float] | None = None  # lowest and highest, both included, here and below
    tempo: tuple[float, float] | None = None  # beats a minute
    loudness: tuple[float, float] | None = None  # dBFS
    brightness: tuple[float, float] | None = None  # Hz
    same_tempo: tuple[tuple[float, float], ...] | None = None  # ranges as of tempo, of which one will do
    mixing_key: frozenset[str] | None = None  # besides keys: those that mix with a song's
    energy: tuple[float, float] | None = None  # besides loudness: above or below a song's
    only: frozenset[int] | None = None  # song ids; one that is not held is passed over

    @classmethod
    def rows(cls, songs: pd.DataFrame) -> Self:
        """Only the songs of a table whose labels are their ids, such as library.songs.query("bpm > 120")."""
        return cls(only=frozenset(songs.index.tolist()))


EVERYTHING = Filter()


class Sieve:
    """The table of a library, prepared for filters and rules: each column is coded once, the latest masks are kept."""

    def __init__(self, songs: pd.DataFrame) -> None:
        """`songs` has one row a song in id order, and the columns that are asked for."""
        self.songs = songs
        self._codes: dict[str, tuple[np.ndarray, pd.Index]] = {}
        self._masks: OrderedDict[Filter, np.ndarray] = OrderedDict()

    def __len__(self) -> int:
        return len(self.songs)

    @property
    def artists(self) -> np.ndarray:
        """The artist of each song as a number, int [songs]; -1 where it is not known."""
        return self._coded("artist")[0]

    @property
    def albums(self) -> np.ndarray:
        """The album of each song as a number, as albums_of() tells them apart, int [songs]; -1 where there is none."""
        return self._coded("album")[0]

    def shared(self, songs: np.ndarray, others: list[int]) -> np.ndarray:
        """How much of artist, album and cluster each of `songs` [n] shares with any of the others, [n] from 0 to 1."""
        columns = [self.artists, self.albums, self._coded("cluster")[0]]
        known = [codes[others][codes[others] >= 0] for codes in columns]
        same = [np.isin(codes[songs], values) for codes, values in zip(columns, known, strict=True)]
        return np.mean(same, axis=0)

    def mask(self, filter: Filter) -> np.ndarray:
        """Which songs pass, bool [songs], read-only."""
        mask = self._masks.get(filter)
        if mask is None:
            mask = self._passing(filter)
            mask.flags.writeable = False
            self._masks[filter] = mask
            while len(self._masks) > REMEMBERED:
                self._masks.popitem(last=False)
        return mask

    def _passing(self, filter: Filter) -> np.ndarray:
        passing = np.ones(len(self), bool)
        for field, column in CHOICES.items():
            if (wanted := getattr(filter, field)) is not None:
                codes, values = self._coded(column)
                passing &= np.append(values.isin(wanted), "" in wanted)[codes]  # a missing value has the code -1
        for field, column in RANGES.items():
            if (bounds := getattr(filter, field)) is not None:
                figures = self.songs[column].to_numpy(float)
                passing &= (figures >= bounds[0]) & (figures <= bounds[1])
        if filter.same_tempo is not None:
            bpm = self.songs["bpm"].to_numpy(float)
            ranges = [(bpm >= low) & (bpm <= high) for low, high in filter.same_tempo]
            passing &= np.any(ranges, axis=0) if ranges else False
        if filter.years is not None:
            passing &= self.songs["year"].to_numpy() != 0  # unknown
        if filter.only is not None:
            held = [song for song in filter.only if 0 <= song < len(self)]
            among = np.zeros(len(self), bool)
            among[held] = True
            passing &= among
        return passing

    def _coded(self, column: str) -> tuple[np.ndarray, pd.Index]:
        """A column's values as numbers [songs], -1 for a missing one, and the values by number."""
        if column not in self._codes:
            values = albums_of(self.songs) if column == "album" else self.songs[column]
            self._codes[column] = pd.factorize(pd.Series(values).replace("", None))
        return self._codes[column]
