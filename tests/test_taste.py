"""A taste: what choices teach, and the file that keeps them."""

import json
import os
import shutil

import numpy as np
import pytest
import shelf

from index.faiss_index import FaissIndex
from index.library import Library
from index.taste import MOST, Choice, Metric, chosen
from index.taste_file import FILE, LARGEST, Taste, TasteError, forget_taste, read_taste, write_taste

GENRES, EACH, DIMENSIONS = 4, 15, 48


@pytest.fixture
def library(tmp_path):
    """A copy of the small library, to write beside."""
    return Library.load(shutil.copytree(shelf.library().folder, tmp_path / "library"))


@pytest.fixture(scope="module")
def songs():
    """Sixty songs of four genres that overlap much: vectors [60, 48], genres [60] and the index of both."""
    random = np.random.default_rng(0)
    genres = np.repeat(np.arange(GENRES), EACH)
    vectors = random.standard_normal((GENRES, DIMENSIONS))[genres] * 0.5 + random.standard_normal((60, DIMENSIONS))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return vectors, genres, FaissIndex.build(vectors)


def name(song):
    return f"{song:08x}"


def choose(songs, genre, seed, count=30):
    """Somebody who wants one genre whatever was asked; only even songs are ever judged or asked about."""
    _, genres, index = songs
    random, made = np.random.default_rng(seed), []
    while len(made) < count:
        of, song = (int(each) for each in 2 * random.integers(30, size=2))
        kind = "not" if len(made) % 2 else "like"
        if of != song and (genres[song] == genre) == (kind == "like"):
            made.append(Choice(kind, name(song), name(of)))
    return Metric.fit(made, {name(song): song for song in range(60)}, index)


def p10(songs, genre, metric=None):
    """Of the first ten odd songs, those of the genre, over the odd songs asked about."""
    vectors, genres, _ = songs
    odd = np.arange(1, 60, 2)
    hits = []
    for song in odd:
        cosines = vectors[odd] @ (metric.bend(vectors[song]) if metric else vectors[song])
        nearest = odd[np.argsort(np.where(odd == song, np.inf, -cosines))][:10]
        hits.append((genres[nearest] == genre).mean())
    return np.mean(hits)


def test_thirty_choices_bring_more_of_what_is_wanted_among_songs_that_were_never_judged(songs):
    gains = [
        p10(songs, genre, choose(songs, genre, seed)) - p10(songs, genre)
        for genre in range(GENRES)
        for seed in range(3)
    ]
    assert min(gains) > 0 and np.mean(gains) > 0.1


def test_a_bent_question_is_a_unit_row_that_stays_with_its_song(songs):
    metric = choose(songs, 1, 0)
    strongest = Metric(metric.asked, 100 * metric.towards)
    for vector in songs[0]:
        for learned in (metric, strongest):
            bent = learned.bend(vector)
            assert bent.dtype == np.float32 and np.linalg.norm(bent) == pytest.approx(1, abs=1e-5)
            assert bent @ vector >= -1e-6


def test_a_skip_says_less_than_not_this(songs):
    vectors, _, index = songs
    rows = {name(song): song for song in range(60)}
    asked, song = vectors[0], int(index.search(vectors[:1], 2)[0][0][1])
    plain = asked @ vectors[song]
    skipped, unwanted = (
        Metric.fit([Choice(kind, name(song), name(0))], rows, index).bend(asked) @ vectors[song]
        for kind in ("skip", "not")
    )
    assert unwanted < skipped < plain


def test_songs_that_the_library_does_not_hold_teach_nothing(songs):
    assert Metric.fit([Choice("like", "ffffffff")], {name(0): 0}, songs[2]) is None
    assert Metric.fit([], {}, songs[2]) is None


def test_a_song_alone_can_be_judged():
    alone = FaissIndex.build(np.eye(1, 3, dtype=np.float32))
    for kind in ("like", "not", "skip"):
        bent = Metric.fit([Choice(kind, name(0))], {name(0): 0}, alone).bend(np.eye(1, 3, dtype=np.float32)[0])
        assert np.isfinite(bent).all()


