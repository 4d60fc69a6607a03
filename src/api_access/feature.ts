import { sql } from "drizzle-orm";
import { adoption } from "../analytics/platform/adoption.ts";
import { feature } from "../feature.ts";
import { CALL_COUNTER } from "./call_counter.ts";
import { CALLS_OF_KEY, CALLS_OF_TENANT, FREE_CALLS_OF_TENANT, RUNNING_CALLS } from "./call_limits.ts";
import { CALL_LOG } from "./call_log.ts";
import { API_KEY_CREATED, API_KEY_REVOKED, API_KEY_ROTATED } from "./events.ts";
import { STORED_ANSWERS } from "./idempotency.ts";
import { KEY_USAGE } from "./key_usage.ts";
import { API_ACCESS, API_KEYS_MANAGE, REQUEST_LOG_READ } from "./permissions.ts";
import { REFUSED_CALLS } from "./refused_calls.ts";
import { REQUEST_CHOICES } from "./request_log.ts";
import { FIRST_API_KEY } from "./setup.ts";
import { MONTHLY_CALLS } from "./monthly_limit.ts";
import { API_USAGE } from "./usage_counter.ts";

export default feature("api access", {
  label: "Developers",
  permissions: [API_KEYS_MANAGE, REQUEST_LOG_READ],
  planFeatures: [API_ACCESS],
  events: [API_KEY_CREATED, API_KEY_ROTATED, API_KEY_REVOKED],
  rateLimits: [CALLS_OF_TENANT, CALLS_OF_KEY, FREE_CALLS_OF_TENANT],
  parts: [
    API_USAGE,
    MONTHLY_CALLS,
    KEY_USAGE,
    RUNNING_CALLS,
    CALL_LOG,
    CALL_COUNTER,
    REFUSED_CALLS,
    REQUEST_CHOICES,
  ],
  sealed: [STORED_ANSWERS],
  setup: [FIRST_API_KEY],
  adoptions: [
    adoption("api_keys", {
      label: "API keys",
      tenants: sql`select tenant_id from control.api_keys where last_used_at is not null`,
    }),
  ],
});
