import assert from "node:assert/strict";
import { type Client, ConnectionPool } from "../../db/connection_pool.ts";
import { laneOf } from "../../db/connect.ts";
import { newSchemaName, parseSchemaName } from "../../db/schema_name.ts";

/** Protects: no tenant takes more than half of a lane, those who wait take turns, and nobody waits without end. */

Deno.test("one tenant holds at most half of a lane, however much it asks for", async () => {
  await using pool = openPool(4);
  const runaway = Array.from({ length: 10 }, () => pool.hold("runaway", "transaction"));
  await pool.settle();

  const other = pool.hold("other", "transaction");
  await pool.settle();

  assert.equal(runaway.filter(({ isRunning }) => isRunning).length, 2);
  assert.equal(other.isRunning, true);
});

Deno.test("a tenant's flights count as well: half of a lane's connections, four flights each", async () => {
  await using pool = openPool(2);
  const flights = Array.from({ length: 10 }, () => pool.hold("runaway", "flight"));
  await pool.settle();

  assert.equal(flights.filter(({ isRunning }) => isRunning).length, 4);
});

Deno.test("those who wait take turns by tenant: one with a long line doesn't hold up the others", async () => {
  await using pool = openPool(2);
  const first = [pool.hold("a", "transaction"), pool.hold("b", "transaction")];
  const line = Array.from({ length: 5 }, () => pool.hold("a", "transaction"));
  await pool.settle();
  const late = pool.hold("c", "transaction");
  await pool.settle();

  first[0]!.end();
  await pool.settle();
  first[1]!.end();
  await pool.settle();

  assert.equal(line.filter(({ isRunning }) => isRunning).length, 1);
  assert.equal(late.isRunning, true);
});

Deno.test("a tenant whose flights take long gets connections alone, so that nobody's flight is stuck behind", async () => {
  await using pool = openPool(4);
  const slow = pool.hold("slow", "flight");
  await pool.settle();
  await pause(30);
  slow.end();
  await pool.settle();

  const again = pool.hold("slow", "flight");
  const others = Array.from({ length: 12 }, (_, place) => pool.hold(`other-${place}`, "flight"));
  await pool.settle();

  assert.equal(again.isRunning, true);
  assert.equal(others.filter(({ isRunning }) => isRunning).length, 12);
  assert.ok(others.every(({ connection }) => connection !== again.connection));
});

Deno.test("waiting longer than two seconds for a connection is refused, not a hang", async () => {
  await using pool = openPool(2);
  pool.hold("a", "transaction");
  await pool.settle();
  const started = performance.now();

  await assert.rejects(pool.with("a", "transaction", () => Promise.resolve()), {
    kind: "unavailable",
    message: "All connections to the database are busy.",
  });

  const waited = performance.now() - started;
  assert.ok(waited > 1_900 && waited < 2_500, `${waited} ms`);
});

Deno.test("a lost connection is replaced, and whoever had it is told", async () => {
  await using pool = openPool(2);
  const held = pool.hold("a", "transaction");
  await pool.settle();

  pool.lose(held.connection!);
  const next = pool.hold("a", "transaction");
  await pool.settle();

  await assert.rejects(held.ended, { kind: "unavailable" });
  assert.equal(next.isRunning, true);
  assert.notEqual(next.connection, held.connection);
});

Deno.test("a connection that was refused a role is not used again", async () => {
  await using pool = openPool(1);
  const refused = Object.assign(new Error("refused"), { code: "42501", routine: "call_string_check_hook" });
  await assert.rejects(pool.with("acme", "transaction", () => Promise.reject(refused)), /refused/);

  const next = pool.hold("acme", "transaction");
  await pool.settle();

  assert.equal(next.connection, 1);
  assert.deepEqual(pool.ended, [0]);
});

Deno.test("connections are replaced by age, once nobody uses them", async () => {
  await using pool = openPool(1);
  const old = pool.hold("a", "transaction");
  await pool.settle();
  const now = performance.now.bind(performance);
  performance.now = () => now() + 20 * 60_000;
  try {
    old.end();
    await pool.settle();
    const next = pool.hold("a", "transaction");
    await pool.settle();

    assert.notEqual(next.connection, old.connection);
    assert.deepEqual(pool.ended, [old.connection]);
  } finally {
    performance.now = now;
  }
});

Deno.test("a pool tells how many connections are in use and open, and how many wait", async () => {
  await using pool = openPool(4);
  for (let hold = 0; hold < 3; hold++) pool.hold("a", "transaction");
  const other = pool.hold("b", "transaction");
  await pool.settle();
  other.end();
  await pool.settle();

  assert.deepEqual(pool.stats(), { busy: 2, idle: 1, waiting: 1 });
});

Deno.test("a tenant always uses the same lane, in every process", () => {
  const schemas = [
    "tenant_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "tenant_abcdefghijklmnopqrstuvwxyz",
    "tenant_jr3qbajl4l3hj4cvh6acc2csgo",
    "tenant_zyxwvutsrqponmlkjihgfedcba",
  ].map(parseSchemaName);

  assert.deepEqual(schemas.map((schema) => laneOf(schema, 4)), [0, 1, 2, 3]);
});

Deno.test("the lanes share the tenants evenly", () => {
  const schemas = Array.from({ length: 4_000 }, newSchemaName);
  const counts = [0, 0, 0, 0];

  for (const schema of schemas) counts[laneOf(schema, 4)]!++;

  assert.ok(counts.every((count) => count > 850 && count < 1_150), counts.join());
});

/** What holds a connection until it is told to end. */
type Hold = { isRunning: boolean; connection: number | undefined; ended: Promise<void>; end: () => void };

/** A pool over clients that do nothing; each is known by its number. */
function openPool(size: number) {
  const losers: (() => void)[] = [];
  const ended: number[] = [];
  const open = (onLost: () => void) => {
    const number = losers.push(onLost) - 1;
    const unsafe = () => ({ execute: () => Promise.resolve([{ number }]) });
    return { unsafe, end: () => Promise.resolve(void ended.push(number)) } as unknown as Client;
  };
  const pool = new ConnectionPool(size, open, { fair: true });
  const holds: Hold[] = [];
  return Object.assign(pool, {
    ended,
    lose: (connection: number) => losers[connection]!(),
    settle: () => pause(5),
    hold(holder: string, use: "transaction" | "flight"): Hold {
      const hold = { isRunning: false, connection: undefined, end: () => {} } as unknown as Hold;
      hold.ended = pool.with(holder, use, async (send) => {
        const [row] = await send("select");
        hold.isRunning = true;
        hold.connection = row!.number;
        await new Promise<void>((done) => hold.end = done);
      });
      hold.ended.catch(() => {});
      holds.push(hold);
      return hold;
    },
    async [Symbol.asyncDispose]() {
      await pool.close();
      for (const { end } of holds) end();
      await pause(5);
    },
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
