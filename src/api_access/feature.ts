import { feature } from "../feature.ts";
import { STORED_ANSWERS } from "./idempotency.ts";
import { API_USAGE } from "./usage_counter.ts";

export default feature("api access", { parts: [API_USAGE], sealed: [STORED_ANSWERS] });
