import type { PgTable } from "drizzle-orm/pg-core";
import type { Database } from "../db/connection/connect.ts";
import type { SchemaName } from "../db/tenant/schema_name.ts";
import type { Permission } from "./access/permissions.ts";
import type { Config } from "./config.ts";
import type { Event } from "./events/event.ts";
import type { JobSignal } from "./outbox/job_signal.ts";
import type { Clock } from "./platform/clock.ts";
import type { Health } from "./platform/health.ts";
import type { Metrics } from "./platform/metrics.ts";

/** What every context gives access to. Built once by services.ts, passed along, never global. */
export type Services = {
  readonly config: Config;
  readonly clock: Clock;
  readonly db: Database;
  readonly jobs: JobSignal;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Every permission that a feature declares. */
  readonly permissions: readonly Permission[];
  /** Every event that a feature declares, by name. */
  readonly events: ReadonlyMap<string, Event>;
  /** Every table that a feature has in the tenants' schemas. */
  readonly tenantTables: readonly PgTable[];
  /** The oldest version of a tenant's schema that this code works with. */
  oldestServedVersion: string;
  /** A feature's own part of this process. Throws when features.ts doesn't list that feature. */
  use<T>(part: Part<T>): T;
  /** Forgets a deleted tenant in every part of this process. */
  forgetTenant(id: string, schema?: SchemaName): void;
  close(): Promise<void>;
};

/** Something that a feature keeps in the process: a cache, a counter, a client. */
export type Part<T> = {
  readonly name: string;
  /** Called once at the start. Can't use other parts, which may not exist yet. */
  create(services: Services): T | Promise<T>;
  /** Forgets a tenant that was deleted, here or by another process. */
  forgetTenant?(part: T, tenant: { id: string; schema: SchemaName | undefined }): void;
  /** Writes what is left and closes. Has 1.5 seconds. */
  close?(part: T): Promise<void>;
};

/** Declares a part. A feature lists its parts in its `feature.ts`; `services.use` gives the one of this process. */
export function part<T>(
  name: string,
  create: Part<T>["create"],
  ends: Pick<Part<T>, "forgetTenant" | "close"> = {},
): Part<T> {
  return { name, create, ...ends };
}
