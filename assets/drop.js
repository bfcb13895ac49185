/* Drop tracks anywhere: their bytes go to /drop one after the other, and each that was heard is asked about like any
   other song. They stand in the tray: on their way, refused with a sentence, or there to be asked about again. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const KEPT = "songboard-tracks"; // this tab's tracks, over a reload
  const waiting = [];
  let sending = false;
  let depth = 0; // dragenter and dragleave come once for every element crossed

  /** files: tracks to listen to, and playlists to open. */
  songboard.drop = function (files) {
    const before = JSON.stringify(songboard.state);
    for (const file of files) {
      if (/\.m3u8?$/i.test(file.name)) songboard.openPlaylist(file);
      else waiting.push({file, before, chip: songboard.chip(file.name.replace(/\.[^.]*$/, "") || file.name)});
    }
    next();
  };

  async function next() {
    if (sending || !waiting.length) return;
    sending = true;
    const upload = waiting.shift();
    if (!upload.chip.gone()) await send(upload);
    sending = false;
    next();
  }

  async function send({file, before, chip}) {
    const largest = Number(byId("drop").dataset.largest);
    if (file.size > largest) {
      return chip.refused(`It is larger than ${Math.round(largest / 2 ** 20)} MB, the most a dropped track may have.`);
    }
    const request = new XMLHttpRequest();
    chip.leaves(() => request.abort());
    const heard = await post(request, file, chip);
    if (chip.gone()) return;
    if (heard.error) return chip.refused(heard.error);
    songboard.keep(heard.token, URL.createObjectURL(file), heard.title);
    chip.ready(heard);
    if (JSON.stringify(songboard.state) === before) open(heard.token, heard.title);
  }

  /** One file to the server; what it says, whatever happens. */
  function post(request, file, chip) {
    return new Promise((resolve) => {
      request.open("POST", `/drop?g=${encodeURIComponent(songboard.generation)}`);
      request.setRequestHeader("X-Songboard", "drop");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.addEventListener("progress", (event) => chip.sent(event.loaded / (event.total || 1)));
      request.upload.addEventListener("load", () => chip.listening());
      request.addEventListener("load", () => {
        const kind = request.getResponseHeader("Content-Type") || "";
        if (kind.startsWith("application/json")) resolve(JSON.parse(request.responseText));
        else if (kind.startsWith("text/plain")) resolve({error: request.responseText});
        else resolve({error: "Listening to it failed. The terminal that runs Songboard says why."});
      });
      request.addEventListener("error", () => resolve({error: "It did not arrive. Is Songboard still running?"}));
      request.addEventListener("abort", () => resolve({}));
      chip.sent(0);
      request.send(file);
    });
  }

  function open(token, title) {
    songboard.play({key: token, title, artist: "Dropped track"});
    songboard.ask({track: token});
  }

  /** Forget a track here and at the server. What plays now plays on. */
  function forget(token) {
    const {queue} = songboard;
    if (queue.songs.includes(token)) queue.set(queue.songs.filter((song) => song !== token));
    fetch(`/drop/${token}`, {method: "DELETE", headers: {"X-Songboard": "drop"}}).catch(() => {}); // it may be gone
    if (songboard.state.track === token) songboard.ask(null);
  }

  function remember(tracks) {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(tracks));
    } catch {
      // without storage they last as long as the page
    }
  }

  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) || [];
    } catch {
      return [];
    }
  }

  const holdsFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const veil = (shown) => (byId("drop-veil").hidden = !shown);

  addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    depth += 1;
    veil(true);
  });
  addEventListener("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) veil(false);
  });
  addEventListener("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil(false);
    songboard.drop([...event.dataTransfer.files]);
  });

  songboard.when("#drop", (button) => {
    const picker = document.createElement("input");
    Object.assign(picker, {type: "file", id: "drop-files", multiple: true, hidden: true});
    picker.setAttribute("aria-label", "Choose tracks");
    picker.addEventListener("change", () => {
      songboard.drop([...picker.files]);
      picker.value = "";
    });
    document.body.append(picker);
    button.addEventListener("click", () => picker.click());
    for (const track of remembered()) songboard.chip(track.title).ready(track);
  });
  document.addEventListener("songboard:tray", (event) => {
    const {opened, forgotten, ready} = event.detail;
    if (opened) open(opened.token, opened.title);
    if (forgotten) forget(forgotten.token);
    remember(ready);
  });
})();
