"""The id of every component of the page, once. The scripts in assets/ look for the same names."""

QUERY = "query"  # the one state: {"song": 12}, {"track": "track-…"} or None
ANSWERED = "answered"  # the query whose answer stands in the panel; the map follows it
FOCUS = "focus"  # the cluster the legend points at, or None

MAP = "map"
LEGEND = "legend"
RECENTRE = "recentre"

SEARCH = "search"
HITS = "hits"

CARD = "card"
MATCHES = "matches"

PLAYER = "player"
AUDIO = "audio"
TOGGLE = "toggle"
PREVIOUS = "previous"
NEXT = "next"
NOW_TITLE = "now-title"
NOW_ARTIST = "now-artist"
SEEK = "seek"
ELAPSED = "elapsed"
DURATION = "duration"
VOLUME = "volume"

DROP = "drop"
DROP_VEIL = "drop-veil"
NOTICE = "notice"
NOTICE_TEXT = "notice-text"
NOTICE_CLOSE = "notice-close"


def cluster(number: int) -> dict[str, str | int]:
    """The id of a cluster's button in the legend."""
    return {"type": "cluster", "index": number}
