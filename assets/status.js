/* What the server is up to, asked every few seconds while somebody looks: a banner says that it is gone, and goes away
   when it is back; a new build of the library is shown as soon as nothing is disturbed by it. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const EVERY = 5000; // milliseconds
  const QUIET = 4000; // milliseconds without a gesture before a page may change by itself
  const TOLD = "songboard-built"; // what to say once the page shows a new build
  let gone = false;
  let offered = null; // the build that was offered, so that it is offered once
  let touched = 0;

  async function look() {
    let answer = null;
    try {
      answer = await plain("/status", {cache: "no-store"});
    } catch {
      return away();
    }
    if (answer.status === 401) return location.reload(); // the time of the password is over
    if (!answer.ok) return away();
    const status = await answer.json();
    back();
    byId("building").hidden = !status.building;
    byId("building").textContent = status.building ?? "";
    if (status.generation !== songboard.generation) renewed(status);
  }

  function away() {
    gone = true;
    byId("gone-text").textContent = "Songboard has stopped. Start it again; this page goes on by itself.";
    byId("gone").hidden = false;
  }

  function back() {
    if (!gone) return;
    gone = false;
    byId("gone").hidden = true;
    songboard.again();
  }

  const isQuiet = () =>
    byId("audio").paused &&
    performance.now() - touched > QUIET &&
    !document.querySelector("dialog[open], [data-recording], .dropped:is([data-state=waiting], [data-state=sending], [data-state=listening])");

  function renewed({generation, songs}) {
    if (isQuiet()) return renew(songs);
    if (offered === generation) return;
    offered = generation;
    songboard.notice("news", "The library was built again.", {label: "Show it", act: () => renew(songs)});
  }

  /** Load the page anew. The history tells of which build the numbers in the address are. */
  function renew(songs) {
    const {rules, built = songboard.generation, ...question} = songboard.state;
    history.replaceState({songboard: {question, built}}, "");
    try {
      sessionStorage.setItem(TOLD, `The library was built again: ${songs.toLocaleString()} ${songs === 1 ? "song" : "songs"}.`);
    } catch {
      // then it is not told
    }
    location.reload();
  }

  // Whatever is asked in vain, by our scripts or by Dash, is a reason to look at once.
  const plain = window.fetch.bind(window);
  window.fetch = async (...request) => {
    try {
      return await plain(...request);
    } catch (error) {
      if (error.name !== "AbortError") look();
      throw error;
    }
  };

  for (const gesture of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(gesture, () => (touched = performance.now()), {capture: true, passive: true});
  }
  document.addEventListener("visibilitychange", () => document.hidden || look());

  songboard.when("#gone", () => {
    setInterval(() => document.hidden || look(), EVERY);
    try {
      const told = sessionStorage.getItem(TOLD);
      sessionStorage.removeItem(TOLD);
      if (told) songboard.notice("done", told);
    } catch {
      // nothing was kept
    }
  });
})();
