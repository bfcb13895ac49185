"""Songs by words: what is asked for is what can be heard, and a library without words says so."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import sounds
from spectrum import WORDS, SpectrumEmbedder, Words

from index.build import BuildError, build_library
from index.filters import Filter
from index.library import Library, LibraryError
from index.ranking import Rules
from index.words import WordIndex, WordsError, read, telling

SOUNDS = {
    "bass": lambda n: sounds.tone(100 + 20 * n),
    "treble": lambda n: sounds.tone(2500 + 300 * n),
    "noise": lambda n: sounds.noise(seed=n),
}
ALL = Rules(hide_duplicates=False)  # to this ear two tones of one band are the same


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four songs: low tones, high tones and noises, each four times loud and four times quiet."""
    songs = tmp_path_factory.mktemp("songs")
    for kind, sound in SOUNDS.items():
        for n in range(4):
            sounds.write(songs / f"loud {kind}" / f"{n}.flac", sound(n))
            sounds.write(songs / f"quiet {kind}" / f"{n}.flac", sound(n) * 0.02)
    return songs


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    build_library(folder, SpectrumEmbedder(words=WORDS), folder.parent / "words")
    return Library.load(folder.parent / "words")


def kinds(library: Library, matches) -> set[str]:
    return {Path(library.song(match.id).path).parent.name for match in matches}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("loud bass", "loud bass"),
        ("bass, not loud", "quiet bass"),
        ("loud treble, no white noise", "loud treble"),
        ("loud white noise", "loud noise"),
    ],
)
def test_songs_that_sound_as_asked_come_first(library, asked, answered):
    assert kinds(library, library.by_words(asked, 4, ALL)) == {answered}


def test_a_song_must_have_every_word_and_not_much_of_one(library):
    """By the mean of its scores, loud noise would stand before quiet bass: it is much louder than any tone."""
    order = [kinds(library, [match]).pop() for match in library.by_words("loud bass", 24, ALL)]
    assert order[:4] == ["loud bass"] * 4
    assert order.index("quiet bass") < order.index("loud noise")


def test_similarities_fall_and_lie_between_nothing_and_all(library):
    found = [match.similarity for match in library.by_words("bass", 24)]
    assert found == sorted(found, reverse=True)
    assert 0 < found[-1] < 0.5 < found[0] < 1


def test_the_opposite_is_asked_for_with_no(library):
    having = [match.similarity for match in sorted(library.by_words("bass", 24, ALL), key=lambda match: match.id)]
    missing = [match.similarity for match in sorted(library.by_words("no bass", 24, ALL), key=lambda match: match.id)]
    np.testing.assert_allclose(np.add(having, missing), 1)


def test_the_rules_hold_for_words_too(library):
    cluster = int(library.songs["cluster"].iat[0])
    found = library.by_words("bass", 24, Rules(filter=Filter(clusters=frozenset({cluster}))))
    assert {library.songs["cluster"].iat[match.id] for match in found} == {cluster}


def test_songs_like_one_can_be_narrowed_by_words_and_stay_in_their_order(library):
    found = library.similar(0, 24, Rules(filter=Filter(only=library.fitting("not loud")), hide_duplicates=False))
    assert kinds(library, found) == {"quiet bass", "quiet noise", "quiet treble"}
    assert found == [match for match in library.similar(0, 24, ALL) if kinds(library, [match]) <= kinds(library, found)]


def test_the_words_of_a_song_are_what_stands_out_in_it(library):
    said = {kind: set() for kind in {Path(path).parent.name for path in library.songs["path"]}}
    for id in range(len(library)):
        said[Path(library.song(id).path).parent.name] |= set(library.words(id))
    assert "bass" in said["loud bass"] and "white noise" in said["loud noise"]
    assert "loud" not in said["quiet bass"] | said["quiet treble"] | said["quiet noise"]
    assert "treble" not in said["loud bass"] and "bass" not in said["loud treble"]


