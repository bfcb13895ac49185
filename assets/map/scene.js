/* What is drawn: the sky with its wash of colour, the songs from the back to the front, the threads, the lights. It is
   told what to draw and draws it once; stage.js asks for a picture only when something has changed. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const WASHED = 900; // songs at most that the wash is made of
  const SOFT = 6; // pixels of the screen to one of the wash

  /** canvas → a scene, or null where there is no WebGL 2. */
  atlas.scene = function (canvas) {
    const gl = canvas.getContext("webgl2", {alpha: false, antialias: false, depth: false, stencil: false});
    if (!gl) return null;
    const {shaders} = atlas;
    const [points, wash, sky, lines, lights] = ["SONGS", "WASH", "SKY", "LINES", "LIGHTS"].map((name) => atlas.program(gl, shaders[name]));
    const soft = atlas.canvasOfLight(gl);
    const square = atlas.buffer(gl, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]));
    const skyLayout = sky.layout({corner: {buffer: square, width: 2}});
    const index = gl.createBuffer();
    const [lineBuffer, lightBuffer] = [gl.createBuffer(), gl.createBuffer()];
    const lineLayout = lines.layout({corner: {buffer: square, width: 2}, ...strided(lineBuffer, {axyz: 3, auv: 2, bxyz: 3, buv: 2, acolour: 4, bcolour: 4, wide: 1}, true)});
    const lightLayout = lights.layout(strided(lightBuffer, {xyz: 3, uv: 2, colour: 4, shape: 4}));
    let songs = null; // {count, diameter, all, some}: some are those that the wash is made of
    let [lineCount, lightCount] = [0, 0];
    let theme = null;

    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);

    /** Attributes that lie one after the other in each row of a buffer of float32. */
    function strided(buffer, widths, each = false) {
      const stride = 4 * Object.values(widths).reduce((sum, width) => sum + width, 0);
      let offset = 0;
      return Object.fromEntries(
        Object.entries(widths).map(([name, width]) => {
          const part = {buffer, width, stride, offset, each};
          offset += 4 * width;
          return [name, part];
        }),
      );
    }

    const scene = {diameter: () => songs.diameter};

    scene.load = ({count, xyz, uv}) => {
      const diameter = Math.min(Math.max(28 * count ** -0.245, 1.6), 13); // a handful are pearls, many are dust
      const every = Math.ceil(count / WASHED);
      songs = {count, diameter, all: held(count, xyz, uv, 1, points), some: held(count, xyz, uv, every, wash)};
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, 4 * count, gl.DYNAMIC_DRAW);
    };

    /** Every so many rows of an array of so many numbers a row. */
    function thinned(array, width, every) {
      if (every === 1) return array;
      const rows = Math.ceil(array.length / width / every);
      return array.constructor.from({length: rows * width}, (_, at) => array[Math.floor(at / width) * every * width + (at % width)]);
    }

    /** Every so many of the songs in buffers, as a program takes them in. */
    function held(count, xyz, uv, every, program) {
      const plain = new Uint8Array(4 * Math.ceil(count / every));
      const buffers = {
        xyz: atlas.buffer(gl, thinned(xyz, 3, every)),
        uv: atlas.buffer(gl, thinned(uv, 2, every)),
        before: atlas.buffer(gl, plain),
        colour: atlas.buffer(gl, plain),
      };
      const part = (name, width, bytes) => ({buffer: buffers[name], width, bytes});
      const layout = program.layout({xyz: part("xyz", 3), uv: part("uv", 2), before: part("before", 4, true), colour: part("colour", 4, true)});
      return {...buffers, layout, every, count: plain.length / 4};
    }

    /** New colours; those before them stay, to be faded from. */
    scene.paint = (before, colours) => {
      for (const held of [songs.all, songs.some]) {
        for (const [buffer, data] of [[held.before, before], [held.colour, colours]]) {
          gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
          gl.bufferSubData(gl.ARRAY_BUFFER, 0, thinned(data, 4, held.every));
        }
      }
    };

    scene.light = (threads, beacons) => {
      for (const [buffer, rows] of [[lineBuffer, threads], [lightBuffer, beacons]]) {
        gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
        gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(rows.flat()), gl.DYNAMIC_DRAW);
      }
      [lineCount, lightCount] = [threads.length, beacons.length];
    };

    /** Read the colours of the theme anew. */
    scene.dress = () => {
      const dark = document.documentElement.dataset.theme !== "light";
      const share = (name) => atlas.colour(name).map((part) => part / 255);
      theme = {
        dark, ground: share("--map-ground"), middle: share("--map-middle"), border: share("--map-border"), core: share("--map-core"),
        glow: dark ? 1 : 0, ink: dark ? 1 : 0.9, faded: dark ? 0.15 : 0.16, strength: dark ? 0.3 : 0.2,
      };
    };

    /** order: the songs to draw, from the back to the front; tint: how far the new colours have come; lit: how much of
        their colour the songs keep; pixels: of the device to one of CSS. */
    scene.draw = (camera, order, {tint, lit, pixels}) => {
      const [width, height] = [Math.round(camera.width * pixels), Math.round(camera.height * pixels)];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
      const eye = {view: camera.view(), projection: camera.projection(), flatness: camera.flat, distance_: camera.distance, pixels, tint, ...theme};
      const home = Math.sqrt(camera.home());
      const {count, diameter} = songs;

      if (soft) {
        const [across, down] = [Math.ceil(width / SOFT), Math.ceil(height / SOFT)];
        soft.resize(across, down);
        gl.bindFramebuffer(gl.FRAMEBUFFER, soft.frame);
        gl.viewport(0, 0, across, down);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT);
        const spread = 0.2 + 0.28 * Math.min(1, 60 / songs.some.count);
        wash.set({...eye, size: 2 * spread, scale: (camera.focal() * pixels) / SOFT, weight: Math.min(0.5, 40 / songs.some.count) * (0.35 + 0.65 * lit)});
        gl.bindVertexArray(songs.some.layout);
        gl.drawArrays(gl.POINTS, 0, songs.some.count);
        gl.bindFramebuffer(gl.FRAMEBUFFER, null);
        gl.bindTexture(gl.TEXTURE_2D, soft.texture);
      }
      gl.viewport(0, 0, width, height);
      sky.set({...theme, strength: soft ? theme.strength : 0, aside: camera.left / camera.width / 2});
      gl.bindVertexArray(skyLayout);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);

      const halo = count <= 20000 && theme.glow ? 1 + 1.6 * Math.min(1, 14 / Math.sqrt(count) + 0.25) : 1;
      const grown = Math.min(1.5, (count / Math.max(order.length, 1)) ** 0.2); // fewer are drawn a little larger
      points.set({...eye, size: diameter * grown * home * pixels, fog: theme.dark ? 0.68 : 0.7, halo, lit, rim: count <= 3000 ? 0.55 : 0});
      gl.bindVertexArray(songs.all.layout);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
      gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 0, order);
      gl.drawElements(gl.POINTS, order.length, gl.UNSIGNED_INT, 0);

      if (lineCount) {
        lines.set({...eye, view_size: [width / 2, height / 2]});
        gl.bindVertexArray(lineLayout);
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, lineCount);
      }
      if (lightCount) {
        lights.set({...eye, size: home});
        gl.bindVertexArray(lightLayout);
        gl.drawArrays(gl.POINTS, 0, lightCount);
      }
      gl.bindVertexArray(null);
    };

    return scene;
  };
})();
