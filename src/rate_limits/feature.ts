import { feature } from "../feature.ts";
import { RATE_LIMITER } from "./limiter.ts";

export default feature("rate_limits", { parts: [RATE_LIMITER] });
