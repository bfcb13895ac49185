/* A path from one song to another: its ends are chosen by pressing one and then any song, wherever it stands. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const STEPS = [3, 20];
  const PATIENCE = 150; // milliseconds a hand may rest on the slider before its path is fetched
  const ends = {from: null, to: null}; // song ids
  const names = new Map(); // id -> title, of the songs that were seen
  let steps = 8;
  let route = 0;
  let waiting = 0;
  let slider = null;

  const titleOf = (song) => songboard.song?.(song)?.title ?? names.get(song) ?? `Song ${song}`;

  function ask() {
    const {from, to} = ends;
    if (from !== null && to !== null) songboard.ask({path: [from, to], steps, route});
  }

  /** end: "from" or "to"; the next song that is chosen becomes it. null awaits none. */
  function wait(end) {
    songboard.awaiting = end === null ? null : (song, {title} = {}) => take(end, song, title);
    for (const which of ["from", "to"]) {
      byId(`path-${which}`).setAttribute("aria-pressed", String(which === end));
      byId(`path-${which}`).toggleAttribute("data-waiting", which === end);
    }
    document.body.toggleAttribute("data-awaiting", end !== null);
    show();
  }

  function take(end, song, title) {
    if (title) names.set(song, title);
    ends[end] = song;
    route = 0;
    const other = end === "from" ? "to" : "from";
    wait(ends[other] === null ? other : null);
    ask();
  }

  songboard.stopAwaiting = function () {
    if (!songboard.awaiting) return false;
    wait(null);
    return true;
  };

  function show() {
    for (const [which, song] of Object.entries(ends)) {
      const waits = byId(`path-${which}`).hasAttribute("data-waiting");
      const text = waits ? "Choose a song anywhere…" : song === null ? "Choose a song" : titleOf(song);
      byId(`path-${which}`).querySelector(".path-end-title").textContent = text;
    }
    const whole = ends.from !== null && ends.to !== null;
    byId("path-swap").disabled = byId("path-route").disabled = !whole;
    byId("path-count").textContent = steps;
    slider.value = steps;
    slider.style.setProperty("--share", `${(100 * (steps - STEPS[0])) / (STEPS[1] - STEPS[0])}%`);
  }

  songboard.when("#path-route", () => {
    slider = document.createElement("input");
    Object.assign(slider, {type: "range", min: STEPS[0], max: STEPS[1], step: 1, value: steps});
    slider.setAttribute("aria-label", "Songs on the path");
    byId("path-steps").append(slider);
    slider.addEventListener("input", () => {
      steps = Number(slider.value);
      show();
      clearTimeout(waiting);
      waiting = setTimeout(ask, PATIENCE);
    });
    for (const which of ["from", "to"]) {
      byId(`path-${which}`).addEventListener("click", (event) =>
        wait(event.currentTarget.hasAttribute("data-waiting") ? null : which),
      );
    }
    byId("path-swap").addEventListener("click", () => {
      [ends.from, ends.to] = [ends.to, ends.from];
      show();
      ask();
    });
    byId("path-route").addEventListener("click", () => {
      route += 1;
      ask();
    });
    follow(songboard.state);
  });

  /** An address or a step back may ask for a path, too. */
  function follow({path, steps: asked, route: taken}) {
    if (!Array.isArray(path) || path.length !== 2 || !slider) return;
    [ends.from, ends.to] = path;
    if (Number.isInteger(asked)) steps = Math.min(Math.max(asked, STEPS[0]), STEPS[1]);
    route = Number.isInteger(taken) ? taken : 0;
    show();
  }

  document.addEventListener("songboard:asked", (event) => follow(event.detail));
  document.addEventListener("songboard:answered", (event) => {
    if (!event.detail?.path || !slider) return;
    for (const button of document.querySelectorAll("#path .row .row-main")) {
      names.set(Number(button.dataset.play), button.dataset.title);
    }
    show();
  });

  document.addEventListener("click", (event) => {
    const from = event.target.closest?.("[data-path-from]");
    const to = event.target.closest?.("[data-path-to]");
    const together = event.target.closest?.("[data-together]");
    if (together) songboard.enqueue(together.dataset.together.split(",").map(Number), {play: true});
    if (from) {
      if (from.dataset.title) names.set(Number(from.dataset.pathFrom), from.dataset.title);
      Object.assign(ends, {from: Number(from.dataset.pathFrom), to: null});
      songboard.tab("path");
      wait("to");
    }
    if (to) {
      const {song} = songboard.state;
      if (to.dataset.title) names.set(Number(to.dataset.pathTo), to.dataset.title);
      if (song !== undefined) ends.from = song;
      take("to", Number(to.dataset.pathTo));
    }
  });
})();
