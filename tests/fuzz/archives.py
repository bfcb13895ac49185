"""Archives of songs that lie, climb, explode or are broken: reproducible by a seed and a number."""

import io
import random
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from index.archive import Bounds, unpack
from index.songs import SongsError
from tests.fuzz.mutate import EXTREMES

BOUNDS = Bounds(entries=500, size=4 * 2**20, ratio=100, free_of_ratio=2**20)  # small, so that bombs are cheap
NAMES = [
    "../up.mp3",
    "a/../../up.mp3",
    "/tmp/up.mp3",
    "..\\up.mp3",
    "C:\\up.mp3",
    "\\\\host\\up.mp3",
    "a/..",
    "..",
    ".",
    "/",
    "",
    "a//b.mp3",
    "a/./b.mp3",
    "nul\x00.mp3",
    "n" * 300 + ".mp3",
    "d/" * 200 + "x.mp3",
    "x" * 70 + "/" + "y" * 5000 + ".mp3",
    "CON.mp3",
    "tail .mp3 ",
    "good.mp3/inside.mp3",
    "\u202e3pm.mp3",
    "new\nline.mp3",
    "a\\b.mp3",
    "~/x.mp3",
    "%2e%2e/x.mp3",
    "x.mp3/",
    "good.mp3",
    "\udcff.mp3",
    "$HOME.mp3",
    "...mp3",
    ".../x.mp3",
    "..mp3/x.mp3",
    "a/..\\../x.mp3",
    "/../x.mp3",
    "C:x.mp3",
    "//x.mp3",
]


def archive(song: bytes, number: int, seed: int = 0) -> tuple[bytes, str]:
    """The archive of this number, and what is wrong with it."""
    rng = random.Random(f"archive {seed} {number}")
    way = list(WAYS)[number % len(WAYS)]
    return WAYS[way](rng, song), way


def attempt(content: bytes, folder: Path) -> str:
    """Unpack it below an empty folder: "" where songs came of it, else the sentence; AssertionError for harm."""
    (folder / "outside").mkdir(parents=True)
    path = folder / "outside" / "songs.zip"
    path.write_bytes(content)
    try:
        made = unpack(path, folder / "library", BOUNDS)
        sentence = ""
        assert made.parent == folder / "library" and not made.name.endswith(".unfinished"), made
        assert any(one.is_file() for one in made.rglob("*")), "nothing came of it, and nobody was told"
    except SongsError as error:
        sentence = str(error)
        left = list(folder.glob("library/*"))
        assert not left, f"left behind: {left}"
    files = [one for one in folder.rglob("*") if not one.is_dir()]
    assert all(one.is_file() and not one.is_symlink() for one in files), "a link, or worse"
    assert [one for one in files if folder / "library" not in one.parents] == [path], "something was written elsewhere"
    assert sum(one.stat().st_size for one in files) <= len(content) + BOUNDS.size, "more was written than allowed"
    return sentence


def _zip(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names given twice
        for name, content in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, method
            try:
                made.writestr(info, content)
            except (UnicodeEncodeError, ValueError):
                info.filename = "odd.mp3"
                made.writestr(info, content)
    return bytearray(buffer.getvalue())


def _plain(song: bytes) -> bytearray:
    return _zip([("good.mp3", song), ("A/other.mp3", song[::-1]), ("notes.txt", b"hello")])


def _broken(rng: random.Random, song: bytes) -> bytes:
    content = _plain(song)
    way = rng.randrange(4)
    if way == 0:
        for _ in range(rng.choice([1, 5, 100])):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    elif way == 1:
        del content[rng.randrange(len(content)) :]
    elif way == 2:
        del content[: rng.randrange(len(content))]
    else:
        at = rng.randrange(len(content))
        content[at : at + rng.choice([1, 500])] = rng.randbytes(rng.choice([0, 1, 500]))
    return bytes(content)


def _directory_lies(rng: random.Random, song: bytes) -> bytes:
    """A number in the central directory, a local header or the end record that is not what it was."""
    content = _plain(song)
    mark, reach = rng.choice([(b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22)])
    at = content.index(mark) + rng.randrange(4, reach - 4)
    form = rng.choice(["<H", "<I"])
    struct.pack_into(form, content, at, rng.choice(EXTREMES) & (2 ** (8 * struct.calcsize(form)) - 1))
    return bytes(content)


def _climbs(rng: random.Random, song: bytes) -> bytes:
    return bytes(_zip([("good.mp3", song), *((rng.choice(NAMES), song) for _ in range(rng.choice([1, 3])))]))


def _bomb(rng: random.Random, song: bytes) -> bytes:
    size = rng.choice([2**19, 5 * 2**20])
    method = rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    content = _zip([("good.mp3", song), ("bomb.wav", bytes(size))], method)
    if rng.random() < 0.5:  # and it denies being one
        at = content.rindex(b"PK\x01\x02") + 24
        struct.pack_into("<I", content, at, rng.choice([0, 1, 1000]))
        struct.pack_into("<I", content, content.index(b"bomb.wav") - 8, 1000)
    return bytes(content)


def _overlaps(rng: random.Random, song: bytes) -> bytes:
    """Many entries of the directory that all lead to the same bytes."""
    content = _zip([(f"{number:03}.mp3", song) for number in range(rng.choice([2, 50]))])
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", content, at + 42, 0)
        at += 46
    return bytes(content)


def _twice(rng: random.Random, song: bytes) -> bytes:
    return bytes(_zip([("good.mp3", song), ("good.mp3", song[::-1]), ("GOOD.mp3", song)]))


def _many(rng: random.Random, song: bytes) -> bytes:
    return bytes(_zip([(f"{number}.mp3", b"x") for number in range(rng.choice([400, 501, 3000]))], zipfile.ZIP_STORED))


def _flagged(rng: random.Random, song: bytes) -> bytes:
    """Encrypted, patched, of unknown compression, of a future version."""
    content = _plain(song)
    at = content.index(b"PK\x01\x02") + rng.choice([4, 6, 8, 9, 10])
    content[at] = rng.choice([1, 8, 9, 12, 14, 32, 64, 93, 95, 97, 99, 255])
    return bytes(content)


def _special(rng: random.Random, song: bytes) -> bytes:
    content = _plain(song)
    kind = rng.choice(
        [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR, stat.S_IFREG]
    )
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 38, (kind | rng.choice([0, 0o777, 0o4777])) << 16)
    content[at + 5] = 3  # made on Unix
    return bytes(content)


def _nested(rng: random.Random, song: bytes) -> bytes:
    inner = bytes(_zip([("good.mp3", song)]))
    return bytes(
        _zip(rng.choice([[("inner.zip", inner)], [("inner.mp3", inner)], [("inner.zip", inner), ("good.mp3", song)]]))
    )


WAYS: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "broken": _broken,
    "directory lies": _directory_lies,
    "climbing and odd names": _climbs,
    "bombs": _bomb,
    "overlapping": _overlaps,
    "names twice": _twice,
    "absurd counts": _many,
    "encrypted, unknown": _flagged,
    "links and devices": _special,
    "nested": _nested,
}
