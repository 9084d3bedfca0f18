/* Tabs that are read when they are opened: without a script each is a page of its own. */
(function () {
  "use strict";
  const bar = document.querySelector("[data-load-tabs]");
  if (!bar) return;
  const panel = document.querySelector("[data-tab-panel]");
  const tabs = [...bar.querySelectorAll("a[data-tab]")];
  let asked = 0;

  function mark(name) {
    tabs.forEach((tab) => {
      if (tab.dataset.tab === name) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    });
  }
  function open(tab) {
    const url = tab.href.split("#")[0];
    const mine = (asked += 1);
    mark(tab.dataset.tab);
    panel.setAttribute("aria-busy", "true");
    return fetch(url, { credentials: "same-origin", headers: { "X-Part": "tab" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)))
      .then((text) => {
        if (mine !== asked) return;
        panel.innerHTML = text;
        panel.removeAttribute("aria-busy");
        history.replaceState(null, "", url);
      })
      .catch(() => { if (mine === asked) window.location = tab.href; });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-tab], a[data-tab-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const tab = tabs.find((each) => each.dataset.tab === (link.dataset.tab || link.dataset.tabLink));
    if (!tab) return;
    event.preventDefault();
    open(tab).then(() => { if (link !== tab) bar.scrollIntoView({ block: "start" }); });
    if (link !== tab) tab.focus({ preventScroll: true });
  });
})();
