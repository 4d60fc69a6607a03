/** The server without the plan's limit on API requests, so that a benchmark measures what a request costs. */
import { planOf } from "../../src/billing/plans.ts";

Object.assign(planOf("starter"), { apiRequestsAMinute: 1_000_000_000 });
await import("../../src/main.ts");
