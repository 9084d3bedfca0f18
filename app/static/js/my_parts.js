/* The picker of parts on the technician's page: scanned or searched in the own van first, then said where else it lies. */
(function () {
  "use strict";
  const box = document.querySelector("[data-part-search]");
  const select = document.querySelector("#form-fit_part select");
  if (!box || !select) return;
  const said = document.querySelector("[data-part-said]");
  const serials = JSON.parse(document.getElementById("van-serials").textContent);
  const fields = ["serials", "old_serials"].map((name) => document.querySelector(`#form-fit_part [name=${name}]`));

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
    select.value = option.value;
    select.dispatchEvent(new Event("change"));
    said.textContent = option.textContent;
  }
  async function elsewhere(typed) {
    const answer = await fetch(`${box.dataset.partSearch}?q=${encodeURIComponent(typed)}`);
    if (!answer.ok) return;
    const { parts } = await answer.json();
    const lines = parts.map((part) => `${part.name} ${part.code}: ${part.places.join("、") || box.dataset.nowhere}`);
    said.textContent = `${box.dataset.notHere} ${lines.join("；") || box.dataset.unknown}`;
  }
  function find(last) {
    const typed = box.value.trim().toLowerCase();
    said.textContent = "";
    if (!typed) return;
    const unit = Object.keys(serials).find((id) => serials[id].some((each) => each.toLowerCase() === typed));
    const options = [...select.options].filter((each) => each.value);
    const hits = unit ? options.filter((each) => each.value === unit) : options.filter((each) => each.textContent.toLowerCase().includes(typed));
    if (hits.length) {
      choose(hits[0]);
    } else {
      select.value = "";  // or the part chosen before would be fitted
      select.dispatchEvent(new Event("change"));
    }
    if (unit && fields[0]) fields[0].value = box.value.trim();
    if (!hits.length && last) elsewhere(box.value.trim());
  }
  let wait = 0;
  box.addEventListener("input", () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(() => find(true), 300);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    window.clearTimeout(wait);
    find(true);
  });
})();
