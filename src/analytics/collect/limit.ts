import { MINUTE } from "../../platform/clock.ts";
import { rateLimit } from "../../rate_limits/rate_limit.ts";

/** How often the browsers of one network may send. */
export const COLLECT_ADDRESS = rateLimit("collect_address", { limit: 120, window: MINUTE, whenDown: "open" });

/** How often all browsers together may send to one workspace. */
export const COLLECT_WORKSPACE = rateLimit("collect_tenant", {
  limit: 6_000,
  window: MINUTE,
  whenDown: "open",
});
