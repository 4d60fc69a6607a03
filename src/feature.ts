import type { PgTable } from "drizzle-orm/pg-core";
import type { Adoption } from "./analytics/platform/adoption.ts";
import type { Permission } from "./access/permissions.ts";
import type { BounceReader } from "./bounces/bounce_reader.ts";
import type { Limit } from "./billing/limit.ts";
import type { Meter } from "./billing/meter.ts";
import type { PlanFeature } from "./billing/plan_feature.ts";
import type { Email } from "./email/email.ts";
import type { Event } from "./events/event.ts";
import type { Flag } from "./flags/flag.ts";
import type { NotificationKind } from "./notifications/kind.ts";
import type { Job } from "./outbox/job.ts";
import type { Schedule } from "./outbox/schedule.ts";
import type { SealedColumn } from "./platform/sealed_column.ts";
import { type Wording, wording } from "./platform/wording.ts";
import type { Part } from "./ports.ts";
import type { RateLimit } from "./rate_limits/rate_limit.ts";
import type { SearchSource } from "./search/search_source.ts";
import type { SampleData } from "./setup/sample_data.ts";
import type { SetupStep } from "./setup/setup_step.ts";

/** Everything that a feature adds to the product, except its pages and API routes. `routes/app` and `routes/api` list those. */
export type Feature = {
  readonly name: string;
  /** What people call it, such as "Projects". Null if it has nothing that they see. */
  readonly label: Wording | null;
  /** The feature's tables in every tenant's schema. */
  readonly tables: readonly PgTable[];
  readonly permissions: readonly Permission[];
  readonly limits: readonly Limit[];
  /** What programs report, and plans include an amount of. */
  readonly meters: readonly Meter[];
  /** What only some plans include. */
  readonly planFeatures: readonly PlanFeature[];
  readonly rateLimits: readonly RateLimit[];
  // deno-lint-ignore no-explicit-any -- each event has its own row type
  readonly events: readonly Event<any>[];
  readonly emails: readonly Email[];
  /** What people are told in their feed. */
  readonly notificationKinds: readonly NotificationKind[];
  /** Includes the jobs of `emails`. */
  // deno-lint-ignore no-explicit-any -- each job has its own payload type
  readonly jobs: readonly Job<any>[];
  // deno-lint-ignore no-explicit-any -- each schedule has its own payload type
  readonly schedules: readonly Schedule<any>[];
  /** What the workspace's search finds. */
  readonly searches: readonly SearchSource[];
  // deno-lint-ignore no-explicit-any -- each part has its own type
  readonly parts: readonly Part<any>[];
  /** Columns of schema `control` with encrypted texts, which `config rotate-keys` seals again. */
  readonly sealed: readonly SealedColumn[];
  /** What staff turn on and off without a deployment. */
  readonly flags: readonly Flag[];
  /** What the back office counts as use of the feature. */
  readonly adoptions: readonly Adoption[];
  /** Steps of the checklist on a new workspace's dashboard. */
  readonly setup: readonly SetupStep[];
  /** What "Add sample data" creates. */
  readonly samples: readonly SampleData[];
  /** What happens after a contact's address has bounced, besides its suppression. */
  readonly bounceReaders: readonly BounceReader[];
};

/** Declares a feature. `src/features.ts` lists them all. */
export function feature(
  name: string,
  { label, jobs = [], emails = [], ...adds }: Partial<Omit<Feature, "name" | "label">> & { label?: string },
): Feature {
  return {
    name,
    label: label === undefined ? null : wording(`feature.${name.replaceAll(" ", "_")}`, label),
    tables: [],
    permissions: [],
    limits: [],
    meters: [],
    planFeatures: [],
    rateLimits: [],
    events: [],
    emails,
    notificationKinds: [],
    jobs: [...jobs, ...emails.map(({ job }) => job)],
    schedules: [],
    searches: [],
    parts: [],
    sealed: [],
    flags: [],
    adoptions: [],
    setup: [],
    samples: [],
    bounceReaders: [],
    ...adds,
  };
}
