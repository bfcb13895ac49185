"""Help on the page: what the keys and the mouse do, in a dialog that `?` opens."""

from dash import html

from dashboard import ids
from dashboard.attributes import aria
from dashboard.icon_button import icon_button

KEYS = (
    ("Listen", (
        ("Space", "play or pause"),
        ("← →", "five seconds back or on"),
        ("N", "next song"),
        ("P", "previous song"),
    )),
    ("Ask", (
        ("/", "search by title or artist, or say how it shall sound"),
        ("Esc", "clear what is asked"),
        ("Drop", "a track anywhere, to hear what resembles it"),
        ("Back", "in the browser: what was asked before"),
        ("?", "this help"),
    )),
    ("On the map", (
        ("Click", "choose a song and hear it"),
        ("Drag", "turn; with Shift or the right button, move"),
        ("Scroll", "zoom"),
        ("← ↑ ↓ →", "turn, once the map has the focus"),
        ("+ − 0", "closer, farther, all of it"),
    )),
    ("On a waveform", (
        ("Drag", "a moment, for songs with a bit like it"),
        ("← →", "set and move one by key; Shift changes its length"),
        ("Enter", "ask for it"),
    )),
    ("In the queue", (
        ("↑ ↓", "go through it; Alt moves the song along"),
        ("Delete", "take the song out"),
    )),
)  # fmt: skip


def button() -> html.Button:
    """Opens the dialog, for those who do not know the key."""
    return icon_button("help", "Help", title="Help (?)", id=ids.GUIDE_OPEN, **aria(haspopup="dialog"))


def layout() -> html.Dialog:
    """The dialog, closed. assets/guide.js opens it as a modal one: the browser keeps the focus in it."""
    return html.Dialog(
        [
            html.Div(
                [
                    html.H2("How to get around", id=ids.GUIDE_TITLE, className="guide-title"),
                    icon_button("close", "Close help", id=ids.GUIDE_CLOSE),
                ],
                className="guide-head",
            ),
            html.Div([_group(name, keys) for name, keys in KEYS], className="guide-groups"),
            html.P(
                "Everything stays on this machine: neither your songs nor what you ask of them leave it.",
                className="guide-foot",
            ),
        ],
        id=ids.GUIDE,
        className="guide",
        **aria(labelledby=ids.GUIDE_TITLE),
    )


def _group(name: str, keys: tuple[tuple[str, str], ...]) -> html.Section:
    return html.Section(
        [
            html.H3(name, className="eyebrow"),
            html.Dl([html.Div([html.Dt(html.Kbd(key)), html.Dd(does)]) for key, does in keys], className="guide-keys"),
        ]
    )
