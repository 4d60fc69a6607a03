import { feature } from "../feature.ts";
import { RESET_PASSWORD, SIGN_UP_CODE, VERIFY_ADDRESS } from "./emails.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { SIGNING_KEYS } from "./signing_keys.ts";

export default feature("identity", {
  emails: [VERIFY_ADDRESS, SIGN_UP_CODE, RESET_PASSWORD],
  parts: [SIGN_INS, SIGNING_KEYS],
});
