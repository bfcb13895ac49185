/* Dark or light, settled before anything is painted: what was chosen here before, or else what the system prefers.
   The map reads its colours anew at songboard:theme. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const KEPT = "songboard-theme";
  const GROUND = {dark: "#0b0d13", light: "#eef0f4"};
  const system = matchMedia("(prefers-color-scheme: light)");

  function kept() {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null; // storage is forbidden
    }
  }

  function show(theme) {
    document.documentElement.dataset.theme = theme;
    document.querySelector("meta[name=theme-color]").content = GROUND[theme];
    const button = document.getElementById("theme");
    if (button) button.setAttribute("aria-pressed", String(theme === "light"));
    document.dispatchEvent(new CustomEvent("songboard:theme", {detail: theme}));
  }

  const preferred = () => kept() || (system.matches ? "light" : "dark");

  /** theme: "dark" or "light"; it is remembered. Without one: the theme that is shown. */
  songboard.theme = function (theme) {
    if (!theme) return document.documentElement.dataset.theme;
    try {
      localStorage.setItem(KEPT, theme);
    } catch {
      // it holds for this page alone
    }
    show(theme);
    return theme;
  };

  show(preferred());
  system.addEventListener("change", () => show(preferred()));
  document.addEventListener("click", (event) => {
    if (event.target.closest("#theme")) songboard.theme(songboard.theme() === "light" ? "dark" : "light");
  });
})();
