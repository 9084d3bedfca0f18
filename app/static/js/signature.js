/* Signing on screen: the drawing goes into a hidden field as PNG when the pen is lifted. */
(function () {
  "use strict";
  function install(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const canvas = box.querySelector("canvas");
    const input = box.querySelector("input");
    const pad = new window.SignaturePad(canvas, { backgroundColor: "rgb(255,255,255)", minWidth: 0.8, maxWidth: 2.6 });

    // Drawing is entering too: a page that would load itself again has to know.
    const changed = () => input.dispatchEvent(new Event("input", { bubbles: true }));
    function keep() {
      input.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
      changed();
    }
    function fit() {
      // Screens with several pixels a point draw sharply; turning the telephone keeps the strokes.
      const ratio = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
      const strokes = pad.toData();
      canvas.width = canvas.offsetWidth * ratio;
      canvas.height = canvas.offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      pad.clear();
      if (strokes.length) pad.fromData(strokes);
      else if (input.value) pad.fromDataURL(input.value, { width: canvas.offsetWidth, height: canvas.offsetHeight });
    }
    pad.addEventListener("endStroke", keep);
    box.querySelector("[data-signature-clear]").addEventListener("click", () => {
      pad.clear();
      input.value = "";
      changed();
    });
    let width = 0;
    window.addEventListener("resize", () => {
      if (canvas.offsetWidth !== width) {
        width = canvas.offsetWidth;
        fit();
      }
    });
    width = canvas.offsetWidth;
    fit();
  }
  const all = () => document.querySelectorAll("[data-signature]").forEach(install);
  all();
  // A page kept on the telephone shows the next step of the job.
  document.addEventListener("phone:steps", all);
})();
