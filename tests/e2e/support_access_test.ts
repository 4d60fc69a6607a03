import assert from "node:assert/strict";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { findViolations } from "./axe.ts";
import { inBrowser, openWindow } from "./browser.ts";

/** Protects: the story "support access granted, used, seen in the log", in a real browser. */

Deno.test("an owner gives support access, support uses it, and the owner sees it in the log", async () => {
});
