/* Media keys, lock screens and headsets: what is playing, and what they may do with it. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const STEP = 10; // seconds
  if (!("mediaSession" in navigator)) return;
  const session = navigator.mediaSession;
  const acts = {
    play: () => songboard.audio.paused && songboard.toggle(),
    pause: () => songboard.audio.pause(),
    stop: () => songboard.audio.pause(),
    previoustrack: () => songboard.step(-1),
    nexttrack: () => songboard.step(1),
    seekbackward: ({seekOffset}) => songboard.seekBy(-(seekOffset || STEP)),
    seekforward: ({seekOffset}) => songboard.seekBy(seekOffset || STEP),
    seekto: ({seekTime}) => songboard.seekTo(seekTime),
  };

  function tellPosition() {
    const {duration, currentTime, playbackRate} = songboard.audio;
    const known = Number.isFinite(duration) && currentTime <= duration;
    session.setPositionState?.(known ? {duration, position: currentTime, playbackRate} : undefined);
  }

  songboard.when("#player", () => {
    for (const [name, act] of Object.entries(acts)) {
      try {
        session.setActionHandler(name, act);
      } catch {
        // an action this browser does not have
      }
    }
    for (const event of ["loadedmetadata", "play", "pause", "seeked", "ratechange"]) {
      songboard.audio.addEventListener(event, tellPosition);
    }
  });

  document.addEventListener("songboard:cued", ({detail: {song}}) => {
    const album = songboard.song?.(Number(song.key))?.album || "";
    const artwork = [{src: "/assets/songboard.svg", sizes: "any", type: "image/svg+xml"}];
    session.metadata = new MediaMetadata({title: song.title || "", artist: song.artist || "", album, artwork});
  });
  document.addEventListener("songboard:playing", ({detail: {key, playing}}) => {
    session.playbackState = key === null ? "none" : playing ? "playing" : "paused";
  });
})();
