import { feature } from "../feature.ts";
import { INVITATION } from "./emails.ts";
import { MEMBER_SEARCH, MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";
import { ROLE_CREATED, ROLE_DELETED, ROLE_UPDATED } from "./role_editing.ts";
import { CUSTOM_ROLES, ROLES_MANAGE } from "./roles.ts";
import { SEATS } from "./seats.ts";
import { INVITE_TEAMMATE } from "./setup.ts";

export default feature("access", {
  label: "Members and roles",
  permissions: [MEMBERS_READ, MEMBERS_MANAGE, ROLES_MANAGE],
  planFeatures: [CUSTOM_ROLES],
  limits: [SEATS],
  events: [ROLE_CREATED, ROLE_UPDATED, ROLE_DELETED],
  emails: [INVITATION],
  searches: [MEMBER_SEARCH],
  setup: [INVITE_TEAMMATE],
});
