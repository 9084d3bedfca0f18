/* Reading codes with the camera: the browser's own reader, else a library beside the page (code_reader.js). */
(function () {
  "use strict";
  const WIDEST = 1280;  // enough for the thin lines of a bar code
  // What stands on products, vouchers and parts.
  const ALL = ["qr_code", "code_128", "code_39", "ean_13"];
  let helper = null;  // one worker a page, started when it is first needed
  let last = Promise.resolve("");

  function start(from, wanted) {
    if (helper) return helper;
    helper = new Promise((done, failed) => {
      const worker = new Worker(from.dataset.reader);
      worker.onerror = () => failed(new Error("reader"));
      worker.onmessage = ({ data }) => (data.ready ? done(worker) : failed(new Error(data.failed)));
      const absolute = (address) => new URL(address, location.href).href;
      worker.postMessage({ library: absolute(from.dataset.readerLibrary), wasm: absolute(from.dataset.readerWasm), wanted });
    }).catch((problem) => { helper = null; throw problem; });
    return helper;
  }

  function own(from, wanted) {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    return start(from, wanted).then((worker) => (video) => {
      const scale = Math.min(1, WIDEST / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      if (!canvas.width) return Promise.resolve("");
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
      return ask(worker, picture);
    });
  }

  // One picture after the other: two cameras of a page share the worker, and each hears its own answer.
  function ask(worker, picture) {
    const answer = last.then(() => new Promise((done) => {
      worker.onmessage = ({ data }) => done(data.text || "");
      worker.onerror = () => { helper = null; done(""); };
      worker.postMessage({ picture }, [picture.data.buffer]);
    }));
    last = answer.catch(() => "");
    return answer;
  }

  // A promise of a function that reads what a video shows; "" when there is nothing to read.
  async function reader(from, wanted) {
    const known = "BarcodeDetector" in window ? await window.BarcodeDetector.getSupportedFormats() : [];
    if (!wanted.every((each) => known.includes(each))) return own(from, wanted);
    const detector = new window.BarcodeDetector({ formats: wanted });
    return (video) => detector.detect(video).then((codes) => (codes.length ? codes[0].rawValue : ""));
  }

  window.officeCamera = {
    there: Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia),

    /* Show the camera in ``video`` until a code is read, then give its text; ``stopped()`` ends it before. Fails
       without a camera. ``from``: the element that says where the reader lies (macro code_reader). ``formats``: kinds of
       codes; a page has one choice of them. */
    read(video, from, stopped = () => false, formats = ALL) {
      let stream = null;
      const end = () => {
        if (stream) stream.getTracks().forEach((track) => track.stop());
        video.srcObject = null;
      };
      const picture = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
      return navigator.mediaDevices.getUserMedia({ video: picture })
        .then((given) => {
          stream = given;
          video.srcObject = given;
          return Promise.all([reader(from, formats), video.play()]);
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
