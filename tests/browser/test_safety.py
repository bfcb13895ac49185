"""What only a real browser tells: that the page passes its own policy, and that one can sign in without scripts."""

import pytest
from served import served
from shelf import library

from dashboard.access import COOKIE, Access

PASSWORD = "correct horse"
FIELD, TROUBLE = "#password", "#trouble"


@pytest.fixture
def strict(chromium):
    """A browser that holds pages to their policy; what it complained of."""
    context = chromium.browser.new_context(viewport={"width": 1100, "height": 700})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()


def test_the_page_passes_its_own_policy(strict):
    page, complaints = strict
    with served() as port:
        page.goto(f"http://127.0.0.1:{port}/?song=4")
        page.get_by_text("The Tones 2").first.wait_for()
        page.fill("#search", "tones")
        page.locator("#hits").get_by_text("The Tones 3").wait_for()
        page.wait_for_timeout(500)  # for what comes late to complain
        page.goto("about:blank")
    assert complaints == []


def test_one_signs_in_and_out_with_the_keyboard_and_without_scripts(chromium):
    context = chromium.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with served(access=Access(PASSWORD)) as port:
        home = f"http://127.0.0.1:{port}/"
        page.goto(home + "?song=4")
        assert page.url == home + "login?song=4"
        page.keyboard.type("wrong horse")  # the field has the focus
        page.keyboard.press("Enter")
        page.wait_for_selector(TROUBLE)
        assert page.inner_text(TROUBLE) == "That is not the password."
        page.focus(FIELD)
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(home + "?song=4")
        (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == COOKIE)
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
        assert page.request.get(f"{home}audio/4").body() == library().audio_path(4).read_bytes()
        page.goto(home + "login")
        page.get_by_role("button", name="Sign out").press("Enter")
        page.wait_for_selector(FIELD)
        assert page.request.get(f"{home}audio/4").status == 401
        page.goto("about:blank")
    context.close()


def let_in(page, access: Access, port: int) -> tuple[str, str]:
    """Give a page the cookie of one who has signed in: its token, and the address it is good for."""
    token, home = access.admit(), f"http://127.0.0.1:{port}/"
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": home, "httpOnly": True}])
    return token, home


def test_a_page_whose_session_ended_gives_way_to_the_password(strict):
    page, _ = strict
    access = Access(PASSWORD)
    with served(access=access) as port:
        token, home = let_in(page, access, port)
        page.goto(home + "?song=4")
        page.get_by_text("The Tones 2").first.wait_for()
        access.dismiss(token)
        page.wait_for_selector(FIELD)  # the page asks for news every few seconds
        assert page.url == home + "login?song=4"
        page.goto("about:blank")


def test_a_button_of_the_page_signs_out(strict):
    page, complaints = strict
    access = Access(PASSWORD)
    with served(access=access) as port:
        token, home = let_in(page, access, port)
        page.goto(home)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(home + "login")
        assert page.is_visible(FIELD)
        page.goto("about:blank")
    assert not access.knows(token)
    assert complaints == []
