/* The filters of the map as chips over it, each of which can be taken away. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const atlas = (songboard.atlas = songboard.atlas || {});

  function make(name, className, text = "") {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  }

  /** list: filled with a chip for each of what atlas.setRules() gave. */
  atlas.chips = function (list, set) {
    const chip = (words, label, act) => {
      const [item, button] = [make("li", "filter"), make("button", "filter-button", words)];
      button.type = "button";
      button.append(make("span", "icon icon-close"));
      button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
      item.append(button);
      return item;
    };
    const drop = ({rule, value}) => () => {
      const rest = value === undefined ? [] : (songboard.state.rules[rule] ?? []).filter((other) => other !== value);
      songboard.rule({[rule]: rest.length ? rest : null});
    };
    const chips = set.map((one) => chip(one.words, `Remove the filter ${one.words}`, drop(one)));
    if (set.length > 1) chips.push(chip("Clear all", "Remove all filters", atlas.clearRules));
    list.replaceChildren(...chips);
  };

  atlas.clearRules = () => {
    const names = [...Object.values(atlas.kinds), ...Object.values(atlas.numbers).map(({rule}) => rule)];
    songboard.rule(Object.fromEntries(names.map((name) => [name, null])));
  };
})();
