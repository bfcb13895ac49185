from reading import text
from shelf import HOSTILE, library, titled

from dashboard import path_panel
from dashboard.answer import answer
from dashboard.query import understand
from dashboard.tracks import Tracks


def stops(start, end, steps=5):
    found = answer(understand({"path": [start, end], "steps": steps}, library(), Tracks()), library())
    return found, path_panel.stops(found, library())


def test_the_stops_stand_in_order_each_with_its_closeness_to_the_last():
    found, (_, rows) = stops(0, 11)
    songs = [str(stop.id) for stop in found.path]
    assert [getattr(row.children[0], "data-play") for row in rows.children] == songs
    assert "start" in text(rows.children[0])
    assert all(f"{stop.similarity:.2f}".replace("-", "−") in text(row)
               for stop, row in zip(found.path[1:], rows.children[1:], strict=True))  # fmt: skip


def test_a_path_is_played_queued_and_saved_whole():
    found, (actions, _) = stops(0, 11)
    listed = ",".join(str(stop.id) for stop in found.path)
    play, queue, save = actions.children
    assert getattr(play, "data-together") == getattr(queue, "data-queue") == getattr(save, "data-playlist") == listed
    first, last = (library().songs["title"][song] for song in (0, 11))
    assert getattr(save, "data-name") == f"{first} to {last}"


def test_a_title_with_markup_stays_text():
    _, (_, rows) = stops(titled(HOSTILE), titled("The Tones 1"))
    assert HOSTILE in text(rows)


def test_before_both_ends_are_chosen_it_says_what_to_do():
    assert text(path_panel.hint()).count(".") >= 2
    assert "Choose a song" in text(path_panel.layout(library()))
