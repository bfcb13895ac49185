/* Songs by what one types, in the same order as index/finding.py finds them. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const SPELLINGS = {ø: "o", đ: "d", ł: "l", ħ: "h", ı: "i", ð: "d", þ: "th", æ: "ae", œ: "oe", ß: "ss", "'": "", "’": ""};
  let texts = null; // folded once

  /** The text without case and accents, on single spaces. */
  function fold(text) {
    const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return plain.replace(/[øđłħıðþæœß'’]/g, (letter) => SPELLINGS[letter]).split(/\s+/).filter(Boolean).join(" ");
  }

  /** At most `limit` songs in whose title and artist every word occurs, best first. */
  songboard.find = function ({titles, artists}, text, limit) {
    texts ??= titles.map((title, song) => ({title: fold(title), artist: fold(artists[song])}));
    const asked = fold(text);
    const words = asked.split(" ").filter(Boolean);
    if (!words.length) return [];
    const found = [];
    texts.forEach(({title, artist}, song) => {
      const all = ` ${title} ${artist}`;
      if (!words.every((word) => all.includes(word))) return;
      if (title === asked) found.push([0, song]);
      else if (title.startsWith(asked) || artist === asked) found.push([1, song]);
      else found.push([words.every((word) => all.includes(` ${word}`)) ? 2 : 3, song]);
    });
    return found.sort(([a, one], [b, other]) => a - b || one - other).slice(0, limit).map(([, song]) => song);
  };
})();
