import { feature } from "../feature.ts";
import { API_USAGE } from "./usage_counter.ts";

export default feature("api access", { parts: [API_USAGE] });
