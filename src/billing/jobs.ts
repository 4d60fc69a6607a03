import { z } from "zod";
import { job } from "../outbox/job.ts";
import { enqueueAll } from "../outbox/outbox.ts";
import { schedule } from "../outbox/schedule.ts";
import { reconcile, settleDueAccounts } from "./due_accounts.ts";
import { sandboxOf } from "./gateway/open.ts";
import { deleteOldBodies } from "./intake.ts";
import { followMembers } from "./paid_seats.ts";
import { syncAccount } from "./sync.ts";
import { deleteOldUsage, listUnreported, reportUsage } from "./usage/reports.ts";
import { SYNC_REQUEST } from "./sync_request.ts";

const nothing = z.object({});

export const SYNC = job(SYNC_REQUEST.name, {
  ...SYNC_REQUEST,
  run: async ({ system }, { accountId }) => await syncAccount(system.services, accountId),
});

export const SETTLE = job("billing.settle", {
  queue: "billing",
  payload: nothing,
  run: async ({ system: { services } }) => {
    // Nothing calls the sandbox when a period ends, so it is asked.
    if (sandboxOf(services)) await reconcile(services);
    await followMembers(services);
    await settleDueAccounts(services);
  },
});

export const RECONCILE = job("billing.reconcile", {
  queue: "billing",
  payload: nothing,
  run: async ({ system }) => {
    await deleteOldBodies(system);
    await reconcile(system.services);
  },
});

export const SETTLE_DUE = schedule("billing settle", "*/5 * * * *", {
  job: SETTLE,
  payload: () => ({}),
  catchUp: 1,
});

export const RECONCILE_NIGHTLY = schedule("billing reconcile", "20 3 * * *", {
  job: RECONCILE,
  payload: () => ({}),
  catchUp: 1,
});

/** One for each account, so that one with much to send, or that the gateway refuses, holds up no other. */
export const REPORT_ACCOUNT_USAGE = job("billing.report_account_usage", {
  queue: "billing",
  payload: z.object({ accountId: z.uuid() }),
  run: async ({ system }, { accountId }) => {
    await reportUsage(system, accountId);
  },
});

export const REPORT_USAGE = job("billing.report_usage", {
  queue: "billing",
  payload: nothing,
  run: async ({ id, system }) => {
    await deleteOldUsage(system);
    const accountIds = await listUnreported(system);
    const reports = accountIds.map((accountId) => ({
      payload: { accountId },
      key: `${accountId} ${id}`,
      partition: accountId,
    }));
    await system.tx((tx) => enqueueAll(system, tx, REPORT_ACCOUNT_USAGE, reports));
  },
});

export const REPORT_HOURLY = schedule("billing usage", "7 * * * *", {
  job: REPORT_USAGE,
  payload: () => ({}),
  catchUp: 1,
});
