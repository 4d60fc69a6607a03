import { eq, inArray, lte } from "drizzle-orm";
import { z } from "zod";
import { customDomains } from "../../db/control/schema/custom_domains.ts";
import { authorize } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { conflict, unavailable } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { enqueueAll } from "../outbox/outbox.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { isUniqueViolation } from "../platform/database_errors.ts";
import { describeError, logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { DNS } from "../sending_domains/dns.ts";
import {
  type CustomDomain,
  type CustomDomainRow,
  describe,
  forget,
  getCustomDomain,
  getLockedRow,
  isLiveRow,
  isLiveStatus,
  lockPrimary,
  named,
  stopServing,
} from "./domains.ts";
import { CUSTOM_DOMAIN_FAILING, CUSTOM_DOMAIN_LOST, CUSTOM_DOMAIN_VERIFIED } from "./events.ts";
import { GRACE_DAYS } from "./live_hosts.ts";
import { CUSTOM_DOMAINS, DOMAINS_MANAGE } from "./permissions.ts";
import type { TxtRecord } from "./txt_record.ts";

const DOMAIN_TAKEN = problem(
  "custom_domain_taken",
  "Another workspace uses {domain}. Remove the domain there first.",
);
const DNS_SILENT = problem(
  "custom_domain_dns_silent",
  "DNS doesn't answer for {domain}. Try again in a minute.",
);

const RETRY_SECONDS = 60;
const DOMAINS_AT_ONCE = 500;
const MAX_SHOWN_LENGTH = 300;
const MAX_SHOWN_RECORDS = 5;

/** Checks by hand. Each asks DNS for a name that the tenant chose. */
export const CUSTOM_DOMAIN_CHECKS = rateLimit("custom_domain_checks", {
  limit: 30,
  window: HOUR,
  whenDown: "closed",
});

const log = logOf("custom domains");

/**
 * Looks the TXT record up now. The domain is live once the record has the tenant's token, unless it is live for another tenant.
 * Throws `not_found`, `feature_not_in_plan`, `rate_limited`, `unavailable` if DNS doesn't answer, or `conflict` if another tenant
 * has the domain.
 */
export async function verifyCustomDomain(ctx: TenantContext, id: string): Promise<CustomDomain> {
  authorize(ctx, DOMAINS_MANAGE);
  requireFeature(ctx, CUSTOM_DOMAINS);
  const { domain, record } = await getCustomDomain(ctx, id);
  await enforce(ctx, CUSTOM_DOMAIN_CHECKS, ctx.tenant.id);
  const { isTaken, ...checked } = await save(ctx, id, await lookUpForPerson(ctx, domain, record));
  if (isTaken) throw conflict(DOMAIN_TAKEN.with({ domain }));
  return describe(ctx, checked.row, checked.primary);
}

/** Checks a tenant's domain once a day. A failed lookup is tried again and changes nothing. */
export const CHECK_CUSTOM_DOMAIN = job("custom_domains.check", {
  queue: "cleanup",
  payload: z.object({ id: z.uuid() }),
  run: async (run, { id }) => {
    const ctx = tenantOf(run);
    const [row] = await ctx.system.control.select().from(customDomains).where(eq(customDomains.id, id));
    if (row?.tenantId !== ctx.tenant.id) return;
    await save(ctx, id, await lookUp(ctx, describe(ctx, row, null).record));
  },
});

/** Enqueues the checks that are due, so that each domain is checked once a day. */
export async function enqueueDueDomainChecks(ctx: SystemContext): Promise<void> {
  const now = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    const due = tx.select({ id: customDomains.id }).from(customDomains).where(
      lte(customDomains.nextCheckAt, now),
    )
      .limit(DOMAINS_AT_ONCE).for("update", { skipLocked: true });
    const claimed = await tx.update(customDomains).set({ nextCheckAt: after(now, DAY) })
      .where(inArray(customDomains.id, due))
      .returning({ id: customDomains.id, tenantId: customDomains.tenantId });
    if (claimed.length === 0) return;
    const jobs = claimed.map(({ id, tenantId }) => ({ payload: { id }, tenantId }));
    await enqueueAll(ctx, tx, CHECK_CUSTOM_DOMAIN, jobs);
  });
}

