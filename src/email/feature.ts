import { feature } from "../feature.ts";
import { EMAIL_TRANSPORT } from "./mailer.ts";
import { SEND_EMAIL } from "./send_email.ts";
import { ADDRESS_RELEASED, ADDRESS_SUPPRESSED, SUPPRESSIONS_MANAGE } from "./suppression.ts";

export const email = feature("email", {
  permissions: [SUPPRESSIONS_MANAGE],
  events: [ADDRESS_SUPPRESSED, ADDRESS_RELEASED],
  jobs: [SEND_EMAIL],
  parts: [EMAIL_TRANSPORT],
});
