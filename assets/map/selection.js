/* The bar that floats over the map when songs are selected, by a lasso or by filters: what can be done with them. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const atlas = (songboard.atlas = songboard.atlas || {});
  const MOST = 500; // songs that go into the queue at once
  const KEPT = 10000; // songs of a playlist

  /** songs(): the ids that the bar is about; clear(): select nothing and set no filter. */
  atlas.selection = function (bar, {songs, clear}) {
    const count = bar.querySelector(".selection-count");
    const button = (act) => bar.querySelector(`[data-act=${act}]`);

    /** At most so many, spread evenly over all of them. */
    const some = (ids, most) => (ids.length <= most ? ids : Array.from({length: most}, (_, at) => ids[Math.floor((at * ids.length) / most)]));

    button("play").addEventListener("click", () => songboard.enqueue(some(songs(), MOST), {play: true}));
    button("queue").addEventListener("click", () => songboard.enqueue(some(songs(), MOST)));
    button("save").addEventListener("click", (event) => {
      event.currentTarget.dataset.playlist = some(songs(), KEPT).join(); // playlist.js takes it from here
      event.currentTarget.dataset.name = "Selection";
    });
    button("clear").addEventListener("click", clear);

    return {
      show(number, total) {
        bar.hidden = number === null;
        if (number === null) return;
        count.textContent = number === 1 ? "1 song" : `${number.toLocaleString("en")} songs`;
        for (const act of ["play", "queue", "save"]) button(act).disabled = number === 0;
        for (const act of ["play", "queue"]) {
          button(act).title = number > MOST ? `${MOST} of them, spread over the selection` : "";
        }
      },
    };
  };
})();
