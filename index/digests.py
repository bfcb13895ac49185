"""What a file holds, and what of it is sound: its tags may change, and it need not be listened to again."""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

Span = tuple[int, int]  # from this byte to before that one

LEAST = 1024  # bytes; less of a file is no sound, and its sizes lie
BLOCK = 2**20  # bytes read at once
ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
APE_FOOTER = 32  # bytes


def digests(path: Path) -> tuple[str, str]:
    """BLAKE2b of a file's bytes and of those that are its sound, in hex; the same twice where they are not told apart.

    Sound is what MP3, AAC and their like hold between ID3 and APE tags; the audio frames of FLAC; the packets of Ogg
    but for the comment; the data of WAV, AIFF, MP4 and Windows Media, with what says how it is to be read where that
    is no tag. Raises OSError.
    """
    with path.open("rb") as file:
        whole = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
        size = file.tell()
        try:
            spans = list(_sound(file, size))
        except (struct.error, IndexError):  # a header that promises more than there is
            spans = []
        spans = [(start, min(end, size)) for start, end in spans if start < min(end, size)]
        if sum(end - start for start, end in spans) < LEAST:
            return whole.hexdigest(), whole.hexdigest()
        sound = hashlib.blake2b(b"sound", digest_size=16)
        for start, end in spans:
            file.seek(start)
            while start < end and (block := file.read(min(BLOCK, end - start))):
                sound.update(block)
                start += len(block)
        return whole.hexdigest(), sound.hexdigest()


def _sound(file: BinaryIO, size: int) -> Iterator[Span]:
    """The parts of a file that are sound, in order."""
    start, end = _untagged(file, size)
    head = _at(file, start, 12)
    if head[:4] == b"fLaC":
        yield from _flac(file, start, end)
    elif head[:4] == b"OggS":
        yield from _ogg(file, start, end)
    elif head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
        yield from _chunks(file, start + 12, end, "<I", (b"fmt ", b"data"))
    elif head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
        yield from _chunks(file, start + 12, end, ">I", (b"COMM", b"SSND"))
    elif head[4:8] == b"ftyp":
        yield from _atoms(file, start, end)
    elif head[:4] == b"\x30\x26\xb2\x75":
        yield from _asf(file, start, end)
    else:
        yield start, end


def _at(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


def _untagged(file: BinaryIO, size: int) -> Span:
    """What lies between the tags that any file may have in front (ID3v2) and behind (ID3v1, APE)."""
    start, end = 0, size
    while (head := _at(file, start, 10))[:3] == b"ID3" and len(head) == 10:
        length = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += 10 + length + (10 if head[5] & 0x10 else 0)
    if _at(file, max(0, end - 128), 3) == b"TAG":
        end -= 128
    foot = _at(file, max(0, end - APE_FOOTER), APE_FOOTER)
    if foot[:8] == b"APETAGEX":
        _, length, _, flags = struct.unpack_from("<IIII", foot, 8)  # the length counts the footer and not the header
        end -= length + (APE_FOOTER if flags >> 31 else 0)
    return start, end


def _flac(file: BinaryIO, start: int, end: int) -> Iterator[Span]:
    """STREAMINFO, which is no tag, and the frames behind the other blocks."""
    at, last = start + 4, False
    while not last and at < end:
        head = _at(file, at, 4)
        last, kind, length = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        if kind == 0:
            yield at + 4, at + 4 + length
        at += 4 + length
    yield at, end


def _ogg(file: BinaryIO, start: int, end: int) -> Iterator[Span]:
    """The packets but for the second, which is the comment; pages are numbered, so their headers are left out, too."""
    at, packet = start, 0
    while (head := _at(file, at, 27))[:4] == b"OggS":
        lacing = _at(file, at + 27, head[26])
        at += 27 + head[26]
        if packet > 1:
            yield at, at + sum(lacing)
            at += sum(lacing)
            continue
        begin = at
        for length in lacing:
            at += length
            if length < 255:  # the packet ends here
                if packet != 1 and begin < at:
                    yield begin, at
                packet, begin = packet + 1, at
        if packet != 1 and begin < at:
            yield begin, at
    if at < end:
        yield at, end


def _chunks(file: BinaryIO, at: int, end: int, form: str, kept: tuple[bytes, ...]) -> Iterator[Span]:
    """These chunks of a RIFF or an AIFF file."""
    while at + 8 <= end:
        head = _at(file, at, 8)
        (length,) = struct.unpack_from(form, head, 4)
        if head[:4] in kept:
            yield at, at + 8 + length
        at += 8 + length + length % 2


def _atoms(file: BinaryIO, at: int, end: int) -> Iterator[Span]:
    """The media data of an MP4 file."""
    while at + 8 <= end:
        head = _at(file, at, 16)
        (length,) = struct.unpack_from(">I", head)
        if length == 1:
            (length,) = struct.unpack_from(">Q", head, 8)
        length = length or end - at
        if head[4:8] == b"mdat":
            yield at, at + length
        at += max(8, length)


def _asf(file: BinaryIO, at: int, end: int) -> Iterator[Span]:
    """The data object of a Windows Media file."""
    while at + 24 <= end:
        head = _at(file, at, 24)
        (length,) = struct.unpack_from("<Q", head, 16)
        if head[:16] == ASF_DATA:
            yield at, at + length
        at += max(24, length)
