import fs from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { PATIENCE } from "../support/patience.ts";

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Playwright looks for WSL in /proc, which requires every permission. A denied check means no. */
const existsSync = fs.existsSync;
fs.existsSync = (path) => {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
};

/** Starts the system's Chromium, with more arguments if needed. */
export async function launchBrowser(args: string[] = []): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: await findChromium(), args: [...ARGUMENTS, ...args] });
}

/** A profile of its own that is kept on disk. Chromium installs no apps from a private window, as other windows are. */
export async function launchInstallable(): Promise<BrowserContext> {
  const { chromium } = await import("playwright-core");
  const profile = await Deno.makeTempDir();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    args: ARGUMENTS,
  });
  context.setDefaultTimeout(PATIENCE);
  context.on("close", () => Deno.remove(profile, { recursive: true }).catch(() => {}));
  return context;
}

/** Chromium's path: `CHROMIUM_PATH`, or where Debian, Google and snap install it. Throws what to install. */
export async function findChromium(): Promise<string> {
  for (const path of [Deno.env.get("CHROMIUM_PATH"), ...CANDIDATES]) {
    if (path && await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error("The browser tests need Chromium: apt-get install chromium, or name it in CHROMIUM_PATH.");
}

/**
 * A browser window. Errors in a page's console are collected in `complaints`. Service workers are blocked unless a test is about
 * them, because tests can't intercept the requests that pass through one.
 */
export async function openWindow(
  browser: Browser,
  options: {
    javaScriptEnabled?: boolean;
    colorScheme?: "light" | "dark";
    viewport?: { width: number; height: number };
    serviceWorkers?: "allow" | "block";
  } = {},
): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.newContext({ serviceWorkers: "block", ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on(
    "console",
    (message) => message.type() === "error" && !isExpected(message.text()) && complaints.push(message.text()),
  );
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** The browser logs every response with a status of 400 or more, including those that a story expects. */
function isExpected(text: string): boolean {
  return text.startsWith("Failed to load resource: the server responded with a status of");
}