def test_a_track_from_outside_has_the_words_of_its_twin(library):
    vectors = np.stack([SpectrumEmbedder().hear(library.audio_path(id)).vector for id in range(len(library))])
    for id, vector in enumerate(vectors):
        assert library.words_of(vector) == library.words(id)


def test_a_library_of_one_song_is_told_by_what_the_ear_knows(folder, tmp_path, library):
    (tmp_path / "songs").mkdir()
    os.link(folder / "loud bass" / "0.flac", tmp_path / "songs" / "0.flac")
    known = np.stack([SpectrumEmbedder().hear(library.audio_path(id)).vector for id in range(len(library))])
    build_library(tmp_path / "songs", SpectrumEmbedder(words=WORDS, reference=known), tmp_path / "taught")
    assert "bass" in Library.load(tmp_path / "taught").words(0)
    build_library(tmp_path / "songs", SpectrumEmbedder(words=WORDS), tmp_path / "alone")
    assert Library.load(tmp_path / "alone").words(0) == []


def test_reading_is_linear():
    vectors = np.random.default_rng(0).standard_normal((5, 16)).astype(np.float32)
    np.testing.assert_allclose(read(vectors, WORDS), vectors @ WORDS.weights.T + WORDS.bias, rtol=1e-6)


def test_a_word_that_no_two_songs_differ_in_stands_out_in_none():
    weights = np.stack([np.zeros(16), WORDS.weights[0]]).astype(np.float32)
    flat = Words(("flat", "bass"), weights, np.ones(2, np.float32))
    vectors = np.random.default_rng(0).standard_normal((9, 16)).astype(np.float32)
    index = WordIndex.build(flat, vectors, np.zeros((0, 16), np.float32))
    assert not any("flat" in index.standing_out(song) for song in index.logits)
    np.testing.assert_allclose(index.agreement({0: True}), 0.5, atol=1e-3)


def test_what_is_everywhere_and_what_is_hardly_there_tell_nothing():
    usual = np.log([0.9, 0.001, 0.1])  # near enough to logits below a half
    told = telling(np.log([0.9, 0.01, 0.4]), usual)
    assert told[0] == 0
    assert told[2] > 10 * told[1] > 0
    assert telling(usual - 1, usual).max() < 0


def test_words_of_another_ear_are_a_sentence(tmp_path, songs):
    other = Words(("bass",), np.zeros((1, 60), np.float32), np.zeros(1, np.float32))
    with pytest.raises(BuildError, match="read off vectors of 60 numbers"):
        build_library(songs, SpectrumEmbedder(words=other), tmp_path / "library")


def test_words_that_are_not_understood_are_a_sentence(library):
    for ask in (library.by_words, library.fitting):
        with pytest.raises(WordsError, match=r"no word 'trebel' \(did you mean treble"):
            ask("trebel")


def test_a_library_without_words_opens_and_says_so(tmp_path, songs, ear):
    build_library(songs, ear, tmp_path / "library")
    about = json.loads((tmp_path / "library" / "library.json").read_text())
    assert about["counts"].pop("words") == 0
    (tmp_path / "library" / "library.json").write_text(json.dumps(about))  # as builds without words left it
    library = Library.load(tmp_path / "library")
    assert library.words(0) == library.words_of(np.ones(16, np.float32)) == []
    with pytest.raises(LibraryError, match="has no words: build it again with an encoder that knows some"):
        library.by_words("bass")


@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "noise", "short"])
def test_damaged_words_are_named(tmp_path, songs, damage):
    build_library(songs, SpectrumEmbedder(words=WORDS), tmp_path / "library")
    path = next((tmp_path / "library").glob("*/words.npz"))
    whole = path.read_bytes()
    path.unlink()
    if damage == "short":
        WordIndex.build(WORDS, np.ones((3, 16), np.float32), np.zeros((0, 16))).save(path)
    elif damage != "missing":
        path.write_bytes({"cut": whole[: len(whole) * 2 // 3], "empty": b"", "noise": os.urandom(500)}[damage])
    with pytest.raises(LibraryError, match=r"is damaged, words\.npz .*: build it again with"):
        Library.load(tmp_path / "library")
