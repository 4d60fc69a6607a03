// The service worker of a workspace's host. It caches static files by their hash, and the page that says that the device is offline.
// Every other response comes from the network and is never stored.

/** The server adds it: `version` changes with every static file, and `files` are those that every page loads. */
declare const BUILD: { version: string; files: string[] };

type Work = Event & { waitUntil(work: Promise<unknown>): void };
type FetchWork = Work & {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(response: Promise<Response>): void;
};
type Message = { title?: string; body?: string; url?: string; tag?: string; badge?: number };
type PushWork = Work & { data: { json(): Message } | null };
type ClickWork = Work & { notification: Notification };
type Windows = {
  claim(): Promise<void>;
  matchAll(options: { type: "window" }): Promise<{ url: string; focus(): Promise<unknown> }[]>;
  openWindow(url: string): Promise<unknown>;
};
type Scope = {
  registration: ServiceWorkerRegistration;
  clients: Windows;
  skipWaiting(): Promise<void>;
  addEventListener<Kind extends Event>(type: string, listener: (event: Kind) => void): void;
};

const worker = self as unknown as Scope;
const CACHE = `static-${BUILD.version}`;
const OFFLINE_PAGE = "/offline";
const HOME = "/dashboard";

worker.addEventListener<Work>("install", (event) => event.waitUntil(fillCache()));
worker.addEventListener<Work>("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener<MessageEvent>("message", ({ data }) => data === "activate" && worker.skipWaiting());
worker.addEventListener<PushWork>("push", (event) => event.waitUntil(notify(event.data?.json() ?? {})));
worker.addEventListener<ClickWork>("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openWindow(event.notification.data));
});

worker.addEventListener<FetchWork>("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage(event));
  else if (pathname.startsWith("/static/") && searchParams.has("v")) event.respondWith(staticFile(event));
});

async function fillCache() {
  const cache = await caches.open(CACHE);
  await cache.addAll(BUILD.files);
  // Without cookies, so that the page knows nobody.
  await cache.add(new Request(OFFLINE_PAGE, { credentials: "omit" }));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

async function openPage({ request, preloadResponse }: FetchWork) {
  try {
    return await preloadResponse ?? await fetch(request);
  } catch {
    return await inCache(OFFLINE_PAGE) ?? Response.error();
  }
}

async function staticFile(event: FetchWork) {
  const known = await inCache(event.request);
  if (known) return known;
  const response = await fetch(event.request);
  if (response.ok && response.headers.get("Cache-Control")?.includes("immutable")) {
    const copy = response.clone();
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(event.request, copy)));
  }
  return response;
}

async function inCache(request: Request | string) {
  const cache = await caches.open(CACHE);
  return await cache.match(request, { ignoreVary: true });
}

async function notify({ title = "", body, url, tag, badge }: Message) {
  const options = { body, tag, data: url, icon: "/brand/icon-192.png" };
  const shown = worker.registration.showNotification(title, options);
  if (typeof badge === "number") await setBadge(badge).catch(() => {}); // the browser may refuse it
  await shown;
}

async function setBadge(unread: number) {
  await (unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.());
}

/** Shows the page in a window that has it open, or else in a new one. A notification leads nowhere but into the workspace. */
async function openWindow(url: string | undefined) {
  const wanted = new URL(url ?? HOME, location.origin);
  const { href } = wanted.origin === location.origin ? wanted : new URL(HOME, location.origin);
  const windows = await worker.clients.matchAll({ type: "window" });
  const open = windows.find((each) => each.url === href);
  return await (open ? open.focus() : worker.clients.openWindow(href));
}
