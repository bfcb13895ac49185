/* The one state of the page is what is asked, and by which rules. Every gesture that chooses ends in songboard.ask or
   songboard.rule; one route of the server answers. history.js keeps the address in step. Dash loads the scripts in the
   order of their names. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const PREFERRED = ["same_album", "per_artist", "surprise"]; // rules of taste outlive the page, filters do not
  const REMEMBERED = "songboard.rules";
  const NOTHING = {};
  let asked = NOTHING; // {song: 12}, {track: "track-…"}, {path: [12, 40]}, {words: "slow piano"} and what belongs to it
  let rules = remembered();
  let sent = "null"; // the page comes with the answer to nothing
  let waiting = null; // for the answer to what was sent last
  let answering = Promise.resolve();

  songboard.tell = (name, detail = null) => document.dispatchEvent(new CustomEvent(`songboard:${name}`, {detail}));
  Object.defineProperty(songboard, "state", {get: () => structuredClone({...asked, rules})});
  Object.defineProperty(songboard, "generation", {
    get: () => document.querySelector("[data-generation]")?.dataset.generation ?? null,
  });

  function send() {
    const query = Object.keys(asked).length ? {...asked, rules, generation: songboard.generation} : null;
    const text = JSON.stringify(query);
    if (text === sent) return;
    sent = text;
    answering = fetchAnswer(text);
  }

  /** Does what can wait until nothing is being answered: the list comes first. */
  songboard.unhurried = (act) => answering.then(act);

  async function fetchAnswer(text) {
    waiting?.abort();
    waiting = new AbortController();
    const {signal} = waiting;
    const headers = {"Content-Type": "application/json"};
    const told = await fetch("/answer", {method: "POST", headers, body: text, signal})
      .then(async (answer) => (answer.ok ? {shown: await answer.json()} : {trouble: await answer.text()}))
      .catch(() => ({})); // the banner says that the server is gone
    if (signal.aborted) return; // something else has been asked meanwhile
    if (told.shown) return show(told.shown, signal);
    sent = null; // so that it may be asked again
    if (told.trouble) songboard.notice("trouble", told.trouble);
  }

  async function show({card, listed, lit}, signal) {
    songboard.draw(document.querySelector("#card"), card);
    songboard.list(listed ?? {});
    await painted();
    if (signal.aborted) return;
    songboard.answer = lit;
    songboard.tell("answered", lit);
  }

  /** Once the page shows what it has been told; soon, too, while it is hidden and nothing is painted. */
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
      setTimeout(resolve, 100);
    });

  /** Ask once more what had no answer. */
  songboard.again = function () {
    sent = null;
    send();
  };

  /** asked: what is asked from now on; {} or null for nothing. push: whether going back leads to what was asked before. */
  songboard.ask = function (question, {push = true} = {}) {
    const {rules: _, generation, ...next} = question || {};
    const same = JSON.stringify(next) === JSON.stringify(asked);
    const another = ["song", "track", "words"].some((name) => next[name] !== asked[name]);
    asked = next;
    if (another) document.querySelector("#panel-alike")?.scrollTo({top: 0});
    send(); // first: the server answers while the page does the rest
    if (!same) songboard.tell("asked", {...songboard.state, push});
  };

  /** patch: rules by name, null to be without one; null alone to be without any. */
  songboard.rule = function (patch) {
    const next = patch === null ? {} : {...rules, ...patch};
    rules = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null && value !== undefined));
    const preferred = Object.fromEntries(Object.entries(rules).filter(([name]) => PREFERRED.includes(name)));
    localStorage.setItem(REMEMBERED, JSON.stringify(preferred));
    send();
    songboard.tell("ruled", songboard.state);
  };

  function remembered() {
    try {
      const kept = JSON.parse(localStorage.getItem(REMEMBERED)) || {};
      return Object.fromEntries(PREFERRED.filter((name) => name in kept).map((name) => [name, kept[name]]));
    } catch {
      return {};
    }
  }

  songboard.more = (key) => lean("more", "less", key);
  songboard.less = (key) => lean("less", "more", key);

  /** A moment and a leaning are two different questions: the later one stands. */
  function lean(to, from, key) {
    const {moment, path, words, [to]: these = [], [from]: those = [], ...rest} = asked;
    ask(rest, {[to]: [...new Set([...these, key])], [from]: those.filter((other) => other !== key)});
  }

  function unlean(key) {
    const {more = [], less = [], ...rest} = asked;
    ask(rest, {more: more.filter((other) => other !== key), less: less.filter((other) => other !== key)});
  }

  function ask(rest, leanings) {
    songboard.ask({...rest, ...Object.fromEntries(Object.entries(leanings).filter(([, keys]) => keys.length))});
  }

  /** The moment of the asked song or track from `start` to `end`, in seconds; null for all of it. */
  songboard.moment = function (start, end) {
    const {moment, more, less, ...rest} = asked;
    songboard.ask(start === null || start === undefined ? rest : {...rest, moment: [start, end]});
  };

  /** A song was chosen: it plays at once, from the gesture itself, and its matches are asked for. What waits for a
      song, such as the end of a path, sets songboard.awaiting and takes it instead. */
  songboard.choose = function (song, names = songboard.song?.(song) || {}, at = undefined) {
    if (songboard.awaiting) return songboard.awaiting(song, names);
    songboard.ask({song});
    songboard.play({key: String(song), title: names.title, artist: names.artist || names.album}, at);
  };

  /** Calls use(element) once the page holds an element that matches. */
  songboard.when = function (selector, use) {
    const found = document.querySelector(selector);
    if (found) return use(found);
    const watch = new MutationObserver(() => {
      const element = document.querySelector(selector);
      if (!element) return;
      watch.disconnect();
      use(element);
    });
    watch.observe(document.documentElement, {childList: true, subtree: true});
  };

  const keyOf = (text) => (text.startsWith("track-") ? text : Number(text));

  document.addEventListener("click", (event) => {
    const pressed = (name) => event.target.closest?.(`[data-${name}]`)?.dataset;
    if (pressed("clear")) songboard.ask(null);
    if (pressed("more")) songboard.more(keyOf(pressed("more").more));
    if (pressed("less")) songboard.less(keyOf(pressed("less").less));
    if (pressed("unlean")) unlean(keyOf(pressed("unlean").unlean));
    if (pressed("whole")) songboard.moment(null);
    if (pressed("loosen")) songboard.rule(pressed("loosen").loosen === "all" ? null : {[pressed("loosen").loosen]: null});
    if (pressed("words")) songboard.ask({words: pressed("words").words});
    const {song, title, artist, at} = pressed("song") ?? {};
    if (song) songboard.choose(Number(song), {title, artist}, at === undefined ? undefined : Number(at));
  });
})();
