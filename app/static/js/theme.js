/* Before anything is painted: the colours and the menu's width this person chose on this computer. */
(function () {
  "use strict";
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    if (localStorage.getItem("menu") === "rail") root.classList.add("menu-rail");
  } catch (_error) { /* a browser that keeps nothing shows what the system wishes */ }
})();
