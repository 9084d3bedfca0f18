/* Photographs before they travel: made smaller, several taken one after the other, shown; accessories by a tap. */
(function () {
  "use strict";
  const LONGEST = 1600;

  function smaller(file) {
    if (!window.createImageBitmap || !file.type.startsWith("image/")) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: "from-image" }).then((picture) => {
      const factor = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (factor === 1 && file.size < 1500000) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * factor);
      canvas.height = Math.round(picture.height * factor);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise((done) => {
        canvas.toBlob((made) => done(made ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file), "image/jpeg", 0.85);
      });
    }).catch(() => file);
  }

  document.querySelectorAll("[data-photos]").forEach((input) => {
    const shown = input.closest(".field") && input.closest(".field").querySelector("[data-photos-shown]");
    let kept = [];
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files);
      Promise.all(chosen.map(smaller)).then((files) => {
        kept = input.hasAttribute("data-photos-add") ? kept.concat(files) : files;
        const all = new DataTransfer();
        kept.forEach((file) => all.items.add(file));
        input.files = all.files;
        if (shown) {
          shown.replaceChildren(...kept.map((file) => {
            const picture = document.createElement("img");
            picture.src = URL.createObjectURL(file);
            picture.alt = "";
            picture.onload = () => URL.revokeObjectURL(picture.src);
            return picture;
          }));
        }
        if (input.hasAttribute("data-photos-send") && kept.length) input.form.requestSubmit();
      });
    });
  });

  document.querySelectorAll("[data-chips]").forEach((row) => {
    const field = document.getElementById(row.dataset.chips);
    row.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const words = button.textContent.trim();
      const parts = field.value.split(/[、,，]\s*/).filter(Boolean);
      field.value = (parts.includes(words) ? parts.filter((each) => each !== words) : parts.concat(words)).join(document.documentElement.lang.startsWith("zh") ? "、" : ", ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // Said before anything travels: photographs chosen would be lost with a refused form.
  const form = document.getElementById("take-back");
  if (form) {
    const silent = () => form.querySelectorAll("[data-said]").forEach((each) => each.remove());
    form.addEventListener("input", silent);
    form.addEventListener("submit", (event) => {
      const missing = ["condition", "promised_at"].map((name) => form.elements[name]).find((field) => !field.value.trim());
      const unsigned = !form.elements.drawing.value && !form.elements.unsigned_reason.value.trim();
      const wanted = Number(form.dataset.photosLeast || 0);
      const unseen = form.elements.photos.files.length < wanted && !form.elements.no_photo_reason.value.trim();
      const at = unseen ? form.querySelector("[data-photos-shown]")
        : missing || (unsigned ? form.querySelector("[data-signature]") : null);
      silent();
      if (!at) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const told = document.createElement("p");
      told.className = "field-error";
      told.dataset.said = "";
      told.setAttribute("role", "alert");
      told.textContent = unseen ? form.dataset.unseen : missing ? form.dataset.missing : form.dataset.unsigned;
      at.after(told);
      told.scrollIntoView({ block: "center" });
    }, true);
  }
})();
