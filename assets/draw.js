/* Draws what the server describes: {type: "P", props: {children, className, …}}, text, a list of these, or nothing. */
(function () {
  const songboard = (window.songboard = window.songboard || {});

  function drawn(part) {
    if (part === null || part === undefined) return [];
    if (Array.isArray(part)) return part.flatMap(drawn);
    if (typeof part !== "object") return [document.createTextNode(part)];
    const element = document.createElement(part.type);
    const {children, style = {}, ...rest} = part.props;
    for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
    for (const [name, value] of Object.entries(rest)) {
      if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...drawn(children));
    return [element];
  }

  /** Puts what the server describes in the place of what an element holds. */
  songboard.draw = (element, parts) => element.replaceChildren(...drawn(parts));
})();
