/* Hands on the map: a mouse, fingers, a wheel and the keyboard become turns, pans, zooms, choices and outlines. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const STILL = 5; // pixels a press may move and still be a click
  const TURN = 0.0062; // radians a pixel
  const LATE = 80; // milliseconds: a hand that rested longer before letting go does not throw

  /** does: {hover(x, y, kind of pointer) or hover(null), choose(x, y, kind of pointer), outline(corners), changed(), tool(): "lasso" | "box" | null}. */
  atlas.hands = function (map, camera, lasso, does) {
    const fingers = new Map(); // pointerId → [x, y]
    let press = null; // {x, y, moved, kind: "turn" | "pan" | "outline", last: {time, yaw, pitch}}

    const at = (event) => {
      const box = map.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const middle = () => [0, 1].map((axis) => [...fingers.values()].reduce((sum, place) => sum + place[axis], 0) / fingers.size);
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return Math.hypot(a[0] - b[0], a[1] - b[1]);
    };

    function kindOf(event) {
      const tool = does.tool() ?? (event.shiftKey && camera.flat > 0.5 && event.button === 0 ? "lasso" : null);
      if (tool && event.button === 0) return tool;
      return event.button === 2 || event.button === 1 || event.shiftKey || camera.flat > 0.5 ? "pan" : "turn";
    }

    map.addEventListener("pointerdown", (event) => {
      const [x, y] = at(event);
      camera.stop();
      map.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, [x, y]);
      if (fingers.size > 1) {
        if (lasso.active) lasso.end();
        press = {kind: "pinch", moved: true, middle: middle(), spread: spread()};
        return;
      }
      press = {x, y, moved: false, kind: kindOf(event), button: event.button, last: null};
      if (press.kind === "lasso" || press.kind === "box") lasso.begin(press.kind, x, y);
    });

    map.addEventListener("pointermove", (event) => {
      const [x, y] = at(event);
      if (!press || !fingers.has(event.pointerId)) return does.hover(x, y, event.pointerType);
      const [fromX, fromY] = fingers.get(event.pointerId);
      const [dx, dy] = [x - fromX, y - fromY];
      if (press.kind === "pinch") {
        fingers.set(event.pointerId, [x, y]);
        pinch();
        return;
      }
      if (!press.moved && Math.hypot(x - press.x, y - press.y) <= STILL) return;
      fingers.set(event.pointerId, [x, y]);
      press.moved = true;
      map.dataset.held = press.kind;
      does.hover(null);
      if (press.kind === "turn") {
        const now = performance.now();
        const passed = Math.max(now - (press.last?.time ?? now - 16), 1);
        camera.turn(-dx * TURN, dy * TURN);
        const speed = (value, before) => 0.6 * ((value * TURN) / passed) + 0.4 * (before ?? 0);
        press.last = {time: now, yaw: speed(-dx, press.last?.yaw), pitch: speed(dy, press.last?.pitch)};
      } else if (press.kind === "pan") camera.pan(dx, dy);
      else lasso.add(x, y);
      does.changed();
    });

    function pinch() {
      const [now, wide] = [middle(), spread()];
      camera.pan(now[0] - press.middle[0], now[1] - press.middle[1]);
      if (wide > 4 && press.spread > 4) camera.near(Math.log(press.spread / wide), ...now);
      Object.assign(press, {middle: now, spread: wide});
      does.changed();
    }

    function release(event) {
      if (!fingers.delete(event.pointerId) || !press) return;
      const ended = press;
      if (fingers.size) {
        press = {x: 0, y: 0, moved: true, kind: camera.flat > 0.5 ? "pan" : "turn", last: null};
        return;
      }
      press = null;
      delete map.dataset.held;
      const [x, y] = at(event);
      if (lasso.active) {
        const corners = lasso.end();
        if (corners && event.type === "pointerup") return does.outline(corners);
      }
      if (event.type !== "pointerup") return;
      if (!ended.moved && ended.button === 0) does.choose(x, y, event.pointerType);
      else if (ended.last && performance.now() - ended.last.time < LATE) camera.roll(ended.last.yaw, ended.last.pitch);
      does.changed();
    }
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) map.addEventListener(kind, release);
    map.addEventListener("pointerleave", () => press || does.hover(null));
    map.addEventListener("contextmenu", (event) => event.preventDefault());

    map.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 32 : event.deltaMode === 2 ? 400 : 1;
        const share = Math.min(Math.max(event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016), -0.6), 0.6);
        camera.zoom(share, ...at(event));
        does.changed();
      },
      {passive: false},
    );

    const keys = {
      ArrowLeft: [0.14, 0], ArrowRight: [-0.14, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1],
      "+": -0.25, "=": -0.25, "-": 0.25, "0": () => camera.recentre(),
    };
    map.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation(); // elsewhere the arrows seek
      if (typeof act === "function") act();
      else if (typeof act === "number") camera.zoom(act, ...camera.centre());
      else if (camera.flat > 0.5 || event.shiftKey) camera.pan(act[0] * 280, -act[1] * 400);
      else camera.step(...act);
      does.changed();
    });
  };
})();
