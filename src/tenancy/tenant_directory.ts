import { and, eq, gt, inArray, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import { hasFeature } from "../billing/entitlements.ts";
import { CUSTOM_DOMAINS } from "../custom_domains/permissions.ts";
import { MemoryCache } from "../platform/cache.ts";
import { type Clock, SECOND } from "../platform/clock.ts";
import { isId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part } from "../ports.ts";
import { normalizeSubdomain } from "./subdomains.ts";
import { type Tenant, type TenantId, withCurrentPlan } from "./tenant.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";

/** The channel on which processes announce changed tenants. The payload is the tenant's id. */
export const TENANT_CHANGES = "denizen_tenant_changes";

const log = logOf("tenancy");

const CAPACITY = 20_000;
const TTL = 5 * SECOND;

/**
 * Finds tenants by subdomain or id, and caches each for five seconds. If the database supports notifications
 * (`listen`), changes by other processes apply immediately. Otherwise they apply when the cached entry expires.
 */
export class TenantDirectory {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #cache = new MemoryCache<Tenant | null>({ capacity: CAPACITY, ttl: TTL });

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Forgets tenants that other processes change, and calls `onDeleted` for deleted tenants. Returns false if the database doesn't
   * support notifications.
   */
  listen(onDeleted: (id: string) => void): Promise<boolean> {
    return this.#db.listen(TENANT_CHANGES, (id) => {
      this.forget(id);
      this.#checkDeletion(id, onDeleted);
    });
  }

  /**
   * The tenant with this subdomain, in upper or lower case. A tenant's former subdomain finds it until the redirect expires. In
   * that case, the result's `subdomain` differs from `name`.
   */
  findBySubdomain(name: string): Promise<Tenant | null> {
    const subdomain = normalizeSubdomain(name);
    return this.#find(subdomain, async () => {
      const now = this.#clock.now();
      const isLive = or(isNull(subdomains.expiresAt), gt(subdomains.expiresAt, now));
      const [row] = await this.#db.control.select(TENANT_FIELDS).from(subdomains)
        .innerJoin(tenants, eq(tenants.id, subdomains.tenantId)).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
        .where(and(eq(subdomains.name, subdomain), isLive, IS_NOT_DELETED));
      return row ? toTenant(row) : null;
    });
  }

  async findById(id: string): Promise<Tenant | null> {
    if (!isId<TenantId>(id)) return null;
    return await this.#find(id, async () => {
      const [row] = await this.#db.control.select(TENANT_FIELDS).from(tenants)
        .innerJoin(tenantSchemas, ON_ITS_SCHEMA).where(and(eq(tenants.id, id), IS_NOT_DELETED));
      return row ? toTenant(row) : null;
    });
  }

  /** Drops a changed tenant from the cache, under its id and all of its subdomains. */
  forget(id: string): void {
    this.#cache.deleteWhere((tenant) => tenant?.id === id);
  }

  /** Makes `findById` read this tenant from the database. */
  forgetId(id: TenantId): void {
    this.#cache.delete(id);
  }

  /** The `ids` whose tenants have been deleted or are being deleted. */
  async findGone(ids: string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.#db.batch.control.select({ id: tenants.id }).from(tenants)
      .where(and(inArray(tenants.id, ids.filter(isId<TenantId>)), IS_NOT_DELETED));
    const present = new Set<string>(rows.map(({ id }) => id));
    return ids.filter((id) => !present.has(id));
  }

  /** A plan that has ended since the tenant was cached is over immediately, with what it included. */
  async #find(key: string, load: () => Promise<Tenant | null>): Promise<Tenant | null> {
    const tenant = await this.#cache.getOrLoad(key, load);
    return tenant && asOf(tenant, this.#clock.now());
  }

  async #checkDeletion(id: string, onDeleted: (id: string) => void): Promise<void> {
    if (!isId<TenantId>(id)) return;
    try {
      const [gone] = await this.findGone([id]);
      if (gone) onDeleted(gone);
    } catch (error) {
      log.warn("could not check whether a changed tenant was deleted", {
        tenantId: id,
        ...describeError(error),
      });
    }
  }
}

/** Notifies all processes of a changed tenant when the transaction commits. */
export async function announceChange(tx: ControlTx, id: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${TENANT_CHANGES}, ${id})`);
}

export const TENANTS = part("tenant directory", ({ db, clock }) => new TenantDirectory(db, clock), {
  forgetTenant: (directory, id) => directory.forget(id),
});

function asOf(tenant: Tenant, now: Date): Tenant {
  const current = withCurrentPlan(tenant, now);
  if (current.primaryDomain === null || hasFeature(current, CUSTOM_DOMAINS, now)) return current;
  return { ...current, primaryDomain: null };
}

const IS_NOT_DELETED: SQL = ne(tenants.status, "deleting");
