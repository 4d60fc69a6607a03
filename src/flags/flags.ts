import { count, eq, inArray, ne } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { flags } from "../../db/control/schema/flags.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import { chosenPlans, planFields } from "../billing/plan_fields.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { anonymousEvent } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { part } from "../ports.ts";
import type { Flag } from "./flag.ts";
import { IS_ON_FOR_TENANT, matches, type Rule } from "./rule.ts";

const FLAG_NOT_FOUND = problem("flag_not_found", "This feature flag was not found.");
const PERCENTAGE_INVALID = problem("flag_percentage_invalid", "Enter a whole number from 0 to 100.");
const TENANTS_UNKNOWN = problem("flag_tenants_unknown", "No workspace has the address {names}.");
const TENANT_IN_BOTH = problem("flag_tenant_in_both", "{name} can't be in both lists.");

const MAX_LIST_LENGTH = 5_000;

/** To see and change feature flags. */
export const FLAGS_MANAGE = permission("flags:manage", {
  roles: [],
  staff: true,
  label: "Manage feature flags",
});

export const FLAG_CHANGED = anonymousEvent("flag.changed", { sentence: "changed the feature flag {flag}" });
export const FLAG_RESET = anonymousEvent("flag.reset", { sentence: "reset the feature flag {flag}" });

type Rules = ReadonlyMap<string, Rule>;

/** The rules that staff have set, in one entry. Another process sees a change within five seconds. */
export const FLAG_RULES = part(
  "feature flags",
  () => new MemoryCache<Rules>({ capacity: 1, ttl: 5 * SECOND }),
);
const ALL = "all";

const EXISTS = ne(tenants.status, "deleting");

const subdomainList = z.string().max(MAX_LIST_LENGTH).default("")
  .transform((typed) => [...new Set(typed.toLowerCase().split(/[\s,]+/).filter(Boolean))]);

export const flagRule = z.object({
  percentage: z.string(PERCENTAGE_INVALID.code).trim()
    .regex(/^(?:100|[1-9]?[0-9])$/, PERCENTAGE_INVALID.code).transform(Number),
  ...planFields,
  onFor: subdomainList,
  offFor: subdomainList,
});

/** A flag with whom it is on for. `rule` is null until staff change it. Without `flag`, the code no longer declares it. */
export type ListedFlag = {
  name: string;
  flag: Flag | null;
  rule: (Rule & { updatedAt: Date }) | null;
};

/** Whether a flag is on for the tenant. Reads the rules at most every five seconds, so it usually costs no query. */
export async function isOn(
  { services, tenant }: Pick<TenantContext, "services" | "tenant">,
  flag: Flag,
): Promise<boolean> {
  const rules = await services.use(FLAG_RULES).getOrLoad(ALL, async () => {
    const rows = await services.db.control.select().from(flags);
    return new Map(rows.map((row) => [row.name, row]));
  });
  const rule = rules.get(flag.name);
  return rule ? matches(flag.name, rule, tenant) : flag.default;
}

/** For how many workspaces a flag is on, of all that exist. */
export type Reach = { on: number; all: number };

/** The reach of every flag that `listFlags` lists, by name. Throws `forbidden`. */
export async function reachOfFlags(ctx: SystemContext): Promise<Map<string, Reach>> {
  const listed = await listFlags(ctx);
  const [existing, ruled] = await Promise.all([
    ctx.control.$count(tenants, EXISTS),
    ctx.control.select({ name: flags.name, on: count() }).from(flags).innerJoin(tenants, IS_ON_FOR_TENANT)
      .where(EXISTS).groupBy(flags.name),
  ]);
  const on = new Map(ruled.map((row) => [row.name, row.on]));
  return new Map(listed.map(({ name, flag, rule }) => {
    const byDefault = flag?.default ? existing : 0;
    return [name, { on: flag && rule ? on.get(name) ?? 0 : byDefault, all: existing }];
  }));
}

