"""The words an ear may say: the teacher's hundred tags, synonyms brought together, what says nothing left out."""

import numpy as np

_MTT = """
    guitar, classical, slow, techno, strings, drums, electronic, rock, fast, piano, ambient, beat, violin, vocal,
    synth, female, indian, opera, male, singing, vocals, no vocals, harpsichord, loud, quiet, flute, woman, male vocal,
    no vocal, pop, soft, sitar, solo, man, classic, choir, voice, new age, dance, male voice, female vocal, beats, harp,
    cello, no voice, weird, country, metal, female voice, choral
"""
_MSD = """
    rock, pop, alternative, indie, electronic, female vocalists, dance, 00s, alternative rock, jazz, beautiful, metal,
    chillout, male vocalists, classic rock, soul, indie rock, mellow, electronica, 80s, folk, 90s, chill, instrumental,
    punk, oldies, blues, hard rock, ambient, acoustic, experimental, female vocalist, guitar, hip-hop, 70s, party,
    country, easy listening, sexy, catchy, funk, electro, heavy metal, progressive rock, 60s, rnb, indie pop, sad,
    house, happy
"""

# What the teacher can say, in the order of its answers: MagnaTagATune's listeners, then the Million Song Dataset's.
TAGS = tuple(f"{who}:{tag.strip()}" for who, tags in (("mtt", _MTT), ("msd", _MSD)) for tag in tags.split(","))

# Left out: opinions (beautiful, catchy, sexy) and decades that are no sound (90s, 00s).
WORDS: dict[str, tuple[str, ...]] = {
    # what plays
    "guitar": ("mtt:guitar", "msd:guitar"),
    "acoustic": ("msd:acoustic",),
    "piano": ("mtt:piano",),
    "strings": ("mtt:strings",),
    "violin": ("mtt:violin",),
    "cello": ("mtt:cello",),
    "harp": ("mtt:harp",),
    "harpsichord": ("mtt:harpsichord",),
    "flute": ("mtt:flute",),
    "sitar": ("mtt:sitar",),
    "synth": ("mtt:synth",),
    "drums": ("mtt:drums",),
    "beats": ("mtt:beat", "mtt:beats"),
    "solo": ("mtt:solo",),
    # who sings
    "vocals": ("mtt:vocal", "mtt:vocals", "mtt:voice", "mtt:singing"),
    "female vocal": (
        "mtt:female", "mtt:woman", "mtt:female vocal", "mtt:female voice", "msd:female vocalist",
        "msd:female vocalists",
    ),
    "male vocal": ("mtt:male", "mtt:man", "mtt:male vocal", "mtt:male voice", "msd:male vocalists"),
    "choir": ("mtt:choir", "mtt:choral"),
    "opera": ("mtt:opera",),
    "instrumental": ("mtt:no vocals", "mtt:no vocal", "mtt:no voice", "msd:instrumental"),
    # how it feels
    "slow": ("mtt:slow",),
    "fast": ("mtt:fast",),
    "loud": ("mtt:loud",),
    "quiet": ("mtt:quiet",),
    "soft": ("mtt:soft",),
    "mellow": ("msd:mellow",),
    "sad": ("msd:sad",),
    "happy": ("msd:happy",),
    "party": ("msd:party",),
    # what it is called
    "classical": ("mtt:classical", "mtt:classic"),
    "new age": ("mtt:new age",),
    "ambient": ("mtt:ambient", "msd:ambient"),
    "chillout": ("msd:chillout", "msd:chill"),
    "easy listening": ("msd:easy listening",),
    "experimental": ("msd:experimental", "mtt:weird"),
    "electronic": ("mtt:electronic", "msd:electronic", "msd:electronica"),
    "techno": ("mtt:techno",),
    "house": ("msd:house",),
    "electro": ("msd:electro",),
    "dance": ("mtt:dance", "msd:dance"),
    "pop": ("mtt:pop", "msd:pop"),
    "rock": ("mtt:rock", "msd:rock"),
    "alternative": ("msd:alternative", "msd:alternative rock"),
    "indie": ("msd:indie", "msd:indie rock"),
    "indie pop": ("msd:indie pop",),
    "classic rock": ("msd:classic rock",),
    "progressive rock": ("msd:progressive rock",),
    "hard rock": ("msd:hard rock",),
    "metal": ("mtt:metal", "msd:metal", "msd:heavy metal"),
    "punk": ("msd:punk",),
    "folk": ("msd:folk",),
    "country": ("mtt:country", "msd:country"),
    "blues": ("msd:blues",),
    "jazz": ("msd:jazz",),
    "funk": ("msd:funk",),
    "soul": ("msd:soul", "msd:rnb"),
    "hip-hop": ("msd:hip-hop",),
    "indian": ("mtt:indian",),
    "oldies": ("msd:oldies", "msd:60s"),
    "70s": ("msd:70s",),
    "80s": ("msd:80s",),
}  # fmt: skip


def merge(tags: np.ndarray) -> np.ndarray:
    """Probabilities of TAGS [..., 100] to those of WORDS, in their order: float32 [..., words].

    The mean over a word's tags: other than the maximum it is linear, so that a song's words are the same whether its
    segments are averaged before or after, and a tag that only one of two networks hears counts half.
    """
    return np.asarray(tags, np.float32) @ _SHARES


def _shares() -> np.ndarray:
    """Which share of each word is in each tag: [100, words]."""
    place = {tag: number for number, tag in enumerate(TAGS)}
    shares = np.zeros((len(TAGS), len(WORDS)), np.float32)
    for word, tags in enumerate(WORDS.values()):
        shares[[place[tag] for tag in tags], word] = 1 / len(tags)
    return shares


_SHARES = _shares()
