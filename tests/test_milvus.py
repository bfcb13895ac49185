"""Libraries whose vectors are in a real Milvus server: moved, built, killed, and with the server gone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import milvus_server
import pytest
from served import served
from spectrum import SpectrumEmbedder

from index.build import BuildError, BuildOptions, build_library
from index.copying import copy_store
from index.filters import Filter
from index.library import Library
from index.milvus_server import TOKEN, TOKEN_FILE, Address, MilvusServer
from index.ranking import Rules
from index.store import StoreError

ROOT = Path(__file__).parent.parent
CLI = [sys.executable, "cli.py"]


@pytest.fixture
def store(address: str) -> str:
    """A store of its own for one test."""
    return f"milvus://{address}/t_{os.urandom(4).hex()}"


@pytest.fixture
def library(tmp_path: Path, shared_library: Path) -> Path:
    """A copy of the library of eight songs, its vectors in files."""
    return shutil.copytree(shared_library, tmp_path / "library")


def about(library: Path) -> dict:
    return json.loads((library / "library.json").read_text())


def collections(store: str) -> list[str]:
    """What the server holds for a store."""
    address = Address.read(store)
    held = MilvusServer(address.host, address.port).ask("list_collections")
    return sorted(name for name in held if name.startswith(address.collection))


def answers(library: Library) -> list:
    """All that a library answers by its vectors: songs and how similar they are, to three digits."""
    tones, heard = Filter(only=frozenset({4, 5, 6, 7, 0})), SpectrumEmbedder().hear(library.audio_path(4)).vector
    told = [library.similar(song, 5, Rules(csls=csls)) for song in range(8) for csls in (True, False)]
    told += [library.similar(0, 5, Rules(filter=tones, same_album=False, per_artist=2, surprise=0.5))]
    told += [library.blend([0, 1], [5], 4), library.similar_to(heard)]
    found = library.passages(4, 0, 2, 5)
    ids = [[match.id for match in matches] for matches in [*told, found]]
    similar = [round(match.similarity, 2) for matches in [*told, found] for match in matches]
    paths = [library.path(0, 7, 5), library.path(0, 7, 5, 1), library.path(4, 2, 6, rules=Rules(filter=tones))]
    return [*ids, *paths, similar, library.place(heard).round(2).tolist()]


def test_a_library_moves_to_milvus_and_back_and_answers_the_same(library, store, capfd):
    before, generation = answers(Library.load(library)), about(library)["generation"]
    subprocess.run([*CLI, "copy-store", library, store], cwd=ROOT, check=True)
    assert "The vectors of 8 songs are in milvus://" in capfd.readouterr().out
    moved = Library.load(library)
    assert moved.store == store and moved.generation != generation and len(collections(store)) == 1
    assert not (library / moved.generation / "songs.faiss").exists()
    assert answers(moved) == before
    assert copy_store(library, "files").store == "files"
    assert answers(Library.load(library)) == before
    with pytest.raises(StoreError, match="are in files already"):
        copy_store(library, "files")


KILLED = """
import os, signal, sys
from pathlib import Path
from spectrum import SpectrumEmbedder
from index.build import BuildOptions, build_library

def kill(progress):
    if progress.step == "write" and progress.done:
        os.kill(os.getpid(), signal.SIGKILL)  # the collection is there, and half of the generation

