/* The card of the chosen song, and the songs found by name, as dashboard/card.py and dashboard/search.py describe them. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const HITS = 12;

  const part = (type, className, children = [], more = {}) => ({type, props: {className, children, ...more}});
  const dot = (songs, song) => part("Span", "dot", [], {style: {"--hue": `var(--cluster-${songs.cluster[song] % 24})`}});

  function clock(seconds) {
    const whole = Math.round(seconds);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, "0")];
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  }

  /** What a person can name of a song, [name, value]. */
  function facts({songs, table}, song) {
    const {atlas} = songboard;
    const called = JSON.parse(document.getElementById("legend").dataset.colours);
    const numbers = Object.entries(atlas.numbers).filter(([by]) => songs[by][song] === songs[by][song]);
    const key = songs.names.key[songs.key[song]];
    return [
      ...(table.lengths[song] ? [["Length", clock(table.lengths[song])]] : []),
      ...numbers.map(([by, {say}]) => [called[by], say(songs[by][song])]),
      ...(key ? [[called.key, atlas.sayName("key", key)]] : []),
    ];
  }

  function play(song, title) {
    const named = {type: "button", "data-play": String(song), "aria-label": `Play ten seconds of ${title}`};
    return part("Button", "play play-large", part("Span", "icon icon-play"), named);
  }

  songboard.givenCard = function (library, song) {
    const {songs, table} = library;
    const [title, artist, album] = [table.titles[song], table.artists[song], table.albums[song]];
    const clear = part("Button", "icon-button", part("Span", "icon icon-close"), {type: "button", title: "Clear", "data-clear": "", "aria-label": "Clear"});
    return [
      part("Div", "card-head", [part("P", "eyebrow", "Chosen song"), clear]),
      part("Div", "card-song", [
        ...(songboard.sounds(song) ? [play(song, title)] : []),
        part("Div", "card-names", [
          part("H2", "card-title", title, {title}),
          ...(artist ? [part("P", "card-artist", artist)] : []),
          ...(album ? [part("P", "card-place", album)] : []),
        ]),
      ]),
      part("P", "card-cluster", [dot(songs, song), part("Span", "", songs.names.cluster[songs.cluster[song]])]),
      ...(songboard.licence(song) ? [part("P", "card-licence", songboard.licence(song))] : []),
      part("Dl", "facts", facts(library, song).map(([name, value]) => part("Div", "", [part("Dt", "", name), part("Dd", "", value)]))),
    ];
  };

  songboard.givenHits = function ({songs, table}, text) {
    const found = songboard.find(table, text, HITS);
    if (!found.length) return [part("P", "hits-none", `No song or artist matches “${text}”.`, {"data-asked": text})];
    const hits = found.map((song, place) => {
      const by = table.artists[song] || table.albums[song];
      const names = [dot(songs, song), part("Span", "hit-title", table.titles[song]), part("Span", "hit-artist", by)];
      const told = {"data-song": String(song), "data-title": table.titles[song], "data-artist": by};
      return part("Div", "hit", names, {id: `hit-${place}`, role: "option", "aria-selected": "false", ...told});
    });
    return [part("Div", "hits-list", hits, {id: "hits-list", role: "listbox", "aria-label": "Songs found", "data-asked": text})];
  };
})();
