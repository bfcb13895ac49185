"""A library put to the test: the right songs, each heard once, and figures that tell a good ear from a deaf one."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
from spectrum import Heard, SpectrumEmbedder, Unheard

from engine.excerpts import CONDITIONS, cut_excerpts
from index.build import build_library
from index.evaluation import Evaluation, EvaluationError, evaluate
from index.journal import Journal, JournalError
from index.labels import LabelsError
from index.library import Library

RATE = 16_000  # of the songs as of the excerpts: the ear of these tests takes a sound at another rate for another pitch
ALBUMS = {"low": 150.0, "middle": 600.0, "high": 2400.0}


class Deaf(SpectrumEmbedder):
    """An encoder that hears something else in every file, whatever is in it."""

    def __init__(self) -> None:
        super().__init__(name="deaf", fingerprint="dea1")

    def embed(self, paths: Iterable[Path]) -> Iterator[Heard | Unheard]:
        for heard in super().embed(paths):
            dreamt = np.random.default_rng(len(self.asked)).standard_normal(16)
            yield replace(heard, vector=dreamt.astype(np.float32)) if isinstance(heard, Heard) else heard


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """Four songs a folder, each a noise around a pitch of its own; folders differ far more than songs."""
    for album, hertz in ALBUMS.items():
        for number in range(4):
            sound = 0.02 * sounds.noise(12, number, RATE)
            for step in range(4):
                sound += 0.3 * sounds.tone(hertz * 2 ** (step / 4 + number / 24), 12, RATE) / (1 + (step - number) % 4)
            tags = {"artist": album[0], "album": f"{album} {number // 2}", "genre": "tones"}
            sounds.write(tmp_path / "songs" / album / f"{number}.flac", sound, RATE, **tags)
    return tmp_path / "songs"


@pytest.fixture
def library(songs: Path, tmp_path: Path) -> Library:
    build_library(songs, SpectrumEmbedder(), tmp_path / "library")
    return Library.load(tmp_path / "library")


def judge(library: Library, **options: object) -> Evaluation:
    return evaluate(library, [SpectrumEmbedder(), Deaf()], cut_excerpts, **options)  # type: ignore[arg-type]


def test_a_good_ear_is_told_from_a_deaf_one_by_every_figure(library: Library) -> None:
    measured = judge(library)
    good, deaf = measured.figures["spectrum"], measured.figures["deaf"]
    assert measured.songs == measured.asked == measured.excerpts == 12 and measured.groups == 3
    assert good["p1"].value == good["mean_ap"].value == 1 and deaf["mean_ap"].value < 0.7
    for name in set(CONDITIONS) - {"mp3"}:  # which is at 8 kHz
        assert good[f"excerpt_{name}"].value > deaf[f"excerpt_{name}"].value, name
    assert good["cluster_ami"].value > deaf["cluster_ami"].value
    assert set(good) == set(deaf) and {"n10_skew", "map_trustworthiness", "map_kept", "cluster_stability"} < set(good)
    difference = measured.differences["deaf"]["mean_ap"]
    assert difference.value == pytest.approx(good["mean_ap"].value - deaf["mean_ap"].value) and difference.low > 0


def test_the_own_map_and_clusters_are_the_librarys(library: Library) -> None:
    groups = np.array([path.split("/")[0] for path in library.songs["path"]])
    library.songs["cluster"] = np.unique(groups, return_inverse=True)[1]
    assert judge(library, excerpts=0).figures["spectrum"]["cluster_ami"].value == pytest.approx(1)
    library.songs["cluster"] = np.arange(len(library)) % 3
    library.songs[["x", "y", "z"]] = np.random.default_rng(0).standard_normal((len(library), 3))
    measured = judge(library, excerpts=0).figures["spectrum"]
    assert measured["cluster_ami"].value < 0.2 and measured["map_trustworthiness"].value < 0.8


def test_the_album_filter_comes_with_labels_that_reach_beyond_an_album(library: Library) -> None:
    filtered = judge(library, labels="artist", excerpts=0).figures["spectrum"]
    assert filtered["mean_ap_other_albums"].value < filtered["mean_ap"].value + 1e-9
    assert "p1_other_albums" not in judge(library, labels="folder", excerpts=0).figures["spectrum"]


def test_a_second_run_hears_no_song_again_and_finds_the_same(library: Library, songs: Path) -> None:
    first = judge(library, excerpts=0)
    encoders = [SpectrumEmbedder(), Deaf()]
    again = evaluate(library, encoders, cut_excerpts, excerpts=0)
    assert [encoder.asked for encoder in encoders] == [[], []]
    assert again == first


def test_so_many_songs_as_asked_give_excerpts_and_none_are_left_behind(library: Library) -> None:
    folders: set[Path] = set()

    def cut(song: Path, folder: Path, number: int) -> dict[str, Path]:
        folders.add(folder)
        return cut_excerpts(song, folder, number)

    measured = evaluate(library, [SpectrumEmbedder()], cut, excerpts=3)
    assert measured.excerpts == 3 and len(folders) == 1 and not folders.pop().exists()


def test_songs_that_cannot_judge_are_left_out_and_counted(songs: Path, tmp_path: Path) -> None:
    sounds.write(songs / "untagged.flac", sounds.noise(12, 99, 8000), 8000)
    shutil.copy(songs / "low" / "0.flac", songs / "high" / "twin.flac")
    build_library(songs, SpectrumEmbedder(), tmp_path / "library")
    (songs / "low" / "3.flac").unlink()
    sounds.write(songs / "middle" / "3.flac", sounds.noise(12, 98, 8000), 8000)
    measured = judge(Library.load(tmp_path / "library"), labels="artist", excerpts=0)
    assert measured.songs == 10 and measured.left_out == {
        "without a tag for the artist": 1,
        "gone or changed since the build": 2,
        "the same recording as another": 1,
    }


def test_labels_that_make_no_two_groups_are_refused(library: Library) -> None:
    with pytest.raises(LabelsError, match="only one group of songs shares the genre"):
        judge(library, labels="genre")
    with pytest.raises(LabelsError, match="no label 'mood'"):
        judge(library, labels="mood")


def test_songs_that_have_moved_away_are_missed_in_a_sentence(library: Library, songs: Path) -> None:
    songs.rename(songs.with_name("elsewhere"))
    with pytest.raises(EvaluationError, match="put them back, or build again"):
        judge(library)


def test_another_encoder_than_the_librarys_is_refused(library: Library) -> None:
    with pytest.raises(EvaluationError, match="another version of spectrum"):
        evaluate(library, [Deaf()], cut_excerpts)


def test_a_library_that_is_being_built_is_left_alone(library: Library) -> None:
    with Journal(library.folder / "journal.sqlite"), pytest.raises(JournalError, match="built by another process"):
        judge(library)
