/* The dispatch board: a call or a job is dropped on a day of a technician, and a small window asks before it is done. */
(function () {
  "use strict";
  const dialog = document.querySelector("[data-drop-dialog]");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const button = form.querySelector("[type=submit]");
  let dragged = null;

  function row(name, shown, needed) {
    const label = dialog.querySelector("[data-drop-" + name + "]");
    label.hidden = !shown;
    const input = label.querySelector("input");
    input.required = Boolean(needed);
    input.disabled = !shown;
    return input;
  }
  function ask(cell) {
    const job = dragged.dataset.order;
    const kind = !job ? "send" : dragged.dataset.staff === cell.dataset.staff ? "move" : "reassign";
    form.action = dialog.dataset[kind].replace(/0$/, job || dragged.dataset.call);
    form.elements.technician_id.value = cell.dataset.staff;
    dialog.querySelector("[data-drop-title]").textContent =
      dragged.dataset.name + " → " + cell.dataset.name + " " + cell.dataset.day;
    row("when", true, kind === "move").value = cell.dataset.free || cell.dataset.day + "T09:00";
    row("reason", kind !== "send", kind === "reassign").value = "";
    row("agreed", kind === "move", true).value = kind === "move" ? dragged.dataset.name : "";
    button.textContent = button.dataset["drop" + kind[0].toUpperCase() + kind.slice(1)];
    dialog.showModal();
    (kind === "reassign" ? form.elements.reason : button).focus();
  }

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[draggable=true][data-call], [draggable=true][data-order]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.name);
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragend", () => {
    document.body.classList.remove("dragging");
    document.querySelectorAll(".drop-here").forEach((cell) => cell.classList.remove("drop-here"));
  });
  document.querySelectorAll("[data-drop]").forEach((cell) => {
    cell.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      cell.classList.add("drop-here");
    });
    cell.addEventListener("dragleave", (event) => {
      if (!cell.contains(event.relatedTarget)) cell.classList.remove("drop-here");
    });
    cell.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      cell.classList.remove("drop-here");
      ask(cell);
      dragged = null;
    });
  });
  dialog.querySelector("[data-drop-cancel]").addEventListener("click", () => dialog.close());
})();
