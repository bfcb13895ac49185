/* What plays next. First the songs the listener put into the queue; then what the radio finds, or, with the radio off,
   the songs shown: the chosen one and its matches, or a path. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const MOST = 10000; // songs to come
  const MOST_PAST = 500; // songs to go back over
  const RESTART = 3; // seconds after which "previous" is the start of this song
  const PATIENCE = 3; // songs in a row that cannot be played
  let songs = []; // to come: ids, and tokens of dropped tracks
  const past = []; // songs heard before this one, the latest last
  let ahead = []; // songs that "previous" has stepped back over
  let stepping = false;
  let stepped = false; // the song playing now was come to, not asked for
  let broken = 0;

  function leave(song) {
    past.push(song);
    if (past.length > MOST_PAST) past.shift();
  }

  function changed() {
    songboard.tell("queued", {songs: [...songs]});
  }

  songboard.queue = {
    get songs() {
      return [...songs];
    },
    set(ids) {
      songs = ids.slice(0, MOST);
      changed();
    },
    remove(at) {
      songs.splice(at, 1);
      changed();
    },
    move(from, to) {
      if (to < 0 || to >= songs.length || from === to) return;
      songs.splice(to, 0, ...songs.splice(from, 1));
      changed();
    },
    /** Play one of them at once; the others stay. */
    take(at) {
      const [id] = songs.splice(at, 1);
      changed();
      songboard.play(aside(id));
    },
  };

  /** Put songs at the end of the queue, or before its first; `play` plays the first of them at once. */
  songboard.enqueue = function (ids, {next = false, play = false} = {}) {
    const added = ids.map((id) => (songboard.isTrack(id) ? id : Number(id))).filter((id) => songboard.isTrack(id) || Number.isInteger(id));
    if (!added.length) return;
    const room = MOST - songs.length;
    if (play || next) songs = [...added.slice(play ? 1 : 0), ...songs].slice(0, MOST);
    else songs = [...songs, ...added.slice(0, room)];
    changed();
    if (play) return songboard.play(aside(added[0]));
    if (added.length > room) return songboard.notice?.("trouble", `The queue holds ${MOST.toLocaleString()} songs at most.`);
    const one = added.length === 1;
    const what = one ? `“${songboard.named(added[0]).title}”` : `${added.length.toLocaleString()} songs`;
    songboard.notice?.("done", next ? `${what} ${one ? "plays" : "play"} next.` : `${what} ${one ? "is" : "are"} in the queue.`);
  };

  /** The songs shown, in their order, each with the second at which it answers. */
  function shown() {
    const answer = songboard.answer;
    if (!answer) return [];
    if (answer.path) return answer.path.map((id) => ({key: String(id)}));
    const starts = answer.starts || [];
    const matches = answer.matches.map((id, at) => ({key: String(id), at: starts[at] ?? undefined}));
    const first = answer.track?.token ?? answer.song;
    return first === null || first === undefined ? matches : [{key: String(first)}, ...matches];
  }

  /** A song that plays in between: those shown go on where they were left, not after its own place among them. */
  const aside = (id) => ({...songboard.named(id), aside: true});

  /** The place among the songs shown from which to go on: that of the song of theirs heard last. */
  function place(list) {
    const heard = [...past, songboard.current].filter((song) => song && !song.aside).reverse();
    for (const {key} of heard) {
      const at = list.findIndex((song) => song.key === key);
      if (at >= 0) return at;
    }
    return -1;
  }

  async function following() {
    if (ahead.length) return ahead.pop();
    if (songs.length) {
      const id = songs.shift();
      changed();
      return aside(id);
    }
    if (songboard.radio.on && songboard.current) return songboard.radio.next();
    const list = shown();
    return list[place(list) + 1];
  }

  function preceding() {
    if (!past.length) {
      const list = shown();
      return list[place(list) - 1];
    }
    ahead.push(songboard.current);
    return past.pop();
  }

  function go(song) {
    stepping = true;
    songboard.play(song, song.at);
    stepping = false;
    stepped = true;
  }

  /** 1 is the next song, -1 the previous, 0 the first there is. */
  let busy = false;
  songboard.step = async function (by) {
    if (busy) return;
    if (by < 0 && songboard.audio.currentTime > RESTART) return songboard.seekTo(0);
    busy = true;
    try {
      const {current: before, audio} = songboard;
      const passed = by > 0 && before && !audio.ended && !audio.error;
      if (passed) songboard.tell("passed", {song: before, second: audio.currentTime});
      const song = by < 0 ? preceding() : await following();
      if (!song) return by < 0 ? songboard.seekTo(0) : undefined;
      if (by >= 0 && before) leave(before);
      go(song);
    } finally {
      busy = false;
      songboard.tell("queued", {songs: [...songs]});
    }
  };

  Object.defineProperty(songboard, "follows", {
    get: () => ahead.length > 0 || songs.length > 0 || (songboard.radio.on && songboard.current !== null) || place(shown()) + 1 < shown().length,
  });

  document.addEventListener("songboard:cued", ({detail: {before}}) => {
    if (stepping) return;
    stepped = false;
    ahead = [];
    broken = 0;
    if (before) leave(before);
  });

  document.addEventListener("songboard:broken", ({detail: {song, sentence}}) => {
    if (!stepped) return;
    broken += 1;
    const on = broken <= PATIENCE && songboard.follows;
    songboard.notice?.("trouble", on ? `“${song.title}” was passed over. ${sentence}` : `Stopped at “${song.title}”. ${sentence}`);
    if (on) songboard.step(1);
  });

  function arm() {
    document.getElementById("next").disabled = !songboard.follows;
    document.getElementById("previous").disabled = songboard.current === null;
  }
  for (const event of ["queued", "playing", "answered", "radio"]) document.addEventListener(`songboard:${event}`, () => {
    if (songboard.audio) arm();
  });

  songboard.when("#player", () => songboard.audio.addEventListener("playing", () => (broken = 0)));

  document.addEventListener("click", (event) => {
    const ids = (name) => event.target.closest(`[data-${name}]`)?.dataset[name].split(",").filter(Boolean);
    if (ids("queue")) songboard.enqueue(ids("queue"));
    if (ids("next")) songboard.enqueue(ids("next"), {next: true});
  });
})();
