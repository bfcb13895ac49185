/* WebGL 2 in the few words that the scene needs: programs, buffers, and a texture to draw into. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});

  /** A program, its uniforms and attributes by name. Throws what the compiler says. */
  atlas.program = function (gl, [vertex, fragment]) {
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
      const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error([gl.getProgramInfoLog(program), ...logs].join("\n"));
    }
    const named = (count, info, locate) =>
      Object.fromEntries(
        Array.from({length: gl.getProgramParameter(program, count)}, (_, number) => {
          const {name, type} = gl[info](program, number);
          return [name, {at: gl[locate](program, name), type}];
        }),
      );
    const uniforms = named(gl.ACTIVE_UNIFORMS, "getActiveUniform", "getUniformLocation");
    const attributes = named(gl.ACTIVE_ATTRIBUTES, "getActiveAttrib", "getAttribLocation");

    function set(values) {
      gl.useProgram(program);
      for (const [name, {at, type}] of Object.entries(uniforms)) {
        const value = values[name];
        if (value === undefined) continue;
        if (type === gl.FLOAT) gl.uniform1f(at, value);
        else if (type === gl.FLOAT_VEC2) gl.uniform2fv(at, value);
        else if (type === gl.FLOAT_VEC3) gl.uniform3fv(at, value);
        else if (type === gl.FLOAT_MAT4) gl.uniformMatrix4fv(at, false, value);
        else gl.uniform1i(at, value);
      }
    }

    /** parts: {attribute: {buffer, width, bytes (one byte a value, 0..1), stride, offset, each (once an instance)}}. */
    function layout(parts) {
      const array = gl.createVertexArray();
      gl.bindVertexArray(array);
      for (const [name, {buffer, width, bytes, stride = 0, offset = 0, each}] of Object.entries(parts)) {
        if (!attributes[name]) continue;
        const {at} = attributes[name];
        gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
        gl.enableVertexAttribArray(at);
        gl.vertexAttribPointer(at, width, bytes ? gl.UNSIGNED_BYTE : gl.FLOAT, Boolean(bytes), stride, offset);
        if (each) gl.vertexAttribDivisor(at, 1);
      }
      gl.bindVertexArray(null);
      return array;
    }
    return {set, layout};
  };

  atlas.buffer = function (gl, data) {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    return buffer;
  };

  /** A picture that can be added to without bands, or null where the card has none. */
  atlas.canvasOfLight = function (gl) {
    if (!gl.getExtension("EXT_color_buffer_float") && !gl.getExtension("EXT_color_buffer_half_float")) return null;
    const [texture, frame] = [gl.createTexture(), gl.createFramebuffer()];
    let [width, height] = [0, 0];

    function resize(toWidth, toHeight) {
      if (width === toWidth && height === toHeight) return;
      [width, height] = [toWidth, toHeight];
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16F, width, height, 0, gl.RGBA, gl.HALF_FLOAT, null);
      for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.LINEAR);
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    }
    return {texture, frame, resize};
  };
})();
