"""Asking for songs in a real browser: the list, why a song stands in it, the rules, and the search."""

from dataclasses import replace

import pytest
import sounds

from index.filters import Filter
from index.mixing import compatible
from index.ranking import Rules

ROW = "#matches .row:nth-child({})"
LATE = 4  # seconds that a song played as slowly as here does not come to while a test waits
SLOWLY = "audio.defaultPlaybackRate = audio.playbackRate = 0.1"
SOUNDS_FROM = """([song, at]) => audio.src.includes(`/audio/${song}`)
                   && audio.currentTime >= at && audio.currentTime < at + 3"""


@pytest.fixture
def asked(visit):
    """A visit in which song 5 is asked about."""
    visit.open("?song=5")
    visit.answered(5)
    return visit


def listed(visit) -> list[int]:
    return [
        int(song)
        for song in visit.page.eval_on_selector_all("#matches .row-main", "all => all.map(e => e.dataset.song)")
    ]


def until_listed(visit, songs: list[int]) -> None:
    """Wait until the list is just these songs; says what it was when it never is."""
    script = (
        "songs => [...document.querySelectorAll('#matches .row-main')].map(e => e.dataset.song).join() === songs.join()"
    )
    try:
        visit.page.wait_for_function(script, arg=songs, timeout=10_000)
    except Exception:
        assert listed(visit) == songs


def test_a_row_plays_queues_and_leads_on(asked, shown):
    first = shown.similar(5)[0].id
    assert listed(asked) == [match.id for match in shown.similar(5, 20)]
    asked.page.click(f"{ROW.format(1)} .play")
    assert f"/audio/{first}" in asked.plays()
    asked.page.click(f"{ROW.format(2)} [data-queue]")
    assert asked.page.evaluate("songboard.queue.songs") == [shown.similar(5)[1].id]
    asked.page.click(f"{ROW.format(1)} .row-main")
    asked.answered(first)
    assert asked.errors == []


def test_more_and_less_change_the_list_and_can_be_taken_back(asked, shown):
    more, less = (match.id for match in shown.similar(5)[:2])
    asked.page.click(f"{ROW.format(1)} [data-open]")
    asked.page.click(f"{ROW.format(1)} [data-more]")
    until_listed(asked, [match.id for match in shown.blend([5, more], [], 20)])
    asked.page.click(f'[data-open="{less}"]')
    asked.page.click(f'[data-less="{less}"]')
    until_listed(asked, [match.id for match in shown.blend([5, more], [less], 20)])
    assert f"song=5&more={more}&less={less}" in asked.page.url
    asked.page.evaluate("song => songboard.less(song)", more)  # a change of mind
    until_listed(asked, [match.id for match in shown.blend([5], [less, more], 20)])
    asked.page.wait_for_selector(".chip-more", state="detached")
    for song in (less, more):
        asked.page.click(f'[data-unlean="{song}"]')
    until_listed(asked, [match.id for match in shown.similar(5, 20)])


def test_why_tells_moments_that_play_from_their_second_on_either_side(visit, shown, shot):
    song, other, moment = next(
        (song, match.id, moment)
        for song in range(len(shown))
        for match in shown.similar(song, 20)
        if min((moment := shown.moments(song, match.id, 1)[0]).start_a, moment.start_b) > LATE
    )
    visit.open(f"?song={song}")
    visit.page.click(f'[data-open="{other}"]')
    visit.page.wait_for_selector(".why")
    shot("why")
    visit.page.evaluate(SLOWLY)
    for key, at in ((song, moment.start_a), (other, moment.start_b)):
        visit.page.click(f'.moment-pair:first-child [data-play="{key}"]')
        visit.page.wait_for_function(SOUNDS_FROM, arg=[key, at])
    assert visit.page.inner_text(".why-list >> nth=0")
    visit.page.click(f'[data-open="{other}"]')
    assert visit.page.query_selector(".why") is None
    assert visit.errors == []


def test_rules_shape_the_list_and_stay_when_another_song_is_asked(asked, shown, shot):
    from index.ranking import Rules

    asked.page.click("#rules-open")
    asked.page.select_option("#rules-fields select", "1")
    until_listed(asked, [match.id for match in shown.similar(5, 20, Rules(per_artist=1))])
    asked.page.evaluate("songboard.ask({song: 2})")
    until_listed(asked, [match.id for match in shown.similar(2, 20, Rules(per_artist=1))])
    shot("rules")
    asked.page.reload()
    asked.answered(2)
    assert asked.page.is_visible("#rules-fields")
    assert asked.page.input_value("#rules-fields select") == "1"
    asked.page.click(".rules-reset")
    until_listed(asked, [match.id for match in shown.similar(2, 20)])


def test_the_slider_goes_from_closest_to_surprising(asked, shown):
    from index.ranking import Rules

    asked.page.locator("#surprise input").focus()
    asked.page.keyboard.press("End")
    until_listed(asked, [match.id for match in shown.similar(5, 20, Rules(surprise=1.0))])
    assert asked.page.evaluate("songboard.state.rules") == {"surprise": 1}


