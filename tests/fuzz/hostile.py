"""What a folder of songs may hold besides songs: pipes, loops, links to nowhere, and names that nobody would choose."""

import os
from pathlib import Path

ODD_NAMES = [
    "pipe:0.ogg",
    "http:x.ogg",
    "concat:a.ogg|b.ogg",
    "file:.ogg",
    "-rf.ogg",
    "=HYPERLINK(1).ogg",
    '"quoted", and, commas.ogg',
    "two\nlines.ogg",
    "tab\tand\rreturn.ogg",
    " spaces around .ogg",
    "NaN.ogg",
    "CON.ogg",
    "夜曲 🎵.ogg",
    "\u202eggo.ogg",
    "a" * 250 + ".ogg",
    "%03d.ogg",
    "x.mp3.ogg",
    "~.ogg",
    "$(reboot).ogg",
    "..ogg.OGG",
]


def plant(folder: Path, song: bytes, other: Path) -> tuple[set[str], set[str]]:
    """Put it all into a folder: the names that must come in, each a good song, and those that must be refused by name.

    `song` are the bytes of a good .ogg; `other` is where a file that is no song will lie.
    """
    folder.mkdir(parents=True, exist_ok=True)
    other.write_text("a shopping list")
    good, refused = set(), set()
    for number, name in enumerate(ODD_NAMES):
        if not name.startswith("."):
            (folder / name).write_bytes(song + bytes(number))  # each a content of its own
            good.add(name)
    (folder / "folder.ogg").mkdir()
    (folder / "folder.ogg" / "within.ogg").write_bytes(song)
    (folder / "twin.ogg").write_bytes(song)
    os.link(folder / "twin.ogg", folder / "hard link.ogg")
    (folder / "link.ogg").symlink_to(folder / "twin.ogg")
    good |= {"folder.ogg/within.ogg", "twin.ogg", "hard link.ogg", "link.ogg"}
    (folder / "up").symlink_to(folder)
    (folder / "round").mkdir()
    (folder / "round" / "again").symlink_to(folder / "round")

    (folder / "loop a.mp3").symlink_to(folder / "loop b.mp3")
    (folder / "loop b.mp3").symlink_to(folder / "loop a.mp3")
    (folder / "nowhere.mp3").symlink_to(folder / "nothing")
    (folder / "no song.mp3").symlink_to(other)
    (folder / "empty.flac").touch()
    os.mkfifo(folder / "pipe.mp3")
    (folder / "zero.wav").symlink_to("/dev/zero")
    with (folder / "sparse.wav").open("wb") as file:
        file.truncate(200 * 2**20)
    refused |= {
        "loop a.mp3",
        "loop b.mp3",
        "nowhere.mp3",
        "no song.mp3",
        "empty.flac",
        "pipe.mp3",
        "zero.wav",
        "sparse.wav",
    }
    with open(os.fsencode(folder) + b"/caf\xe9.ogg", "wb") as file:  # noqa: PTH123
        file.write(song)
    refused.add("caf\\udce9.ogg")
    locked = folder / "locked.ogg"
    locked.write_bytes(song + b"locked")
    locked.chmod(0)
    (good if os.access(locked, os.R_OK) else refused).add("locked.ogg")  # root may read everything
    return good, refused
