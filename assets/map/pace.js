/* How much is drawn while the map moves: all of it where the graphics card keeps up; where it does not, fewer songs and
   coarser pixels for as long as it moves, and all of it again once it rests. */
(function () {
  const atlas = ((window.songboard = window.songboard || {}).atlas = window.songboard.atlas || {});
  const SLOW = 42; // milliseconds between two pictures: more is felt
  const QUICK = 24;
  const LEAST = 6000; // songs that are drawn in any case
  const REST = 130; // milliseconds without motion after which all is drawn

  /** rested(): called when all is to be drawn again. */
  atlas.pace = function (count, rested) {
    const least = Math.min(1, LEAST / Math.max(count, 1));
    let share = count > 30000 ? 0.3 : 1; // of the songs
    let coarse = 1; // of the pixels along a side
    let last = null;
    let timer = 0;

    function adapt(passed) {
      if (passed > SLOW) {
        coarse = Math.max(0.5, coarse * 0.8);
        if (coarse < 0.7) share = Math.max(least, share * 0.7);
      } else if (passed < QUICK) {
        share = Math.min(1, share * 1.15);
        if (share === 1) coarse = Math.min(1, coarse * 1.08);
      }
    }

    return {
      /** What to draw of a picture in motion at a time: {share, coarse}. */
      moving(time) {
        if (last !== null) adapt(time - last);
        last = time;
        clearTimeout(timer);
        if (share < 1 || coarse < 1) timer = setTimeout(rested, REST);
        return {share, coarse};
      },
      /** The map rests: all of it. */
      still() {
        last = null;
        clearTimeout(timer);
        return {share: 1, coarse: 1};
      },
    };
  };
})();
