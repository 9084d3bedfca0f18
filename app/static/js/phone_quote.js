/* A paid job without a network (SO-6): what waits as a quote is worked out here from the price list kept with the job, so
   that the customer can be told and agree, and pay. The portal works it out again; its price counts (docs/phone.md). */
(function () {
  "use strict";
  // Money is counted in whole fen.
  const fen = (text) => Math.round(Number(text) * 100);
  const yuan = (amount) => (amount / 100).toFixed(2);
  const read = (amount) => new Intl.NumberFormat("en-US", { minimumFractionDigits: 2 }).format(amount / 100);
  const valueOf = (entry, name) => (entry.fields.find(([each]) => each === name) || ["", ""])[1];

  /* The lines of a quote as rules.quote_lines makes them: {lines: [{kind, name, quantity, amount, free}], total}, amounts in
     fen; null where the list has no price. ``asked``: {minutes, fault, inspection, parts: [[id, quantity]]}. */
  function estimate(list, asked) {
    const lines = [];
    const line = (kind, name, quantity, price, free) => {
      if (price !== null && fen(price) > 0) lines.push({ kind, name, quantity, free, amount: free ? 0 : fen(price) * quantity });
    };
    line("callout", list.names.callout, 1, list.callout, list.free.callout);
    if (asked.inspection) {
      if (list.inspection === null) return null;
      line("other", list.names.other, 1, list.inspection, list.free.labour);
    }
    const flat = list.flat[asked.fault];
    if (asked.minutes > 0 && flat) line("labour", flat[0], 1, flat[1], list.free.labour);
    else if (asked.minutes > 0) {
      if (list.labour === null && !list.free.labour) return null;
      line("labour", list.names.labour, Math.ceil(asked.minutes / list.unit), list.labour, list.free.labour);
    }
    for (const [id, quantity] of asked.parts) {
      if (!list.parts[id]) return null;
      line("part", list.parts[id][0], quantity, list.parts[id][1], list.free.parts);
    }
    return { lines, total: lines.reduce((sum, each) => sum + each.amount, 0) };
  }

  function askedIn(entry) {
    return {
      minutes: Number(valueOf(entry, "minutes")) || 0,
      fault: valueOf(entry, "fault_code_id"),
      inspection: Boolean(valueOf(entry, "inspection")),
      parts: entry.fields.filter(([name, value]) => name.startsWith("need-") && Number(value) > 0).map(([name, value]) => [name.slice(5), Number(value)]),
    };
  }
  const label = (button, total) => [...button.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE && each.textContent.includes("…")).forEach((each) => { each.textContent = each.textContent.replace("…", total); });

  function fill(table, list, worked) {
    const row = (text, amount, kind) => {
      const made = table.insertRow();
      made.className = kind;
      made.insertCell().textContent = text;
      const cell = made.insertCell();
      cell.className = "num numeric";
      cell.textContent = amount;
    };
    worked.lines.forEach((each) => row(`${list.kinds[each.kind]} ${each.name}${each.quantity > 1 ? ` × ${each.quantity}` : ""}`, each.free ? list.gratis : read(each.amount), each.free ? "free" : ""));
    row(window.phone.words.total, read(worked.total), "total");
  }

  // Worked out once more, nothing of what was asked for is lost.
  function asBefore(form, entry) {
    if (!form) return;
    form.querySelectorAll("input[type=number], select").forEach((field) => { field.value = valueOf(entry, field.name) || field.value; });
    form.querySelectorAll("input[type=checkbox]").forEach((field) => { field.checked = Boolean(valueOf(entry, field.name)); });
  }

  // What the customer still has to be asked for, of consents and payments that wait behind the quote.
  function show({ steps, waiting }) {
    const shape = steps.querySelector("template[data-estimate]");
    const last = waiting.map((each) => each.verb).lastIndexOf("quote");
    if (!shape || last < 0) return;
    const entry = waiting[last], after = waiting.slice(last + 1);
    // What the warranty gives in misuse, only the portal knows.
    const misuse = waiting.some((each) => each.verb === "mark_misuse");
    const list = JSON.parse(shape.dataset.estimate), worked = misuse ? null : estimate(list, askedIn(entry));
    const known = shape.parentElement.querySelector("[data-estimate-shown]");
    const old = known ? known.dataset.estimateShown : "";
    if (old !== entry.key) {
      if (known) known.remove();
      // What the portal had worked out before no longer holds.
      shape.parentElement.querySelectorAll(":scope > table, :scope > .good, :scope > form[data-verb=agree_charges], :scope > .muted").forEach((each) => each.remove());
      shape.before(shape.content.cloneNode(true));
    }
    const box = shape.parentElement.querySelector("[data-estimate-shown]");
    const form = box.querySelector("form"), cash = box.querySelector("[data-estimate-cash]");
    // The way to the money with the sum of before.
    steps.querySelectorAll(`a[href="${cash.getAttribute("href")}"]:not([data-estimate-cash])`).forEach((each) => each.remove());
    const agreed = after.some((each) => each.verb === "agree_charges");
    if (old !== entry.key) {
      box.dataset.estimateShown = entry.key;
      shape.closest("details").open = true;
      asBefore(steps.querySelector("form[data-verb=quote]"), entry);
      if (worked) {
        fill(box.querySelector("table"), list, worked);
        if (form) {
          form.elements.told.value = yuan(worked.total);
          form.dataset.label = form.dataset.label.replace("…", read(worked.total));
          label(form.querySelector("[type=submit]"), read(worked.total));
        }
        label(cash, read(worked.total));
      }
      document.dispatchEvent(new CustomEvent("phone:steps"));
    }
    const large = Boolean(worked) && worked.total > fen(list.spot);
    box.querySelector("[data-estimate-none]").hidden = Boolean(worked);
    if (form) form.hidden = !worked || agreed;
    box.querySelector("[data-estimate-agreed]").hidden = !agreed;
    cash.hidden = !agreed || large || worked.total === 0 || after.some((each) => each.verb === "collect");
    box.querySelector("[data-estimate-large]").hidden = !worked || !large;
  }

  // The page where the money is taken: how much of what was agreed without a network is left.
  async function money() {
    const kept = Boolean(document.querySelector("meta[name=kept-at]"));
    document.querySelectorAll("[data-no-number]").forEach((each) => { each.hidden = !kept; });
    const box = document.querySelector("[data-money-later]");
    if (!box || !window.phone) return;
    const mine = (await window.phone.store.of(window.phone.setup.person)).filter((each) => each.job === box.dataset.moneyLater && each.state === "waiting");
    const consent = mine.filter((each) => each.verb === "agree_charges").pop();
    // What the portal knows of holds until a consent waits here; then that sum counts.
    document.querySelectorAll("[data-money-now]").forEach((each) => { each.hidden = Boolean(consent); });
    box.hidden = !consent;
    if (!consent) return;
    const sum = (verb, name) => mine.filter((each) => each.verb === verb).reduce((all, each) => all + fen(valueOf(each, name)), 0);
    const told = fen(valueOf(consent, "told")), left = told - sum("collect", "amount");
    const large = told > fen(box.dataset.spot) && !("permitted" in box.dataset);
    box.querySelector("[data-money-take]").hidden = large || left <= 0;
    box.querySelector("[data-money-large]").hidden = !large || left <= 0;
    box.querySelector("[data-money-all]").hidden = left > 0;
    const amount = box.querySelector("[name=amount]");
    if (left > 0 && !amount.value) amount.value = yuan(left);
  }

  window.phoneQuote = { estimate };
  document.addEventListener("phone:job", (event) => show(event.detail));
  document.addEventListener("phone:entries", money);
})();
