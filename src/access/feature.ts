import { feature } from "../feature.ts";
import { INVITATION } from "./emails.ts";
import { MEMBER_SEARCH, MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";
import { SEATS } from "./seats.ts";
import { INVITE_TEAMMATE } from "./setup.ts";

export default feature("access", {
  permissions: [MEMBERS_READ, MEMBERS_MANAGE],
  limits: [SEATS],
  emails: [INVITATION],
  searches: [MEMBER_SEARCH],
  setup: [INVITE_TEAMMATE],
});
