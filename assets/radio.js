/* The radio: when the queue is at its end, it goes on with the song most like the last that the rules let
   through and that was not heard yet. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const HEARD = "songboard.heard"; // of this tab, until it is closed
  const MOST_HEARD = 500;
  let on = false;
  let heard = []; // ids, the latest last
  let pick = null; // {after, song}: found ahead of time, so that nothing is waited for between two songs

  const generation = () => songboard.generation;

  function remember(key) {
    const id = Number(key);
    if (!Number.isInteger(id)) return;
    heard = [...heard.filter((other) => other !== id), id].slice(-MOST_HEARD);
    try {
      sessionStorage.setItem(HEARD, JSON.stringify({generation: generation(), heard}));
    } catch {
      // a browser that keeps nothing still plays
    }
  }

  /** The id of the next song; null at the end, undefined where nobody answers. */
  async function find(key) {
    const rules = JSON.stringify(songboard.state.rules);
    const asked = new URLSearchParams({song: key, heard: heard.join(","), rules, g: generation()});
    const answer = await fetch(`/next?${asked}`).catch(() => null);
    const told = await answer?.json().catch(() => null);
    return told?.error ? (songboard.notice?.("trouble", told.error), undefined) : told?.song;
  }

  /** Look for the next song while this one plays. */
  async function prepare() {
    const key = songboard.current?.key;
    if (!on || !key || songboard.queue.songs.length || pick?.after === key) return;
    const sought = (pick = {after: key, song: undefined});
    const song = await find(key);
    if (pick !== sought) return; // another song plays by now, or by other rules
    pick = song === undefined ? null : {after: key, song};
    songboard.tell("radio", songboard.radio.picked);
  }

  function renew() {
    pick = null;
    songboard.tell("radio", null);
    prepare();
  }

  /** What it had found goes by what the listener liked then. */
  songboard.relisten = function () {
    songboard.again();
    renew();
  };

  songboard.radio = {
    get on() {
      return on;
    },
    /** The id of the song it will go on with, null while that is not known. */
    get picked() {
      return on && pick?.after === songboard.current?.key ? (pick?.song ?? null) : null;
    },
    set(wanted) {
      on = wanted;
      document.getElementById("radio").setAttribute("aria-pressed", String(on));
      renew();
    },
    async next() {
      const key = songboard.current.key;
      const song = pick?.after === key && pick.song !== undefined ? pick.song : await find(key);
      if (song === null) songboard.notice?.("done", Object.keys(songboard.state.rules).length ? "The radio has played everything that the rules let through." : "The radio has played everything it can go on with.");
      if (song === undefined) songboard.notice?.("trouble", "The radio found nothing: Songboard does not answer.");
      return song === null || song === undefined ? null : {...songboard.named(song), after: key};
    },
  };

  songboard.when("#player", () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(HEARD));
      if (kept?.generation === generation()) heard = kept.heard.filter(Number.isInteger).slice(-MOST_HEARD);
    } catch {
      // nothing kept, or nothing that can be read
    }
    const button = document.getElementById("radio");
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => songboard.radio.set(!on));
    songboard.audio.addEventListener("playing", () => {
      remember(songboard.current.key);
      prepare();
    });
    document.addEventListener("songboard:queued", prepare);
    document.addEventListener("songboard:ruled", renew);
    document.addEventListener("songboard:broken", ({detail}) => remember(detail.song.key)); // not tried again
  });
})();
