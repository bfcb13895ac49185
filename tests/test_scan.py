"""Scanning half-precision rows: what NumPy would find, in every song and at its second."""

import numpy as np
import pytest

from index.scan import best_parts, best_passages, means


def rows_of(songs, length, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((songs * length, 24)) * 10.0 ** rng.integers(-3, 2, (songs * length, 1))).astype(
        np.float16
    )


def stretches(songs, length):
    first = np.arange(songs) * length
    return first, first + length


def test_the_best_row_of_every_song_is_that_of_numpy_for_numbers_of_every_size():
    rows, (first, last) = rows_of(30, 10), stretches(30, 10)
    query = np.random.default_rng(1).standard_normal((1, 24)).astype(np.float32)
    products = (rows.astype(np.float32) @ query[0]).reshape(30, 10)
    starts = np.tile(np.arange(10.0), 30)
    similarity, place = best_passages(rows, starts, first, last, query, np.zeros(1), 1.0)
    np.testing.assert_allclose(similarity, products.max(axis=1), rtol=1e-3)
    assert place.tolist() == (first + products.argmax(axis=1)).tolist()


def test_songs_are_found_in_the_order_asked_and_one_without_rows_has_no_passage():
    rows, query = rows_of(4, 5), np.ones((1, 24), np.float32)
    first, last = np.array([15, 5, 10, 0]), np.array([20, 5, 12, 5])
    products = rows.astype(np.float32).sum(axis=1)
    similarity, place = best_passages(rows, np.tile(np.arange(5.0), 4), first, last, query, np.zeros(1), 1.0)
    expected = [products[15:20].max(), -np.inf, products[10:12].max(), products[:5].max()]
    np.testing.assert_allclose(similarity, expected, rtol=1e-3)
    assert place[[0, 3]].tolist() == [15 + products[15:20].argmax(), products[:5].argmax()]


def test_rows_are_read_where_they_lie_on_the_disk(tmp_path):
    rows, (first, last) = rows_of(5, 6), stretches(5, 6)
    np.save(tmp_path / "rows.npy", rows)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    asked = np.tile(np.arange(6.0), 5), first, last, rows[:2].astype(np.float32), np.array([0.0, 1.0]), 1.0
    for found, expected in zip(best_passages(mapped, *asked), best_passages(rows, *asked), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_means_are_those_of_numpy_and_zero_for_no_rows():
    rows = rows_of(4, 25)
    first, last = np.array([0, 10, 10, 37]), np.array([10, 10, 37, 100])
    expected = [rows[low:high].astype(np.float64).mean(axis=0) if high > low else np.zeros(24)
                for low, high in zip(first, last, strict=True)]  # fmt: skip
    assert means(rows, first, last) == pytest.approx(np.array(expected), rel=1e-3, abs=1e-6)


def test_the_best_part_of_each_song_asked_for_is_that_of_numpy():
    rng = np.random.default_rng(2)
    outlines, query = rng.integers(-127, 128, (50, 4, 24)).astype(np.int8), rng.standard_normal(24)
    songs = np.array([3, 49, 7, 0])
    assert best_parts(outlines, songs, query) == pytest.approx((outlines[songs] @ query).max(axis=1), rel=1e-4)
    assert len(best_parts(outlines, songs[:0], query)) == 0
