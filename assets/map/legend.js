/* The legend: a field that says what the map is coloured by, and under it every category with its songs, or the ramp of
   a number with a slider of two thumbs. Whatever is pressed or moved here is a rule of the page. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const atlas = (songboard.atlas = songboard.atlas || {});
  const ROWS = 24; // categories listed before the rest is "others"
  const FOUND = 40; // categories listed by a search
  const BARS = 60; // of the histogram at most

  const make = (name, className, text = "") => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    if (name === "button") element.type = "button";
    return element;
  };

  /** A native field to choose by: keyboards and screen readers know it. */
  atlas.chooser = function (place, called, chosen, change) {
    const field = make("select", "colour-field");
    field.setAttribute("aria-labelledby", "legend-name");
    for (const [value, name] of Object.entries(called)) field.append(new Option(name, value, false, value === chosen));
    field.addEventListener("change", () => change(field.value));
    place.replaceChildren(field);
    return field;
  };

  /** rules: what is set now; preview(patch): show a rule that is still being moved. */
  atlas.legend = function (body, songs, {rules, preview}) {
    let rows = []; // {button, value}
    let by = null;

    function pressed() {
      const wanted = rules()[atlas.kinds[by]];
      body.toggleAttribute("data-narrowed", Boolean(wanted));
      for (const {button, value} of rows) button.setAttribute("aria-pressed", String(wanted?.includes(value) ?? false));
    }

    function toggle(value) {
      const rule = atlas.kinds[by];
      const before = rules()[rule] ?? [];
      const now = before.includes(value) ? before.filter((other) => other !== value) : [...before, value];
      songboard.rule({[rule]: now.length ? now : null});
    }

    function row(code, count) {
      const names = songs.names[by];
      const value = atlas.named(songs, by, code);
      const button = make("button", "legend-row");
      const dot = make("span", "dot");
      const name = atlas.sayName(by, names[code] ?? "");
      dot.style.setProperty("--hue", `var(${atlas.hue(by, code, names)})`);
      button.append(dot, make("span", "legend-name", name), make("span", "legend-count", count.toLocaleString("en")));
      button.title = name;
      button.addEventListener("click", () => toggle(value));
      rows.push({button, value});
      return button;
    }

    function categories() {
      const names = songs.names[by];
      const counts = new Uint32Array(names.length + 1);
      for (const code of songs[by]) counts[code]++;
      const order = [...counts.keys()].filter((code) => counts[code] && code < names.length);
      if (by !== "key") order.sort((a, b) => counts[b] - counts[a] || a - b);
      const list = make("div", "legend-list");
      const known = new Map(order.map((code) => [code, atlas.sayName(by, names[code]).toLowerCase()]));

      function fill(text = "") {
        rows = [];
        const words = text.trim().toLowerCase();
        const chosen = rules()[atlas.kinds[by]] ?? [];
        const isChosen = (code) => chosen.includes(atlas.named(songs, by, code));
        const found = words ? order.filter((code) => known.get(code).includes(words)).slice(0, FOUND) : order.filter((code, at) => at < ROWS || isChosen(code));
        list.replaceChildren(...found.map((code) => row(code, counts[code])));
        if (words && !found.length) list.append(make("p", "legend-none", "Nothing is called that."));
        const rest = order.length - ROWS;
        if (!words && rest > 0) {
          const others = order.slice(ROWS).reduce((sum, code) => sum + counts[code], 0);
          const line = make("p", "legend-row legend-rest");
          const dot = make("span", "dot");
          dot.style.setProperty("--hue", "var(--cluster-other)");
          line.append(dot, make("span", "legend-name", `${rest.toLocaleString("en")} others`), make("span", "legend-count", others.toLocaleString("en")));
          list.append(line);
        }
        if (!words && counts[names.length]) list.append(row(names.length, counts[names.length]));
        pressed();
      }

      body.replaceChildren();
      if (order.length > ROWS) {
        const search = make("input", "legend-search");
        Object.assign(search, {type: "search", placeholder: `Find among ${order.length.toLocaleString("en")}`, autocomplete: "off", spellcheck: false});
        search.setAttribute("aria-label", "Find in the legend");
        search.addEventListener("input", () => fill(search.value));
        body.append(search);
      }
      body.append(list);
      fill();
    }

    function range() {
      const {rule, say} = atlas.numbers[by];
      const scale = atlas.scale(songs, by);
      rows = [];
      body.removeAttribute("data-narrowed");
      if (!scale) return body.replaceChildren(make("p", "legend-none", "No song of this library says."));
      const [panel, histogram, track, ends] = [make("div", "legend-range"), make("div", "histogram"), make("div", "range"), make("div", "range-ends")];
      const steps = Math.round((scale.high - scale.low) / atlas.numbers[by].step);
      const count = steps > BARS ? BARS : steps + 1; // a bar a year, where they are few
      const heights = new Uint32Array(count);
      for (const value of songs[by]) if (value === value) heights[Math.min(Math.floor(scale.share(value) * count), count - 1)]++;
      const tallest = Math.max(...heights);
      const bars = [...heights].map((height) => {
        const bar = make("span", "histogram-bar");
        bar.style.setProperty("--share", Math.sqrt(height / tallest).toFixed(3));
        return bar;
      });
      histogram.append(...bars);
      const set = rules()[rule];
      const thumbs = ["lowest", "highest"].map((end, at) => {
        const thumb = make("input", "range-thumb");
        const value = set ? scale.share(set[at]) : at;
        Object.assign(thumb, {type: "range", min: 0, max: 1, step: 0.005, value});
        thumb.setAttribute("aria-label", `${end[0].toUpperCase()}${end.slice(1)} ${by}`);
        return thumb;
      });
      const bounds = () => {
        const [low, high] = thumbs.map((thumb) => Number(thumb.value));
        if (low <= 0 && high >= 1) return null;
        const [from, to] = [low <= 0 ? scale.least : scale.at(low), high >= 1 ? scale.most : scale.at(high)];
        return [Math.floor(from * 100) / 100, Math.ceil(to * 100) / 100];
      };
      const words = [make("output", ""), make("output", "")];
      function show() {
        const shares = thumbs.map((thumb) => Number(thumb.value));
        shares.forEach((share, at) => {
          words[at].textContent = say(scale.at(share));
          thumbs[at].setAttribute("aria-valuetext", say(scale.at(share)));
        });
        track.style.setProperty("--low", shares[0]);
        track.style.setProperty("--high", shares[1]);
        bars.forEach((bar, at) => bar.toggleAttribute("data-out", (at + 1) / count <= shares[0] || at / count >= shares[1]));
      }
      thumbs.forEach((thumb, at) => {
        thumb.addEventListener("input", () => {
          const other = Number(thumbs[1 - at].value);
          thumb.value = at === 0 ? Math.min(Number(thumb.value), other) : Math.max(Number(thumb.value), other);
          show();
          preview({[rule]: bounds()});
        });
        thumb.addEventListener("change", () => songboard.rule({[rule]: bounds()}));
      });
      const unknown = songs[by].reduce((sum, value) => sum + (value === value ? 0 : 1), 0);
      ends.append(...words);
      track.append(...thumbs);
      panel.append(histogram, track, ends);
      if (unknown) panel.append(make("p", "legend-none", `${unknown.toLocaleString("en")} without a ${by}`));
      body.replaceChildren(panel);
      show();
    }

    return {
      show(what) {
        by = what;
        if (atlas.numbers[by]) range();
        else categories();
      },
      /** The rules have changed, here or elsewhere. */
      follow() {
        if (atlas.kinds[by]) return pressed();
        if (!body.contains(document.activeElement)) range();
      },
    };
  };
})();
