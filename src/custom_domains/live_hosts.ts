import { and, desc, eq, inArray, ne } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { customDomains } from "../../db/control/schema/custom_domains.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { hasFeature } from "../billing/entitlements.ts";
import { MemoryCache } from "../platform/cache.ts";
import { type Clock, SECOND } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { part } from "../ports.ts";
import { type Tenant, type TenantId, withCurrentPlan } from "../tenancy/tenant.ts";
import { toOverride } from "../tenancy/tenant_rows.ts";
import { CUSTOM_DOMAINS } from "./permissions.ts";

export const LIVE_STATUSES = ["verified", "failing"] as const;

/** How long a domain stays live without its TXT record. */
export const GRACE_DAYS = 3;

const TTL = 5 * SECOND;
/** About 25 MB of memory. */
const MAX_HOSTS = 100_000;
const ALL = "all";

const log = logOf("custom domains");

type LiveHost =
  & Pick<Tenant, "plan" | "planVersion" | "planUntil" | "restrictedFrom" | "overrides" | "status">
  & { tenantId: TenantId };

/**
 * Every live custom domain of this installation, in memory. A request for a host that nobody has verified needs no query. The set is
 * read again when it is asked for and older than five seconds, so a change reaches every process within that time.
 */
export class LiveHosts {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #hosts = new MemoryCache<ReadonlyMap<string, LiveHost>>({ capacity: 1, ttl: TTL });

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The tenant that has the domain verified, while its plan includes custom domains. Null for any other host name. */
  async findTenantId(domain: string): Promise<TenantId | null> {
    return (await this.#find(domain))?.tenantId ?? null;
  }

  /** Whether a certificate may be issued for the domain: it is live, and its tenant isn't suspended. */
  async mayHaveCertificate(domain: string): Promise<boolean> {
    return (await this.#find(domain))?.status === "active";
  }

  /** Makes the next request read the set again. Call it after a commit that changes a domain. */
  forget(): void {
    this.#hosts.delete(ALL);
  }

  async #find(domain: string): Promise<LiveHost | null> {
    const hosts = await this.#hosts.getOrLoad(ALL, () => this.#load());
    const host = hosts.get(domain);
    if (!host) return null;
    const now = this.#clock.now();
    return hasFeature(withCurrentPlan(host, now), CUSTOM_DOMAINS, now) ? host : null;
  }

  async #load(): Promise<ReadonlyMap<string, LiveHost>> {
    const { plan, planVersion, planUntil, restrictedFrom, overrides, status } = tenants;
    const rows = await this.#db.control.select({
      domain: customDomains.domain,
      tenantId: customDomains.tenantId,
      plan,
      planVersion,
      planUntil,
      restrictedFrom,
      overrides,
      status,
    }).from(customDomains).innerJoin(tenants, eq(tenants.id, customDomains.tenantId))
      .where(and(inArray(customDomains.status, [...LIVE_STATUSES]), ne(tenants.status, "deleting")))
      .orderBy(desc(customDomains.verifiedAt)).limit(MAX_HOSTS);
    if (rows.length === MAX_HOSTS) log.error("too many custom domains; the oldest are not served");
    return new Map(
      rows.map(({ domain, overrides, ...row }) => [
        domain,
        { ...row, overrides: overrides.map(toOverride) },
      ]),
    );
  }
}

export const LIVE_HOSTS = part("live custom domains", ({ db, clock }) => new LiveHosts(db, clock), {
  forgetTenant: (hosts) => hosts.forget(),
});
