import assert from "node:assert/strict";
import { browserScript } from "../../routes/browser_script.ts";

/** Protects: the service worker answers only for pages and static files, and its notifications lead only into the workspace. */

const ORIGIN = "https://acme.app.example";
const SOURCE = new URL("../../views/static/service_worker.ts", import.meta.url);

Deno.test("only pages and static files by hash pass through the service worker", async () => {
  const { answers } = await startWorker();

  const handled = [
    answers({ path: "/projects", mode: "navigate" }),
    answers({ path: "/static/app.css?v=abc" }),
    answers({ path: "/static/app.css" }),
    answers({ path: "/api/v1/me" }),
    answers({ path: "/projects" }),
    answers({ path: "/projects", mode: "navigate", method: "POST" }),
    answers({ path: "https://other.example/static/app.css?v=abc" }),
  ];

  assert.deepEqual(handled, [true, true, false, false, false, false, false]);
});

Deno.test("only a file whose address has the current hash is stored", async () => {
  const { ask, stored } = await startWorker();

  await ask("/static/app.css?v=current", new Response("body {}", { headers: IMMUTABLE }));
  await ask("/static/app.css?v=other", new Response("body {}", { headers: { "Cache-Control": "no-cache" } }));
  await ask("/static/none.css?v=none", new Response(null, { status: 404, headers: IMMUTABLE }));

  assert.deepEqual(stored, [`${ORIGIN}/static/app.css?v=current`]);
});

Deno.test("a new version deletes the caches of the ones before, and waits until a page lets it take over", async () => {
  const { dispatch, caches, calls } = await startWorker({ caches: ["static-old", "static-new", "other"] });

  await dispatch("message", { data: "something else" });
  const before = [...calls];
  await dispatch("message", { data: "activate" });
  await dispatch("activate");

  assert.deepEqual(before, []);
  assert.deepEqual(calls, ["skipWaiting", "claim"]);
  assert.deepEqual([...caches], ["static-new"]);
});

Deno.test("a notification shows the window that has its page open, or opens one in the workspace", async () => {
  const { dispatch, calls } = await startWorker({ windows: [`${ORIGIN}/team`] });
  const click = (data?: string) => dispatch("notificationclick", { notification: { data, close: () => {} } });

  await click("/team");
  await click("/projects");
  await click("https://evil.example/login");
  await click("//evil.example");
  await click();

  assert.deepEqual(calls, [
    `focus ${ORIGIN}/team`,
    `open ${ORIGIN}/projects`,
    ...Array(3).fill(`open ${ORIGIN}/dashboard`),
  ]);
});

Deno.test("a push message shows its text and the number of unread notifications", async () => {
  const { dispatch, calls } = await startWorker();
  const push = (message: object) => dispatch("push", { data: { json: () => message } });

  await push({ title: "Ben joined", body: "As a member.", url: "/team", tag: "joined", badge: 2 });
  await push({ title: "All read", badge: 0 });
  await push({ title: "Export ready" });

  assert.deepEqual(calls, [
    `show Ben joined ${JSON.stringify({ body: "As a member.", tag: "joined", data: "/team", icon: ICON })}`,
    "badge 2",
    `show All read ${JSON.stringify({ icon: ICON })}`,
    "no badge",
    `show Export ready ${JSON.stringify({ icon: ICON })}`,
  ]);
});

Deno.test("a push message shows its text where the badge is refused", async () => {
  const setAppBadge = () => Promise.reject(new DOMException("The badge is not allowed.", "NotAllowedError"));
  const { dispatch, calls } = await startWorker({ navigator: { setAppBadge } });

  await dispatch("push", { data: { json: () => ({ title: "Ben joined", badge: 2 }) } });

  assert.deepEqual(calls, [`show Ben joined ${JSON.stringify({ icon: ICON })}`]);
});

const ICON = "/brand/icon-192.png";
const IMMUTABLE = { "Cache-Control": "public, max-age=31536000, immutable" };

type Request = { path: string; mode?: string; method?: string };

/** Runs the script in a browser of which only this part exists. */
async function startWorker(
  { caches: names = [], windows = [], navigator = {} }: {
    caches?: string[];
    windows?: string[];
    navigator?: object;
  } = {},
) {
  const listeners = new Map<string, (event: object) => void>();
  const calls: string[] = [];
  const stored: string[] = [];
  const cacheNames = new Set(names);
  let response = new Response();
  const browser = {
    BUILD: { version: "new", files: [] },
    location: { origin: ORIGIN },
    fetch: () => Promise.resolve(response),
    caches: {
      keys: () => Promise.resolve([...cacheNames]),
      delete: (name: string) => Promise.resolve(cacheNames.delete(name)),
      open: () =>
        Promise.resolve({
          match: () => Promise.resolve(undefined),
          put: ({ url }: { url: string }) => Promise.resolve(stored.push(url)),
        }),
    },
    navigator: {
      setAppBadge: (count: number) => Promise.resolve(calls.push(`badge ${count}`)),
      clearAppBadge: () => Promise.resolve(calls.push("no badge")),
      ...navigator,
    },
    self: {
      addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
      skipWaiting: () => Promise.resolve(calls.push("skipWaiting")),
      registration: {
        showNotification: (title: string, options: object) =>
          Promise.resolve(calls.push(`show ${title} ${JSON.stringify(options)}`)),
      },
      clients: {
        claim: () => Promise.resolve(calls.push("claim")),
        openWindow: (url: string) => Promise.resolve(calls.push(`open ${url}`)),
        matchAll: () =>
          Promise.resolve(
            windows.map((url) => ({ url, focus: () => Promise.resolve(calls.push(`focus ${url}`)) })),
          ),
      },
    },
  };
  const script = new TextDecoder().decode(browserScript(await Deno.readTextFile(SOURCE)));
  new Function(...Object.keys(browser), script)(...Object.values(browser));

  const dispatch = async (type: string, event: object = {}) => {
    const work: Promise<unknown>[] = [];
    listeners.get(type)!({ waitUntil: (each: Promise<unknown>) => work.push(each), ...event });
    await Promise.all(work);
  };
  const fetching = ({ path, mode = "cors", method = "GET" }: Request) => {
    const answers: Promise<Response>[] = [];
    const work: Promise<unknown>[] = [];
    listeners.get("fetch")!({
      request: { url: new URL(path, ORIGIN).href, mode, method },
      preloadResponse: Promise.resolve(undefined),
      respondWith: (answer: Promise<Response>) => answers.push(answer),
      waitUntil: (each: Promise<unknown>) => work.push(each),
    });
    return { answers, work };
  };
  return {
    calls,
    stored,
    caches: cacheNames,
    dispatch,
    answers: (request: Request) => fetching(request).answers.length > 0,
    ask: async (path: string, answer: Response) => {
      response = answer;
      const { answers, work } = fetching({ path });
      await Promise.all(answers);
      await Promise.all(work);
    },
  };
}
