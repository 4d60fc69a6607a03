/** Prints where Chromium is, so that the task can name it in its permissions: `--allow-run=$(deno run tests/e2e/chromium.ts)`. */
import { findChromium } from "./browser.ts";

Deno.stdout.writeSync(new TextEncoder().encode(await findChromium()));
