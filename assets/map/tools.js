/* The buttons over the map and its field of colours: depth or flat, lasso and box, recentre, the legend folded. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const byId = (id) => document.getElementById(id);
  const NARROW = 640; // pixels of a map that a legend would cover too much of

  /** does: {changed(), resize(), focus(flat): where to look, recolour()}. */
  atlas.tools = function (map, camera, view, called, does) {
    let drawing = null; // "lasso", "box"

    function press() {
      byId("deep").setAttribute("aria-pressed", String(!view.flat));
      byId("flat").setAttribute("aria-pressed", String(view.flat));
      for (const tool of ["lasso", "box"]) byId(tool).setAttribute("aria-pressed", String(drawing === tool));
      map.toggleAttribute("data-drawing", Boolean(drawing));
    }

    function shape(flat) {
      view.flat = flat;
      view.keep();
      press();
      camera.turnTo(Number(flat), does.focus(Number(flat)));
      does.changed();
    }

    function take(tool) {
      drawing = drawing === tool ? null : tool;
      press();
    }

    function fold(folded) {
      byId("legend-fold").setAttribute("aria-expanded", String(!folded));
      byId("legend").toggleAttribute("data-folded", folded);
      does.resize();
    }

    byId("deep").addEventListener("click", () => shape(false));
    byId("flat").addEventListener("click", () => shape(true));
    byId("lasso").addEventListener("click", () => take("lasso"));
    byId("box").addEventListener("click", () => take("box"));
    byId("recentre").addEventListener("click", () => {
      camera.recentre();
      does.changed();
    });
    byId("legend-fold").addEventListener("click", () => {
      view.folded = byId("legend-fold").getAttribute("aria-expanded") === "true";
      view.keep();
      fold(view.folded);
    });
    const field = atlas.chooser(byId("colour-by"), called, view.by, (by) => {
      view.by = by;
      view.keep();
      does.recolour();
    });

    return {
      /** Show how the map is looked at. */
      show() {
        field.value = view.by;
        press();
        fold(view.folded ?? map.clientWidth <= NARROW);
      },
      /** Lay down the lasso or the box. */
      put: () => take(drawing),
      get drawing() {
        return drawing;
      },
    };
  };
})();
