/* Clicks on the map. plotly.js reports a click in 3-D when the button goes down, so a drag that starts on a point would
   choose it; here a click is a press and a release in one place, on the point whose label is shown. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const UNIT = 0.0018; // of the scene's side: what one pixel of marker size becomes in perspective
  const STILL = 5; // pixels the pointer may wander in a click
  let graph = null;
  let pressed = null; // {x, y, moved, song} while a button is down
  let released = 0; // when the last drag ended
  let hovered = null; // the song under the pointer
  let pointer = [0, 0]; // where that is

  /** The song of a point of any trace: trace 0 holds every song in id order, the others name theirs. */
  function songOf(event) {
    const point = event.points && event.points[0];
    if (!point) return null;
    const song = point.curveNumber === 0 ? point.pointNumber : point.customdata;
    return Number.isInteger(song) ? song : null;
  }

  /** Title and artist of a song from its label, "<b>title</b><br>artist", where "<" and "&" are written as entities. */
  function namesOf(song) {
    const [title, by] = graph.data[0].hovertext[song].split("<br>");
    const text = (name) => name.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
    return [text(title.slice("<b>".length, -"</b>".length)), text(by)];
  }

  function choose(song) {
    if (song !== null) songboard.choose(song, ...namesOf(song));
  }

  function onPress(event) {
    if (event.button === 0) pressed = {x: event.clientX, y: event.clientY, moved: false, song: null};
  }

  function onMove(event) {
    pointer = [event.clientX, event.clientY];
    if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > STILL) pressed.moved = true;
  }

  function onRelease() {
    if (!pressed) return;
    const {moved, song} = pressed;
    pressed = null;
    if (moved) released = performance.now();
    else choose(song === null ? hovered : song);
  }

  function onPlotlyClick(event) {
    if (pressed) pressed.song = songOf(event);
    else if (performance.now() - released > 400) choose(songOf(event)); // a frame drawn late reports the drag's start
  }

  /** plotly.js draws a marker at one size however far away it stands. The layer under it can draw in perspective, which
      is what gives the map its depth: it is asked to, and where a later plotly.js has no such layer nothing changes. */
  function deepen() {
    const traces = Object.values(graph._fullLayout?.scene?._scene?.traces || {});
    const points = traces[0]?.scatterPlot;
    const layer = points && Object.getPrototypeOf(points);
    if (!layer || typeof layer.update !== "function" || !("useOrtho" in points)) return;
    const update = layer.update;
    const scaled = (size) => (Array.isArray(size) ? size.map(scaled) : size * UNIT);
    layer.update = function (options) {
      const size = options && "size" in options ? {size: scaled(options.size)} : {};
      update.call(this, {...options, ...size, orthographic: false});
    };
    for (const trace of traces) trace.update(trace.data);
  }

  /** In a map drawn anew a pointer that rests has another point's label: plotly.js looks when the mouse moves. */
  function lookAgain() {
    const [clientX, clientY] = pointer;
    const canvas = document.elementFromPoint(clientX, clientY);
    if (pressed || !(canvas instanceof HTMLCanvasElement)) return;
    for (const by of [1, 0]) {
      canvas.dispatchEvent(new MouseEvent("mousemove", {clientX, clientY: clientY + by, bubbles: true}));
    }
  }

  function attach(element) {
    graph = element;
    deepen();
    const stage = graph.closest(".stage");
    stage.querySelector(".map").addEventListener("pointerdown", onPress, true);
    addEventListener("pointermove", onMove, true);
    addEventListener("pointerup", onRelease, true);
    addEventListener("pointercancel", () => (pressed = null), true);
    graph.on("plotly_click", onPlotlyClick);
    graph.on("plotly_hover", (event) => {
      hovered = songOf(event);
      stage.toggleAttribute("data-over", hovered !== null);
    });
    graph.on("plotly_unhover", () => {
      hovered = null;
      stage.removeAttribute("data-over");
    });
    graph.on("plotly_afterplot", () => requestAnimationFrame(() => requestAnimationFrame(lookAgain)));
    const camera = structuredClone(graph.layout.scene.camera);
    document.getElementById("recentre").addEventListener("click", () => {
      Plotly.relayout(graph, {"scene.camera": structuredClone(camera)});
    });
    stage.setAttribute("data-ready", "");
  }

  // The graph is there before plotly.js has made it one that can be listened to.
  songboard.when("#map .js-plotly-plot .main-svg", () => attach(document.querySelector("#map .js-plotly-plot")));
})();
