import type { PgTable } from "drizzle-orm/pg-core";
import type { Permission } from "./access/permissions.ts";
import type { Limit } from "./billing/limits.ts";
import type { Part } from "./ports.ts";

/** What a feature adds to the product. Its pages and API routes are listed in `routes/app` and `routes/api`. */
export type Feature = {
  readonly name: string;
  /** The tables that it has in every tenant's schema. */
  readonly tables: readonly PgTable[];
  readonly permissions: readonly Permission[];
  readonly limits: readonly Limit[];
  // deno-lint-ignore no-explicit-any -- each part has a type of its own
  readonly parts: readonly Part<any>[];
};

/** Declares a feature. `src/features.ts` lists them all. */
export function feature(name: string, adds: Partial<Omit<Feature, "name">>): Feature {
  return { name, tables: [], permissions: [], limits: [], parts: [], ...adds };
}
