/* The service worker. SETUP (scripts, version, offline page) stands above it, written by the route that serves it.
   Pages of the technician come from the network; without one, from what this person's telephone kept. */
"use strict";
importScripts(...SETUP.scripts);
const store = self.phoneStore;
const PATIENCE = 6000;
// Pages kept with what may be entered once more waits than the portal knows of.
const LATER = /^\/(my\/job|my\/items\/take-back|money\/mine\/job)\/\d+$/;
const KEEP_FOR = 3 * 24 * 3600 * 1000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(store.FILES);
    await kept.add(new Request(SETUP.offline, { cache: "reload" }));
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isFile = (url) => url.pathname.startsWith("/static/") || url.pathname.includes("/static/appbuilder/");
const isLogout = (url) => url.pathname.startsWith("/logout");
const isLogin = (url) => url.pathname.startsWith("/login");

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "GET" || isLogout(url)) event.respondWith(page(event, request, url));
    return;
  }
  if (request.method !== "GET") return;
  if (isFile(url)) event.respondWith(file(event, request, url));
  else if (request.destination === "image" && url.pathname.startsWith("/files/")) event.respondWith(picture(event, request));
});

// -- pages ---------------------------------------------------------------------------------------------------------

async function page(event, request, url) {
  // Without its data base the telephone keeps nothing; the portal is reached all the same.
  if (await store.fact("leaving").catch(() => false)) await leave();
  if (isLogout(url)) await store.forgetPages("");
  const kept = request.method === "GET" ? await keptPage(url) : undefined;
  try {
    const answer = await Promise.race([fetch(request), ...(kept ? [tooSlow()] : [])]);
    // Asked to log in: whoever it will be, the pages of before are not shown any more.
    if (isLogin(url)) event.waitUntil(store.forgetPages(""));
    else if (request.method === "GET" && answer.ok && answer.headers.get(SETUP.header)) event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (error) {
    if (kept) return kept;
    if (request.method !== "GET") throw error;
    return (await caches.match(SETUP.offline, { cacheName: store.FILES })) || Response.error();
  }
}

function tooSlow() {
  return new Promise((_done, failed) => setTimeout(() => failed(new Error("slow")), PATIENCE));
}

// Logged out while there was no network: the portal hears of it before it is asked anything else.
async function leave() {
  try {
    const answer = await fetch("/logout/", { credentials: "same-origin", redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.ok) await store.setFact("leaving", false);
  } catch (_error) { /* still no network */ }
}

function plainAddress(url) {
  const plain = new URL(url);
  plain.searchParams.delete("keep");
  plain.hash = "";
  return plain.href;
}

const keptNames = async () => (await caches.keys()).filter((each) => each.startsWith(store.PAGES));

// Customers' data does not stay on a telephone longer than it is of use.
const isYoung = (answer) => Date.now() - Date.parse(answer.headers.get("X-Kept-At") || answer.headers.get("Date") || "") < KEEP_FOR;

async function keptPage(url) {
  for (const name of await keptNames()) {
    const pages = await caches.open(name);
    const found = await pages.match(plainAddress(url), { ignoreVary: true });
    if (found && isYoung(found)) return found;
    if (found) await pages.delete(plainAddress(url), { ignoreVary: true });
  }
  return undefined;
}

async function keep(url, answer) {
  const person = answer.headers.get(SETUP.header);
  await store.forgetPages(person);
  // A job is kept with what may come after its present state: that is another answer.
  if (LATER.test(url.pathname)) await keepAddress(url.href, person);
  else await put(url, answer, await answer.text(), person);
}

// The page says that it is a kept one, and of when: its scripts cannot see its headers.
async function put(url, answer, text, person) {
  const now = new Date().toISOString();
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", now);
  const marked = text.replace("<head>", `<head>\n  <meta name="kept-at" content="${now}">`);
  const pages = await caches.open(store.PAGES + person);
  await pages.put(plainAddress(url), new Response(marked, { status: 200, headers }));
}

async function keepAddress(address, person) {
  const url = new URL(address, location.origin);
  url.searchParams.set("keep", "1");
  const answer = await fetch(url.href, { credentials: "same-origin", redirect: "manual" });
  if (answer.status === 404) return (await caches.open(store.PAGES + person)).delete(plainAddress(url));
  if (!answer.ok || answer.headers.get(SETUP.header) !== person) return undefined;
  const text = await answer.text();
  await put(url, answer, text, person);
  const files = [...text.matchAll(/(?:src|href|data-reader(?:-\w+)?)="([^"]*\/static\/[^"]+)"/g)].map(([, found]) => found.replace(/&amp;/g, "&"));
  return Promise.all(files.map((each) => keepFile(each).catch(() => undefined)));
}

async function dropOld(person) {
  const pages = await caches.open(store.PAGES + person);
  for (const request of await pages.keys()) {
    const answer = await pages.match(request, { ignoreVary: true });
    if (!answer || !isYoung(answer)) await pages.delete(request, { ignoreVary: true });
  }
}

// -- files ---------------------------------------------------------------------------------------------------------

async function file(event, request, url) {
  const kept = await (await caches.open(store.FILES)).match(request.url);
  if (kept) {
    // Without a fingerprint in its address a file may have changed.
    if (!url.searchParams.has("v")) event.waitUntil(keepFile(request.url, true).catch(() => undefined));
    return kept;
  }
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) event.waitUntil(putFile(request.url, answer.clone()));
  return answer;
}

async function keepFile(address, anew) {
  const full = new URL(address, location.origin).href;
  const files = await caches.open(store.FILES);
  if (!anew && (await files.match(full))) return;
  const answer = await fetch(full);
  if (answer.ok && answer.status === 200) await putFile(full, answer);
}

async function putFile(address, answer) {
  const files = await caches.open(store.FILES);
  const url = new URL(address);
  for (const known of await files.keys()) {
    // The file as it was before this version.
    if (new URL(known.url).pathname === url.pathname && known.url !== url.href) await files.delete(known);
  }
  await files.put(url.href, answer);
}

async function picture(event, request) {
  const names = await keptNames();
  try {
    const answer = await fetch(request);
    if (answer.ok && names.length === 1) event.waitUntil(caches.open(names[0]).then((pages) => pages.put(request.url, answer.clone())));
    return answer;
  } catch (error) {
    for (const name of names) {
      const kept = await (await caches.open(name)).match(request.url, { ignoreVary: true });
      if (kept && isYoung(kept)) return kept;
    }
    throw error;
  }
}

// -- what the pages ask --------------------------------------------------------------------------------------------

self.addEventListener("message", (event) => {
  const { what, person, pages, files } = event.data || {};
  if (what !== "keep") return;
  event.waitUntil((async () => {
    await store.forgetPages(String(person));
    await dropOld(String(person));
    for (const address of files || []) await keepFile(address).catch(() => undefined);
    for (const address of pages || []) await keepAddress(address, String(person)).catch(() => undefined);
    if (event.source) event.source.postMessage({ what: "kept" });
  })());
});

// The browser wakes the worker when the network is back, also when no page is open.
self.addEventListener("sync", (event) => {
  if (event.tag === "send") event.waitUntil(send());
});
async function send() {
  const result = await store.flush("/my/phone/pulse");
  const windows = await self.clients.matchAll();
  windows.forEach((each) => each.postMessage({ what: "flushed", result }));
  if (result.left && !result.refused && !result.login) throw new Error("later");
}
