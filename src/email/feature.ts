import { feature } from "../feature.ts";
import { EMAIL_TRANSPORT } from "./mailer.ts";
import { SEND_EMAIL } from "./send_email.ts";
import { SUPPRESSIONS_MANAGE } from "./suppression.ts";

export const email = feature("email", {
  permissions: [SUPPRESSIONS_MANAGE],
  jobs: [SEND_EMAIL],
  parts: [EMAIL_TRANSPORT],
});
