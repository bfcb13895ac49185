/* The queue as a list: drag a song by its grip, or move it with Alt and the arrow keys. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const SHOWN = 300; // rows; a longer queue is kept and played whole
  let drag = null; // {row, from}

  function element(tag, className, text = "") {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    if (tag === "button") made.type = "button";
    return made;
  }

  function icon(name, says) {
    const button = element("button", `icon-button queue-${name}`);
    button.append(element("span", `icon icon-${name}`));
    button.setAttribute("aria-label", says);
    button.title = says;
    return button;
  }

  function names(song) {
    const {title, artist} = songboard.named(song);
    const main = element("button", "queue-main");
    main.append(element("span", "queue-title", title), element("span", "queue-artist", artist || "Unknown artist"));
    main.title = `Play ${title} now`;
    return main;
  }

  /** Tempo and key, where they are known. */
  function mix(song) {
    const {bpm, key} = songboard.mixOf?.(song) ?? {};
    const said = [bpm && Math.round(bpm), key?.replace("#", "♯")].filter(Boolean).join(" · ");
    const made = element("span", "queue-mix", said);
    made.title = [bpm && `${Math.round(bpm)} bpm`, key && songboard.atlas.sayName("key", key)].filter(Boolean).join(", ");
    return made;
  }

  function row(song) {
    const {title} = songboard.named(song);
    const made = element("li", "queue-row");
    const length = songboard.song?.(song)?.length;
    made.append(
      icon("grip", `Move ${title}: drag, or Alt and an arrow`),
      names(song),
      mix(song),
      element("span", "time", length ? songboard.clock(length) : ""),
      icon("close", `Remove ${title} from the queue`),
    );
    return made;
  }

  function render() {
    const {queue} = songboard;
    const songs = queue.songs;
    const held = document.activeElement?.closest?.("#queue-list .queue-row");
    const control = held && [...held.children].indexOf(document.activeElement);
    const at = held && rows().indexOf(held);
    byId("queue-list").replaceChildren(...songs.slice(0, SHOWN).map(row));
    if (held) focus(at, control);
    const seconds = songs.reduce((sum, song) => sum + (songboard.song?.(song)?.length || 0), 0);
    const count = songs.length === 1 ? "1 song" : `${songs.length.toLocaleString()} songs`;
    byId("queue-figures").textContent = songs.length ? `${count}${seconds ? ` · ${songboard.clock(seconds)}` : ""}` : "";
    byId("queue-count").textContent = songs.length ? songs.length.toLocaleString() : "";
    byId("queue-open").setAttribute("aria-label", `Queue, ${count}`);
    byId("queue-clear").disabled = !songs.length;
    byId("queue-order").disabled = songs.length < 2;
    byId("queue-save").disabled = ![songboard.current?.key ?? "track-", ...songs].some((song) => !songboard.isTrack(song));
    songboard.tabCount?.("queue", songs.length);
    now();
    after(songs);
  }

  /** The song in the player, with a button of its own. */
  function now() {
    const {current} = songboard;
    if (!current) return byId("queue-now").replaceChildren();
    const play = element("button", "play");
    play.dataset.play = current.key;
    play.setAttribute("aria-label", `Play or pause ${current.title}`);
    play.append(element("span", "icon icon-play"));
    const names = element("div", "queue-main");
    names.append(element("span", "queue-title", current.title), element("span", "queue-artist", current.artist || "Unknown artist"));
    byId("queue-now").replaceChildren(element("h2", "eyebrow", "Now playing"), play, names);
  }

  /** What follows when the queue is at its end. */
  function after(songs) {
    const {radio} = songboard;
    const more = songs.length > SHOWN ? `And ${(songs.length - SHOWN).toLocaleString()} more. ` : "";
    const next = radio.picked === null ? "what is most like the last song" : `“${songboard.named(radio.picked).title}”`;
    const empty = songs.length ? "" : "Nothing is queued. ";
    const then = radio.on ? `${songs.length ? "Then the" : "The"} radio goes on with ${next}.` : "After that, the songs shown under Alike or Path play on.";
    byId("queue-next").textContent = more + empty + (songs.length || radio.on ? then : "Add songs with the queue button of a row, or open a playlist. Until then the songs shown under Alike or Path play on.");
  }

  const rows = () => [...document.querySelectorAll("#queue-list .queue-row")];
  const focus = (at, control = 1) => (rows()[Math.min(at, rows().length - 1)]?.children[control] ?? byId("playlist-open")).focus();

  function move(from, to) {
    const {queue} = songboard;
    if (to < 0 || to >= queue.songs.length) return;
    const {title} = songboard.named(queue.songs[from]);
    queue.move(from, to);
    byId("queue-said").textContent = `${title} is now number ${to + 1} of ${queue.songs.length}.`;
  }

  function remove(at) {
    const {title} = songboard.named(songboard.queue.songs[at]);
    songboard.queue.remove(at);
    byId("queue-said").textContent = `${title} was removed.`;
  }

  function keyed(event) {
    const at = rows().indexOf(event.target.closest(".queue-row"));
    if (at < 0 || event.ctrlKey || event.metaKey) return;
    const control = [...rows()[at].children].indexOf(event.target);
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (by && event.altKey) {
      move(at, at + by);
      focus(Math.max(at + by, 0), control);
    } else if (by && !event.altKey) focus(Math.max(at + by, 0), control);
    else if (event.key === "Delete") {
      remove(at);
      focus(at, control);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function dragged(event) {
    if (!drag) return;
    const others = rows().filter((other) => other !== drag.row);
    const below = others.find((other) => {
      const {top, height} = other.getBoundingClientRect();
      return event.clientY < top + height / 2;
    });
    if (below ? below.previousElementSibling !== drag.row : others.length && byId("queue-list").lastElementChild !== drag.row) {
      byId("queue-list").insertBefore(drag.row, below ?? null);
    }
  }

  function dropped() {
    if (!drag) return;
    const {row: moved, from} = drag;
    drag = null;
    moved.removeAttribute("data-dragged");
    move(from, rows().indexOf(moved));
  }

  songboard.when("#queue-list", (list) => {
    list.addEventListener("keydown", keyed);
    list.addEventListener("pointerdown", (event) => {
      const grip = event.target.closest(".queue-grip");
      if (!grip || event.button !== 0) return;
      const held = grip.closest(".queue-row");
      drag = {row: held, from: rows().indexOf(held)};
      held.setAttribute("data-dragged", "");
      list.setPointerCapture(event.pointerId); // the row itself moves about in the list
      event.preventDefault();
    });
    list.addEventListener("pointermove", dragged);
    list.addEventListener("pointerup", dropped);
    list.addEventListener("pointercancel", dropped);
    list.addEventListener("click", (event) => {
      const at = rows().indexOf(event.target.closest(".queue-row"));
      if (event.target.closest(".queue-main")) songboard.queue.take(at);
      if (event.target.closest(".queue-close")) remove(at);
    });
    byId("queue-clear").addEventListener("click", () => songboard.queue.set([]));
    byId("queue-open").addEventListener("click", () => songboard.tab?.("queue"));
    for (const event of ["queued", "cued", "radio", "named"]) document.addEventListener(`songboard:${event}`, render);
    render();
  });
})();
