"""Numbers as people say them: seconds to "3:07", "Am" to "A minor"."""

import math
from collections.abc import Mapping
from typing import Any


def clock(seconds: float) -> str:
    """A length as a player shows it, "3:07" or "1:02:07"; "" when unknown."""
    if not math.isfinite(seconds) or seconds <= 0:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(seconds: float) -> str:
    """A place in a song as a player shows it: "0:00", "3:07"."""
    return clock(seconds) or "0:00"


def span(seconds: float) -> str:
    """A long time in its largest unit, "22 h", "45 min" or "12 s"."""
    if seconds >= 3600:
        return f"{seconds / 3600:.0f} h" if seconds >= 36000 else f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def count(number: int, noun: str) -> str:
    """A number and its noun, "1 song" or "10,000 songs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def byline(artist: str, album: str) -> str:
    """Who a song is by; where that is unknown, the album it stands in; "" when neither is known."""
    return artist or album


def phrase(words: Mapping[str, bool]) -> str:
    """Words that are asked for or shall be missing: "slow, piano, not drums"."""
    return ", ".join(word if wanted else f"not {word}" for word, wanted in words.items())


def figure(similarity: float) -> str:
    """A cosine similarity as a figure, "0.87" or "−0.12"."""
    return f"{similarity:.2f}".replace("-", "−")


def key(initial_key: str) -> str:
    """A tag's key as musicians say it: "Am" is "A minor", "F#" is "F♯ major"; "" when unknown."""
    if not initial_key:
        return ""
    tonic, mode = (initial_key[:-1], "minor") if initial_key.endswith("m") else (initial_key, "major")
    return f"{tonic[:1]}{tonic[1:].replace('#', '♯').replace('b', '♭')} {mode}"


def facts(descriptors: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a person can name in a song, as (name, value) in the order they are read; what is unknown is left out.

    `descriptors` may hold bpm, initial_key, loudness (dBFS), brightness (Hz) and percussiveness (0..1).
    """
    figures = {name: number(descriptors.get(name)) for name in ("bpm", "loudness", "brightness", "percussiveness")}
    said = [
        ("Tempo", f"{figures['bpm']:.0f} bpm" if figures["bpm"] > 0 else ""),
        ("Key", key(str(descriptors.get("initial_key") or ""))),
        ("Loudness", f"{figures['loudness']:.0f} dB".replace("-", "−") if math.isfinite(figures["loudness"]) else ""),
        ("Brightness", f"{figures['brightness'] / 1000:.1f} kHz" if figures["brightness"] > 0 else ""),
        ("Percussion", f"{figures['percussiveness']:.0%}" if figures["percussiveness"] >= 0 else ""),
    ]
    return [(name, value) for name, value in said if value]


def number(value: Any) -> float:
    """A figure of a song as a number, nan where it is unknown."""
    try:
        return math.nan if value is None else float(value)
    except ValueError:
        return math.nan
