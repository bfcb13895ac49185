/* The eye: it turns around a target, comes closer and goes back. `flat` is 0 in the depth of the map, 1 on the flat map;
   between them every point is on its way from xyz to uv. Motion ends by itself, and tick() says when it has. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const FIELD = 0.56; // radians from the lower edge of the view to the upper: a long lens, so that depth stays calm
  const HOME = {yaw: 0.62, pitch: 0.3};
  const NEAREST = 0.06;
  const STEEPEST = 1.5; // radians
  const ROLL = 260; // milliseconds in which a turn that was let go loses most of its speed
  const ZOOM = 70; // milliseconds in which most of a turn of the wheel has been gone

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const ease = (share) => (share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2);
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  atlas.camera = function () {
    const camera = {
      yaw: HOME.yaw, pitch: HOME.pitch, distance: 4, flat: 0, target: [0, 0, 0],
      width: 1, height: 1, left: 0, // left: pixels of the view that the legend covers
      deep: {...HOME}, // how it was turned when the map was last deep
      moved: false,
    };
    let glide = null; // {from, to, began, lasts}
    let roll = null; // {yaw, pitch} radians a millisecond
    let zoom = null; // {left: how much of log distance, x, y}

    /** Pixels that one unit measures at a distance of one. */
    camera.focal = () => camera.height / 2 / Math.tan(FIELD / 2);
    camera.centre = () => [(camera.width + camera.left) / 2, camera.height / 2];

    /** The distance from which the unit sphere fits the view; flat, the unit circle. */
    camera.home = (flat = camera.flat) => {
      const half = Math.max(40, Math.min((camera.width - camera.left) / 2, camera.height / 2) * 0.97 - 8);
      return Math.hypot(camera.focal() / half, 1 - flat);
    };

    /** view: column-major, from the world to the eye. */
    camera.view = () => {
      const [cy, sy, cp, sp] = [Math.cos(camera.yaw), Math.sin(camera.yaw), Math.cos(camera.pitch), Math.sin(camera.pitch)];
      const [x, y, z] = camera.target;
      const rows = [[cy, 0, -sy], [-sp * sy, cp, -sp * cy], [cp * sy, sp, cp * cy]];
      const moved = rows.map(([a, b, c]) => -(a * x + b * y + c * z));
      return new Float32Array([
        rows[0][0], rows[1][0], rows[2][0], 0, rows[0][1], rows[1][1], rows[2][1], 0,
        rows[0][2], rows[1][2], rows[2][2], 0, moved[0], moved[1], moved[2] - camera.distance, 1,
      ]);
    };

    camera.projection = () => {
      const [near, far] = [0.01, camera.distance + 6];
      const [fx, fy] = [(2 * camera.focal()) / camera.width, (2 * camera.focal()) / camera.height];
      const deep = 1 / (near - far);
      const aside = camera.left / camera.width;
      return new Float32Array([fx, 0, 0, 0, 0, fy, 0, 0, -aside, 0, (far + near) * deep, -1, 0, 0, 2 * far * near * deep, 0]);
    };

    camera.resize = (width, height, left) => {
      const atHome = !camera.moved;
      Object.assign(camera, {width, height, left});
      if (atHome) camera.distance = camera.home();
      else camera.distance = Math.min(camera.distance, 2 * camera.home());
    };

    camera.stop = () => (glide = roll = zoom = null);

    /** to: some of yaw, pitch, distance, target, flat. */
    camera.glide = (to, lasts = 750) => {
      camera.stop();
      const from = Object.fromEntries(Object.keys(to).map((name) => [name, structuredClone(camera[name])]));
      if ("yaw" in to) from.yaw = to.yaw + Math.atan2(Math.sin(camera.yaw - to.yaw), Math.cos(camera.yaw - to.yaw));
      if (still.matches) lasts = 0;
      glide = {from, to, began: null, lasts};
    };

    camera.recentre = (lasts = 750) => {
      camera.moved = false;
      const turned = camera.flat > 0.5 ? {yaw: 0, pitch: 0} : HOME;
      camera.glide({...turned, distance: camera.home(), target: [0, 0, 0]}, lasts);
    };

    /** focus: the {target, distance} to look at, where it is not the whole map. */
    camera.turnTo = (flat, focus) => {
      camera.moved = Boolean(focus);
      if (flat && camera.flat < 0.5) camera.deep = {yaw: camera.yaw, pitch: camera.pitch};
      const turned = flat ? {yaw: 0, pitch: 0} : camera.deep;
      camera.glide({...turned, flat, distance: camera.home(flat), target: [0, 0, 0], ...focus}, 900);
    };

    /** The target and distance that hold places around a middle, [x, y, z], as far as radius, in view. */
    camera.framing = ({target, radius}, flat = camera.flat) => {
      const half = Math.min((camera.width - camera.left) / 2, camera.height / 2) * 0.86;
      const distance = (radius * camera.focal()) / half + (1 - flat) * radius;
      return {target, distance: clamp(distance, 0.3 * camera.home(flat), camera.home(flat))};
    };

    camera.turn = (yaw, pitch) => {
      camera.moved = true;
      camera.yaw += yaw;
      camera.pitch = clamp(camera.pitch + pitch, -STEEPEST, STEEPEST);
    };

    /** A turn by keyboard: soon, but not at once. */
    camera.step = (yaw, pitch) => {
      const from = glide?.to.pitch === undefined ? camera : glide.to;
      camera.moved = true;
      camera.glide({yaw: from.yaw + yaw, pitch: clamp(from.pitch + pitch, -STEEPEST, STEEPEST)}, 160);
    };

    /** Move along the screen, by pixels. */
    camera.pan = (dx, dy) => {
      camera.moved = true;
      const unit = camera.distance / camera.focal();
      const view = camera.view();
      const reach = 1.2;
      camera.target = camera.target.map((value, axis) =>
        clamp(value - dx * unit * view[4 * axis] + dy * unit * view[4 * axis + 1], -reach, reach),
      );
    };

    /** Let a turn go on by itself; speeds in radians a millisecond. */
    camera.roll = (yaw, pitch) => {
      if (!still.matches && Math.hypot(yaw, pitch) > 2e-4) roll = {yaw, pitch};
    };

    /** Come closer by a share of the distance's logarithm, and keep what is under x, y where it is. */
    camera.zoom = (share, x, y) => {
      if (still.matches) return camera.near(share, x, y);
      glide = null;
      zoom = {left: (zoom?.left ?? 0) + share, x, y};
    };

    camera.near = (share, x, y) => {
      camera.moved = true;
      const before = camera.distance;
      camera.distance = clamp(before * Math.exp(share), NEAREST, 2 * camera.home());
      const [cx, cy] = camera.centre();
      const shift = (camera.distance - before) / camera.distance; // of what is under the pointer, in pixels of now
      camera.pan(shift * (x - cx), shift * (y - cy));
    };

    /** Go on moving for some milliseconds. Whether anything moved. */
    camera.tick = (time, passed) => {
      let moving = false;
      if (glide) {
        glide.began ??= time;
        const share = glide.lasts ? clamp((time - glide.began) / glide.lasts, 0, 1) : 1;
        const mix = (from, to) => (Array.isArray(to) ? to.map((end, axis) => mix(from[axis], end)) : from + (to - from) * ease(share));
        for (const [name, end] of Object.entries(glide.to)) camera[name] = mix(glide.from[name], end);
        if (share === 1) glide = null;
        moving = true;
      }
      if (roll) {
        camera.turn(roll.yaw * passed, roll.pitch * passed);
        const rest = Math.exp(-passed / ROLL);
        roll = Math.hypot(roll.yaw, roll.pitch) * rest < 2e-5 ? null : {yaw: roll.yaw * rest, pitch: roll.pitch * rest};
        moving = true;
      }
      if (zoom) {
        const now = Math.abs(zoom.left) < 0.003 ? zoom.left : zoom.left * (1 - Math.exp(-passed / ZOOM));
        camera.near(now, zoom.x, zoom.y);
        zoom.left -= now;
        if (!zoom.left) zoom = null;
        moving = true;
      }
      return moving;
    };

    Object.defineProperty(camera, "moving", {get: () => Boolean(glide || roll || zoom)});
    return camera;
  };
})();
