"""What listens to dropped tracks: the real encoder of the library that is shown."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import sounds

from dashboard import drop
from dashboard.__main__ import ear, own_ear
from engine.encoders import open_encoder
from index.build import build_library
from index.library import Library


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> list[Library]:
    """One folder of songs, heard with two encoders."""
    folder = tmp_path_factory.mktemp("heard")
    for seed in range(3):
        sounds.write(folder / "songs" / f"{seed}.ogg", sounds.noise(8, seed))
    for encoder in ("mfcc", "songboard"):
        build_library(folder / "songs", open_encoder(encoder, "cpu"), folder / encoder)
    return [Library.load(folder / encoder) for encoder in ("mfcc", "songboard")]


def test_a_track_is_heard_with_the_encoder_of_the_library_that_is_shown(libraries: list[Library]) -> None:
    listen = ear(own_ear("cpu"))
    for library in [*libraries, libraries[0]]:
        heard = drop.hear(library.audio_path(1), "One", library, listen)
        assert library.similar_to(heard.vector, 1)[0].id == 1
        assert heard.fingerprint == library.fingerprint


def test_a_track_that_lasts_too_long_is_refused_by_the_ear_itself(libraries: list[Library], tmp_path: Path) -> None:
    long = sounds.write(tmp_path / "long.flac", sounds.silence(drop.LONGEST + 60, 8000), 8000)
    with pytest.raises(drop.DropError) as refused:
        drop.hear(long, "Long", libraries[0], ear(own_ear("cpu")))
    assert str(refused.value) == "It is longer than 20 minutes."


def test_a_library_of_another_version_of_its_encoder_is_to_be_built_again(libraries: list[Library]) -> None:
    older = SimpleNamespace(encoder="mfcc", fingerprint="older")
    with pytest.raises(drop.DropError, match="Build it again"):
        ear(own_ear("cpu"))(libraries[0].audio_path(0), older)
