import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { World } from "../support/world.ts";
import { launchInstallable, openWindow } from "./browser.ts";
import { inBrowser, signIn, waitForWorker } from "./steps.ts";

/** Protects: a workspace installs as an app, shows a page without a connection, and keeps nothing of the person who is signed in. */

Deno.test("Chromium offers to install a workspace, also before anyone signs in", async () => {
  await using world = await World.open();
  await world.company("acme", "Acme Robotics");
  await using context = await launchInstallable();
  const page = await context.newPage();
  await page.goto(`http://${world.host("acme")}/login`);
  await waitForWorker(page);
  const devtools = await context.newCDPSession(page);

  const { errors, data } = await devtools.send("Page.getAppManifest");
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");

  assert.deepEqual(errors, []);
  assert.equal(JSON.parse(data!).name, "Acme Robotics");
  assert.deepEqual(installabilityErrors, []);
});

Deno.test("without a connection, a styled page says so, and the wanted page opens once it is back", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);

    await context.setOffline(true);
    await page.goto(`http://${world.host("acme")}/projects?status=archived`);
    const offline = await page.textContent("h1");
    const font = await page.locator("h1").evaluate((heading) => getComputedStyle(heading).fontFamily);
    await context.setOffline(false);
    await page.waitForSelector("#project-list");

    assert.equal(offline, "You're offline");
    assert.match(font, /Inter/);
    assert.match(page.url(), /\/projects\?status=archived$/);
  });
});

Deno.test("no page, no answer of the API and nothing of a person is ever in a cache", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);
    for (const path of ["/dashboard", "/projects", "/team", "/account", "/projects.csv"]) {
      await page.evaluate((path) => fetch(path).then((answer) => answer.text()), path);
    }
    await page.evaluate(() => fetch("/api/v1/me").then((answer) => answer.text()));
    for (const path of ["/dashboard", "/projects", "/account"]) {
      await page.goto(`http://${world.host("acme")}${path}`);
    }
    const whileSignedIn = await cachedIn(page);

    await page.locator("aside summary", { hasText: "Your account" }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForURL(/\/login$/);
    const afterwards = await cachedIn(page);
    const stored = (await context.storageState({ indexedDB: true })).origins;

    assert.ok(whileSignedIn.some(({ path }) => path === "/offline"));
    for (const { path, text } of [...whileSignedIn, ...afterwards]) {
      assert.match(path, /^\/(offline$|static\/[\w.-]+\?v=[\w-]{12}$)/);
      for (const personal of [acme.owner.email, acme.owner.name, "offline-tag"]) {
        assert.ok(path.startsWith("/static/") || !text.includes(personal), `${path}: ${personal}`);
      }
    }
    assert.deepEqual(stored.flatMap(({ localStorage }) => localStorage), []);
  });
});

Deno.test("a push message shows a notification", async () => {
  await using world = await World.open();
  await world.company("acme", "Acme Robotics");
  await using context = await launchInstallable();
  await context.grantPermissions(["notifications"], { origin: `http://${world.host("acme")}` });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const registrations = Promise.withResolvers<string>();
  devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => {
    if (first) registrations.resolve(first.registrationId);
  });
  await devtools.send("ServiceWorker.enable");
  await page.goto(`http://${world.host("acme")}/login`);
  await waitForWorker(page);

  const message = {
    origin: `http://${world.host("acme")}`,
    registrationId: await registrations.promise,
    data: JSON.stringify({
      title: "Ben joined",
      body: "Ben joined Acme Robotics as a member.",
      url: "/team",
      tag: "joined",
      badge: 2,
    }),
  };
  const look = async () => {
    const registration = await navigator.serviceWorker.ready;
    const [first] = await registration.getNotifications();
    return first && { title: first.title, body: first.body, tag: first.tag, url: first.data };
  };

  let shown: Awaited<ReturnType<typeof look>>;
  for (let tries = 0; !shown && tries < 10; tries++) {
    await devtools.send("ServiceWorker.deliverPushMessage", message);
    // Chromium forgets a notification that a page asks for while it appears. So this doesn't ask at once, and tries again.
    await page.waitForTimeout(500);
    shown = await page.evaluate(look);
  }

  assert.deepEqual(shown, {
    title: "Ben joined",
    body: "Ben joined Acme Robotics as a member.",
    tag: "joined",
    url: "/team",
  });
});

Deno.test("the person's menu offers to install the app while the browser can, and no longer once it is installed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await signIn(page, world, acme);
    await page.locator("aside summary", { hasText: "Your account" }).click();
    const button = page.getByRole("button", { name: "Install app" });
    const before = await button.isVisible();

    await page.evaluate(() => {
      const prompt = () => Promise.resolve({ outcome: "accepted" });
      dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt }));
    });
    await button.click();
    await button.waitFor({ state: "hidden" });
    await page.locator("aside summary", { hasText: "Your account" }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).waitFor();

    assert.equal(before, false);
    assert.equal(await button.isVisible(), false);
    assert.deepEqual(complaints, []);
  });
});

Deno.test("a new version is offered once in a window, and takes over when the person reloads", async () => {
  await using world = await World.open();
  await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser, { serviceWorkers: "allow" });
    await page.addInitScript(() => {
      const waiting = {
        postMessage: (message: string) => {
          sessionStorage.setItem("told", message);
          navigator.serviceWorker.dispatchEvent(new Event("controllerchange"));
        },
      };
      const registration = Object.assign(new EventTarget(), { waiting });
      Object.defineProperties(ServiceWorkerContainer.prototype, {
        register: { value: () => Promise.resolve(registration) },
        controller: { value: {} },
      });
    });
    const signInPage = `http://${world.host("acme")}/login`;
    await page.goto(signInPage);
    const offer = page.locator(".toast", { hasText: "A new version is ready." });
    await offer.waitFor();
    await page.goto(signInPage);
    await page.waitForLoadState();
    const again = await offer.count();

    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    const reloaded = page.waitForEvent("load");
    await offer.getByRole("button", { name: "Reload" }).click();
    await reloaded;

    assert.equal(again, 0);
    assert.equal(await page.evaluate(() => sessionStorage.getItem("told")), "activate");
    assert.deepEqual(complaints, []);
  });
});

/** Everything in the caches of the page's origin. */
function cachedIn(page: Page): Promise<{ path: string; text: string }[]> {
  return page.evaluate(async () => {
    const found: { path: string; text: string }[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const { pathname, search } = new URL(request.url);
        const response = await cache.match(request);
        found.push({ path: pathname + search, text: await response!.text() });
      }
    }
    return found;
  });
}
