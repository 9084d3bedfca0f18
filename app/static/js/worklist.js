/* Keys for people who call all day: 1–4 satisfaction, Ctrl+Enter saves. Everything works without them. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-call]");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio]), textarea, select")) return;
    const choice = form.querySelectorAll("[name=satisfaction]")[Number(event.key) - 1];
    if (!/^[1-4]$/.test(event.key) || !choice) return;
    choice.checked = true;
    choice.focus();
    event.preventDefault();
  });
})();
