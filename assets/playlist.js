/* Playlists: songs as an .m3u8 file to keep, and such a file back into the queue. The server writes and reads them. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const NAMED = 3; // missing songs that a notice names

  const post = (path, body, type) =>
    fetch(`${path}?g=${encodeURIComponent(songboard.generation)}`, {
      method: "POST",
      headers: {"X-Songboard": "playlist", "Content-Type": type},
      body,
    });

  /** The text of a playlist of these songs. Throws a sentence. */
  songboard.writePlaylist = async function (ids, name) {
    const answer = await post("/playlist", JSON.stringify({songs: ids, name}), "application/json");
    if (answer.ok) return answer.text();
    throw new Error((await answer.json().catch(() => null))?.error || "The playlist could not be written.");
  };

  /** What a playlist names, {songs: [ids], missing: [names]}. Throws a sentence. */
  songboard.readPlaylist = async function (text) {
    const answer = await post("/playlist/read", text, "application/octet-stream");
    const told = await answer.json().catch(() => ({error: "The playlist could not be read."}));
    if (told.error) throw new Error(told.error);
    return told;
  };

  function trouble(error) {
    const sentence = error instanceof TypeError ? "Songboard does not answer. Is it still running?" : error.message;
    songboard.notice?.("trouble", sentence);
  }

  songboard.savePlaylist = async function (ids, name) {
    try {
      const text = await songboard.writePlaylist(ids, name);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], {type: "application/vnd.apple.mpegurl"}));
      link.download = `${name}.m3u8`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch (error) {
      trouble(error);
    }
  };

  /** Add the songs of an .m3u8 file to the queue; where nothing is in the player yet, the first plays. */
  songboard.openPlaylist = async function (file) {
    try {
      const {songs, missing} = await songboard.readPlaylist(file);
      const count = songs.length === 1 ? "1 song" : `${songs.length.toLocaleString()} songs`;
      if (songs.length) {
        songboard.enqueue(songs, {play: !songboard.current});
        songboard.tab?.("queue");
      }
      const names = missing.slice(0, NAMED).map((name) => `“${name}”`).join(", ");
      const rest = missing.length > NAMED ? ` and ${(missing.length - NAMED).toLocaleString()} more` : "";
      const lacking = missing.length ? ` Not in this library: ${names}${rest}.` : "";
      const opened = songs.length ? `“${file.name}” is in the queue: ${count}.` : `“${file.name}” names no song of this library.`;
      songboard.notice?.(songs.length ? "done" : "trouble", opened + lacking);
    } catch (error) {
      trouble(error);
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-playlist]");
    if (!button) return;
    const {playlist, name} = button.dataset;
    const {current, queue} = songboard;
    const playing = current && !songboard.isTrack(current.key) ? [Number(current.key)] : [];
    const ids = playlist === "queue" ? [...playing, ...queue.songs.filter(Number.isInteger)] : playlist.split(",").filter(Boolean).map(Number);
    songboard.savePlaylist(ids, name || "Songboard");
  });

  songboard.when("#playlist-open", (button) => {
    const picker = document.createElement("input");
    Object.assign(picker, {type: "file", accept: ".m3u,.m3u8", hidden: true});
    picker.setAttribute("aria-label", "Choose a playlist");
    picker.addEventListener("change", () => {
      if (picker.files[0]) songboard.openPlaylist(picker.files[0]);
      picker.value = "";
    });
    button.after(picker);
    button.addEventListener("click", () => picker.click());
  });
})();
