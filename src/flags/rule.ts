import { sql } from "drizzle-orm";
import { flags } from "../../db/control/schema/flags.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { sha256 } from "../platform/crypto.ts";
import type { Tenant } from "../tenancy/tenant.ts";

/** Whom a flag is on for. The lists of tenants come before the plans, and these before the percentage. */
export type Rule = {
  percentage: number;
  plans: readonly string[];
  onFor: readonly string[];
  offFor: readonly string[];
};

const HEX_DIGITS = 8;

/** Whether a rule turns the flag on for a tenant. */
export function matches(name: string, rule: Rule, { id, plan }: Pick<Tenant, "id" | "plan">): boolean {
  if (rule.offFor.includes(id)) return false;
  return rule.onFor.includes(id) || rule.plans.includes(plan) || shareOf(name, id) < rule.percentage;
}

/**
 * Where a tenant stands between 0 and 100. It stays the same for a flag, so a higher percentage only adds tenants, and it differs
 * between flags, so that the same tenants aren't always the first.
 */
export function shareOf(name: string, tenantId: string): number {
  return parseInt(sha256(`${name} ${tenantId}`).slice(0, HEX_DIGITS), 16) / 16 ** HEX_DIGITS * 100;
}

const SHARE_IN_SQL =
  sql`('x' || left(encode(sha256(convert_to(${flags.name} || ' ' || ${tenants.id}, 'UTF8')),
  'hex'), ${sql.raw(String(HEX_DIGITS))}))::bit(32)::bigint / 4294967296.0 * 100`;

/** Like `matches`, for the rows of two tables, so that the database can count. */
export const IS_ON_FOR_TENANT =
  sql`not ${flags.offFor} ? ${tenants.id}::text and (${flags.onFor} ? ${tenants.id}::text
  or ${flags.plans} ? ${tenants.plan} or ${SHARE_IN_SQL} < ${flags.percentage})`;
