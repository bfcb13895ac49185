"""What several test files share: a small folder of songs, and an ear to hear them with."""

from __future__ import annotations

import importlib.util
import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as at the entry points, and before anything heavy is imported
if "PYTEST_XDIST_WORKER" in os.environ:  # the workers share the cores, and threads would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sounds
from once import once
from spectrum import SpectrumEmbedder

if TYPE_CHECKING:
    from collections.abc import Iterator

    import milvus_server

    from index.library import Library

NOTES = {"A": 220.0, "C": 261.6, "E": 329.6, "G": 392.0}
LONGEST = ("test_ranks", "test_listeners", "test_notebook", "test_cli")  # begun last, each would be waited for alone


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take the longest; the others stay in their order."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def compose(folder: Path) -> Path:
    """Eight tagged songs by two artists on two albums: one plays tones as FLAC, the other noise as MP3."""
    for track, (note, hertz) in enumerate(NOTES.items(), start=1):
        tags = {"artist": "The Tones", "album": "Pure", "genre": "Pop", "date": "2001", "tracknumber": str(track)}
        sound = sounds.chord(hertz, 2 * hertz)
        sounds.write(folder / "Tones" / f"{track:02} {note}.flac", sound, title=f"Note {note}", **tags)
        tags |= {"artist": "Björk Noise", "album": "Rough", "genre": "Rock", "date": "1999-05-02"}
        sound = sounds.noise(seed=track) + 0.1 * sounds.tone(hertz)
        sounds.write(folder / "Noise" / f"{track:02} {note}.mp3", sound, title=f"Rough {note}", **tags)
    return folder


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """Those eight songs, to do with as one likes."""
    return compose(tmp_path / "songs")


@pytest.fixture
def ear() -> SpectrumEmbedder:
    """A fresh encoder that remembers what it was asked to hear."""
    return SpectrumEmbedder()


@pytest.fixture(scope="session")
def real_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of the real songs that SONGBOARD_DEV_SONGS names, by the shipped ear; a minute for 44 songs."""
    if not (real := os.environ.get("SONGBOARD_DEV_SONGS")):
        pytest.skip("SONGBOARD_DEV_SONGS names no folder of real songs")
    from engine.encoders import open_encoder
    from index.build import build_library
    from index.library import Library

    def listen(folder: Path) -> None:
        build_library(Path(real), open_encoder("songboard", "cpu"), folder)

    return Library.load(once(tmp_path_factory, "real", listen))


@pytest.fixture(scope="session")
def shared_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of such songs that all tests share: read it, or change a copy."""
    from index.build import build_library  # the engine's tests need none of it

    folder = tmp_path_factory.mktemp("shared")
    return build_library(compose(folder / "songs"), SpectrumEmbedder(), folder / "library").library


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of the Milvus server that all tests share, and its password where it is looked for."""
    import milvus_server

    with milvus_server.shared(tmp_path_factory) as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SONGBOARD_MILVUS_TOKEN", milvus_server.PASSWORD)
        yield f"127.0.0.1:{port}"


@pytest.fixture
def frail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[milvus_server.Server]:
    """A Milvus server of its own for one test, to be killed."""
    import milvus_server

    monkeypatch.setenv("SONGBOARD_MILVUS_TOKEN", milvus_server.PASSWORD)
    server = milvus_server.Server(tmp_path / "milvus", milvus_server.binaries())
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def nodes():
    """A Ray cluster of two nodes, of which tests may kill one: the next that asks for `cluster` has both again."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    from ray_nodes import Nodes

    nodes, before = Nodes(), dict(os.environ)
    os.environ.update({name: value for name, value in nodes.environment.items() if name.startswith("RAY")})
    import ray  # which reads these once

    try:
        yield nodes
    finally:
        ray.shutdown()
        nodes.stop()
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def cluster(nodes):
    """That cluster, with both nodes at work."""
    nodes.start()
    return nodes
