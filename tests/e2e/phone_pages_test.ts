import { checkPages } from "./page_checks.ts";

/** Protects: every page is accessible and fits a phone's window. */

Deno.test("every page passes axe and fits a phone's window, light and dark", (t) => checkPages(t, "phone"));
