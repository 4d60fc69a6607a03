import { feature } from "../feature.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { SIGNING_KEYS } from "./signing_keys.ts";

export const identity = feature("identity", { parts: [SIGN_INS, SIGNING_KEYS] });
