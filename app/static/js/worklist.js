/* Keys for people who call all day: Y all yes, 1–4 satisfaction, Ctrl+Enter saves. Everything works without them. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-call]");
  if (!form) return;
  const all = form.querySelector("[data-all-yes]");
  const allYes = () => {
    form.querySelectorAll(".script input[type=radio][value=yes]").forEach((answer) => { answer.checked = true; });
  };
  if (all) {
    all.hidden = false;
    all.addEventListener("click", allYes);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio]), textarea, select")) return;
    if (event.key === "y" || event.key === "Y") {
      allYes();
      event.preventDefault();
      return;
    }
    const choice = form.querySelectorAll("[name=satisfaction]")[Number(event.key) - 1];
    if (!/^[1-4]$/.test(event.key) || !choice) return;
    choice.checked = true;
    choice.focus();
    event.preventDefault();
  });
})();
