import { feature } from "../feature.ts";
import { API_USAGE } from "./usage_counter.ts";

export const apiAccess = feature("api access", { parts: [API_USAGE] });
