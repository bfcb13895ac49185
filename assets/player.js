/* One audio element. Songs start here, in the browser, from the gesture itself; the server only hands out the bytes.
   The queue is what the panel shows: the chosen song, then its matches. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const tracks = new Map(); // "track-…" -> the dropped file's own URL
  let audio = null;
  let current = null; // {key, title, artist}: key is a song's id or a track's token
  let seek = null;
  let seeking = false;

  const source = (key) => (key.startsWith("track-") ? tracks.get(key) : `/audio/${key}`);

  function clock(seconds) {
    if (!Number.isFinite(seconds)) return "0:00";
    const whole = Math.floor(seconds);
    const tail = String(whole % 60).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes}:${tail}`;
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${tail}`;
  }

  function say(title, artist) {
    byId("now-title").textContent = title;
    byId("now-artist").textContent = artist;
  }

  /** Put a song into the player without a sound. */
  function cue(song) {
    current = song;
    byId("player").removeAttribute("data-trouble");
    say(song.title || "Untitled", song.artist || "");
    const url = source(song.key);
    if (url) audio.src = url;
    else trouble("Drop the file again to hear it.");
    mark();
  }

  /** Play a song from its start, or go on where it was paused. */
  songboard.play = function (song) {
    if (!audio) return;
    if (!current || current.key !== song.key) cue(song);
    if (!audio.getAttribute("src")) return;
    audio.play().catch((error) => {
      if (error.name === "NotAllowedError") say(current.title, "Press play to hear it.");
    });
  };

  songboard.toggle = function () {
    if (current && audio.paused) songboard.play(current);
    else if (current) audio.pause();
    else step(0);
  };

  /** A dropped track is played from the file itself, which never left the page's memory. */
  songboard.keep = (token, url) => tracks.set(token, url);

  /** The queue as shown, each song once. */
  function queue() {
    return [...document.querySelectorAll("#card [data-play], #matches [data-play]")].map((button) => ({
      key: button.dataset.play,
      title: button.dataset.title,
      artist: button.dataset.artist,
    }));
  }

  /** Go by matches: 1 is the next, -1 the previous, 0 the chosen song itself. */
  function step(by) {
    const songs = queue();
    const at = songs.findIndex((song) => current && song.key === current.key);
    const next = songs[by === 0 ? 0 : at + by];
    if (next) songboard.play(next);
  }
  songboard.step = step;

  songboard.seekBy = function (seconds) {
    if (current && Number.isFinite(audio.duration)) {
      audio.currentTime = Math.min(Math.max(audio.currentTime + seconds, 0), audio.duration);
    }
  };

  function trouble(sentence) {
    byId("player").setAttribute("data-trouble", "");
    byId("now-artist").textContent = sentence;
  }

  /** Why a song does not sound: the server has a sentence for a file that is gone, the rest is the format. */
  async function explain() {
    const {key} = current;
    let sentence = "Your browser cannot play this kind of file.";
    if (!key.startsWith("track-")) {
      const answer = await fetch(source(key), {headers: {Range: "bytes=0-0"}}).catch(() => null);
      if (!answer) sentence = "Songboard has stopped. Start it again to go on listening.";
      else if (!answer.ok) sentence = await answer.text();
    }
    if (current.key === key) trouble(sentence);
  }

  /** Show in every place what is playing: the bar, the card, the rows. */
  function mark() {
    const playing = !audio.paused && !audio.ended;
    byId("player").toggleAttribute("data-playing", playing);
    for (const button of document.querySelectorAll("[data-play]")) {
      const here = current !== null && button.dataset.play === current.key;
      button.toggleAttribute("data-current", here);
      button.toggleAttribute("data-playing", here && playing);
      const row = button.closest(".row");
      if (row) row.toggleAttribute("data-current", here);
    }
    const songs = queue();
    const at = songs.findIndex((song) => current && song.key === current.key);
    byId("next").disabled = at + 1 >= songs.length;
    byId("previous").disabled = at < 1;
    document.title = current && playing ? `${current.title} – Songboard` : "Songboard";
  }

  function showTime() {
    byId("elapsed").textContent = clock(seeking ? Number(seek.value) : audio.currentTime);
    byId("duration").textContent = clock(audio.duration);
    seek.disabled = !Number.isFinite(audio.duration);
    seek.max = Number.isFinite(audio.duration) ? audio.duration : 1;
    if (!seeking) seek.value = audio.currentTime;
    fill(seek);
  }

  function fill(slider) {
    slider.style.setProperty("--share", `${(100 * slider.value) / (slider.max || 1)}%`);
  }

  /** A native range: keyboard and screen readers know it. Dash has none of its own. */
  function slider(place, max, value) {
    const input = document.createElement("input");
    Object.assign(input, {type: "range", min: 0, max, step: "any", value});
    input.setAttribute("aria-label", place.dataset.label);
    place.append(input);
    fill(input);
    return input;
  }

  songboard.when("#volume", () => {
    audio = byId("audio");
    seek = slider(byId("seek"), 1, 0);
    seek.disabled = true;
    seek.addEventListener("input", () => {
      seeking = true;
      showTime();
    });
    seek.addEventListener("change", () => {
      audio.currentTime = Number(seek.value);
      seeking = false;
    });
    const volume = slider(byId("volume"), 1, 1);
    volume.addEventListener("input", () => {
      audio.volume = Number(volume.value);
      fill(volume);
    });
    byId("toggle").addEventListener("click", songboard.toggle);
    byId("next").addEventListener("click", () => step(1));
    byId("previous").addEventListener("click", () => step(-1));
    for (const event of ["play", "pause", "ended", "emptied"]) audio.addEventListener(event, mark);
    for (const event of ["timeupdate", "durationchange", "seeked", "emptied"]) audio.addEventListener(event, showTime);
    audio.addEventListener("ended", () => step(1));
    audio.addEventListener("error", explain);
    // A shared address opens with its song ready, and every new answer shows what is playing.
    new MutationObserver(() => {
      const [first] = queue();
      if (!current && first) cue(first);
      mark();
    }).observe(document.querySelector(".side"), {childList: true, subtree: true});
    mark();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (!button) return;
    const {play: key, title, artist} = button.dataset;
    if (current && current.key === key) songboard.toggle();
    else songboard.play({key, title, artist});
  });
})();
