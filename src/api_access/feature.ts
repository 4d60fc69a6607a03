import { feature } from "../feature.ts";
import { API_KEYS_MANAGE } from "./api_keys.ts";
import { CALL_COUNTER } from "./call_counter.ts";
import { CALLS_OF_KEY, CALLS_OF_TENANT, RUNNING_CALLS } from "./call_limits.ts";
import { CALL_LOG } from "./call_log.ts";
import { API_KEY_CREATED, API_KEY_REVOKED, API_KEY_ROTATED } from "./events.ts";
import { STORED_ANSWERS } from "./idempotency.ts";
import { KEY_USAGE } from "./key_usage.ts";
import { REQUEST_LOG_READ } from "./permissions.ts";
import { REQUEST_CHOICES } from "./request_log.ts";
import { API_USAGE } from "./usage_counter.ts";

export default feature("api access", {
  label: "Developers",
  permissions: [API_KEYS_MANAGE, REQUEST_LOG_READ],
  events: [API_KEY_CREATED, API_KEY_ROTATED, API_KEY_REVOKED],
  rateLimits: [CALLS_OF_TENANT, CALLS_OF_KEY],
  parts: [API_USAGE, KEY_USAGE, RUNNING_CALLS, CALL_LOG, CALL_COUNTER, REQUEST_CHOICES],
  sealed: [STORED_ANSWERS],
});
