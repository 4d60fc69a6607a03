import { sql } from "drizzle-orm";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { newId } from "../../src/platform/ids.ts";
import { World } from "../support/world.ts";
import { type Figure, median, timed, within } from "./measure.ts";

const EVENTS = 1_000;
const CONNECTIONS = 4;
const BATCHES_EACH = 15;
const ROUNDS = 3;

/**
 * How many events a second one process takes by `POST /events/batch` over four connections, each event with an id, a person and
 * properties. Beside it, the bare insert of the same JSON into a table with one index.
 */
export async function benchEvents(): Promise<Figure[]> {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await maintainPartitions(world.services.db, world.clock.now());
  const bare: number[] = [];
  const events: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await rateOf(await inserting(world)));
    events.push(await rateOf(posting(world, token)));
  }
  const [rate, limit] = [median(events), median(bare)];
  return [
    within("analytics events by the batch API; bare insert", "events/s", rate, limit, { atLeast: 15_000 }),
  ];
}

async function rateOf(send: (body: string) => Promise<unknown>): Promise<number> {
  const bodies = Array.from(
    { length: CONNECTIONS },
    () => Array.from({ length: BATCHES_EACH }, () => JSON.stringify({ events: batch() })),
  );
  const milliseconds = await timed(() =>
    Promise.all(bodies.map(async (own) => {
      for (const body of own) await send(body);
    }))
  );
  return CONNECTIONS * BATCHES_EACH * EVENTS * 1_000 / milliseconds;
}

function batch() {
  return Array.from({ length: EVENTS }, (_, index) => ({
    event: `clicked ${index % 20}`,
    user_id: `user-${index % 300}`,
    properties: { path: `/products/${index}`, plan: "team", total: index },
    id: newId(),
  }));
}

function posting(world: World, token: string): (body: string) => Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return async (body) => {
    const { status } = await world.raw("POST", world.host(), "/api/v1/events/batch", headers, body);
    if (status !== 202) throw new Error(`A batch was answered ${status}.`);
  };
}

async function inserting({ system: { control } }: World): Promise<(body: string) => Promise<unknown>> {
  await control.execute(sql`create table if not exists control.bare_events (
    id uuid primary key, event text, user_id text, properties jsonb)`);
  return (body) =>
    control.execute(sql`insert into control.bare_events
      select id, event, user_id, properties from jsonb_to_recordset(${body}::jsonb -> 'events')
        as e(id uuid, event text, user_id text, properties jsonb)`);
}
