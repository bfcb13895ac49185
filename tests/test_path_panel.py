from reading import text
from shelf import library, titled

from dashboard import format, path_panel
from dashboard.answer import answer
from dashboard.query import understand
from dashboard.tracks import Tracks


def stops(start, end, steps=5):
    found = answer(understand({"path": [start, end], "steps": steps}, library(), Tracks()), library())
    return found, path_panel.stops(found, library())


def test_the_stops_stand_in_order_each_with_its_closeness_to_the_last():
    found, shown = stops(0, 11)
    assert [row["id"] for row in shown["rows"]] == [stop.id for stop in found.path]
    assert (shown["rows"][0]["word"], "share" in shown["rows"][0]) == ("start", False)
    figures = [format.figure(stop.similarity) for stop in found.path[1:]]
    assert [row["figure"] for row in shown["rows"][1:]] == figures


def test_a_path_is_called_by_its_ends():
    _, shown = stops(titled("The Tones 1"), titled("The Tones 4"))
    assert shown["name"] == "The Tones 1 to The Tones 4"


def test_before_both_ends_are_chosen_it_says_what_to_do():
    said = text(path_panel.layout(library()))
    assert path_panel.HINT in said
    assert "Choose a song" in said
