"""Under which licence a song says it is, and whether that lets anyone pass an excerpt on."""

import re
from pathlib import Path

import mutagen

from index.songs import clean

SAID_IN = re.compile(r"licen[cs]e|copyright|^©?cprt$|^tcop|^wcop|^txxx:.*licen[cs]e", re.IGNORECASE)  # names of tags
FREE = re.compile(
    r"creativecommons\.org/(licenses/by(-nc)?(-sa)?/|publicdomain/|licenses/publicdomain)"
    r"|\bcc0\b|\bcc[ -]by\b|creative commons (attribution|zero|0\b)"
    r"|\bpublic domain\b|\bfree art licen[cs]e|artlibre\.org",
    re.IGNORECASE,
)
WHOLE = re.compile(r"no[ -]?deriv|\bby(-nc)?-nd\b|\bnd\b", re.IGNORECASE)  # an excerpt may be no longer the work


def licence_of(path: Path) -> str:
    """What a file's tags say of its licence or copyright, on one line; "" where they say nothing. Never raises."""
    try:
        tags = dict(mutagen.File(path).tags.items())
    except Exception:  # as in read_tags(): a damaged tag makes mutagen raise nearly anything
        return ""
    said = [_text(value) for name, value in tags.items() if SAID_IN.search(name)]
    return clean("; ".join(dict.fromkeys(filter(None, said))))


def lets_excerpts_be_shared(licence: str) -> bool:
    """Whether it is one of those that let anybody pass on a part of the work, with its author's name beside it.

    Creative Commons without "no derivatives", CC0 and the public domain, and the Free Art License.
    """
    return bool(FREE.search(licence)) and not WHOLE.search(licence)


def _text(value: object) -> str:
    """The first that a tag holds, under any of the ways in which formats keep it."""
    for name in ("text", "url"):
        value = getattr(value, name, value)
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
