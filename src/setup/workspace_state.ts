import { count, eq, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import { describeActor } from "../access/actor.ts";
import { can } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import type { Services } from "../ports.ts";
import type { SetupFacts, SetupStep } from "./setup_step.ts";

/** A step with its state. */
export type ListedStep = Pick<SetupStep, "name" | "label" | "path" | "method"> & { isDone: boolean };

export type PersonState = SetupFacts & { isDismissed: boolean };

/** What the tenant's tables say: which steps are done by their names, and whether there is sample data. */
export type TablesState = { done: Record<string, boolean>; hasSamples: boolean };

/** The number of members, and what the acting member did: a single statement. */
export async function readPersonState(ctx: TenantContext): Promise<PersonState> {
  const userId = describeActor(ctx.actor).id;
  const [row] = await personQuery(ctx.services.db.control, { tenantId: ctx.tenant.id, userId });
  return row!;
}

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
export function listSteps(ctx: TenantContext, person: PersonState, { done }: TablesState): ListedStep[] {
  if (person.isDismissed) return [];
  const steps = ctx.services.setup
    .filter(({ permission }) => !permission || can(ctx, permission))
    .map(({ name, label, path, method, isDone }) => ({
      name,
      label,
      path,
      method,
      isDone: typeof isDone === "function" ? isDone(person) : done[name]!,
    }));
  return steps.every(({ isDone }) => isDone) ? [] : steps;
}

const personQuery = prepareQuery((db) => {
  const isActor = sql`${memberships.userId} = ${sql.placeholder("userId")}::uuid`;
  return db.select({
    members: count(),
    isDismissed: sql<
      boolean
    >`coalesce(bool_or(${isActor} and ${memberships.setupDismissedAt} is not null), false)`,
    isEmailConfirmed: sql<boolean>`exists (select from ${users} where ${users.id} = ${
      sql.placeholder("userId")
    }::uuid and ${users.emailVerifiedAt} is not null)`,
  }).from(memberships).where(eq(memberships.tenantId, sql.placeholder("tenantId")));
});
