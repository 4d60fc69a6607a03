import type { Browser, BrowserContext, Page } from "playwright-core";
import { PASSWORD } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { accountPages, backOfficePages, type ListedPage, publicPages, workspacePages } from "./page_list.ts";
import { COLLEAGUE, OWNER, type Scene } from "./scene.ts";

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What to do with a page of the tour. Called once per page, before it is opened. */
export type Look = (page: Page, listed: ListedPage) => Promise<void>;

/** The parts of a tour, which take about equally long: the pages of a workspace, and all others. */
export type ToursPart = "workspace" | "outside";

/** Takes a browser to every page of the product, as the people who see it. */
export async function tour(
  browser: Browser,
  scene: Scene,
  look: Look,
  parts: ToursPart[] = ["outside", "workspace"],
): Promise<void> {
  const { world, cookies } = scene;
  const visit = async (part: ToursPart, pages: ListedPage[]) => {
    if (parts.includes(part)) { for (const listed of pages) await look(page, listed); }
  };
  const { context, page } = await openWindow(browser, { viewport: DESKTOP });
  await context.addCookies(cookies.visitor);
  await visit("outside", publicPages(scene));
  await signIn(page, world.host(), OWNER, /\/dashboard$/);
  await context.addCookies(cookies.owner);
  await visit("outside", accountPages(scene));
  await visit("workspace", workspacePages(scene));
  await visit("outside", backOfficePages(scene));
  await visit("outside", await colleaguePages(context, page, scene));
  await context.close();
}

/** Opens a page in the window it is listed for, with what is open over it. */
export async function open(page: Page, { address, open, only }: ListedPage): Promise<void> {
  await page.setViewportSize(only === "phone" ? PHONE : DESKTOP);
  await page.goto(address);
  await open?.(page);
  await page.evaluate(settle);
}

/** Runs in the page: ends what is still fading in, because it doesn't have its final colors. */
export function settle(): void {
  const ending = document.getAnimations().filter(({ effect }) =>
    Number.isFinite(effect?.getComputedTiming().endTime)
  );
  for (const animation of ending) animation.finish();
}

/** The pages of a member of several workspaces, and of someone who opens another person's link. */
async function colleaguePages(
  context: BrowserContext,
  page: Page,
  { world, northwind }: Scene,
): Promise<ListedPage[]> {
  await context.clearCookies();
  await signIn(page, world.host(), COLLEAGUE, /\/workspaces$/);
  const workspaces = page.url();
  await signIn(page, world.host("northwind"), OWNER, /\/dashboard$/);
  await page.goto(workspaces);
  await page.click(`form[action="/workspaces/${northwind.company.tenant.id}/handoff"] button`);
  await page.waitForURL(/\/handoff\?/);
  return [
    { name: "workspaces-suspended", address: workspaces },
    { name: "switch-account", address: page.url() },
  ];
}

async function signIn(page: Page, host: string, email: string, landing: RegExp): Promise<void> {
  await page.goto(`http://${host}/login`);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(landing);
}
