/* The search box of the top bar: "/" goes there, what is found appears under it, arrows choose, Enter opens. */
(function () {
  "use strict";
  const form = document.querySelector("[data-finder]");
  if (!form) return;
  const box = form.querySelector("input");
  const found = form.querySelector(".finder-found");
  let asked = "";
  let timer = null;

  function close() {
    found.hidden = true;
  }
  function open() {
    found.hidden = !found.childElementCount;
  }
  function ask() {
    const text = box.value.trim();
    if (text === asked) { open(); return; }
    asked = text;
    // One Chinese character is a surname; one letter or digit is nothing yet.
    if (text.length < (/^[ -~]*$/.test(text) ? 2 : 1)) { found.textContent = ""; close(); return; }
    fetch(`${form.action}?part=1&q=${encodeURIComponent(text)}`, { credentials: "same-origin" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .then((html) => {
        if (text !== asked) return;
        found.innerHTML = html;
        if (form.contains(document.activeElement)) open();
      })
      .catch(() => close());
  }
  function step(by) {
    const hits = [...found.querySelectorAll("[data-hit]")];
    if (!hits.length || found.hidden) return false;
    const now = hits.indexOf(document.activeElement);
    const next = now + by;
    if (next < 0) box.focus();
    else hits[Math.min(next, hits.length - 1)].focus();
    return true;
  }

  box.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 180);
  });
  box.addEventListener("focus", () => { if (asked && box.value.trim() === asked) open(); });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && step(1)) event.preventDefault();
    else if (event.key === "ArrowUp" && step(-1)) event.preventDefault();
    else if (event.key === "Escape") {
      if (!found.hidden) { event.preventDefault(); box.focus(); close(); } else box.blur();
    }
  });
  form.addEventListener("submit", (event) => { if (!box.value.trim()) event.preventDefault(); });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
  form.addEventListener("focusout", (event) => { if (event.relatedTarget && !form.contains(event.relatedTarget)) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (at.isContentEditable || /^(input|textarea|select)$/i.test(at.tagName) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
