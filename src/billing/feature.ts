import { limitCounters } from "../../db/tenant/schema/billing.ts";
import { feature } from "../feature.ts";
import { BILLING_EMAILS } from "./emails.ts";
import { EVENTS } from "./events.ts";
import { FEATURE_COUNTS } from "./feature_status.ts";
import { GATEWAY } from "./gateway/open.ts";
import {
  RECONCILE,
  RECONCILE_NIGHTLY,
  REPORT_ACCOUNT_USAGE,
  REPORT_HOURLY,
  REPORT_USAGE,
  SETTLE,
  SETTLE_DUE,
  SYNC,
} from "./jobs.ts";
import { COMPUTE_MINUTES } from "./meter.ts";
import { NOTIFICATION_KINDS } from "./notifications.ts";
import {
  BILLING_ACCOUNTS_MANAGE,
  BILLING_MANAGE,
  BILLING_READ,
  PRIORITY_SUPPORT,
  USAGE_WRITE,
} from "./permissions.ts";
import { TRIAL_KEY } from "./trials.ts";

export default feature("billing", {
  label: "Billing",
  tables: [limitCounters],
  sealed: [TRIAL_KEY],
  permissions: [BILLING_READ, BILLING_MANAGE, BILLING_ACCOUNTS_MANAGE, USAGE_WRITE],
  planFeatures: [PRIORITY_SUPPORT],
  meters: [COMPUTE_MINUTES],
  events: EVENTS,
  notificationKinds: NOTIFICATION_KINDS,
  emails: BILLING_EMAILS,
  jobs: [SYNC, SETTLE, RECONCILE, REPORT_USAGE, REPORT_ACCOUNT_USAGE],
  schedules: [SETTLE_DUE, RECONCILE_NIGHTLY, REPORT_HOURLY],
  parts: [GATEWAY, FEATURE_COUNTS],
});
