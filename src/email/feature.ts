import { feature } from "../feature.ts";
import { EMAIL_TRANSPORT } from "./deliver.ts";
import { ADDRESS_RELEASED, ADDRESS_SUPPRESSED, SUPPRESSIONS_MANAGE } from "./suppression.ts";

export default feature("email", {
  permissions: [SUPPRESSIONS_MANAGE],
  events: [ADDRESS_SUPPRESSED, ADDRESS_RELEASED],
  parts: [EMAIL_TRANSPORT],
});
