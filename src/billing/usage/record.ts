import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import { usageEvents } from "../../../db/control/schema/billing.ts";
import { tenants } from "../../../db/control/schema/tenants.ts";
import { authorize } from "../../access/authorize.ts";
import { numberArray, textArray } from "../../platform/array_literals.ts";
import type { TenantContext } from "../../context.ts";
import { invalid, limitReached } from "../../errors.ts";
import { after, DAY, HOUR, MINUTE } from "../../platform/clock.ts";
import { isUniqueViolation } from "../../platform/database_errors.ts";
import { newId } from "../../platform/ids.ts";
import { problem } from "../../platform/problem.ts";
import { type BillingAccount, findAccount, timeOf } from "../accounts.ts";
import { allowanceOf } from "../entitlements.ts";
import type { Meter } from "../meter.ts";
import { USAGE_WRITE } from "../permissions.ts";
import { noteThresholds, readStandings } from "./thresholds.ts";
import { usagePeriodAt } from "./period.ts";
import { totalOf } from "./totals.ts";

const METRIC_UNKNOWN = problem("metric_unknown", "No metric has this name.");
const TOO_OLD = problem("usage_too_old", "Usage is taken for the last 34 days.");
const IN_FUTURE = problem("usage_in_future", "The time is in the future.");
const BOTH = problem("usage_both", "Send metric and value, or records, but not both.");
const NO_RECORDS = problem("usage_empty", "Send metric and value, or records.");
const USED_UP = problem("usage_used_up", "Your plan includes {limit} {metric} a month.");

const MAX_RECORDS = 1_000;
/** From here on, a savepoint costs less than looking for conflicts. */
const LARGE_BATCH = 50;
const USAGE_KEY = "usage_events_tenant_id_metric_key_pk";
const MAX_VALUE = 1_000_000_000;
const MAX_KEY_LENGTH = 200;
/** A late record still counts in its own period. */
const MAX_AGE = 34 * DAY;
/** Clocks of programs may be ahead by this. */
const MAX_SKEW = 5 * MINUTE;

const value = z.number().int().min(0).max(MAX_VALUE);
const key = z.string().min(1).max(MAX_KEY_LENGTH);
const occurredAt = z.iso.datetime({ offset: true });

/** What was used: a whole number of units. The same `idempotencyKey` of a metric counts once. */
export const usageRecord = z.object({
  metric: z.string(),
  value,
  idempotencyKey: key.optional(),
  occurredAt: occurredAt.optional(),
});
export type UsageRecord = z.output<typeof usageRecord>;

/** One record, or up to 1,000, of these metrics. */
export function usageInputOf(metrics: readonly string[]) {
  const record = usageRecord.extend({ metric: z.enum(metrics, METRIC_UNKNOWN.code) });
  return record.partial().extend({ records: z.array(record).min(1).max(MAX_RECORDS).optional() });
}
export type UsageInput = z.output<ReturnType<typeof usageInputOf>>;

/** `now` is the time on the account's clock. */
type Addition = { account: BillingAccount | null; now: Date; records: Reported[] };
type Reported = { meter: Meter; value: number; key: string; at: Date };

/**
 * Records usage. All of the records count, or none. Returns how many are new. Throws `forbidden`; `invalid` for an unknown metric or a
 * time out of range; and `limit_reached` if a plan that sells no more of the metric would be exceeded.
 */
export async function recordUsage(
  ctx: TenantContext,
  input: UsageInput,
): Promise<{ recorded: number }> {
  authorize(ctx, USAGE_WRITE);
  const account = await findAccount(ctx.system.control, ctx.tenant.id);
  const now = account ? timeOf(account, ctx.services.clock) : ctx.services.clock.now();
  const records = readRecords(ctx, input, now);
  return await ctx.system.tx(async (tx) => ({ recorded: await add(ctx, tx, { account, now, records }) }));
}

/**
 * Counts what the product itself measured, in the transaction of `tx`: exactly if that commits. Throws `limit_reached` if a plan that
 * sells no more of the metric would be exceeded.
 */
