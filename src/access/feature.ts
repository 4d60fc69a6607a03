import { sql } from "drizzle-orm";
import { adoption } from "../analytics/platform/adoption.ts";
import { feature } from "../feature.ts";
import { INVITATION, OWNERSHIP_OFFER, TEAM_INVITATION } from "./emails.ts";
import { EVENTS } from "./events.ts";
import { INVITATIONS_PER_TENANT } from "./invitations.ts";
import { MEMBER_SEARCH, MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";
import { NOTIFICATION_KINDS } from "./notifications.ts";
import { OWNERSHIP_TRANSFER } from "./ownership.ts";
import { ROLE_CREATED, ROLE_DELETED, ROLE_UPDATED } from "./role_editing.ts";
import { CUSTOM_ROLES, ROLES_MANAGE } from "./roles.ts";
import { SEATS } from "./seats.ts";
import { INVITE_TEAMMATE } from "./setup.ts";

export default feature("access", {
  label: "Members and roles",
  permissions: [MEMBERS_READ, MEMBERS_MANAGE, ROLES_MANAGE, OWNERSHIP_TRANSFER],
  planFeatures: [CUSTOM_ROLES],
  limits: [SEATS],
  rateLimits: [INVITATIONS_PER_TENANT],
  notificationKinds: NOTIFICATION_KINDS,
  emails: [INVITATION, TEAM_INVITATION, OWNERSHIP_OFFER],
  events: [...EVENTS, ROLE_CREATED, ROLE_UPDATED, ROLE_DELETED],
  searches: [MEMBER_SEARCH],
  setup: [INVITE_TEAMMATE],
  adoptions: [
    adoption("team", {
      label: "More than one member",
      tenants: sql`select tenant_id from control.memberships group by tenant_id having count(*) > 1`,
    }),
    adoption("custom_roles", {
      label: "Custom roles",
      tenants: sql`select tenant_id from control.memberships where role = 'custom'`,
    }),
  ],
});
