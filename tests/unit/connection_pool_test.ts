import assert from "node:assert/strict";
import { laneOf } from "../../db/connection/connect.ts";
import { type Client, SILENT_TICKS, type Use } from "../../db/connection/connection.ts";
import { ConnectionPool } from "../../db/connection/connection_pool.ts";
import { newSchemaName, parseSchemaName } from "../../db/tenant/schema_name.ts";

/**
 * Protects: no tenant takes more than half of a lane, waiting tenants take turns, and nothing waits forever for an old
 * connection or a server that no longer answers.
 */

Deno.test("one tenant holds at most half of a lane", async () => {
  await using pool = openPool(4);
  const runaway = Array.from({ length: 10 }, () => pool.hold("runaway", "transaction"));
  await pool.settle();

  const other = pool.hold("other", "transaction");
  await pool.settle();

  assert.equal(runaway.filter(({ isRunning }) => isRunning).length, 2);
  assert.equal(other.isRunning, true);
});

Deno.test("a tenant's flights count, too: half of a lane's connections, four flights each", async () => {
  await using pool = openPool(2);
  const flights = Array.from({ length: 10 }, () => pool.hold("runaway", "flight"));
  await pool.settle();

  assert.equal(flights.filter(({ isRunning }) => isRunning).length, 4);
});

Deno.test("waiting tenants take turns: one with many requests doesn't delay the others", async () => {
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

Deno.test("a tenant with slow flights gets its own connections, so that they don't delay other flights", async () => {
  await using pool = openPool(4);
  const slow = pool.hold("slow", "flight");
  await pool.settle();
  pool.advance(30);
  slow.end();
  await pool.settle();

  const again = pool.hold("slow", "flight");
  const others = Array.from({ length: 12 }, (_, place) => pool.hold(`other-${place}`, "flight"));
  await pool.settle();

  assert.equal(again.isRunning, true);
  assert.equal(others.filter(({ isRunning }) => isRunning).length, 12);
  assert.ok(others.every(({ connection }) => connection !== again.connection));
});

Deno.test("waiting more than two seconds for a connection fails instead of hanging", async () => {
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

Deno.test("a lost connection is replaced, and its user gets an error", async () => {
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

Deno.test("a connection that couldn't set a role is not used again", async () => {
  await using pool = openPool(1);
  const refused = Object.assign(new Error("refused"), { code: "42501", routine: "call_string_check_hook" });
  await assert.rejects(pool.with("acme", "transaction", () => Promise.reject(refused)), /refused/);

  const next = pool.hold("acme", "transaction");
  await pool.settle();

  assert.equal(next.connection, 1);
  assert.deepEqual(pool.ended, [0]);
});

Deno.test("old connections are replaced when they are free", async () => {
  await using pool = openPool(1);
  const old = pool.hold("a", "transaction");
  await pool.settle();
  pool.advance(20 * MINUTE);

  old.end();
  await pool.settle();
  const next = pool.hold("a", "transaction");
  await pool.settle();

  assert.notEqual(next.connection, old.connection);
  assert.deepEqual(pool.ended, [old.connection]);
});

Deno.test("S47 idle connections that are too old are replaced when one is needed", async () => {
  await using pool = openPool(2);
  for (const hold of [pool.hold("a", "transaction"), pool.hold("b", "transaction")]) {
    await pool.settle();
    hold.end();
  }
  await pool.settle();
  pool.advance(20 * MINUTE);

  const after = [pool.hold("a", "flight"), pool.hold("b", "transaction")];
  await pool.settle();

  assert.deepEqual(after.map(({ isRunning }) => isRunning), [true, true]);
  assert.deepEqual(pool.ended.toSorted(), [0, 1]);
  assert.deepEqual(pool.stats(), { busy: 2, idle: 0, waiting: 0 });
});

Deno.test("a request that waits while the connections become too old gets a new one", async () => {
  await using pool = openPool(1);
  const old = pool.hold("a", "transaction");
  await pool.settle();
  const waiter = pool.hold("b", "transaction");
  await pool.settle();
  pool.advance(20 * MINUTE);

  old.end();
  await pool.settle();

  assert.equal(waiter.isRunning, true);
  assert.notEqual(waiter.connection, old.connection);
});

Deno.test("a silent connection is dropped, and its user gets an error", async () => {
  await using pool = openPool(1);
  pool.goSilent();
  const dead = pool.hold("a", "transaction");
  await pool.settle();

  const lost = Array.from({ length: SILENT_TICKS + 1 }, () => pool.dropSilent());

  await assert.rejects(dead.ended, { kind: "unavailable" });
  assert.deepEqual(lost.indexOf(true), SILENT_TICKS);
});

Deno.test("a transaction that sends nothing for a while keeps its connection", async () => {
  await using pool = openPool(1);
  const thinking = pool.hold("a", "transaction");
  await pool.settle();

  for (let tick = 0; tick < 2 * SILENT_TICKS; tick++) assert.equal(pool.dropSilent(), false);

  assert.equal(thinking.isRunning, true);
});

Deno.test("a migration may take any time", async () => {
  await using pool = openPool(1);
  pool.goSilent();
  pool.hold("a", "migration");
  await pool.settle();

  for (let tick = 0; tick < 2 * SILENT_TICKS; tick++) assert.equal(pool.dropSilent(), false);
});

Deno.test("after a silent connection is found, the others are replaced, too", async () => {
  await using pool = openPool(2);
  const before = pool.hold("a", "transaction");
  await pool.settle();
  before.end();
  await pool.settle();

  pool.renew();
  const next = pool.hold("a", "transaction");
  await pool.settle();

  assert.equal(next.connection, 1);
  assert.deepEqual(pool.ended, [0]);
});

Deno.test("a favored holder gets the connections that others can't have", async () => {
  await using pool = openPool(2, { favored: "jobs" });
  const searches = [pool.hold("back office", "transaction"), pool.hold("back office", "transaction")];
  await pool.settle();

  const job = pool.hold("jobs", "transaction");
  await pool.settle();

  assert.deepEqual([...searches, job].map(({ isRunning }) => isRunning), [true, false, true]);
});

Deno.test("a pool reports used and open connections and waiting requests", async () => {
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

/** Work that holds a connection until the test ends it. */
type Hold = { isRunning: boolean; connection: number | undefined; ended: Promise<void>; end: () => void };

const MINUTE = 60_000;

/** A pool of numbered clients that do nothing. */
function openPool(size: number, { favored }: { favored?: string } = {}) {
  let now = 0;
  let isSilent = false;
  const losers: (() => void)[] = [];
  const ended: number[] = [];
  const open = (onLost: () => void) => {
    const number = losers.push(onLost) - 1;
    const answer = () => isSilent ? new Promise<never>(() => {}) : Promise.resolve([{ number }]);
    const unsafe = () => ({ execute: answer });
    return { unsafe, end: () => Promise.resolve(void ended.push(number)) } as unknown as Client;
  };
  const pool = new ConnectionPool(size, open, { fair: true, favored, now: () => now });
  const holds: Hold[] = [];
  return Object.assign(pool, {
    ended,
    advance: (milliseconds: number) => void (now += milliseconds),
    goSilent: () => void (isSilent = true),
    lose: (connection: number) => losers[connection]!(),
    settle: () => pause(5),
    hold(holder: string, use: Use): Hold {
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
