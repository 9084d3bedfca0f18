/* The technician's pages: the telephone's own clock, and drawing boxes that were folded away. */
(function () {
  "use strict";
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector("[data-device-time]");
    if (field) field.value = new Date().toISOString();
  }, true);
  // A canvas has no width while its section is closed.
  document.addEventListener("toggle", () => window.dispatchEvent(new Event("resize")), true);
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.scrollIntoView({ block: "center" });
})();
