import { eq } from "drizzle-orm";
import { auditChains } from "../../db/control/schema/audit.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { logOf } from "../platform/log.ts";
import { AUDIT_READ } from "./permissions.ts";
import { isLost, type Link, START, verifyFirst, verifyNext } from "./verification.ts";

const LINES_AT_ONCE = 5_000;

const log = logOf("audit");

/** What is known about a tenant's log outside its schema. */
export type Chain = {
  /** The last line that retention has deleted. */
  anchor: Link;
  /** The last line that was verified. */
  verified: Link;
  verifiedAt: Date | null;
  /** The first line that doesn't match. */
  brokenAt: number | null;
};

/** The state of the tenant's log when it was last verified. */
export async function getChain(ctx: TenantContext): Promise<Chain> {
  authorize(ctx, AUDIT_READ);
  const [row] = await ctx.system.control.select().from(auditChains)
    .where(eq(auditChains.tenantId, ctx.tenant.id));
  if (!row) return { anchor: START, verified: START, verifiedAt: null, brokenAt: null };
  return {
    anchor: { sequence: row.anchorSequence, hash: row.anchorHash },
    verified: { sequence: row.verifiedSequence, hash: row.verifiedHash },
    verifiedAt: row.verifiedAt,
    brokenAt: row.brokenAt,
  };
}

export type Verification = {
  /** Verifies all lines, not only those since the last verification. */
  full?: boolean;
  /** About how many lines to verify, if the log was intact before. */
  lines?: number;
};

/**
 * Verifies the log, and records the result. A log that has lost its last verified line is broken, too. A broken log is verified as a
 * whole until it is intact again. Returns the new state.
 */
export async function verifyChain(
  ctx: TenantContext,
  { full = false, lines = Infinity }: Verification = {},
): Promise<Chain> {
  authorize(ctx, AUDIT_READ);
  const before = await getChain(ctx);
  const hasLost = await hasLostVerified(ctx, before);
  const wasBroken = hasLost || before.brokenAt !== null;
  const isWhole = full || wasBroken || before.verified.sequence === 0;
  const start = isWhole ? before.anchor : before.verified;
  const { last, brokenAt } = await verifyParts(ctx, start, isWhole, wasBroken ? Infinity : lines);
  const broken = brokenAt ?? (hasLost ? before.verified.sequence : null);
  if (broken !== null && await hasMoved(ctx, before)) return await verifyChain(ctx, { full, lines });
  if (broken !== null) log.error("an audit log is broken", { tenantId: ctx.tenant.id, entry: broken });
  // The last verified line stays what the log is compared with until it matches again.
  return await record(ctx, {
    ...before,
    verified: broken === null ? last : before.verified,
    brokenAt: broken,
  });
}

/** Whether lines were deleted from the log's start in the meantime. */
async function hasMoved(ctx: TenantContext, { anchor }: Chain): Promise<boolean> {
  return (await getChain(ctx)).anchor.sequence !== anchor.sequence;
}

async function hasLostVerified(ctx: TenantContext, { anchor, verified }: Chain): Promise<boolean> {
  if (verified.sequence <= anchor.sequence) return false;
  return await ctx.tx((tx) => isLost(tx, verified));
}

async function verifyParts(
  ctx: TenantContext,
  start: Link,
  isWhole: boolean,
  lines: number,
): Promise<{ last: Link; brokenAt: number | null }> {
  let last = start;
  for (let verify = isWhole ? verifyFirst : verifyNext;; verify = verifyNext) {
    const part = await ctx.tx((tx) => verify(tx, last, LINES_AT_ONCE));
    last = part.last ?? last;
    lines -= part.lines;
    const isDone = part.brokenAt !== null || part.lines < LINES_AT_ONCE || lines <= 0;
    if (isDone) return { last, brokenAt: part.brokenAt };
  }
}

async function record({ system, services, tenant }: TenantContext, chain: Chain): Promise<Chain> {
  const state = {
    verifiedSequence: chain.verified.sequence,
    verifiedHash: chain.verified.hash,
    verifiedAt: services.clock.now(),
    brokenAt: chain.brokenAt,
  };
  await system.control.insert(auditChains).values({ tenantId: tenant.id, ...state })
    .onConflictDoUpdate({ target: auditChains.tenantId, set: state });
  return { ...chain, verifiedAt: state.verifiedAt };
}
