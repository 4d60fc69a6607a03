import { feature } from "../feature.ts";
import { INVITATION, OWNERSHIP_OFFER, TEAM_INVITATION } from "./emails.ts";
import { EVENTS } from "./events.ts";
import { INVITATIONS_PER_TENANT } from "./invitations.ts";
import { MEMBER_SEARCH, MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";
import { OWNERSHIP_TRANSFER } from "./ownership.ts";
import { SEATS } from "./seats.ts";
import { INVITE_TEAMMATE } from "./setup.ts";

export default feature("access", {
  permissions: [MEMBERS_READ, MEMBERS_MANAGE, OWNERSHIP_TRANSFER],
  limits: [SEATS],
  rateLimits: [INVITATIONS_PER_TENANT],
  emails: [INVITATION, TEAM_INVITATION, OWNERSHIP_OFFER],
  events: EVENTS,
  searches: [MEMBER_SEARCH],
  setup: [INVITE_TEAMMATE],
});
