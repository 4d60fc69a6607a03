import { feature } from "../feature.ts";
import {
  ACCOUNT_DELETED,
  CONFIRM_NEW_EMAIL,
  EMAIL_CHANGED,
  NEW_DEVICE,
  PASSWORD_CHANGED,
  RESET_PASSWORD,
  SIGN_IN_LINK,
  SIGN_UP_CODE,
  VERIFY_ADDRESS,
} from "./emails.ts";
import { EVENTS } from "./events.ts";
import { IDENTITY_CONNECTED, IDENTITY_DISCONNECTED } from "./identity_emails.ts";
import { FACTOR_SECRETS } from "./factor_codes.ts";
import { FACTOR_ADDED, FACTOR_CODE, FACTOR_REMOVED } from "./factor_emails.ts";
import { FACTOR_TEXT } from "./factor_texts.ts";
import { OAUTH_CLIENTS } from "./oauth_clients.ts";
import { SIGN_IN_LIMITS } from "./sign_in_limits.ts";
import { SIGN_IN_ATTEMPTS } from "./sign_in_attempts.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { CONFIRM_EMAIL } from "./setup.ts";
import { ERASE_PERSON } from "./account_deletion.ts";
import { KEYS_ROTATE } from "./key_rotation.ts";
import { USERS_MANAGE } from "./permissions.ts";
import { PRIVATE_KEYS, SIGNING_KEYS } from "./signing_keys.ts";

export default feature("identity", {
  permissions: [KEYS_ROTATE, USERS_MANAGE],
  events: EVENTS,
  emails: [
    VERIFY_ADDRESS,
    SIGN_UP_CODE,
    SIGN_IN_LINK,
    RESET_PASSWORD,
    PASSWORD_CHANGED,
    CONFIRM_NEW_EMAIL,
    EMAIL_CHANGED,
    NEW_DEVICE,
    ACCOUNT_DELETED,
    FACTOR_CODE,
    FACTOR_ADDED,
    FACTOR_REMOVED,
    IDENTITY_CONNECTED,
    IDENTITY_DISCONNECTED,
  ],
  jobs: [ERASE_PERSON, FACTOR_TEXT],
  rateLimits: SIGN_IN_LIMITS,
  parts: [SIGN_INS, SIGN_IN_ATTEMPTS, SIGNING_KEYS, OAUTH_CLIENTS],
  sealed: [PRIVATE_KEYS, FACTOR_SECRETS],
  setup: [CONFIRM_EMAIL],
});
