// Protects: what is used is counted once, in its period, and the sum of the reports is what is billed.
import { array, assert as property, asyncProperty, boolean, integer, record } from "fast-check";
import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { usageEvents, usageHours } from "../../db/control/schema/billing.ts";
import type { BillingAccount } from "../../src/billing/accounts.ts";
import { REPORT_USAGE } from "../../src/billing/jobs.ts";
import { type Allowance, COMPUTE_MINUTES } from "../../src/billing/meter.ts";
import { planOf } from "../../src/billing/plans.ts";
import { usagePeriodAt } from "../../src/billing/usage/period.ts";
import { consume, recordUsage, type UsageRecord } from "../../src/billing/usage/record.ts";
import { listUnreported } from "../../src/billing/usage/reports.ts";
import { listUsage } from "../../src/billing/usage/summary.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { after, DAY, HOUR } from "../../src/platform/clock.ts";
import { Customer, GOOD_CARD, sell } from "../support/billing.ts";
import { startWorker } from "../support/jobs.ts";
import { World } from "../support/world.ts";

const METRIC = "compute_minutes";

Deno.test("reports with the same key count once, alone, in one batch and at the same time", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const one = { metric: METRIC, value: 5, idempotencyKey: "run-1" };

  await recordUsage(ctx, one);
  await recordUsage(ctx, { records: [one, one, { ...one, idempotencyKey: "run-2" }] });
  await Promise.all(Array.from({ length: 5 }, () => recordUsage(ctx, { ...one, idempotencyKey: "run-3" })));

  const [usage] = await listUsage(ctx);
  assert.deepEqual([usage!.total, usage!.limit, usage!.overage], [15, 10_000, 0]);
});

Deno.test("reports of many hours that arrive at once, each in another order, all count", async () => {
  await using world = await World.open({}, { connections: 24 });
  const { ctx } = await world.company("acme");
  const now = world.clock.now();
  const batchOf = (seed: number) =>
    shuffled(700, seed).slice(0, 400).map((hour) => ({
      metric: METRIC,
      value: 1,
      occurredAt: after(now, -hour * HOUR).toISOString(),
    }));

  for (let round = 0; round < 5; round++) {
    const batches = Array.from({ length: 8 }, (_, batch) => batchOf(8 * round + batch + 1));
    await Promise.all(batches.map((records) => recordUsage(ctx, { records })));
  }

  assert.equal(await sumOfHours(world), 5 * 8 * 400);
});

Deno.test("a report has one record or several, not both, so that none is left out", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const one = { metric: METRIC, value: 1 };

  await assert.rejects(() => recordUsage(ctx, { ...one, records: [one] }), { kind: "invalid" });
  assert.equal((await listUsage(ctx))[0]!.total, 0);
});

Deno.test("late usage counts in its own month, and older than 34 days or ahead it is refused", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const now = world.clock.now();
  const at = (moment: Date) => ({ metric: METRIC, value: 7, occurredAt: moment.toISOString() });

  await recordUsage(ctx, at(after(now, -33 * DAY)));

  const month = after(now, -33 * DAY).toISOString().slice(0, 7);
  assert.equal((await listUsage(ctx, { period: month }))[0]!.total, 7);
  assert.equal((await listUsage(ctx))[0]!.total, 0);
  await assert.rejects(() => recordUsage(ctx, at(after(now, -35 * DAY))), { kind: "invalid" });
  await assert.rejects(() => recordUsage(ctx, at(after(now, HOUR))), { kind: "invalid" });
  await assert.rejects(() => recordUsage(ctx, { metric: "unknown", value: 1 }), { kind: "invalid" });
});

Deno.test("S26 a plan that sells no more refuses what is over, however many report at once", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const ctx = await customer.ctx();
  await recordUsage(ctx, { metric: METRIC, value: 99 });

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => recordUsage(ctx, { metric: METRIC, value: 1 })),
  );

  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal((await listUsage(ctx))[0]!.total, 100);
});

Deno.test("of reports with the same key in a batch, the first one counts, for the limit as for the sum", async () => {
  await using world = await World.open();
  const ctx = await (await Customer.open(world)).ctx();
  const keys = Array.from({ length: 50 }, (_, index) => `key${index}`);
  const batch = [0, 1, 2, 3].flatMap((round) =>
    keys.map((idempotencyKey) => ({ metric: METRIC, value: round === 0 ? 2 : 1_000, idempotencyKey }))
  );

  await recordUsage(ctx, { records: batch });

  assert.equal((await listUsage(ctx))[0]!.total, 100);
});

