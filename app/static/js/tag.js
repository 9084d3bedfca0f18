/* Scanning an item's tag: the browser's own reader, else a library; what was read is looked up as if typed. */
(function () {
  "use strict";
  const box = document.querySelector("[data-tag-scan]");
  const button = box.querySelector("[data-scan-start]");
  const video = box.querySelector("video");
  const trouble = box.querySelector("[data-no-camera]");
  const number = document.getElementById("number");

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    button.hidden = true;
    trouble.hidden = false;
    return;
  }

  function library() {
    if (window.jsQR) return Promise.resolve();
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = box.dataset.library;
      script.nonce = document.querySelector("script[nonce]").nonce;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  function reader() {
    if ("BarcodeDetector" in window) {
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      return Promise.resolve(() => detector.detect(video).then((codes) => (codes.length ? codes[0].rawValue : "")));
    }
    const canvas = document.createElement("canvas");
    return library().then(() => () => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      if (!canvas.width) return Promise.resolve("");
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.drawImage(video, 0, 0);
      const found = window.jsQR(pen.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
      return Promise.resolve(found ? found.data : "");
    });
  }

  button.addEventListener("click", () => {
    trouble.hidden = true;
    Promise.all([navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }), reader()]).then(([stream, read]) => {
      video.hidden = false;
      button.hidden = true;
      video.srcObject = stream;
      video.play();
      (function look() {
        read().catch(() => "").then((text) => {
          if (!text) {
            setTimeout(look, 150);
            return;
          }
          stream.getTracks().forEach((track) => track.stop());
          number.value = text.trim().slice(0, 200);
          number.form.submit();
        });
      })();
    }).catch(() => { trouble.hidden = false; });
  });
})();