export async function consume(ctx: TenantContext, tx: ControlTx, meter: Meter, value: number): Promise<void> {
  const account = await findAccount(tx, ctx.tenant.id);
  const now = account ? timeOf(account, ctx.services.clock) : ctx.services.clock.now();
  await add(ctx, tx, { account, now, records: [{ meter, value, key: newId(), at: now }] });
}

async function add(
  ctx: TenantContext,
  tx: ControlTx,
  { account, now, records: sent }: Addition,
): Promise<number> {
  const records = firstOfEach(sent);
  await checkHardLimits(ctx, tx, { account, now, records });
  const meters = [...new Set(records.map(({ meter }) => meter))];
  const [recorded, standings] = await insert(
    tx,
    { tenantId: ctx.tenant.id, records },
    () => readStandings(ctx, tx, { account, now, meters }),
  );
  if (recorded > 0) await noteThresholds(ctx, tx, { account, now, standings });
  return recorded;
}

function readRecords(
  { services: { meters } }: TenantContext,
  { records, ...single }: UsageInput,
  now: Date,
): Reported[] {
  if (records && Object.values(single).some((field) => field !== undefined)) throw invalid({ records: BOTH });
  const all = records ?? [usageRecord.safeParse(single).data];
  return all.map((record, index) => {
    const field = (name: string) => records ? `records.${index}.${name}` : name;
    if (!record) throw invalid({ metric: NO_RECORDS });
    const meter = meters.find(({ key }) => key === record.metric);
    if (!meter) throw invalid({ [field("metric")]: METRIC_UNKNOWN });
    const at = record.occurredAt ? new Date(record.occurredAt) : now;
    if (at < after(now, -MAX_AGE)) throw invalid({ [field("occurredAt")]: TOO_OLD });
    if (at > after(now, MAX_SKEW)) throw invalid({ [field("occurredAt")]: IN_FUTURE });
    return { meter, value: record.value, key: record.idempotencyKey ?? newId(), at };
  });
}

/**
 * Of records with the same key, the first one counts. They come in the order of their keys: rows are locked in this order, so that
 * concurrent reports can't deadlock.
 */
function firstOfEach(records: Reported[]): Reported[] {
  const first = new Map<string, Reported>();
  for (const record of records) {
    const id = `${record.meter.key} ${record.key}`;
    if (!first.has(id)) first.set(id, record);
  }
  return [...first].toSorted(([one], [other]) => one < other ? -1 : 1).map(([, record]) => record);
}

/**
 * Keeps the records that weren't counted before. Returns how many these are, and what `read` then finds. Looking for conflicts takes
 * longer than all else, so a large batch is inserted without that first. Most have no record that was sent before. Statements are sent
 * without waiting for the answer to the one before.
 */
async function insert<Found>(
  tx: ControlTx,
  { tenantId, records }: { tenantId: string; records: Reported[] },
  read: () => Promise<Found>,
): Promise<[number, Found]> {
  if (records.length < LARGE_BATCH) return await Promise.all([insertNew(tx, tenantId, records), read()]);
  try {
    const saved = tx.execute(sql`savepoint usage`).then(() => {});
    const [, , found] = await Promise.all([saved, insertAll(tx, tenantId, records), read()]);
    return [records.length, found];
  } catch (error) {
    if (!isUniqueViolation(error, USAGE_KEY)) throw error;
    await tx.execute(sql`rollback to savepoint usage`);
    return await Promise.all([insertNew(tx, tenantId, records), read()]);
  }
}

/** One statement: adds the records, and their values to the sums, which are faster made here. Fails if one was counted before. */
async function insertAll(tx: ControlTx, tenantId: string, records: Reported[]): Promise<void> {
  const sums = sumsOf(records);
  await tx.execute(sql`
    with added as (${insertion(tenantId, records)})
    ${
    addition(sql`
      select ${tenantId}::uuid, metric, to_timestamp(hour / 1000.0), total from unnest(
        ${textArray(sums.map(({ metric }) => metric))}::text[],
        ${numberArray(sums.map(({ hour }) => hour))}::float8[],
        ${numberArray(sums.map(({ total }) => total))}::bigint[]
      ) as sums (metric, hour, total)`)
  }`);
}

