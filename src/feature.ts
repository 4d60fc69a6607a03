import type { PgTable } from "drizzle-orm/pg-core";
import type { Permission } from "./access/permissions.ts";
import type { Event } from "./events/event.ts";
import type { Email } from "./email/email.ts";
import type { Job } from "./outbox/job.ts";
import type { Schedule } from "./outbox/schedule.ts";
import type { Limit } from "./billing/limits.ts";
import type { Part } from "./ports.ts";

/** What a feature adds to the product. Its pages and API routes are listed in `routes/app` and `routes/api`. */
export type Feature = {
  readonly name: string;
  /** The tables that it has in every tenant's schema. */
  readonly tables: readonly PgTable[];
  readonly permissions: readonly Permission[];
  readonly limits: readonly Limit[];
  // deno-lint-ignore no-explicit-any -- each event has a row of its own
  readonly events: readonly Event<any>[];
  readonly emails: readonly Email[];
  /** Those of its emails included. */
  // deno-lint-ignore no-explicit-any -- each job has a payload of its own
  readonly jobs: readonly Job<any>[];
  // deno-lint-ignore no-explicit-any -- as each schedule has
  readonly schedules: readonly Schedule<any>[];
  // deno-lint-ignore no-explicit-any -- each part has a type of its own
  readonly parts: readonly Part<any>[];
};

/** Declares a feature. `src/features.ts` lists them all. */
export function feature(
  name: string,
  { jobs = [], emails = [], ...adds }: Partial<Omit<Feature, "name">>,
): Feature {
  return {
    name,
    tables: [],
    permissions: [],
    limits: [],
    events: [],
    emails,
    jobs: [...jobs, ...emails.map(({ job }) => job)],
    schedules: [],
    parts: [],
    ...adds,
  };
}
