import { and, eq, inArray, lte } from "drizzle-orm";
import { z } from "zod";
import { sendingDomains, type StoredFindings } from "../../db/control/schema/sending_domains.ts";
import { authorize } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
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
import { DNS, type Resolver } from "./dns.ts";
import { registeredDomain } from "./domain_name.ts";
import { SENDING_DOMAIN_LOST, SENDING_DOMAIN_VERIFIED } from "./events.ts";
import { type DnsRecord, type RecordPurpose, recordsOf } from "./records.ts";
import {
  describeDomain,
  getLockedRow,
  getRow,
  named,
  type SendingDomain,
  type SendingDomainRow,
} from "./sending_domains.ts";

const DOMAIN_TAKEN = problem(
  "sending_domain_taken",
  "Another workspace already sends from {domain}. Remove the domain there first.",
);
const DNS_SILENT = problem("dns_silent", "DNS doesn't answer for {domain}. Try again in a minute.");

/** How long a verified domain goes on without its DKIM record. Deno also says of a DNS server that fails that there is no record. */
const GRACE = 6 * HOUR;

const RETRY_SECONDS = 60;
const DOMAINS_AT_ONCE = 500;
const MAX_SHOWN_LENGTH = 600;
const MAX_SHOWN_RECORDS = 5;

/** Checks by hand. Each asks DNS for a handful of names that the tenant chose. */
export const DOMAIN_CHECKS = rateLimit("sending_domain_checks", {
  limit: 30,
  window: HOUR,
  whenDown: "closed",
});

const log = logOf("sending domains");

/**
 * Looks the tenant's records up now. The domain is verified once its DKIM record has the tenant's key, unless another tenant has it
 * verified. Throws `not_found`, `feature_not_in_plan`, `rate_limited`, `unavailable` if DNS doesn't answer, or `conflict` if
 * another tenant has the domain.
 */
export async function verifySendingDomain(ctx: TenantContext): Promise<SendingDomain> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const row = await getRow(ctx);
  await enforce(ctx, DOMAIN_CHECKS, ctx.tenant.id);
  const checked = await record(ctx, row, await lookUpForPerson(ctx, row));
  if (checked.isTaken) throw conflict(DOMAIN_TAKEN.with({ domain: row.domain }));
  return await describeDomain(ctx, checked.row);
}

/** Checks a tenant's domain once a day. A failed lookup is tried again and changes nothing. */
export const CHECK_SENDING_DOMAIN = job("sending_domains.check", {
  queue: "cleanup",
  payload: z.object({ id: z.uuid() }),
  run: async (run, { id }) => {
    const ctx = tenantOf(run);
    const [row] = await ctx.system.control.select().from(sendingDomains).where(eq(sendingDomains.id, id));
    if (row?.tenantId !== ctx.tenant.id) return;
    await record(ctx, row, await lookUp(ctx, row));
  },
});

/** Enqueues the checks that are due, so that each domain is checked once a day. */
export async function enqueueDueChecks(ctx: SystemContext): Promise<void> {
  const now = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    const due = tx.select({ id: sendingDomains.id }).from(sendingDomains).where(
      lte(sendingDomains.nextCheckAt, now),
    )
      .limit(DOMAINS_AT_ONCE).for("update", { skipLocked: true });
    const claimed = await tx.update(sendingDomains).set({ nextCheckAt: after(now, DAY) })
      .where(inArray(sendingDomains.id, due)).returning({
        id: sendingDomains.id,
        tenantId: sendingDomains.tenantId,
      });
    if (claimed.length === 0) return;
    const jobs = claimed.map(({ id, tenantId }) => ({ payload: { id }, tenantId }));
    await enqueueAll(ctx, tx, CHECK_SENDING_DOMAIN, jobs);
  });
}

/** What DNS had at the records' names when it was asked. */
type Lookup = { askedAt: Date; findings: StoredFindings };

async function lookUpForPerson(ctx: TenantContext, row: SendingDomainRow): Promise<Lookup> {
  try {
    return await lookUp(ctx, row);
  } catch (error) {
    log.warn("a lookup failed", { domain: row.domain, ...describeError(error) });
    throw unavailable(DNS_SILENT.with({ domain: row.domain }), RETRY_SECONDS);
  }
}

