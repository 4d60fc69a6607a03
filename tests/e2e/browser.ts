import fs from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";

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

/** Playwright looks for traces of WSL in /proc, which takes every permission there is. Without it, the answer is no. */
const existsSync = fs.existsSync;
fs.existsSync = (path) => {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
};

/** Starts the system's Chromium. */
export async function launchBrowser(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: await findChromium(), args: ARGUMENTS });
}

/** Where it is: at `CHROMIUM_PATH`, or where Debian, Google and snap put it. Throws what to install. */
export async function findChromium(): Promise<string> {
  for (const path of [Deno.env.get("CHROMIUM_PATH"), ...CANDIDATES]) {
    if (path && await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error("The browser tests need Chromium: apt-get install chromium, or name it in CHROMIUM_PATH.");
}

/** A person's browser window. Whatever a page complains about in its console is kept in `complaints`. */
export async function openWindow(
  browser: Browser,
  options: {
    javaScriptEnabled?: boolean;
    colorScheme?: "light" | "dark";
    viewport?: { width: number; height: number };
  } = {},
): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on(
    "console",
    (message) => message.type() === "error" && !isExpected(message.text()) && complaints.push(message.text()),
  );
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** The browser itself notes each answer with a status of 400 or more, also those that a story is about. */
function isExpected(text: string): boolean {
  return text.startsWith("Failed to load resource: the server responded with a status of");
}