Deno.test("owners hear once that 80 % and that all is used, and webhooks once that all is", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const ctx = await customer.ctx();

  for (const value of [700, 200, 50, 100, 500]) await recordUsage(ctx, { metric: METRIC, value });

  assert.deepEqual((await customer.emails()).slice(1), ["limit_near", "limit_reached"]);
  assert.equal((await listUsage(ctx))[0]!.overage, 550);
});

Deno.test("a year has the allowance of twelve months everywhere: on the page, in emails and on the invoice", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, { billingCycle: "yearly" });
  const ctx = await customer.ctx();
  const read = async (query = {}) => (await listUsage(ctx, query))[0]!;

  await recordUsage(ctx, { metric: METRIC, value: 1_500 });
  const within = await read();
  const told = (await customer.emails()).slice(1);
  world.clock.advance(40 * DAY);
  await recordUsage(ctx, { metric: METRIC, value: 11_000 });
  const above = await read();

  assert.deepEqual([within.limit, within.overage, told], [12_000, 0, []]);
  assert.deepEqual([above.total, above.limit, above.overage], [12_500, 12_000, 500]);
  assert.deepEqual((await customer.emails()).slice(1), ["limit_reached"]);
  const month = await read({ period: world.clock.now().toISOString().slice(0, 7) });
  assert.deepEqual([month.total, month.limit, month.overage], [11_000, null, 0]);
});

Deno.test("a month that is over has no limit, because the plan may have changed since", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const month = world.clock.now().toISOString().slice(0, 7);
  await recordUsage(await customer.ctx(), { metric: METRIC, value: 1_250 });

  const during = (await listUsage(await customer.ctx(), { period: month }))[0]!;
  world.clock.advance(40 * DAY);
  const [metric, calls] = await listUsage(await customer.ctx(), { period: month });

  assert.deepEqual([during.limit, during.overage], [1_000, 250]);
  assert.deepEqual([metric!.total, metric!.limit, metric!.overage, calls!.limit], [1_250, null, 0, null]);
});

Deno.test("usage above the allowance is billed with the next invoice, and a total that is sent again changes nothing", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD);
  await customer.pass(3);
  const ctx = await customer.ctx();
  await recordUsage(ctx, { metric: METRIC, value: 1_250 });

  const sent = await customer.reportUsage();
  const again = await customer.reportUsage();
  await customer.pass(30);

  assert.deepEqual([sent, again], [1, 0]);
  const { snapshot } = await customer.account();
  assert.equal(snapshot!.invoices[0]!.total, 2_900 + 250 * 2);
});

Deno.test("an older version of a plan stays hard where the newest one sells more, and each is billed by its own terms", async () => {
  using _sold = sell({ ...planOf("team"), version: 2 });
  using _kept = keep("team@1", { included: 50 });
  await using world = await World.open();
  const [old, current] = [await Customer.open(world, "acme"), await Customer.open(world, "globex")];
  for (const customer of [old, current]) await customer.buy();
  await current.sandbox.play((await current.account()).customerId!, (life) => {
    life.state.subscriptions[0]!.price.version = 2;
  });
  await current.sync();

  await recordUsage(await old.ctx(), { metric: METRIC, value: 50 });
  await recordUsage(await current.ctx(), { metric: METRIC, value: 1_250 });
  const shown = [await listUsage(await old.ctx()), await listUsage(await current.ctx())];
  for (const customer of [old, current]) await customer.reportUsage();
  await old.pass(32);

  await assert.rejects(async () => await recordUsage(await old.ctx(), { metric: METRIC, value: 51 }), {
    kind: "limit_reached",
  });
  assert.deepEqual(shown.map(([metric]) => [metric!.limit, metric!.overagePrice]), [[50, null], [1_000, 2]]);
  const totals = async (customer: Customer) => {
    await customer.sync();
    return (await customer.account()).snapshot!.invoices.map(({ total }) => total);
  };
  assert.deepEqual([await totals(old), await totals(current)], [[29_00, 29_00], [29_00 + 250 * 2, 29_00]]);
});

/** Keeps what a version includes of the metric, for a test. */
function keep(version: `team@${number}`, allowance: Allowance): Disposable {
  const allowances = COMPUTE_MINUTES.allowances as Record<string, Allowance>;
  allowances[version] = allowance;
  return { [Symbol.dispose]: () => void delete allowances[version] };
}

