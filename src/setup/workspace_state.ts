import { sql } from "drizzle-orm";
import { can } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import type { Services } from "../ports.ts";
import type { SetupFacts, SetupStep } from "./setup_step.ts";

/** A step with its state. */
export type ListedStep = Pick<SetupStep, "name" | "label" | "path" | "method"> & { isDone: boolean };

/** What the acting member's session knows. */
export type PersonState = Pick<SetupFacts, "isEmailConfirmed"> & { isDismissed: boolean };

/** What the tenant's tables say: which steps are done by their names, and whether there is sample data. */
export type TablesState = { done: Record<string, boolean>; hasSamples: boolean };

/** The columns of `TablesState`, for a query on the tenant's tables. */
export function stateColumns({ setup, samples }: Services) {
  const done = setup.flatMap(({ name, isDone }) =>
    typeof isDone === "function" ? [] : [sql`${name}::text, ${isDone}`]
  );
  const exist = samples.map(({ exists }) => exists);
  return {
    done: sql<Record<string, boolean>>`jsonb_build_object(${sql.join(done, sql`, `)})`,
    hasSamples: sql<boolean>`(${sql.join([sql`false`, ...exist], sql` or `)})`,
  };
}

/** The steps that the actor can take. Empty if all are done, or the member dismissed the checklist. */
export function listSteps(
  ctx: TenantContext,
  { isDismissed, ...facts }: SetupFacts & PersonState,
  { done }: TablesState,
): ListedStep[] {
  if (isDismissed) return [];
  const steps = ctx.services.setup
    .filter(({ permission }) => !permission || can(ctx, permission))
    .map(({ name, label, path, method, isDone }) => ({
      name,
      label,
      path,
      method,
      isDone: typeof isDone === "function" ? isDone(facts) : done[name]!,
    }));
  return steps.every(({ isDone }) => isDone) ? [] : steps;
}
