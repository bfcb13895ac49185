/* The player remembers itself: queue, song and second, volume and radio, until the page is opened again. Numbers mean
   other songs after a new build, so the songs are kept by their paths as well, as a playlist. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const NAME = "songboard.sound";
  const VERSION = 1;
  const MOST = 1000; // songs of the queue
  const EVERY = 5000; // milliseconds
  let playlist = null; // the text of the queue, the song playing first
  let written = null; // {ids}: what that text is of
  let restored = false;
  let timer = null;

  const isSong = (song) => song && !songboard.isTrack(song.key);
  const queued = () => songboard.queue.songs.filter(Number.isInteger).slice(0, MOST); // a track lasts as long as the page
  const ids = () => {
    const {current} = songboard;
    return [...(isSong(current) ? [Number(current.key)] : []), ...queued()];
  };

  function save() {
    if (!restored) return;
    const {current, audio, queue, radio, generation} = songboard;
    const song = isSong(current) ? {key: current.key, title: current.title, artist: current.artist} : null;
    const kept = {
      version: VERSION, generation, song, at: audio.currentTime, queue: queued(),
      tracks: queue.songs.filter(songboard.isTrack).length,
      playlist: written === String(ids()) ? playlist : null, volume: audio.volume, muted: audio.muted, radio: radio.on,
    };
    try {
      localStorage.setItem(NAME, JSON.stringify(kept));
    } catch {
      // full, or forbidden: the page works without
    }
  }

  /** Keep the paths as well, once the queue has come to rest. */
  function settle() {
    save();
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const now = ids();
      if (!now.length || written === String(now)) return;
      playlist = await songboard.writePlaylist(now, "Queue").catch(() => null);
      written = playlist === null ? null : String(now);
      save();
    }, 500);
  }

  function recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(NAME));
      return kept?.version === VERSION ? kept : null;
    } catch {
      return null;
    }
  }

  /** The same songs under the numbers of another build: [song or null, queue]. */
  async function renumbered({song, queue, playlist: text, generation}) {
    if (generation === songboard.generation) return [song, queue];
    if (typeof text !== "string") return [null, []];
    const paths = text.split("\n").filter((line) => line && !line.startsWith("#"));
    const first = song ? (await songboard.readPlaylist(paths.shift())).songs[0] : undefined;
    const rest = paths.length ? (await songboard.readPlaylist(paths.join("\n"))).songs : [];
    await songboard.songs;
    return [first === undefined ? null : songboard.named(first), rest];
  }

  /** A reload and the way back show what was playing; an address that names a song shows that one. */
  function isNamed() {
    const [visit] = performance.getEntriesByType("navigation");
    const address = new URLSearchParams(location.search);
    return visit?.type === "navigate" && (address.has("song") || address.has("path"));
  }

  async function restore(kept) {
    const {audio} = songboard;
    if (kept.volume >= 0 && kept.volume <= 1) audio.volume = kept.volume;
    audio.muted = kept.muted === true;
    if (kept.radio === true) songboard.radio.set(true);
    const keyed = typeof kept.song?.key === "string" && /^\d{1,9}$/.test(kept.song.key) ? kept.song : null;
    const waiting = (Array.isArray(kept.queue) ? kept.queue : []).filter((id) => Number.isInteger(id) && id >= 0);
    const [song, queue] = await renumbered({...kept, song: keyed, queue: waiting}).catch(() => [null, []]);
    if (kept.tracks > 0) {
      const lost = kept.tracks === 1 ? "A dropped track has" : `${kept.tracks} dropped tracks have`;
      songboard.notice?.("trouble", `${lost} left the queue: the sound is gone with the page it was dropped into. Drop the files again to hear them.`);
    }
    if (!songboard.queue.songs.length) songboard.queue.set(queue);
    if (song && !songboard.current && !isNamed()) songboard.cue(song, Number(kept.at) || 0);
  }

  songboard.when("#player", async () => {
    const kept = recall();
    if (kept) await restore(kept);
    restored = true;
    for (const event of ["volumechange", "pause", "seeked"]) songboard.audio.addEventListener(event, save);
    for (const event of ["cued", "queued", "radio"]) document.addEventListener(`songboard:${event}`, settle);
    addEventListener("pagehide", save);
    setInterval(() => songboard.audio.paused || save(), EVERY);
    settle();
  });
})();
