import { sql } from "drizzle-orm";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { rollUp } from "../../src/analytics/rollup/roll_up.ts";
import { addEvents } from "../support/analytics.ts";
import { type Company, World } from "../support/world.ts";
import { type Figure, median, timed, within } from "./measure.ts";

const TENANTS = 100;
const EVENTS_EACH = 50;
/** As many as jobs of a queue run at once. */
const AT_ONCE = 4;
const ROUNDS = 5;

/**
 * How many workspaces with new events one process rolls up in a second. Beside it, transactions that only lock the workspace's row.
 */
export async function benchRollups(): Promise<Figure[]> {
  await using world = await World.open();
  await maintainPartitions(world.services.db, world.clock.now());
  const companies: Company[] = [];
  for (let number = 0; number < TENANTS; number++) companies.push(await world.company(`rollup-${number}`));
  const [rates, limits]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const company of companies) await addEvents(world, company, eventsOf(round));
    limits.push(await rateOf(companies, lockOnly));
    rates.push(await rateOf(companies, ({ ctx }) => rollUp(ctx)));
  }
  return [
    within(
      "workspaces rolled up; transactions that only lock the row",
      "tenants/s",
      median(rates),
      median(limits),
      {
        atLeast: 200,
      },
    ),
  ];
}

/** What happened in an hour. */
function eventsOf(round: number) {
  return Array.from({ length: EVENTS_EACH }, (_, index) => ({
    event: `clicked ${index % 10}`,
    userId: `user-${index % 20}`,
    at: `2026-03-02T0${round}:${String(index).padStart(2, "0")}:00Z`,
  }));
}

async function lockOnly({ ctx: { system, tenant } }: Company): Promise<void> {
  await system.tx((tx) =>
    tx.execute(sql`select id from control.tenants where id = ${tenant.id} for key share`)
  );
}

async function rateOf(companies: Company[], work: (company: Company) => Promise<void>): Promise<number> {
  const waiting = [...companies];
  const milliseconds = await timed(() =>
    Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await work(next);
    }))
  );
  return companies.length * 1_000 / milliseconds;
}
