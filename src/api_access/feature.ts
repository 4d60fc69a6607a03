import { feature } from "../feature.ts";
import { CALL_COUNTER } from "./call_counter.ts";
import { CALL_LOG } from "./call_log.ts";
import { REQUEST_LOG_READ } from "./permissions.ts";
import { REQUEST_CHOICES } from "./request_log.ts";
import { API_USAGE } from "./usage_counter.ts";

export default feature("api access", {
  label: "API",
  permissions: [REQUEST_LOG_READ],
  parts: [API_USAGE, CALL_LOG, CALL_COUNTER, REQUEST_CHOICES],
});
