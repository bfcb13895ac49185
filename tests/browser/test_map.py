"""The map in a real browser: where the points are, what the mouse finds, and what colours and filters do to it."""

import threading
from statistics import median

import pytest
import waitress

from benchmarks.made_up import make_library
from dashboard.app import create_app

MANY = 10_000
MOVES = 300
KEPT = "[...Array(songboard.map.count).keys()].filter((song) => !songboard.map.dimmed(song))"
LIGHTNESS = """() => {
  const canvas = document.querySelector(".map-canvas"), small = document.createElement("canvas");
  [small.width, small.height] = [64, 48];
  const pen = small.getContext("2d", {willReadFrequently: true});
  return new Promise((resolve) => requestAnimationFrame(() => {
    dispatchEvent(new Event("resize"));
    document.dispatchEvent(new CustomEvent("songboard:theme"));
    requestAnimationFrame(() => {
      pen.drawImage(canvas, 0, 0, 64, 48);
      const bytes = pen.getImageData(0, 0, 64, 48).data;
      resolve(bytes.filter((_, at) => at % 4 < 3).reduce((sum, byte) => sum + byte, 0) / (64 * 48 * 3));
    });
  }));
}"""


@pytest.fixture
def titles(shown):
    return shown.songs["title"].tolist()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Where a dashboard of ten thousand made-up songs listens."""
    library = make_library(MANY, tmp_path_factory.mktemp("crowd"))
    server = waitress.create_server(create_app(library).server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


def in_front(visit, songs):
    """Some song whose point a click would find, and where it is."""
    for song in range(songs):
        x, y = visit.point(song)
        if visit.page.evaluate("([x, y]) => songboard.map.under(x, y)", [x, y]) == song:
            return song, x, y
    raise AssertionError("every point is hidden by another")


def test_a_real_mouse_on_a_point_names_chooses_and_plays_its_song(visit, titles):
    visit.open()
    visit.page.evaluate("songboard.songs")
    song, x, y = in_front(visit, len(titles))
    visit.hover(song)
    visit.page.wait_for_function(
        "title => document.querySelector('.map-hover strong').textContent === title",
        arg=titles[song],
    )
    visit.page.mouse.click(x, y)
    visit.answered(song)
    assert f"/audio/{song}" in visit.plays()
    assert visit.errors == []


def test_a_drag_turns_the_map_and_chooses_nothing(visit, titles):
    visit.open()
    _, x, y = in_front(visit, len(titles))
    before = visit.page.evaluate("songboard.map.camera")
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 90, y + 30, steps=6)
    visit.page.mouse.up()
    after = visit.settled().page.evaluate("songboard.map.camera")
    assert after["yaw"] < before["yaw"]
    assert after["pitch"] > before["pitch"]
    assert visit.lit()["song"] is None
    assert visit.page.evaluate("JSON.stringify(songboard.state)") == '{"rules":{}}'


def test_the_wheel_comes_closer_to_what_is_under_the_pointer(visit, titles):
    visit.open()
    visit.page.click("#flat")
    song, x, y = in_front(visit, len(titles))
    before = visit.page.evaluate("songboard.map.camera.distance")
    visit.page.mouse.move(x, y)
    for _ in range(4):
        visit.page.mouse.wheel(0, -200)
    visit.settled()
    assert visit.page.evaluate("songboard.map.camera.distance") < 0.6 * before
    assert visit.point(song) == pytest.approx((x, y), abs=3)


def test_the_keyboard_turns_and_zooms_the_map_and_leaves_the_player_alone(visit):
    visit.open()
    visit.page.focus("#map")
    before = visit.settled().page.evaluate("songboard.map.camera")
    for key in ("ArrowLeft", "+"):
        visit.page.keyboard.press(key)
        visit.settled()
    after = visit.page.evaluate("songboard.map.camera")
    assert after["yaw"] != before["yaw"]
    assert after["distance"] < before["distance"]
    visit.page.keyboard.press("0")
    home = visit.settled().page.evaluate("songboard.map.camera")
    assert [home["yaw"], home["distance"]] == pytest.approx([before["yaw"], before["distance"]])


def test_an_answer_is_lit_and_the_eye_goes_where_all_of_it_is_seen(visit, shown, shot):
    visit.open()
    visit.click_point(5)
    visit.stands_lit(5)
    matches = [match.id for match in shown.similar(5)]
    assert visit.lit()["matches"] == matches
    box = visit.page.locator("#map").bounding_box()
    for song in (5, *matches):
        x, y = visit.point(song)
        assert box["x"] < x < box["x"] + box["width"]
        assert box["y"] < y < box["y"] + box["height"]
    shot("map-answered")


def test_the_flat_map_is_the_librarys_own_and_is_remembered(visit, shown, shot):
    visit.open()
    visit.page.click("#flat")
    before = [visit.point(song) for song in range(3)]
    assert visit.page.evaluate("songboard.map.camera.flat") == 1
    u, v = (shown.songs[axis].to_numpy() for axis in "uv")
    right, down = before[1][0] - before[0][0], before[1][1] - before[0][1]
    assert right / down == pytest.approx((u[1] - u[0]) / (v[0] - v[1]), rel=0.01)
    shot("map-flat")
    visit.open()
    assert visit.page.evaluate("songboard.map.mode") == "2d"
    assert visit.point(0) == pytest.approx(before[0], abs=1)


def test_the_names_of_clusters_float_over_the_map(visit, shown):
    visit.open().settled()
    labels = visit.page.evaluate("songboard.map.labels")
    assert labels
    assert set(labels) <= set(shown.clusters)


def test_colours_follow_the_field_and_the_theme(visit, shot):
    visit.open()
    colours = {}
    for by in ("cluster", "tempo", "artist"):
        visit.page.select_option("#colour-by select", by)
        colours[by] = visit.page.evaluate("[...Array(songboard.map.count).keys()].map(songboard.map.colourOf).join()")
    visit.page.select_option("#colour-by select", "cluster")
    visit.page.evaluate("songboard.theme('dark')")
    dark = visit.settled().page.evaluate("songboard.map.colourOf(0)")
    night = visit.page.evaluate(LIGHTNESS)
    shot("map-dark")
    visit.page.evaluate("songboard.theme('light')")
    light = visit.settled().page.evaluate("songboard.map.colourOf(0)")
    shot("map-light")
    assert len(set(colours.values())) == 3
    assert dark != light
    assert night < 70 < 180 < visit.page.evaluate(LIGHTNESS)


def test_the_legend_dims_restricts_and_gives_back(visit, shown):
    visit.open()
    cluster = int(shown.songs["cluster"].value_counts().index[0])
    row = visit.page.locator(".legend-row", has_text=shown.clusters[cluster]).first
    row.click()
    assert visit.page.evaluate("songboard.state.rules.clusters") == [cluster]
    assert row.get_attribute("aria-pressed") == "true"
    dimmed = visit.page.evaluate("[...Array(songboard.map.count).keys()].filter(songboard.map.dimmed)")
    assert dimmed == shown.songs.index[shown.songs["cluster"] != cluster].tolist()
    assert visit.page.inner_text(".selection-count").startswith(str(len(shown) - len(dimmed)))
    visit.page.click(".filter-button")
    assert "clusters" not in visit.page.evaluate("songboard.state.rules")
    assert visit.page.evaluate("[...Array(songboard.map.count).keys()].some(songboard.map.dimmed)") is False
    assert visit.page.is_hidden("#selection")


def test_the_slider_of_a_number_is_a_rule(visit, shown):
    visit.open()
    visit.page.select_option("#colour-by select", "brightness")
    visit.page.locator(".range-thumb").first.fill("0.5")
    low, high = visit.page.evaluate("songboard.state.rules.brightness")
    values = shown.songs["brightness"]
    assert values.min() < low < high
    dimmed = visit.page.evaluate("[...Array(songboard.map.count).keys()].filter(songboard.map.dimmed)")
    assert dimmed == shown.songs.index[(values < low) | (values > high)].tolist()
    visit.page.locator(".range-thumb").first.fill("0")
    assert "brightness" not in visit.page.evaluate("songboard.state.rules")


@pytest.mark.parametrize("tool", ["lasso", "box"])
def test_what_lies_in_an_outline_is_selected(visit, shown, tool, shot):
    visit.page.set_viewport_size({"width": 1440, "height": 900})  # the outline begins where nothing lies over the map
    visit.open()
    visit.page.evaluate("document.addEventListener('songboard:selected', ({detail}) => (window.told = detail.songs))")
    visit.page.click("#flat")
    points = [visit.point(song) for song in range(len(shown))]
    (left, right), (top, bottom) = ((min(axis) - 12, max(axis) + 12) for axis in zip(*points, strict=True))
    across, down = right - left, bottom - top
    if tool == "lasso":  # the half above the diagonal
        corners = [(left, top), (right, top), (left, bottom)]
        within = [song for song, (x, y) in enumerate(points) if (x - left) / across + (y - top) / down < 1]
    else:  # the left half
        corners = [(left, top), (left + across / 2, bottom)]
        within = [song for song, (x, _) in enumerate(points) if x < left + across / 2]
    visit.page.click(f"#{tool}")
    visit.page.mouse.move(*corners[0])
    visit.page.mouse.down()
    for corner in corners[1:]:
        visit.page.mouse.move(*corner, steps=4)
    visit.page.mouse.up()
    assert 0 < len(within) < len(shown)
    assert visit.page.evaluate("told") == within
    assert visit.page.evaluate(KEPT) == within
    shot(f"map-{tool}")
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("told") == []


def test_ten_thousand_points_do_not_freeze_under_the_mouse(visit, crowd):
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.address = crowd
    visit.open().settled()
    box = visit.page.locator("#map").bounding_box()
    visit.page.evaluate("""() => { window.waits = []; let last = performance.now();
        const look = (now) => { waits.push(now - last); last = now; requestAnimationFrame(look); };
        requestAnimationFrame(look); }""")
    visit.page.wait_for_timeout(500)
    at_rest = median(visit.page.evaluate("waits.splice(0)"))
    for move in range(MOVES):
        visit.page.mouse.move(box["x"] + 300 + move % 60 * 5, box["y"] + 150 + move // 60 * 70)
    under_way = median(visit.page.evaluate("waits"))
    x, y = visit.point(4321)
    visit.page.mouse.move(x, y)
    visit.page.wait_for_timeout(300)
    under = visit.page.evaluate("([x, y]) => songboard.map.under(x, y)", [x, y])
    assert visit.page.evaluate("songboard.map.hovered") == under
    near = visit.page.evaluate("song => songboard.map.project(song)", under)
    assert near == pytest.approx([x, y], abs=13)
    assert under_way < 5 * at_rest
    assert sum("/map/generation" in url for url in asked) == 1
    assert not any("plotly" in url for url in asked)


def test_without_webgl_a_sentence_stands_in_its_place_and_the_rest_works(chromium, address, titles):
    page = chromium.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = ((get) => function (kind, ...rest) {"
                         "return kind === 'webgl2' ? null : get.call(this, kind, ...rest); })"
                         "(HTMLCanvasElement.prototype.getContext)")  # fmt: skip
    page.goto(address + "?song=2")
    page.wait_for_selector("#map-missing:not([hidden])")
    page.wait_for_selector('#card [data-play="2"]')
    assert page.locator("#matches .row").count() > 0
    page.close()
