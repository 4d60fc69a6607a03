import type { Feature } from "./feature.ts";
import * as features from "./features.ts";

/** Every feature of the product, in the order of their names. */
export const FEATURES: readonly Feature[] = Object.values(features);
