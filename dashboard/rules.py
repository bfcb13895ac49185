"""The rules a person sets, as they come from the browser: what may stand in the list, and how much it may surprise."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dashboard import format
from index.filters import Filter
from index.mixing import compatible, pulses
from index.ranking import Rules

LISTED = 500  # clusters, genres, artists or keys in one rule, at most
LONGEST = 200  # characters of a name
MOST_BY_ONE = 100  # songs by one artist
LARGEST = 1e9  # of numbers: JSON knows some that are no float
WIDEST_TEMPO = 30  # percent

USUAL = Rules()


class RulesError(ValueError):
    """Rules that no page sends; the message is a sentence for it."""


def read(given: Any, beside: Mapping[str, Any] | None = None) -> Rules:
    """The rules that plain data from the browser stands for: what is missing or null does not restrict.

    `beside` are the bpm, initial_key and loudness of the song asked about, which some rules go by: without a song they
    do not restrict, and nothing passes where it is not known of the song. A range is held with its ends in order.
    Raises RulesError for another shape; a rule nobody knows is passed over, for an address may be newer than the
    program.
    """
    if given is None:
        return USUAL
    if not isinstance(given, dict):
        raise RulesError("These rules were not understood. Reset them and choose again.")
    rules = {name: reader(given[name]) for name, reader in RULES.items() if given.get(name) is not None}
    filters = {name: reader(given[name]) for name, reader in FILTERS.items() if given.get(name) is not None}
    mixing = {name: reader(given[name], beside or {}) for name, reader in MIXING.items() if given.get(name) is not None}
    if beside is not None:
        filters |= mixing
    return replace(USUAL, **rules, filter=Filter(**filters))


def loosened(rules: Rules, finds: Callable[[Rules], bool]) -> str | None:
    """The name of the rule without which there is something to find, None where no single one stands in the way."""
    return next((name for name in _restricting(rules) if finds(_without(rules, name))), None)


def are_set(rules: Rules) -> bool:
    """Whether any rule restricts what may stand in the list."""
    return bool(_restricting(rules))


def _restricting(rules: Rules) -> list[str]:
    among = [name for name in (*FILTERS, *MIXING) if getattr(rules.filter, name) is not None]
    return among + [name for name in LISTING if getattr(rules, name) != getattr(USUAL, name)]


def _without(rules: Rules, name: str) -> Rules:
    if name in FILTERS or name in MIXING:
        return replace(rules, filter=replace(rules.filter, **{name: None}))
    return replace(rules, **{name: getattr(USUAL, name)})


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise RulesError("A rule that is on or off was neither. Reset the rules and choose again.")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_BY_ONE:
        raise RulesError(f"At most how many songs of an artist? Give a number from 1 to {MOST_BY_ONE}.")
    return value


def _share(value: Any) -> float:
    if not _is_number(value) or not 0 <= value <= 1:
        raise RulesError("How surprising the songs may be goes from 0 to 1. Move the slider and choose again.")
    return float(value)


def _numbers(value: Any) -> frozenset[int]:
    if not _is_list(value) or not all(isinstance(each, int) and not isinstance(each, bool) for each in value):
        raise RulesError("These clusters were not understood. Reset the rules and choose again.")
    return frozenset(value)


def _names(value: Any) -> frozenset[str]:
    if not _is_list(value) or not all(isinstance(each, str) and len(each) <= LONGEST for each in value):
        raise RulesError("These names were not understood. Reset the rules and choose again.")
    return frozenset(value)


def _range(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        raise RulesError("A range has a lowest and a highest number. Reset the rules and choose again.")
    low, high = sorted(map(float, value))
    return low, high


def _same_tempo(value: Any, beside: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    if not _is_number(value) or not 0 < value <= WIDEST_TEMPO:
        raise RulesError(f"How far may tempos lie apart? Give a number above 0 and up to {WIDEST_TEMPO} percent.")
    return pulses(format.number(beside.get("bpm")), value / 100)


def _mixing_key(value: Any, beside: Mapping[str, Any]) -> frozenset[str] | None:
    return compatible(str(beside.get("initial_key") or "")) if _switch(value) else None


def _energy(value: Any, beside: Mapping[str, Any]) -> tuple[float, float]:
    if value not in ("up", "down"):
        raise RulesError("The energy goes up or down. Reset the rules and choose again.")
    loudness = format.number(beside.get("loudness"))
    return (loudness, math.inf) if value == "up" else (-math.inf, loudness)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= LISTED


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


LISTING = ("same_album", "per_artist")  # rules about songs side by side
RULES: dict[str, Callable[[Any], Any]] = {"same_album": _switch, "per_artist": _count, "surprise": _share}
FILTERS: dict[str, Callable[[Any], Any]] = {
    "clusters": _numbers,
    "genres": _names,
    "artists": _names,
    "keys": _names,
    "years": _range,
    "tempo": _range,
    "loudness": _range,
    "brightness": _range,
}
MIXING: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {  # filters that go by the song asked about
    "same_tempo": _same_tempo,
    "mixing_key": _mixing_key,
    "energy": _energy,
}
