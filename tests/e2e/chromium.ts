/** Prints the path of Chromium for `main.ts`, which names it in the permissions of the tests. */
import { findChromium } from "./browser.ts";

Deno.stdout.writeSync(new TextEncoder().encode(await findChromium()));
