import { feature } from "../feature.ts";
import { API_KEYS_MANAGE } from "./api_keys.ts";
import { CALLS_OF_KEY, CALLS_OF_TENANT, RUNNING_CALLS } from "./call_limits.ts";
import { API_KEY_CREATED, API_KEY_REVOKED, API_KEY_ROTATED } from "./events.ts";
import { STORED_ANSWERS } from "./idempotency.ts";
import { KEY_USAGE } from "./key_usage.ts";
import { API_USAGE } from "./usage_counter.ts";

export default feature("api access", {
  label: "Developers",
  permissions: [API_KEYS_MANAGE],
  events: [API_KEY_CREATED, API_KEY_ROTATED, API_KEY_REVOKED],
  rateLimits: [CALLS_OF_TENANT, CALLS_OF_KEY],
  parts: [API_USAGE, KEY_USAGE, RUNNING_CALLS],
  sealed: [STORED_ANSWERS],
});