Deno.test("usage counts in the subscription's month, from one end of a month to the next, before and after it as well", () => {
  const february = subscribed("2026-01-31", ["2026-02-28", "2026-03-31"]);
  const april = subscribed("2026-01-15", ["2026-04-15", "2026-05-15"]);
  const year = subscribed("2026-01-31", ["2026-01-31", "2027-01-31"], "yearly");

  assert.deepEqual(periodOf(february, "2026-03-29"), ["2026-02-28", "2026-03-31"]);
  assert.deepEqual(periodOf(february, "2026-02-27"), ["2026-01-31", "2026-02-28"]);
  assert.deepEqual(periodOf(february, "2026-04-02"), ["2026-03-31", "2026-04-30"]);
  assert.deepEqual(periodOf(april, "2026-04-10"), ["2026-03-15", "2026-04-15"]);
  assert.deepEqual(periodOf(april, "2026-01-10"), ["2026-01-01", "2026-02-01"], "before the subscription");
  assert.deepEqual(periodOf(year, "2026-03-30"), ["2026-02-28", "2026-03-31"]);
  assert.deepEqual(periodOf(null, "2026-12-31"), ["2026-12-01", "2027-01-01"]);
});

Deno.test("a customer whom the gateway refuses doesn't keep the others' usage from being billed", async () => {
  await using world = await World.open();
  const [refused, other] = [await Customer.open(world, "acme"), await Customer.open(world, "globex")];
  for (const customer of [refused, other]) {
    await customer.buy();
    await recordUsage(await customer.ctx(), { metric: METRIC, value: 5 });
  }
  const { customerId } = await refused.account();
  const report = refused.sandbox.reportUsage.bind(refused.sandbox);
  refused.sandbox.reportUsage = async (usage) => {
    if (usage.customerId === customerId) throw new Error("No such customer");
    await report(usage);
  };
  await using worker = await startWorker(world, "kv");

  await world.system.tx((tx) => enqueue(world.system, tx, REPORT_USAGE, {}));
  await worker.idle();

  assert.deepEqual(await listUnreported(world.system), [(await refused.account()).id]);
});

Deno.test("what was used before the subscription is free, and isn't sent", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const used = { metric: METRIC, value: 50 };
  await recordUsage(await customer.ctx(), used);
  world.clock.advance(2 * HOUR);
  await customer.buy();
  world.clock.advance(2 * HOUR);
  await recordUsage(await customer.ctx(), used);

  const sent = await customer.reportUsage();

  assert.equal(sent, 1);
  assert.deepEqual(await listUnreported(world.system), []);
});

Deno.test("the reports of a tenant are all sent, however many there are", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const hours = Array.from({ length: 1_100 }, (_, index) => after(world.clock.now(), (index + 1) * HOUR));
  await world.system.control.insert(usageHours).values(
    hours.map((hour) => ({ tenantId: customer.company.tenant.id, metric: METRIC, hour, total: 1 })),
  );
  let sent = 0;
  customer.sandbox.reportUsage = ({ hours }) => Promise.resolve(void (sent += hours.length));

  await customer.reportUsage();

  assert.equal(sent, hours.length);
});

Deno.test("what the product measures itself counts exactly if its transaction commits", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const ctx = await customer.ctx();
  const fail = ctx.system.tx(async (tx) => {
    await consume(ctx, tx, COMPUTE_MINUTES, 7);
    throw new Error("undone");
  });
  await assert.rejects(() => fail, /undone/);

  await ctx.system.tx((tx) => consume(ctx, tx, COMPUTE_MINUTES, 100));

  assert.equal((await listUsage(ctx))[0]!.total, 100);
  await assert.rejects(() => ctx.system.tx((tx) => consume(ctx, tx, COMPUTE_MINUTES, 1)), {
    kind: "limit_reached",
  });
});

