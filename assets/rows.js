/* Rows of songs, drawn from what the server says of them: the matches, and the stops of a path. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);

  function make(tag, className, text = "", data = {}) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    if (tag === "button") element.type = "button";
    Object.assign(element.dataset, data);
    return element;
  }

  function button(icon, title, label, data) {
    const small = make("button", `row-button ${icon}`, "", data);
    small.title = title;
    small.setAttribute("aria-label", label);
    return small;
  }

  function play({id, title, by, at}) {
    const round = make("button", "play", "", {play: id, title, artist: by, ...(at !== undefined && {at})});
    round.append(make("span", "icon icon-play"));
    round.setAttribute("aria-label", at === undefined ? `Play ${title}` : `Play ${title} from where it matches`);
    return round;
  }

  /** The names of a song and how close it is: a word, a figure and a bar. */
  function main({title, by, group, hue, word, figure, share, meaning}, data) {
    const names = make("button", "row-main", "", {title, artist: by, ...data});
    const artist = make("span", "row-artist", by || "Unknown artist");
    artist.style.setProperty("--hue", hue);
    artist.title = `${by || "Unknown artist"} · ${group}`;
    const close = make("span", "row-closeness", word);
    if (share !== undefined) {
      close.title = meaning;
      close.style.setProperty("--share", `${Math.round(100 * share)}%`);
      close.append(make("span", "row-figure", figure));
    }
    const name = make("span", "row-title", title);
    name.title = title; // what does not fit
    names.append(name, artist, close);
    return names;
  }

  function row(song, data, last) {
    const line = make("li", "row");
    const queue = button("icon-queue", "Add to the queue", `Add ${song.title} to the queue`, {queue: song.id});
    line.append(play(song), main(song, data), queue, last);
    return line;
  }

  /** A match asks about itself when its name is pressed, and opens to tell why it stands there. */
  function match(song) {
    if (song.alone) return row(song, {song: song.id}, "");
    const opens = button("row-open icon-down", "Why, and more", `Why ${song.title}, and more`, {open: song.id});
    opens.setAttribute("aria-expanded", "false");
    return row(song, {song: song.id, ...(song.at !== undefined && {at: song.at})}, opens);
  }

  /** A stop plays when its name is pressed, for the path stays; what goes on from it is a button of its own. */
  function stop(song) {
    const {id, title, by} = song;
    const alike = button("icon-alike", "Songs like this one", `Songs like ${title}`, {song: id, title, artist: by});
    return row(song, {play: id}, alike);
  }

  function nothing({nothing: why, loosen, button: name}) {
    const said = [make("p", "nothing", why)];
    if (loosen) {
      const offer = make("p", "nothing");
      offer.append(make("button", "quiet-button", name, {loosen}));
      said.push(offer);
    }
    return said;
  }

  function list(className, rows) {
    const all = make("ol", className);
    all.append(...rows);
    return all;
  }

  function matches(listed) {
    if (!listed.rows) return nothing(listed);
    const heading = make("h3", "eyebrow matches-head", listed.heading);
    heading.append(make("span", "", listed.count));
    return [heading, list("match-list", listed.rows.map(match))];
  }

  function path(listed) {
    if (!listed.rows) return nothing(listed);
    const songs = listed.rows.map(({id}) => id).join();
    const actions = make("div", "path-actions");
    actions.append(
      make("button", "quiet-button path-play", "Play all", {together: songs}),
      make("button", "quiet-button", "Queue all", {queue: songs}),
      make("button", "quiet-button", "Queue in DJ order", {order: songs}),
      make("button", "quiet-button", "Save playlist", {playlist: songs, name: listed.name}),
    );
    return [actions, list("match-list path-list", listed.rows.map(stop))];
  }

  /** Show what answers: {matches} or {path}; either may be a sentence that says why there is none. */
  songboard.list = function (listed) {
    byId("matches").replaceChildren(...(listed.matches ? matches(listed.matches) : []));
    byId("path").replaceChildren(...(listed.path ? path(listed.path) : []));
    const {heading, count, nothing: none} = listed.matches ?? {};
    byId("matches-said").textContent = none ?? (heading ? `${heading}: ${count}` : "");
  };
})();