build_library(Path(sys.argv[1]), SpectrumEmbedder(), Path(sys.argv[2]), BuildOptions(store=sys.argv[3]), kill)
"""


def test_builds_keep_the_collection_before_and_a_killed_one_leaves_nothing(songs, tmp_path, store):
    ear, out = SpectrumEmbedder(), tmp_path / "library"
    paths = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    killed = subprocess.run([sys.executable, "-c", KILLED, songs, out, store], env=os.environ | paths)
    assert killed.returncode == -signal.SIGKILL and not (out / "library.json").exists() and len(collections(store)) == 1
    abandoned = collections(store)
    build_library(songs, ear, out, BuildOptions(store=store))
    first = collections(store)
    assert len(first) == 1 and first != abandoned
    twin = shutil.copy(songs / "Tones" / "01 A.flac", songs / "twin.flac")
    (songs / "Noise" / "01 A.mp3").unlink()
    build_library(songs, ear, out)  # where its vectors are, it knows
    shown = Library.load(out)
    assert shown.store == store and about(out)["store"] == store and set(collections(store)) > set(first)
    twins = shown.songs.index[shown.songs["path"].isin([twin.name, "Tones/01 A.flac"])].tolist()
    assert len(shown) == 8 and shown.vectors()[twins[0]] == pytest.approx(shown.vectors()[twins[1]])
    assert twins[1] not in [match.id for match in shown.similar(twins[0])]  # the same recording is listed once
    copy_store(out, "files")
    assert len(collections(store)) == 1 and collections(store) != first  # that of the generation before


def test_the_vectors_of_another_encoder_and_none_at_all_are_a_sentence(library, store):
    copy_store(library, store)
    told = about(library)
    (library / "library.json").write_text(json.dumps(told | {"fingerprint": "0ther"}))
    with pytest.raises(StoreError, match="holds the vectors of another encoder: build the library again"):
        Library.load(library).similar(0)
    (library / "library.json").write_text(json.dumps(told | {"store": f"{store}_gone"}))
    with pytest.raises(StoreError, match="does not hold the library's vectors: build the library again"):
        Library.load(library).similar(0)


def test_a_wrong_password_is_a_sentence_and_the_right_one_may_be_in_a_file(address, monkeypatch, tmp_path):
    host, port = address.split(":")
    monkeypatch.setenv(TOKEN, "root:wrong")
    with pytest.raises(StoreError, match="lets nobody in"):
        MilvusServer(host, int(port)).ask("list_collections")
    (tmp_path / "token").write_text(f"{milvus_server.PASSWORD}\n")
    monkeypatch.setenv(TOKEN_FILE, str(tmp_path / "token"))
    assert isinstance(MilvusServer(host, int(port)).ask("list_collections"), list)
    monkeypatch.setenv(TOKEN_FILE, str(tmp_path / "missing"))
    with pytest.raises(StoreError, match="missing, which cannot be read"):
        MilvusServer(host, int(port)).ask("list_collections")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("milvus://root:secret@127.0.0.1:19530/songs", "must hold no user or password"),
        ("milvus://127.0.0.1:19530", "letters, digits and _ alone"),
        ("milvus://127.0.0.1/my-songs", "letters, digits and _ alone"),
        ("milvus://127.0.0.1:abc/songs", "a number up to 65535"),
        ("redis://127.0.0.1/songs", "a store is named files, or milvus://HOST:19530/COLLECTION"),
        ("milvus://127.0.0.1:1/songs", "cannot be reached: Connection refused"),
    ],
)
def test_a_store_that_cannot_be_is_refused_in_a_sentence(library, name, said):
    with pytest.raises(StoreError, match=said) as refused:
        copy_store(library, name)
    assert "secret" not in str(refused.value)
    with pytest.raises(BuildError, match=said):
        build_library(Path(about(library)["songs"]), SpectrumEmbedder(), library, BuildOptions(store=name))
    assert Library.load(library).store == "files" and len(list(library.glob("generation-*"))) == 1


WITHOUT = """
import sys
sys.modules["pymilvus"] = None
from cli import main
main(["copy-store", sys.argv[1], "milvus://127.0.0.1:19530/songs"])
"""
STARTED = """
import sys
from dashboard.app import create_app
from index.library import Library
library = Library.load(sys.argv[1])
create_app(library)
library.similar(0)
sys.exit("pymilvus" in sys.modules or "grpc" in sys.modules)
"""


def test_only_who_keeps_vectors_in_milvus_needs_what_talks_to_it(library):
    told = subprocess.run([sys.executable, "-c", WITHOUT, library], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 2 and "run pip install 'songboard[milvus]'" in told.stderr
    assert subprocess.run([sys.executable, "-c", STARTED, library], cwd=ROOT).returncode == 0


def get(port: int, path: str, body: str | None = None) -> tuple[int, str]:
    """What the dashboard answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def test_without_the_server_the_dashboard_does_what_it_can_and_matches_come_back_with_it(library, frail):
    copy_store(library, f"milvus://127.0.0.1:{frail.port}/songs")
    frail.kill()
    with served(Library.load(library)) as port:
        status, said = get(port, "/answer", '{"song": 0}')
        assert status == 503 and said.startswith("No matches: Milvus at 127.0.0.1") and said.endswith(".")
        status, said = get(port, "/next?song=0")
        assert status == 503 and json.loads(said)["error"].startswith("Milvus at 127.0.0.1")
        assert get(port, "/health.csv")[0] == 503  # it looks for copies by their vectors
        shown = ["/", "/_dash-layout", "/find?text=tones", "/audio/0", "/why?of=0&with=4"]
        shown += [f"/map/{about(library)['generation']}"]
        assert [get(port, path)[0] for path in shown] == [200] * len(shown)
        asked = [*CLI, "similar", "0", "--library", library]
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
        assert told.returncode == 2 and told.stderr.startswith("Error: Milvus at") and told.stderr.count("\n") == 1
        frail.start()
        until = time.monotonic() + milvus_server.PATIENCE
        while (found := get(port, "/answer", '{"song": 0}'))[0] == 503 and time.monotonic() < until:
            time.sleep(0.5)
        assert found[0] == 200 and len(json.loads(found[1])["lit"]["matches"]) == 7
