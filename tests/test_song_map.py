import json

import numpy as np
import pytest
from dash import Patch
from plotly.utils import PlotlyJSONEncoder
from shelf import HOSTILE, library, titled

from dashboard import song_map
from dashboard.query import answer
from dashboard.tracks import Track, Tracks


@pytest.fixture
def found():
    return answer({"song": 4}, library(), Tracks())


def dropped():
    tracks = Tracks()
    vector = np.full(16, 0.3, np.float32)
    return answer({"track": tracks.add(Track("Mine", vector, library().place(vector), 2.0, {}))}, library(), tracks)


def changed(patch: Patch) -> dict[str, object]:
    """What a patch sets, by the path in the figure."""
    steps = json.loads(json.dumps(patch.to_plotly_json(), cls=PlotlyJSONEncoder))["operations"]
    return {".".join(map(str, step["location"])): step["params"]["value"] for step in steps}


def test_point_n_is_song_n():
    points = song_map.figure(library()).data[song_map.SONGS]
    songs = library().songs
    np.testing.assert_allclose(np.stack([points.x, points.y, points.z]).T, songs[["x", "y", "z"]], atol=1e-6)
    assert points.hovertext[5] == "<b>The Tones 2</b><br>The Tones"
    assert points.marker.color.tolist() == songs["cluster"].tolist()


def test_labels_from_tags_are_no_markup():
    label = song_map.figure(library()).data[song_map.SONGS].hovertext[titled(HOSTILE)]
    assert label.startswith("<b>&lt;b>Bold&lt;/b> &amp; &lt;a ")
    assert label.count("<") == 3
    assert song_map.label("a", "<i>") == "<b>a</b><br>&lt;i>"


def test_the_scene_is_bare_and_keeps_its_camera():
    layout = song_map.figure(library()).layout
    assert not any(layout.scene[axis].visible for axis in ("xaxis", "yaxis", "zaxis"))
    assert layout.uirevision == layout.scene.uirevision == "map"
    assert song_map.CONFIG["showSendToCloud"] is False
    assert song_map.CONFIG["displaylogo"] is False


def test_every_song_is_in_view_whichever_way_the_map_is_turned():
    figure = song_map.figure(library())
    points, scene = figure.data[song_map.SONGS], figure.layout.scene
    ranges = np.array([scene.xaxis.range, scene.yaxis.range, scene.zaxis.range])
    sides = ranges[:, 1] - ranges[:, 0]
    assert sides == pytest.approx([sides[0]] * 3)
    away = np.linalg.norm(np.stack([points.x, points.y, points.z]).T - ranges.mean(axis=1), axis=1)
    assert away.max() < sides[0] / 2
    assert scene.aspectmode == "cube"


def test_an_answer_lights_up_without_sending_the_songs_again(found):
    paths = changed(song_map.highlight(library(), found, None))
    assert not any(path.startswith("data.0.") and path[-2:] in {".x", ".y", ".z"} for path in paths)
    assert "data.0.hovertext" not in paths
    assert paths["data.2"]["customdata"] == [match.id for match in found.matches]
    assert set(paths["data.4"]["customdata"]) == {4}
    assert not any("layout" in path for path in paths)


def test_the_number_of_traces_never_changes(found):
    everything = len(song_map.figure(library()).data)
    for asked in (None, found, dropped()):
        assert 1 + len(song_map.highlights(library(), asked)) == everything


def test_a_lit_song_stands_exactly_where_its_point_is(found):
    points = song_map.figure(library()).data[song_map.SONGS]
    matches = song_map.highlights(library(), found)[song_map.MATCHES - 1]
    for at, song in enumerate(matches["customdata"]):
        assert (matches["x"][at], matches["y"][at]) == (float(points.x[song]), float(points.y[song]))


def test_a_dropped_track_looks_like_no_song(found):
    track, song = (song_map.highlights(library(), each)[song_map.CHOSEN - 1] for each in (dropped(), found))
    assert track["marker"]["color"] != song["marker"]["color"]
    assert track["marker"]["color"] not in song_map.PALETTE
    assert track["hovertext"] == "<b>Mine</b><br>Dropped track"
    assert set(track["customdata"]) == {None}


def test_the_legend_names_every_cluster_with_its_colour_and_songs():
    rows = [[part.children or part.style["--hue"] for part in row.children] for row in song_map.legend(library())]
    assert [row[1] for row in rows] == library().clusters
    assert [row[2] for row in rows] == ["4", "4", "4"]
    assert len({row[0] for row in rows}) == 3


def test_colours_differ_as_long_as_there_are_colours():
    assert len(set(song_map.PALETTE)) == len(song_map.PALETTE) == 24
    assert song_map.colour(24) == song_map.colour(0)


def test_pointing_at_a_cluster_dims_the_others_only():
    full, focused = song_map.colour_scale(3), song_map.colour_scale(3, focus=1)
    assert focused[2:4] == full[2:4]
    assert brightness(focused[0][1]) < 0.5 * brightness(full[0][1])
    lit = song_map.colour_scale(3, lit=True)
    assert all(brightness(behind) < brightness(front) for (_, behind), (_, front) in zip(lit, full, strict=True))


def test_each_cluster_has_one_flat_step_of_the_scale():
    scale = song_map.colour_scale(3)
    assert [edge for edge, _ in scale] == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1])
    assert [step for _, step in scale[::2]] == [step for _, step in scale[1::2]] == list(song_map.PALETTE[:3])


def test_points_shrink_as_the_library_grows():
    sizes = [song_map.point_size(songs) for songs in (1, 12, 400, 10_000, 100_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] > 0.5


def brightness(colour: str) -> int:
    return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5))
