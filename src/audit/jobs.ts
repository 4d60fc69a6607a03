import { z } from "zod";
import { enqueueForAllTenants } from "../outbox/for_all_tenants.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { schedule } from "../outbox/schedule.ts";
import { verifyChain, verifyPlatformChain } from "./chain.ts";
import { deleteOldLines } from "./retention.ts";

const payload = z.object({ full: z.boolean(), day: z.iso.date() });
const SUNDAY = 0;

export const CHECK_TENANT_AUDIT = job("audit.check_tenant", {
  queue: "cleanup",
  payload,
  run: async (run, { full }) => {
    const ctx = tenantOf(run);
    await verifyChain(ctx, { full });
    await deleteOldLines(ctx);
  },
});

export const CHECK_AUDIT = job("audit.check", {
  queue: "cleanup",
  payload,
  run: async ({ system }, { full, day }) => {
    await verifyPlatformChain(system, { full });
    await enqueueForAllTenants(system, CHECK_TENANT_AUDIT, { full, day }, `audit ${day}`);
  },
});

/** Verifies new lines every night and the whole logs on Sundays, and then deletes old lines. */
export const AUDIT_SCHEDULE = schedule("audit logs", "40 1 * * *", {
  job: CHECK_AUDIT,
  payload: (slot) => ({ full: slot.getUTCDay() === SUNDAY, day: slot.toISOString().slice(0, 10) }),
  catchUp: 1,
});
