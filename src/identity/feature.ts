import { feature } from "../feature.ts";
import {
  FACTOR_ADDED,
  FACTOR_CODE,
  FACTOR_REMOVED,
  PASSWORD_CHANGED,
  RESET_PASSWORD,
  SIGN_UP_CODE,
  VERIFY_ADDRESS,
} from "./emails.ts";
import { EVENTS } from "./events.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { CONFIRM_EMAIL } from "./setup.ts";
import { SIGNING_KEYS } from "./signing_keys.ts";

export default feature("identity", {
  events: EVENTS,
  emails: [
    VERIFY_ADDRESS,
    SIGN_UP_CODE,
    RESET_PASSWORD,
    PASSWORD_CHANGED,
    FACTOR_CODE,
    FACTOR_ADDED,
    FACTOR_REMOVED,
  ],
  parts: [SIGN_INS, SIGNING_KEYS],
  setup: [CONFIRM_EMAIL],
});
