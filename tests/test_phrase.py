"""What one types, and what is understood."""

import pytest

from index.phrase import parse
from index.words import WordsError

NAMES = ("piano", "slow", "drums", "female vocal", "vocal", "Hip-Hop", "bass", "strings", "no beat", "café")


def understood(text: str) -> tuple[set[str], set[str]]:
    """The words asked for, and those that shall be missing."""
    asked = parse(text, NAMES)
    there, missing = ({NAMES[n] for n, wanted in asked.items() if wanted is which} for which in (True, False))
    return there, missing


@pytest.mark.parametrize(
    ("text", "there", "missing"),
    [
        ("slow piano, no drums", {"slow", "piano"}, {"drums"}),
        ("slow piano without drums", {"slow", "piano"}, {"drums"}),
        ("slow and piano and not drums", {"slow", "piano"}, {"drums"}),
        ("-drums piano,-bass", {"piano"}, {"drums", "bass"}),
        ("no drums and slow", {"slow"}, {"drums"}),
        ("no drums or bass", set(), {"drums", "bass"}),
        ("no drums, nor bass; slow", {"slow"}, {"drums", "bass"}),
        ("some SLOW music with a Piano!", {"slow", "piano"}, set()),
        ("pianos, drum, string", {"piano", "drums", "strings"}, set()),
        ("bass", {"bass"}, set()),
        ("female vocals", {"female vocal"}, set()),
        ("no female vocal, vocals", {"vocal"}, {"female vocal"}),
        ("hip hop", {"Hip-Hop"}, set()),
        ("hip-hop - piano", {"Hip-Hop", "piano"}, set()),
        ("no beats", {"no beat"}, set()),
        ("Cafe", {"café"}, set()),
        ("piano piano", {"piano"}, set()),
    ],
)
def test_a_phrase_is_understood(text, there, missing):
    assert understood(text) == (there, missing)


def test_an_unknown_word_is_named_beside_those_that_are_meant_and_known():
    with pytest.raises(WordsError) as error:
        parse("slow pianno", NAMES)
    assert "no word 'pianno' (did you mean piano?); the words are Hip-Hop, bass" in str(error.value)
    with pytest.raises(WordsError, match=r"no word 'female' \(did you mean female vocal\?\)"):
        parse("female piano", NAMES)
    with pytest.raises(WordsError, match="no word 'xylophone'; the words are"):
        parse("xylophone", NAMES)


@pytest.mark.parametrize("text", ["", " , ", "no", "some music"])
def test_a_phrase_without_words_is_a_sentence(text):
    with pytest.raises(WordsError, match="no word to look for; the words are Hip-Hop"):
        parse(text, NAMES)


def test_what_nothing_can_be_is_a_sentence():
    with pytest.raises(WordsError, match="for piano and for no piano"):
        parse("piano, no piano", NAMES)
    with pytest.raises(WordsError, match="one word or another"):
        parse("piano or strings", NAMES)
