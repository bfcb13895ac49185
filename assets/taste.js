/* Taste: what is liked, not wanted or skipped teaches the list, on the server; "For you" lets it count. Skips teach while
   it does, and only of songs that came from the list or from the radio. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const SKIPPED = 20; // seconds of a song that was not wanted
  const DONE = {like: "Liked", not: "Noted: not"};
  let on = false;
  let listed = null; // {key, of}: the song that plays, if it was found for another one

  function show(taste) {
    on = taste.on;
    byId("taste-on").setAttribute("aria-pressed", String(on));
    byId("taste-said").textContent = taste.said;
    byId("taste-forget").hidden = !taste.choices && !on;
  }

  async function send(change) {
    const answer = await fetch(`/taste?g=${encodeURIComponent(songboard.generation)}`, {
      method: "POST",
      headers: {"X-Songboard": "taste", "Content-Type": "application/json"},
      body: JSON.stringify(change),
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (!told || told.error) {
      songboard.notice("trouble", told?.error ?? "Nothing was learned: Songboard does not answer.");
      return false;
    }
    const was = on;
    show(told);
    if (on || was) songboard.relisten();
    return true;
  }

  /** kind: like, not or skip. of: the id of the song that was asked about, null for none. */
  async function choose(kind, song, of) {
    if (!(await send({choice: kind, song, of})) || !DONE[kind]) return;
    const undo = {label: "Undo", act: () => send({choice: null, song, of})};
    const hint = on ? "" : " It counts once For you is on.";
    songboard.notice("done", `${DONE[kind]} “${songboard.named(song).title}”.${hint}`, undo);
  }

  /** The song of the library whose matches are shown. */
  const asked = () => songboard.answer?.song ?? null;

  document.addEventListener("songboard:cued", ({detail: {song}}) => {
    const {answer} = songboard;
    const shown = !song.aside && !answer?.path && answer?.matches.includes(Number(song.key));
    listed = null;
    if (song.after !== undefined) listed = {key: song.key, of: songboard.isTrack(song.after) ? null : Number(song.after)};
    else if (shown) listed = {key: song.key, of: asked()};
  });

  document.addEventListener("songboard:passed", ({detail: {song, second}}) => {
    if (on && listed?.key === song.key && second < SKIPPED) choose("skip", Number(song.key), listed.of);
  });

  songboard.when("#taste", () => {
    byId("taste-on").addEventListener("click", () => send({on: !on}));
    byId("taste-forget").addEventListener("click", () => send({forget: true}));
    fetch("/taste")
      .then((answer) => answer.json())
      .then((told) => (told.error ? (byId("taste-said").textContent = told.error) : show(told)))
      .catch(() => {}); // the banner says that the server is gone
  });

  document.addEventListener("click", ({target}) => {
    const card = target.closest?.("#card [data-like]");
    const row = target.closest?.("#matches [data-like], #matches [data-not]")?.dataset;
    if (card) choose("like", Number(card.dataset.like), null);
    if (row) choose(row.like ? "like" : "not", Number(row.like ?? row.not), asked());
  });
})();