def test_a_filter_is_one_chip_on_the_map_and_an_empty_list_offers_to_loosen_it(asked, shown):
    asked.page.evaluate("songboard.rule({clusters: [0], tempo: [1, 2]})")
    asked.page.wait_for_selector("[data-loosen=tempo]")
    assert shown.clusters[0] in asked.page.inner_text("#filters")
    assert asked.page.inner_text("#rules-chips") == ""
    asked.page.click("[data-loosen]")
    asked.page.wait_for_selector("#matches .row")
    clusters = shown.songs["cluster"]
    assert {clusters[song] for song in listed(asked)} == {0}
    asked.page.click("#filters .filter-button")
    assert asked.page.locator("#filters .filter").count() == 0
    until_listed(asked, [match.id for match in shown.similar(5, 20)])


def test_a_moment_finds_passages_that_play_from_their_second(asked, shown, shot):
    asked.page.evaluate("songboard.moment(2, 6)")
    passages = shown.passages(5, 2, 6, 20)
    until_listed(asked, [passage.id for passage in passages])
    assert asked.page.inner_text(".matches-head").lower().startswith("songs with a bit like this")
    later = next(at for at, passage in enumerate(passages) if passage.start > LATE)
    asked.page.evaluate(SLOWLY)
    asked.page.click(f"{ROW.format(later + 1)} .play")
    asked.page.wait_for_function(
        SOUNDS_FROM,
        arg=[passages[later].id, passages[later].start],
    )
    shot("passages")
    asked.page.click("[data-whole]")
    until_listed(asked, [match.id for match in shown.similar(5, 20)])


def test_a_dropped_track_can_be_compared_and_bent(visit, tmp_path):
    track = sounds.write(tmp_path / "My own song.ogg", sounds.chord(233, 350, seconds=12))
    visit.open()
    visit.page.set_input_files('[aria-label="Choose tracks"]', track)
    visit.page.wait_for_selector("#matches .row")
    visit.page.click(f"{ROW.format(1)} [data-open]")
    visit.page.wait_for_selector(".why .moment-pair")
    visit.page.click(f"{ROW.format(1)} [data-more]")
    visit.page.wait_for_selector(".chip-more")
    visit.page.evaluate("songboard.ask({song: 5, less: [songboard.state.track]})")
    visit.page.wait_for_selector(".chip-less")
    assert "My own song" in visit.page.inner_text(".chip-less")
    assert visit.errors == []


def test_the_search_is_walked_with_arrows_and_enter_plays(visit, shown, shot):
    visit.open()
    visit.page.keyboard.press("/")
    visit.page.keyboard.type(shown.songs["title"][6][:3])
    visit.page.wait_for_selector("#hits .hit")
    found = [int(hit.get_attribute("data-song")) for hit in visit.page.query_selector_all("#hits .hit")]
    assert found == shown.find(shown.songs["title"][6][:3], 12)
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowDown")
    taken = found[min(1, len(found) - 1)]
    active = visit.page.get_attribute("#search", "aria-activedescendant")
    assert visit.page.get_attribute(f"#{active}", "data-song") == str(taken)
    shot("searched")
    visit.page.keyboard.press("Enter")
    visit.answered(taken)
    assert f"/audio/{taken}" in visit.plays()
    assert visit.page.input_value("#search") == ""


def test_a_hasty_enter_takes_what_is_found_once_it_is(visit, shown):
    visit.open()
    visit.page.focus("#search")
    visit.page.keyboard.insert_text(shown.songs["title"][7])
    visit.page.keyboard.press("Enter")
    visit.answered(shown.find(shown.songs["title"][7], 1)[0])
    assert visit.page.input_value("#search") == ""


def test_letters_typed_while_the_page_is_busy_stay_as_they_were_typed(visit):
    visit.open()
    visit.page.keyboard.press("/")
    visit.page.evaluate(
        "setInterval(() => { const end = performance.now() + 60; while (performance.now() < end); }, 70)"
    )
    visit.page.keyboard.type("slow piano and drums", delay=15)
    visit.page.wait_for_timeout(500)
    assert visit.page.input_value("#search") == "slow piano and drums"


def test_the_list_can_be_used_by_keyboard_alone(asked):
    asked.page.focus(f"{ROW.format(1)} .play")
    for focused in (".row-main", "[data-queue]", "[data-open]"):
        asked.page.keyboard.press("Tab")
        assert asked.page.evaluate("what => document.activeElement.matches(what)", focused)
    asked.page.keyboard.press(" ")
    asked.page.wait_for_selector(".why")
    asked.page.keyboard.press("Tab")
    assert asked.page.evaluate("document.activeElement.matches('.drawer [data-more]')")


def test_the_rules_of_mixing_go_by_the_chosen_song(asked, shown):
    table, of = shown.songs, 5
    asked.page.click("#rules-open")
    asked.page.locator(".field", has_text="Energy").locator("select").select_option("up")
    louder = Rules(filter=Filter(energy=(table["loudness"][of], float("inf"))))
    until_listed(asked, [match.id for match in shown.similar(of, 20, louder)])
    asked.page.get_by_label("Compatible key").check()
    assert asked.page.inner_text("#rules-count") == "2"
    both = Rules(filter=replace(louder.filter, mixing_key=compatible(table["initial_key"][of])))
    until_listed(asked, [match.id for match in shown.similar(of, 20, both)])
    assert asked.page.evaluate("songboard.state.rules") == {"energy": "up", "mixing_key": True}
