/* The map that is given away has no server: what the scripts of the page ask of one is answered here, from what the file
   itself holds. dashboard/share.py says what that is. Nothing is asked of anybody else. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const HUES = 24;
  const opened = {};

  /** What the file holds under a name, as an ArrayBuffer. */
  const held = (name) => (opened[name] ??= unpack(document.getElementById(`held-${name}`).textContent));

  function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  /** {songs: the atlas, near: its neighbours, table: titles, artists …}. */
  let library = null;
  const known = () => (library ??= open());

  async function open() {
    const [map, near, names] = await Promise.all(["map", "near", "songs"].map(held));
    const {atlas} = songboard;
    return {songs: atlas.read(map), near: atlas.read(near), table: JSON.parse(new TextDecoder().decode(names))};
  }

  function row({songs, near, table}, song, similarity) {
    const {closeness, full} = near.names;
    const {word, meaning} = closeness.find(({least}) => similarity >= least) ?? closeness.at(-1);
    const best = closeness[0].least;
    const share = similarity <= best ? Math.max(0, (full * similarity) / best) : full + ((1 - full) * (similarity - best)) / (1 - best);
    return {
      id: song, title: table.titles[song], by: table.artists[song] || table.albums[song],
      group: songs.names.cluster[songs.cluster[song]], hue: `var(--cluster-${songs.cluster[song] % HUES})`,
      word, meaning, figure: similarity.toFixed(2).replace("-", "−"), share: Math.min(1, share),
    };
  }

  function listed(found, rows) {
    if (rows.length) return {heading: "Most alike", count: rows.length === 1 ? "1 song" : `${rows.length} songs`, rows};
    if (!found.length) return {nothing: "There is nothing else on this map."};
    return {nothing: `Nothing that the filters leave is among the ${found.length} songs most like it.`, loosen: "all", button: "Clear the filters"};
  }

  async function answer(asked) {
    const library = await known();
    const {songs, near} = library;
    if (asked?.song === undefined) return {card: songboard.start, listed: {}, lit: null};
    const {song, rules} = asked;
    const width = near.near.length / near.count;
    const kept = songboard.atlas.keep(songs, rules, null, new Uint8Array(songs.count));
    const found = Array.from({length: width}, (_, at) => ({
      id: near.near[song * width + at], similarity: near.similarity[song * width + at] / 100 - 1,
    })).filter(({id}) => id < songs.count);
    const shown = found.filter(({id}) => kept[id]);
    return {
      card: songboard.givenCard(library, song),
      listed: {matches: listed(found, shown.map(({id, similarity}) => row(library, id, similarity)))},
      lit: {
        query: asked, song, track: null, path: null, matches: shown.map(({id}) => id),
        similarities: shown.map(({similarity}) => similarity), starts: shown.map(() => null),
      },
    };
  }

  async function find(text) {
    const library = await known();
    return songboard.givenHits(library, text.trim());
  }

  window.fetch = async function (address, {body = "null", signal} = {}) {
    const {pathname, searchParams} = new URL(address, location.href);
    const route = pathname.split("/")[1];
    const told = {
      map: () => held("map"),
      songs: () => held("songs"),
      find: async () => JSON.stringify(await find(searchParams.get("text"))),
      answer: async () => JSON.stringify(await answer(JSON.parse(body))),
    }[route];
    const content = await told?.();
    signal?.throwIfAborted();
    return new Response(content ?? "", {status: told ? 200 : 404});
  };
})();
