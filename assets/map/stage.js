/* The map put together: what is shown, and when it is drawn. Nothing is drawn while nothing changes. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const {atlas} = songboard;
  const byId = (id) => document.getElementById(id);
  const FINEST = 2; // device pixels to one of CSS, at most: more is not seen, and costs
  const REACH = {mouse: 12, pen: 14, touch: 24}; // pixels around a point that still mean it
  const FADE = 260; // milliseconds from one set of colours to the next
  const PATIENCE = 400; // milliseconds until what plays is marked
  const YIELDING = 300; // milliseconds at most that a picture waits for the list of an answer, which comes first
  const BEHIND = 0.5; // how much of their colour the other songs keep while an answer is lit
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  async function raise(map) {
    const stage = map.closest(".stage");
    const canvas = document.createElement("canvas");
    canvas.className = "map-canvas";
    const loading = atlas.load(songboard.generation).catch(() => null); // on its way while the card is made ready
    let scene = atlas.scene(canvas);
    if (!scene) return missing(stage);
    map.prepend(canvas);
    const called = JSON.parse(byId("legend").dataset.colours);
    const view = atlas.settings(called);
    const songs = await loading;
    if (!songs) return stage.setAttribute("data-ready", ""); // the banner tells why, and the page is loaded anew
    const camera = atlas.camera();
    const screen = atlas.screen(songs);
    const labels = atlas.labels(map);
    const lasso = atlas.lasso(map);
    const kept = new Uint8Array(songs.count).fill(1);
    const [before, colours] = [new Uint8Array(4 * songs.count), new Uint8Array(4 * songs.count)];
    const shown = new Uint8Array(songs.names.cluster.length); // clusters of which a song is kept
    let lit = atlas.lit(songs, null);
    let selection = null; // Uint8Array: 1 for a song of the lasso
    let preview = {};
    let pointer = null; // [x, y, kind of pointer]
    let [hovered, pointed] = [null, null]; // songs: under the pointer, and named by a row of the page
    let playing = null;
    let faded = -Infinity; // when the colours changed
    let [frame, drawnAt, dirty, resting] = [0, 0, true, false];
    let yields = 0; // until when no picture is drawn
    const pace = atlas.pace(songs.count, () => {
      resting = true;
      wake();
    });

    const rules = () => {
      const all = {...songboard.state.rules, ...preview};
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    };
    const legend = atlas.legend(byId("legend-body"), songs, {
      rules,
      preview(patch) {
        preview = patch;
        sift();
      },
    });
    const bar = atlas.selection(byId("selection"), {
      songs: () => [...kept.keys()].filter((song) => kept[song]),
      clear() {
        select([]);
        atlas.clearRules();
      },
    });

    function dress() {
      scene.load(songs);
      scene.dress();
    }
    dress();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      scene = atlas.scene(canvas);
      dress();
      paint();
    });
    if (view.flat) Object.assign(camera, {flat: 1, yaw: 0, pitch: 0});

    const colourOf = (song) => [0, 1, 2].map((part) => colours[4 * song + part] / 255);

    /** New colours, faded to from the old ones. */
    function paint(at = performance.now()) {
      before.set(colours);
      atlas.paint(songs, view.by, kept, colours);
      scene.paint(before, colours);
      faded = still.matches ? -Infinity : at;
      relight();
    }

    /** The rules or the selection have changed. */
    function sift() {
      atlas.keep(songs, rules(), selection, kept);
      shown.fill(0);
      let left = 0;
      for (let song = 0; song < songs.count; song++) {
        if (!kept[song]) continue;
        left++;
        shown[songs.cluster[song]] = 1;
      }
      const set = atlas.setRules(songs, rules(), called);
      atlas.chips(byId("filters"), set);
      bar.show(set.length || selection ? left : null);
      stage.toggleAttribute("data-narrowed", Boolean(set.length || selection));
      paint();
    }

    function relight() {
      const size = scene.diameter();
      const rows = atlas.lightRows(songs, lit, colourOf, size, playing);
      scene.light(rows.threads, rows.beacons);
      wake();
    }

    function relabel() {
      labels.set(songs, lit, view.by, 1.53 * atlas.lead(scene.diameter())); // as LIGHTS draws it
      wake();
    }

    function select(ids) {
      selection = ids.length ? new Uint8Array(songs.count) : null;
      for (const song of ids) selection[song] = 1;
      byId("map-said").textContent = ids.length ? `${ids.length.toLocaleString("en")} songs selected` : "";
      sift();
      songboard.tell("selected", {songs: ids});
    }

    /** Where to look so that the answer is seen: the song and its matches. */
    function focus(flat) {
      const around = atlas.around(lit, flat > 0.5);
      return around && camera.framing(around, flat);
    }

    function follow() {
      const to = focus(camera.flat);
      if (!to) return;
      camera.moved = true;
      camera.glide(to);
      wake();
    }

    function under(x, y, kind) {
      return screen.nearest(x, y, REACH[kind] ?? REACH.mouse, kept);
    }

    function hover() {
      hovered = pointer && !lasso.active ? under(...pointer) : null;
      const song = hovered ?? pointed;
      const named = song !== null && song !== lit.song; // the chosen song has a label of its own
      map.toggleAttribute("data-over", hovered !== null);
      const told = song === null ? null : (songboard.song?.(song) ?? {title: songs.names.cluster[songs.cluster[song]], artist: ""});
      labels.point(named ? [screen.x[song], screen.y[song]] : null, told?.title, told?.artist || told?.album, camera.width);
    }

    function wake() {
      dirty = true;
      frame ||= requestAnimationFrame(draw);
    }

    function draw(time) {
      frame = 0;
      if (time < yields) return wake();
      const moved = camera.tick(time, Math.min(time - drawnAt, 50));
      drawnAt = time;
      const tint = Math.min((time - faded) / FADE, 1);
      if (dirty || moved) {
        const moving = !resting && (moved || tint < 1 || "held" in map.dataset);
        const {share, coarse} = moving ? pace.moving(time) : pace.still();
        dirty = resting = false;
        screen.update(camera);
        const answered = Boolean(lit.centre || lit.stops.length || lit.matches.length);
        const pixels = Math.min(devicePixelRatio, FINEST) * coarse;
        scene.draw(camera, screen.ordered(camera, kept, share), {tint, lit: answered ? BEHIND : 1, pixels});
        labels.move(camera, screen, shown, answered);
        if (!stage.hasAttribute("data-ready")) {
          stage.setAttribute("data-ready", "");
          songboard.tell("mapped");
        }
        if (camera.moving || tint < 1) wake();
      }
      hover();
    }

    const hands = {
      hover(x, y, kind) {
        pointer = x === null ? null : [x, y, kind];
        frame ||= requestAnimationFrame(draw);
      },
      choose(x, y, kind) {
        const song = under(x, y, kind);
        if (song !== null) songboard.choose(song);
        else if (selection) select([]);
      },
      outline(corners) {
        const whole = atlas.keep(songs, rules(), null, new Uint8Array(songs.count));
        select(screen.within(corners, whole));
        tools.put();
      },
      changed: wake,
      tool: () => tools.drawing,
    };
    atlas.hands(map, camera, lasso, hands);

    const tools = atlas.tools(map, camera, view, called, {
      changed: wake,
      resize,
      focus,
      recolour() {
        legend.show(view.by);
        paint();
        relabel();
      },
    });

    function answer(found) {
      lit = atlas.lit(songs, found);
      relight();
      relabel();
      follow();
    }

    document.addEventListener("songboard:asked", () => (yields = performance.now() + YIELDING));
    document.addEventListener("songboard:answered", ({detail}) => {
      yields = 0;
      answer(detail);
    });
    document.addEventListener("songboard:ruled", () => {
      preview = {};
      sift();
      legend.follow();
    });
    document.addEventListener("songboard:theme", () => {
      scene.dress();
      paint();
    });
    document.addEventListener("songboard:named", relabel);
    document.addEventListener("songboard:tray", ({detail}) => {
      atlas.forget(detail?.ready ?? []);
      relight();
    });
    let told = 0;
    document.addEventListener("songboard:playing", ({detail}) => {
      clearTimeout(told);
      const now = /^\d+$/.test(detail?.key ?? "") ? Number(detail.key) : null;
      const mark = () => {
        if (now === playing) return;
        const seen = [now, playing].some((song) => song !== null && song !== lit.song);
        playing = now;
        if (seen) relight();
      };
      told = setTimeout(mark, PATIENCE); // the answer to a click comes first
    });
    // A row of the page under the mouse is shown where it stands.
    document.addEventListener("pointerover", ({target}) => {
      const row = target instanceof Element ? target.closest("[data-song]") : null;
      const song = row && Number(row.dataset.song) < songs.count ? Number(row.dataset.song) : null;
      if (song === pointed) return;
      pointed = song;
      frame ||= requestAnimationFrame(draw);
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !(selection || tools.drawing) || document.querySelector("dialog[open]")) return;
      event.stopImmediatePropagation();
      if (tools.drawing) tools.put();
      else select([]);
    }, true);

    function resize() {
      const panel = byId("legend");
      const wide = map.clientWidth > 640 && !panel.hasAttribute("data-folded");
      camera.resize(map.clientWidth || 1, map.clientHeight || 1, wide ? panel.offsetWidth : 0);
      wake();
    }

    atlas.publish({
      map, songs, camera, screen, kept, view, labels, colourOf, under,
      lit: () => lit, hovered: () => hovered, moving: () => Boolean(frame) || camera.moving,
    });

    tools.show();
    legend.show(view.by);
    sift();
    relabel();
    new ResizeObserver(resize).observe(map);
    if (songboard.answer) answer(songboard.answer);
  }

  function missing(stage) {
    byId("map-missing").hidden = false;
    stage.setAttribute("data-ready", "");
    songboard.tell("mapped");
  }

  songboard.when("#map", raise);
})();
