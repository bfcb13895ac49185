/* The words on the map: clusters at their centres, the chosen song, its nearest matches, the stops of a path, and what
   is under the pointer. The words that matter most come first; a label that would cover another is not shown. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const CLUSTERS = 24;
  const MATCHES = 6;
  const ABOVE = 15; // pixels between the centre of a cluster and its name
  const APART = 4; // pixels between two labels

  atlas.labels = function (map) {
    const layer = document.createElement("div");
    layer.className = "map-labels";
    layer.setAttribute("aria-hidden", "true");
    const hover = document.createElement("div");
    hover.className = "map-label map-hover";
    const ring = document.createElement("div");
    ring.className = "map-ring";
    hover.hidden = ring.hidden = true;
    map.append(layer, ring, hover);
    let labels = []; // {element, place: {xyz, uv}, width, height, kind, aside}

    function make(kind, text, place, aside = 0) {
      const element = document.createElement("div");
      element.className = `map-label map-${kind}`;
      element.textContent = text;
      layer.append(element);
      return {element, place, kind, aside, width: 0, height: 0};
    }

    /** A line of title and artist. */
    function named(label, title, by) {
      const [strong, span] = [document.createElement("strong"), document.createElement("span")];
      strong.textContent = title;
      span.textContent = by;
      label.element.replaceChildren(strong, ...(by ? [span] : []));
      return label;
    }

    const called = (song) => window.songboard.song?.(song) ?? null;

    /** songs: the atlas; lit: what atlas.lit() gave; by: what the map is coloured by; ring: its radius around the song
        that is chosen. */
    function set(songs, lit, by, ring) {
      for (const {element} of labels) element.remove();
      labels = [];
      if (lit.track) labels.push(named(make("chosen", "", lit.centre, ring + 4), lit.track.title, "Dropped track"));
      const chosen = lit.song !== null ? called(lit.song) : null;
      if (chosen) labels.push(named(make("chosen", "", lit.centre, ring + 4), chosen.title, chosen.artist || chosen.album));
      lit.stops.forEach(({song, place}, at) => {
        labels.push(make("stop", String(at + 1), place));
        const told = called(song);
        if (told) labels.push(make("match", told.title, place, 13));
      });
      for (const {song, place} of lit.matches.slice(0, MATCHES)) {
        const told = called(song);
        if (told) labels.push(make("match", told.title, place, 9));
      }
      const counts = new Uint32Array(songs.names.cluster.length);
      for (const cluster of songs.cluster) counts[cluster]++;
      const largest = [...counts.keys()].filter((cluster) => counts[cluster]).sort((a, b) => counts[b] - counts[a]);
      for (const cluster of largest.slice(0, CLUSTERS)) {
        const place = {xyz: songs.centres.xyz[cluster], uv: songs.centres.uv[cluster]};
        const label = make("cluster", songs.names.cluster[cluster], place);
        label.cluster = cluster;
        if (by === "cluster") label.element.style.setProperty("--hue", `var(${atlas.hue("cluster", cluster, songs.names.cluster)})`);
        labels.push(label);
      }
      for (const label of labels) [label.width, label.height] = [label.element.offsetWidth, label.element.offsetHeight];
    }

    /** Put every label where its place now is. shown: which clusters have songs that are kept. */
    function move(camera, screen, shown, answered) {
      const taken = [];
      for (const label of labels) {
        const {element, place, width, height, kind, aside} = label;
        const [x, y, depth] = screen.project(camera, place.xyz, place.uv);
        const left = kind === "cluster" || kind === "stop" ? x - width / 2 : x + aside;
        const top = y - height / 2 - (kind === "cluster" ? ABOVE : 0);
        const covers = (other) =>
          left < other.right + APART && left + width + APART > other.left && top < other.bottom + APART && top + height + APART > other.top;
        const inside = depth > 0.05 && left > camera.left - 30 && left + width < camera.width + 30 && top > 0 && top + height < camera.height;
        const wanted = kind === "cluster" ? shown[label.cluster] : true;
        const seen = inside && wanted && (kind === "stop" || !taken.some(covers));
        if (seen) taken.push({left, right: left + width, top, bottom: top + height});
        const far = (1 - camera.flat) * Math.min(Math.max((depth - camera.distance + 0.5) / 1.6, 0), 1);
        const strength = kind === "cluster" ? (answered ? 0.42 : 0.95) * (1 - 0.6 * far) : 1;
        element.style.opacity = seen ? strength.toFixed(2) : 0;
        element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      }
    }

    /** What is under the pointer: at a place of the screen, or nothing. */
    function point(at, title, by, width) {
      hover.hidden = ring.hidden = !at;
      if (!at) return;
      ring.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px)`;
      named({element: hover}, title, by);
      const flip = at[0] + hover.offsetWidth + 24 > width;
      hover.style.transform = `translate(${(flip ? at[0] - 14 - hover.offsetWidth : at[0] + 14).toFixed(1)}px, ${(at[1] - hover.offsetHeight / 2).toFixed(1)}px)`;
    }

    return {set, move, point, get shown() {
      return labels.filter(({element}) => Number(element.style.opacity) > 0).map(({element}) => element.textContent);
    }};
  };
})();
