"""Free text through CLAP: a tiny one with random weights, which makes no sense of anything, but always the same."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sounds
from click.testing import CliRunner
from conftest import compose

pytest.importorskip("transformers", reason="the extra songboard[text] is not installed")

from clap import save_clap

from cli import main
from dashboard.__main__ import own_ear, voice
from dashboard.app import create_app
from engine.encoders import EncoderError, open_encoder
from engine.wide import RATE, Wide, hear_wide
from index.build import build_library
from index.library import Library, LibraryError
from index.words import WordsError

ROOT = Path(__file__).resolve().parent.parent
ASKED = "a sad cello in an empty church"


@pytest.fixture(scope="module")
def clap(tmp_path_factory):
    return save_clap(tmp_path_factory.mktemp("clap"))


@pytest.fixture(scope="module")
def folder(clap, tmp_path_factory):
    """A library of eight songs that was heard by MFCCs and by CLAP after that."""
    where = tmp_path_factory.mktemp("heard")
    for encoder in ("mfcc", str(clap)):
        build_library(compose(where / "songs"), open_encoder(encoder, "cpu"), where / "library")
    return where / "library"


@pytest.fixture
def library(folder, clap):
    opened = Library.load(folder)
    opened.speak = voice(own_ear("cpu"))
    return opened


def test_sound_and_sentences_are_unit_vectors_of_one_space(clap, folder):
    ear = open_encoder(str(clap), "cpu")
    said, segments = ear.say(ASKED), Library.load(folder).segments
    assert said.shape == segments.shape[1:] and said.dtype == np.float32
    assert np.linalg.norm(said) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(segments.astype(float), axis=1) == pytest.approx(1, abs=1e-2)
    assert ear.say("word " * 1000).shape == said.shape


def test_a_sentence_lists_songs_by_the_cosine_of_sound_and_text(library, clap):
    ear = open_encoder(str(clap), "cpu")
    cosines = {each.path.name: float(each.vector @ ear.say(ASKED)) for each in ear.embed(
        [library.audio_path(song) for song in range(len(library))])}  # fmt: skip
    matches = library.by_words(ASKED, len(library))
    told = [cosines[Path(library.song(match.id).path).name] for match in matches]
    assert len(told) >= 6 and told == sorted(told, reverse=True)
    assert library.fitting(ASKED) == {match.id for match in matches if match.similarity > 0.5}


def test_going_back_to_an_ear_costs_no_listening(folder, clap):
    songs = Library.load(folder).songs_folder
    again = build_library(songs, open_encoder("mfcc"), folder)
    assert again.remembered == again.indexed and not Library.load(folder).sentences
    back = build_library(songs, open_encoder(str(clap), "cpu"), folder)
    assert back.remembered == back.indexed and Library.load(folder).sentences


def test_no_text_is_no_question_and_a_library_without_its_ear_says_so(folder, library):
    with pytest.raises(WordsError):
        library.by_words("  ")
    with pytest.raises(LibraryError, match="is needed to understand"):
        Library.load(folder).by_words(ASKED)


def test_the_command_line_takes_any_text(folder):
    told = CliRunner().invoke(
        main, ["similar", "--library", str(folder), "--device", "cpu", "--words", ASKED, "-k", "3"]
    )
    assert told.exit_code == 0 and len(told.stdout.splitlines()) == 3
    both = CliRunner().invoke(main, ["similar", "0", "--library", str(folder), "--device", "cpu", "--words", ASKED])
    assert both.exit_code == 0 and both.stdout


def test_the_search_box_offers_any_text_and_the_page_answers_it(library):
    client = create_app(library).server.test_client()
    assert ASKED in client.get("/find", query_string={"text": ASKED}).text
    headers = {"X-Songboard": "answer"}
    told = client.post("/answer", json={"words": ASKED}, headers=headers).get_json()
    assert told["lit"]["matches"] == [match.id for match in library.by_words(ASKED, 20)]


def test_windows_keep_what_8_khz_lose(tmp_path):
    both = sounds.tone(10_000, 24, 44_100) + 0.3 * sounds.tone(440, 24, 44_100)  # the high one alone would be silence
    (wide,) = hear_wide(sounds.write(tmp_path / "both.flac", 0.5 * both, 44_100))
    assert isinstance(wide, Wide) and wide.starts.tolist() == [0, 10, 20]
    spectrum = np.abs(np.fft.rfft(wide.windows[1]))
    assert spectrum.argmax() * RATE / wide.windows.shape[1] == pytest.approx(10_000, abs=1)


def test_a_bad_file_is_skipped_and_named(clap, tmp_path):
    (skipped,) = open_encoder(str(clap), "cpu").embed([tmp_path / "none.mp3"])
    assert skipped.reason == "is not there"


def test_what_is_no_clap_in_safetensors_is_refused_with_a_sentence(clap, tmp_path):
    pickled = save_clap(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    damaged = save_clap(tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"no weights")
    fused = save_clap(tmp_path / "fused", fused=True)
    for folder, told in ((tmp_path, "holds no model.safetensors"), (pickled, "holds no model.safetensors"),
                         (damaged, "can be read"), (fused, "unfused")):  # fmt: skip
        with pytest.raises(EncoderError, match=told):
            open_encoder(str(folder), "cpu")


def test_without_the_extra_the_line_to_run_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(EncoderError, match=r"run: .venv/bin/python -m pip install .*\[text\]"):
        open_encoder("clap", "cpu")


def test_the_weights_are_announced_with_their_size_before_they_are_fetched_and_found_afterwards(clap, folder, tmp_path):
    songs, library = Library.load(folder).songs_folder / "Tones", tmp_path / "library"
    build = [
        sys.executable,
        "cli.py",
        "build-index",
        songs,
        "--library",
        library,
        "--encoder",
        "clap",
        "--device",
        "cpu",
    ]
    offline = {**os.environ, "HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    first = subprocess.run([*build, "--device", "cpu"], cwd=ROOT, env=offline, capture_output=True, text=True)
    announced, _, refused = first.stderr.partition("\n")
    assert first.returncode == 2 and "780 MB" in announced and "could not be fetched" in refused
    from engine.clap_weights import MODEL, REVISION

    snapshots = tmp_path / f"models--{MODEL.replace('/', '--')}" / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / REVISION).symlink_to(clap)
    opens = "from engine.encoders import *; print(first_use('clap') or open_encoder('clap', 'cpu').name)"
    second = subprocess.run([sys.executable, "-c", opens], cwd=ROOT, env=offline, capture_output=True, text=True)
    assert second.stdout == "clap\n", second.stderr
