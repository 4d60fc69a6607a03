import { feature } from "../feature.ts";
import { EMAIL_TRANSPORT } from "./deliver.ts";
import { EMAILS_TO_ADDRESS } from "./email.ts";
import { ADDRESS_RELEASED, ADDRESS_SUPPRESSED, SUPPRESSIONS_MANAGE } from "./suppression.ts";

export default feature("email", {
  permissions: [SUPPRESSIONS_MANAGE],
  events: [ADDRESS_SUPPRESSED, ADDRESS_RELEASED],
  rateLimits: [EMAILS_TO_ADDRESS],
  parts: [EMAIL_TRANSPORT],
});
