/* What the telephone keeps until the portal has it: read and written by the pages and by the service worker alike.
   An entry: {id, key, person, name, path, fields: [[name, value]], deviceAt, group, verb, label, title, then, state, told, lines}
   state: "waiting" (to be sent, in the order of id), "refused" (the portal said no: told), "sent" is not kept. */
(function (scope) {
  "use strict";
  const NAME = "aftercare-phone";
  const PAGES = "pages-", FILES = "files";
  let opened = null;

  function open() {
    opened = opened || scope.idb.openDB(NAME, 1, {
      upgrade(db) {
        db.createObjectStore("entries", { keyPath: "id", autoIncrement: true });
        db.createObjectStore("facts");
      },
      // Another window wants a newer shape: let it.
      blocking() { opened.then((db) => { db.close(); opened = null; }); },
      terminated() { opened = null; },
    }).catch((problem) => { opened = null; throw problem; });
    return opened;
  }

  const store = {
    PAGES, FILES,
    fact: async (name) => (await open()).get("facts", name),
    setFact: async (name, value) => (await open()).put("facts", value, name),
    add: async (entry) => (await open()).add("entries", entry),
    put: async (entry) => (await open()).put("entries", entry),
    remove: async (id) => (await open()).delete("entries", id),
    all: async () => (await open()).getAll("entries"),
    get: async (id) => (await open()).get("entries", id),
  };

  store.newKey = () => {
    const bytes = scope.crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  };

  store.of = async (person) => (await store.all()).filter((each) => each.person === person);

  // One sender at a time, whichever window or the worker it is.
  function alone(action) {
    const locks = scope.navigator.locks;
    return locks ? locks.request("aftercare-send", action) : action();
  }

  async function patiently(url, options, seconds) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), seconds * 1000);
    try {
      return await fetch(url, { credentials: "same-origin", signal: stop.signal, ...options });
    } finally {
      clearTimeout(timer);
    }
  }

  // Who is logged in and a token that is still good; null without a network, {login: true} when nobody is.
  store.pulse = async (url) => {
    let answer;
    try {
      answer = await patiently(url, { redirect: "manual", cache: "no-store", headers: { Accept: "application/json" } }, 12);
    } catch (_error) {
      return null;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { login: true };
    if (!answer.ok) return null;
    const found = await answer.json();
    await store.setFact("pulse", { person: found.person, ahead: Date.now() - Date.parse(found.now) }).catch(() => undefined);
    return found;
  };

  function formOf(entry, token) {
    const form = new FormData();
    entry.fields.forEach(([name, value]) => form.append(name, value));
    form.set("csrf_token", token);
    form.set("device_at", new Date(entry.deviceAt).toISOString());
    form.set("sent_at", new Date().toISOString());
    return form;
  }

  /* One entry to the portal. Gives {done, location} | {refused: [lines], status} | {later: true} | {login: true}. */
  store.send = async (entry, token) => {
    const large = entry.fields.some(([, value]) => value instanceof Blob);
    let answer, said;
    try {
      answer = await patiently(entry.path, {
        method: "POST", body: formOf(entry, token), redirect: "manual",
        headers: { Accept: "application/json", "Idempotency-Key": entry.key },
      }, large ? 120 : 30);
      if (answer.type === "opaqueredirect" || answer.status === 401) return { login: true };
      if (answer.status >= 500 || answer.status === 429) return { later: true };
      said = await answer.json();
    } catch (_error) {
      return { later: true };
    }
    if (answer.ok && said.done) return { done: true, location: said.location };
    return { refused: said.refused || [{ field: "", message: said.message || "" }], status: answer.status };
  };

  /* Everything of this person that waits, in order. What the portal refuses stays, and what was entered after it for the
     same job waits behind it; other jobs go on. ``tell`` hears of every step. Gives {sent, refused, login, left}. */
  store.flush = (pulseUrl, tell) => alone(async () => {
    const result = { sent: 0, refused: 0, left: 0, login: false };
    const told = tell || (() => undefined);
    const somebody = (await store.all()).some((each) => each.state === "waiting");
    if (!somebody) return result;
    // Logged out here without a network: nothing is sent as this person until the portal has heard of it.
    if (await store.fact("leaving")) return result;
    const pulse = await store.pulse(pulseUrl);
    if (!pulse || pulse.login) {
      result.login = Boolean(pulse && pulse.login);
      result.left = (await store.all()).length;
      return result;
    }
    let token = pulse.token, fresh = true;
    const stuck = new Set();
    for (const known of await store.of(pulse.person)) {
      if (known.state === "refused") { stuck.add(known.group); continue; }
      if (stuck.has(known.group)) continue;
      const entry = await store.get(known.id);
      if (!entry || entry.state !== "waiting") continue;
      if (await store.fact("leaving")) break;  // logged out since this began
      let answer = await store.send(entry, token);
      if (answer.status === 400 && fresh) {
        // The token was of a session that ended just now: once more with another.
        const again = await store.pulse(pulseUrl);
        fresh = false;
        if (again && again.token) {
          token = again.token;
          answer = await store.send(entry, token);
        } else {
          answer = again && again.login ? { login: true } : { later: true };  // nobody has judged the entry
        }
      }
      if (answer.login) { result.login = true; break; }
      if (answer.later) break;
      if (answer.done) {
        await store.remove(entry.id);
        result.sent += 1;
        told("sent", entry, answer);
      } else {
        await store.put({ ...entry, state: "refused", told: answer.refused, status: answer.status });
        stuck.add(entry.group);
        result.refused += 1;
        told("refused", entry, answer);
      }
    }
    result.left = (await store.of(pulse.person)).length;
    return result;
  });

  /* Nobody else is shown what this person's pages held; what waits to be sent stays. */
  store.forgetPages = async (but) => {
    const names = await scope.caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PAGES) && name !== PAGES + but).map((name) => scope.caches.delete(name)));
  };

  scope.phoneStore = store;
})(self);
