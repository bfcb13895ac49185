/* How loud a song is from its start to its end: bars, cut out of the element's own background, so that the style sheet
   alone gives them their colours and a theme changes them without a redraw. The part heard ends at --share. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const PITCH = 3; // pixels from bar to bar, of which two are bar
  const KEPT = 200; // songs
  const known = new Map(); // key -> promise of Uint8Array, null where there is none

  function peaksOf(key) {
    if (!known.has(key)) {
      const asked = fetch(`/waveform/${key}?g=${encodeURIComponent(songboard.generation)}`)
        .then(async (answer) => (answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null))
        .catch(() => {
          known.delete(key); // the server may come back
          return null;
        });
      known.set(key, asked);
      if (known.size > KEPT) known.delete(known.keys().next().value);
    }
    return known.get(key);
  }

  /** Bar heights 0..1: the mean of the peaks under each bar, the loudest bar full. Peaks are square roots of the
      amplitude; half of that is undone, so that a loud song has a shape and a quiet passage is still seen. */
  function bars(peaks, count) {
    const heights = Array.from({length: count}, (_, bar) => {
      const from = Math.floor((bar * peaks.length) / count);
      const part = peaks.subarray(from, Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / count)));
      return part.reduce((sum, peak) => sum + peak, 0) / part.length;
    });
    const loudest = Math.max(...heights, 1);
    return heights.map((height) => (height / loudest) ** 1.5);
  }

  /** The bars as a picture, sharp at any resolution. */
  function picture(peaks, width, height) {
    const heights = bars(peaks, Math.max(1, Math.floor(width / PITCH)));
    const middle = height / 2;
    const path = heights.map((share, bar) => {
      const half = Math.max(0.4, share * (middle - 1.2));
      return `M${bar * PITCH + 1.5} ${(middle - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
    });
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${heights.length * PITCH} ${height}" preserveAspectRatio="none">` +
      `<path d="${path.join("")}" stroke="#000" stroke-width="2" stroke-linecap="round"/></svg>`
    );
  }

  /** Draw the song `key` into an element; a plain line where its peaks are not known. */
  async function draw(host, key) {
    host.dataset.key = key;
    const wave = host.querySelector(":scope > .wave");
    const peaks = key ? await peaksOf(key) : null;
    if (host.dataset.key !== key) return;
    host.toggleAttribute("data-plain", !peaks);
    const {clientWidth, clientHeight} = wave;
    const drawn = peaks && clientWidth ? picture(peaks, clientWidth, clientHeight) : "";
    wave.style.maskImage = drawn && `url("data:image/svg+xml,${encodeURIComponent(drawn)}")`;
    advance();
  }

  /** The part heard of the song that is playing, wherever it is drawn. */
  function advance() {
    const {audio, current} = songboard;
    for (const host of document.querySelectorAll("[data-waveform].waveform")) {
      const length = host.dataset.key === current?.key && Number.isFinite(audio.duration) ? audio.duration : 0;
      host.style.setProperty("--share", length ? `${(100 * audio.currentTime) / length}%` : "0%");
    }
  }

  /** Seconds of a song; 0 while that is not known. */
  songboard.lengthOf = function (key) {
    if (songboard.current?.key === key && Number.isFinite(songboard.audio.duration)) return songboard.audio.duration;
    return songboard.song?.(Number(key))?.length || Number(document.querySelector(`[data-waveform="${key}"]`)?.dataset.length) || 0;
  };

  const resized = new ResizeObserver((entries) => {
    for (const {target} of entries) draw(target.parentElement, target.parentElement.dataset.key || "");
  });

  function dress(host) {
    host.classList.add("waveform");
    if (!host.querySelector(":scope > .wave")) {
      const wave = document.createElement("span");
      wave.className = "wave";
      host.prepend(wave);
      resized.observe(wave);
      songboard.tell("waveform", host);
    }
    draw(host, host.dataset.waveform ?? songboard.current?.key ?? "");
  }

  songboard.when("#player", (player) => {
    const seek = player.querySelector("#seek");
    dress(seek);
    document.addEventListener("songboard:cued", () => songboard.unhurried(() => dress(seek)));
    for (const event of ["timeupdate", "seeked", "durationchange", "emptied"]) songboard.audio.addEventListener(event, advance);
    const dressAll = () => document.querySelectorAll("[data-waveform]").forEach((host) => {
      if (host.dataset.key !== host.dataset.waveform || !host.querySelector(":scope > .wave")) dress(host);
    });
    new MutationObserver(dressAll).observe(document.querySelector(".middle"), {
      childList: true, subtree: true, attributes: true, attributeFilter: ["data-waveform"],
    });
    dressAll();
  });
})();