/** All flags by name, declared or changed. Throws `forbidden`. */
export async function listFlags(ctx: SystemContext): Promise<ListedFlag[]> {
  authorize(ctx, FLAGS_MANAGE);
  const rules = new Map((await ctx.control.select().from(flags)).map((row) => [row.name, row]));
  const declared = new Map(ctx.services.flags.map((flag) => [flag.name, flag]));
  return [...new Set([...declared.keys(), ...rules.keys()])].sort()
    .map((name) => ({ name, flag: declared.get(name) ?? null, rule: rules.get(name) ?? null }));
}

/** Throws `forbidden` or `not_found`. */
export async function getFlag(ctx: SystemContext, name: string): Promise<ListedFlag> {
  const found = (await listFlags(ctx)).find((each) => each.name === name);
  if (!found) throw notFound(FLAG_NOT_FOUND);
  return found;
}

/** The subdomains of the tenants in a rule's lists, by id. */
export async function subdomainsOf(ctx: SystemContext, ids: readonly string[]): Promise<Map<string, string>> {
  authorize(ctx, FLAGS_MANAGE);
  if (ids.length === 0) return new Map();
  const rows = await ctx.control.select({ id: tenants.id, subdomain: tenants.subdomain }).from(tenants)
    .where(inArray(tenants.id, [...ids] as TenantId[]));
  return new Map(rows.map(({ id, subdomain }) => [id, subdomain]));
}

/** Changes whom a flag is on for. Throws `forbidden`, `not_found`, or `invalid`. */
export async function setFlag(
  ctx: SystemContext,
  name: string,
  { percentage, onFor, offFor, ...fields }: z.output<typeof flagRule>,
): Promise<void> {
  const { flag } = await getFlag(ctx, name);
  if (!flag) throw notFound(FLAG_NOT_FOUND);
  const both = onFor.find((each) => offFor.includes(each));
  if (both) throw invalid({ offFor: TENANT_IN_BOTH.with({ name: both }) });
  const updatedAt = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    const rule = {
      percentage,
      plans: chosenPlans(fields),
      onFor: await idsOf(tx, "onFor", onFor),
      offFor: await idsOf(tx, "offFor", offFor),
      updatedAt,
    };
    const [before] = await tx.select().from(flags).where(eq(flags.name, name)).for("update");
    await tx.insert(flags).values({ name, ...rule }).onConflictDoUpdate({ target: flags.name, set: rule });
    await publish(ctx, tx, FLAG_CHANGED, {
      details: {
        flag: name,
        from: before ? detailsOf(before) : { default: flag.default },
        to: detailsOf(rule),
      },
    });
  });
  ctx.services.use(FLAG_RULES).delete(ALL);
}

/** Forgets what staff set, so that the declared default applies again. Throws `forbidden` or `not_found`. */
export async function resetFlag(ctx: SystemContext, name: string): Promise<void> {
  authorize(ctx, FLAGS_MANAGE);
  await ctx.tx(async (tx) => {
    const [deleted] = await tx.delete(flags).where(eq(flags.name, name)).returning();
    if (!deleted) throw notFound(FLAG_NOT_FOUND);
    await publish(ctx, tx, FLAG_RESET, { details: { flag: name, from: detailsOf(deleted) } });
  });
  ctx.services.use(FLAG_RULES).delete(ALL);
}

function detailsOf({ percentage, plans, onFor, offFor }: Rule) {
  return { percentage, plans, on_for: onFor, off_for: offFor };
}

async function idsOf(tx: ControlTx, field: "onFor" | "offFor", names: string[]): Promise<TenantId[]> {
  if (names.length === 0) return [];
  const rows = await tx.select({ name: subdomains.name, id: subdomains.tenantId }).from(subdomains)
    .where(inArray(subdomains.name, names));
  const known = new Map(rows.map(({ name, id }) => [name, id]));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw invalid({ [field]: TENANTS_UNKNOWN.with({ names: unknown.join(", ") }) });
  return [...new Set(known.values())];
}
