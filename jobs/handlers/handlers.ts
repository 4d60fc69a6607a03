import { analyticsHandlers } from "./analytics.ts";
import { cleanupHandlers } from "./cleanup.ts";
import { emailHandlers } from "./email.ts";
import type { JobHandlers } from "./handler.ts";

/** Who does what: every kind of job has its handler. */
export const HANDLERS: Required<JobHandlers> = {
  ...analyticsHandlers,
  ...cleanupHandlers,
  ...emailHandlers,
};
