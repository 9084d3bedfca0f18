/* Reading codes with the camera: the browser's own reader, else a library that knows QR codes only. */
(function () {
  "use strict";

  function library(address) {
    if (window.jsQR) return Promise.resolve();
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  function own(address) {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    return library(address).then(() => (video) => {
      // Half a megapixel is plenty for a code held before the camera, and quick to read.
      const scale = Math.min(1, 800 / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      if (!canvas.width) return Promise.resolve("");
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
      const found = window.jsQR(picture.data, picture.width, picture.height);
      return Promise.resolve(found ? found.data : "");
    });
  }

  // A promise of a function that reads what a video shows; "" when there is nothing to read.
  function reader(address, wanted) {
    if (!("BarcodeDetector" in window)) return own(address);
    return window.BarcodeDetector.getSupportedFormats().then((known) => {
      const formats = wanted.filter((each) => known.includes(each));
      if (!formats.includes("qr_code")) return own(address);
      const detector = new window.BarcodeDetector({ formats });
      return (video) => detector.detect(video).then((codes) => (codes.length ? codes[0].rawValue : ""));
    });
  }

  window.officeCamera = {
    there: Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia),

    /* Show the camera in ``video`` until a code is read, then give its text; ``stopped()`` ends it before. Fails
       without a camera. ``formats`` beside QR codes, such as "code_128". */
    read(video, address, formats = [], stopped = () => false) {
      let stream = null;
      const end = () => {
        if (stream) stream.getTracks().forEach((track) => track.stop());
        video.srcObject = null;
      };
      return navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } })
        .then((given) => {
          stream = given;
          video.srcObject = given;
          return Promise.all([reader(address, ["qr_code", ...formats]), video.play()]);
        })
        .then(([read]) => new Promise((found) => {
          (function look() {
            if (stopped()) { found(""); return; }
            read(video).catch(() => "").then((text) => {
              if (text.trim()) found(text.trim());
              else setTimeout(look, 150);
            });
          })();
        }))
        .finally(end);
    },
  };
})();
