/* The keyboard: space plays and pauses, arrows seek, N and P go through the songs, Esc goes back, ? shows this list. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const SEEK = 5; // seconds

  const typing = (element) => element.matches("input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]");

  function leave() {
    songboard.dismiss?.() || songboard.stopAwaiting?.() || songboard.ask(null);
  }

  const keys = {
    "/": () => document.getElementById("search").focus(),
    "?": () => songboard.tell("help"),
    " ": () => songboard.toggle(),
    ArrowLeft: () => songboard.seekBy(-SEEK),
    ArrowRight: () => songboard.seekBy(SEEK),
    n: () => songboard.step(1),
    p: () => songboard.step(-1),
    Escape: leave,
  };

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("dialog[open]") || typing(target)) return;
    const native = target.matches("input[type=range]") && event.key.startsWith("Arrow");
    // A button or a box reached by Tab keeps its space; one that was merely clicked does not.
    const pressed = event.key === " " && target.matches(":is(button, input, summary):focus-visible");
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || native || pressed) return;
    event.preventDefault();
    if (event.key === " " && target.matches("button")) target.blur();
    act();
  });
})();
