/* The health of the library is looked into when its tab is opened for the first time, and kind by kind on request. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  let asked = false;

  function ask(kind) {
    asked = true;
    dash_clientside.set_props("health-asked", {data: {kind: kind || null, generation: songboard.generation}});
  }

  document.addEventListener("songboard:tab", (event) => {
    if (event.detail === "health" && !asked) ask(null);
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-kind][aria-pressed]");
    if (chip) ask(chip.dataset.kind);
  });
})();
