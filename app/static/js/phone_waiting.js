/* What waits on this telephone, what the portal did not take and why; to be copied, tried again, handed on, discarded. */
(function () {
  "use strict";
  const { words, say, store, setup, clock, refresh } = window.phone;
  const list = document.querySelector("[data-entries]");

  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function readable(entry) {
    const lines = [`${entry.title} · ${entry.label}`, say(words.enteredAt, { time: clock(entry.deviceAt) })];
    entry.lines.forEach(([name, text]) => lines.push(name ? `${name}: ${text}` : text));
    entry.told.forEach((each) => lines.push([words.refused, each.field, each.message].filter(Boolean).join(": ")));
    return lines.join("\n");
  }
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (_error) {
      const box = document.createElement("textarea");
      box.value = text;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
  }
  function button(card, label, kind, action) {
    const made = element("button", label, kind);
    made.type = "button";
    made.addEventListener("click", async () => {
      made.disabled = true;
      try { await action(made); } finally { made.disabled = false; }
    });
    card.append(made);
  }

  async function handOver(entry) {
    const form = new FormData();
    form.set("order_id", entry.job || "");
    form.set("verb", entry.verb);
    form.set("title", entry.title);
    form.set("label", entry.label);
    form.set("lines", JSON.stringify(entry.lines));
    form.set("told", entry.told.map((each) => [each.field, each.message].filter(Boolean).join(": ")).join("\n"));
    entry.fields.forEach(([name, value]) => {
      if (value instanceof Blob) form.append("files", value, value.name || name);
      else if (name === "drawing" && value) form.set("drawing", value);
    });
    const pulse = await store.pulse(setup.pulse);
    if (!pulse || !pulse.token) return [words.noNetwork];
    const answer = await store.send({ key: `${entry.key}-h`, path: list.dataset.handOver, fields: [...form.entries()], deviceAt: entry.deviceAt }, pulse.token);
    if (!answer.done) return answer.refused ? answer.refused.map((each) => each.message) : [words.noNetwork];
    await store.remove(entry.id);
    return [];
  }

  function pictures(entry, card) {
    entry.fields.forEach(([name, value]) => {
      const source = value instanceof Blob && value.type.startsWith("image/") ? URL.createObjectURL(value) : name === "drawing" && String(value).startsWith("data:image/png") ? value : "";
      if (!source) return;
      const picture = element("img", "", "kept-picture");
      picture.src = source;
      picture.alt = "";
      card.append(picture);
    });
  }

  function card(entry, behind) {
    const made = element("section", "", `sheet kept kept-${entry.state}`);
    made.dataset.entry = entry.key;
    const head = element("p", "", "job-line");
    head.append(element("b", entry.label), element("span", entry.state === "refused" ? words.refused : behind ? words.behind : words.waiting, `chip chip-${entry.state === "refused" ? "danger" : "warning"}`));
    made.append(head, element("p", `${entry.title} · ${say(words.enteredAt, { time: clock(entry.deviceAt) })}`, "muted"));
    entry.told.forEach((each) => made.append(element("p", [each.field, each.message].filter(Boolean).join(": "), "late")));
    const lines = element("dl");
    entry.lines.forEach(([name, text]) => {
      const row = element("div");
      row.append(element("dt", name || "—"), element("dd", text));
      lines.append(row);
    });
    made.append(lines);
    pictures(entry, made);
    const said = element("p", "", "help");
    said.setAttribute("role", "status");
    const buttons = element("div", "", "kept-buttons");
    button(buttons, words.copy, "small", async () => { await copy(readable(entry)); said.textContent = words.copied; });
    if (entry.state === "refused") {
      button(buttons, words.again, "small", async () => {
        await store.put({ ...entry, state: "waiting", told: [] });
        await store.flush(setup.pulse);
        await refresh();
      });
      button(buttons, words.handOver, "small", async () => {
        const wrong = await handOver(entry);
        said.textContent = wrong.join(" ");
        if (wrong.length) return;
        await store.flush(setup.pulse);
        await refresh();
        list.prepend(element("p", words.handed, "alert alert-success"));
      });
    }
    button(buttons, words.discard, "small", async () => {
      if (!window.confirm(words.sureDiscard)) return;
      await store.remove(entry.id);
      await refresh();
    });
    made.append(buttons, said);
    if (entry.job) {
      const way = element("a", words.open, "tap");
      way.href = `/my/job/${entry.job}`;
      made.append(way);
    }
    return made;
  }

  document.addEventListener("phone:entries", (event) => {
    const stuck = new Set();
    const cards = event.detail.map((entry) => {
      const made = card(entry, stuck.has(entry.group));
      if (entry.state === "refused") stuck.add(entry.group);
      return made;
    });
    list.replaceChildren(...(cards.length ? cards : [element("p", words.nothing, "nothing")]));
  });
  refresh();
})();
