import json

import pytest
from dash import html
from plotly.utils import PlotlyJSONEncoder
from reading import text
from shelf import HOSTILE, library, titled
from spectrum import WORDS, SpectrumEmbedder

from dashboard import card, format, matches, rules, song_row
from dashboard.answer import Answer, answer
from dashboard.closeness import MEANINGS, Scale
from dashboard.query import Asked, Query, understand
from dashboard.tracks import Track, Tracks
from index.build import build_library
from index.library import Library


def asked(song, **also):
    return answer(understand({"song": song, **also}, library(), Tracks()), library())


def test_rows_are_the_matches_best_first():
    found = asked(4)
    listed = matches.listed(found, library())
    assert (listed["heading"], listed["count"]) == ("Most alike", "11 songs")
    assert [row["id"] for row in listed["rows"]] == [match.id for match in found.matches]
    assert [row["figure"] for row in listed["rows"]] == [format.figure(match.similarity) for match in found.matches]
    assert matches.listed(asked(4, more=[1]), library())["heading"] == "Most like these"


def test_a_row_says_how_alike_in_a_word_a_figure_and_a_bar():
    close = song_row.close(0.874, Scale(0.8, 0.5, 0.2))
    assert (close["word"], close["figure"], close["share"]) == ("very close", "0.87", pytest.approx(0.84, abs=0.01))
    assert close["meaning"] == MEANINGS["very close"]
    assert song_row.close(-0.4, Scale(0.8, 0.5, 0.2))["share"] == 0


def test_a_passage_plays_from_its_second_and_says_so():
    found = asked(4, moment=[0, 2])
    listed = matches.listed(found, library())
    assert listed["heading"] == "Songs with a bit like this"
    assert [row["at"] for row in listed["rows"]] == [round(start, 2) for start in found.starts]
    assert listed["rows"][0]["word"] == f"from {format.moment(found.starts[0])}"


def test_a_list_is_small_enough_to_be_sent_at_once():
    assert len(json.dumps(matches.listed(asked(4), library()))) < 11 * 400


def test_a_song_without_an_artist_is_told_by_its_album():
    assert matches.listed(asked(8), library())["rows"][0]["by"] == "Pure"


def test_an_empty_list_says_which_rule_to_loosen_and_offers_it():
    empty = matches.listed(asked(4, rules={"tempo": [10, 20]}), library())
    assert (empty["loosen"], "tempos" in empty["nothing"]) == ("tempo", True)
    assert matches.listed(asked(4, rules={"tempo": [10, 20], "keys": ["F#"]}), library())["loosen"] == "all"
    assert set(matches.LOOSEN) == {*rules.LISTING, *rules.FILTERS, *rules.MIXING}


def test_the_card_tells_what_is_known_of_a_song():
    said = text(card.card(asked(titled("The Tones 2")), library()))
    for known in ("Chosen song", "The Tones 2", "The Tones", "Pure · 2001", "0:02", "120 bpm", "A minor"):
        assert known in said


def test_the_card_of_a_track_says_it_is_no_part_of_the_library():
    tracks = Tracks()
    vector = library().songs[["x"] * 16].to_numpy("float32")[0]
    token = tracks.add(Track("Mine", vector, library().fingerprint, 61.0, {"bpm": 99.0}))
    shown = card.card(answer(understand({"track": token}, library(), tracks), library()), library())
    assert all(said in text(shown) for said in ("Dropped track", "Mine", "Not part of the library", "1:01", "99 bpm"))
    assert getattr(shown[1].children[0], "data-play") == token


def test_what_else_is_asked_stands_on_the_card_and_can_be_taken_back():
    chips = card.chips(asked(4, more=[1], less=[titled(HOSTILE)]), library())
    assert "more like" in text(chips)
    assert HOSTILE in text(chips)
    assert [getattr(chip.children[2], "data-unlean") for chip in chips.children] == ["1", str(titled(HOSTILE))]
    (moment,) = card.chips(asked(4, moment=[0, 2]), library()).children
    assert "0:00–0:02" in text(moment)
    assert card.chips(asked(4), library()) is None


def test_the_card_says_in_words_what_stands_out(tmp_path, songs):
    build_library(songs, SpectrumEmbedder(words=WORDS), tmp_path / "library")
    worded, tracks = Library.load(tmp_path / "library"), Tracks()
    vector = SpectrumEmbedder().hear(worded.audio_path(0)).vector
    token = tracks.add(Track("Mine", vector, worded.fingerprint, 2.0, {}))
    for data in ({"song": 0}, {"track": token}):
        found = answer(understand(data, worded, tracks), worded)
        assert "white noise" in text(card.card(found, worded))


def test_titles_are_text_wherever_they_stand():
    found = asked(titled(HOSTILE))
    page = [card.card(found, library()), card.chips(asked(8, more=[titled(HOSTILE)]), library())]
    assert text(page).count(HOSTILE) == 2
    assert "dangerously" not in json.dumps(page, cls=PlotlyJSONEncoder)


def test_empty_states_are_sentences():
    assert text(card.invitation()).count(".") >= 2
    assert "No such song." in text(card.refusal("No such song."))
    assert "nothing else" in matches.listed(Answer(Query(Asked("4", 4, None))), library())["nothing"]


def test_every_button_has_a_name():
    found = asked(4, more=[1])
    for button in buttons([matches.layout(library()), card.card(found, library())]):
        assert text(button).strip() or getattr(button, "aria-label", "")


def buttons(component):
    if isinstance(component, list | tuple):
        for each in component:
            yield from buttons(each)
    elif isinstance(component, html.Button):
        yield component
    elif hasattr(component, "children"):
        yield from buttons(component.children)
