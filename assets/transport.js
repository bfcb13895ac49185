/* The controls of the player: previous, play, next, the position in the song, the volume. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  let seek = null;
  let seeking = false;

  /** Seconds as a player shows them: 3:07, 1:02:07. */
  songboard.clock = function (seconds) {
    if (!Number.isFinite(seconds)) return "0:00";
    const whole = Math.floor(seconds);
    const tail = String(whole % 60).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes}:${tail}`;
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${tail}`;
  };

  function showTime() {
    const {audio} = songboard;
    const known = Number.isFinite(audio.duration);
    const second = seeking ? Number(seek.value) : audio.currentTime;
    byId("elapsed").textContent = songboard.clock(second);
    byId("duration").textContent = songboard.clock(audio.duration);
    seek.disabled = !known;
    seek.max = known ? audio.duration : 1;
    if (!seeking) seek.value = audio.currentTime;
    seek.setAttribute("aria-valuetext", `${songboard.clock(second)} of ${songboard.clock(audio.duration)}`);
    byId("seek").style.setProperty("--share", known ? `${(100 * second) / audio.duration}%` : "0%");
  }

  /** A native range: keyboard and screen readers know it. Dash has none of its own. */
  function slider(place, max, value) {
    const input = document.createElement("input");
    Object.assign(input, {type: "range", min: 0, max, step: "any", value});
    input.setAttribute("aria-label", place.dataset.label);
    place.append(input);
    return input;
  }

  function controlVolume(audio) {
    const volume = slider(byId("volume"), 1, 1);
    const show = () => {
      const heard = audio.muted ? 0 : audio.volume;
      volume.value = heard;
      volume.style.setProperty("--share", `${100 * heard}%`);
      volume.setAttribute("aria-valuetext", `${Math.round(100 * heard)} %`);
      byId("mute").setAttribute("aria-pressed", String(heard === 0));
    };
    volume.addEventListener("input", () => {
      audio.volume = Number(volume.value);
      audio.muted = false;
    });
    byId("mute").addEventListener("click", () => {
      if (!audio.muted && audio.volume === 0) audio.volume = 0.5;
      else audio.muted = !audio.muted;
    });
    audio.addEventListener("volumechange", show);
    show();
  }

  songboard.when("#player", () => {
    const {audio} = songboard;
    seek = slider(byId("seek"), 1, 0);
    seek.disabled = true;
    // An arrow key moves five seconds, not the hundredth of a song that a range would.
    seek.addEventListener("keydown", (event) => {
      const by = {ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5}[event.key];
      if (!by || event.altKey) return;
      event.preventDefault();
      songboard.seekBy(by);
    });
    seek.addEventListener("input", () => {
      seeking = true;
      showTime();
    });
    seek.addEventListener("change", () => {
      seeking = false;
      songboard.seekTo(Number(seek.value));
    });
    controlVolume(audio);
    byId("toggle").addEventListener("click", songboard.toggle);
    byId("next").addEventListener("click", () => songboard.step(1));
    byId("previous").addEventListener("click", () => songboard.step(-1));
    for (const event of ["timeupdate", "durationchange", "seeked", "emptied"]) audio.addEventListener(event, showTime);
  });
})();
