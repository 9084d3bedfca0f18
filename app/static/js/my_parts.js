/* Parts on the technician's telephone, found by number, name, initials, serial number or the camera.

   [data-part-search] stands before what it fills: the picker of the own van (fit), a list of what the branch has to choose
   from (wanted), or the list of the own van that it narrows (van). */
(function () {
  "use strict";
  const known = JSON.parse((document.getElementById("parts-known") || { textContent: "{}" }).textContent);
  const serials = known.serials || {};
  const short = known.short || {};
  const [comma, semicolon] = document.documentElement.lang.startsWith("zh") ? ["、", "；"] : [", ", "; "];

  // -- what a box may have beside it: a camera, a line that is spoken ------------------------------------------------

  function camera(box, found) {
    const button = box.parentElement.querySelector("[data-camera]");
    const video = box.closest(".field").querySelector("video");
    if (!button || !video || !window.officeCamera || !window.officeCamera.there) return;
    button.hidden = false;
    let stop = false;
    button.addEventListener("click", () => {
      if (!video.hidden) { stop = true; return; }
      stop = false;
      video.hidden = false;
      window.officeCamera.read(video, box, () => stop)
        .then((text) => {
          if (!text) return;
          box.value = text.slice(0, 80);
          // Entered like anything typed, but not at the box itself, which would look for it once more.
          if (box.form) box.form.dispatchEvent(new Event("input", { bubbles: true }));
          found();
        })
        .catch(() => { box.closest(".field").querySelector("[data-part-said]").textContent = box.dataset.noCamera; })
        .finally(() => { video.hidden = true; });
    });
  }
  function typing(box, find) {
    let wait = 0;
    box.addEventListener("input", () => {
      window.clearTimeout(wait);
      wait = window.setTimeout(find, 300);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      window.clearTimeout(wait);
      find();
    });
    camera(box, find);
  }
  async function ask(box, typed) {
    const answer = await fetch(`${box.dataset.partSearch}?q=${encodeURIComponent(typed)}`).catch(() => null);
    return answer && answer.ok ? (await answer.json()).parts : null;
  }
  function places(box, part) {
    const mine = part.mine ? [`${box.dataset.mine} ${part.mine}`] : [];
    return [...mine, ...part.places].join(comma) || box.dataset.nowhere;
  }

  // -- fitted from the own van ----------------------------------------------------------------------------------------

  function fit(box) {
    const form = box.closest("form");
    const select = form.querySelector("select");
    const said = form.querySelector("[data-part-said]");
    const fields = ["serials", "old_serials"].map((name) => form.querySelector(`[name=${name}]`));
    let shown = select.value;
    // Serial numbers are asked for only where a part has them.
    function asked() {
      const there = serials[select.value];
      fields.forEach((field) => {
        if (!field) return;
        field.closest(".field").hidden = !there;
        if (shown !== select.value) field.value = "";  // another part's serial number
      });
      shown = select.value;
      if (there && fields[0]) fields[0].placeholder = there.join(" ");
    }
    select.addEventListener("change", asked);
    asked();

    function choose(option) {
      select.value = option ? option.value : "";  // or the part chosen before would be fitted
      select.dispatchEvent(new Event("change"));
      said.textContent = option ? option.textContent : "";
    }
    async function elsewhere(typed) {
      const parts = await ask(box, typed);
      if (!parts) return;
      const lines = parts.map((part) => `${part.name} ${part.code}: ${part.places.join(comma) || box.dataset.nowhere}`);
      said.textContent = `${box.dataset.notHere} ${lines.join(semicolon) || box.dataset.unknown}`;
    }
    typing(box, () => {
      const typed = box.value.trim();
      const low = typed.toLowerCase();
      said.textContent = "";
      if (!typed) return;
      const unit = Object.keys(serials).find((id) => serials[id].some((each) => each.toLowerCase() === low));
      const options = [...select.options].filter((each) => each.value);
      const named = (each) => each.textContent.toLowerCase().includes(low) || (short[each.value] || "").toLowerCase().startsWith(low);
      const hits = options.filter(unit ? (each) => each.value === unit : named);
      choose(hits[0]);
      if (unit && fields[0]) fields[0].value = typed;
      if (!hits.length) elsewhere(typed);
    });
  }

  // -- kept for a job: whatever the branch has ------------------------------------------------------------------------

  function wanted(box) {
    const form = box.closest("form");
    const list = form.querySelector("[data-part-list]");
    const said = form.querySelector("[data-part-said]");
    const chosen = form.querySelector("[name=part_id]");
    function choose(part) {
      chosen.value = part.id;
      box.value = `${part.name} ${part.code}`;
      said.textContent = places(box, part);
      list.replaceChildren();
    }
    function row(part) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "part-choice";
      const name = document.createElement("b");
      name.textContent = `${part.name} ${part.code}`;
      const where = document.createElement("span");
      where.className = "muted";
      where.textContent = places(box, part);
      button.append(name, where);
      button.addEventListener("click", () => choose(part));
      return button;
    }
    typing(box, async () => {
      const typed = box.value.trim();
      chosen.value = "";
      said.textContent = "";
      const parts = typed ? await ask(box, typed) : [];
      if (!parts || typed !== box.value.trim()) return;
      list.replaceChildren(...parts.map(row));
      if (typed && !parts.length) said.textContent = box.dataset.unknown;
      if (parts.length === 1 && parts[0].code.toLowerCase() === typed.toLowerCase()) choose(parts[0]);
    });
  }

  // -- what is in the own van -----------------------------------------------------------------------------------------

  function van(box) {
    const rows = [...document.querySelectorAll("[data-part-words]")];
    const said = box.closest(".field").querySelector("[data-part-said]");
    typing(box, async () => {
      const typed = box.value.trim();
      const low = typed.toLowerCase();
      rows.forEach((row) => { row.hidden = !row.dataset.partWords.toLowerCase().includes(low); });
      said.textContent = "";
      if (!typed) return;
      const parts = await ask(box, typed);
      if (!parts || typed !== box.value.trim()) return;
      said.textContent = parts.map((part) => `${part.name} ${part.code}: ${places(box, part)}`).join(semicolon) || box.dataset.unknown;
    });
  }

  const kinds = { fit, wanted, van };
  function install() {
    document.querySelectorAll("[data-part-search]:not([data-ready])").forEach((box) => {
      box.dataset.ready = "1";
      kinds[box.dataset.partKind](box);
    });
  }
  install();
  // A page kept on the telephone shows the next step of the job.
  document.addEventListener("phone:steps", install);
})();
