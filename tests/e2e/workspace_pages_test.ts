import { checkPages } from "./page_checks.ts";

/** Protects: every page of a workspace is accessible and fits every window. */

Deno.test("every page of a workspace passes axe and fits its window, light and dark", (t) =>
  checkPages(t, "workspace"));