def test_the_latest_choices_are_kept_and_a_song_is_judged_once_at_a_question():
    choices = ()
    for song in range(MOST + 10):
        choices = chosen(choices, Choice("like", name(song)))
    assert len(choices) == MOST and choices[0].song == name(10)
    assert chosen((Choice("like", "a", "b"), Choice("like", "a")), Choice("not", "a", "b")) == (
        Choice("like", "a"),
        Choice("not", "a", "b"),
    )


def test_without_a_taste_nothing_changes_and_no_file_of_the_library_does(library):
    def files():
        return {path: path.read_bytes() for path in library.folder.rglob("*") if path.is_file()}

    plain, held = [library.similar(song) for song in range(12)], files()
    choices = tuple(Choice("like", library.contents[song], library.contents[0]) for song in (2, 5))
    write_taste(library, Taste(True, choices))
    assert library.blend([0], [], taste=library.learned(choices)) != plain[0]
    assert [library.similar(song) for song in range(12)] == plain
    assert {path: text for path, text in files().items() if path.name != FILE} == held
    forget_taste(library)
    assert files() == held


def test_a_taste_is_read_as_it_was_written_and_survives_a_new_build(library):
    contents = library.contents
    taste = Taste(True, (Choice("like", contents[3]), Choice("skip", contents[4], contents[3])))
    assert read_taste(library) == Taste()
    write_taste(library, taste)
    assert read_taste(library) == taste
    library.contents.reverse()  # the same songs by other numbers
    assert read_taste(library) == taste


def said(library, **other):
    own = {"format": 1, "encoder": library.encoder, "dimensions": library.dimensions, "on": True}
    return json.dumps(own | {"choices": [["like", library.contents[0], None]]} | other)


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda library: said(library, encoder="mfcc"), "another ear"),
        (lambda library: said(library, dimensions=1024), "another ear"),
        (lambda library: said(library, choices=[["like", "f" * 32, None]]), "comes from elsewhere"),
        (lambda library: said(library, format=2), "another version"),
        (lambda library: said(library) + " " * LARGEST, "larger than any"),
        (lambda library: said(library, choices=[["like", library.contents[0], None]] * (MOST + 1)), "more than"),
        (lambda library: said(library)[:-5], "damaged"),
        (lambda library: said(library, on="yes"), "damaged"),
        (lambda library: said(library, choices=[["love", library.contents[0], None]]), "damaged"),
        (lambda library: said(library, choices=[["like", 4, None]]), "damaged"),
        (lambda library: said(library, choices=[["like"]]), "damaged"),
        (lambda library: said(library, choices=[[[], library.contents[0], None]]), "damaged"),
        (lambda library: said(library, choices=5), "damaged"),
        (lambda library: "[" * 200_000, "damaged"),
        (lambda library: "[1, 2]", "damaged"),
        (lambda library: "\xff\xfe", "damaged"),
        (lambda library: "", "damaged"),
    ],
)
def test_a_file_that_is_no_taste_of_this_library_is_refused_in_one_sentence_and_left_as_it_is(library, write, why):
    path, text = library.folder / FILE, write(library).encode("latin-1")
    path.write_bytes(text)
    for act in (read_taste, forget_taste, lambda library: write_taste(library, Taste())):
        with pytest.raises(TasteError, match=why) as refused:
            act(library)
        assert "\n" not in str(refused.value) and str(library.folder) not in str(refused.value)
    assert path.read_bytes() == text


def test_what_is_no_file_is_refused_and_never_waited_for(library):
    os.mkfifo(library.folder / FILE)
    with pytest.raises(TasteError, match="is no file"):
        read_taste(library)


def test_a_taste_that_cannot_be_written_leaves_the_one_before(library):
    write_taste(library, Taste(True))
    (library.folder / f"{FILE}.unfinished").mkdir()
    with pytest.raises(TasteError, match="could not be kept"):
        write_taste(library, Taste(False))
    assert read_taste(library) == Taste(True)
