"""Songs broken in every way that disks, downloads and people break them: reproducible by a seed and a number."""

import random
import struct
from collections.abc import Callable, Mapping

Seeds = Mapping[str, bytes]
EXTREMES = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]
RATES = [0, 1, 7, 999, 1000, 8000, 655350, 799_999, 800_000, 2**31 - 1, 2**31, 2**32 - 1]
TEXTS = [
    "\x00",
    "\u202egnp.exe",
    "=HYPERLINK(1)",
    "x" * 100_000,
    "\ud7ff\ufffe",
    "<script>",
    "\r\n\r\n",
    "😀" * 5000,
    '","',
    "'--",
]
PLAYLISTS = [  # text that FFmpeg follows to other files, to the network, or to what never ends
    b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{other}\n#EXT-X-ENDLIST\n",
    b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/x.mp3\n",
    b"ffconcat version 1.0\nfile '{other}'\n",
    b"ffconcat version 1.0\nfile '/dev/zero'\n",
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n",
    b"[playlist]\nFile1=http://127.0.0.1:9/x.mp3\n",
    b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic"><Period/></MPD>',
    b"<smil><body><audio src='http://127.0.0.1:9/'/></body></smil>",
    b"RTSPtext\nrtsp://127.0.0.1:9/x",
]


def mutant(seeds: Seeds, number: int, seed: int = 0) -> tuple[str, bytes, str]:
    """The file of this number: suffix, bytes, and what was done to it."""
    rng = random.Random(f"{seed} {number}")
    ways = list(WAYS)
    way = ways[number % len(ways)]
    suffix = rng.choice(list(seeds))
    content = seeds[suffix]
    for _ in range(rng.choice([1, 1, 1, 2, 3])):  # now and then several times over
        suffix, content = WAYS[way](rng, suffix, content, seeds)
    return suffix, content, way


