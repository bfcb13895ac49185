"""Passages and means over half-precision rows straight off the disk, compiled by numba: NumPy would copy every row.

The rows stay mapped, and each is read once: of the 6,400,000 segments of 100,000 songs, in 170 ms on two cores.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

PARTS = 4  # a core has of the work, so that one that is busy with something else gets less


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
    bits, moment = _bits(rows), np.ascontiguousarray(moment, np.float32)
    timed = np.ascontiguousarray(offsets, np.float32), np.float32(seconds)
    starts = np.ascontiguousarray(starts, np.float32)
    _in_parts(
        lambda part: _best(bits, starts, first[part], last[part], moment, *timed, similarity[part], place[part]),
        np.cumsum(last - first),
    )
    return similarity, place


def best_parts(outlines: np.ndarray, songs: np.ndarray, query: np.ndarray) -> np.ndarray:
    """How like `query` [d] the part most like it is, of some `songs` [m] of `outlines` [n, parts, d] int8: [m].

    It is their dot product.
    """
    likeness, query = np.full(len(songs), -np.inf, np.float32), np.ascontiguousarray(query, np.float32)
    _in_parts(lambda part: _likeness(outlines, songs[part], query, likeness[part]), np.arange(1, len(songs) + 1))
    return likeness


def means(rows: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The mean of the rows first[i] to last[i] - 1 of `rows` [n, d] float16, float32 [stretches, d]; zero for none."""
    averages, bits = np.zeros((len(first), rows.shape[1]), np.float32), _bits(rows)
    _in_parts(lambda part: _means(bits, first[part], last[part], averages[part]), np.cumsum(last - first))
    return averages


def _bits(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows).view(np.uint16)  # numba knows no float16


def _widened(typing_context: Any, bits: Any) -> Any:
    """The float32 of a float16's bits: one instruction of the processor for eight of them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fpext(builder.bitcast(arguments[0], ir.HalfType()), ir.FloatType())

    return numba.float32(numba.uint16), generate


_number: Any = intrinsic(_widened)


def _in_parts(work: Callable[[slice], None], rows: np.ndarray) -> None:
    """Do the work on all cores, in parts of about as many rows: so many, `rows` [n], have been read after each of n.

    The threads are ours and not numba's, whose own pool may not be asked by two requests at a time.
    """
    cores = os.cpu_count() or 1
    cuts = np.searchsorted(rows, np.linspace(0, rows[-1] if len(rows) else 0, PARTS * cores + 1)[1:-1]).tolist()
    parts = [slice(low, high) for low, high in pairwise([0, *cuts, len(rows)]) if high > low]
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
    half_way = seconds / np.float32(2)
    row = np.empty(d, np.float32)
    longest, share = 0, np.float32(1 / m)
    for song in range(len(first)):
        longest = max(longest, last[song] - first[song])
    products = np.empty((longest, m), np.float32)
    for song in range(len(first)):
        begin, count = first[song], last[song] - first[song]
        for at in range(count):
            for j in range(d):
                row[j] = _number(bits[begin + at, j])
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
def _likeness(outlines: np.ndarray, songs: np.ndarray, query: np.ndarray, likeness: np.ndarray) -> None:
    """The likeness of the part of each song that is most like the query, into `likeness`."""
    for i in range(len(songs)):
        for part in range(outlines.shape[1]):
            total = np.float32(0)
            for j in range(len(query)):
                total += np.float32(outlines[songs[i], part, j]) * query[j]
            likeness[i] = max(likeness[i], total)


@_compiled
def _means(bits: np.ndarray, first: np.ndarray, last: np.ndarray, averages: np.ndarray) -> None:
    """The mean of each stretch, into `averages`."""
    for stretch in range(len(first)):
        share = np.float32(1 / max(1, last[stretch] - first[stretch]))
        for at in range(first[stretch], last[stretch]):
            for j in range(bits.shape[1]):
                averages[stretch, j] += _number(bits[at, j]) * share
