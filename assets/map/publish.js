/* songboard.map: what the rest of the page, and the tests, may know of the map. Nothing can be changed through it. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const atlas = (songboard.atlas = songboard.atlas || {});

  atlas.publish = function ({map, songs, camera, screen, kept, view, labels, colourOf, under, lit, hovered, moving}) {
    const hex = (parts) => `#${parts.map((part) => Math.round(255 * part).toString(16).padStart(2, "0")).join("")}`;
    songboard.clusterOf = (song) => songs.cluster[song];
    /** What a DJ minds of a song, {bpm, key}: a number or null, and "Am" or "". */
    songboard.mixOf = (song) => (song in songs.key ? {bpm: songs.tempo[song] || null, key: songs.names.key[songs.key[song]] ?? ""} : null);
    songboard.map = Object.freeze({
      /** Where a song's point stands in the window, [x, y] in CSS pixels. */
      project(song) {
        const box = map.getBoundingClientRect();
        screen.update(camera);
        return [box.left + screen.x[song], box.top + screen.y[song]];
      },
      /** The song that a click there would choose, or null. */
      under(x, y) {
        const box = map.getBoundingClientRect();
        screen.update(camera);
        return under(x - box.left, y - box.top, "mouse");
      },
      colourOf: (song) => hex(colourOf(song)),
      dimmed: (song) => !kept[song],
      get count() { return songs.count; },
      get mode() { return view.flat ? "2d" : "3d"; },
      get by() { return view.by; },
      get hovered() { return hovered(); },
      get labels() { return labels.shown; },
      get moving() { return moving(); },
      get camera() {
        const {yaw, pitch, distance, target, flat} = camera;
        return {yaw, pitch, distance, target: [...target], flat};
      },
      get lit() {
        const {song, track, matches, stops} = lit();
        return {song, track: track?.token ?? null, matches: matches.map((match) => match.song), path: stops.map((stop) => stop.song)};
      },
    });
  };
})();
