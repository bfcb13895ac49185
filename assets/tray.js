/* The tray of dropped tracks: a chip each. songboard:tray tells what was opened or forgotten, and what is ready. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const tray = () => document.getElementById("tray");

  function make(name, className, text = "") {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    if (name === "button") element.type = "button";
    return element;
  }

  function tell(news = {}) {
    const ready = [...tray().querySelectorAll(".dropped[data-token]")].map((chip) => ({
      token: chip.dataset.token,
      title: chip.querySelector(".dropped-title").textContent,
    }));
    songboard.tell("tray", {...news, ready});
  }

  /** A new track in the tray: waiting. What comes back moves it on. */
  songboard.chip = function (title) {
    const chip = make("li", "dropped");
    const main = make("button", "dropped-main");
    const says = make("span", "dropped-state");
    const cross = make("button", "icon-button");
    let leave = () => {};
    let track = null;

    main.append(make("span", "dropped-title", title), says);
    cross.append(make("span", "icon icon-close"));
    chip.append(main, cross);
    move("waiting", "Waiting");
    tray().querySelector(".tray-list").append(chip);
    tray().hidden = false;
    chip.scrollIntoView({block: "nearest"});

    function move(state, sentence) {
      chip.dataset.state = state;
      says.textContent = sentence;
      says.setAttribute("role", state === "refused" ? "alert" : "status");
      main.disabled = state !== "ready";
      main.title = state !== "ready" ? title : `Ask again about ${title}${chip.hasAttribute("data-mute") ? ". Its sound is gone: drop the file again to hear it" : ""}`;
      const does = state === "ready" ? "Forget" : state === "refused" ? "Put away" : "Cancel";
      cross.setAttribute("aria-label", `${does} “${title}”`);
    }

    main.addEventListener("click", () => track && tell({opened: track}));
    cross.addEventListener("click", () => {
      chip.remove();
      leave();
      tray().hidden = !tray().querySelector(".dropped");
      tell(track ? {forgotten: track} : {});
    });

    return {
      /** Whether it was put away. */
      gone: () => !chip.isConnected,
      /** stop(): what to do when it is put away before it was heard. */
      leaves(stop) {
        leave = stop;
      },
      /** share: of its bytes, 0 to 1. */
      sent(share) {
        chip.style.setProperty("--share", `${Math.round(100 * share)}%`);
        move("sending", `Sending, ${Math.round(100 * share)} %`);
      },
      listening: () => move("listening", "Listening"),
      refused: (sentence) => move("refused", sentence),
      ready(heard) {
        track = heard;
        leave = () => {};
        title = heard.title;
        chip.dataset.token = heard.token;
        main.firstChild.textContent = title;
        const mute = !songboard.sounds(heard.token); // dropped before the page was loaded anew
        chip.toggleAttribute("data-mute", mute);
        move("ready", mute ? "Sound is gone: drop it again" : "Ask again");
        tell();
      },
    };
  };

  document.addEventListener("songboard:asked", (event) => {
    for (const chip of document.querySelectorAll(".dropped[data-token]")) {
      chip.toggleAttribute("data-asked", chip.dataset.token === event.detail.track);
    }
  });
})();
