import json

import numpy as np
import pandas as pd
import pytest
from shelf import HOSTILE, library, titled

from dashboard import song_map
from dashboard.app import create_app


def read(payload):
    """The header and the arrays, as the page reads them."""
    length = int(np.frombuffer(payload, "<u4", 1)[0])
    header, at, arrays = json.loads(payload[4 : 4 + length]), 4 + length, {}
    for told in header["arrays"]:
        count = header["songs"] * told["width"]
        assert at % 4 == 0
        arrays[told["name"]] = np.frombuffer(payload, told["dtype"], count, at).reshape(header["songs"], -1).squeeze()
        at += -(-arrays[told["name"]].nbytes // 4) * 4
    assert at == len(payload)
    return header, arrays


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def test_row_n_is_song_n_and_keeps_its_place():
    header, arrays = read(song_map.payload(library()))
    songs, frame = library().songs, header["frame"]["xyz"]
    assert header["songs"] == len(library())
    restored = arrays["xyz"] * frame["radius"] + frame["centre"]
    np.testing.assert_allclose(restored, songs[["x", "y", "z"]], atol=1e-4)
    assert arrays["cluster"].tolist() == songs["cluster"].tolist()
    np.testing.assert_allclose(arrays["brightness"], songs["brightness"], rtol=1e-6)


def test_a_category_is_a_code_and_its_name_stands_in_the_header():
    header, arrays = read(song_map.payload(library()))
    names = [*header["categories"]["artist"], ""]
    assert [names[code] for code in arrays["artist"]] == library().songs["artist"].tolist()
    assert header["categories"]["cluster"] == library().clusters


def test_the_most_frequent_name_comes_first_and_unknown_last():
    codes, names = song_map.coded(pd.Series(["b", "a", "", "c", "b", "a", "b"]))
    assert names == ["b", "a", "c"]
    assert codes.tolist() == [0, 1, 3, 2, 0, 1, 0]


def test_keys_stand_by_fifths_and_flats_are_sharps():
    codes, names = song_map.keys(pd.Series(["C", "G", "Am", "Bb", "Ebm", "", "H"]))
    assert names[0] == "C"
    assert [names[code] if code < 24 else "" for code in codes] == ["C", "G", "Am", "A#", "D#m", "", ""]
    assert (codes[1] - codes[0], len(names)) == (1, 24)


def test_what_is_not_known_is_no_number():
    assert np.isnan(song_map.known(pd.Series([0, np.nan]), at_least_one=True)).all()
    assert song_map.known(pd.Series([1999, -16.5]), at_least_one=False).tolist() == [1999, -16.5]


def test_every_song_but_a_stray_one_lies_in_the_unit_sphere():
    places = np.random.default_rng(0).normal(3, 2, (1000, 3))
    places[7] = 500
    framed, frame = song_map.framed(places)
    assert 0.98 < (np.linalg.norm(framed, axis=1) <= 1.0001).mean() < 1
    np.testing.assert_allclose(framed * frame["radius"] + frame["centre"], places, rtol=1e-3, atol=1e-3)


def test_one_song_alone_has_a_place():
    framed, frame = song_map.framed(np.array([[4.0, 5.0, 6.0]]))
    assert framed.tolist() == [[0, 0, 0]]
    assert frame["radius"] > 0


def test_the_flat_map_is_the_librarys_or_else_the_widest_view_of_the_deep_one():
    random = np.random.default_rng(1)
    table = pd.DataFrame(random.normal(size=(500, 3)) * [9, 1, 4], columns=["x", "y", "z"])
    flat = song_map.flat(table)
    assert flat.var(axis=0) == pytest.approx([table["x"].var(ddof=0), table["z"].var(ddof=0)], rel=0.05)
    table[["u", "v"]] = random.normal(size=(500, 2))
    np.testing.assert_allclose(song_map.flat(table), table[["u", "v"]])
    table.loc[3, "u"] = np.nan
    np.testing.assert_allclose(song_map.flat(table), flat)


def test_both_answers_of_a_build_are_kept_by_the_browser_for_ever(client):
    for address in (f"/map/{library().generation}", f"/songs/{library().generation}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_build_that_is_gone_is_a_sentence(client):
    for address in ("/map/generation-of-old", "/songs/generation-of-old"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.text == "This build of the library is no longer shown. Load the page again."


def test_names_are_plain_text(client):
    told = client.get(f"/songs/{library().generation}").json
    assert told["titles"][titled(HOSTILE)] == HOSTILE
    assert told["artists"] == library().songs["artist"].tolist()
    assert [len(told[name]) for name in ("titles", "artists", "albums", "lengths")] == [len(library())] * 4
