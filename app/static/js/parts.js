/* Figures typed or scanned into a table of parts (vans, counts). Nothing is asked of the server before it is sent. */
(function () {
  "use strict";

  const script = document.currentScript;
  const table = document.querySelector("[data-figures] tbody");
  const scan = document.querySelector("[data-scan]");
  const known = JSON.parse(document.getElementById("parts-known").textContent);
  const template = document.getElementById("part-row");
  const said = document.querySelector("[data-scan-said]");
  const counting = scan.dataset.scan === "count";
  const list = document.getElementById("scan-parts");
  known.forEach((part) => {
    const option = document.createElement("option");
    option.value = part.code;
    option.label = `${part.name} ${part.code}`;
    list.append(option);
  });

  // Enter goes to the next figure; a scanner ends every code with it.
  table.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const fields = [...table.querySelectorAll("input")].filter((each) => each.name.split("-")[0] === event.target.name.split("-")[0]);
    const next = fields[fields.indexOf(event.target) + 1];
    if (next) { next.focus(); next.select(); } else scan.focus();
  });

  function kind() {
    const chosen = document.querySelector("input[name=scan-kind]:checked");
    return counting ? "counted" : chosen ? chosen.value : "issue";
  }

  function rowOf(part) {
    const there = table.querySelector(`tr[data-part="${part.id}"]`);
    if (there) return there;
    if (kind() === "return") return null;
    const row = template.content.firstElementChild.cloneNode(true);
    row.dataset.part = part.id;
    const first = row.querySelector("td");
    const code = document.createElement("span");
    code.className = "muted";
    code.textContent = part.code;
    first.append(part.name, document.createElement("br"), code);
    const figure = row.querySelector("input[type=number]");
    figure.name = `${counting ? "counted" : "issue"}-${part.id}`;
    figure.setAttribute("aria-label", `${figure.getAttribute("aria-label")} ${part.name}`);
    const serials = row.querySelector("textarea");
    if (part.tracked) serials.name = counting ? `serials-${part.id}` : `issueserials-${part.id}`;
    else serials.remove();
    const reason = row.querySelector("[data-reason]");
    if (reason) reason.name = `reason-${part.id}`;
    if (!counting) {
      row.cells[3].textContent = part.free;
      figure.max = part.free;
    }
    const empty = table.querySelector("[data-empty]");
    if (empty) empty.remove();
    table.prepend(row);
    return row;
  }

  function addSerial(row, column, serial) {
    const box = row.querySelector(counting ? "textarea" : `textarea[name^="${column}serials-"]`);
    if (!box) return;
    const lines = box.value.split(/\s+/).filter(Boolean);
    if (serial && !lines.includes(serial)) lines.push(serial);
    box.value = lines.join("\n");
    const figure = row.querySelector(`input[name^="${column}-"]`);
    if (figure) figure.value = lines.length || "";
  }

  function find(text) {
    const typed = text.trim();
    const low = typed.toLowerCase();
    const unit = known.find((part) => part.serials.includes(typed));
    if (unit) return { part: unit, serial: typed };
    const exact = known.find((part) => part.code.toLowerCase() === low);
    if (exact) return { part: exact };
    const like = known.filter((part) => part.name.includes(typed) || part.code.toLowerCase().includes(low) || part.short.toLowerCase().startsWith(low));
    return like.length === 1 ? { part: like[0] } : null;
  }

  function take(text) {
    const found = find(text);
    const row = found && rowOf(found.part);
    said.textContent = "";
    if (!row) {
      said.textContent = `${script.dataset.unknown} ${text}`;
      return;
    }
    table.querySelectorAll("tr.found").forEach((each) => each.classList.remove("found"));
    row.classList.add("found");
    row.scrollIntoView({ block: "nearest" });
    const column = kind();
    const figure = row.querySelector(`input[name^="${column}-"]`);
    if (found.part.tracked) addSerial(row, column, found.serial);
    else if (!counting && figure) {
      // Each scan is one more piece.
      const more = Number(figure.value || 0) + 1;
      if (figure.max !== "" && more > Number(figure.max)) said.textContent = `${script.dataset.short} ${found.part.name}`;
      else figure.value = more;
    }
    if (figure && (counting || document.activeElement !== scan)) {
      figure.focus();
      figure.select();
    }
  }

  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!scan.value.trim()) return;
    const text = scan.value;
    scan.value = "";
    take(text);
  });
  // A choice from the list comes as input without a key.
  scan.addEventListener("input", (event) => {
    if (event.inputType && event.inputType !== "insertReplacementText") return;
    if (!known.some((part) => part.code === scan.value)) return;
    const text = scan.value;
    scan.value = "";
    take(text);
  });
  table.addEventListener("input", (event) => {
    if (!event.target.classList.contains("serials")) return;
    const row = event.target.closest("tr");
    const column = counting ? "counted" : event.target.name.replace(/serials-.*/, "");
    const count = event.target.value.split(/[\s,;、，；]+/).filter(Boolean).length;
    const figure = row.querySelector(`input[name^="${column}-"]`);
    if (figure) figure.value = count || "";
  });
})();