/** Asks DNS for each record. Rejects if one question gets no answer. */
async function lookUp({ services }: TenantContext, row: SendingDomainRow): Promise<Lookup> {
  const askedAt = services.clock.now();
  const { resolve } = services.use(DNS);
  const found = await Promise.all(
    recordsOf(row, services.config, {}).map(async (record) => {
      const answers = await resolve(record.name, record.type);
      return [record.purpose, relevant(record, answers)] as const;
    }),
  );
  const findings: StoredFindings = Object.fromEntries(found);
  if (findings.dmarc?.length === 0) findings.dmarc = await inheritedPolicy(services.use(DNS), row);
  return { askedAt, findings };
}

/** A subdomain without a DMARC record has the policy of the domain above it that someone registered (RFC 7489 section 6.6.3). */
async function inheritedPolicy(
  { resolve }: Resolver,
  { domain }: SendingDomainRow,
): Promise<string[]> {
  const registered = await registeredDomain(domain);
  if (registered === null || registered === domain) return [];
  return relevant({ purpose: "dmarc" }, await resolve(`_dmarc.${registered}`, "TXT"));
}

/** The answers that are about the purpose: a name can have other texts, such as proofs for other services. */
function relevant({ purpose }: Pick<DnsRecord, "purpose">, answers: string[]): string[] {
  const start = { dkim: null, mx: null, spf: /^v=spf1\b/i, dmarc: /^v=DMARC1\b/i }[purpose];
  return answers.filter((answer) => !start || start.test(answer)).slice(0, MAX_SHOWN_RECORDS)
    .map((answer) => answer.slice(0, MAX_SHOWN_LENGTH));
}

/**
 * Saves what was found, and the status that follows from it, unless a later lookup was saved before. `isTaken`: another tenant has
 * the domain verified. Its own check is then due, because it may have lost the domain.
 */
async function record(
  ctx: TenantContext,
  row: SendingDomainRow,
  lookup: Lookup,
): Promise<{ row: SendingDomainRow; isTaken: boolean }> {
  try {
    return { row: await save(ctx, row, lookup), isTaken: false };
  } catch (error) {
    if (!isUniqueViolation(error, "sending_domains_verified")) throw error;
    await hastenCheckOfOwner(ctx, row);
    return { row: await save(ctx, row, lookup, { mayVerify: false }), isTaken: true };
  }
}

async function save(
  ctx: TenantContext,
  { selector }: SendingDomainRow,
  { askedAt, findings }: Lookup,
  { mayVerify } = { mayVerify: true },
): Promise<SendingDomainRow> {
  const { system, services, tenant } = ctx;
  return await system.tx(async (tx) => {
    const before = await getLockedRow(ctx, tx);
    if (before.selector !== selector) return before; // replaced meanwhile: these findings are about another key
    if (before.checkedAt && before.checkedAt > askedAt) return before;
    const found = foundOf(recordsOf(before, services.config, findings));
    const isMissing = before.status === "verified" && findings.dkim?.length === 0;
    const missingSince = isMissing ? before.missingSince ?? askedAt : null;
    const isInGrace = missingSince !== null && askedAt < after(missingSince, GRACE);
    const keepsStatus = found.has("dkim") ? !mayVerify : before.status === "pending" || isInGrace;
    const status = keepsStatus ? before.status : found.has("dkim") ? "verified" : "lost";
    const [row] = await tx.update(sendingDomains).set({
      findings,
      status,
      missingSince,
      receivesBounces: found.has("mx") && found.has("spf"),
      checkedAt: askedAt,
      nextCheckAt: isInGrace ? after(missingSince, GRACE) : after(askedAt, DAY),
      ...(status === "verified" && before.status !== "verified" ? { verifiedAt: askedAt } : {}),
    }).where(eq(sendingDomains.id, before.id)).returning();
    if (status !== before.status) {
      const event = status === "verified" ? SENDING_DOMAIN_VERIFIED : SENDING_DOMAIN_LOST;
      await publish(system, tx, event, { after: named(row!), schema: tenant.schemaName });
    }
    return row!;
  });
}

/** The purposes whose record was found. */
function foundOf(records: DnsRecord[]): Set<RecordPurpose> {
  return new Set(records.filter(({ state }) => state === "found").map(({ purpose }) => purpose));
}

async function hastenCheckOfOwner(
  { system, services }: TenantContext,
  { domain }: SendingDomainRow,
): Promise<void> {
  await system.control.update(sendingDomains).set({ nextCheckAt: services.clock.now() })
    .where(and(eq(sendingDomains.domain, domain), eq(sendingDomains.status, "verified")));
}
