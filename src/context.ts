import type { ControlDb } from "../db/connection/connect.ts";
import {
  type ControlTx,
  readTenant,
  type TenantTx,
  type TransactionLimits,
  withControl,
  withTenant,
} from "../db/connection/with_tenant.ts";
import type { Actor, KeyActor, MemberActor, TenantActor, WorkspaceActor } from "./access/actor.ts";
import { forbidden } from "./errors.ts";
import { problem } from "./platform/problem.ts";
import type { Services } from "./ports.ts";
import type { Tenant } from "./tenancy/tenant.ts";

const NOT_A_MEMBER = problem("not_a_member", "You are not a member of this workspace.");

/** Runs at the end of each transaction, with the result of its work. Whatever it writes is committed with the change. */
export type BeforeCommit = (tx: ControlTx | TenantTx, result: unknown) => Promise<void>;

/** Who acts, outside any tenant. `control` is for single statements, `tx` for several. */
export type SystemContext<Who extends Actor = Actor> = {
  actor: Who;
  requestId: string;
  /** The client's address. Undefined for jobs and commands. */
  readonly ipAddress?: string;
  /** The client's browser or program, as it names itself. */
  readonly userAgent?: string;
  services: Services;
  control: ControlDb;
  /** Aborted when the client no longer waits for the result. */
  readonly signal?: AbortSignal;
  readonly beforeCommit?: BeforeCommit;
  tx<T>(work: (tx: ControlTx) => PromiseLike<T>): Promise<T>;
};

/** Who acts, and for which tenant. `tx` and `read` are the only ways to the tenant's data. */
export type TenantContext<Who extends TenantActor = TenantActor> = {
  tenant: Tenant;
  actor: Who;
  requestId: string;
  /** The client's address. Undefined for jobs and commands. */
  readonly ipAddress?: string;
  services: Services;
  readonly beforeCommit?: BeforeCommit;
  /** The same actor's context for schema `control`. */
  readonly system: SystemContext<Who>;
  /** A transaction as the tenant, for changes and for queries that depend on each other. */
  tx<T>(work: (tx: TenantTx) => PromiseLike<T>, limits?: TransactionLimits): Promise<T>;
  /** Sends independent queries as the tenant in one round trip. */
  read<Queries extends readonly PromiseLike<unknown>[]>(
    build: (tx: TenantTx) => readonly [...Queries],
  ): Promise<{ -readonly [Index in keyof Queries]: Awaited<Queries[Index]> }>;
};

/** A tenant's context of an API call: of a member, or of a program with an API key. */
export type CallContext = TenantContext<MemberActor | KeyActor>;

/** A tenant's context in which the actor is a member, or acts for one. */
export type MemberContext = TenantContext<WorkspaceActor>;

export function systemContext<Who extends Actor>(
  services: Services,
  actor: Who,
  requestId: string,
  ipAddress?: string,
  userAgent?: string,
  beforeCommit?: BeforeCommit,
): SystemContext<Who> {
  return {
    actor,
    requestId,
    ipAddress,
    userAgent,
    services,
    beforeCommit,
    control: services.db.control,
    tx: (work) =>
      signalAfterCommit(services, ending(work, beforeCommit), (run) => withControl(services.db, run)),
  };
}

/** Throws `forbidden` if the actor's scope doesn't include the tenant. */
export function tenantContext<Who extends TenantActor>(
  services: Services,
  tenant: Tenant,
  actor: Who,
  requestId: string,
  ipAddress?: string,
  beforeCommit?: BeforeCommit,
): TenantContext<Who> {
  const { scope } = actor;
  if (scope.type === "account" || (scope.type === "tenant" && scope.tenantId !== tenant.id)) {
    throw forbidden(NOT_A_MEMBER);
  }
  return {
    tenant,
    actor,
    requestId,
    ipAddress,
    services,
    beforeCommit,
    system: systemContext(services, actor, requestId, ipAddress, undefined, beforeCommit),
    tx: (work, limits) =>
      signalAfterCommit(
        services,
        ending(work, beforeCommit),
        (run) => withTenant(services.db, tenant.schemaName, run, limits),
      ),
    read: (build) => readTenant(services.db, tenant.schemaName, build),
  };
}

/** The same services on separate connections, so that background work never delays a request. */
export function inBackground(services: Services): Services {
  return { ...services, db: services.db.batch };
}

/** `work`, and then `beforeCommit` with its result. */
function ending<Tx extends ControlTx | TenantTx, T>(
  work: (tx: Tx) => PromiseLike<T>,
  beforeCommit: BeforeCommit | undefined,
): (tx: Tx) => PromiseLike<T> {
  if (!beforeCommit) return work;
  return async (tx) => {
    const result = await work(tx);
    await beforeCommit(tx, result);
    return result;
  };
}

/** Runs a transaction. If it enqueued jobs, wakes a worker after the commit. */
async function signalAfterCommit<Tx extends object, T>(
  { jobs }: Services,
  work: (tx: Tx) => PromiseLike<T>,
  transact: (run: (tx: Tx) => PromiseLike<T>) => Promise<T>,
): Promise<T> {
  let handle: Tx | undefined;
  const result = await transact((tx) => work(handle = tx));
  if (handle) jobs.committed(handle);
  return result;
}
