"""The 48 demo songs: eight styles, two bands each, three songs a band."""

from dataclasses import replace

from engine.demo.score import Song

Track = tuple[str, str, int, str, str, str]  # title, key, bpm, form, verse, chorus


def _album(style: str, genre: str, artist: str, album: str, year: int, extension: str, *tracks: Track) -> list[Song]:
    return [
        Song(title, artist, album, genre, year, number, extension, style, 0, key, bpm, form, verse, chorus)
        for number, (title, key, bpm, form, verse, chorus) in enumerate(tracks, start=1)
    ]


_WALTZ = (
    *_album(
        "waltz", "Waltz", "The Parlour Hours", "Flour on the Stairs", 2014, "flac",
        ("Third Beat Leaning", "G", 152, "iAABAo", "I vi ii V7 I IV V7 I", "IV I ii vi II7 V7 ii V7"),
        ("Letters to Nobody Yet", "Em", 138, "iABAo", "i iv VII III VI iv V7 i", "III VII VI III iv i V7 V7"),
        ("A Piano for the Bakery", "Bb", 168, "iAABAo", "I I7 IV iv I II7 V7 I", "vi iii IV I ii II7 V7 V7"),
    ),
    *_album(
        "waltz", "Waltz", "Salon Marguerite", "Last Dance but One", 2019, "mp3",
        ("Snow on the Carousel", "Dm", 144, "iABABo", "i V7 i iv i VI V7 i", "VI III iv i VI III V7 V7"),
        ("The Clockmaker's Daughter", "Eb", 132, "iABAo", "Imaj7 vi7 ii7 V7 iii vi ii7 V7", "IV iv I VI7 ii II7 V7 V7"),
        ("Umbrella Season", "A", 174, "iAABAo", "I iii IV V7 vi ii V7 I", "ii V7 I vi ii V7 III7 V7"),
    ),
)  # fmt: skip
_CHIPTUNE = (
    *_album(
        "chiptune", "Chiptune", "Cartridge Club", "Insert Moon", 2011, "mp3",
        ("Rooftop Level", "C", 144, "iABAo", "I V vi IV I V IV V", "vi IV I V vi IV V V"),
        ("Ghost in the High Score", "Am", 132, "iABAo", "i VI III VII i VI iv V", "VI VII i i VI VII III V"),
        ("Extra Life", "F", 158, "iABABo", "I bVII IV I I bVII IV V", "IV V iii vi ii V I V"),
    ),
    *_album(
        "chiptune", "Chiptune", "Pixel Orchard", "Eight Colours of Rain", 2017, "ogg",
        ("Water Temple Bus Stop", "Dm", 126, "iABAo", "i VII VI VII i VII VI V", "iv i VI III iv i V V"),
        ("Save Before the Dragon", "G", 150, "iAABo", "I iii vi IV ii V I V", "bVI bVII I I bVI bVII V V"),
        ("Tiny Credits", "Em", 138, "iABAo", "i iv VII III VI iv V i", "III VII iv VI III VII V V"),
    ),
)  # fmt: skip
_AMBIENT = (
    *_album(
        "ambient", "Ambient", "Low Tide Observatory", "Notes from the Sandbank", 2018, "ogg",
        ("Fog Lifts Twice", "D", 64, "iABAo", "Imaj9 vi7 IVmaj9 iii7", "IVmaj7 Imaj7 ii9 Vsus4"),
        ("What the Buoy Heard", "Am", 72, "iABAo", "i9 VImaj7 III VII", "iv7 VImaj7 i9 VII"),
        ("Salt Archive", "E", 60, "iABo", "Iadd9 IVmaj7 vi7 Vsus4", "ii7 IVmaj9 Imaj7 Imaj9"),
    ),
    *_album(
        "ambient", "Ambient", "Vesper Lowlands", "Pale Hours", 2021, "flac",
        ("Greenhouse at Four", "F", 68, "iABAo", "Imaj7 iii7 IVmaj7 iv", "vi7 IVmaj9 ii7 Vsus4"),
        ("Slow Weather", "Cm", 76, "iABABo", "i9 iv7 VImaj7 VII", "VImaj7 III iv7 i7"),
        ("The Lake Forgets", "G", 62, "iABo", "Imaj9 ii7 IVmaj7 Iadd9", "vi7 iii7 IVmaj9 ii9"),
    ),
)  # fmt: skip
_DRUM_AND_BASS = (
    *_album(
        "drum and bass", "Drum & Bass", "Parallax Junction", "Night Bus Theory", 2016, "mp3",
        ("Sodium Light", "Am", 174, "iABABo",
         "i9 i9 VImaj7 VImaj7 iv7 iv7 VII VII", "VImaj7 VII i7 III VImaj7 VII i7 i7"),
        ("Last Train Fractal", "Fm", 172, "iABABo",
         "i7 VImaj7 i7 VImaj7 iv7 VII III VII", "iv7 iv7 i7 i7 VImaj7 VImaj7 VII VII"),
        ("Underpass", "Dm", 176, "iAABABo",
         "i7 i7 VII VII VImaj7 VImaj7 v7 v7", "VImaj7 III VII i7 VImaj7 III iv7 VII"),
    ),
    *_album(
        "drum and bass", "Drum & Bass", "Kestrel Unit", "Thermals", 2022, "wav",
        ("Hover", "Em", 170, "iABABo", "i9 VII VImaj7 VII i9 VII iv7 v7", "III VII iv7 VImaj7 III VII VImaj7 VII"),
        ("Wind Tunnel Lullaby", "Gm", 168, "iABABo",
         "VImaj7 VII i7 i7 VImaj7 VII III III", "iv7 v7 VImaj7 VII iv7 v7 i7 i7"),
        ("Switchback", "Bm", 178, "iABAABo", "i7 iv7 i7 iv7 VImaj7 VII i7 VII", "VImaj7 i7 VII iv7 VImaj7 i7 VII VII"),
    ),
)  # fmt: skip
_STRINGS = (
    *_album(
        "strings", "Folk", "The Quince Tree Duo", "Windfall", 2013, "flac",
        ("Apples for the Road", "C", 116, "iABAo", "I IV I V vi IV V I", "vi iii IV I ii vi IV V"),
        ("The Miller's Second Wife", "Am", 104, "iABo", "i VII VI VII i iv V i", "III VII i v VI III iv V"),
        ("Barn Swallows", "G", 126, "iAABAo", "I V IV I vi IV Vsus4 V", "IV I IV V vi iii IV V"),
    ),
    *_album(
        "strings", "Folk", "Juniper and Vale", "Six Small Rivers", 2020, "ogg",
        ("Ferry Without a Ferryman", "Dm", 110, "iABAo", "i III VII IV i III v i", "VI VII III i VI iv VII V"),
        ("Candle in a Jar", "D", 98, "iABo", "Iadd9 IV Iadd9 V vi7 ii7 IV V", "IV V iii vi IV iv I V"),
        ("Stone Bridge Reel", "E", 132, "iABABo", "I bVII IV I I bVII V I", "vi IV I V vi IV bVII V"),
    ),
)  # fmt: skip
_ORGAN = (
    *_album(
        "organ", "Choral", "Saint Brannoc Singers", "Evening in the Nave", 2012, "ogg",
        ("Lamps Along the Aisle", "F", 84, "iABo", "I V vi iii IV I ii V", "vi IV I V IV ii V I"),
        ("Winter Canticle", "Dm", 76, "iABo", "i v VI III iv i V i", "III VII VI III iv VI V V"),
        ("For the Bellringers", "Bb", 92, "iABAo", "I IV V I vi ii V I", "IV V iii vi ii V I I"),
    ),
    *_album(
        "organ", "Choral", "Nave and Transept", "Stone Remembers", 2015, "mp3",
        ("Dust in Coloured Light", "G", 80, "iABo", "I iii vi IV I ii Vsus4 V", "IV I ii vi IV I Vsus4 V"),
        ("Procession by Water", "Em", 72, "iABo", "i VI III VII iv i V i", "VI VII i III VI iv V V"),
        ("Morning of the Swifts", "A", 96, "iABBo", "I V IV I vi iii IV V", "IV bVII I I ii IV V I"),
    ),
)  # fmt: skip
_ROCK = (
    *_album(
        "rock", "Rock", "The Rusted Satellites", "Parking Lot Planets", 2009, "mp3",
        ("Static on Channel Nine", "E", 138, "iABABo", "I bVII IV I I bVII IV V", "vi IV I V vi IV V V"),
        ("Borrowed Engine", "Am", 124, "iABABo", "i i VII VII VI VI VII VII", "III VII i VI III VII VI V"),
        ("Run the Red Hour", "D", 160, "iABABo", "I IV I V I IV V V", "bVII IV I I bVII IV V V"),
    ),
    *_album(
        "rock", "Rock", "Copper Motel", "No Vacancy, No Regrets", 2018, "ogg",
        ("Vending Machine Heart", "G", 146, "iABABo", "I V ii IV I V IV IV", "IV V vi iii IV V I V"),
        ("Hotel Sign Missing Letters", "Em", 118, "iABAo", "i III VII IV i III VII VII", "VI VII i i VI VII iv V"),
        ("Gravel", "A", 130, "iABABo", "I7 I7 IV7 I7 V7 IV7 I7 V7", "IV7 IV7 I7 I7 II7 IV7 V7 V7"),
    ),
)  # fmt: skip
_HAND_PERCUSSION = (
    *_album(
        "hand percussion", "World", "Calabash Street", "Talk Back", 2010, "mp3",
        ("Market Opens at Five", "C", 108, "iAABABo", "I IV V IV", "ii V I V"),
        ("Three Uncles Arguing", "Am", 118, "iAABABAo", "i VII i VII", "VI VII v i"),
        ("Barefoot Parade", "F", 100, "iABABAo", "I V IV I", "vi IV I V"),
    ),
    *_album(
        "hand percussion", "World", "Seven Palms Collective", "Skin, Seed and Steel", 2023, "flac",
        ("Message Over the Hill", "Dm", 112, "iAABABo", "i III iv i", "VI III VII i"),
        ("Rain Is a Rhythm Too", "G", 96, "iABABo", "I ii IV I", "IV I V IV"),
        ("Dance of the Fishing Nets", "Bb", 122, "iAABABAo", "I I IV V", "vi V IV V"),
    ),
)  # fmt: skip

SONGS: tuple[Song, ...] = tuple(
    replace(song, variant=i)
    for style in (_WALTZ, _CHIPTUNE, _AMBIENT, _DRUM_AND_BASS, _STRINGS, _ORGAN, _ROCK, _HAND_PERCUSSION)
    for i, song in enumerate(style)
)
