import { eq } from "drizzle-orm";
import { z } from "zod";
import { type StoredOverride, tenants } from "../../db/control/schema/tenants.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { problem } from "../platform/problem.ts";
import { logSchemaOf } from "../tenancy/admission.ts";
import { TENANTS_MANAGE } from "../tenancy/permissions.ts";
import { WORKSPACE_NOT_FOUND } from "../tenancy/tenant.ts";
import { announceChange, TENANTS } from "../tenancy/tenant_directory.ts";
import { API_CALLS, API_REQUESTS } from "./entitlements.ts";
import { OVERRIDE_CHANGED } from "./events.ts";
import { isNoted, noteDetails, type StaffNote } from "./staff_notes.ts";

const KEY_UNKNOWN = problem(
  "override_key_unknown",
  "There is no limit, metric or plan feature with this name.",
);
const VALUE_INVALID = problem("override_value_invalid", "Use a number, unlimited, yes, no or none.");

export const overrideInput = z.object({
  key: z.string(),
  value: z.string().regex(/^(\d{1,9}|unlimited|yes|no|none)$/, { error: VALUE_INVALID.code }),
  until: z.date().nullable(),
});

/**
 * Allows a tenant another limit or a feature beside its plan, until a moment or without an end: a number or `unlimited` for a limit
 * or a metric, `yes` or `no` for a feature. `none` takes the override away. `note` says why staff do it; with a key that was used before,
 * nothing happens. Throws `forbidden`, or `invalid` for an unknown key or a value that
 * doesn't fit it.
 */
export async function setOverride(
  ctx: TenantContext,
  { key, value, until }: z.output<typeof overrideInput>,
  note?: StaffNote,
): Promise<void> {
  authorize(ctx, TENANTS_MANAGE);
  const { services, system, tenant: { id, name, schemaName, schemaVersion } } = ctx;
  const override = toStored(ctx, { key, value, until });
  await system.tx(async (tx) => {
    const [row] = await tx.select({ overrides: tenants.overrides }).from(tenants).where(eq(tenants.id, id))
      .for("update");
    if (!row) throw notFound(WORKSPACE_NOT_FOUND);
    if (note && await isNoted(tx, id, note)) return;
    const others = row.overrides.filter((each) => each.key !== key);
    const overrides = override ? [...others, override] : others;
    await tx.update(tenants).set({ overrides, updatedAt: services.clock.now() }).where(eq(tenants.id, id));
    await announceChange(tx, id);
    const schema = await logSchemaOf(services, tx, { schemaName, schemaVersion });
    const details = {
      key,
      label: labelOf(ctx, key),
      value,
      until: until?.toISOString() ?? null,
      ...noteDetails(note, id),
    };
    await publish(system, tx, OVERRIDE_CHANGED, { after: { id, name }, details, schema });
  });
  services.use(TENANTS).forget(id);
}

/** What people call a limit, a metric or a plan feature, for the sentence in the logs. */
function labelOf({ services: { limits, meters, planFeatures } }: TenantContext, key: string): string {
  if (key === API_CALLS) return "API calls a month";
  if (key === API_REQUESTS) return "API requests a minute";
  const label = limits.find(({ name }) => name === key)?.nouns.several ??
    [...meters, ...planFeatures].find((each) => each.key === key)?.label;
  return label?.english ?? key;
}

/** Null if the override is taken away. */
function toStored(
  { services: { limits, meters, planFeatures } }: TenantContext,
  { key, value, until }: z.output<typeof overrideInput>,
): StoredOverride | null {
  const isLimit = [
    API_CALLS,
    API_REQUESTS,
    ...limits.map(({ name }) => name),
    ...meters.map((meter) => meter.key),
  ]
    .includes(key);
  if (!isLimit && !planFeatures.some((feature) => feature.key === key)) throw invalid({ key: KEY_UNKNOWN });
  if (value === "none") return null;
  // A rate needs a number, and without any request nobody could ask why.
  if (key === API_REQUESTS && !/^[1-9]/.test(value)) throw invalid({ value: VALUE_INVALID });
  const ends_at = until?.toISOString() ?? null;
  if (isLimit && /^(\d+|unlimited)$/.test(value)) {
    return { key, limit: value === "unlimited" ? null : Number(value), ends_at };
  }
  if (!isLimit && /^(yes|no)$/.test(value)) return { key, allowed: value === "yes", ends_at };
  throw invalid({ value: VALUE_INVALID });
}
