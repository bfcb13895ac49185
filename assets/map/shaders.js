/* What the graphics card is told. Every song is a point sprite: round, with a soft edge, smaller and nearer to the
   colour of the ground the farther away it is. Colours are premultiplied throughout. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});

  const PLACE = `#version 300 es
    precision highp float;
    uniform mat4 view, projection;
    uniform float flatness, distance_, pixels;
    vec4 eyed(vec3 xyz, vec2 uv) { return view * vec4(mix(xyz, vec3(uv, 0.0), flatness), 1.0); }
    // How much of the ground lies between the eye and a depth, 0..1; none on the flat map.
    float mist(float depth) { return (1.0 - flatness) * smoothstep(-0.75, 1.35, depth - distance_); }
  `;

  const SONGS = [
    `${PLACE}
    in vec3 xyz; in vec2 uv; in vec4 before, colour; // the fourth is 1 for a song that the filters keep
    uniform float size, tint, fog, halo, faded, lit;
    uniform vec3 ground;
    out vec4 paint; out float radius; out float kept_;
    void main() {
      vec4 eye = eyed(xyz, uv);
      vec4 look = mix(before, colour, tint);
      float kept = look.a, depth = -eye.z;
      float across = size * sqrt(distance_) / depth * mix(0.62, 1.0, kept); // pixels
      float seen = min(1.0, across / (1.25 * pixels)); // what is smaller than a pixel becomes fainter instead
      across = max(across, 1.25 * pixels);
      float covered = fog * mist(depth);
      float left = mix(faded, lit, kept);
      paint = vec4(mix(ground, look.rgb, left * (1.0 - covered)), mix(1.0, seen, 0.8));
      kept_ = kept * (1.0 - covered) * lit;
      gl_Position = projection * eye;
      radius = across / 2.0;
      gl_PointSize = across * mix(1.0, halo, kept) + 2.0 * pixels;
    }`,
    `#version 300 es
    precision highp float;
    in vec4 paint; in float radius; in float kept_;
    uniform float halo, glow, rim, ink, pixels;
    uniform vec3 ground;
    out vec4 drawn;
    void main() {
      vec2 from = (gl_PointCoord - 0.5) * (radius * 2.0 * mix(1.0, halo, step(0.001, kept_)) + 2.0 * pixels);
      float away = length(from), edge = 0.75 * pixels;
      float body = 1.0 - smoothstep(radius - edge, radius + edge, away);
      float relief = 1.0 - 0.22 * smoothstep(0.0, 1.0, length(from + radius * vec2(0.25, 0.3)) / (1.3 * radius));
      vec3 hue = mix(paint.rgb, paint.rgb * relief * 1.08, glow);
      float around = clamp(1.0 - (away - radius) / max(radius * (halo - 1.0), 0.01), 0.0, 1.0);
      float aura = glow * kept_ * 0.2 * around * around * (1.0 - body);
      float parting = rim * (1.0 - smoothstep(radius + edge, radius + edge + 1.2 * pixels, away)) * (1.0 - body) * kept_;
      float alpha = body * paint.a * ink;
      drawn = vec4(hue * alpha + paint.rgb * aura + ground * parting, alpha + aura + parting);
    }`,
  ];

  /** A wash of colour behind the songs, drawn small and soft: where many of one colour stand, the ground takes it on. */
  const WASH = [
    `${PLACE}
    in vec3 xyz; in vec2 uv; in vec4 before, colour;
    uniform float size, tint, scale;
    out vec4 paint;
    void main() {
      vec4 eye = eyed(xyz, uv);
      vec4 look = mix(before, colour, tint);
      paint = vec4(look.rgb, look.a * (1.0 - 0.6 * mist(-eye.z)));
      gl_Position = projection * eye;
      gl_PointSize = clamp(size / -eye.z * scale, 1.0, 220.0);
    }`,
    `#version 300 es
    precision highp float;
    in vec4 paint;
    uniform float weight;
    out vec4 drawn;
    void main() {
      float away = length(gl_PointCoord - 0.5) * 2.0;
      float share = paint.a * weight * exp(-3.6 * away * away) * (1.0 - smoothstep(0.8, 1.0, away));
      drawn = vec4(paint.rgb * share, share);
    }`,
  ];

  const SKY = [
    `#version 300 es
    in vec2 corner;
    out vec2 at;
    void main() { at = corner; gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0); }`,
    `#version 300 es
    precision highp float;
    in vec2 at;
    uniform sampler2D wash;
    uniform vec3 middle, ground, border;
    uniform float strength, aside;
    out vec4 drawn;
    void main() {
      vec2 from = (at - vec2(0.5 + aside, 0.52)) / vec2(0.75, 0.7);
      float away = length(from);
      vec3 sky = mix(middle, ground, smoothstep(0.0, 0.62, away));
      sky = mix(sky, border, smoothstep(0.5, 1.15, away));
      vec4 laid = texture(wash, at);
      float cover = strength * (1.0 - exp(-laid.a));
      sky = mix(sky, laid.rgb / max(laid.a, 1e-4), cover);
      float grain = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))); // against bands
      drawn = vec4(sky + (grain - 0.5) / 255.0, 1.0);
    }`,
  ];

  /** Threads and paths: every stretch is a quad around the line from a to b, as wide as it is told on the screen. */
  const LINES = [
    `${PLACE}
    in vec2 corner; in vec3 axyz, bxyz; in vec2 auv, buv; in vec4 acolour, bcolour; in float wide;
    uniform vec2 view_size;
    out vec4 paint; out float across, half_;
    void main() {
      vec4 a = projection * eyed(axyz, auv), b = projection * eyed(bxyz, buv);
      vec2 along = normalize((b.xy / b.w - a.xy / a.w) * view_size + vec2(1e-5, 0.0));
      vec4 end = mix(a, b, corner.x);
      half_ = wide * pixels / 2.0;
      across = (corner.y * 2.0 - 1.0) * (half_ + pixels);
      vec2 off = vec2(-along.y, along.x) * across + along * (corner.x * 2.0 - 1.0) * 0.5 * pixels;
      gl_Position = end + vec4(off / view_size * end.w, 0.0, 0.0);
      paint = mix(acolour, bcolour, corner.x);
    }`,
    `#version 300 es
    precision highp float;
    in vec4 paint; in float across, half_;
    uniform float pixels;
    out vec4 drawn;
    void main() {
      float alpha = paint.a * (1.0 - smoothstep(half_ - 0.5 * pixels, half_ + 0.7 * pixels, abs(across)));
      drawn = vec4(paint.rgb * alpha, alpha);
    }`,
  ];

  /** The songs of an answer, over all others: a disc with a rim in the colour of the ground, a ring and a glow. */
  const LIGHTS = [
    `${PLACE}
    in vec3 xyz; in vec2 uv; in vec4 colour; in vec4 shape; // shape: diameter in pixels, ring, glow, core
    uniform float size;
    out vec4 paint, form; out float radius;
    void main() {
      vec4 eye = eyed(xyz, uv);
      float across = clamp(shape.x * sqrt(distance_) * size / -eye.z, shape.x * 0.7, shape.x * 1.7) * pixels;
      paint = colour; form = shape; radius = across / 2.0;
      gl_Position = projection * eye;
      gl_PointSize = across * max(1.0 + 3.2 * step(0.01, shape.z), 1.0 + 1.2 * step(0.01, shape.y)) + 6.0 * pixels;
    }`,
    `#version 300 es
    precision highp float;
    in vec4 paint, form; in float radius;
    uniform float pixels;
    uniform vec3 ground, core;
    out vec4 drawn;
    void main() {
      float reach = max(1.0 + 3.2 * step(0.01, form.z), 1.0 + 1.2 * step(0.01, form.y));
      float away = length(gl_PointCoord - 0.5) * (2.0 * radius * reach + 6.0 * pixels);
      float edge = 0.75 * pixels;
      float body = 1.0 - smoothstep(radius - edge, radius + edge, away);
      float parting = (1.0 - body) * (1.0 - smoothstep(radius + pixels, radius + 2.6 * pixels, away)) * 0.85;
      float ring = form.y * (1.0 - smoothstep(0.8 * pixels, 1.8 * pixels, abs(away - radius * 1.75)));
      float around = max(0.0, 1.0 - away / (radius * 4.0));
      float aura = form.z * around * around * (1.0 - body);
      vec3 hue = mix(paint.rgb, core, form.w * (1.0 - smoothstep(0.35 * radius, 0.8 * radius, away)));
      float alpha = body * paint.a;
      vec4 over = vec4(hue * alpha + ground * parting * paint.a, alpha + parting * paint.a);
      float under = max(ring, aura) * (1.0 - over.a);
      drawn = over + vec4(paint.rgb * under, under);
    }`,
  ];

  atlas.shaders = {SONGS, WASH, SKY, LINES, LIGHTS};
})();