Deno.test("the sum of random reports with repetitions and late ones is the sum of the hours", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const now = world.clock.now();
  const expected = new Map<string, number>();
  const report = record({
    key: integer({ min: 0, max: 400 }),
    value: integer({ min: 0, max: 1_000 }),
    hoursAgo: integer({ min: 0, max: 33 * 24 }),
    isRepeated: boolean(),
  });
  await property(
    asyncProperty(array(report, { minLength: 1, maxLength: 200 }), async (reports) => {
      const records = reports.flatMap(({ key, value, hoursAgo, isRepeated }) => {
        const one = {
          metric: METRIC,
          value,
          idempotencyKey: String(key),
          occurredAt: after(now, -hoursAgo * HOUR).toISOString(),
        };
        return isRepeated ? [one, one] : [one];
      });

      for (let start = 0; start < records.length; start += 100) {
        await recordUsage(ctx, { records: records.slice(start, start + 100) });
      }

      const { control } = world.system;
      const [events, hours] = [
        await control.select().from(usageEvents).where(eq(usageEvents.tenantId, ctx.tenant.id)),
        await control.select().from(usageHours).where(eq(usageHours.tenantId, ctx.tenant.id)),
      ];
      expected.clear();
      for (const { value, occurredAt } of events) {
        const hour = new Date(Math.floor(occurredAt.getTime() / HOUR) * HOUR).toISOString();
        expected.set(hour, (expected.get(hour) ?? 0) + value);
      }
      assert.deepEqual(
        Object.fromEntries(hours.map(({ hour, total }) => [hour.toISOString(), total])),
        Object.fromEntries(expected),
      );
      assert.ok(events.length <= 401);
    }),
    { numRuns: 12 },
  );
});

Deno.test("50,000 reports with repetitions, late ones and in any order: the reports, the sums and the bill agree", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  await customer.pass(27);
  const ctx = await customer.ctx();
  const { from, records, totals } = randomReports(50_000, world.clock.now());

  for (let start = 0; start < records.length; start += 1_000) {
    await recordUsage(ctx, { records: records.slice(start, start + 1_000) });
    if (start % 10_000 === 0) await customer.reportUsage();
  }
  await customer.reportUsage();
  const sums = await world.system.control.select({ hour: usageHours.hour, total: usageHours.total })
    .from(usageHours);
  await customer.pass(5);

  assert.deepEqual(new Map(sums.map(({ hour, total }) => [hour.toISOString(), total])), totals);
  const { snapshot } = await customer.account();
  const [subscription] = snapshot!.subscriptions;
  const used = [...totals].filter(([hour]) => new Date(hour) >= subscription!.createdAt)
    .reduce((sum, [, total]) => sum + total, 0);
  assert.ok(from < subscription!.createdAt, "some are from before the subscription, and free");
  assert.equal(snapshot!.invoices[0]!.total, 2_900 + (used - 1_000) * 2);
});

/** Reports of the last 33 days, a third of them repeated, in random order, and the sums that their hours must have. */
function randomReports(count: number, now: Date) {
  const random = randomFrom(14);
  const [totals, records] = [new Map<string, number>(), []] as [Map<string, number>, UsageRecord[]];
  for (let index = 0; index < count; index++) {
    const at = after(now, -Math.floor(random() * 66) * 12 * HOUR - Math.floor(random() * HOUR));
    const value = Math.floor(random() * 10);
    const record = { metric: METRIC, value, idempotencyKey: `run-${index}`, occurredAt: at.toISOString() };
    const hour = new Date(Math.floor(at.getTime() / HOUR) * HOUR).toISOString();
    totals.set(hour, (totals.get(hour) ?? 0) + value);
    records.push(record);
    if (random() < 1 / 3) records.push(record);
  }
  const order = shuffled(records.length, 15);
  return { from: after(now, -33 * DAY), totals, records: order.map((index) => records[index]!) };
}

function subscribed(
  created: string,
  [start, end]: [string, string],
  cycle: "monthly" | "yearly" = "monthly",
): Pick<BillingAccount, "snapshot"> {
  const subscription = {
    id: "sub_1",
    status: "active" as const,
    price: { plan: "team" as const, version: 1, cycle, currency: "usd" as const },
    createdAt: new Date(created),
    currentPeriodStart: new Date(start),
    currentPeriodEnd: new Date(end),
    endedAt: null,
  };
  return { snapshot: { subscriptions: [subscription] } as unknown as BillingAccount["snapshot"] };
}

function periodOf(account: Pick<BillingAccount, "snapshot"> | null, day: string): string[] {
  const { start, end } = usagePeriodAt(account, new Date(day));
  return [start, end].map((moment) => moment.toISOString().slice(0, 10));
}

/** The numbers below `count` in an order that `seed` decides. */
function shuffled(count: number, seed: number): number[] {
  const random = randomFrom(seed);
  const numbers = Array.from({ length: count }, (_, index) => ({ index, rank: random() }));
  return numbers.toSorted((one, other) => one.rank - other.rank).map(({ index }) => index);
}

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

async function sumOfHours({ system }: World): Promise<number> {
  const [row] = await system.control.select({
    total: sql<number>`coalesce(sum(${usageHours.total}), 0)`.mapWith(Number),
  }).from(usageHours);
  return row!.total;
}
