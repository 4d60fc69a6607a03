import { eq } from "drizzle-orm";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { auditChains, platformAuditChain, platformAuditLog } from "../../db/control/schema/audit.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { logOf } from "../platform/log.ts";
import { AUDIT_READ, PLATFORM_AUDIT_READ } from "./permissions.ts";
import { type AuditLog, isLost, type Link, START, verifyFirst, verifyNext } from "./verification.ts";

const LINES_AT_ONCE = 5_000;

const log = logOf("audit");

/** What is known about a log outside of it. */
export type Chain = {
  /** The last line that retention has deleted. The platform's log keeps all. */
  anchor: Link;
  /** The last line that was verified. */
  verified: Link;
  verifiedAt: Date | null;
  /** The first line that doesn't match. */
  brokenAt: number | null;
};

const UNVERIFIED: Chain = { anchor: START, verified: START, verifiedAt: null, brokenAt: null };

/** A log, and the place where the state of its chain is stored. */
type ChainedLog = {
  table: AuditLog;
  /** Names the log in the server's log. */
  name: Record<string, string>;
  tx<T>(work: (tx: TenantTx | ControlTx) => Promise<T>): Promise<T>;
  read(): Promise<Chain>;
  /** Stores what was verified just now. */
  store(chain: Chain, verifiedAt: Date): Promise<unknown>;
  now(): Date;
};

/** The state of the tenant's log when it was last verified. */
export async function getChain(ctx: TenantContext): Promise<Chain> {
  authorize(ctx, AUDIT_READ);
  return await tenantLog(ctx).read();
}

/** The state of the platform's log when it was last verified. */
export async function getPlatformChain(ctx: SystemContext): Promise<Chain> {
  authorize(ctx, PLATFORM_AUDIT_READ);
  return await platformLog(ctx).read();
}

export type Verification = {
  /** Verifies all lines, not only those since the last verification. */
  full?: boolean;
  /** About how many lines to verify, if the log was intact before. */
  lines?: number;
};

/**
 * Verifies the tenant's log, and records the result. A log that has lost its last verified line is broken, too. A broken log is
 * verified as a whole until it is intact again. Returns the new state.
 */
export async function verifyChain(ctx: TenantContext, verification: Verification = {}): Promise<Chain> {
  authorize(ctx, AUDIT_READ);
  return await verifyLog(tenantLog(ctx), verification);
}

/** Verifies the platform's log, and records the result, as `verifyChain` does. */
export async function verifyPlatformChain(
  ctx: SystemContext,
  verification: Verification = {},
): Promise<Chain> {
  authorize(ctx, PLATFORM_AUDIT_READ);
  return await verifyLog(platformLog(ctx), verification);
}

async function verifyLog(
  audit: ChainedLog,
  { full = false, lines = Infinity }: Verification,
): Promise<Chain> {
  const before = await audit.read();
  const hasLost = await hasLostVerified(audit, before);
  const wasBroken = hasLost || before.brokenAt !== null;
  const isWhole = full || wasBroken || before.verified.sequence === 0;
  const start = isWhole ? before.anchor : before.verified;
  const { last, brokenAt } = await verifyParts(audit, start, isWhole, wasBroken ? Infinity : lines);
  const broken = brokenAt ?? (hasLost ? before.verified.sequence : null);
  if (broken !== null && await hasMoved(audit, before)) return await verifyLog(audit, { full, lines });
  if (broken !== null) log.error("an audit log is broken", { ...audit.name, entry: broken });
  // The last verified line stays what the log is compared with until it matches again.
  const verified = broken === null ? last : before.verified;
  const after = { ...before, verified, verifiedAt: audit.now(), brokenAt: broken };
  await audit.store(after, after.verifiedAt);
  return after;
}

/** Whether lines were deleted from the log's start in the meantime. */
async function hasMoved(audit: ChainedLog, { anchor }: Chain): Promise<boolean> {
  return (await audit.read()).anchor.sequence !== anchor.sequence;
}

async function hasLostVerified({ tx, table }: ChainedLog, { anchor, verified }: Chain): Promise<boolean> {
  if (verified.sequence <= anchor.sequence) return false;
  return await tx((each) => isLost(each, table, verified));
}

async function verifyParts(
  { tx, table }: ChainedLog,
  start: Link,
  isWhole: boolean,
  lines: number,
): Promise<{ last: Link; brokenAt: number | null }> {
  let last = start;
  for (let verify = isWhole ? verifyFirst : verifyNext;; verify = verifyNext) {
    const part = await tx((each) => verify(each, table, last, LINES_AT_ONCE));
    last = part.last ?? last;
    lines -= part.lines;
    const isDone = part.brokenAt !== null || part.lines < LINES_AT_ONCE || lines <= 0;
    if (isDone) return { last, brokenAt: part.brokenAt };
  }
}

function tenantLog({ system, services, tenant: { id: tenantId }, tx }: TenantContext): ChainedLog {
  return {
    table: auditLog,
    name: { tenantId },
    tx,
    read: async () => {
      const [row] = await system.control.select().from(auditChains).where(eq(auditChains.tenantId, tenantId));
      if (!row) return UNVERIFIED;
      const anchor = { sequence: row.anchorSequence, hash: row.anchorHash };
      return { anchor, ...verifiedIn(row) };
    },
    store: (chain, verifiedAt) => {
      const state = stateOf(chain, verifiedAt);
      return system.control.insert(auditChains).values({ tenantId, ...state })
        .onConflictDoUpdate({ target: auditChains.tenantId, set: state });
    },
    now: () => services.clock.now(),
  };
}

function platformLog({ control, services, tx }: SystemContext): ChainedLog {
  return {
    table: platformAuditLog,
    name: { log: "platform" },
    tx,
    read: async () => {
      const [row] = await control.select().from(platformAuditChain);
      return row ? { anchor: START, ...verifiedIn(row) } : UNVERIFIED;
    },
    store: (chain, verifiedAt) => {
      const state = stateOf(chain, verifiedAt);
      return control.insert(platformAuditChain).values({ log: "platform", ...state })
        .onConflictDoUpdate({ target: platformAuditChain.log, set: state });
    },
    now: () => services.clock.now(),
  };
}

type StoredState = {
  verifiedSequence: number;
  verifiedHash: string;
  verifiedAt: Date | null;
  brokenAt: number | null;
};

function verifiedIn({ verifiedSequence, verifiedHash, verifiedAt, brokenAt }: StoredState) {
  return { verified: { sequence: verifiedSequence, hash: verifiedHash }, verifiedAt, brokenAt };
}

function stateOf({ verified, brokenAt }: Chain, verifiedAt: Date) {
  return { verifiedSequence: verified.sequence, verifiedHash: verified.hash, verifiedAt, brokenAt };
}
