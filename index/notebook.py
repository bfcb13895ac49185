"""What a notebook, or a prompt, shows of a library and of the songs found in it."""

import html
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from index.shelf import Shelf

SHOWN = ["title", "artist", "album", "genre", "bpm", "initial_key", "cluster_name"]
EXAMPLES = 3  # songs named of each cluster
Found = TypeVar("Found")  # Match or Passage


class Matches(list[Found]):
    """The songs found, best first: a list, which shows as a table with their titles and becomes one."""

    def __init__(self, found: Iterable[Found], songs: pd.DataFrame) -> None:
        """`songs` is the table of the library, row = song id."""
        super().__init__(found)
        self._songs = songs

    def to_frame(self) -> pd.DataFrame:
        """One row a song found, in their order, with its id for a label: how similar it is, where, and its tags."""
        rows: list[dict[str, Any]] = [asdict(each) for each in self]  # type: ignore[call-overload]
        found = pd.DataFrame(rows, columns=None if rows else ["id", "similarity"]).set_index("id")
        return found.join(self._songs[SHOWN])

    def __repr__(self) -> str:
        return self.to_frame()[["similarity", "title", "artist"]].to_string() if self else "no songs"

    def _repr_html_(self) -> str:
        return self.to_frame().to_html() if self else "<p>no songs</p>"


def line(shelf: "Shelf") -> str:
    """A library in one line: how much there is of it, and whose ear heard it."""
    counted = f"{len(shelf)} songs, {shelf.songs['length'].sum() / 3600:.1f} h, {len(shelf.clusters)} clusters"
    return f"Library({str(shelf.folder)!r}): {counted}, heard by {shelf.encoder}"


def card(shelf: "Shelf") -> str:
    """The same with a row for each cluster: its size, usual tempo and brightness, and some of its songs; as HTML."""
    clusters = shelf.songs.groupby("cluster").agg(
        cluster=("cluster_name", "first"),
        songs=("id", "size"),
        bpm=("bpm", "median"),
        brightness=("brightness", "median"),
        such_as=("title", lambda titles: ", ".join(titles.head(EXAMPLES))),
    )
    table = clusters.round(0).to_html(index=False, float_format="{:.0f}".format)
    return f"<p>{html.escape(line(shelf))}</p>{table}"
