import { feature } from "../feature.ts";
import { INVITATION } from "./emails.ts";
import { MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";

export default feature("access", {
  permissions: [MEMBERS_READ, MEMBERS_MANAGE],
  emails: [INVITATION],
});
