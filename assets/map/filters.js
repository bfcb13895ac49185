/* Which songs the rules keep: the same rules that the server lists by, so that what is dimmed never stands in the list. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});

  /** The code of a category's name; "" is the song of which it is not known. */
  atlas.code = function (songs, by, name) {
    if (by === "cluster") return name;
    songs.codes ??= {};
    songs.codes[by] ??= new Map([...songs.names[by].map((held, code) => [held, code]), ["", songs.names[by].length]]);
    return songs.codes[by].get(name);
  };

  /** The name that a rule calls a category by. */
  atlas.named = (songs, by, code) => (by === "cluster" ? code : (songs.names[by][code] ?? ""));

  /** 1 for every song that all rules keep, and the selection too where there is one; kept is filled and given back. */
  atlas.keep = function (songs, rules, selection, kept) {
    kept.fill(1);
    for (const [by, rule] of Object.entries(atlas.kinds)) {
      if (!rules[rule]) continue;
      const wanted = new Uint8Array(songs.names[by].length + 1);
      for (const name of rules[rule]) wanted[atlas.code(songs, by, name)] = 1;
      const column = songs[by];
      for (let song = 0; song < songs.count; song++) kept[song] &= wanted[column[song]];
    }
    for (const [by, {rule}] of Object.entries(atlas.numbers)) {
      if (!rules[rule]) continue;
      const [low, high] = rules[rule].map(Math.fround);
      const column = songs[by];
      for (let song = 0; song < songs.count; song++) kept[song] &= column[song] >= low && column[song] <= high ? 1 : 0;
    }
    if (selection) for (let song = 0; song < songs.count; song++) kept[song] &= selection[song];
    return kept;
  };

  /** The rules of the map that are set, one a line: {rule, by, value (of a category), words}. */
  atlas.setRules = function (songs, rules, called) {
    const set = [];
    for (const [by, rule] of Object.entries(atlas.kinds)) {
      for (const value of rules[rule] ?? []) {
        const name = by === "cluster" ? (songs.names.cluster[value] ?? "") : value;
        set.push({rule, by, value, words: atlas.sayName(by, name)});
      }
    }
    for (const [by, {rule, say}] of Object.entries(atlas.numbers)) {
      if (rules[rule]) set.push({rule, by, words: `${called[by]} ${say(rules[rule][0])} – ${say(rules[rule][1])}`});
    }
    return set;
  };

  const UNKNOWN = {genre: "No genre", artist: "Unknown artist", key: "No key"};

  /** A category as people say it: "F#m" is "F♯ minor". */
  atlas.sayName = function (by, name) {
    if (!name) return UNKNOWN[by] ?? "Unnamed";
    if (by !== "key") return name;
    const minor = name.endsWith("m");
    return `${name.replace(/m$/, "").replace("#", "♯")} ${minor ? "minor" : "major"}`;
  };
})();
