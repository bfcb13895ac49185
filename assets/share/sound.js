/* Ten seconds of a song from the folder beside the file, where there are such; elsewhere there is no sound. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const held = document.querySelector("#held-previews");
  const {folder, licences, songs} = held ? JSON.parse(held.textContent) : {folder: "", licences: [], songs: {}};
  const audio = new Audio();
  let current = null;
  let sounding = false; // not before it does: the folder may not have been given along

  /** Whether a song can be heard. */
  songboard.sounds = (song) => String(song) in songs;
  songboard.licence = (song) => licences[songs[song]];

  songboard.play = function ({key}) {
    if (!songboard.sounds(key)) return audio.pause();
    current = String(key);
    audio.src = `${encodeURIComponent(folder)}/${current}.mp3`;
    audio.play().catch(() => {});
  };

  /** Show what can be heard, and what is. */
  function mark() {
    for (const button of document.querySelectorAll("[data-play]")) {
      const here = button.dataset.play === current;
      button.toggleAttribute("data-sounds", songboard.sounds(button.dataset.play));
      button.toggleAttribute("data-playing", here && sounding);
    }
  }

  document.addEventListener("click", ({target}) => {
    const button = target.closest?.("[data-play]");
    if (button?.hasAttribute("data-playing")) audio.pause();
    else if (button) songboard.play({key: button.dataset.play});
  });
  for (const event of ["playing", "pause", "ended", "error", "emptied"]) {
    audio.addEventListener(event, () => {
      sounding = event === "playing";
      if (event === "error") delete songs[current]; // no button says that it could be heard
      mark();
    });
  }
  document.addEventListener("songboard:answered", mark);
})();
