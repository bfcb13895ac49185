/* DJ order: the songs of the queue, or of a path, in an order in which tempo and key go from each into the next. The
   server finds it. */
(function () {
  const songboard = (window.songboard = window.songboard || {});

  /** Songs in DJ order and how well that went, {songs: [ids], said}. ends: {first, last}: whether these stay in place. */
  async function order(songs, ends) {
    const answer = await fetch(`/order?g=${encodeURIComponent(songboard.generation)}`, {
      method: "POST",
      headers: {"X-Songboard": "order", "Content-Type": "application/json"},
      body: JSON.stringify({songs, ...ends}),
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (told?.songs) return told;
    songboard.notice("trouble", told?.error ?? "The songs could not be put in order: Songboard does not answer.");
    return null;
  }

  /** The song that plays comes before them all; dropped tracks go to the end. */
  async function orderQueue() {
    const {queue, current} = songboard;
    const before = queue.songs;
    const plays = current && !songboard.isTrack(current.key) ? [Number(current.key)] : [];
    const [ours, tracks] = [before.filter(Number.isInteger), before.filter((song) => !Number.isInteger(song))];
    const told = await order([...plays, ...ours], {first: plays.length > 0});
    if (!told) return;
    if (String(queue.songs) !== String(before)) return orderQueue(); // changed meanwhile
    queue.set([...told.songs.slice(plays.length), ...tracks]);
    songboard.notice("done", told.said);
  }

  document.addEventListener("click", async ({target}) => {
    if (target.closest?.("#queue-order")) return orderQueue();
    const path = target.closest?.("[data-order]");
    if (!path) return;
    const told = await order(path.dataset.order.split(",").map(Number), {first: true, last: true});
    if (!told) return;
    songboard.enqueue(told.songs);
    songboard.notice("done", told.said);
  });
})();
