/* Scanning an item's tag: what was read is looked up as if typed. */
(function () {
  "use strict";
  const box = document.querySelector("[data-tag-scan]");
  const button = box.querySelector("[data-scan-start]");
  const video = box.querySelector("video");
  const trouble = box.querySelector("[data-no-camera]");
  const number = document.getElementById("number");

  if (!window.officeCamera.there) {
    button.hidden = true;
    trouble.hidden = false;
    return;
  }

  button.addEventListener("click", () => {
    trouble.hidden = true;
    button.hidden = true;
    video.hidden = false;
    // The tag is a QR code; beside it most products bear the maker's bar code, which is no number of ours.
    window.officeCamera.read(video, box, undefined, ["qr_code"]).then((text) => {
      number.value = text.slice(0, 200);
      number.form.submit();
    }).catch(() => {
      trouble.hidden = false;
      button.hidden = false;
      video.hidden = true;
    });
  });
})();
