import { type ControlDb } from "../db/connection/connect.ts";
import {
  type ControlTx,
  readTenant,
  type TenantTx,
  withControl,
  withTenant,
} from "../db/connection/with_tenant.ts";
import type { Actor, MemberActor, TenantActor } from "./access/actor.ts";
import { forbidden } from "./errors.ts";
import type { Services } from "./services.ts";
import type { Tenant } from "./tenancy/tenant.ts";

/** Who acts, outside any tenant: sign-up, sign-in, the CLI. `control` is for single statements, `tx` for several. */
export type SystemContext = {
  actor: Actor;
  requestId: string;
  services: Services;
  control: ControlDb;
  /** Aborted when nobody waits for the result anymore. */
  readonly signal?: AbortSignal;
  tx<T>(work: (tx: ControlTx) => PromiseLike<T>): Promise<T>;
};

/** Who acts, for which tenant. `tx` and `read` are the only ways to the tenant's data. */
export type TenantContext<Who extends TenantActor = TenantActor> = {
  tenant: Tenant;
  actor: Who;
  requestId: string;
  services: Services;
  /** A transaction as the tenant, for queries that depend on each other, and for changes. */
  tx<T>(work: (tx: TenantTx) => PromiseLike<T>): Promise<T>;
  /** Independent queries as the tenant, all in one flight. */
  read<Queries extends readonly PromiseLike<unknown>[]>(
    build: (tx: TenantTx) => readonly [...Queries],
  ): Promise<{ -readonly [Index in keyof Queries]: Awaited<Queries[Index]> }>;
};

/** What takes a person who is a member. */
export type MemberContext = TenantContext<MemberActor>;

export function systemContext(services: Services, actor: Actor, requestId: string): SystemContext {
  return {
    actor,
    requestId,
    services,
    control: services.db.control,
    tx: (work) => telling(services, work, (told) => withControl(services.db, told)),
  };
}

/** Throws `forbidden` for a member of another tenant. */
export function tenantContext<Who extends TenantActor>(
  services: Services,
  tenant: Tenant,
  actor: Who,
  requestId: string,
): TenantContext<Who> {
  if (actor.type === "member" && actor.tenantId !== tenant.id) {
    throw forbidden("You are not a member of this workspace.");
  }
  return {
    tenant,
    actor,
    requestId,
    services,
    tx: (work) => telling(services, work, (told) => withTenant(services.db, tenant.schemaName, told)),
    read: (build) => readTenant(services.db, tenant.schemaName, build),
  };
}

/** The same services for what runs in the background and in the back office: nothing there delays a request. */
export function inBackground(services: Services): Services {
  return { ...services, db: services.db.batch };
}

/** Runs a transaction; where it put jobs into the outbox, whoever runs them is told when it has committed. */
async function telling<Tx extends object, T>(
  { jobs }: Services,
  work: (tx: Tx) => PromiseLike<T>,
  run: (told: (tx: Tx) => PromiseLike<T>) => Promise<T>,
): Promise<T> {
  let handle: Tx | undefined;
  const result = await run((tx) => work(handle = tx));
  if (handle) jobs.committed(handle);
  return result;
}
