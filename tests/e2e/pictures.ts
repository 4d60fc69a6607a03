/** `deno task e2e -- --pictures [FOLDER]`: takes a picture of every page, in light, in dark, and on a phone. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { World } from "../support/world.ts";
import { launchBrowser } from "./browser.ts";
import type { ListedPage } from "./page_list.ts";
import { openScene, SCENE_SETTINGS } from "./scene.ts";
import { DESKTOP, open, PHONE, settle, tour } from "./tour.ts";

type Look = { suffix: string; window: { width: number; height: number }; colors: "light" | "dark" };

const LIGHT: Look = { suffix: "", window: DESKTOP, colors: "light" };
const DARK: Look = { suffix: "-dark", window: DESKTOP, colors: "dark" };
const ON_PHONE: Look = { suffix: "-phone", window: PHONE, colors: "light" };

/** Only what the window shows, not the whole page. The README shows the first one. */
const CUT = ["dashboard"];

const folder = Deno.args[0]!;
await Deno.mkdir(folder, { recursive: true });
const world = await World.open(SCENE_SETTINGS);
const browser = await launchBrowser();
let taken = 0;
try {
  await tour(browser, await openScene(world), takePictures);
} finally {
  await browser.close();
}
Deno.stdout.writeSync(new TextEncoder().encode(`${taken} pictures in ${folder}\n`));
await world.endProcess();

async function takePictures(page: Page, listed: ListedPage): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, listed);
  for (const { suffix, window, colors } of listed.only === "phone" ? [ON_PHONE] : [LIGHT, DARK, ON_PHONE]) {
    await page.setViewportSize(window);
    await page.emulateMedia({ colorScheme: colors });
    await page.evaluate(settle);
    const path = join(folder, `${listed.name}${suffix}.png`);
    await page.screenshot({ path, fullPage: !listed.open && !CUT.includes(listed.name) });
    taken++;
  }
}
