/* What a colour says: each song's, by a category or along a ramp. The style sheet palette.css names all colours. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const HUES = 24;
  const STOPS = 7;
  const STRAY = 0.005; // the share of songs at either end that a ramp does not stretch to
  const FIFTHS = [1, 9, 4, 7, 2, 5, 11, 8, 0, 10, 3, 6]; // the vivid hues in the order of the rainbow
  const PALER = [13, 16, 19, 14, 17, 22, 20, 23, 12, 18, 15, 21];

  /** What the page calls a column, as people say its numbers; a logarithm for what the ear takes by ratios. */
  atlas.numbers = {
    year: {rule: "years", say: (year) => String(Math.round(year)), step: 1},
    tempo: {rule: "tempo", say: (bpm) => `${Math.round(bpm)} bpm`, step: 1},
    loudness: {rule: "loudness", say: (level) => `${Math.round(level)} dB`.replace("-", "−"), step: 0.5},
    brightness: {rule: "brightness", say: (hertz) => `${(hertz / 1000).toFixed(1)} kHz`, step: 10, ratio: true},
  };
  atlas.kinds = {cluster: "clusters", genre: "genres", artist: "artists", key: "keys"};

  const probe = document.createElement("canvas").getContext("2d");
  const read = new Map(); // colours by name: to ask the page for one makes it lay itself out
  document.addEventListener("songboard:theme", () => read.clear());

  /** A variable of the style sheet as [red, green, blue], 0..255. */
  atlas.colour = function (name) {
    if (!read.has(name)) read.set(name, resolve(name));
    return read.get(name);
  };

  function resolve(name) {
    probe.fillStyle = "#888";
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const hex = Number.parseInt(probe.fillStyle.slice(1, 7), 16);
    return [(hex >> 16) & 255, (hex >> 8) & 255, hex & 255];
  }

  /** The variable that colours a category by its code. */
  atlas.hue = function (by, code, names) {
    if (code >= names.length) return "--cluster-none";
    if (by === "key") return `--cluster-${code < 12 ? FIFTHS[code] : PALER[code - 12]}`;
    if (by !== "cluster" && code >= HUES) return "--cluster-other";
    return `--cluster-${code % HUES}`;
  };

  /** How the numbers of a column lie along a ramp: {low, high, least, most, share(number), at(share)}; null for none. */
  atlas.scale = function (songs, by) {
    songs.scales ??= {};
    if (by in songs.scales) return songs.scales[by];
    const {ratio, step} = atlas.numbers[by];
    const known = songs[by].filter((value) => value === value).sort();
    if (!known.length) return (songs.scales[by] = null);
    const at = (share) => known[Math.round(share * (known.length - 1))];
    const low = Math.floor(at(STRAY) / step) * step;
    const high = Math.max(Math.ceil(at(1 - STRAY) / step) * step, low + step);
    const bend = ratio ? Math.log : (value) => value;
    const unbend = ratio ? Math.exp : (value) => value;
    return (songs.scales[by] = {
      low, high, least: known[0], most: known[known.length - 1],
      share: (value) => Math.min(Math.max((bend(value) - bend(low)) / (bend(high) - bend(low)), 0), 1),
      at: (share) => unbend(bend(low) + share * (bend(high) - bend(low))),
    });
  };

  /** A table of 256 colours along the ramp. */
  function ramp() {
    const stops = Array.from({length: STOPS}, (_, stop) => atlas.colour(`--ramp-${stop}`));
    return Array.from({length: 256}, (_, at) => {
      const place = (at / 255) * (STOPS - 1);
      const stop = Math.min(Math.floor(place), STOPS - 2);
      return stops[stop].map((value, part) => value + (place - stop) * (stops[stop + 1][part] - value));
    });
  }

  /** The colour of every song, four bytes each; the fourth is 255 where the song is kept. */
  atlas.paint = function (songs, by, kept, colours) {
    const column = songs[by];
    let table;
    let entry;
    if (atlas.numbers[by]) {
      const scale = atlas.scale(songs, by);
      table = [...ramp(), atlas.colour("--cluster-none")];
      entry = (song) => (scale && column[song] === column[song] ? Math.round(scale.share(column[song]) * 255) : 256);
    } else {
      const names = songs.names[by];
      const hues = new Map();
      const codes = names.length + 1;
      table = Array.from({length: codes}, (_, code) => {
        const hue = atlas.hue(by, code, names);
        if (!hues.has(hue)) hues.set(hue, atlas.colour(hue));
        return hues.get(hue);
      });
      entry = (song) => column[song];
    }
    for (let song = 0; song < songs.count; song++) {
      const [red, green, blue] = table[entry(song)];
      colours[4 * song] = red;
      colours[4 * song + 1] = green;
      colours[4 * song + 2] = blue;
      colours[4 * song + 3] = kept[song] ? 255 : 0;
    }
    return colours;
  };
})();
