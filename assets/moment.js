/* A moment of a song, chosen on its waveform: drag over it, or use the keyboard. It asks for songs with a bit like it.
   A click plays from there. On the player's waveform a drag seeks, so there Alt goes with it, or the button beside it. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const [SHORTEST, LONGEST, USUAL] = [2, 60, 6]; // seconds
  const JUST_HEARD = 5; // seconds of the usual moment that lie before what is playing now
  const STILL = 4; // pixels a click may move
  const GRIP = 8; // pixels around an edge
  let draft = null; // {key, from, to} while it is not asked yet
  let drag = null; // {host, key, anchor, x, moved}
  let refocus = null;

  const clock = (second) => songboard.clock(Math.round(second));
  const keyOf = (host) => host.dataset.waveform ?? songboard.current?.key ?? "";

  /** The moment of a song that is drafted, or else asked. */
  function momentOf(key) {
    if (draft) return draft.key === key ? draft : null;
    const {song, track, moment} = songboard.state;
    return moment && key !== "" && key === String(song ?? track) ? {key, from: moment[0], to: moment[1]} : null;
  }

  /** From a fixed end to a loose one, no shorter and no longer than may be asked, within the song. */
  function between(key, anchor, loose) {
    const length = songboard.lengthOf(key);
    const long = Math.min(Math.max(Math.abs(loose - anchor), SHORTEST), LONGEST, length);
    const from = Math.min(Math.max(loose < anchor ? anchor - long : anchor, 0), length - long);
    return {key, from, to: from + long};
  }

  function ask({key, from, to}) {
    const {song, track, more, less} = songboard.state;
    const of = key.startsWith("track-") ? {track: key} : {song: Number(key)};
    const kept = key === String(song ?? track) ? {...(more && {more}), ...(less && {less})} : {};
    const round = (second) => Math.round(second * 10) / 10;
    draft = null;
    songboard.ask({...kept, ...of, moment: [round(from), round(to)]});
    show();
  }

  function clear(key) {
    const had = momentOf(key);
    const asked = !draft && had;
    draft = null;
    if (asked) {
      const {rules, generation, moment, ...rest} = songboard.state;
      songboard.ask(rest);
    }
    show();
    return Boolean(had);
  }

  /** Show on every waveform the moment of its song. */
  function show() {
    for (const host of document.querySelectorAll(".waveform")) {
      const key = keyOf(host);
      const length = songboard.lengthOf(key);
      const moment = length ? momentOf(key) : null;
      const mark = host.querySelector(":scope > .moment");
      if (!mark) continue;
      mark.hidden = !moment;
      if (moment) {
        mark.style.left = `${(100 * moment.from) / length}%`;
        mark.style.width = `${(100 * (moment.to - moment.from)) / length}%`;
        mark.dataset.says = `${clock(moment.from)}–${clock(moment.to)}`;
      }
      if (host.id === "seek") continue;
      host.setAttribute("aria-valuemax", String(Math.round(length)));
      host.setAttribute("aria-valuenow", String(Math.round(moment?.from ?? 0)));
      const says = moment ? `${clock(moment.from)} to ${clock(moment.to)}` : "No moment chosen";
      host.setAttribute("aria-valuetext", says);
    }
  }

  function second(host, x) {
    const {left, width} = host.getBoundingClientRect();
    return Math.min(Math.max((x - left) / width, 0), 1) * songboard.lengthOf(keyOf(host));
  }

  function begin(host, event) {
    const key = keyOf(host);
    if (event.button !== 0 || !key || (host.id === "seek" && !event.altKey)) return;
    event.preventDefault();
    event.stopPropagation();
    const had = momentOf(key);
    const pixels = host.getBoundingClientRect().width / (songboard.lengthOf(key) || 1);
    const at = second(host, event.clientX);
    const near = (edge) => had && Math.abs(edge - at) * pixels <= GRIP;
    const anchor = near(had?.to) ? had.from : near(had?.from) ? had.to : at;
    drag = {host, key, anchor, x: event.clientX, moved: anchor !== at};
    host.setPointerCapture(event.pointerId);
    if (host.id !== "seek") host.focus({focusVisible: false});
  }

  function move(event) {
    if (!drag || !songboard.lengthOf(drag.key)) return;
    drag.moved ||= Math.abs(event.clientX - drag.x) > STILL;
    if (drag.moved) draft = between(drag.key, drag.anchor, second(drag.host, event.clientX));
    show();
  }

  function end() {
    if (!drag) return;
    const {host, key, moved, x} = drag;
    drag = null;
    if (moved && draft) ask(draft);
    else if (host.id !== "seek") songboard.play(songboard.named(key), second(host, x));
  }

  /** Arrows move it, Shift and arrows make it longer or shorter, Enter asks, Escape clears. */
  function keyed(host, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = keyOf(host);
    const length = songboard.lengthOf(key);
    const by = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[event.key];
    const had = momentOf(key);
    if (by && length && !had) {
      const heard = songboard.current?.key === key ? songboard.audio.currentTime : 0;
      draft = between(key, heard, heard + USUAL);
    } else if (by && length && event.shiftKey) draft = between(key, had.from, Math.max(had.from, had.to + by));
    else if (by && length) {
      const from = Math.min(Math.max(had.from + by, 0), length - (had.to - had.from));
      draft = {key, from, to: from + had.to - had.from};
    } else if (event.key === "Enter" && had) {
      refocus = key;
      ask(had);
    } else if (event.key !== "Escape" || !clear(key)) return;
    event.preventDefault();
    event.stopPropagation();
    show();
  }

  document.addEventListener("songboard:waveform", ({detail: host}) => {
    const mark = document.createElement("span");
    mark.className = "moment";
    mark.hidden = true;
    host.append(mark);
    host.addEventListener("pointerdown", (event) => begin(host, event), true);
    host.addEventListener("mousedown", (event) => event.altKey && event.preventDefault(), true);
    host.addEventListener("pointermove", move);
    host.addEventListener("pointerup", end);
    host.addEventListener("pointercancel", () => {
      drag = draft = null;
      show();
    });
    if (host.id !== "seek") {
      Object.assign(host, {tabIndex: 0, role: "slider", title: "Click to play from here, drag to find songs with a bit like this"});
      host.setAttribute("aria-label", "Moment of the song. Arrows move it, with Shift they make it longer or shorter, Enter finds songs with a bit like it");
      host.setAttribute("aria-valuemin", "0");
      host.addEventListener("keydown", (event) => keyed(host, event));
    }
    if (refocus !== null && refocus === keyOf(host)) host.focus();
    refocus = null;
    show();
  });

  function draftless() {
    draft = null;
    show();
  }
  document.addEventListener("songboard:asked", draftless);
  for (const event of ["answered", "cued", "named"]) document.addEventListener(`songboard:${event}`, () => drag || show());
  songboard.when("#player", () => {
    songboard.audio.addEventListener("durationchange", show);
    document.getElementById("moment").addEventListener("click", () => {
      const {current, audio} = songboard;
      if (!current || !songboard.lengthOf(current.key)) return;
      const from = Math.max(0, audio.currentTime - JUST_HEARD);
      ask(between(current.key, from, from + USUAL));
    });
  });
})();
