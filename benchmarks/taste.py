"""Whether "For you" learns what somebody likes: 30 choices of made-up listeners, and P@10 on songs never asked about.

python -m benchmarks.taste LIBRARY
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from index.bootstrap import mean_with_interval
from index.filters import Filter
from index.library import Library
from index.ranking import Rules
from index.taste import Choice

CHOICES = 30
LISTED = 10  # songs that are judged
SEEN = 20  # songs of the list that a listener looks through
FEWEST, MOST_SHARE = 7, 0.5  # songs a listener cares for: so many at least, and no more than this share
RANGES = ("bpm", "brightness", "loudness")  # in thirds


@dataclass(frozen=True)
class Listener:
    """Somebody who wants songs of one kind, whatever was asked, and asks about half of the songs."""

    attribute: str
    value: str
    wanted: np.ndarray  # [songs] bool
    taught: np.ndarray  # ids, shuffled
    left: np.ndarray  # ids


def attributes(library: Library) -> dict[str, np.ndarray]:
    """What a listener may care for, by name: [songs] of words."""
    songs = library.songs
    found = {"folder": songs["path"].str.split("/").str[0].to_numpy(str), "artist": songs["artist"].to_numpy(str)}
    for name in RANGES:
        values = songs[name].to_numpy(float)
        found[name] = np.digitize(values, np.nanquantile(values, [1 / 3, 2 / 3])).astype(str)
    return found


def listeners(library: Library, seeds: int) -> Iterator[Listener]:
    """Everybody whose songs are neither few nor the most of the library, and in both halves."""
    for attribute, values in attributes(library).items():
        for value in np.unique(values[values != ""]):
            wanted = values == value
            if not FEWEST <= wanted.sum() <= MOST_SHARE * len(library):
                continue
            for seed in range(seeds):
                order = np.random.default_rng(seed).permutation(len(library))
                taught, left = np.split(order, [len(order) // 2])
                if wanted[taught].sum() >= 2 and wanted[left].sum() >= 2:
                    yield Listener(attribute, value, wanted, taught, left)


def choices(listener: Listener, library: Library) -> list[Choice]:
    """Likes and "not this" in turn: the first song of a plain list that is wanted, and the first that is not."""
    made: dict[tuple[int, int], str] = {}
    own = Rules(filter=Filter(only=frozenset(listener.taught.tolist())))
    for of in np.tile(listener.taught, CHOICES).tolist():
        if len(made) == CHOICES:
            break
        kind = "not" if len(made) % 2 else "like"
        for match in library.blend([of], [], SEEN, own):
            if listener.wanted[match.id] == (kind == "like") and (of, match.id) not in made:
                made[of, match.id] = kind
                break
    return [Choice(kind, library.contents[song], library.contents[of]) for (of, song), kind in made.items()]


def judge(listener: Listener, library: Library) -> dict[str, float]:
    """P@10 without and with the taste, over lists for the songs that are left."""
    taste = library.learned(choices(listener, library))
    new = Rules(filter=Filter(only=frozenset(listener.left.tolist())))
    figures: dict[str, list[float]] = {}
    for of in listener.left.tolist():
        for name, rules in (("p10", Rules()), ("p10_new", new)):
            for suffix, metric in (("_plain", None), ("", taste)):
                ids = [match.id for match in library.blend([of], [], LISTED, rules, metric)]
                figures.setdefault(name + suffix, []).append(listener.wanted[ids].sum() / LISTED)
        plain = {match.id for match in library.blend([of], [], SEEN)}
        for_you = library.blend([of], [], LISTED, taste=taste)
        figures.setdefault("kept", []).append(sum(match.id in plain for match in for_you) / LISTED)
    return {name: float(np.mean(values)) for name, values in figures.items()}


def everything(library: Library) -> list[list[tuple[int, float]]]:
    """The plain answers to all songs, to the last bit."""
    return [[(each.id, each.similarity) for each in library.blend([song], [], SEEN)] for song in range(len(library))]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seeds", default=5, show_default=True)
def main(folder: Path, seeds: int) -> None:
    """Print a row for each attribute that listeners care for."""
    library = Library.load(folder)
    before = everything(library)
    heard = [(listener, judge(listener, library)) for listener in listeners(library, seeds)]
    click.echo("| cares for | listeners | P@10, all songs | gain | P@10, songs new to the taste | gain | still near |")
    click.echo("| --- | --- | --- | --- | --- | --- | --- |")
    for name in [*dict.fromkeys(listener.attribute for listener, _ in heard), "all"]:
        own = [(listener, figures) for listener, figures in heard if name in (listener.attribute, "all")]
        values = np.array([f"{listener.attribute} {listener.value}" for listener, _ in own])
        cells = []
        for figure in ("p10", "p10_new"):
            plain, learned = (np.array([figures[key] for _, figures in own]) for key in (f"{figure}_plain", figure))
            gain = mean_with_interval(learned - plain, values)
            between = "" if gain.low is None else f" ({gain.low:+.2f} to {gain.high:+.2f})"
            cells += [f"{plain.mean():.2f} → {learned.mean():.2f}", f"{gain.value:+.2f}{between}"]
        kept = np.mean([figures["kept"] for _, figures in own])
        click.echo(f"| {name} | {len(own)} | {' | '.join(cells)} | {kept:.2f} |")
    same = everything(library) == before == everything(Library.load(folder))
    click.echo(f"\nWithout the taste all answers are {'the same to the last bit' if same else 'DIFFERENT'}.")


if __name__ == "__main__":
    main()
