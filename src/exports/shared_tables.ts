import type { PgTable } from "drizzle-orm/pg-core";
import { analyticsSources } from "../../db/control/schema/analytics.ts";
import { auditChains } from "../../db/control/schema/audit.ts";
import { campaignSettings } from "../../db/control/schema/campaigns.ts";
import { joinDomains } from "../../db/control/schema/invitations.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { savedReports } from "../../db/control/schema/saved_reports.ts";
import { webhookDeliveries, webhookEndpoints, webhookEvents } from "../../db/control/schema/webhooks.ts";
import { analyticsEventIds, analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import {
  analyticsChanges,
  analyticsDaily,
  analyticsRollups,
  analyticsUserMonths,
} from "../../db/stream/schema/analytics_rollups.ts";
import { apiRequestCounts, apiRequests } from "../../db/stream/schema/api_requests.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { webhookAttempts } from "../../db/stream/schema/webhook_attempts.ts";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contactImports } from "../../db/tenant/schema/contacts.ts";
import { sequenceEmails, sequences } from "../../db/tenant/schema/sequences.ts";
import { newPublishableKey } from "../analytics/collect/source.ts";
import type { Services } from "../ports.ts";
import { sealSecret } from "../webhooks/endpoint_rows.ts";
import { newSecret } from "../webhooks/signature.ts";

export type Row = Record<string, unknown>;

/** A table with rows of a tenant, and what is special about it in an archive. */
export type ArchiveRule = {
  table: PgTable;
  /** Columns with secrets, which no archive contains. */
  leftOut?: readonly string[];
  /** Columns with ids that are unique over all tenants. They get new ids beside the workspace that the archive is of. */
  ids?: readonly string[];
  /** Columns that refer to a user. Null for someone who isn't a member. */
  people?: readonly string[];
  /** Changes an imported row, for example to give it new secrets. */
  arrive?(row: Row, services: Services): Row;
};

/** The tables of `control` and `stream` that belong into an archive, in the order in which rows can be inserted. */
export const SHARED_TABLES: readonly ArchiveRule[] = [
  { table: roles, ids: ["id"] },
  { table: joinDomains, ids: ["id"] },
  { table: auditChains },
  { table: campaignSettings },
  {
    table: savedReports,
    ids: ["id"],
    people: ["created_by"],
    leftOut: ["link_hash", "link_expires_at"],
  },
  {
    table: analyticsSources,
    leftOut: ["publishable_key"],
    arrive: (row) => ({ ...row, publishable_key: newPublishableKey() }),
  },
  {
    table: webhookEndpoints,
    ids: ["id"],
    people: ["created_by"],
    leftOut: [
      "sealed_headers",
      "sealed_secret",
      "sealed_previous_secret",
      "previous_secret_until",
      "rotation_id",
      "next_slot_at",
      "paced_until",
    ],
    // Two workspaces must not send the same events, so someone turns each endpoint on.
    arrive: (row, services) => ({
      ...row,
      sealed_secret: sealSecret(services, newSecret()),
      status: "disabled",
      disabled_reason: "manual",
      disabled_at: row.disabled_at ?? services.clock.now(),
    }),
  },
  { table: webhookEvents, ids: ["id"] },
  {
    table: webhookDeliveries,
    ids: ["id", "endpoint_id", "event_id"],
    arrive: (row, { clock }) =>
      row.status === "pending"
        ? { ...row, status: "skipped", next_attempt_at: null, ended_at: clock.now() }
        : row,
  },
  { table: webhookAttempts, ids: ["delivery_id"] },
  { table: apiUsage },
  { table: apiRequests },
  { table: apiRequestCounts },
  { table: analyticsEvents },
  { table: analyticsEventIds },
  { table: analyticsChanges },
  { table: analyticsDaily },
  { table: analyticsUserMonths },
  { table: analyticsRollups },
];

/** Tables of features that need more than a copy. What was under way goes on in the original only. */
export const TENANT_RULES: readonly ArchiveRule[] = [
  {
    table: campaigns,
    leftOut: ["archive_token"],
    people: ["created_by"],
    arrive(row, { clock }) {
      if (row.status === "scheduled") return { ...row, status: "draft", scheduled_at: null };
      const isUnderWay = row.status === "sending" || row.status === "paused";
      return isUnderWay ? { ...row, status: "canceled", pause_reason: null, ended_at: clock.now() } : row;
    },
  },
  {
    table: campaignRecipients,
    arrive(row) {
      if (row.state === "claimed") return { ...row, state: "unknown" };
      return row.state === "waiting" ? { ...row, state: "skipped", reason: "canceled", due_at: null } : row;
    },
  },
  { table: sequences, arrive: (row) => ({ ...row, is_active: false }) },
  {
    table: sequenceEmails,
    arrive: (row) => row.state === "claimed" ? { ...row, state: "unknown" } : row,
  },
  {
    table: contactImports,
    arrive: (row) =>
      row.status === "reading" || row.status === "running" ? { ...row, status: "stopped" } : row,
  },
];

/** Tables with rows of tenants that no archive contains, and why. */
export const LEFT_OUT: Record<string, string> = {
  "control.tenants": "The manifest describes the workspace.",
  "control.subdomains": "The new workspace has its own address.",
  "control.memberships": "Members are exported by email, name, and role.",
  "control.api_keys": "Only hashes of keys are stored, and keys must not work twice.",
  "control.idempotency_keys": "Answers are kept for a day, and may contain secrets.",
  "control.sessions": "Sessions are credentials.",
  "control.email_sign_ins": "Codes are credentials.",
  "control.challenges": "Challenges are credentials.",
  "control.oauth_requests": "They belong to someone who is signing in.",
  "control.push_subscriptions": "They belong to people's browsers.",
  "control.one_time_tokens": "Links are credentials.",
  "control.refresh_tokens": "Tokens are credentials.",
  "control.invitations": "Links are credentials. Invite people again.",
  "control.ownership_offers": "An offer is for the workspace that it was made in.",
  "control.support_grants": "Consent is for this installation's staff.",
  "control.support_visits": "They are about this installation's staff. The audit log tells of them.",
  "control.billing_accounts": "A subscription stays with the workspace that pays for it.",
  "control.sending_domains": "A domain is proven with a private key. Add it again.",
  "control.custom_domains": "A domain is live in one workspace. Add it again.",
  "control.usage_events": "They are billed in the workspace that reported them.",
  "control.usage_hours": "They are billed in the workspace that reported them.",
  "control.outbox": "Jobs run where they were enqueued.",
  "control.notifications": "They belong to people, who can download them.",
  "control.mailbox_messages": "They exist only during development.",
  "control.event_positions": "They order the events of the last two days.",
  "control.published_events": "They are kept for two days, for open event streams.",
  "control.analytics_positions": "They belong to the events of the last two days.",
  "control.running_reports": "They only tell what runs now.",
  "control.news_sender": "It is the operator's choice.",
  "control.tenant_days": "They are the operator's figures.",
  "control.workspace_exports": "An archive contains no archives.",
};
