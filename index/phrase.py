"""What one types to ask for songs by words: "slow piano, no drums"."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from index.finding import fold
from index.words import WordsError

NOT = frozenset({"no", "nor", "not", "without"})
PASSED_OVER = frozenset({"a", "an", "and", "but", "music", "some", "song", "sound", "the", "with"})
HYPHEN = re.compile(r"(?<![^\s,;])[-–−](?=\w)")  # before a word, not within it


class UnknownWord(WordsError):
    """A word that is not among the names."""

    def __init__(self, word: str, names: Sequence[str]) -> None:
        close = [name for name in names if _stem(word) in map(_stem, _split(name))]
        self.word = word
        self.close = close or get_close_matches(word, [fold(name) for name in names])  # what may be meant
        meant = f" (did you mean {' or '.join(self.close)}?)" if self.close else ""
        super().__init__(f"there is no word {word!r}{meant}; the words are {_all(names)}")


def parse(text: str, names: Sequence[str]) -> dict[int, bool]:
    """The words of a phrase, by their number in `names`: True where asked for, False where they shall be missing.

    Words may be of several parts ("female vocal"), the longest that fits is taken; case, accents, hyphens and plurals
    do not matter. "no", "not", "without" and a hyphen before it ("-drums") turn the word that follows, and after "or"
    ("no drums or bass") the next one, too. Raises UnknownWord for one that is not among the names; WordsError for what
    nothing can be both, and for a phrase without words.
    """
    known = {tuple(map(_stem, _split(name))): number for number, name in reversed([*enumerate(names)])}
    longest = max(map(len, known), default=1)
    asked: dict[int, bool] = {}
    tokens = _split(HYPHEN.sub("no ", text))
    wanted, last = True, True  # of the word to come, and of the one before
    while tokens:
        parts = tuple(map(_stem, tokens[:longest]))
        while len(parts) > 1 and parts not in known:
            parts = parts[:-1]
        token = tokens[0]
        del tokens[: len(parts)]
        if parts in known:
            number = known[parts]
            if asked.setdefault(number, wanted) != wanted:
                raise WordsError(f"{text!r} asks for {names[number]} and for no {names[number]}: choose one")
            wanted, last = True, wanted
        elif token in NOT:
            wanted = False
        elif token == "or" and last:
            raise WordsError(f"{text!r} asks for one word or another, and songs must have them all: ask for each alone")
        elif token == "or":
            wanted = False
        elif parts[0] not in PASSED_OVER:
            raise UnknownWord(token, names)
    if not asked:
        raise WordsError(f"{text!r} holds no word to look for; the words are {_all(names)}")
    return asked


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _stem(token: str) -> str:
    """The token without the ending of a plural."""
    return token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token


def _all(names: Sequence[str]) -> str:
    return ", ".join(sorted(names))
