/* Draws the page of a map that is given away, once the scripts that wait for its parts are there. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const {body, start} = JSON.parse(document.querySelector("#held-page").textContent);
  const root = document.createElement("div");
  document.body.prepend(root);
  songboard.start = start;
  songboard.draw(root, body);
  if (!window.DecompressionStream) {
    document.querySelector("#card .card-lead").textContent = "This browser is too old to open the map. Try a newer one.";
  }

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input, select")) return;
    if (event.key === "Escape") songboard.ask(null);
    if (event.key !== "/") return;
    event.preventDefault();
    document.getElementById("search").focus();
  });
})();
