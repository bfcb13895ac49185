/* A row opens to tell why its song is a match: the moments that match best, each to be heard on either side, what the
   two share and do not, and what else can be done with the song. */
(function () {
  const songboard = (window.songboard = window.songboard || {});

  function make(tag, className, text, data = {}) {
    const element = document.createElement(tag);
    element.className = className;
    if (text) element.textContent = text;
    Object.assign(element.dataset, data);
    if (tag === "button") element.type = "button";
    return element;
  }

  function clock(seconds) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  function close(button) {
    button.setAttribute("aria-expanded", "false");
    button.closest(".row").querySelector(".drawer")?.remove();
  }

  function closeAll() {
    for (const button of document.querySelectorAll("[data-open][aria-expanded=true]")) close(button);
  }

  function actions(song, title) {
    const row = make("div", "drawer-actions");
    const {song: asked, path} = songboard.state;
    const said = [
      ["More like this", {more: song}],
      ["Less like this", {less: song}],
      ["Like", {like: song}],
      ["Not this", {not: song}],
      ["Play next", {next: song}],
      ...(asked !== undefined && !path ? [["Path to here", {pathTo: song}]] : []),
    ];
    for (const [text, data] of said) {
      const button = make("button", "quiet-button", text, {...data, title});
      button.setAttribute("aria-label", `${text}: ${title}`);
      row.append(button);
    }
    return row;
  }

  /** A button that plays a song from a second on. */
  function moment(key, title, at) {
    const button = make("button", "play moment-play", "", {play: key, at});
    button.append(make("span", "icon icon-play"), make("span", "moment-time", clock(at)));
    button.setAttribute("aria-label", `Play ${title} from ${clock(at)}`);
    return button;
  }

  function pair({here, there}, of, song, names) {
    const row = make("li", "moment-pair");
    row.append(
      moment(of, names.here, here),
      make("span", "moment-side", "here"),
      make("span", "moment-tie", "↔"),
      moment(song, names.there, there),
      make("span", "moment-side", "there"),
    );
    return row;
  }

  function list(heading, phrases) {
    const part = make("div", "why-part");
    const said = make("ul", "why-list");
    said.append(...phrases.map((phrase) => make("li", "", phrase)));
    part.append(make("h4", "eyebrow", heading), said);
    return part;
  }

  function told(answer, of, song) {
    const why = make("div", "why");
    if (answer.moments.length) {
      const part = make("div", "why-part");
      const pairs = make("ol", "why-moments");
      pairs.append(...answer.moments.map((each) => pair(each, of, song, answer)));
      part.append(make("h4", "eyebrow", "Most alike for a moment"), pairs);
      why.append(part);
    }
    if (answer.shared.length) why.append(list("In common", answer.shared));
    if (answer.different.length) why.append(list("But this one is", answer.different));
    if (!why.childElementCount) why.append(make("p", "why-none", "They sound alike as a whole; nothing single stands out."));
    return why;
  }

  async function open(button) {
    closeAll();
    const drawer = make("div", "drawer");
    button.closest(".row").append(drawer);
    const song = button.dataset.open;
    const of = String(songboard.answer?.query.track ?? songboard.answer?.query.song ?? songboard.answer?.query.more?.[0]);
    const title = button.closest(".row").querySelector(".row-title").textContent;
    button.setAttribute("aria-expanded", "true");
    drawer.replaceChildren(actions(song, title));
    const asked = new URLSearchParams({of, with: song, g: songboard.generation});
    const gone = {error: "Songboard has stopped. Start it again to go on."};
    const answer = await fetch(`/why?${asked}`).then((found) => found.json()).catch(() => gone);
    if (!drawer.isConnected) return;
    drawer.append(answer.error ? make("p", "why-none", answer.error) : told(answer, of, song));
    drawer.scrollIntoView({block: "nearest"});
    songboard.tell("opened", {song: Number(song)});
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-open]");
    if (button) button.getAttribute("aria-expanded") === "true" ? close(button) : open(button);
  });
  for (const event of ["asked", "ruled"]) document.addEventListener(`songboard:${event}`, closeAll);
})();
