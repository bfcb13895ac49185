/* The rules above the matches. Their fields are native ones, and chips while these are hidden. What narrows the map shows
   on the map, and is taken away there. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  const OPEN = "songboard.rules.open";
  const PATIENCE = 120; // milliseconds a hand may rest on a slider before its list is fetched
  const OURS = ["same_album", "per_artist", "tempo", "same_tempo", "mixing_key", "energy"];
  let fields = null;
  let waiting = 0;

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  function build(section) {
    const {slowest, fastest} = section.dataset;
    const surprise = make("input", {type: "range", min: 0, max: 1, step: 0.05, "aria-label": "From closest to surprising"});
    const album = make("input", {type: "checkbox"});
    const artist = make("select", {}, make("option", {value: ""}, "any number"));
    for (const most of [1, 2, 3, 5]) artist.append(make("option", {value: most}, `at most ${most}`));
    const tempo = ["Slowest", "Fastest"].map((name, end) =>
      make("input", {type: "number", min: 0, max: 400, placeholder: end ? fastest : slowest, "aria-label": `${name} tempo`}),
    );
    const choice = (...options) => make("select", {}, ...options.map(([value, text]) => make("option", {value}, text)));
    const pulse = choice(["", "any"], ["3", "± 3 %"], ["6", "± 6 %"], ["12", "± 12 %"]);
    pulse.title = "As fast as the chosen song; half and double count as the same";
    const key = make("input", {type: "checkbox"});
    const energy = choice(["", "any"], ["up", "up"], ["down", "down"]);
    energy.title = "Louder or quieter than the chosen song";
    const reset = make("button", {type: "button", className: "quiet-button rules-reset"}, "Reset");
    byId("surprise").append(surprise);
    byId("rules-fields").append(
      make("label", {className: "field"}, album, "Not the same album"),
      make("label", {className: "field"}, "Of an artist", artist),
      make("div", {className: "field"}, "Tempo", tempo[0], "to", tempo[1], "bpm"),
      make("label", {className: "field"}, "Same tempo", pulse),
      make("label", {className: "field"}, key, "Compatible key"),
      make("label", {className: "field"}, "Energy", energy),
      reset,
    );
    fields = {surprise, album, artist, tempo, pulse, key, energy};
    pulse.addEventListener("change", () => songboard.rule({same_tempo: Number(pulse.value) || null}));
    key.addEventListener("change", () => songboard.rule({mixing_key: key.checked || null}));
    energy.addEventListener("change", () => songboard.rule({energy: energy.value || null}));
    surprise.addEventListener("input", () => {
      fill(surprise);
      clearTimeout(waiting);
      waiting = setTimeout(() => songboard.rule({surprise: Number(surprise.value) || null}), PATIENCE);
    });
    album.addEventListener("change", () => songboard.rule({same_album: album.checked ? false : null}));
    artist.addEventListener("change", () => songboard.rule({per_artist: Number(artist.value) || null}));
    for (const end of tempo) end.addEventListener("change", setTempo);
    reset.addEventListener("click", () => songboard.rule(null));
    byId("rules-open").addEventListener("click", () => open(byId("rules-fields").hidden));
    open(localStorage.getItem(OPEN) === "true");
    show();
  }

  function open(shown) {
    byId("rules-fields").hidden = !shown;
    byId("rules-open").setAttribute("aria-expanded", String(shown));
    localStorage.setItem(OPEN, String(shown));
  }

  function setTempo() {
    const {slowest, fastest} = byId("rules").dataset;
    const [low, high] = fields.tempo.map((end) => end.value);
    const none = low === "" && high === "";
    songboard.rule({tempo: none ? null : [Number(low === "" ? slowest : low), Number(high === "" ? fastest : high)]});
  }

  function fill(slider) {
    slider.style.setProperty("--share", `${100 * slider.value}%`);
  }

  /** Show the rules as they are, whoever set them. */
  function show() {
    if (!fields) return;
    const {rules} = songboard.state;
    fields.surprise.value = rules.surprise ?? 0;
    fill(fields.surprise);
    fields.album.checked = rules.same_album === false;
    fields.artist.value = rules.per_artist ?? "";
    if (fields.artist.selectedIndex < 0) fields.artist.value = "";
    fields.tempo.forEach((field, end) => (field.value = rules.tempo ? Math.round(rules.tempo[end]) : ""));
    fields.pulse.value = rules.same_tempo ?? "";
    if (fields.pulse.selectedIndex < 0) fields.pulse.value = "";
    fields.key.checked = rules.mixing_key === true;
    fields.energy.value = rules.energy ?? "";
    const count = OURS.filter((name) => name in rules).length;
    byId("rules-count").textContent = count || "";
    byId("rules-chips").replaceChildren(...chips(rules));
  }

  function chips(rules) {
    const shown = [];
    if (rules.same_album === false) shown.push(chip("not", "the same album", () => songboard.rule({same_album: null})));
    if (rules.per_artist) shown.push(chip("at most", `${rules.per_artist} of an artist`, () => songboard.rule({per_artist: null})));
    if (rules.same_tempo) shown.push(chip("tempo", `within ${rules.same_tempo} %`, () => songboard.rule({same_tempo: null})));
    if (rules.mixing_key) shown.push(chip("in", "a compatible key", () => songboard.rule({mixing_key: null})));
    if (rules.energy) shown.push(chip("energy", rules.energy, () => songboard.rule({energy: null})));
    return shown;
  }

  function chip(sign, name, remove) {
    const close = make("button", {type: "button", className: "chip-close", "aria-label": `Remove the rule ${sign} ${name}`});
    close.append(make("span", {className: "icon icon-close"}));
    close.addEventListener("click", remove);
    return make(
      "li",
      {className: "chip"},
      make("span", {className: "chip-sign"}, sign),
      make("span", {className: "chip-name", title: name}, name),
      close,
    );
  }

  document.addEventListener("songboard:ruled", show);
  songboard.when("#rules", build);
})();
