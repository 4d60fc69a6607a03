import { eq, type SQL } from "drizzle-orm";
import type { Database } from "../../db/connect.ts";
import { tenants } from "../../db/control/schema.ts";
import { isId } from "../platform/ids.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import type { Tenant } from "./tenant.ts";
import { toTenant } from "./tenants.ts";

const CAPACITY = 20_000;
const TTL = 5 * SECOND;

/** Finds the tenant of a host or an id, from memory when it was asked for in the last five seconds. */
export class TenantDirectory {
  readonly #db: Database;
  readonly #cache = new MemoryCache<Tenant | null>({ capacity: CAPACITY, ttl: TTL });

  constructor(db: Database) {
    this.#db = db;
  }

  findBySubdomain(subdomain: string): Promise<Tenant | null> {
    return this.#cache.getOrLoad(subdomain, () => this.#load(eq(tenants.subdomain, subdomain)));
  }

  async findById(id: string): Promise<Tenant | null> {
    if (!isId(id)) return null;
    return await this.#cache.getOrLoad(id, () => this.#load(eq(tenants.id, id)));
  }

  /** Forgets a tenant that has changed. Other processes forget it by the time limit. */
  forget(tenant: Tenant): void {
    this.#cache.delete(tenant.id);
    this.#cache.delete(tenant.subdomain);
  }

  async #load(condition: SQL): Promise<Tenant | null> {
    const [row] = await this.#db.control.select().from(tenants).where(condition);
    return row ? toTenant(row) : null;
  }
}
