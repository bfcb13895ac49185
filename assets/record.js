/* Ten seconds from the microphone: counted down in the button, with the level of what is heard, then dropped like any
   other track. Pressing the button again ends it early. */
(function () {
  const songboard = (window.songboard = window.songboard || {});
  const SECONDS = 10;
  const REFUSED = {
    NotAllowedError: "The microphone was refused. Allow it for this page in the browser, then record again.",
    NotFoundError: "There is no microphone on this machine.",
    NotReadableError: "Another program holds the microphone. Close it there, then record again.",
  };
  let recorder = null;
  let asking = false; // whether the browser still asks for leave

  async function record(button) {
    if (asking) return;
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      return songboard.notice("trouble", "This browser gives no microphone to this page. Open Songboard at localhost.");
    }
    let stream = null;
    asking = true;
    try {
      const plain = {echoCancellation: false, noiseSuppression: false, autoGainControl: false}; // music, not speech
      stream = await navigator.mediaDevices.getUserMedia({audio: plain});
    } catch (error) {
      return songboard.notice("trouble", REFUSED[error.name] || `The microphone gave nothing: ${error.message}`);
    } finally {
      asking = false;
    }
    document.getElementById("audio").pause(); // or the page would hear itself
    const type = ["audio/webm;codecs=opus", "audio/mp4"].find((kind) => MediaRecorder.isTypeSupported(kind));
    const parts = [];
    recorder = new MediaRecorder(stream, type ? {mimeType: type} : {});
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      const at = new Date().toTimeString().slice(0, 8);
      songboard.drop([new File(parts, `Recording ${at}.webm`)]);
    });
    recorder.start();
    count(button, stream);
  }

  /** Show what is left and how loud it is, ten times a second. */
  function count(button, stream) {
    const name = button.querySelector(".action-name");
    const before = name.textContent;
    const context = new AudioContext();
    const meter = context.createAnalyser();
    const samples = new Float32Array(meter.fftSize);
    context.createMediaStreamSource(stream).connect(meter);
    const began = performance.now();
    button.setAttribute("data-recording", "");
    button.setAttribute("aria-label", "Stop recording");
    const tick = setInterval(() => {
      const left = SECONDS - (performance.now() - began) / 1000;
      meter.getFloatTimeDomainData(samples);
      const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      button.style.setProperty("--level", Math.min(1, level * 4).toFixed(3));
      name.textContent = `${Math.max(1, Math.ceil(left))} s`;
      if (left <= 0 && recorder) recorder.stop();
      if (recorder) return;
      clearInterval(tick);
      context.close();
      name.textContent = before;
      button.removeAttribute("data-recording");
      button.setAttribute("aria-label", "Record ten seconds");
    }, 100);
  }

  songboard.when("#record", (button) => {
    button.addEventListener("click", () => (recorder ? recorder.stop() : record(button)));
  });
})();
