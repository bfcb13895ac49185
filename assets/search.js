/* Search as you type: the field keeps the focus, arrows go through what was found, Enter plays. A combobox with a
   list, as the ARIA Authoring Practices describe it. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  let active = -1; // the hit in hand
  let hasty = false; // Enter came before what was typed had been found
  let waiting = null; // for what was typed last

  const hits = () => [...document.querySelectorAll("#hits .hit")];
  const isNew = () => document.querySelector("#hits [data-asked]")?.dataset.asked === byId("search").value.trim();

  function clear() {
    hasty = false;
    byId("search").blur();
    byId("search").value = "";
    find();
  }

  async function find() {
    const text = byId("search").value.trim();
    waiting?.abort();
    waiting = new AbortController();
    if (!text) return songboard.draw(byId("hits"), []);
    try {
      const answer = await fetch(`/find?text=${encodeURIComponent(text)}&g=${songboard.generation}`, waiting);
      if (answer.ok) songboard.draw(byId("hits"), await answer.json());
    } catch {
      // another letter came, or the banner says that the server is gone
    }
  }

  function hold(number) {
    const found = hits();
    active = Math.min(number, found.length - 1);
    found.forEach((hit, at) => hit.setAttribute("aria-selected", String(at === active)));
    if (active >= 0) {
      byId("search").setAttribute("aria-activedescendant", found[active].id);
      found[active].scrollIntoView({block: "nearest"});
    } else {
      byId("search").removeAttribute("aria-activedescendant");
    }
  }

  function take() {
    const found = hits();
    if (!isNew()) hasty = byId("search").value.trim() !== "";
    else if (found.length) found[Math.max(active, 0)].click();
  }

  function renewed() {
    hold(-1);
    const listed = hits().length > 0;
    byId("search").setAttribute("aria-expanded", String(listed));
    if (listed) byId("search").setAttribute("aria-controls", "hits-list");
    else byId("search").removeAttribute("aria-controls");
    if (hasty && isNew()) {
      hasty = false;
      take();
    }
  }

  songboard.when("#search-place", (place) => {
    const field = document.createElement("input");
    const {placeholder, longest} = place.dataset;
    Object.assign(field, {id: "search", type: "text", placeholder, maxLength: longest, autocomplete: "off", spellcheck: false});
    place.append(field);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.addEventListener("input", find);
    field.addEventListener("keydown", (event) => {
      const act = {
        ArrowDown: () => hold(active + 1),
        ArrowUp: () => hold(Math.max(active - 1, -1)),
        Enter: take,
        Escape: clear,
      }[event.key];
      if (!act || event.isComposing) return;
      event.preventDefault();
      act();
    });
    byId("hits").addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    new MutationObserver(renewed).observe(byId("hits"), {childList: true, subtree: true});
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".hit")) clear();
  });
})();
