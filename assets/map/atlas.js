/* The songs as the map knows them: one binary answer of the server, taken apart into typed arrays. dashboard/song_map.py
   says how it is laid out. The parts of the map hang on songboard.atlas; stage.js puts them together. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const atlas = (songboard.atlas = songboard.atlas || {});
  const ARRAYS = {float32: Float32Array, uint32: Uint32Array, uint16: Uint16Array, uint8: Uint8Array};

  /** {count, xyz, uv, cluster, genre, …: typed arrays in id order; names: by category; centres; frame}. */
  atlas.read = function (buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const songs = {count: header.songs, names: header.categories, centres: header.centres, frame: header.frame};
    let at = 4 + length;
    for (const {name, dtype, width} of header.arrays) {
      songs[name] = new ARRAYS[dtype](buffer, at, header.songs * width);
      at += Math.ceil(songs[name].byteLength / 4) * 4;
    }
    return songs;
  };

  atlas.load = async function (generation) {
    const answer = await fetch(`/map/${generation}`);
    if (!answer.ok) throw new Error(await answer.text());
    return atlas.read(await answer.arrayBuffer());
  };

  /** Where a place of the library, [3] or [2], stands in the frame of the map. */
  atlas.framed = (place, {centre, radius}) => place.map((value, axis) => (value - centre[axis]) / radius);
})();
