"""What the journal remembers: exactly what it was given, across kills, damage and other encoders."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import sounds
from spectrum import Heard

from index.journal import Journal, JournalError


def embedding(seed: int = 0) -> Heard:
    rng = np.random.default_rng(seed)
    return Heard(
        path=Path("x.mp3"),
        vector=rng.standard_normal(16).astype(np.float32),
        starts=np.arange(5, dtype=np.float32),
        segments=rng.standard_normal((5, 8)).astype(np.float16),
        length=12.5,
        descriptors={"bpm": np.float32(120), "initial_key": "F#", "loudness": -12.25},
        peaks=rng.integers(0, 256, 1200).astype(np.uint8),
    )


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    with Journal(tmp_path / "journal.sqlite") as journal:
        for seed in range(40):
            journal.put(f"{seed:02}", "ear", embedding(seed))
    return tmp_path / "journal.sqlite"


def test_an_embedding_comes_back_as_it_was(journal_path):
    with Journal(journal_path) as journal:
        remembered = journal.get("07", "ear")
    for name in ("vector", "starts", "segments", "peaks"):
        np.testing.assert_array_equal(getattr(remembered, name), getattr(embedding(7), name), strict=True)
    assert remembered.length == 12.5
    assert remembered.descriptors == {"bpm": 120.0, "initial_key": "F#", "loudness": -12.25}


def test_an_embedding_from_before_there_were_peaks_still_counts(journal_path):
    database = sqlite3.connect(journal_path)
    (header, *blobs) = database.execute("SELECT header, vector, starts, segments FROM embeddings").fetchone()
    header = json.dumps({name: value for name, value in json.loads(header).items() if name != "peaks"}).encode()
    checksum = zlib.crc32(b"".join([header, *blobs]))
    database.execute("UPDATE embeddings SET header = ?, checksum = ? WHERE hash = '00'", (header, checksum))
    database.commit()
    database.close()
    with Journal(journal_path) as journal:
        remembered = journal.get("00", "ear")
    np.testing.assert_array_equal(remembered.vector, embedding(0).vector)
    assert remembered.peaks.tolist() == []


def test_arrays_of_the_other_byte_order_and_without_rows_come_back(tmp_path):
    given = Heard(Path("x"), np.arange(3, dtype=">f4"), np.zeros(0, np.float32), np.zeros((0, 8), np.float16), 1.0, {})
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.put("aa", "ear", given)
        remembered = journal.get("aa", "ear")
    assert remembered.vector.tolist() == [0, 1, 2]
    assert remembered.segments.shape == (0, 8)


def test_every_encoder_has_its_own_embedding_and_the_last_one_counts(journal_path):
    with Journal(journal_path) as journal:
        assert journal.get("00", "other ear") is None
        assert journal.get("ff", "ear") is None
        journal.put("00", "other ear", embedding(1))
        journal.put("00", "ear", embedding(2))
        np.testing.assert_array_equal(journal.get("00", "other ear").vector, embedding(1).vector)
        np.testing.assert_array_equal(journal.get("00", "ear").vector, embedding(2).vector)


def test_the_hash_is_of_the_content_and_follows_its_changes(tmp_path):
    one = sounds.write(tmp_path / "one.wav", sounds.tone())
    same = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    same.write_bytes(one.read_bytes())
    with Journal(tmp_path / "journal.sqlite") as journal:
        first = journal.content_hash(one)
        assert journal.content_hash(same) == first
        sounds.write(one, sounds.noise())
        assert journal.content_hash(one) != first
        with pytest.raises(FileNotFoundError):
            journal.content_hash(tmp_path / "gone.wav")


def test_a_file_that_did_not_change_is_not_read_again(tmp_path):
    path = sounds.write(tmp_path / "one.wav", sounds.tone())
    with Journal(tmp_path / "journal.sqlite") as journal:
        first = journal.content_hash(path)
    status = path.stat()
    path.write_bytes(bytes(status.st_size))  # other bytes under the same size and time: only a reader would see
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert journal.content_hash(path) == first


PUT_AND_WAIT = """
import sys, time
from pathlib import Path
from index.journal import Journal
from test_journal import embedding
journal = Journal(Path(sys.argv[1]))
journal.put("killed", "ear", embedding(3))
print("put", flush=True)
time.sleep(60)
"""


def test_what_was_put_outlives_a_kill_and_the_lock_does_not(journal_path):
    paths = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", PUT_AND_WAIT, str(journal_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": paths}) as process:
        assert process.stdout.readline() == b"put\n"
        with pytest.raises(JournalError, match="is being built by another process"):
            Journal(journal_path)
        process.send_signal(signal.SIGKILL)
    assert Path(f"{journal_path}-wal").exists()
    with Journal(journal_path) as journal:
        np.testing.assert_array_equal(journal.get("killed", "ear").vector, embedding(3).vector)
        assert journal.get("39", "ear") is not None


DAMAGES = ["text", "empty of tables", "cut", "scribbled", "one page lost", "unwritable header"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_journal_is_kept_aside_and_a_fresh_one_begun(journal_path, caplog, damage):
    whole = journal_path.read_bytes()
    damaged = {
        "text": b"not a database " * 1000,
        "empty of tables": whole[:4096],
        "cut": whole[: len(whole) // 2],
        "scribbled": whole[:8000] + bytes(9000) + whole[17000:],
        "one page lost": whole[:-4096] + bytes(4096),
        "unwritable header": whole[:18] + b"\x09" + whole[19:],
    }[damage]
    for aside in ("journal.sqlite.damaged", "journal.sqlite.damaged-2"):
        journal_path.write_bytes(damaged)
        with Journal(journal_path) as journal:
            assert journal.get("00", "ear") is None
            journal.put("00", "ear", embedding())
            assert journal.get("00", "ear") is not None
        assert journal_path.with_name(aside).read_bytes() == damaged
        assert f"kept as {aside}" in caplog.text


def test_a_journal_of_a_newer_version_is_refused_and_left_as_it_is(journal_path):
    database = sqlite3.connect(journal_path)
    database.execute("PRAGMA user_version = 3")
    database.close()
    with pytest.raises(JournalError, match=r"newer Songboard .format 3, and this one knows 2.: update Songboard"):
        Journal(journal_path)
    assert [path.name for path in journal_path.parent.iterdir()] == ["journal.sqlite"]
    database = sqlite3.connect(journal_path)
    assert database.execute("SELECT count(*) FROM embeddings").fetchone() == (40,)
    database.close()


def test_a_changed_byte_is_never_taken_for_an_embedding(journal_path):
    whole = bytearray(journal_path.read_bytes())
    at = whole.index(embedding(7).vector.tobytes())
    whole[at + 5] ^= 1
    journal_path.write_bytes(whole)
    with Journal(journal_path) as journal:
        assert journal.get("07", "ear") is None
        assert journal.get("08", "ear") is not None


def test_a_journal_that_cannot_be_opened_is_a_sentence(tmp_path):
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(JournalError, match=r"journal\.sqlite cannot be used"):
        Journal(tmp_path / "journal.sqlite")
