import type { PlanKey } from "../../billing/plans.ts";
import { DAY, MINUTE } from "../../platform/clock.ts";
import { rateLimit } from "../../rate_limits/rate_limit.ts";

/** How often the browsers of one network may send to one workspace. */
export const COLLECT_ADDRESS = rateLimit("collect_address", { limit: 120, window: MINUTE, whenDown: "open" });

/** How often the browsers of one network may send to all workspaces. Many people can share a network's address. */
export const COLLECT_NETWORK = rateLimit("collect_network", {
  limit: 1_200,
  window: MINUTE,
  whenDown: "open",
});

/** How often all browsers together may send to one workspace. */
export const COLLECT_WORKSPACE = rateLimit("collect_tenant", {
  limit: 6_000,
  window: MINUTE,
  whenDown: "open",
});

/** How many events of its websites a workspace may have in a day. Anyone can send them, and they are kept for long. */
export const COLLECTED_A_DAY: Readonly<Record<PlanKey, number>> = {
  starter: 10_000,
  team: 100_000,
  premium: 1_000_000,
  enterprise: 5_000_000,
};

/** The events of a workspace's websites. The plan says how many. */
export const COLLECT_EVENTS = rateLimit("collect_events", {
  limit: COLLECTED_A_DAY.starter,
  window: DAY,
  whenDown: "open",
});
