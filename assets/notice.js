/* One sentence at a time for whoever looks at the page: "busy" turns, "done" goes by itself, "news" and
   "trouble" stay until they are put away. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const LASTS = 6000; // milliseconds that good news stays
  let leaving = 0;
  let action = null;

  /** kind: "busy", "done", "news" or "trouble"; {label, act}: a button and what it does. */
  songboard.notice = function (kind, sentence, {label = "", act = null} = {}) {
    const shown = byId("notice");
    shown.dataset.kind = kind;
    shown.setAttribute("role", kind === "trouble" ? "alert" : "status");
    byId("notice-text").textContent = sentence;
    action = act;
    byId("notice-act").textContent = label;
    byId("notice-act").hidden = !act;
    shown.hidden = false;
    clearTimeout(leaving);
    if (kind === "done") leaving = setTimeout(() => (shown.hidden = true), LASTS);
  };

  /** Puts the notice away, unless something is still going on; says whether there was one to put away. */
  songboard.dismiss = function () {
    const shown = byId("notice");
    if (!shown || shown.hidden || shown.dataset.kind === "busy") return false;
    shown.hidden = true;
    return true;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#notice-act")) action();
    if (event.target.closest("#notice-close, #notice-act")) songboard.dismiss();
  });
})();
