/* Minutes by start and stop: the telephone remembers when the work began, also without a network and after it was off. */
(function () {
  "use strict";
  if (!window.phone) return;
  const { words, say, setup, local, clock, ours } = window.phone;
  let ticking = 0;

  function install() {
    document.querySelectorAll("#steps [data-timer]:not([data-ready])").forEach((box) => {
      const name = `timer:${setup.person}:${box.dataset.timer}`;
      const form = document.getElementById("form-record_time");
      const start = box.querySelector("[data-timer-start]"), stop = box.querySelector("[data-timer-stop]");
      const said = box.querySelector("[data-timer-said]");
      if (!form) return;
      box.dataset.ready = "1";
      box.hidden = false;
      function show() {
        const began = Number(localStorage.getItem(name));
        start.hidden = Boolean(began);
        stop.hidden = !began;
        said.hidden = !began;
        if (!began) return;
        const minutes = Math.floor((Date.now() - began) / 60000);
        said.textContent = `${say(words.running, { time: clock(began).slice(-5) })} · ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
      }
      start.addEventListener("click", () => { localStorage.setItem(name, String(Date.now())); show(); });
      stop.addEventListener("click", async () => {
        const began = Number(localStorage.getItem(name));
        form.querySelector("[name=started_at]").value = local(await ours(began));
        form.querySelector("[name=minutes]").value = String(Math.max(1, Math.round((Date.now() - began) / 60000)));
        localStorage.removeItem(name);
        form.requestSubmit();
      });
      show();
      window.clearInterval(ticking);
      ticking = window.setInterval(show, 10000);
    });
    document.querySelectorAll("article[data-job]").forEach((card) => {
      const began = Number(localStorage.getItem(`timer:${setup.person}:${card.dataset.job}`));
      if (!began || card.querySelector(".running")) return;
      const line = document.createElement("p");
      line.className = "running";
      line.textContent = say(words.running, { time: clock(began).slice(-5) });
      card.append(line);
    });
  }
  document.addEventListener("phone:steps", install);
  install();
})();
