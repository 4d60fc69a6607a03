import { feature } from "../feature.ts";
import { STORAGE_SIZES } from "./dashboard.ts";
import { ANALYTICS_READ } from "./permissions.ts";

export const analytics = feature("analytics", { permissions: [ANALYTICS_READ], parts: [STORAGE_SIZES] });
