/** `deno task e2e -- --docs-pictures`: takes the pictures of the guides in docs/images again. */
import type { Page } from "playwright-core";
import { World } from "../support/world.ts";
import { launchBrowser } from "./browser.ts";
import type { ListedPage } from "./page_list.ts";
import { openScene, SCENE_SETTINGS } from "./scene.ts";
import { open, settle, tour } from "./tour.ts";

/** The pages of these pictures, by their name in `page_list.ts`. */
const SHOWN = new Set([
  "sign-up",
  "dashboard",
  "projects",
  "team",
  "role",
  "audit",
  "api-keys",
  "request-log",
  "webhook",
  "analytics",
  "notifications",
  "contacts",
  "campaign",
  "sequence",
  "billing",
  "brand",
  "account-security",
  "admin-tenants",
]);
const WINDOW = { width: 1200, height: 760 };
const QUALITY = 80;
const FOLDER = new URL("../../docs/images/", import.meta.url);

const world = await World.open(SCENE_SETTINGS);
const browser = await launchBrowser();
try {
  await tour(browser, await openScene(world), takePicture);
} finally {
  await browser.close();
}
await world.endProcess();

async function takePicture(page: Page, listed: ListedPage): Promise<void> {
  if (!SHOWN.has(listed.name)) return;
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, listed);
  await page.setViewportSize(WINDOW);
  await page.evaluate(settle);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await session.detach();
  await Deno.writeFile(
    new URL(`${listed.name}.webp`, FOLDER),
    Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)),
  );
}
