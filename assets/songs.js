/* What the songs are called: asked for once, after the map has been drawn, and kept. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  let table = null;
  let settle;
  songboard.songs = new Promise((resolve) => (settle = resolve));

  /** {id, title, artist, album, cluster, length}, or null before the names have come and for a song there is none of. */
  songboard.song = function (id) {
    if (!table || !(id in table.titles)) return null;
    return {
      id: Number(id), title: table.titles[id], artist: table.artists[id], album: table.albums[id],
      cluster: songboard.clusterOf?.(id) ?? null, length: table.lengths[id],
    };
  };

  async function load() {
    if (table) return;
    const answer = await fetch(`/songs/${songboard.generation}`).catch(() => null);
    if (!answer?.ok) return; // the banner says that the server is gone, or the page is about to be loaded anew
    table = await answer.json();
    settle(table);
    songboard.tell("named");
  }

  document.addEventListener("songboard:mapped", load);
})();
