import { feature } from "../feature.ts";
import { EMAIL_TRANSPORT } from "./deliver.ts";
import { SUPPRESSIONS_MANAGE } from "./suppression.ts";

export const email = feature("email", {
  permissions: [SUPPRESSIONS_MANAGE],
  parts: [EMAIL_TRANSPORT],
});
