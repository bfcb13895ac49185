import json

from dash import html
from plotly.utils import PlotlyJSONEncoder
from shelf import HOSTILE, library, titled
from spectrum import WORDS, SpectrumEmbedder

from dashboard import matches
from dashboard.query import answer
from dashboard.tracks import Track, Tracks
from index.build import build_library
from index.library import Library


def text(component) -> str:
    """Everything a person reads in a component."""
    if isinstance(component, list | tuple):
        return " ".join(filter(None, map(text, component)))
    return text(component.children) if hasattr(component, "children") else "" if component is None else str(component)


def asked(song):
    return answer({"song": song}, library(), Tracks())


def test_rows_are_the_matches_best_first():
    found = asked(4)
    heading, rows = matches.rows(found, library())
    assert "11 songs" in text(heading)
    assert [getattr(row.children[1], "data-song") for row in rows.children] == [str(m.id) for m in found.matches]
    assert [getattr(row.children[0], "data-play") for row in rows.children] == [str(m.id) for m in found.matches]


def test_a_row_says_how_alike_in_a_word_a_figure_and_a_bar():
    row = matches.row(3, "Title", "Artist", 0, 0.874)
    assert "very close 0.87" in text(row)
    assert row.children[1].children[-1].style == {"--share": "87%"}
    assert matches.row(3, "Title", "Artist", 0, -0.4).children[1].children[-1].style == {"--share": "0%"}


def test_a_song_without_an_artist_is_told_by_its_album():
    _, rows = matches.rows(asked(8), library())
    assert text(rows.children[0].children[1].children[1]).strip() == "Pure"


def test_an_unknown_artist_is_said_to_be_unknown():
    assert "Unknown artist" in text(matches.row(3, "Title", "", 0, 0.5))


def test_the_card_tells_what_is_known_of_a_song():
    card = text(matches.card(asked(titled("The Tones 2")), library()))
    for said in ("Chosen song", "The Tones 2", "The Tones", "Pure · 2001", "0:02", "120 bpm", "A minor"):
        assert said in card


def test_the_card_of_a_track_says_it_is_no_part_of_the_library():
    tracks = Tracks()
    vector = library().songs[["x"] * 16].to_numpy("float32")[0]
    token = tracks.add(Track("Mine", vector, library().place(vector), 61.0, {"bpm": 99.0}))
    card = matches.card(answer({"track": token}, library(), tracks), library())
    assert all(said in text(card) for said in ("Dropped track", "Mine", "Not part of the library", "1:01", "99 bpm"))
    assert getattr(card[1].children[0], "data-play") == token


def test_the_card_says_in_words_what_stands_out(tmp_path, songs):
    build_library(songs, SpectrumEmbedder(words=WORDS), tmp_path / "library")
    worded, tracks = Library.load(tmp_path / "library"), Tracks()
    vector = SpectrumEmbedder().hear(worded.audio_path(0)).vector
    token = tracks.add(Track("Mine", vector, worded.place(vector), 2.0, {}))
    for asked in ({"song": 0}, {"track": token}):
        assert "white noise" in text(matches.card(answer(asked, worded, tracks), worded))


def test_titles_are_text_wherever_they_stand():
    found = asked(titled(HOSTILE))
    page = [matches.card(found, library()), matches.rows(asked(8), library())]
    assert text(page).count(HOSTILE) == 2
    assert "dangerously" not in json.dumps(page, cls=PlotlyJSONEncoder)


def test_empty_states_are_sentences():
    assert text(matches.invitation()).count(".") >= 2
    assert "No such song." in text(matches.refusal("No such song."))
    alone = asked(4)
    assert "nothing else" in text(matches.rows(type(alone)("4", 4, None, []), library()))


def test_every_button_has_a_name():
    found = asked(4)
    for button in buttons([matches.layout(library()), matches.card(found, library()), matches.rows(found, library())]):
        assert text(button).strip() or getattr(button, "aria-label", "")


def buttons(component):
    if isinstance(component, list | tuple):
        for each in component:
            yield from buttons(each)
    elif isinstance(component, html.Button):
        yield component
    elif hasattr(component, "children"):
        yield from buttons(component.children)
