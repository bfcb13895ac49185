"""Libraries of any size without a single song: made-up vectors in clusters, made-up tags, a made-up map."""

from pathlib import Path

import numpy as np
import pandas as pd

from index.faiss_index import FaissIndex
from index.generation import COLUMNS, CURRENT, FORMAT, SKIPPED, Generation, make_current, write_rows
from index.library import Library
from index.ranking import neighbourhood
from index.whitening import Whitening

DIMENSIONS = 256  # of a song's vector, as the real ones have
CLUSTERS = 24
SEGMENTS, SEGMENT_DIMENSIONS = 4, 64  # a song; real ones have a hundred, which no part of the page looks at unasked
WORDS = (
    "amber anchor april ashes autumn beacon birch blue border canyon cedar cinder cloud comet copper coral dawn delta "
    "desert distant dusk echo ember feather fern field flame fox garden glass golden harbour hollow horizon island "
    "ivory juniper lantern lemon linen lunar maple marble meadow midnight mirror moss mountain north ocean olive opal "
    "orchard paper pearl pine prairie quiet rain raven river rose saffron salt satellite shadow silver slow smoke "
    "solar sparrow spring static stone summer sunday thunder tide velvet violet water willow winter wire yellow"
).split()
STYLES = "Ambient Blues Breakbeat Chanson Choral Classical Country Disco Drone Dub Electro Folk Funk Garage".split()
KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def make_library(songs: int, folder: Path, seed: int = 0) -> Library:
    """Write a library of so many made-up songs, or open the one that stands there."""
    if (folder / CURRENT).exists():
        return Library.load(folder)
    random = np.random.default_rng(seed)
    cluster = np.sort(random.choice(CLUSTERS, songs, p=_uneven(CLUSTERS)))
    centres = random.normal(size=(CLUSTERS, DIMENSIONS))
    vectors = _unit(centres[cluster] + 0.9 * random.normal(size=(songs, DIMENSIONS)))
    table = tags(songs, cluster, random)
    table[["x", "y", "z"]], table[["u", "v"]] = (places(cluster, dimensions, random) for dimensions in (3, 2))
    folder.mkdir(parents=True, exist_ok=True)
    name = "generation-made-up"
    (folder / name).mkdir(exist_ok=True)
    heard = _unit(random.normal(size=(songs * SEGMENTS, SEGMENT_DIMENSIONS))).astype(np.float16)
    index = FaissIndex.build(vectors)
    generation = Generation(
        songs=table.reindex(columns=list(COLUMNS)).astype(COLUMNS),
        skipped=pd.DataFrame([], columns=list(SKIPPED)),
        index=index,
        whitening=Whitening(np.zeros(DIMENSIONS, np.float32), np.eye(DIMENSIONS, dtype=np.float32)),
        words=None,
        neighbourhoods=neighbourhood(vectors[:200], index)[random.integers(200, size=songs)],  # as uneven as real ones
        contents=np.array([f"{song:032x}" for song in range(songs)], bytes),
        peaks=np.zeros(0, np.uint8),
        peak_counts=np.zeros(songs, np.int32),
        segments=write_rows(folder / name / "segments.npy", heard.shape, [heard]),
        segment_songs=np.repeat(np.arange(songs, dtype=np.int32), SEGMENTS),
        segment_starts=np.tile(np.arange(SEGMENTS, dtype=np.float32) * 3.75, songs),
    )
    generation.save(folder / name)
    about = {
        "format": FORMAT,
        "encoder": "made-up",
        "fingerprint": "0",
        "songs": str(folder / "songs"),
        "generation": name,
        "counts": generation.counts() | {"map_changes": 0},
        "options": {"seed": seed},
        "created": "2026-11-26T00:00:00+00:00",
    }
    make_current(folder, about)
    return Library.load(folder)


def tags(songs: int, cluster: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    """What files would say of themselves, and descriptors that follow the cluster."""
    words = np.array(WORDS, object)
    artist_names = np.char.title([" ".join(words[random.integers(len(words), size=2)]) for _ in range(songs // 12 + 1)])
    artists = np.minimum(random.exponential(len(artist_names) / 4, songs).astype(int), len(artist_names) - 1)
    genres = np.array([f"{style}{kind}" for kind in ("", " Revival") for style in STYLES], object)
    mood = random.normal(size=(CLUSTERS, 3))[cluster]
    titles = np.char.capitalize(
        [" ".join(words[picked]) for picked in random.integers(len(words), size=(songs, 3))]
    ).astype(object)
    return pd.DataFrame(
        {
            "id": np.arange(songs),
            "path": [f"{song:06}.ogg" for song in range(songs)],
            "title": titles,
            "artist": artist_names[artists],
            "albumartist": "",
            "album": np.char.title(words[random.integers(len(words), size=songs)].astype(str)),
            "genre": genres[(cluster + random.integers(6, size=songs)) % len(genres)],
            "year": np.where(random.random(songs) < 0.1, 0, 2026 - (60 * random.beta(1.2, 2.5, songs)).astype(int)),
            "track": 1,
            "length": random.uniform(90, 400, songs).round(1),
            "stated_length": 0.0,
            "bpm": np.clip(118 + 18 * mood[:, 0] + random.normal(0, 12, songs), 55, 210).round(2),
            "initial_key": random.choice([key + mode for mode in ("", "m") for key in KEYS], songs).astype(object),
            "loudness": (-16 + 3 * mood[:, 1] + random.normal(0, 2, songs)).round(2),
            "brightness": (1400 * np.exp(0.4 * mood[:, 2] + random.normal(0, 0.25, songs))).round(1),
            "percussiveness": random.uniform(0, 1, songs).round(4),
            "cluster": cluster,
            "cluster_name": [f"{STYLES[number % len(STYLES)]}, {WORDS[3 * number]}" for number in cluster],
        }
    )


def places(cluster: np.ndarray, dimensions: int, random: np.random.Generator) -> np.ndarray:
    """A map as t-SNE draws them: every cluster a lengthy cloud of smaller clouds."""
    centres = random.normal(size=(CLUSTERS, dimensions))
    centres *= random.uniform(0.35, 0.85, (CLUSTERS, 1)) / np.linalg.norm(centres, axis=1, keepdims=True)
    islands = 14
    stretch = random.normal(0, 0.13, (CLUSTERS, dimensions, dimensions))
    middles = centres[:, None] + random.normal(size=(CLUSTERS, islands, dimensions)) @ stretch
    at = middles[cluster, random.integers(islands, size=len(cluster))]
    return at + 0.035 * random.standard_t(4, (len(cluster), dimensions))


def _uneven(parts: int) -> np.ndarray:
    shares = 1 / np.arange(2, parts + 2) ** 0.7
    return shares / shares.sum()


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
