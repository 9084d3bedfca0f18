/* The quote on the telephone: a box that finds one of the other parts by name or number. */
(function () {
  "use strict";
  const install = () => document.querySelectorAll("[data-other-parts]:not([data-ready])").forEach((box) => {
    box.dataset.ready = "1";
    const typed = box.querySelector("[data-part-filter]");
    typed.addEventListener("input", () => {
      const words = typed.value.trim().toLowerCase();
      box.querySelectorAll("[data-words]").forEach((row) => {
        const kept = Number(row.querySelector("input").value) > 0;  // what is chosen stays in sight
        row.style.display = kept || row.dataset.words.includes(words) ? "" : "none";
      });
    });
    // Enter in the box finds; it does not send the quote.
    typed.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });
  install();
  // A page kept on the telephone shows the next step of the job.
  document.addEventListener("phone:steps", install);
})();
