/* One audio element. Songs start here, in the browser, from the gesture itself; the server only hands out the bytes.
   What plays next is the queue's to say (queue.js). */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const PATIENCE = 500; // milliseconds that a song waits for its name
  const tracks = new Map(); // "track-…" -> {url, title} of the dropped file itself
  let audio = null;
  let current = null; // {key, title, artist, at}: key is a song's id or a track's token, at the second it was asked for
  let told = ""; // what the others last heard of it
  let startAt = 0; // where to begin once the length is known

  Object.defineProperty(songboard, "current", {get: () => current});
  Object.defineProperty(songboard, "audio", {get: () => (audio ??= byId("audio"))}); // asked for by scripts read before this one
  const isTrack = (songboard.isTrack = (key) => String(key).startsWith("track-"));
  const source = (key) =>
    isTrack(key) ? tracks.get(key)?.url : `/audio/${key}?g=${encodeURIComponent(songboard.generation)}`;

  /** A dropped track is played from the file itself, which never left the page's memory. */
  songboard.keep = (token, url, title) => tracks.set(token, {url, title});
  songboard.sounds = (token) => tracks.has(token);

  /** What the player shows of a song: {key, title, artist}. */
  songboard.named = function (key) {
    const name = String(key);
    if (tracks.has(name)) return {key: name, title: tracks.get(name).title, artist: "Dropped track"};
    const known = isTrack(name) ? null : songboard.song?.(Number(name));
    if (known) return {key: name, title: known.title, artist: known.artist || known.album || ""};
    const shown = document.querySelector(`[data-play="${CSS.escape(name)}"][data-title]`)?.dataset;
    return {key: name, title: shown?.title || (isTrack(name) ? "Dropped track" : `Song ${name}`), artist: shown?.artist || ""};
  };

  function say(title, artist) {
    byId("now-title").textContent = title;
    byId("now-title").title = title;
    byId("now-artist").textContent = byId("now-artist").title = artist;
  }

  /** Put a song into the player, at a second, without a sound. */
  songboard.cue = function (song, at = 0) {
    const before = current;
    current = {...(song.title ? song : songboard.named(song.key)), at};
    startAt = at;
    byId("player").removeAttribute("data-trouble");
    say(current.title, current.artist || "");
    const url = source(current.key);
    if (url) audio.src = url;
    else {
      audio.removeAttribute("src");
      trouble("Its sound is gone with the page it was dropped into. Drop the file again to hear it.");
    }
    songboard.tell("cued", {song: current, before});
    mark();
  };

  /** Play a song. Without a second it starts at its beginning, or goes on where it was paused. */
  songboard.play = function (song, at) {
    if (!audio) return;
    if (!current || current.key !== song.key) songboard.cue(song, at);
    else if (audio.error) songboard.cue(current, at ?? audio.currentTime);
    else if (at !== undefined) {
      current.at = at;
      songboard.seekTo(at);
    }
    if (!audio.getAttribute("src")) return;
    audio.play().catch((error) => {
      if (error.name === "NotAllowedError") say(current.title, "Press play to hear it.");
    });
    mark();
  };

  songboard.toggle = function () {
    if (!current) songboard.step(0);
    else if (audio.paused) songboard.play(current);
    else audio.pause();
  };

  songboard.seekTo = function (second) {
    if (!current) return;
    if (Number.isFinite(audio.duration)) audio.currentTime = Math.min(Math.max(second, 0), audio.duration);
    else startAt = Math.max(second, 0);
  };
  songboard.seekBy = (seconds) => songboard.seekTo(audio.currentTime + seconds);

  function trouble(sentence) {
    byId("player").setAttribute("data-trouble", "");
    byId("now-artist").textContent = byId("now-artist").title = sentence;
  }

  /** Why a song does not sound: the server has a sentence for a file that is gone, the rest is the format. */
  async function explain() {
    const {key} = current;
    const broken = audio.error?.code === MediaError.MEDIA_ERR_NETWORK;
    let sentence = broken ? "The sound broke off. Press play to go on." : "Your browser cannot play this kind of file.";
    let gone = false;
    if (!isTrack(key)) {
      const answer = await fetch(source(key), {headers: {Range: "bytes=0-0"}}).catch(() => null);
      gone = !answer;
      if (gone) sentence = "Songboard has stopped. Start it again to go on listening.";
      else if (!answer.ok) sentence = await answer.text();
    }
    if (current.key !== key) return;
    trouble(sentence);
    if (!gone) songboard.tell("broken", {song: current, sentence});
  }

  /** Show in every place what is playing: the bar, the card, the rows. */
  function mark() {
    const playing = !audio.paused && !audio.ended;
    byId("player").toggleAttribute("data-playing", playing);
    for (const button of document.querySelectorAll("[data-play]")) {
      const here = current !== null && button.dataset.play === current.key;
      button.toggleAttribute("data-current", here);
      button.toggleAttribute("data-playing", here && playing && isWhereItStarted(button));
      button.closest(".row")?.toggleAttribute("data-current", here);
    }
    document.title = current && playing ? `${current.title} – Songboard` : "Songboard";
    const state = `${current?.key} ${playing}`;
    if (state === told) return;
    told = state;
    songboard.tell("playing", {key: current?.key ?? null, playing});
  }

  const isWhereItStarted = ({dataset}) => dataset.at === undefined || Number(dataset.at) === current.at;

  songboard.when("#player", () => {
    audio = byId("audio");
    for (const event of ["play", "pause", "ended", "emptied"]) audio.addEventListener(event, mark);
    audio.addEventListener("loadedmetadata", () => {
      if (startAt) songboard.seekTo(startAt);
      startAt = 0;
    });
    audio.addEventListener("ended", () => songboard.step(1));
    audio.addEventListener("error", () => current && explain());
    // Whatever the page shows anew, it shows what is playing.
    let waiting = false;
    new MutationObserver((changes) => {
      const isNew = ({addedNodes}) => [...addedNodes].some((node) => node instanceof Element);
      if (waiting || !changes.some(isNew)) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    }).observe(document.querySelector(".side"), {childList: true, subtree: true});
    mark();
  });

  // A shared address opens with its song ready.
  document.addEventListener("songboard:answered", async ({detail}) => {
    const key = detail?.path?.[0] ?? detail?.track?.token ?? detail?.song ?? null;
    await Promise.race([songboard.songs, new Promise((done) => setTimeout(done, PATIENCE))]);
    if (!current && key !== null) songboard.cue(songboard.named(key), detail.query?.moment?.[0]);
  });

  document.addEventListener("songboard:named", () => {
    if (!current || isTrack(current.key) || byId("player").hasAttribute("data-trouble")) return;
    Object.assign(current, songboard.named(current.key));
    say(current.title, current.artist);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (!button) return;
    const {play: key, title, artist, at} = button.dataset;
    if (current?.key === key && isWhereItStarted(button)) songboard.toggle();
    else songboard.play({...songboard.named(key), ...(title && {title, artist})}, at === undefined ? undefined : Number(at));
  });
})();
