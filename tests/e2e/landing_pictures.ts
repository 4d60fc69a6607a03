/** `deno task e2e -- --site-pictures`: takes the landing page's pictures of the dashboard in views/static. */
import type { Browser } from "playwright-core";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { createProject, updateProject } from "../../src/projects/projects.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";
import { launchBrowser } from "./browser.ts";

/** The landing page shows the pictures at 80 % of this size, so that their text stays readable. */
const VIEWPORT = { width: 1320, height: 825 };
const SCALE = 1.6;
const QUALITY = 82;
const FOLDER = new URL("../../views/static/", import.meta.url);

const PROJECTS = [
  "Website relaunch",
  "Q4 price review",
  "ترميم بيت الضيافة",
  "Warehouse move",
  "Spring collection",
];
/** API calls on each of the last 30 days, in thousands. */
const API_CALLS = [10.9, 11.2, 9.8, 14.8, 12.2, 7.1, 5.7, 9.8, 9.6, 9.2, 12.2, 13.4, 6.3, 8.6, 15.3, 9.6]
  .concat(
    [10.9, 13.2, 13.4, 6.6, 6.3, 15.6, 10.4, 15.7, 9.9, 11.1, 6.1, 5.2, 15.8, 14.2],
  );

const world = await World.open();
await fill(
  world,
  await world.company(
    "northwind",
    "Northwind",
    await world.user("imogen@northwind.example", "Imogen Ferreira"),
  ),
);
const browser = await launchBrowser();
for (const colorScheme of ["light", "dark"] as const) {
  await Deno.writeFile(new URL(`dashboard-${colorScheme}.webp`, FOLDER), await shoot(browser, colorScheme));
}
await browser.close();
await world.endProcess();

async function fill(world: World, company: Company): Promise<void> {
  const people = [
    { name: "Tomás Lima", email: "tomas@northwind.example", role: "admin" },
    { name: "Amal Khoury", email: "amal@northwind.example", role: "member" },
    { name: "Jae-won Park", email: "jae@northwind.example", role: "member" },
  ] as const;
  for (const { name, email, role } of people) {
    await world.user(email, name);
    await world.member(company, email, role);
  }
  for (const [index, name] of PROJECTS.entries()) {
    const author = index % 2 ? company.owner : await world.user("tomas@northwind.example");
    const ctx = world.acting(company.tenant, author, "owner");
    const project = await createProject(ctx, { name, description: "", status: "active" });
    if (index === 1) await updateProject(ctx, project.id, { description: "Prices for the fourth quarter." });
    world.clock.advance(index < 3 ? 20 * HOUR : 40 * MINUTE);
  }
  for (const [index, calls] of API_CALLS.entries()) {
    const day = new Date(world.clock.now().getTime() - (API_CALLS.length - 1 - index) * 24 * HOUR);
    await world.apiCalls(company, day.toISOString().slice(0, 10), Math.round(calls * 1_000));
  }
}

async function shoot(browser: Browser, colorScheme: "light" | "dark"): Promise<Uint8Array> {
  const context = await browser.newContext({ viewport: VIEWPORT, deviceScaleFactor: SCALE, colorScheme });
  const page = await context.newPage();
  await page.goto(`http://${world.host("northwind")}/login`);
  await page.fill("#email", "imogen@northwind.example");
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/dashboard$/);
  const checklist = page.getByRole("button", { name: "Dismiss" });
  if (await checklist.count() > 0) await checklist.click();
  await page.goto(page.url());
  await page.waitForLoadState("networkidle");
  const session = await context.newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await context.close();
  return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
}
