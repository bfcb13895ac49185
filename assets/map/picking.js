/* Where every song stands on the screen: one pass over the typed arrays whenever the eye has moved. It says which song
   is under the pointer, in which order the points are drawn, and what lies within a lasso. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const LAYERS = 1024; // depths told apart when the farther is drawn before the nearer

  atlas.screen = function (songs) {
    const {count, xyz, uv} = songs;
    const [x, y, depth] = [0, 1, 2].map(() => new Float32Array(count)); // CSS pixels of the map; units
    const order = new Uint32Array(count);
    const layer = new Uint16Array(count);
    const starts = new Uint32Array(2 * LAYERS + 1);
    const lot = new Uint8Array(count); // which songs stay where only a share of them is drawn
    for (let song = 0; song < count; song++) lot[song] = (Math.imul(song, 2654435761) >>> 24) & 255;

    /** Where a place of the map stands: [x, y, depth]. */
    function project(camera, place, flatPlace) {
      const [v, flat] = [camera.view(), camera.flat];
      const [px, py, pz] = [0, 1, 2].map((axis) => place[axis] * (1 - flat) + (flatPlace[axis] ?? 0) * flat);
      const [ex, ey, ez] = [0, 1, 2].map((row) => v[row] * px + v[4 + row] * py + v[8 + row] * pz + v[12 + row]);
      const [[cx, cy], focal] = [camera.centre(), camera.focal()];
      return [cx - (focal * ex) / ez, cy + (focal * ey) / ez, -ez];
    }

    function update(camera) {
      const [v, flat] = [camera.view(), camera.flat];
      const [[cx, cy], focal] = [camera.centre(), camera.focal()];
      const [v0, v1, v2, v4, v5, v6, v8, v9, v10, v12, v13, v14] = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14].map((at) => v[at]);
      for (let song = 0; song < count; song++) {
        const px = xyz[3 * song] * (1 - flat) + uv[2 * song] * flat;
        const py = xyz[3 * song + 1] * (1 - flat) + uv[2 * song + 1] * flat;
        const pz = xyz[3 * song + 2] * (1 - flat);
        const away = -(v2 * px + v6 * py + v10 * pz + v14);
        const scale = focal / Math.max(away, 1e-3);
        depth[song] = away;
        x[song] = cx + scale * (v0 * px + v4 * py + v8 * pz + v12);
        y[song] = cy - scale * (v1 * px + v5 * py + v9 * pz + v13);
      }
    }

    /** A share of the songs from the back to the front, those that the filters leave out before all others. */
    function ordered(camera, kept, share = 1) {
      const drawn = 256 * share;
      const [nearest, scale] = [camera.distance - 2, (LAYERS - 1) / 4];
      starts.fill(0);
      for (let song = 0; song < count; song++) {
        if (lot[song] >= drawn) continue;
        const back = Math.min(Math.max(((depth[song] - nearest) * scale) | 0, 0), LAYERS - 1);
        layer[song] = LAYERS - 1 - back + (kept[song] ? LAYERS : 0);
        starts[layer[song] + 1]++;
      }
      for (let at = 1; at <= 2 * LAYERS; at++) starts[at] += starts[at - 1];
      const total = starts[2 * LAYERS];
      for (let song = 0; song < count; song++) if (lot[song] < drawn) order[starts[layer[song]]++] = song;
      return order.subarray(0, total);
    }

    /** The kept song nearest to a place on the screen, within reach pixels; of two as near, the one in front. */
    function nearest(px, py, reach, kept) {
      let [best, score] = [null, Infinity];
      for (let song = 0; song < count; song++) {
        const [dx, dy] = [x[song] - px, y[song] - py];
        if (dx > reach || dx < -reach || dy > reach || dy < -reach || !kept[song] || depth[song] < 0.02) continue;
        const away = Math.sqrt(dx * dx + dy * dy);
        if (away > reach) continue;
        const mark = away + 2.5 * depth[song];
        if (mark < score) [best, score] = [song, mark];
      }
      return best;
    }

    /** The kept songs within an outline [[x, y], …] on the screen, by counting the edges to their left. */
    function within(outline, kept) {
      const xs = outline.map(([at]) => at);
      const ys = outline.map(([, at]) => at);
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const found = [];
      for (let song = 0; song < count; song++) {
        const [px, py] = [x[song], y[song]];
        if (px < left || px > right || py < top || py > bottom || !kept[song]) continue;
        let inside = false;
        for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
          if (ys[i] > py !== ys[j] > py && px < ((xs[j] - xs[i]) * (py - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside;
        }
        if (inside) found.push(song);
      }
      return found;
    }

    return {x, y, depth, project, update, ordered, nearest, within};
  };
})();
