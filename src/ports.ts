import type { PgTable } from "drizzle-orm/pg-core";
import type { Database } from "../db/connection/connect.ts";
import type { Permission, PermissionGroup } from "./access/permissions.ts";
import type { BounceReader } from "./bounces/bounce_reader.ts";
import type { Limit } from "./billing/limit.ts";
import type { Meter } from "./billing/meter.ts";
import type { PlanFeature } from "./billing/plan_feature.ts";
import type { Config } from "./config.ts";
import type { Event } from "./events/event.ts";
import type { Adoption } from "./analytics/platform/adoption.ts";
import type { EventReader } from "./events/reader.ts";
import type { Flag } from "./flags/flag.ts";
import type { JobSignal } from "./outbox/job_signal.ts";
import type { Clock } from "./platform/clock.ts";
import type { Health } from "./platform/health.ts";
import type { Metrics } from "./platform/metrics.ts";
import type { SealedColumn } from "./platform/sealed_column.ts";
import type { SearchSource } from "./search/search_source.ts";
import type { SampleMark } from "./setup/sample_mark.ts";
import type { SetupStep } from "./setup/setup_step.ts";

/** The services of this process. `buildServices` creates them once, and contexts pass them on. */
export type Services = {
  readonly config: Config;
  readonly clock: Clock;
  readonly db: Database;
  readonly jobs: JobSignal;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Every permission that a feature declares. */
  readonly permissions: readonly Permission[];
  /** The permissions that members of a tenant can have, by feature. */
  readonly permissionGroups: readonly PermissionGroup[];
  /** Every event that a feature declares, by name. */
  readonly events: ReadonlyMap<string, Event>;
  /** Everything that reads events besides the log and webhooks. */
  readonly readers: readonly EventReader[];
  /** What plans limit, include or not, and meter. */
  readonly limits: readonly Limit[];
  readonly planFeatures: readonly PlanFeature[];
  readonly meters: readonly Meter[];
  /** Everything that a feature makes searchable. */
  readonly searches: readonly SearchSource[];
  /** Every table that a feature has in the tenants' schemas. */
  readonly tenantTables: readonly PgTable[];
  /** Every column with encrypted texts. */
  readonly sealed: readonly SealedColumn[];
  /** Every feature flag that a feature declares. */
  readonly flags: readonly Flag[];
  readonly adoptions: readonly Adoption[];
  /** The steps of the set-up checklist, in their order. */
  readonly setup: readonly SetupStep[];
  /** How to recognize each feature's sample data. */
  readonly samples: readonly SampleMark[];
  /** What features do about an email that bounced. */
  readonly bounceReaders: readonly BounceReader[];
  /** The oldest version of a tenant's schema that this code works with. */
  oldestServedVersion: string;
  /** A feature's part of this process. Throws if no feature in features.ts declares the part. */
  use<T>(part: Part<T>): T;
  /** Forgets a deleted tenant in every part of this process. */
  forgetTenant(id: string): void;
  close(): Promise<void>;
};

/** A feature's state in this process, such as a cache, a counter or a client. */
export type Part<T> = {
  readonly name: string;
  /** Called once at the start. Other parts may not exist yet. */
  create(services: Services): T | Promise<T>;
  /** Forgets a tenant that was deleted, here or by another process. */
  forgetTenant?(part: T, id: string): void;
  /** Writes what is left and closes, within 1.5 seconds. */
  close?(part: T): Promise<void>;
};

/** Declares a part. A feature lists its parts in its `feature.ts`, and `services.use` returns this process's part. */
export function part<T>(
  name: string,
  create: Part<T>["create"],
  ends: Pick<Part<T>, "forgetTenant" | "close"> = {},
): Part<T> {
  return { name, create, ...ends };
}