/** What DNS had at the record's name when it was asked. */
type Lookup = { askedAt: Date; answers: string[] };

async function lookUpForPerson(ctx: TenantContext, domain: string, record: TxtRecord): Promise<Lookup> {
  try {
    return await lookUp(ctx, record);
  } catch (error) {
    log.warn("a lookup failed", { domain, ...describeError(error) });
    throw unavailable(DNS_SILENT.with({ domain }), RETRY_SECONDS);
  }
}

/** Rejects if DNS doesn't answer. */
async function lookUp({ services }: TenantContext, { name, type }: TxtRecord): Promise<Lookup> {
  const askedAt = services.clock.now();
  return { askedAt, answers: await services.use(DNS).resolve(name, type) };
}

type Saved = { row: CustomDomainRow; primary: string | null; isTaken: boolean };

/**
 * Saves what was found, and the status that follows from it, unless a later lookup was saved before. `isTaken`: the domain is live
 * for another tenant. That tenant's own check is then due, because it may have lost the domain.
 */
async function save(ctx: TenantContext, id: string, lookup: Lookup): Promise<Saved> {
  const { system, services } = ctx;
  try {
    return { ...await saveStatus(ctx, id, lookup), isTaken: false };
  } catch (error) {
    if (!isUniqueViolation(error, "custom_domains_live")) throw error;
    const saved = await saveStatus(ctx, id, lookup, { mayGoLive: false });
    await system.control.update(customDomains).set({ nextCheckAt: services.clock.now() })
      .where(isLiveRow(saved.row.domain));
    return { ...saved, isTaken: true };
  }
}

async function saveStatus(
  ctx: TenantContext,
  id: string,
  { askedAt, answers }: Lookup,
  { mayGoLive } = { mayGoLive: true },
): Promise<Omit<Saved, "isTaken">> {
  const { system, tenant } = ctx;
  const saved = await system.tx(async (tx) => {
    const primary = await lockPrimary(ctx, tx);
    const before = await getLockedRow(ctx, tx, id);
    if (before.checkedAt && before.checkedAt > askedAt) return { row: before, primary };
    const isFound = answers.some((answer) => answer.trim() === describe(ctx, before, null).record.value);
    const status = isFound ? (mayGoLive ? "verified" : before.status) : withoutRecord(before, askedAt);
    const [row] = await tx.update(customDomains).set({
      status,
      found: answers.slice(0, MAX_SHOWN_RECORDS).map((answer) => answer.slice(0, MAX_SHOWN_LENGTH)),
      failingSince: status === "failing" ? before.failingSince ?? askedAt : null,
      checkedAt: askedAt,
      nextCheckAt: after(askedAt, DAY),
      ...(status === "verified" && !isLiveStatus(before.status) ? { verifiedAt: askedAt } : {}),
    }).where(eq(customDomains.id, id)).returning();
    if (status === before.status) return { row: row!, primary };
    if (status === "lost") await stopServing(ctx, tx, row!.domain, primary);
    const event = eventOf(before, row!);
    if (event) await publish(system, tx, event, { after: named(row!), schema: tenant.schemaName });
    return { row: row!, primary: status === "lost" && primary === row!.domain ? null : primary };
  });
  forget(ctx);
  return saved;
}

/** The event of a changed status. A record that is back in time changes nothing that people need to know. */
function eventOf(before: CustomDomainRow, { status }: CustomDomainRow) {
  if (status === "verified") return before.status === "failing" ? null : CUSTOM_DOMAIN_VERIFIED;
  return status === "failing" ? CUSTOM_DOMAIN_FAILING : CUSTOM_DOMAIN_LOST;
}

/** A live domain goes on for a few days without its record, so that a mistake in DNS doesn't lock people out right away. */
function withoutRecord({ status, failingSince }: CustomDomainRow, now: Date): CustomDomainRow["status"] {
  if (status === "verified") return "failing";
  if (status !== "failing") return status;
  return after(failingSince!, GRACE_DAYS * DAY) <= now ? "lost" : "failing";
}
