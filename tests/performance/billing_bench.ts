import { sql } from "drizzle-orm";
import { hasFeature, includedOf } from "../../src/billing/entitlements.ts";
import { receiveEvent } from "../../src/billing/intake.ts";
import { recordUsage } from "../../src/billing/usage/record.ts";
import { newId } from "../../src/platform/ids.ts";
import { PROJECT_LIMIT } from "../../src/projects/projects.ts";
import { WEBHOOKS } from "../../src/webhooks/permissions.ts";
import { card, Customer, GOOD_CARD } from "../support/billing.ts";
import { startWorker, until } from "../support/jobs.ts";
import { World } from "../support/world.ts";
import { atLeast, type Figure, median, timed, under } from "./measure.ts";

const CHECKS = 1_000_000;
const RECORDS = 1_000;
const BATCHES = 40;
const EVENTS = 200;

/** What billing costs: a check of what a tenant may do, metered usage, and events of the gateway. */
export async function benchBilling(): Promise<Figure[]> {
  await using world = await World.open();
  return [...benchChecks(world), ...await benchUsage(world), ...await benchEvents(world)];
}

function benchChecks(world: World): Figure[] {
  const until = new Date("2040-01-01T00:00:00Z");
  const entitled = {
    plan: "team" as const,
    planVersion: 1,
    overrides: [{ key: "seats", limit: 20, endsAt: until }],
  };
  const now = world.clock.now();
  let allowed = 0;
  const started = performance.now();
  for (let check = 0; check < CHECKS; check++) {
    if (hasFeature(entitled, WEBHOOKS, now) && includedOf(entitled, PROJECT_LIMIT, now) === 50) allowed++;
  }
  const microseconds = (performance.now() - started) * 1_000 / CHECKS;
  if (allowed !== CHECKS) throw new Error("The plan includes both.");
  return [under("checking a feature and a limit", "µs", microseconds, 1)];
}

/** Batches of a thousand, beside the bare insert of the same rows under the same key. */
async function benchUsage(world: World): Promise<Figure[]> {
  const { ctx } = await world.company("acme");
  const { control } = world.system;
  await control.execute(
    sql`create table if not exists control.bare_usage (tenant_id uuid, metric text, key text, value bigint, occurred_at timestamptz,
      primary key (tenant_id, metric, key))`,
  );
  const rates = { bare: [] as number[], usage: [] as number[] };
  for (let batch = 0; batch < BATCHES; batch++) {
    const records = Array.from({ length: RECORDS }, () => ({
      metric: "compute_minutes",
      value: 1,
      idempotencyKey: newId(),
    }));
    const json = JSON.stringify(records);
    rates.bare.push(
      RECORDS * 1_000 / await timed(() =>
        control.execute(sql`insert into control.bare_usage
        select ${ctx.tenant.id}::uuid, r->>'metric', r->>'idempotencyKey', (r->>'value')::bigint, now()
        from jsonb_array_elements(${json}::jsonb) r`)
      ),
    );
    rates.usage.push(RECORDS * 1_000 / await timed(() => recordUsage(ctx, { records })));
  }
  return [
    atLeast("metered usage, of the bare insert", "records/s", median(rates.usage), median(rates.bare), 0.5),
  ];
}

async function benchEvents(world: World): Promise<Figure[]> {
  const customer = await Customer.open(world, "globex");
  await customer.buy();
  await using worker = await startWorker(world, "kv");
  const { customerId } = await customer.account();
  const answers: number[] = [];
  for (let event = 0; event < EVENTS; event++) {
    const hint = {
      id: newId(),
      type: "invoice.paid",
      createdAt: world.clock.now(),
      isLive: false,
      customerId,
    };
    answers.push(await timed(() => receiveEvent(world.services, "sandbox", hint, "{}")));
  }
  await worker.idle();
  const synced = await timed(async () => {
    await customer.sandbox.play(customerId!, (life) => {
      life.attachCard(card(GOOD_CARD));
      life.cancelAtEnd(life.state.subscriptions[0]!);
    });
    await until(async () => (await customer.account()).cancelAt !== null);
  });
  return [
    under("storing an event of the gateway: median", "ms", median(answers), 50),
    under("from an event to the synced account", "ms", synced, 2_000),
  ];
}
