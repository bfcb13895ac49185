from shelf import HOSTILE, library, titled

from dashboard import search


def options(text):
    found = search.hits(text, library())
    return found[0].children if found and getattr(found[0], "role", "") == "listbox" else []


def found(text):
    return [int(getattr(hit, "data-song")) for hit in options(text)]


def test_letters_find_titles_and_artists_whatever_the_accents():
    assert found("bjork noi") == found("BJÖRK") == library().find("björk", search.HITS)
    assert found("tones 2") == [titled("The Tones 2")]


def test_a_hit_names_its_song_for_the_player():
    (hit,) = options("tones 2")
    assert (getattr(hit, "data-title"), getattr(hit, "data-artist")) == ("The Tones 2", "The Tones")


def test_nothing_typed_lists_nothing():
    assert search.hits("", library()) == search.hits("  ", library()) == search.hits(None, library()) == []


def test_nothing_found_is_a_sentence():
    (sentence,) = search.hits("zzz", library())
    assert sentence.children == "No song or artist matches “zzz”."


def test_a_title_with_markup_stays_text():
    (hit,) = options("linked")
    assert hit.children[1].children == HOSTILE


def test_an_endless_question_is_cut():
    assert len(search.hits("z" * 10_000, library())[0].children) < 300


def test_the_list_is_a_listbox_of_options_that_each_have_an_id():
    found = options("tones")
    assert {hit.role for hit in found} == {"option"}
    assert len({hit.id for hit in found}) == len(found) == 4
    (listbox,) = search.hits(" tones ", library())
    assert getattr(listbox, "data-asked") == "tones"  # what the script compares with what is typed
