/* Keys for people who call all day: Y all as a content customer answers, 1–4 satisfaction, Ctrl+Enter saves. Everything works without them. */
(function () {
  "use strict";
  // The number of who complained: asked for without leaving the page, so that nothing typed is lost, and dialled at once.
  const ask = document.querySelector("form[data-reveal]");
  if (ask) {
    ask.addEventListener("submit", (event) => {
      event.preventDefault();
      fetch(ask.action, { method: "POST", body: new FormData(ask), credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((page) => {
          const there = new DOMParser().parseFromString(page, "text/html").querySelectorAll("a.call-number, a.call-other");
          if (!there.length) throw new Error("no number");
          const numbers = Array.from(there, (each) => document.importNode(each, true));
          ask.replaceWith(...numbers);
          numbers[0].focus();
          numbers[0].click();
        })
        .catch(() => ask.submit());
    });
  }
  const shown = document.querySelector("a[data-dial-now]");
  if (shown) shown.click();
  const form = document.querySelector("form[data-call]");
  if (!form) return;
  const all = form.querySelector("[data-all-yes]");
  const allYes = () => {
    form.querySelectorAll(".script input[type=radio][data-good]").forEach((answer) => { answer.checked = true; });
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
