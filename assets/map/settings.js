/* How the map was last looked at, remembered by this browser: its colours, flat or deep, the legend folded or not. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const KEPT = "songboard-map";

  /** called: what the map can be coloured by. keep() remembers what has been changed since. */
  atlas.settings = function (called) {
    const view = {by: "cluster", flat: false, folded: null};
    try {
      const {by, flat, folded} = JSON.parse(localStorage.getItem(KEPT)) ?? {};
      if (by in called) view.by = by;
      view.flat = flat === true;
      if (typeof folded === "boolean") view.folded = folded;
    } catch {
      // nothing was kept, or storage is forbidden
    }
    view.keep = () => {
      try {
        localStorage.setItem(KEPT, JSON.stringify(view));
      } catch {
        // it holds for this page alone
      }
    };
    return view;
  };
})();
