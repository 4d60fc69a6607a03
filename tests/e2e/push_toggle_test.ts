import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startWorker } from "../support/jobs.ts";
import { PushService } from "../support/push_service.ts";
import { openPushWorld, push, subscriptionsIn } from "../support/web_push.ts";
import { PASSWORD } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: people turn notifications on and off on a device, and the page says what holds. */

const ON = "This device gets your notifications.";
const OFF = "Get notifications on this device, even when the workspace is closed.";
const TURN_ON = "Turn on notifications";
const TURN_OFF = "Turn off notifications";

Deno.test("a person turns notifications on, gets one, and turns them off", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const device = service.browser();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await page.addInitScript(simulatePush, { ...device, permission: "granted" });
    await signIn(page, `http://${world.host("acme")}`, acme.owner.email);

    await page.getByText(OFF).waitFor();
    await page.getByRole("button", { name: TURN_ON }).click();
    await page.getByText(ON).waitFor();
    await push(acme, acme.owner);
    await worker.idle();
    await page.reload();
    await page.getByText(ON).waitFor();
    const arrived = service.contentsOf(device).length;
    await page.getByRole("button", { name: TURN_OFF }).click();
    await page.getByText(OFF).waitFor();

    assert.equal(arrived, 1);
    assert.equal((await subscriptionsIn(world)).length, 0);
    assert.equal(
      await page.getByRole("button", { name: TURN_ON }).evaluate((button) =>
        button === document.activeElement
      ),
      true,
    );
    assert.deepEqual(complaints, []);
  });
});

Deno.test("the page says that the browser blocks notifications, and offers nothing without web push", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  await inBrowser(async (browser) => {
    const blocked = await openWindow(browser);
    await blocked.page.addInitScript(simulatePush, { ...service.browser(), permission: "denied" });
    await signIn(blocked.page, host, acme.owner.email);
    await blocked.page.getByText("Your browser blocks notifications from this workspace.").waitFor();
    const offered = await blocked.page.getByRole("button", { name: TURN_ON }).count();
    const plain = await openWindow(browser, { javaScriptEnabled: false });
    await signIn(plain.page, host, acme.owner.email);

    assert.equal(offered, 0);
    assert.equal(await plain.page.locator("#push").isVisible(), false);
    assert.deepEqual(blocked.complaints, []);
  });
});

async function signIn(page: Page, host: string, email: string): Promise<void> {
  await page.goto(`${host}/login?next=/account/notifications`);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(`${host}/account/notifications`);
}

type Simulated = { endpoint: string; keys: Record<string, string>; permission: string };

/** Runs in the page. The service of the browser's maker isn't reachable in tests, so the device's subscription is in its storage. */
function simulatePush({ endpoint, keys, permission }: Simulated): void {
  const NAME = "simulated-subscription";
  const read = () => {
    const key = localStorage.getItem(NAME);
    if (key === null) return null;
    return {
      endpoint,
      options: { applicationServerKey: Uint8Array.from(JSON.parse(key)).buffer },
      toJSON: () => ({ endpoint, keys }),
      unsubscribe: () => Promise.resolve(localStorage.removeItem(NAME)),
    };
  };
  const pushManager = {
    getSubscription: () => Promise.resolve(read()),
    subscribe: ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      localStorage.setItem(NAME, JSON.stringify([...applicationServerKey]));
      return Promise.resolve(read());
    },
  };
  const serviceWorker = {
    ready: Promise.resolve({ pushManager }),
    register: () => Promise.resolve(),
    addEventListener: () => {},
  };
  Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker });
  Object.defineProperty(Notification, "permission", { value: permission });
}
