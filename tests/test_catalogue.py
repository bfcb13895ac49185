import sounds
from spectrum import SpectrumEmbedder

from dashboard import showing
from dashboard.app import create_app
from dashboard.catalogue import Catalogue, key
from index.build import build_library
from index.library import Library


def built(folder):
    return Library.load(build_library(folder / "songs", SpectrumEmbedder(), folder / "library").library)


def song(folder, path, **tags):
    sounds.write(folder / "songs" / path, sounds.chord(220 + 10 * len(path), 330 + sum(path.encode()) % 50), **tags)


def test_keys_hold_from_one_build_to_the_next_and_players_need_not_notice(tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LOOK_EVERY", 0)
    for name in ("b", "c", "d"):
        song(tmp_path, f"{name}.ogg", title=name, album="Album", artist="Artist")
    before = built(tmp_path)
    app = create_app(before).server.test_client()
    keys = dict(zip(before.songs["title"], Catalogue(before).keys, strict=True))
    (tmp_path / "songs" / "b.ogg").unlink()
    song(tmp_path, "a.ogg", title="a", album="Album", artist="Artist")
    after = built(tmp_path)
    assert after.generation != before.generation
    again = dict(zip(after.songs["title"], Catalogue(after).keys, strict=True))
    assert again["c"] == keys["c"] and again["d"] == keys["d"] and keys["b"] not in again.values()
    assert Catalogue(after).albums.keys() == Catalogue(before).albums.keys()
    for title in ("a", "d"):
        told = app.get("/rest/getSong", query_string={"f": "json", "id": again[title]}).json["subsonic-response"]
        assert told["song"]["title"] == title


def test_albums_of_one_name_by_two_artists_are_two(tmp_path):
    song(tmp_path, "a.ogg", title="a", album="Greatest Hits", artist="One")
    song(tmp_path, "b.ogg", title="b", album="Greatest Hits", artist="Two")
    song(tmp_path, "c.ogg", title="c", album="Greatest Hits", artist="Guest", albumartist="Two")
    held = Catalogue(built(tmp_path))
    assert sorted((album.artist, len(album.songs)) for album in held.albums.values()) == [("One", 1), ("Two", 2)]
    assert {artist.name: len(artist.albums) for artist in held.artists.values()} == {"One": 1, "Two": 1, "Guest": 1}


def test_an_album_is_in_the_order_of_its_discs_and_tracks(tmp_path):
    for disc in (1, 2):
        for track in (2, 10, 1):
            song(
                tmp_path,
                f"CD{disc}/{track}.ogg",
                title=f"{disc}-{track}",
                album="A",
                artist="B",
                tracknumber=str(track),
            )
    library = built(tmp_path)
    (album,) = Catalogue(library).albums.values()
    assert [library.songs["title"][each] for each in album.songs] == ["1-1", "1-2", "1-10", "2-1", "2-2", "2-10"]


def test_a_key_tells_kinds_and_names_apart():
    keys = {key("al", "a", "b"), key("al", "b", "a"), key("al", "ab", ""), key("ar", "a", "b"), key("so", "\udcff")}
    assert len(keys) == 5
