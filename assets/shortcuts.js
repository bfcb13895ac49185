/* The keyboard: "/" searches, space plays and pauses, arrows seek, N and P go through the matches, Esc clears. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const SEEK = 5; // seconds

  const typing = (element) => element.matches("input:not([type=range]), textarea, select, [contenteditable]");

  function clearSearch() {
    byId("search").blur();
    dash_clientside.set_props("search", {value: ""});
  }

  /** Arrows walk through the hits, Enter takes the one in hand or the first. */
  function inSearch(event) {
    const hits = [...document.querySelectorAll("#hits .hit")];
    const at = hits.indexOf(document.activeElement);
    if (event.key === "ArrowDown") (hits[at + 1] || hits[at] || byId("search")).focus();
    else if (event.key === "ArrowUp") (hits[at - 1] || byId("search")).focus();
    else if (event.key === "Enter" && at < 0 && hits.length) hits[0].click();
    else if (event.key === "Escape") clearSearch();
    else return;
    if (event.key !== "Enter" || at < 0) event.preventDefault();
  }

  const keys = {
    "/": () => byId("search").focus(),
    " ": () => songboard.toggle(),
    ArrowLeft: () => songboard.seekBy(-SEEK),
    ArrowRight: () => songboard.seekBy(SEEK),
    n: () => songboard.step(1),
    p: () => songboard.step(-1),
    Escape: () => songboard.dismiss() || songboard.ask(null),
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(".search")) return inSearch(event);
    if (typing(target)) return;
    const native = target.matches("input[type=range]") && event.key.startsWith("Arrow");
    // A button reached by Tab keeps its space; one that was merely clicked does not.
    const pressed = event.key === " " && target.matches("button:focus-visible");
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || native || pressed) return;
    event.preventDefault();
    if (event.key === " " && target.matches("button")) target.blur();
    act();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest(".hit")) clearSearch();
  });
})();
