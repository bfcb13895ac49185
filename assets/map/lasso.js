/* The lasso and the box: an outline drawn over the map, as a shape of SVG while it is drawn. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const SVG = "http://www.w3.org/2000/svg";
  const STEP = 3; // pixels between two corners of a lasso
  const LEAST = 6; // pixels: a smaller outline was a click

  atlas.lasso = function (map) {
    const layer = document.createElementNS(SVG, "svg");
    const shape = document.createElementNS(SVG, "polygon");
    layer.setAttribute("class", "map-outline");
    layer.setAttribute("aria-hidden", "true");
    layer.append(shape);
    map.append(layer);
    let corners = null;
    let kind = null;

    const outline = () => {
      if (kind !== "box") return corners;
      const [[left, top], [right, bottom]] = [corners[0], corners.at(-1)];
      return [[left, top], [right, top], [right, bottom], [left, bottom]];
    };
    const show = () => shape.setAttribute("points", corners ? outline().map((corner) => corner.join(",")).join(" ") : "");

    return {
      begin(tool, x, y) {
        [kind, corners] = [tool, [[x, y]]];
      },
      add(x, y) {
        const [lastX, lastY] = corners.at(-1);
        if (Math.hypot(x - lastX, y - lastY) >= STEP) corners.push([x, y]);
        show();
      },
      /** The outline, or null where it was no more than a click. */
      end() {
        const drawn = outline();
        corners = null;
        show();
        const across = (axis) => Math.max(...drawn.map((corner) => corner[axis])) - Math.min(...drawn.map((corner) => corner[axis]));
        return drawn.length > 2 && across(0) > LEAST && across(1) > LEAST ? drawn : null;
      },
      get active() {
        return corners !== null;
      },
    };
  };
})();
