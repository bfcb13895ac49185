/* The one state of the page is what is asked. Every gesture that chooses a song ends in songboard.ask, which tells the
   server (one callback answers) and keeps the address in step, so that it can be shared: ?song=12.
   Dash loads the scripts in the order of their names, so this one comes first. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  let asked = null;

  /** query: {song: 12}, {track: "track-…"} or null. */
  songboard.ask = function (query) {
    const same = JSON.stringify(query) === JSON.stringify(asked);
    if (same) return;
    asked = query;
    dash_clientside.set_props("query", {data: query});
    const address = new URL(location.href);
    if (query && "song" in query) address.searchParams.set("song", query.song);
    else address.searchParams.delete("song");
    history.replaceState(null, "", address);
  };

  /** A song was chosen: it plays at once, from the gesture itself, and its matches are asked for. */
  songboard.choose = function (song, title, artist) {
    songboard.play({key: String(song), title, artist});
    songboard.ask({song: Number(song)});
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

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-clear]")) songboard.ask(null);
    const chosen = event.target.closest("[data-song]");
    if (chosen) songboard.choose(chosen.dataset.song, chosen.dataset.title, chosen.dataset.artist);
  });

  songboard.when("#card", () => {
    const song = new URLSearchParams(location.search).get("song");
    if (/^\d{1,9}$/.test(song || "")) songboard.ask({song: Number(song)});
  });
})();
