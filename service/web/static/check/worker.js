// Keeps the page of /check, in both languages and with all it needs, for when there is no network.
//
// One edition at a time, named by its folder: the page is kept only together with the modules that it names.
// The page is asked of the network first; its files never change and come from what is kept. Everything else,
// /keys as well, passes by untouched. (The scope's beginning, /check, is also that of /checkpoint.)

const FOLDER = new URL("./", self.location).pathname;
const KEPT = `coldledger ${FOLDER}`;
const PAGE = "/check";
const STATIC = "/static/";
const LAST = "language";
const LANGUAGES = ["zh", "en"];
const PATIENCE_MS = 5000;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
/** The language in which the page was shown last. */
self.addEventListener("message", (event) => event.waitUntil(remember(event.data)));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (pathname.startsWith(FOLDER) || pathname.startsWith(STATIC)) event.respondWith(file(request));
});

async function keep() {
  const kept = await caches.open(KEPT);
  const edition = await (await fetch("edition.json")).json();
  await kept.addAll([...edition.kept, "edition.json"]);
  await Promise.all(LANGUAGES.map((language) => keepPage(kept, language)));
  await self.skipWaiting();
}

async function keepPage(kept, language) {
  const address = `${PAGE}?lang=${language}`;
  // Without the cookie: the language of the person who reads is not to be changed by this.
  const answer = await fetch(address, { credentials: "omit", cache: "no-store" });
  const text = await answer.clone().text();
  if (!answer.ok || !text.includes(FOLDER)) throw new Error("another edition is served by now");
  await kept.put(address, answer);
}

async function takeOver() {
  const others = (await caches.keys()).filter((name) => name.startsWith("coldledger /check/") && name !== KEPT);
  await Promise.all(others.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function remember(language) {
  const kept = await caches.open(KEPT);
  await kept.put(LAST, new Response(language));
}

async function file(request) {
  const kept = await caches.open(KEPT);
  return (await kept.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return answer;
  } catch {
    // No network, or none to speak of.
  }
  const asked = new URL(request.url).searchParams.get("lang");
  const last = await (await kept.match(LAST))?.text();
  const language = [asked, last, "zh"].find((each) => LANGUAGES.includes(each));
  return kept.match(`${PAGE}?lang=${language}`, { ignoreVary: true });
}
