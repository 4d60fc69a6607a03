/** The server without the plans' limits on API requests, so that a benchmark measures what a request costs. */
import { PLAN_VERSIONS } from "../../src/billing/plans.ts";

for (const plan of PLAN_VERSIONS) {
  Object.assign(plan, { apiRequestsAMinute: 1_000_000_000, apiCallsAMonth: null });
}
await import("../../src/main.ts");
