/* What an answer lights: the chosen song, its matches by how similar they are and a thread to each, a path as a line
   through its stops, and dropped tracks glowing where they would stand. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const BENDS = 14; // straight pieces between two stops of a path
  const tracks = new Map(); // token → {title, xyz, uv}: every track that was asked about and is still in the tray

  const placeOf = (songs, song) => ({xyz: [...songs.xyz.subarray(3 * song, 3 * song + 3)], uv: [...songs.uv.subarray(2 * song, 2 * song + 2)]});

  /** A bend through four places at a share of the way from the second to the third (Catmull and Rom, 1974). */
  const bend = (a, b, c, d, t) =>
    b.map((_, axis) => {
      const [p, q, r, s] = [a[axis], b[axis], c[axis], d[axis]];
      return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t * t * t);
    });

  function curve(stops) {
    const line = [];
    for (let at = 0; at + 1 < stops.length; at++) {
      const around = [stops[Math.max(at - 1, 0)], stops[at], stops[at + 1], stops[Math.min(at + 2, stops.length - 1)]];
      for (let piece = 0; piece < BENDS; piece++) {
        const at = piece / BENDS;
        line.push({xyz: bend(...around.map(({xyz}) => xyz), at), uv: bend(...around.map(({uv}) => uv), at)});
      }
    }
    return [...line, stops.at(-1)];
  }

  const shade = (name, alpha) => [...atlas.colour(name).map((part) => part / 255), alpha];
  const thread = (a, b, from, to, wide) => [...a.xyz, ...a.uv, ...b.xyz, ...b.uv, ...from, ...to, wide];
  const beacon = ({xyz, uv}, colour, diameter, ring = 0, glow = 0, core = 0) => [...xyz, ...uv, ...colour, diameter, ring, glow, core];

  /** Forget the tracks that have left the tray. */
  atlas.forget = (ready) => {
    const held = new Set(ready.map(({token}) => token));
    for (const token of tracks.keys()) if (!held.has(token)) tracks.delete(token);
  };

  /** An answer as places: {centre, matches: [{song, similarity, place}], stops: [{song, place}], track}. */
  atlas.lit = function (songs, answer) {
    if (!answer) return {centre: null, matches: [], stops: [], track: null, song: null};
    const held = (song) => Number.isInteger(song) && song >= 0 && song < songs.count;
    const stops = (answer.path ?? []).filter(held).map((song) => ({song, place: placeOf(songs, song)}));
    const matches = (answer.path ? [] : answer.matches).filter(held).map((song, at) => ({song, similarity: answer.similarities[at], place: placeOf(songs, song)}));
    let centre = held(answer.song) && !answer.path ? placeOf(songs, answer.song) : null;
    if (answer.track) {
      centre = {xyz: atlas.framed(answer.track.xyz, songs.frame.xyz), uv: atlas.framed(answer.track.uv, songs.frame.uv)};
      tracks.set(answer.track.token, {title: answer.track.title, ...centre});
    }
    return {centre, matches, stops, track: answer.track, song: answer.path ? null : answer.song};
  };

  /** The diameter of what is lit, by that of a point. */
  atlas.lead = (size) => Math.max(size * 1.25, 6);

  /** The rows that scene.light() takes. colourOf: of a song, [red, green, blue] 0..1. size: a point's diameter. */
  atlas.lightRows = function (songs, lit, colourOf, size, playing) {
    const [threads, beacons] = [[], []];
    const accent = shade("--map-chosen", 1);
    const line = (alpha) => shade("--map-thread", alpha);
    const casing = shade("--map-ground", 1); // parts the line of a path from what lies behind it
    const lead = atlas.lead(size);
    if (lit.stops.length > 1) {
      const way = curve(lit.stops.map(({place}) => place));
      for (let at = 0; at + 1 < way.length; at++) threads.push(thread(way[at], way[at + 1], casing, casing, 5.5));
      for (let at = 0; at + 1 < way.length; at++) threads.push(thread(way[at], way[at + 1], accent, accent, 2.2));
    }
    lit.stops.forEach(({song, place}, at) => {
      const end = at === 0 || at === lit.stops.length - 1;
      beacons.push(beacon(place, [...colourOf(song), 1], lead * (end ? 1.5 : 1.15), 0, end ? 0.35 : 0));
    });
    const best = Math.max(...lit.matches.map(({similarity}) => similarity), 1e-3);
    for (const {song, similarity, place} of [...lit.matches].reverse()) {
      const share = Math.max(similarity / best, 0); // of the most similar
      if (lit.centre) threads.push(thread(lit.centre, place, line(0.1 + 0.45 * share), line(0.05 + 0.25 * share), 0.8 + 0.8 * share));
      beacons.push(beacon(place, [...colourOf(song), 1], lead * (0.8 + 0.6 * share)));
    }
    for (const [token, place] of tracks) {
      if (token !== lit.track?.token) beacons.push(beacon(place, shade("--track", 0.9), lead * 1.1, 0, 0.35));
    }
    if (playing !== null && playing !== lit.song && playing < songs.count) {
      beacons.push(beacon(placeOf(songs, playing), [...colourOf(playing), 1], lead * 1.2, 0.9, 0));
    }
    if (lit.centre) beacons.push(beacon(lit.centre, lit.track ? shade("--track", 1) : accent, lead * 1.75, 1, lit.track ? 0.75 : 0.5, 1));
    return {threads, beacons};
  };

  /** The view that holds all that is lit: a target in space, and how far around it things lie. */
  atlas.around = function (lit, flat) {
    const places = [...(lit.centre ? [lit.centre] : []), ...lit.matches.map(({place}) => place), ...lit.stops.map(({place}) => place)];
    if (!places.length) return null;
    const at = places.map(({xyz, uv}) => (flat ? [uv[0], uv[1], 0] : xyz));
    const middle = [0, 1, 2].map((axis) => (Math.min(...at.map((place) => place[axis])) + Math.max(...at.map((place) => place[axis]))) / 2);
    return {target: middle, radius: Math.max(...at.map((place) => Math.hypot(...place.map((value, axis) => value - middle[axis])))), places: at};
  };
})();
