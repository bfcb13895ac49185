"""The id of every component of the page, once. The scripts in assets/ look for the same names."""

QUERY = "query"  # the one state: {"song": 12}, {"track": "track-…"} or None
ANSWERED = "answered"  # the query whose answer stands in the panel; the map follows it
LISTED = "listed"  # the rows that assets/rows.js draws
LIT = "lit"  # written by the script that tells the map and the player of an answer

MAP = "map"
MAP_HELP = "map-help"
MAP_MISSING = "map-missing"
MAP_SAID = "map-said"  # told to those who listen to the page
LEGEND = "legend"
LEGEND_NAME = "legend-name"
LEGEND_BODY = "legend-body"
LEGEND_FOLD = "legend-fold"
COLOUR_BY = "colour-by"
FILTERS = "filters"
SELECTION = "selection"
DEEP = "deep"
FLAT = "flat"
LASSO = "lasso"
BOX = "box"
RECENTRE = "recentre"

SEARCH = "search"
HITS = "hits"

CARD = "card"
MATCHES = "matches"
MATCHES_SAID = "matches-said"  # told to those who listen to the page
SURPRISE = "surprise"
RULES = "rules"
RULES_OPEN = "rules-open"
RULES_COUNT = "rules-count"
RULES_FIELDS = "rules-fields"
RULES_CHIPS = "rules-chips"

PATH = "path"
PATH_FROM = "path-from"
PATH_TO = "path-to"
PATH_SWAP = "path-swap"
PATH_STEPS = "path-steps"
PATH_COUNT = "path-count"
PATH_ROUTE = "path-route"

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
RECORD = "record"
TRAY = "tray"
NOTICE = "notice"
NOTICE_TEXT = "notice-text"
NOTICE_ACT = "notice-act"
NOTICE_CLOSE = "notice-close"
BUILDING = "building"
SIGN_OUT = "sign-out"
GONE = "gone"
GONE_TEXT = "gone-text"

SHEET = "sheet"  # on a telephone: the panel larger, the map smaller
THEME = "theme"
GUIDE = "guide"
GUIDE_OPEN = "guide-open"
GUIDE_TITLE = "guide-title"
GUIDE_CLOSE = "guide-close"
HEALTH = "health"
HEALTH_ASKED = "health-asked"

MOMENT = "moment"
RADIO = "radio"
MUTE = "mute"
QUEUE_OPEN = "queue-open"
QUEUE_COUNT = "queue-count"

QUEUE = "queue"
QUEUE_FIGURES = "queue-figures"
QUEUE_NOW = "queue-now"
QUEUE_LIST = "queue-list"
QUEUE_NEXT = "queue-next"  # what follows when the queue is at its end
QUEUE_SAID = "queue-said"  # told to those who listen to the page
QUEUE_SAVE = "queue-save"
QUEUE_CLEAR = "queue-clear"
PLAYLIST_OPEN = "playlist-open"
