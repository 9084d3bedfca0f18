/* Instalments of one's own: another row, and what they come to. */
(function () {
  "use strict";
  document.querySelectorAll("[data-plan]").forEach(function (box) {
    const more = box.querySelector("[data-plan-more]");
    const line = box.querySelector("[data-plan-sum]");
    const whole = box.dataset.plan ? Math.round(parseFloat(box.dataset.plan) * 100) : null;

    function rows() { return Array.from(box.querySelectorAll(".plan-row")); }
    function money(fen) {
      return (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    }
    function sum() {
      let fen = 0;
      let used = false;
      rows().forEach(function (row) {
        const typed = row.querySelector("[inputmode]").value.replace(/,/g, "").trim();
        if (typed) { used = true; fen += Math.round(parseFloat(typed) * 100) || 0; }
      });
      line.textContent = used ? line.dataset.words + " " + money(fen) + (whole === null ? "" : " / " + money(whole)) : "";
      line.classList.toggle("plan-off", used && whole !== null && fen !== whole);
    }
    more.hidden = false;
    more.addEventListener("click", function () {
      const last = rows().pop();
      const next = last.cloneNode(true);
      next.querySelectorAll("input").forEach(function (input) { input.value = ""; });
      last.after(next);
      next.querySelector("input").focus();
    });
    box.addEventListener("input", sum);
    sum();
  });
})();
