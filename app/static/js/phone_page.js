/* The technician's pages without a network: what is entered is kept first and sent then, once, in order (docs/phone.md). */
(function () {
  "use strict";
  const setup = JSON.parse(document.getElementById("phone-setup").textContent);
  const words = setup.words;
  const store = window.phoneStore;
  const say = (text, given) => text.replace(/%\((\w+)\)s/g, (_all, name) => given[name]);
  const keptAt = document.querySelector("meta[name=kept-at]");
  const bar = document.querySelector("[data-net]");
  const worker = "serviceWorker" in navigator && window.isSecureContext ? navigator.serviceWorker : null;
  const numbers = new Intl.DateTimeFormat("en-CA", { timeZone: setup.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const partsOf = (at) => Object.fromEntries(numbers.formatToParts(new Date(at)).map((each) => [each.type, each.value]));
  // As everywhere on these pages (app/core/dates.py): 11月22日 14:05, in English 11-22 14:05; the last five are the time.
  const chinese = document.documentElement.lang.startsWith("zh");
  function clock(at) {
    const { month, day, hour, minute } = partsOf(at);
    return `${chinese ? `${Number(month)}月${Number(day)}日` : `${month}-${day}`} ${hour}:${minute}`;
  }
  let dirty = false, login = false, cut = Boolean(keptAt);

  window.phone = { setup, words, say, store, clock, make, ours, keepAndSend, refresh, steps: () => document.getElementById("steps") };
  if (!window.indexedDB || !store) return;
  document.addEventListener("input", () => { dirty = true; });

  // -- what a form holds ------------------------------------------------------------------------------------------

  // Not form.method: that of money has a field of this name.
  const isPost = (form) => (form.getAttribute("method") || "").toLowerCase() === "post";
  const jobIn = (path) => (path.match(/\/(?:job|take-back)\/(\d+)(?:\/|$)/) || [])[1];

  function shown(field) {
    if (field.tagName === "SELECT") return [...field.selectedOptions].map((each) => each.textContent.trim()).join(chinese ? "、" : ", ");
    if (field.type === "file") return field.files.length ? say(words.photos, { count: field.files.length }) : "";
    if (field.type === "checkbox") return field.checked ? "✓" : "—";
    if (field.closest("[data-signature]")) return field.value ? words.signature : "";
    return field.value.trim();
  }
  function linesOf(form) {
    const lines = [];
    for (const field of form.elements) {
      const box = field.closest(".field, .need");
      if (field.dataset.line) lines.push([field.dataset.line, field.value]);
      if (!field.name || !box || field.type === "radio" && !field.checked) continue;
      const label = box.querySelector("label") || box;
      const name = (label.childNodes.length ? label : box).textContent.replace(/[*\s]+/g, " ").trim().slice(0, 60);
      const text = shown(field);
      if (text && !(field.name.startsWith("need-") && text === "0")) lines.push([name, text]);
    }
    return lines;
  }
  const titleOf = (form) => form.dataset.title || ((form.closest("article") || document).querySelector(".job-name, .my-top h1") || { textContent: "" }).textContent.trim();
  function make(form, submitter) {
    const path = new URL(submitter && submitter.hasAttribute("formaction") ? submitter.formAction : form.action).pathname;
    const data = new FormData(form, submitter && submitter.name ? submitter : undefined);
    const job = jobIn(path);
    const state = form.closest("[data-then]");
    const then = state ? JSON.parse(state.dataset.then)[form.dataset.verb] : undefined;
    const button = submitter || form.querySelector("[type=submit]");
    return {
      key: store.newKey(), person: setup.person, name: setup.name, path,
      fields: [...data.entries()].filter(([name, value]) => !["csrf_token", "request_key", "device_at", "sent_at"].includes(name) && !(value instanceof File && !value.name)),
      deviceAt: Date.now(), group: job ? `job-${job}` : path, job, verb: form.dataset.verb || path.split("/").pop(),
      label: form.dataset.label || (button ? button.textContent.trim() : ""), title: titleOf(form),
      then, lines: linesOf(form), state: "waiting", told: [],
    };
  }

  // -- sending ----------------------------------------------------------------------------------------------------

  /* The entry's place in the queue. What is entered while something of the same job was not taken mends it, so it goes
     before that, and before what waits behind it: at the end it would wait for ever. The same verb once more takes the
     place of the one that was not taken. */
  async function place(entry) {
    const all = await store.all();
    const stuck = all.filter((each) => each.person === entry.person && each.group === entry.group && each.state === "refused");
    if (!stuck.length) return store.add(entry);
    const again = AGAIN.includes(entry.verb) ? stuck.find((each) => each.path === entry.path) : undefined;
    if (again) entry.fields.push(...photographs(again, entry));
    const before = Math.max(0, ...all.map((each) => each.id).filter((id) => id < stuck[0].id));
    const id = again === stuck[0] ? again.id : (before + stuck[0].id) / 2;
    await store.put({ ...entry, id });
    if (again && again.id !== id) await store.remove(again.id);
    return id;
  }
  // Photographs of an entry that was not taken go on with the one that replaces it, unless that has its own.
  const isPhotograph = ([, value]) => value instanceof Blob;
  const photographs = (old, entry) => (entry.fields.some(isPhotograph) ? [] : old.fields.filter(isPhotograph));

  /* Keep an entry, then try to send it with everything before it. Gives {state: sent | refused | waiting, answer}. */
  async function keepAndSend(entry) {
    entry.id = await place(entry);
    let mine = { state: "waiting" };
    const result = await store.flush(setup.pulse, (what, each, answer) => {
      if (each.id === entry.id) mine = { state: what, answer };
    });
    login = result.login;
    if (mine.state === "waiting") {
      // Another window or the worker may have sent it before this one came to it.
      const now = await store.get(entry.id);
      if (!now) mine = { state: "sent", answer: {} };
      else if (now.state === "refused") mine = { state: "refused", answer: { status: now.status, refused: now.told } };
    }
    if (mine.state === "waiting") askForSync();
    return mine;
  }
  // Somebody else's job now: its page is gone, what was entered can be read where it is kept.
  const isGone = (state, answer) => state === "refused" && [404, 409].includes(answer.status);
  function askForSync() {
    if (worker) worker.ready.then((found) => found.sync && found.sync.register("send")).catch(() => undefined);
  }
  function go(address) {
    const next = new URL(address || location.href, location.href);
    if (next.pathname + next.search === location.pathname + location.search) {
      if (next.hash) history.replaceState(null, "", next.hash);
      location.reload();
    } else {
      location.assign(next.href);
    }
  }
  function natively(form, entry, token) {
    const set = (name, value) => {
      let field = form.querySelector(`input[type=hidden][name=${name}]`);
      if (!field) {
        field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        form.append(field);
      }
      field.value = value;
    };
    set("csrf_token", token);
    set("request_key", entry.key);
    set("device_at", new Date(entry.deviceAt).toISOString());
    HTMLFormElement.prototype.submit.call(form);
  }
  function release(form) {
    delete form.dataset.sent;
    delete form.dataset.confirmed;
    form.classList.remove("sending");
  }
  function tell(text, tone) {
    const box = document.createElement("div");
    box.className = `alert alert-${tone || "info"}`;
    box.setAttribute("role", "status");
    box.textContent = text;
    bar.after(box);
    box.scrollIntoView({ block: "nearest" });
  }

  /* For a form that sends itself: what to send, with a fresh token and a key; null when it was put into the queue instead. */
  async function bodyOf(form) {
    form.dataset.key = form.dataset.key || store.newKey();
    const group = make(form).group;
    const before = (await store.of(setup.person)).some((each) => each.group === group);
    const pulse = before ? null : await store.pulse(setup.pulse);
    if (!pulse || !pulse.token) return (await queue(form)) ? null : new FormData(form);
    const body = new FormData(form);
    body.set("csrf_token", pulse.token);
    body.set("request_key", form.dataset.key);
    body.set("device_at", new Date().toISOString());
    body.set("sent_at", new Date().toISOString());
    return body;
  }
  async function queue(form) {
    const entry = make(form);
    if (form.dataset.key) entry.key = form.dataset.key;
    try {
      const { state, answer } = await keepAndSend(entry);
      if (state === "sent") go(answer.location);
      else go(isGone(state, answer) ? setup.waiting : entry.job ? `/my/job/${entry.job}` : "");
      return true;
    } catch (_error) {
      return false;
    }
  }
  Object.assign(window.phone, { usable: true, bodyOf, queue });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isPost(form)) return;
    if (new URL(form.action).pathname.startsWith("/logout")) {
      event.preventDefault();
      leave();
    } else if (form.hasAttribute("data-form")) {
      event.preventDefault();
      form.classList.add("sending");
      submitted(form, event.submitter).catch((problem) => {
        release(form);
        tell(problem && problem.name === "QuotaExceededError" ? words.full : String(problem), "danger");
      });
    }
  });

  async function submitted(form, submitter) {
    const entry = make(form, submitter);
    if (form.hasAttribute("data-online")) {
      const pulse = await store.pulse(setup.pulse);
      if (pulse && pulse.token) return natively(form, entry, pulse.token);
      release(form);
      login = Boolean(pulse && pulse.login);
      return tell(login ? words.login : words.noNetwork, "warning");
    }
    const { state, answer } = await keepAndSend(entry);
    dirty = false;
    if (state === "sent") return go(answer.location);
    // With more waiting behind it, it stays in its place: the reason and the way back to the job stand with what waits.
    const behind = state === "refused" && (await store.of(setup.person)).some((each) => each.group === entry.group && each.id > entry.id);
    if (behind) return go(setup.waiting);
    if (state === "refused" && answer.status === 422 && !keptAt && form.isConnected) {
      // The portal shows what is wrong at its field; nothing was done, so it may be sent once more.
      const pulse = await store.pulse(setup.pulse);
      if (pulse && pulse.token) {
        sessionStorage.setItem("shown", JSON.stringify({ id: entry.id, path: entry.path }));
        return natively(form, entry, pulse.token);
      }
    }
    if (isGone(state, answer)) return go(setup.waiting);
    if (worker && worker.controller) return go(entry.verb === "decline" ? setup.jobs : entry.job && !location.pathname.startsWith("/my/job/") ? `/my/job/${entry.job}` : "");
    release(form);
    return refresh();
  }

  // A refused form stands on the page again: its entry has done its duty, but for photographs no page can bring back.
  async function afterRefusal() {
    const known = JSON.parse(sessionStorage.getItem("shown") || "null");
    if (!known || keptAt) return;
    sessionStorage.removeItem("shown");
    const entry = await store.get(known.id);
    if (!entry) return;
    // The portal did not answer, or with a failure of its own: the entry waits as before.
    const status = (performance.getEntriesByType("navigation")[0] || {}).responseStatus;
    if (location.pathname !== entry.path || (status && status !== 422)) {
      await store.put({ ...entry, state: "waiting", told: [] });
      return;
    }
    dirty = true;
    const form = [...document.forms].find((each) => isPost(each) && new URL(each.action).pathname === entry.path);
    const files = entry.fields.filter(([, value]) => value instanceof Blob);
    files.map(([name]) => name).filter((name, at, all) => all.indexOf(name) === at).forEach((name) => {
      const input = form && form.querySelector(`input[type=file][name="${name}"]`);
      if (!input) return;
      const all = new DataTransfer();
      files.filter(([each]) => each === name).forEach(([, file]) => all.items.add(file));
      input.files = all.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await store.remove(entry.id);
  }

  // Logged out here without a network, which is back: the portal hears of it, and the login is shown.
  async function tellLogout(pulse) {
    if (pulse.token) {
      const body = new FormData();
      body.set("csrf_token", pulse.token);
      const answer = await fetch("/logout/", { method: "POST", body, redirect: "manual", credentials: "same-origin" }).catch(() => null);
      if (!answer || !(answer.ok || answer.type === "opaqueredirect")) return;
    }
    await store.setFact("leaving", false);
    location.assign(setup.login);
  }

  async function leave() {
    const mine = await store.of(setup.person).catch(() => []);
    if (mine.length && !window.confirm(words.sureLogout)) return;
    await store.forgetPages("");
    const pulse = await store.pulse(setup.pulse);
    if (pulse && pulse.token) {
      const body = new FormData();
      body.set("csrf_token", pulse.token);
      await fetch("/logout/", { method: "POST", body, redirect: "manual", credentials: "same-origin" }).catch(() => undefined);
      location.assign(setup.login);
    } else if (pulse) {
      location.assign(setup.login);
    } else {
      await store.setFact("leaving", true);
      document.querySelector(".my-main").replaceChildren();
      document.querySelector(".my-main").textContent = words.loggedOut;
      document.querySelectorAll(".my-tabs, .my-who").forEach((each) => each.remove());
      document.querySelector(".my-top h1").textContent = "";
    }
  }

  // -- what the page shows of it ----------------------------------------------------------------------------------

  // What is done once on a job: its button goes when it waits.
  const ONCE = ["accept", "on_the_way", "arrive", "finish", "sign", "leave_unsigned", "agree_charges", "take_back", "decline"];

  // What replaces the one that was not taken when it is entered once more. Money may come in instalments: it never does.
  const AGAIN = [...ONCE, "quote"];

  function chip(entry) {
    const made = document.createElement("span");
    made.className = `chip chip-${entry.state === "refused" ? "danger" : "warning"}`;
    made.textContent = `${entry.label} ${clock(entry.deviceAt).slice(-5)} · ${entry.state === "refused" ? words.refused : words.waiting}`;
    return made;
  }

  function reason(told) {
    const made = document.createElement("p");
    made.className = "late";
    made.textContent = told.message;
    return made;
  }

  function showJob(steps, entries) {
    const mine = entries.filter((each) => each.job === steps.dataset.job);
    let state = steps.dataset.first || steps.dataset.state;
    steps.dataset.first = state;
    // What was entered after something that was not taken waits for it: the job stands where that was.
    const stuck = mine.findIndex((each) => each.state === "refused");
    const waiting = (stuck < 0 ? mine : mine.slice(0, stuck)).filter((each) => each.state === "waiting");
    waiting.forEach((each) => { state = each.then || state; });
    const ahead = state !== steps.dataset.state && document.querySelector(`template[data-state="${state}"]`);
    // Taken along: what comes then, the workshop knows.
    if (state !== steps.dataset.state && !ahead) steps.replaceChildren();
    if (ahead) {
      steps.replaceChildren(ahead.content.cloneNode(true));
      steps.dataset.state = state;
      steps.dataset.then = ahead.dataset.then;
      const arrived = waiting.find((each) => each.verb === "arrive");
      const began = steps.querySelector("#form-record_time [name=started_at]");
      if (arrived && began && !began.value) ours(arrived.deviceAt).then((at) => { began.value = began.value || local(at); });
      document.dispatchEvent(new CustomEvent("phone:steps"));
    }
    const misuse = waiting.some((each) => each.verb === "mark_misuse" && each.fields.some(([name]) => name === "misuse"));
    steps.querySelectorAll("[data-misuse-waits]").forEach((each) => { each.hidden = !misuse; });
    document.dispatchEvent(new CustomEvent("phone:job", { detail: { steps, waiting } }));
    // A quote entered anew has to be agreed to anew.
    const quoted = mine.map((each) => each.verb).lastIndexOf("quote");
    mine.filter((each, at) => each.state === "waiting" && ONCE.includes(each.verb) && (each.verb !== "agree_charges" || at > quoted)).forEach((each) => {
      steps.querySelectorAll(`form[data-verb="${each.verb}"]`).forEach((form) => form.remove());
    });
    const box = document.querySelector("[data-job-waiting]") || document.createElement("div");
    box.dataset.jobWaiting = "";
    box.className = "job-waiting";
    box.replaceChildren(...mine.flatMap((each) => [chip(each), ...each.told.map(reason)]));
    if (mine.length) steps.before(box);
    else box.remove();
  }

  // The portal's clock, as far as the telephone knows how much its own goes wrong.
  async function ours(began) {
    const pulse = await store.fact("pulse").catch(() => undefined);
    const ahead = pulse && pulse.ahead;
    return Math.abs(ahead) > 60000 ? began - ahead : began;
  }
  function local(at) {
    const { year, month, day, hour, minute } = partsOf(at);
    return `${year}-${month}-${day}T${hour}:${minute}`;
  }
  window.phone.local = local;

  function showBar(entries, others) {
    const waiting = entries.filter((each) => each.state === "waiting").length;
    const refused = entries.length - waiting;
    const lines = [];
    if (login) lines.push([words.login, setup.login + "?next=" + encodeURIComponent(location.pathname)]);
    else if (cut) lines.push([keptAt ? `${words.offline} ${say(words.shown, { time: clock(keptAt.content) })}` : words.offline, ""]);
    if (waiting) lines.push([say(words.waits, { count: waiting }), setup.waiting]);
    if (refused) lines.push([`${words.refused} (${refused})`, setup.waiting]);
    others.forEach((name) => lines.push([say(words.others, { name }), ""]));
    bar.replaceChildren(...lines.map(([text, address]) => {
      const line = document.createElement(address ? "a" : "span");
      if (address) line.href = address;
      line.textContent = text;
      return line;
    }));
    bar.hidden = lines.length === 0;
    bar.classList.toggle("net-bad", refused > 0 || login);
  }

  async function refresh() {
    const all = await store.all();
    const mine = all.filter((each) => each.person === setup.person);
    showBar(mine, [...new Set(all.filter((each) => each.person !== setup.person).map((each) => each.name))]);
    const steps = document.getElementById("steps");
    if (steps) showJob(steps, mine);
    document.querySelectorAll("article[data-job]").forEach((card) => {
      card.querySelectorAll(".job-waiting").forEach((each) => each.remove());
      const here = mine.filter((each) => each.job === card.dataset.job);
      if (!here.length) return;
      const box = document.createElement("p");
      box.className = "job-waiting";
      box.append(...here.map(chip));
      card.append(box);
      here.filter((each) => ONCE.includes(each.verb)).forEach((each) => card.querySelectorAll(`form[data-verb="${each.verb}"]`).forEach((form) => form.remove()));
    });
    document.dispatchEvent(new CustomEvent("phone:entries", { detail: mine }));
    return mine;
  }

  // -- when the network is back -----------------------------------------------------------------------------------

  let trying = false;
  async function tryAgain() {
    if (trying) return;
    trying = true;
    try {
      if (await store.fact("leaving")) {
        const pulse = await store.pulse(setup.pulse);
        if (pulse) await tellLogout(pulse);
        return;
      }
      const mine = await store.of(setup.person);
      if (mine.some((each) => each.state === "waiting")) {
        const result = await store.flush(setup.pulse);
        login = result.login;
        cut = cut && !result.sent;
        if ((result.sent || result.refused) && !dirty) return go("");
      } else if (cut) {
        const pulse = await store.pulse(setup.pulse);
        login = Boolean(pulse && pulse.login);
        if (pulse && pulse.token && !dirty && keptAt) return go("");
        cut = !pulse;
      }
      await refresh();
    } finally {
      trying = false;
    }
  }
  window.addEventListener("online", tryAgain);
  window.addEventListener("offline", () => { cut = true; refresh(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tryAgain(); });
  window.setInterval(tryAgain, 15000);

  // -- kept pages -------------------------------------------------------------------------------------------------

  function keepPages() {
    if (!worker || keptAt) return;
    worker.register(setup.worker, { scope: "/" }).catch(() => undefined);
    worker.addEventListener("message", (event) => {
      const { what, result } = event.data || {};
      if (what === "flushed" && (result.sent || result.refused)) (dirty ? refresh() : go(""));
      if (what === "kept") document.documentElement.dataset.kept = "1";
    });
    worker.ready.then(async (found) => {
      const jobs = [...document.querySelectorAll("a[href^='/my/job/']")].map((each) => each.pathname);
      const paid = [...document.querySelectorAll("article[data-paid]")].map((each) => each.dataset.paid);
      const pages = [...jobs.flatMap((each) => [each, each.replace("/job/", "/items/take-back/")]), ...paid];
      document.querySelectorAll(".my-tabs a").forEach((each) => pages.push(each.pathname));
      pages.push(setup.waiting);
      const mine = [...new Set(pages)];
      // All of them when the list of jobs changed or is older than five minutes; a page that is looked at keeps itself.
      const mark = JSON.stringify([setup.person, mine]);
      const last = JSON.parse(sessionStorage.getItem("kept") || "[0]");
      // A logout in between, or the browser, may have emptied what was kept.
      const kept = await (await caches.open(`${store.PAGES}${setup.person}`)).keys();
      const gone = [...jobs, ...paid].some((each) => !kept.some((request) => new URL(request.url).pathname === each));
      const due = location.pathname === new URL(setup.jobs, location.href).pathname && (gone || last[1] !== mark || Date.now() - last[0] > 300000);
      if (due) sessionStorage.setItem("kept", JSON.stringify([Date.now(), mark]));
      const files = performance.getEntriesByType("resource").map((each) => each.name).filter((each) => each.startsWith(location.origin) && new URL(each).pathname.startsWith("/static/"));
      found.active.postMessage({ what: "keep", person: setup.person, pages: due ? mine : [], files });
    });
  }

  keepPages();
  afterRefusal().then(refresh).then(tryAgain);
})();