/** The same for the records that weren't counted before. Returns how many were added. */
async function insertNew(tx: ControlTx, tenantId: string, records: Reported[]): Promise<number> {
  const [row] = await tx.execute<{ recorded: number }>(sql`
    with added as (
      ${insertion(tenantId, records)} on conflict do nothing returning metric, value, occurred_at
    ), summed as (
      ${
    addition(sql`
        select ${tenantId}::uuid, metric, date_trunc('hour', occurred_at, 'UTC'), sum(value)
        from added group by 2, 3 order by metric collate "C", 3`)
  }
    )
    select count(*)::int as recorded from added`);
  return row!.recorded;
}

/** Numbers are read faster than times. */
function insertion(tenantId: string, records: Reported[]): SQL {
  return sql`
    insert into control.usage_events (tenant_id, metric, key, value, occurred_at)
    select ${tenantId}::uuid, metric, key, value, to_timestamp(at / 1000.0) from unnest(
      ${textArray(records.map(({ meter }) => meter.key))}::text[],
      ${textArray(records.map(({ key }) => key))}::text[],
      ${numberArray(records.map(({ value }) => value))}::bigint[],
      ${numberArray(records.map(({ at }) => at.getTime()))}::float8[]
    ) as sent (metric, key, value, at)`;
}

function addition(sums: SQL): SQL {
  return sql`insert into control.usage_hours (tenant_id, metric, hour, total) ${sums}
    on conflict (tenant_id, metric, hour) do update set total = usage_hours.total + excluded.total`;
}

/** The sum of each metric in each hour, in the order in which rows are locked. */
function sumsOf(records: Reported[]): { metric: string; hour: number; total: number }[] {
  const sums = new Map<string, { metric: string; hour: number; total: number }>();
  for (const { meter: { key: metric }, value, at } of records) {
    const hour = at.getTime() - at.getTime() % HOUR;
    const known = sums.get(`${metric} ${hour}`);
    if (known) known.total += value;
    else sums.set(`${metric} ${hour}`, { metric, hour, total: value });
  }
  return [...sums.values()].toSorted((one, other) =>
    one.metric === other.metric ? one.hour - other.hour : one.metric < other.metric ? -1 : 1
  );
}

/** For plans that sell no more than they include. Locks the tenant, so that concurrent records can't exceed the limit together. */
async function checkHardLimits(
  { tenant }: TenantContext,
  tx: ControlTx,
  { account, now, records }: Addition,
): Promise<void> {
  const hard = records.filter(({ meter }) => {
    const { included, overage } = allowanceOf(tenant, meter, now);
    return included !== null && overage === undefined;
  });
  if (hard.length === 0) return;
  await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenant.id)).for("no key update");
  const added = new Map<string, { meter: Meter; start: Date; end: Date; value: number }>();
  for (const { meter, value, at } of await newOnes(tx, tenant.id, hard)) {
    const { start, end } = usagePeriodAt(account, at);
    const known = added.get(`${meter.key} ${start.toISOString()}`);
    added.set(`${meter.key} ${start.toISOString()}`, {
      meter,
      start,
      end,
      value: value + (known?.value ?? 0),
    });
  }
  for (const { meter, start, end, value } of added.values()) {
    const included = allowanceOf(tenant, meter, now).included!;
    const used = await totalOf(tx, tenant.id, meter.key, { start, end });
    if (used + value > included) {
      throw limitReached(USED_UP.with({ limit: included, metric: meter.label }), { limit: included, used });
    }
  }
}

/** The records that haven't been counted. */
async function newOnes(
  tx: ControlTx,
  tenantId: TenantContext["tenant"]["id"],
  records: Reported[],
): Promise<Reported[]> {
  const keys = inArray(usageEvents.key, records.map(({ key }) => key));
  const counted = await tx.select({ metric: usageEvents.metric, key: usageEvents.key }).from(usageEvents)
    .where(and(eq(usageEvents.tenantId, tenantId), keys));
  const known = new Set(counted.map(({ metric, key }) => `${metric} ${key}`));
  return records.filter(({ meter, key }) => !known.has(`${meter.key} ${key}`));
}
