/* The address says what is asked, so that it can be shared, gone back to and come again: ?song=12&from=12&to=18&more=3,9
   &less=4, ?path=12,40&steps=8&route=1, or ?words=slow+piano. The browser's history keeps what an address cannot: a
   dropped track, and the build whose numbers it holds. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const isSong = (text) => /^\d{1,9}$/.test(text);

  function addressOf({song, words, path, steps, route, moment, more, less}) {
    const address = new URL(location.pathname, location.href);
    const parts = [];
    const say = (name, value) => value !== undefined && parts.push(`${name}=${value}`);
    const songs = (keys) => (keys || []).filter(Number.isInteger).join(",") || undefined;
    say("song", song);
    say("words", words === undefined ? undefined : encodeURIComponent(words).replaceAll("%20", "+").replaceAll("%2C", ","));
    say("path", path?.join(","));
    if (path) say("steps", steps);
    if (path && route) say("route", route);
    if (song !== undefined && moment) [say("from", moment[0]), say("to", moment[1])];
    say("more", songs(more));
    say("less", songs(less));
    address.search = parts.join("&"); // URLSearchParams would write %2C for every comma
    return address;
  }

  /** What an address asks. A number that is none is handed on as it is: the server has a sentence for it. */
  function questionOf(search) {
    const given = new URLSearchParams(search);
    const value = (text) => (isSong(text) ? Number(text) : text);
    const list = (name) => given.get(name).split(",").map(value);
    const question = {};
    if (given.has("path")) {
      Object.assign(question, {path: list("path"), steps: 8, route: 0});
      for (const name of ["steps", "route"]) if (given.has(name)) question[name] = value(given.get(name));
      return question;
    }
    if (given.has("words")) return {words: given.get("words")};
    if (given.has("song")) question.song = value(given.get("song"));
    if (question.song !== undefined && given.has("from")) {
      question.moment = ["from", "to"].map((name) => Number.parseFloat(given.get(name)));
    }
    for (const name of ["more", "less"]) if (given.get(name)) question[name] = list(name);
    return question;
  }

  function read() {
    const {question, built} = history.state?.songboard ?? {};
    const old = built && built !== songboard.generation ? {built} : {};
    songboard.ask({...(question ?? questionOf(location.search)), ...old}, {push: false});
  }

  document.addEventListener("songboard:asked", (event) => {
    const {push, rules, built, ...question} = event.detail;
    if (push) history.pushState({songboard: {question, built: songboard.generation}}, "", addressOf(question));
  });

  // An address of an older build is answered with the numbers of this one, and says so from then on.
  document.addEventListener("songboard:answered", (event) => {
    const answer = event.detail;
    if (!answer?.query?.built) return;
    const {rules, generation, built, ...question} = answer.query;
    songboard.ask({...question, ...(answer.moved ?? {})}, {push: false});
    history.replaceState({songboard: {question: {...question, ...answer.moved}, built: songboard.generation}}, "",
      addressOf({...question, ...answer.moved}));
  });

  addEventListener("popstate", read);
  songboard.when("#card", read);
})();
