/* The tabs of the right panel: arrow keys go along them, and what is answered brings its own tab to the front. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const tabs = () => [...document.querySelectorAll("[role=tab]")];

  /** name: "alike", "path", "queue" or "health". */
  songboard.tab = function (name) {
    for (const tab of tabs()) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    songboard.tell("tab", name);
  };

  /** The small figure beside a tab's name; 0 shows none. */
  songboard.tabCount = function (name, count) {
    document.querySelector(`#tab-${name} .tab-count`).textContent = count ? count.toLocaleString() : "";
  };

  const nameOf = (tab) => tab.id.slice("tab-".length);

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) songboard.tab(nameOf(tab));
    if (event.target.closest("#sheet")) {
      const tall = document.querySelector(".page").toggleAttribute("data-tall");
      document.getElementById("sheet").setAttribute("aria-expanded", String(tall));
    }
  });

  // Before the keys of the player: here, arrows belong to the tabs.
  document.addEventListener(
    "keydown",
    (event) => {
      const tab = event.target.closest?.("[role=tab]");
      if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
      const all = tabs();
      const at = all.indexOf(tab);
      const to = {ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1}[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const next = all[to % all.length];
      songboard.tab(nameOf(next));
      next.focus();
    },
    true,
  );

  document.addEventListener("songboard:asked", (event) => {
    const {song, track, words, path} = event.detail;
    if (path) songboard.tab("path");
    else if (song !== undefined || track !== undefined || words !== undefined) songboard.tab("alike");
  });
})();
