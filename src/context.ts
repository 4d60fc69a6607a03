import { type ControlDb } from "../db/connect.ts";
import { type ControlTx, readTenant, type TenantTx, withControl, withTenant } from "../db/with_tenant.ts";
import type { Actor, MemberActor } from "./access/actor.ts";
import type { Services } from "./services.ts";
import type { Tenant } from "./tenancy/tenant.ts";

/** Who acts, outside any tenant: sign-up, sign-in, the CLI. `control` is for single statements, `tx` for several. */
export type SystemContext = {
  actor: Actor;
  requestId: string;
  services: Services;
  control: ControlDb;
  tx<T>(work: (tx: ControlTx) => PromiseLike<T>): Promise<T>;
};

/** Who acts, for which tenant. `tx` and `read` are the only ways to the tenant's data. */
export type TenantContext = {
  tenant: Tenant;
  actor: MemberActor;
  requestId: string;
  services: Services;
  /** A transaction as the tenant, for queries that depend on each other, and for changes. */
  tx<T>(work: (tx: TenantTx) => PromiseLike<T>): Promise<T>;
  /** Independent queries as the tenant, all in one flight. */
  read<Queries extends readonly PromiseLike<unknown>[]>(
    build: (tx: TenantTx) => readonly [...Queries],
  ): Promise<{ -readonly [Index in keyof Queries]: Awaited<Queries[Index]> }>;
};

export function systemContext(services: Services, actor: Actor, requestId: string): SystemContext {
  return {
    actor,
    requestId,
    services,
    control: services.db.control,
    tx: (work) => withControl(services.db, work),
  };
}

export function tenantContext(
  services: Services,
  tenant: Tenant,
  actor: MemberActor,
  requestId: string,
): TenantContext {
  return {
    tenant,
    actor,
    requestId,
    services,
    tx: (work) => withTenant(services.db, tenant.schemaName, work),
    read: (build) => readTenant(services.db, tenant.schemaName, build),
  };
}
