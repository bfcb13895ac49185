"""The command line, run as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sounds

ROOT = Path(__file__).parents[1]


def songboard(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def library(songs: Path, tmp_path: Path) -> Path:
    """Eight songs heard by the baseline, beside a broken one."""
    (songs / "broken.mp3").write_bytes(b"this is no music" * 50)
    result = songboard("build-index", "songs", "--encoder", "mfcc", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "8 songs in, 1 skipped" in result.stdout and "skipped: broken.mp3 " in result.stdout
    return tmp_path / "library"


def test_a_library_is_built_asked_described_and_exported(library: Path, tmp_path: Path) -> None:
    by_id = songboard("similar", "0", "-k", 3, folder=tmp_path)
    assert len(by_id.stdout.splitlines()) == 3

    song = tmp_path / "songs" / "Tones" / "01 A.flac"
    by_file = songboard("similar", song, "-k", 1, folder=tmp_path)
    assert "Note A - The Tones" in by_file.stdout and by_file.stdout.strip().startswith("1.000")

    status = songboard("status", folder=tmp_path).stdout
    assert "8 songs" in status and "heard by mfcc" in status and "1 skipped file," in status

    assert songboard("export", "--format", "json", folder=tmp_path).returncode == 0
    assert len(json.loads((tmp_path / "song_embeddings.json").read_text())["songs"]) == 8
    assert songboard("export", "--format", "csv", folder=tmp_path).returncode == 0
    assert (tmp_path / "df_clusters.csv").exists()


def test_a_reader_that_goes_away_is_no_error(library: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} {ROOT / 'cli.py'} similar 0 | true"
    result = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.stderr == ""


def test_a_second_build_hears_nothing_again(library: Path, tmp_path: Path) -> None:
    result = songboard("build-index", "songs", "--encoder", "mfcc", folder=tmp_path)
    assert "8 songs in, 8 of them heard before" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["build-index", "nowhere"], "nowhere"),
        (["build-index", "empty"], "empty"),
        (["build-index", "texts", "--encoder", "mfcc"], "texts"),
        (["build-index", "empty", "--clusters", "many"], "--clusters is 'many'"),
        (["build-index", "texts", "--encoder", "wav2vec"], "no encoder 'wav2vec'"),
        (["similar", "0"], "library"),
        (["similar"], "what is to be looked for?"),
        (["status"], "library"),
        (["evaluate"], "library"),
        (["train", "empty"], "empty"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "song.mp3").write_text("la la la")
    result = songboard(*arguments, folder=tmp_path)
    assert result.returncode == 2
    assert sentence in result.stderr and "Traceback" not in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("Error: ")]) == 1


def test_a_library_of_another_encoder_is_asked_with_its_own(library: Path, tmp_path: Path) -> None:
    about = json.loads((library / "library.json").read_text())
    (library / "library.json").write_text(json.dumps(about | {"fingerprint": "0" * 16}))
    song = sounds.write(tmp_path / "new.wav", sounds.noise(5))
    result = songboard("similar", song, folder=tmp_path)
    assert result.returncode == 2 and "another version of mfcc" in result.stderr


def test_a_zip_of_songs_is_indexed_and_a_climbing_one_refused(songs: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "music.zip", "w") as archive:
        for path in songs.rglob("*.*"):
            archive.write(path, path.relative_to(songs))
    result = songboard("build-index", "music.zip", "--encoder", "mfcc", folder=tmp_path)
    assert result.returncode == 0 and "8 songs in" in result.stdout, result.stderr
    with zipfile.ZipFile(tmp_path / "climbing.zip", "w") as archive:
        archive.write(next(songs.rglob("*.flac")), "../../escaped.flac")
    result = songboard("build-index", "climbing.zip", "--encoder", "mfcc", folder=tmp_path)
    assert result.returncode == 2 and "escaped.flac" in result.stderr
    assert not [*tmp_path.rglob("escaped.flac"), *tmp_path.parent.glob("escaped.flac")]


def albums(folder: Path) -> None:
    """Four albums of two songs each, and a broken file."""
    for album in range(4):
        for song in range(2):
            sound = sounds.chord(200 + 100 * album, 300 + 40 * song, seconds=16) + sounds.noise(16, seed=song)
            sounds.write(folder / f"album {album}" / f"{song}.ogg", sound)
    (folder / "album 0" / "broken.mp3").write_bytes(b"no music")


def test_an_ear_is_trained_and_listens(tmp_path: Path) -> None:
    albums(tmp_path / "songs")
    anew = ["train", "songs", "--from", "nothing", "--steps", 2, "--song-steps", 2]
    command = [*anew, "--batch", 4, "--device", "cpu"]
    trained = songboard(*command, folder=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "broken.mp3 is not a sound file" in trained.stderr and "random weights: excerpt_recall" in trained.stderr
    ear = tmp_path / "training" / "songboard.safetensors"
    built = songboard("build-index", "songs", "--encoder", ear, "--device", "cpu", folder=tmp_path)
    assert built.returncode == 0 and "8 songs in, 1 skipped" in built.stdout
    assert songboard("similar", "0", "-k", 2, folder=tmp_path).stdout.count("\n") == 2


def test_a_library_on_whose_songs_the_shipped_ear_was_trained_says_which_ear_was_kept_and_why(tmp_path: Path) -> None:
    albums(tmp_path / "songs")
    built = songboard("build-index", "songs", "--train", "--device", "cpu", folder=tmp_path)
    assert built.returncode == 0, built.stderr
    first, *_ = built.stdout.splitlines()
    assert first.startswith(("The ear stays as it was: on the songs held out", "The ear is library"))
    assert "8 songs in, 1 skipped" in built.stdout
    refused = songboard("build-index", "songs", "--train", "--encoder", "mfcc", folder=tmp_path)
    assert refused.returncode == 2 and "leave out --encoder mfcc" in refused.stderr


def test_songs_are_asked_for_by_words(songs: Path, tmp_path: Path) -> None:
    from spectrum import WORDS, SpectrumEmbedder

    from index.build import build_library

    build_library(songs, SpectrumEmbedder(words=WORDS), tmp_path / "library")
    noisy = songboard("similar", "--words", "White noises, no bass", "-k", 3, folder=tmp_path)
    assert noisy.stdout.count("Björk Noise") == 3 and "white noise" in noisy.stdout.splitlines()[0].partition("[")[2]
    dull = songboard("similar", "--words", "-treble", "-k", 3, folder=tmp_path)
    assert dull.stdout.count("The Tones") == 3
    narrowed = songboard("similar", "0", "--words", "bass", folder=tmp_path)
    assert narrowed.stdout.count("\n") == narrowed.stdout.count("The Tones") == 4
    for words, sentence in {"trebel": "did you mean treble?", "bass and white noise": "no other song fits"}.items():
        refused = songboard("similar", "0", "--words", words, folder=tmp_path)
        assert refused.returncode == 2 and sentence in refused.stderr, refused.stderr


def test_a_library_without_words_is_not_asked_by_words(library: Path, tmp_path: Path) -> None:
    result = songboard("similar", "--words", "piano", folder=tmp_path)
    assert result.returncode == 2 and "has no words" in result.stderr and "Traceback" not in result.stderr


def test_a_library_is_put_to_the_test_beside_a_network_that_learned_nothing(library: Path, tmp_path: Path) -> None:
    table = songboard("evaluate", "--labels", "artist", folder=tmp_path)
    assert table.returncode == 0, table.stderr
    assert "8 songs, 2 artists" in table.stdout and "mfcc minus random: P@1" in table.stdout
    told = json.loads(songboard("evaluate", "--json", folder=tmp_path).stdout)
    assert list(told["figures"]) == ["mfcc", "random"] and told["figures"]["mfcc"]["p1"]["value"] == 1
    refused = songboard("evaluate", "--labels", "mood", folder=tmp_path)
    assert refused.returncode == 2 and "'mood' is not one of" in refused.stderr
    (tmp_path / "songs").rename(tmp_path / "elsewhere")
    gone = songboard("evaluate", folder=tmp_path)
    assert gone.returncode == 2 and "put them back" in gone.stderr and "Traceback" not in gone.stderr
