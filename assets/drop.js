/* Drop a track anywhere: its bytes go to /drop, and what comes back is asked about like any other song. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const byId = (id) => document.getElementById(id);
  let depth = 0; // dragenter and dragleave come once for every element crossed

  /** kind: "busy" or "trouble". */
  function notice(kind, sentence) {
    byId("notice").dataset.kind = kind;
    byId("notice").setAttribute("role", kind === "trouble" ? "alert" : "status");
    byId("notice-text").textContent = sentence;
    byId("notice").hidden = false;
  }

  songboard.dismiss = function () {
    const shown = byId("notice");
    if (shown.hidden || shown.dataset.kind === "busy") return false;
    shown.hidden = true;
    return true;
  };

  async function send(file) {
    const largest = Number(byId("drop").dataset.largest);
    if (file.size > largest) {
      const limit = `${Math.round(largest / 2 ** 20)} MB`;
      return notice("trouble", `“${file.name}” is larger than ${limit}, the most a dropped track may have.`);
    }
    notice("busy", `Listening to “${file.name}” …`);
    try {
      const answer = await fetch("/drop", {
        method: "POST",
        headers: {
          "X-Songboard": "drop",
          "X-File-Name": encodeURIComponent(file.name),
          "Content-Type": "application/octet-stream",
        },
        body: file,
      });
      const failed = {error: `Listening to “${file.name}” failed. The terminal that runs Songboard says why.`};
      const heard = await answer.json().catch(() => failed);
      if (heard.error) return notice("trouble", heard.error);
      byId("notice").hidden = true;
      songboard.keep(heard.token, URL.createObjectURL(file));
      songboard.play({key: heard.token, title: heard.title, artist: "Dropped track"});
      songboard.ask({track: heard.token});
    } catch (error) {
      notice("trouble", `“${file.name}” did not arrive. Is Songboard still running?`);
    }
  }

  const holdsFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");

  addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    depth += 1;
    byId("drop-veil").hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) byId("drop-veil").hidden = true;
  });
  addEventListener("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    byId("drop-veil").hidden = true;
    const [file] = event.dataTransfer.files;
    if (file) send(file);
  });

  songboard.when("#notice-close", (close) => {
    close.addEventListener("click", songboard.dismiss);
    const picker = document.createElement("input");
    picker.type = "file";
    picker.hidden = true;
    picker.setAttribute("aria-label", "Choose a track");
    picker.addEventListener("change", () => {
      if (picker.files[0]) send(picker.files[0]);
      picker.value = "";
    });
    document.body.append(picker);
    byId("drop").addEventListener("click", () => picker.click());
  });
})();