def _flip(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    return suffix, _flipped(rng, content, len(content))


def _flip_header(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    return suffix, _flipped(rng, content, 400)


def _flipped(rng: random.Random, content: bytes, within: int) -> bytes:
    broken = bytearray(content)
    for _ in range(rng.choice([1, 3, 20, 200])):
        if broken:
            broken[rng.randrange(min(within, len(broken)))] ^= 1 << rng.randrange(8)
    return bytes(broken)


def _truncate(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    return suffix, content[: rng.choice([rng.randrange(64), rng.randrange(len(content) + 1)])]


def _behead(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    return suffix, content[rng.choice([rng.randrange(64), rng.randrange(len(content) + 1)]) :]


def _splice(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    other = seeds[rng.choice(list(seeds))]
    return suffix, content[: rng.choice([16, 64, 512, 2048])] + other[rng.choice([0, 16, 64, 512]) :]


def _patch(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    at, size = rng.randrange(len(content) + 1), rng.choice([1, 40, 3000])
    filling = rng.choice([bytes(size), b"\xff" * size, rng.randbytes(size), content[:size]])
    end = at + rng.choice([0, len(filling)])
    return suffix, content[:at] + filling + content[end:]


def _repeat(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    return suffix, rng.choice(
        [content * rng.choice([2, 8]), content + rng.randbytes(5000), rng.randbytes(5000) + content]
    )


def _lengths(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    """Numbers in the header, or anywhere, that are not what they were: sizes, counts, rates, channels."""
    broken = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5])):
        form = rng.choice("BHIQ")
        size = struct.calcsize(form)
        if len(broken) > size + 4:
            at = rng.randrange(min(len(broken) - size, rng.choice([64, 400, len(broken)])))
            number = rng.choice([*EXTREMES, *RATES]) & (2 ** (8 * size) - 1)
            struct.pack_into(rng.choice("<>") + form, broken, at, number)
    return suffix, bytes(broken)


def _atoms(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    """The size before or after a chunk's name: RIFF, AIFF, MP4, CAF, FLAC and Ogg pages all have such."""
    names = [
        b"fmt ",
        b"data",
        b"RIFF",
        b"COMM",
        b"SSND",
        b"FORM",
        b"moov",
        b"mdhd",
        b"stts",
        b"stsz",
        b"stsc",
        b"stco",
        b"mp4a",
        b"esds",
        b"desc",
        b"pakt",
        b"kuki",
        b"OggS",
        b"OpusHead",
        b"vorbis",
        b"fLaC",
        b"ID3",
        b"APIC",
        b"covr",
        b"ilst",
        b"TTA1",
        b"wvpk",
        b"\x1aE\xdf\xa3",
        b".RMF",
        b"#!AMR",
    ]
    broken = bytearray(content)
    held = [name for name in names if name in content]
    if held:
        name = rng.choice(held)
        at = content.index(name) + rng.choice(
            [-4, len(name), len(name) + 4, len(name) + 8, len(name) + rng.randrange(24)]
        )
        if 0 <= at <= len(broken) - 4:
            struct.pack_into(rng.choice(["<I", ">I"]), broken, at, rng.choice([*EXTREMES, *RATES]))
    return suffix, bytes(broken)


def _wave(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    """A WAV whose header claims anything."""
    body = rng.randbytes(rng.choice([0, 4, 50_000]))
    channels, bits = rng.choice([0, 1, 2, 8, 64, 255, 65535]), rng.choice([0, 1, 8, 12, 16, 24, 32, 64, 65535])
    kind, rate = rng.choice([0, 1, 2, 3, 6, 7, 0x11, 0x31, 0x50, 0x55, 0x161, 0xFFFE, 0xFFFF]), rng.choice(RATES)
    block = rng.choice([0, 1, channels * max(1, bits // 8) & 0xFFFF, 65535])
    header = struct.pack(
        "<4sIHHIIHH", b"fmt ", rng.choice([16, 18, 40]), kind, channels, rate, rate * block & 2**32 - 1, block, bits
    )
    data = b"data" + struct.pack("<I", rng.choice([len(body), *EXTREMES])) + body
    return "wav", b"RIFF" + struct.pack("<I", rng.choice(EXTREMES)) + b"WAVE" + header + data


def _streaminfo(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    """A FLAC whose STREAMINFO claims anything, and metadata blocks that claim any length."""
    flac = bytearray(seeds["flac"])
    struct.pack_into(">HH", flac, 8, rng.choice([0, 1, 16, 4096, 65535]), rng.choice([0, 1, 16, 65535]))
    packed = rng.choice([0, 1, 8000, 655_350, 2**20 - 1]) << 44 | rng.randrange(8) << 41 | rng.randrange(32) << 36
    struct.pack_into(">Q", flac, 18, packed | rng.choice([0, 1, 2**36 - 1]))
    if rng.random() < 0.3:
        flac[43:46] = rng.randbytes(3)
    return "flac", bytes(flac)


def _id3(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    """An ID3 tag before any song: true or lying about its size, with huge pictures and texts no tag should hold."""
    text = rng.choice(TEXTS).encode(rng.choice(["utf-8", "utf-16"]), "surrogatepass")
    frames = b""
    for name in rng.sample(
        [b"TIT2", b"TPE1", b"TALB", b"TDRC", b"TCON", b"TRCK", b"APIC", b"COMM", b"TXXX", b"\x00\x00\x00\x00"], 3
    ):
        body = rng.choice([b"\x00", b"\x01", b"\x03", b"\x09"]) + text
        if name == b"APIC":
            body = b"\x00image/png\x00\x03\x00" + rng.randbytes(64) * rng.choice([1, 100, 60_000])
        frames += name + _syncsafe(rng.choice([len(body), len(body), 0, 2**28 - 1])) + b"\x00\x00" + body
    size = rng.choice([len(frames), len(frames), 0, 2**28 - 1])
    return suffix, b"ID3" + bytes([rng.choice([2, 3, 4, 9]), 0, rng.choice([0, 0x40, 0x80])]) + _syncsafe(
        size
    ) + frames + content


def _syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _comments(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    """Vorbis comments that lie about how many and how long they are."""
    suffix = rng.choice([name for name in ("ogg", "opus", "flac") if name in seeds])
    broken = bytearray(seeds[suffix])
    for name in (b"Seed", b"TITLE", b"title", b"The Seeds", b"Lavf", b"libsndfile"):
        at = bytes(broken).find(name)
        if at >= 12 and rng.random() < 0.6:
            struct.pack_into("<I", broken, at - rng.choice([4, 8, 12]), rng.choice(EXTREMES))
    return suffix, bytes(broken)


def _wrong_suffix(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    others = [
        "shn",
        "ape",
        "dsf",
        "mod",
        "xm",
        "it",
        "s3m",
        "ra",
        "aa",
        "oma",
        "thd",
        "dts",
        "mpc",
        "gsm",
        "hca",
        "mo3",
        "spx",
    ]
    return rng.choice([*seeds, *others]), content


def _noise(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    size = rng.choice([0, 1, 3, 100, 20_000])
    return suffix, rng.choice([rng.randbytes(size), bytes(size), b"\xff" * size, content[:12] + rng.randbytes(size)])


def _playlist(rng: random.Random, suffix: str, content: bytes, seeds: Seeds) -> tuple[str, bytes]:
    other = rng.choice(
        [b"/etc/passwd", b"good 0.ogg", b"../songs/good 0.ogg", b"file:///etc/passwd", b"http://127.0.0.1:9/"]
    )
    return suffix, rng.choice(PLAYLISTS).replace(b"{other}", other)


WAYS: dict[str, Callable[[random.Random, str, bytes, Seeds], tuple[str, bytes]]] = {
    "bits flipped": _flip,
    "header bits flipped": _flip_header,
    "truncated": _truncate,
    "beheaded": _behead,
    "headers spliced": _splice,
    "parts replaced or added": _patch,
    "repeated": _repeat,
    "numbers that lie": _lengths,
    "chunk sizes that lie": _atoms,
    "absurd WAV": _wave,
    "absurd FLAC": _streaminfo,
    "lying ID3, huge pictures": _id3,
    "lying comments": _comments,
    "wrong suffix": _wrong_suffix,
    "noise": _noise,
    "playlists and sessions": _playlist,
}
