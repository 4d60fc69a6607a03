/** The server without the plans' limits on API requests and projects, so that a benchmark measures what a request costs. */
import { PLAN_VERSIONS } from "../../src/billing/plans.ts";
import { PROJECT_LIMIT } from "../../src/projects/projects.ts";

for (const plan of PLAN_VERSIONS) {
  Object.assign(plan, { apiRequestsAMinute: 1_000_000_000, apiCallsAMonth: null });
}
Object.assign(PROJECT_LIMIT.included, { starter: null, team: null });
await import("../../src/main.ts");
